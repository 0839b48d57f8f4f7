package target

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExcludedOperations(t *testing.T) {
	const text = "embedded: {}\nexcluded:\n  gotoaccount: {getLicense: ' later: in ${MONTH} '}\n  genesyscloud:\n    getLicenseUser: no users\n    postLicenseInfer: \"costs $$5\"\n"
	got, err := Parse("f.yaml", []byte(text), variables("MONTH", "March"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]string{
		"gotoaccount":  {"getLicense": "later: in March"},
		"genesyscloud": {"getLicenseUser": "no users", "postLicenseInfer": "costs $5"},
	}
	if diff := cmp.Diff(want, got.Excluded); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var b strings.Builder
	if err := Write(&b, got); err != nil {
		t.Fatal(err)
	}
	again, err := Parse("f.yaml", []byte(b.String()), variables())
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if diff := cmp.Diff(want, again.Excluded); diff != "" {
		t.Errorf("written and read again (-want +got):\n%s", diff)
	}
}

func TestExcludedRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"excluded: {gotoacount: {a: b}}":          `f.yaml:2: no API "gotoacount"; the APIs are [gotoaccount genesyscloud]; did you mean gotoaccount?`,
		"excluded: [getLicense]":                  "f.yaml:2: excluded is a list; it wants a mapping",
		"excluded: {gotoaccount: [getLicense]}":   "f.yaml:2: excluded.gotoaccount is a list; it wants a mapping",
		"excluded: {gotoaccount: {getLicense: }}": "f.yaml:2: excluded.gotoaccount.getLicense has no reason",
		"exclude: {}": `f.yaml:2: unknown key "exclude"; did you mean excluded?`,
	} {
		_, err := Parse("f.yaml", []byte("embedded: {}\n"+text+"\n"), variables())
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", text, err, want)
		}
	}
}
