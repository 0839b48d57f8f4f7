// Whatever stands in a target's file, it is read or refused, and what was read is written so that it reads back the same.

package target

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func FuzzTargetFile(f *testing.F) {
	files, err := filepath.Glob("../../targets/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal("no target files", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("name: a\napis: {gotoaccount: {url: http://h, credentials: {default: {headers: {ClientSecret: 'a$$b${C}d'}}}}}\nlimits: {rate: 5/s, load: {rate: 1/h, duration: 1h}}"))
	f.Add([]byte("a: &a [*a, *a]\napis: *a"))
	env := func(name string) (string, bool) { return "value of " + name, len(name)%2 == 1 }
	f.Fuzz(func(t *testing.T, text []byte) {
		read, err := Parse("f.yaml", text, env)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		read.Secrets()
		var once, twice bytes.Buffer
		if err := Write(&once, read); err != nil {
			t.Fatal(err)
		}
		again, err := Parse("f.yaml", once.Bytes(), env)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once.Bytes())
		}
		if err := Write(&twice, again); err != nil {
			t.Fatal(err)
		}
		if once.String() != twice.String() {
			t.Errorf("it reads back otherwise:\n%s\n%s", once.String(), twice.String())
		}
	})
}
