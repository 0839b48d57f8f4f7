package nearest

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	operations := []string{"getLicense", "getLicenses", "scanLicensesByKey", "scanLicensesByRole"}
	for given, want := range map[string]string{
		"getLicence":         "getLicense",
		"scanlicensesbykey":  "scanLicensesByKey",
		"scanLicensesByRoel": "scanLicensesByRole",
		"ByRole":             "scanLicensesByRole",
		"frobnicate":         "",
		"":                   "",
	} {
		if got := Name(given, operations); got != want {
			t.Errorf("Name(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestErrorSaysWhatThereIs(t *testing.T) {
	err := Error("API", "goto", []string{"gotoaccount", "genesyscloud"}, "")
	want := `no API "goto"; the APIs are [gotoaccount genesyscloud]; did you mean gotoaccount?`
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	for kind, want := range map[string]string{"summary": "the summaries are", "kind of server": "the kinds of server are"} {
		if err := Error(kind, "x", []string{"a"}, ""); !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
