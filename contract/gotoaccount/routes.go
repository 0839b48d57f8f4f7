// Operations that share a path are told apart by their query alone: which of them answers, and what becomes of a query
// that two of them could claim.

package gotoaccount

import (
	"slices"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/fixture"
)

var _ = everywhere([]string{"scanLicensesByAttribute", "scanLicensesByRole"}, func(s *Suite) {
	s.It("is another operation than the scan by key", Covers("GOTO-ROUTE-02"), func(t *T) {
		w := scanOf(s.Operation.ID).set(t, 1)
		all := fixture.Keys(w.all)
		t.Need(len(w.hits) < len(all), "a range with a licence that %s finds and one that it does not", s.Operation.ID)
		b := bounds{lower: at(w.sel.window.Low), upper: at(w.sel.window.High)}
		e := t.OK(w.request(b, w.limit()))
		got := sorted(keys(e))
		t.On(e).If("the query is ignored: the answer is that of the scan by key", all).
			Expect(slices.Equal(got, all), gomega.BeFalse(), "the query selects: not everything in the range comes back")
	})
})

var _ = describe("scanLicensesByKey", func(s *Suite) {
	s.It("selects nothing when no query asks for it", Covers("GOTO-ROUTE-02"), func(t *T) {
		w := byRole.set(t, 1)
		all := fixture.Keys(w.all)
		t.Need(len(w.hits) < len(all), "a range with a licence that grants a role and one that does not")
		plain := setting{t: t, s: byKey, sel: selection{window: w.sel.window, holds: anyLicence}, spec: w.spec, all: w.all, hits: all}
		b := bounds{lower: at(w.sel.window.Low), upper: at(w.sel.window.High)}
		e := t.OK(plain.request(b, plain.limit()))
		t.On(e).Expect(sorted(plain.found(b, e, all)), gomega.ContainElement(gomega.BeElementOf(apart(all, w.hits))), "licences without the role are shown as well")
	})
})

var _ = everywhere(scans, func(s *Suite) {
	s.It("tells what becomes of filters that meet", Covers("GOTO-ROUTE-01"), func(t *T) {
		r, a := byRole.set(t, 1), byAttribute.selects(t)
		all := r.all
		both := func(l fixture.Licence) bool { return r.sel.holds(l) && a.holds(l) }
		t.Need(len(where(all, both)) > 0 && len(where(all, both)) < len(r.hits), "a licence with both a role and a custom attribute, and one with the role only")
		b := bounds{lower: at(r.sel.window.Low), upper: at(r.sel.window.High)}
		ask := func(query ...any) client.Request {
			return t.Call("scanLicensesByKey", nil, slices.Concat(query, b.query(r.spec), []any{r.spec.Limit, r.limit()})...)
		}
		named := a.query[:2]
		combinations := map[string][]any{
			"role with name and value":          slices.Concat(r.sel.query, a.query),
			"role with name only":               slices.Concat(r.sel.query, named),
			"role with product":                 slices.Concat(r.sel.query, []any{"product", "jive"}),
			"role with name, value and product": slices.Concat(r.sel.query, a.query, []any{"product", "jive"}),
		}
		if s.Operation.ID == "scanLicensesByKey" {
			combinations = map[string][]any{"product alone": {"product", "jive"}, "name alone": named, "value alone": a.query[2:]}
		}
		for _, name := range sortedNames(combinations) {
			e := tryOdd(t, ask(combinations[name]...))[0]
			t.Observe(name, winner(e, all, map[string]func(fixture.Licence) bool{
				"all at once": both, "the role": r.sel.holds, "the attribute": a.holds, "none: everything in the range": anyLicence,
			}))
		}
	})
})

// winner names the selection that an answer is, among those of the licences of a range; the narrowest where two select
// the same.
func winner(e *client.Exchange, all []fixture.Licence, selections map[string]func(fixture.Licence) bool) string {
	if !e.OK() {
		return summary(e)
	}
	got := sorted(keys(e))
	if len(got) == 0 {
		return "nothing"
	}
	for _, name := range sortedNames(selections) {
		if slices.Equal(got, fixture.Keys(where(all, selections[name]))) {
			return name
		}
	}
	return "something else"
}

