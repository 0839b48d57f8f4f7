// What findLicenses does where its document is silent: case, malformed filters, custom attributes, other parameters
// beside the filter. Recorded, never judged.

package gotoaccount

import (
	"fmt"
	"slices"
	"strings"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

// outcome names an answer to a filter, beside what the whole value finds and the whole account.
func (s search) outcome(e *client.Exchange, whole pair) string {
	return amounts(s.t, e, named{"found", s.matching(exactly(whole))}, named{"not found", nil}, named{"the whole account", s.all()})
}

// record asks for filters side by side and records what each amounts to.
func (s search) record(whole pair, filters map[string]client.Request) {
	var questions []string
	for question := range filters {
		questions = append(questions, question)
	}
	slices.Sort(questions)
	var requests []client.Request
	for _, question := range questions {
		requests = append(requests, filters[question])
	}
	for i, e := range s.t.TryAll(requests...) {
		s.t.Observe(questions[i], s.outcome(e, whole))
	}
}

func findOddities(s *Suite) {
	s.It("shows whether case matters", Covers("GOTO-FIND-10"), func(t *T) {
		in, whole := searchDivided(t)
		in.record(whole, map[string]client.Request{
			"a value in another case": in.ask(pair{whole.name, otherCase(whole.pattern)}.text()),
			"a name in another case":  in.ask(pair{otherCase(whole.name), whole.pattern}.text()),
		})
	})
	s.It("shows what malformed filters do", Covers("GOTO-FIND-12"), func(t *T) {
		in, whole := searchDivided(t)
		in.record(whole, map[string]client.Request{
			"a name without a value":     in.ask(whole.name),
			"a value without a name":     in.ask("=" + whole.pattern),
			"a name with an empty value": in.ask(whole.name + "="),
			"a comma at the end":         in.ask(whole.text() + ","),
			"two equals signs":           in.ask(whole.name + "==" + whole.pattern),
		})
	})
	s.It("shows how values that hold =, a comma or a star can be searched", Covers("GOTO-FIND-13"), func(t *T) {
		special := func(s search) (p pair, ok bool) {
			for _, name := range searched {
				for _, l := range s.base {
					if v := l.Value.Get(name); v.Kind == exact.String && strings.ContainsAny(v.Text, ",=*") {
						return pair{name, v.Text}, true
					}
				}
			}
			return p, false
		}
		in := searchIn(t, "a licence whose name, or another text, holds an equals sign, a comma or a star", func(s search) bool { _, ok := special(s); return ok })
		p, _ := special(in)
		escaped := strings.NewReplacer(",", `\,`, "=", `\=`, "*", `\*`).Replace(p.pattern)
		encoded := strings.NewReplacer(" ", "%20", ",", "%2C", "=", "%3D", "*", "%2A").Replace(p.pattern)
		whole := pair{p.name, p.pattern}
		in.record(whole, map[string]client.Request{
			"as it is":           in.ask(p.text()),
			"percent-encoded":    in.raw(p.name + "=" + encoded),
			"encoded twice":      in.raw(p.name + "=" + strings.ReplaceAll(encoded, "%", "%25")),
			"with a backslash":   in.ask(p.name + "=" + escaped),
			"in quotation marks": in.ask(p.name + `="` + p.pattern + `"`),
		})
	})
	s.It("shows whether custom attributes can be searched", Covers("GOTO-FIND-15"), func(t *T) {
		custom := func(s search) (p pair, ok bool) {
			for _, a := range carried(s.base, exact.String) {
				if simple(a.Value.Text) && !strings.Contains(a.Value.Text, "*") {
					return pair{a.Name, a.Value.Text}, true
				}
			}
			return p, false
		}
		in := searchIn(t, "a custom attribute on some of its licences and not on others", func(s search) bool { _, ok := custom(s); return ok })
		p, _ := custom(in)
		in.record(p, map[string]client.Request{"a custom attribute": in.ask(p.text())})
	})
	s.It("shows whether more than 100 matches are all returned", Covers("GOTO-FIND-16"), func(t *T) {
		in := searchIn(t, fmt.Sprintf("more than %d licences that have a name", capped), func(s search) bool { return len(s.matching(exactly(pair{"name", "*"}))) > capped })
		all := in.matching(exactly(pair{"name", "*"}))
		e := t.Try(in.ask("name=*"))
		answer := amounts(t, e, named{"all returned", all}, named{"those with the lowest keys", all[:capped]})
		if len(keys(e)) == capped && len(apart(keys(e), all)) == 0 {
			answer = fmt.Sprintf("%d, cut at %d", e.Status, capped)
		}
		t.Observe(fmt.Sprintf("more than %d matches", capped), answer)
	})
	s.It("shows what two accounts yield with a filter", Covers("GOTO-FIND-17"), func(t *T) {
		in, whole := searchDivided(t)
		others := slices.DeleteFunc(accountsMet(t), func(key int64) bool { return key == in.account })
		t.Need(len(others) > 0, "two accounts with licences")
		second := search{t, others[0], account(t, others[0])}
		r := in.ask(whole.text())
		r.Path["accountKey"] = join([]int64{in.account, second.account})
		t.Observe("two accounts with a filter", amounts(t, t.Try(r), named{"the first only", in.matching(exactly(whole))},
			named{"the second only", second.matching(exactly(whole))}, named{"both", union(in.matching(exactly(whole)), second.matching(exactly(whole)))}))
	})
	s.It("shows which parameter wins beside a filter", Covers("GOTO-FIND-18"), precedence)
	s.It("shows what a filter written as an expression does", Covers("GOTO-FIND-19"), func(t *T) {
		in, whole := searchDivided(t)
		in.record(whole, map[string]client.Request{`name eq "value"`: in.ask(fmt.Sprintf(`%s eq "%s"`, whole.name, whole.pattern))})
	})
	s.It("shows whether attributes that are no texts can be searched", Covers("GOTO-FIND-20"), func(t *T) {
		in := searchIn(t, "licences", func(s search) bool { return len(s.base) > 0 })
		asked := 0
		for _, name := range []string{"externallymanaged", "weighted"} {
			has := func(l fixture.Licence) bool { return l.Is(name) }
			if n := len(in.matching(has)); n > 0 && n < len(in.base) {
				asked++
				t.Observe(name+"=true", amounts(t, t.Try(in.ask(name+"=true")), named{"found", in.matching(has)}, named{"the whole account", in.all()}))
			}
		}
		for _, a := range carried(in.base, exact.Number) {
			asked++
			t.Observe("a number", amounts(t, t.Try(in.ask(a.Name+"="+a.Value.Text)), named{"found", in.matching(has(a))}, named{"the whole account", in.all()}))
			break
		}
		t.Need(asked > 0, "an account where externallymanaged, weighted or a number differs from licence to licence")
	})
}

var _ = describe("getLicenses", func(s *Suite) {
	s.It("shows which parameter wins beside those of a search", Covers("GOTO-FIND-18"), precedence)
})

// precedence records which of the parameters of one path wins where several are given. On the list of an account the
// search by attribute stands beside roles; on the search by filter everything else stands beside the filter.
func precedence(t *T) {
	in, whole := searchDivided(t)
	ofFilter := in.matching(exactly(whole))
	roles := dividing(in.base)
	if len(roles) > 0 {
		role := slices.MinFunc(roles, func(a, b string) int { // the one that divides what the filter finds most evenly
			half := func(role string) int {
				n := 2*len(common(ofFilter, in.matching(grants(role)))) - len(ofFilter)
				return max(n, -n)
			}
			return half(a) - half(b)
		})
		ofRole := in.matching(grants(role))
		known := []named{{"both", common(ofFilter, ofRole)}, {"the filter", ofFilter}, {"roles", ofRole}, {"neither", in.all()}}
		t.Observe("filter and roles", amounts(t, t.Try(in.ask(whole.text(), "roles", role)), known...))
		if found := carried(in.base, exact.String); len(found) > 0 {
			ofAttribute := in.matching(has(found[0]))
			r := t.Call("getLicenses", Path{"accountKeys": in.account}, "roles", role, "name", found[0].Name, "value", found[0].Value.String())
			t.Observe("roles, name and value", amounts(t, t.Try(r), named{"all of them", common(ofRole, ofAttribute)}, named{"roles", ofRole}, named{"name and value", ofAttribute}, named{"neither", in.all()}))
		}
	}
	if found := carried(in.base, exact.String); len(found) > 0 {
		ofAttribute := in.matching(has(found[0]))
		e := t.Try(in.ask(whole.text(), "name", found[0].Name, "value", found[0].Value.String()))
		t.Observe("filter, name and value", amounts(t, e, named{"all of them", common(ofFilter, ofAttribute)}, named{"the filter", ofFilter}, named{"name and value", ofAttribute}, named{"neither", in.all()}))
	}
	for _, l := range where(in.base, exactly(whole)) {
		if len(l.Users) < 2 {
			continue
		}
		e := t.Try(in.ask(whole.text(), "includeUsers", l.Users[0]))
		answer := amounts(t, e, named{"the filter", ofFilter}, named{"neither", in.all()})
		if shown, ok := indexed(licences(e))[l.Key]; ok && len(shown.Users) == 1 {
			answer += ", users cut"
		}
		t.Observe("filter and includeUsers", answer)
		break
	}
}
