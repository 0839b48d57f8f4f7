// scanLicensesByAttribute: GET /licenses?name={name}&value={value}.

package gotoaccount

import (
	. "harness/contract"
	"harness/internal/exact"
	"harness/internal/fixture"
)

var byAttribute = scan{
	operation: "scanLicensesByAttribute",
	id:        shared("GOTO-SCAN-ATTR-07"),
	selects: func(t *T) selection {
		a, ok := commonAttribute(t, func(v value) bool { return v.Kind == exact.String })
		t.Need(ok, "a custom attribute whose value some licences share and others do not have")
		return selection{query: []any{"name", a.Name, "value", a.Value.String()}, holds: has(a), window: widest(t, has(a))}
	},
}

// has selects the licences whose attribute is the same JSON value.
func has(a exact.Member) func(fixture.Licence) bool {
	want := a.Value.Canonical()
	return func(l fixture.Licence) bool { return l.Value.Has(a.Name) && l.Value.Get(a.Name).Canonical() == want }
}

// commonAttribute returns the custom attribute and value that most licences met share, but not all.
func commonAttribute(t *T, suits func(value) bool) (a exact.Member, ok bool) {
	count := map[string]int{}
	most := 0
	for _, l := range goods(t).Licences {
		for _, m := range l.Custom() {
			if !suits(m.Value) {
				continue
			}
			id := m.Name + "=" + m.Value.Canonical()
			count[id]++
			if n := count[id]; n > most {
				a, most = m, n
			}
		}
	}
	return a, most > 0 && most < len(goods(t).Licences)
}

var _ = describe("scanLicensesByAttribute", func(s *Suite) {
	byAttribute.law(s)
})
