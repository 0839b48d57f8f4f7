// Which custom attributes a scan asks for.

package load

import (
	"cmp"
	"slices"
	"strings"

	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

// attributeSelections are common and rare values of custom attributes. Texts are asked for: how a number may be spelled
// is nobody's promise.
func attributeSelections(g *fixture.Gotoaccount, op *Operation, which []string) ([]*selection, error) {
	type attribute struct{ name, text string }
	count := map[attribute]int{}
	var all []attribute
	for _, l := range g.Licences {
		for _, m := range l.Custom() {
			a := attribute{m.Name, m.Value.Text}
			if m.Value.Kind != exact.String || !ordinary(m.Name) {
				continue
			}
			if count[a]++; count[a] == 1 {
				all = append(all, a)
			}
		}
	}
	if len(all) == 0 {
		return nil, lacking("a custom attribute whose value is a text, and none of the licences met has one")
	}
	slices.SortStableFunc(all, func(a, b attribute) int { return cmp.Compare(count[b], count[a]) })
	var selections []*selection
	for _, a := range choose(all, which) {
		literal := exact.Value{Kind: exact.String, Text: a.text}.String()
		selections = append(selections, &selection{
			target: client.Request{Operation: op.Operation, Query: client.Query(op.Attribute.Name, a.name, op.Attribute.Value, literal)}.Target(),
			column: op.column("/*/" + a.name), wants: a.name + " = " + literal, match: like(a.text),
		})
	}
	return selections, nil
}

// ordinary says whether a name can stand in a path as it is.
func ordinary(name string) bool {
	return name != "" && !strings.ContainsAny(name, "/~*#")
}
