// docs/requirements.md: the catalogue as a page, made of what stands beside the documents.

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/contract"
	"harness/internal/reference"
	"harness/internal/requirement"
	"harness/specs"
)

// TestTheCatalogueIsAPage wants docs/requirements.md as it would be written now.
func TestTheCatalogueIsAPage(t *testing.T) {
	want := cataloguePage(t)
	file := filepath.Join(repository, "docs/requirements.md")
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("docs/requirements.md is not what stands in specs/; make docs writes it (-page +catalogue):\n%s", diff)
	}
}

func cataloguePage(t *testing.T) string {
	t.Helper()
	chosen, err := choose(nil, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := contract.Cases(chosen.apis...)
	if err != nil {
		t.Fatal(err)
	}
	judged, broken := map[string]int{}, map[string]int{}
	for _, c := range cases {
		for _, id := range c.Requirements {
			judged[id]++
		}
	}
	for _, f := range reference.Faults() {
		for _, id := range f.Breaks {
			broken[id]++
		}
	}
	borne := map[string]bool{}
	for _, api := range chosen.apis {
		for _, op := range api.Operations {
			for _, id := range op.Bears() {
				borne[id] = true
			}
		}
	}
	var b strings.Builder
	b.WriteString(`# Requirements

<!-- Written by make docs, from specs/*/requirements/*.yaml. -->

Every promise by name. MUST is stated by the document or follows from it; SHOULD is strongly implied, or stated by the vendor
elsewhere; where the document is silent the row is OBSERVE: what the server does is recorded, and nothing fails. Ids outlive
edits and are never used twice: a link to one, such as [GOTO-SCAN-KEY-07](#GOTO-SCAN-KEY-07), stays.

*Cases* are the checks that judge it; *document* means that every answer is held against it. *Faults* are those of the reference
server that break it, each of which is shown to be caught. ` + "`harness explain GOTO-SCAN-KEY-07`" + ` names them.
`)
	for _, api := range chosen.apis {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", api.Name, levels(chosen.catalogue, api.Name))
		section := ""
		for _, r := range chosen.catalogue.All {
			if r.API != api.Name {
				continue
			}
			if r.Section != section {
				section = r.Section
				title := section
				if r.Implied {
					title += " of " + api.Name // one heading of a name, so that it can be linked
				} else if strings.Contains(b.String(), "\n### "+section+"\n") {
					title += " of " + api.Name
				}
				fmt.Fprintf(&b, "\n### %s\n\n| requirement | promise | operations | cases | faults |\n|---|---|---|---|---|\n", title)
			}
			b.WriteString(requirementRow(r, api, judged[r.ID], broken[r.ID], borne[r.ID] || r.Implied))
		}
	}
	return b.String()
}

func levels(c *requirement.Catalogue, api string) string {
	var parts []string
	for _, level := range requirement.Levels {
		n := 0
		for _, r := range c.All {
			if r.API == api && r.Level == level {
				n++
			}
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, level))
	}
	return strings.Join(parts, " · ")
}

func requirementRow(r requirement.Requirement, api *specs.API, cases, faults int, borne bool) string {
	operations := strings.Join(r.Operations, ", ")
	all := 0
	for _, op := range api.Operations {
		if !op.ExampleOnly && slices.Contains(r.Operations, op.ID) {
			all++
		}
	}
	if all > 8 {
		operations = "all"
		if left := listed(api) - all; left > 0 {
			operations = fmt.Sprintf("%d of %d", all, listed(api))
		}
	}
	promise := inCell(r.Statement) + " *" + inCell(r.Source.String()) + "*"
	if r.Unjudgeable != "" {
		promise += " Not judged: " + inCell(r.Unjudgeable) + "."
	}
	judges := ""
	if cases > 0 {
		judges = fmt.Sprint(cases)
	}
	if borne {
		judges = strings.TrimPrefix(judges+", document", ", ")
	}
	broken := ""
	if faults > 0 {
		broken = fmt.Sprint(faults)
	}
	return fmt.Sprintf("| <a id=\"%s\"></a>%s %s | %s | %s | %s | %s |\n", r.ID, r.ID, r.Level, promise, operations, judges, broken)
}

func listed(api *specs.API) int {
	n := 0
	for _, op := range api.Operations {
		if !op.ExampleOnly {
			n++
		}
	}
	return n
}

// inCell writes a text so that Markdown leaves it alone in the cell of a table.
func inCell(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.NewReplacer("|", `\|`, "*", `\*`, "<", `\<`, "_", `\_`, "`", "\\`", "{", `\{`, "[", `\[`, "://", ":&#47;/").Replace(text)
}
