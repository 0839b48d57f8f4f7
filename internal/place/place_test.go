// The place is shown, a secret beside it is not.

package place_test

import (
	"testing"

	"github.com/goccy/go-yaml/token"

	"harness/internal/place"
)

func TestError(t *testing.T) {
	lines := []string{"name: x", "\tclientSecret: hush", "url: https://me:hush@host/"}
	at := func(line, column int) *token.Token {
		return &token.Token{Position: &token.Position{Line: line, Column: column}}
	}
	for _, test := range []struct {
		err  *place.Error
		want string
	}{
		{place.At("f.yaml", lines, at(1, 7), "", "no"), "f.yaml:1: no\n   1 | name: x\n     |       ^"},
		{place.At("f.yaml", lines, at(2, 2), "", "no"), "f.yaml:2: no\n   2 |  clientSecret: …\n     |  ^"},
		{place.At("f.yaml", lines, at(3, 6), "", "no"), "f.yaml:3: no\n   3 | url: https:// …\n     |      ^"},
		{place.At("f.yaml", lines, nil, "", "no\nhint: do"), "f.yaml: no\nhint: do"},
		{place.At("f.yaml", lines, at(9, 1), "do", "no"), "f.yaml:9: no\nhint: do"},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("got\n%s\nwant\n%s", got, test.want)
		}
	}
}

func TestAFileThatCannotBeReadIsToldAsWhatItShouldHaveBeen(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ file, want string }{
		{dir + "/none.yaml", "no target file " + dir + "/none.yaml\nhint: write one"},
		{dir, dir + " is a folder; a target file is meant"},
		{dir + "/none.yaml/x", ""},
	} {
		_, err := place.Read("target file", c.file, "write one")
		if err == nil || c.want != "" && err.Error() != c.want {
			t.Errorf("%s: %v, want %q", c.file, err, c.want)
		}
	}
}