// counts of keys and spellings of batch that meet on a path.
var lists = []string{"one key", "two keys", "no key"}

var _ = everywhere([]string{"getLicense", "getLicensesByKeys"}, func(s *Suite) {
	s.It("tells which route each number of keys and each batch takes", Covers("GOTO-ROUTE-03"), func(t *T) {
		keys := fixture.Keys(existing(t, 2, anyLicence))
		t.Need(len(keys) == 2, "two licences")
		matrix(t, s, keys, "/licenses/", "")
	})
})

var _ = everywhere([]string{"getLicenseEntitlements", "getLicenseEntitlementsByKeys"}, func(s *Suite) {
	s.It("tells which route each number of keys and each batch takes", Covers("GOTO-ROUTE-04"), func(t *T) {
		product, keys := holders(t, 2)
		matrix(t, s, keys, "/licenses/", "/products/"+product)
	})
})

// matrix observes each list of keys with those spellings of batch that belong to the operation.
func matrix(t *T, s *Suite, keys []int64, before, after string) {
	spellings := []string{"", "?batch=false"}
	if s.Operation.Batch != nil {
		spellings = []string{"?batch=true", "?batch=TRUE"}
	}
	var questions []question
	for i, list := range []string{join(keys[:1]), join(keys), ""} {
		for _, batch := range spellings {
			text := lists[i]
			if batch != "" {
				text += ", " + batch[1:]
			}
			questions = append(questions, question{text, raw(client.Request{Operation: s.Operation}, before+list+after+batch)})
		}
	}
	observe(t, summary, questions...)
}

var _ = everywhere([]string{"getLicenses", "findLicenses", "scanAccountLicensesByAttribute"}, func(s *Suite) {
	s.It("tells which search of an account wins when two meet", Covers("GOTO-ROUTE-05"), func(t *T) {
		role, ok := selectiveRole(t)
		a, named := commonAttribute(t, func(v value) bool { return v.Text != "" })
		found := existing(t, 1, func(l fixture.Licence) bool { return searchable(t, l) != "" })
		t.Need(ok && named && len(found) > 0, "an account with a role, a custom attribute and a licence that can be searched for")
		l := found[0]
		member := searchable(t, l)
		text := l.Value.Get(member).Text
		search := map[string][]any{
			"roles": {"roles", role}, "filter": {"filter", member + "=" + text}, "name and value": {"name", a.Name, "value", a.Value.String()},
		}
		holds := map[string]func(fixture.Licence) bool{
			"roles":          func(l fixture.Licence) bool { return l.HasRole(role) },
			"filter":         func(l fixture.Licence) bool { return l.Value.Get(member).Text == text },
			"name and value": has(a),
		}
		pairs := map[string][]string{
			"getLicenses":                    {"roles", "name and value"},
			"findLicenses":                   {"roles", "filter"},
			"scanAccountLicensesByAttribute": {"filter", "name and value"},
		}[s.Operation.ID]
		all := ascending(account(t, l.Account))
		e := tryOdd(t, t.Call("getLicenses", Path{"accountKeys": l.Account}, slices.Concat(search[pairs[0]], search[pairs[1]])...))[0]
		t.Observe(pairs[0]+" with "+pairs[1], winner(e, all, map[string]func(fixture.Licence) bool{
			"all at once": func(l fixture.Licence) bool { return holds[pairs[0]](l) && holds[pairs[1]](l) },
			pairs[0]:      holds[pairs[0]], pairs[1]: holds[pairs[1]], "none: everything of the account": anyLicence,
		}))
	})
})

var _ = everywhere([]string{"getLicenses", "getUserLicenses"}, func(s *Suite) {
	s.It("tells what it makes of batch=true", Covers("GOTO-ROUTE-06"), func(t *T) {
		good, _ := listed(t, s.Operation.ID)
		answers := tryOdd(t, good, with(good, "batch", true))
		t.Observe("two keys without batch=true", summary(answers[0]))
		t.Observe("batch=true", against(answers[1], likeness{"ignored", answers[0]}))
	})
})

func sortedNames[V any](m map[string]V) []string {
	var all []string
	for name := range m {
		all = append(all, name)
	}
	return slices.Sorted(slices.Values(all))
}
