package requirement

import (
	"slices"
	"strings"
	"testing"

	"harness/specs"
)

func catalogue(t *testing.T) *Catalogue {
	t.Helper()
	var apis []*specs.API
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			t.Fatal(err)
		}
		apis = append(apis, api)
	}
	c, err := Load(apis...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCatalogueIsWhole(t *testing.T) {
	written := map[string]int{}
	implied := 0
	for _, r := range catalogue(t).All {
		if r.Implied {
			implied++
			continue
		}
		written[r.API+" "+string(r.Level)]++
	}
	want := map[string]int{
		"gotoaccount MUST": 80, "gotoaccount SHOULD": 56, "gotoaccount OBSERVE": 65,
		"genesyscloud MUST": 19, "genesyscloud SHOULD": 31, "genesyscloud OBSERVE": 15,
	}
	for key, n := range want {
		if written[key] != n {
			t.Errorf("%s: %d requirements, want %d; a row that is new on purpose is counted in this test", key, written[key], n)
		}
	}
	if implied != 22 {
		t.Errorf("%d implied requirements, want one for each of 22 operations; an operation that is new on purpose is counted in this test", implied)
	}
}

func TestDocumentsNameOnlyRequirementsThatExist(t *testing.T) {
	c := catalogue(t)
	for _, name := range specs.Names {
		data, err := specs.Files.ReadFile(name + "/openapi.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			_, id, ok := strings.Cut(line, "requirement: ")
			if !ok {
				continue
			}
			if _, err := c.ByID(strings.Trim(strings.TrimSpace(id), "}")); err != nil {
				t.Errorf("%s/openapi.yaml: %v", name, err)
			}
		}
	}
}

func TestSelect(t *testing.T) {
	c := catalogue(t)
	for _, tc := range []struct {
		patterns []string
		want     int
		err      string
	}{
		{nil, len(c.All), ""},
		{[]string{"GOTO-SCAN-KEY-07"}, 1, ""},
		{[]string{"goto-scan-key-07", "GC-TOG-*"}, 7, ""},
		{[]string{"GOTO-SCAN-KEY-7"}, 0, "did you mean GOTO-SCAN-KEY-07?"},
		{[]string{"GOTO-NOPE-*"}, 0, "no requirement matches"},
		{[]string{"GOTO-[*"}, 0, "does not parse"},
	} {
		got, err := c.Select(tc.patterns)
		if len(got) != tc.want {
			t.Errorf("%v: %d selected, want %d", tc.patterns, len(got), tc.want)
		}
		if (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
			t.Errorf("%v: error %v, want %q", tc.patterns, err, tc.err)
		}
	}
}

func TestReadRefusesWhatIsNoRequirement(t *testing.T) {
	api, err := specs.Embedded("gotoaccount")
	if err != nil {
		t.Fatal(err)
	}
	good := "section: S\nrequirements:\n  - id: GOTO-X-01\n    level: MUST\n    operations: [getLicense]\n    statement: s\n    source: {document: d}\n    fixtures: none\n"
	if _, err := read(api, []byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ old, new, want string }{
		"level":     {"MUST", "MAY", `no level "MAY"`},
		"operation": {"[getLicense]", "[getLicence]", "did you mean getLicense?"},
		"prefix":    {"GOTO-X-01", "GC-X-01", "begins with GOTO-"},
		"fixture":   {"none", "found", `no fixture class "found"`},
		"unknown":   {"statement: s", "statment: s", "statment"},
		"statement": {"statement: s", "statement: ''", "needs a statement"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(api, []byte(strings.Replace(good, tc.old, tc.new, 1)))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
	if !slices.Equal(Levels, []Level{Must, Should, Observe}) {
		t.Error("levels are firmest first")
	}
}
