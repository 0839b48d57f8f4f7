// The formats, as goldens, and the limits that they keep.

package specdiff

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample has every level, a change of the whole document, one that operations share, and one that is gone.
func sample() *Comparison {
	return &Comparison{
		API: "genesyscloud",
		Old: Side{"old/openapi.yaml", "Licences", "1.0.0", strings.Repeat("0a", 32)},
		New: Side{"new/openapi.yaml", "Licences", "2.0.0", strings.Repeat("1b", 32)},
		Operations: []Operation{
			{"getLicense", "GET", "/licenses/{key}"}, {"findLicenses", "GET", "/licenses?filter={filter}"}, {"postLicense", "POST", "/licenses"},
		},
		Changes: []Change{
			{Breaking, "base-path-changed", "every operation stands under `/v3/` now, and stood under `/v2/`", []Site{{"", Place{"new/openapi.yaml", 7}}}},
			{Breaking, "find-part-renamed", "the wildcard is `%` now; it was `*`", []Site{{"findLicenses", Place{"new/openapi.yaml", 30}}}},
			{Warning, "response-success-status-added", "may answer `202` now, a success that callers do not know", []Site{
				{"getLicense", Place{"new/openapi.yaml", 20}}, {"findLicenses", Place{"new/openapi.yaml", 33}}, {"postLicense", Place{"new/openapi.yaml", 41}},
			}},
			{Info, "requirement-reworded", "`GC-GEN-01` reads otherwise now: a *name* <of> 1 or 2_3", []Site{
				{"getLicense", Place{"new/requirements/01.yaml", 4}}, {"findLicenses", Place{"new/requirements/01.yaml", 4}},
			}},
			{Info, "permission-dropped", "wants no permission any more; it wanted `a:b:c`", []Site{{"postLicense", Place{"old/openapi.yaml", 0}}}},
		},
		Notes: []string{"requirements were not compared: beside old/openapi.yaml there are none"},
	}
}

func TestFormats(t *testing.T) {
	for _, f := range Formats {
		var got bytes.Buffer
		if err := f.Write(&got, sample(), Options{}); err != nil {
			t.Fatal(err)
		}
		file := "testdata/sample." + f.Name
		if *update {
			if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s: -want +got\n%s\nhint: go test ./internal/specdiff -run TestFormats -update", file, diff)
		}
	}
}

func TestColourOnlyWhenAsked(t *testing.T) {
	for _, colour := range []bool{false, true} {
		var got bytes.Buffer
		if err := Text(&got, sample(), Options{Colour: colour}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got.String(), "\x1b[") != colour {
			t.Errorf("colour %v:\n%s", colour, got.String())
		}
	}
}

func TestJSONReadsBack(t *testing.T) {
	var text bytes.Buffer
	if err := JSON(&text, sample(), Options{}); err != nil {
		t.Fatal(err)
	}
	var got Comparison
	if err := json.Unmarshal(text.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), &got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// A comment that a host refuses would tell nobody anything; one that drops breaking changes for others would be worse.
func TestMarkdownFitsAComment(t *testing.T) {
	c := sample()
	for i := range 2000 {
		c.Changes = append(c.Changes, Change{Info, "endpoint-added", fmt.Sprintf("change %d %s", i, strings.Repeat("x", 60)), []Site{{"getLicense", Place{"new/openapi.yaml", i}}}})
	}
	c.Changes = append(c.Changes, Change{Breaking, "api-removed-without-deprecation", "the last one breaks", []Site{{"postLicense", Place{"new/openapi.yaml", 1}}}})
	var got bytes.Buffer
	if err := Markdown(&got, c, Options{}); err != nil {
		t.Fatal(err)
	}
	if got.Len() > markdownLimit {
		t.Errorf("%d bytes, want at most %d", got.Len(), markdownLimit)
	}
	for _, text := range []string{"the last one breaks", "more changes do not fit here", "</details>"} {
		if !strings.Contains(got.String(), text) {
			t.Errorf("the comment does not say %q", text)
		}
	}
}

func TestSummary(t *testing.T) {
	if got := (&Comparison{}).summary(); got != "nothing changed for callers" {
		t.Error(got)
	}
	for level, want := range map[Level]bool{Breaking: false, Warning: true, Info: true} {
		c := &Comparison{Changes: []Change{{Level: Warning}}}
		if got := c.AtLeast(level); got != want {
			t.Errorf("a warning is at least %s: %v", level, got)
		}
	}
}
