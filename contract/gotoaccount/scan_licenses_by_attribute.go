// scanLicensesByAttribute: GET /licenses?name={name}&value={value}.

package gotoaccount

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
	"harness/specs"
)

var byAttribute = scan{
	operation: "scanLicensesByAttribute",
	id:        shared("GOTO-SCAN-ATTR-07"),
	selects: func(t *T) selection {
		a, ok := commonAttribute(t, func(v value) bool { return v.Kind == exact.String })
		t.Need(ok, "a custom attribute whose value, a string, some licences share and others do not have")
		return attributeSelection(t, a, widest(t, has(a)))
	},
}

// commonAttribute returns the custom attribute, name and value, that most licences met share, but not all.
func commonAttribute(t *T, suits func(value) bool) (a exact.Member, ok bool) {
	all := Derive(t, "attributes carried", func() []exact.Member {
		return carried(goods(t).Licences, exact.Null, exact.Bool, exact.Number, exact.String, exact.Array, exact.Object)
	})
	if i := slices.IndexFunc(all, func(m exact.Member) bool { return suits(m.Value) }); i >= 0 {
		return all[i], true
	}
	return a, false
}

// attributeSelection selects by an attribute.
func attributeSelection(t *T, a exact.Member, in fixture.Window) selection {
	return selection{query: attributeQuery(t.Operation("scanLicensesByAttribute"), a.Name, a.Value.String()), holds: has(a), window: in}
}

// attributeQuery names an attribute and a literal as the document does.
func attributeQuery(op *specs.Operation, name, literal string) []any {
	return []any{op.Attribute.Name, name, op.Attribute.Value, literal}
}

// has selects the licences whose attribute is the same JSON value.
func has(a exact.Member) func(fixture.Licence) bool {
	want := a.Value.Canonical()
	return func(l fixture.Licence) bool { return l.Value.Has(a.Name) && l.Value.Get(a.Name).Canonical() == want }
}

// carried lists the custom attributes, name and value, of a JSON type that some licences carry and others do not, the
// most common first. Those that a careless comparison takes for another of the same name, or that are the beginning
// of another, come last.
func carried(all []fixture.Licence, kinds ...exact.Kind) []exact.Member {
	count := map[string]int{}
	looks := map[string]map[string]bool{} // name and careless text → canonical values
	texts := map[string][]string{}        // name → strings
	var found []exact.Member
	for _, l := range all {
		for _, m := range custom(l) {
			id := m.Name + "\x00" + m.Value.Canonical()
			if count[id]++; count[id] > 1 {
				continue
			}
			look := m.Name + "\x00" + careless(m.Value)
			if looks[look] == nil {
				looks[look] = map[string]bool{}
			}
			looks[look][m.Value.Canonical()] = true
			if m.Value.Kind == exact.String {
				texts[m.Name] = append(texts[m.Name], m.Value.Text)
			}
			if slices.Contains(kinds, m.Value.Kind) {
				found = append(found, m)
			}
		}
	}
	number := func(m exact.Member) int { return count[m.Name+"\x00"+m.Value.Canonical()] }
	twins := func(m exact.Member) bool {
		return len(looks[m.Name+"\x00"+careless(m.Value)]) > 1 || slices.ContainsFunc(texts[m.Name], func(text string) bool {
			return m.Value.Kind == exact.String && text != m.Value.Text && strings.HasPrefix(text, m.Value.Text)
		})
	}
	found = slices.DeleteFunc(found, func(m exact.Member) bool { return number(m) == len(all) })
	slices.SortStableFunc(found, func(a, b exact.Member) int {
		return cmp.Or(cmp.Compare(rank(twins(a)), rank(twins(b))), cmp.Compare(number(b), number(a)))
	})
	return found
}

// custom lists the custom attributes of a licence, without standard ones that are misspelled: those are told once, by
// the check of the document.
func custom(l fixture.Licence) []exact.Member {
	return slices.DeleteFunc(l.Custom(), func(m exact.Member) bool {
		return slices.Contains([]string{"accountkey", "userkeys", "servicetype", "externallymanaged"}, strings.ToLower(m.Name))
	})
}

// careless writes a value as a server might that compares text, or numbers as doubles.
func careless(v value) string {
	if f, err := strconv.ParseFloat(v.Text, 64); err == nil && (v.Kind == exact.Number || v.Kind == exact.String) {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return cmp.Or(v.Text, v.Canonical())
}

// pick returns the first licence met that carries a custom attribute which suits.
func pick(t *T, suits func(exact.Member) bool) (l fixture.Licence, a exact.Member, ok bool) {
	for _, l := range goods(t).Licences {
		for _, m := range custom(l) {
			if suits(m) {
				return l, m, true
			}
		}
	}
	return l, a, false
}

// on asks for an attribute by literal over the key of one licence alone.
func on(t *T, l fixture.Licence, name, literal string, more ...any) client.Request {
	op := t.Operation("scanLicensesByAttribute")
	return t.Call(op.ID, nil, slices.Concat(attributeQuery(op, name, literal), more, closed(l.Key, l.Key).query(op.Scan))...)
}

// of is the licence's key if an answer holds it, and nothing else that it may hold.
func of(e *client.Exchange, l fixture.Licence) []int64 { return common(keys(e), []int64{l.Key}) }

// notFound accepts a rejection, or an answer that does not hold the licence.
func notFound(t *T, e *client.Exchange, l fixture.Licence, promise, likely string) {
	if e.Rejected() {
		return
	}
	t.On(e).Expect(e, Succeed(), promise)
	t.On(e).If(likely, []int64{l.Key}).Expect(of(e, l), HaveKeys(), promise)
}

var _ = describe("scanLicensesByAttribute", func(s *Suite) {
	byAttribute.law(s)
	literals(s)
	attributeOddities(s)

	op := s.Operation
	first := func(t *T, query ...any) client.Request { return t.Call(op.ID, nil, query...) }
	s.It("returns only licences that carry the attribute with that value", Covers("GOTO-SCAN-ATTR-01"), func(t *T) {
		chosen := several(goods(t).Licences)
		t.Need(len(chosen) > 0, "a custom attribute that some licences carry and others do not")
		var requests []client.Request
		for _, a := range chosen {
			requests = append(requests, first(t, attributeQuery(op, a.Name, a.Value.String())...))
		}
		for i, e := range t.OKAll(requests...) {
			shown := indexed(licences(e))
			finds(t, e, func(key int64) bool { return has(chosen[i])(shown[key]) }, fmt.Sprintf("every licence carries %s=%s", chosen[i].Name, chosen[i].Value))
		}
	})
	s.It("misses no licence that carries the attribute with that value", Covers("GOTO-SCAN-ATTR-02"), func(t *T) {
		all := window(t, wide(t))
		chosen := several(all)
		t.Need(len(chosen) > 0, "a custom attribute that some licences carry and others do not")
		if rare := rarest(all); !slices.ContainsFunc(chosen, func(a exact.Member) bool { return a.Name == rare.Name && exact.Equal(a.Value, rare.Value) }) {
			chosen = append(chosen, rare)
		}
		for _, a := range chosen {
			w := byAttribute.setOn(t, attributeSelection(t, a, wide(t)))
			got, pages := w.whole(closed(w.sel.window.Low, w.sel.window.High))
			page := w.all[:min(len(w.all), int(w.limit()))]
			t.On(pages...).If("only the first licences of the range are looked at", fixture.Keys(where(page, has(a)))).
				Expect(common(got, w.hits), HaveKeySet(w.hits...), fmt.Sprintf("every licence of the range that carries %s=%s is found", a.Name, a.Value))
		}
	})
	s.It("filters before it limits, so that a page is empty only at the end", Covers("GOTO-SCAN-ATTR-08"), func(t *T) {
		all := window(t, wide(t))
		t.Need(len(several(all)) > 0, "a custom attribute that some licences carry and others do not")
		a := rarest(all)
		byAttribute.setOn(t, attributeSelection(t, a, wide(t))).rare(fmt.Sprintf("a page is empty only when no licence with %s=%s is left", a.Name, a.Value))
	})
	s.It("rejects a name without a value, and a value without a name", Covers("GOTO-SCAN-ATTR-09"), func(t *T) {
		q, everything := byAttribute.selects(t).query, unfiltered(t)
		for _, e := range t.SendAll(first(t, q[0], q[1]), first(t, q[2], q[3])) {
			rejects(t, e, "a scan by attribute needs a name and a value", named{"half of it filters nothing: a full scan", everything})
		}
	})
	s.It("returns nothing for an attribute that no licence carries", Covers("GOTO-SCAN-ATTR-10"), func(t *T) {
		everything := unfiltered(t)
		e := t.Send(first(t, attributeQuery(op, unheard(t, "", 32), `"premium"`)...))
		selectsNone(t, e, "an attribute that no licence carries selects nothing", named{"an unknown name filters nothing: a full scan", everything})
		if e.Rejected() {
			t.Observe("a name that no licence carries, though any is allowed", amounts(t, e))
		}
	})
	s.It("takes an attribute name of 64 characters", Covers("GOTO-SCAN-ATTR-11"), func(t *T) {
		e := t.Send(first(t, attributeQuery(op, unheard(t, "", longestName(op)), `"premium"`)...))
		t.On(e).Expect(e, Succeed(), fmt.Sprintf("a name of %d characters is allowed", longestName(op)))
	})
	s.It("does not stumble over an attribute name of 65 characters", Covers("GOTO-SCAN-ATTR-11"), func(t *T) {
		e := t.Send(first(t, attributeQuery(op, unheard(t, "", longestName(op)+1), `"premium"`)...))
		t.On(e).Expect(e, NotCrash(), "a name that is too long is refused or found nowhere")
		if e.OK() {
			t.On(e).Expect(keys(e), HaveKeys(), "no licence carries a name that is too long")
		}
	})
	s.It("looks in the entitlements of the product that is named", Covers("GOTO-SCAN-ATTR-13"), inProduct)
})

// longestName is how long an attribute name may be, in characters.
func longestName(op *specs.Operation) int {
	if p := op.Parameter(op.Attribute.Name); p != nil && p.Schema.Value.MaxLength != nil {
		return int(*p.Schema.Value.MaxLength)
	}
	return 64
}

// several chooses attributes among licences: the two most common strings, and the most common number and boolean that
// nothing is easily taken for.
func several(all []fixture.Licence) []exact.Member {
	chosen := carried(all, exact.String)
	chosen = chosen[:min(2, len(chosen))]
	alike := map[string]int{}
	for _, m := range carried(all, exact.String, exact.Number, exact.Bool) {
		alike[m.Name+"\x00"+careless(m.Value)]++
	}
	for _, kind := range []exact.Kind{exact.Number, exact.Bool} {
		for _, m := range carried(all, kind) {
			if alike[m.Name+"\x00"+careless(m.Value)] == 1 && len(m.Value.Text) <= 15 {
				chosen = append(chosen, m)
				break
			}
		}
	}
	return chosen
}

// rarest chooses the attribute whose first carrier comes latest among licences.
func rarest(all []fixture.Licence) (a exact.Member) {
	for _, m := range carried(all, exact.String, exact.Number, exact.Bool) {
		if a.Name == "" || slices.IndexFunc(all, has(m)) > slices.IndexFunc(all, has(a)) {
			a = m
		}
	}
	return a
}

// inProduct takes an entitlement of a licence and looks for it in the context of its product, and of another.
func inProduct(t *T) {
	op := t.Operation("scanLicensesByAttribute")
	t.Need(op.Attribute.Product != "", "a product context in the document")
	for _, entitled := range goods(t).Entitlements {
		l, ok := still(t, entitled.Key)
		for _, m := range entitled.Value.Members {
			if !ok || m.Value.Kind != exact.String && m.Value.Kind != exact.Number && m.Value.Kind != exact.Bool || l.Value.Has(m.Name) {
				continue
			}
			other, known := elsewhere(t, entitled, m)
			if !known {
				continue
			}
			literal := m.Value.String()
			answers := t.SendAll(on(t, l, m.Name, literal, op.Attribute.Product, entitled.Product), on(t, l, m.Name, literal, op.Attribute.Product, other))
			t.On(answers[0]).Expect(answers[0], Succeed(), "a scan in the context of a product is served")
			t.On(answers[0]).If("product is ignored: the attribute is looked for in the licence", []int64{}).
				Expect(of(answers[0], l), HaveKeys(l.Key), fmt.Sprintf("the licence is found by %s=%s, which it grants for %q", m.Name, literal, entitled.Product))
			notFound(t, answers[1], l, fmt.Sprintf("the licence is not found by %s=%s for %q, for which it does not grant that", m.Name, literal, other), "any product will do")
			agrees(t, entitled.Product, m)
			return
		}
	}
	t.NotExercised("needs an entitlement that is a text, a number or a boolean, and a second product that does not grant it")
}

// elsewhere returns a product for which the licence does not grant that.
func elsewhere(t *T, entitled fixture.Entitlements, m exact.Member) (product string, ok bool) {
	granted := map[string]value{}
	for _, e := range goods(t).Entitlements {
		if e.Key == entitled.Key {
			granted[e.Product] = e.Value
		}
	}
	for product, v := range sortedProducts(granted) {
		if product != entitled.Product && (!v.Has(m.Name) || !exact.Equal(v.Get(m.Name), m.Value)) {
			return product, true
		}
	}
	for _, e := range goods(t).Entitlements {
		if !slices.Contains(goods(t).Products[entitled.Key], e.Product) {
			return e.Product, true
		}
	}
	return "", false
}

// sortedProducts yields products by name.
func sortedProducts(granted map[string]value) func(func(string, value) bool) {
	return func(yield func(string, value) bool) {
		var names []string
		for name := range granted {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if !yield(name, granted[name]) {
				return
			}
		}
	}
}

// agrees holds a few licences found in the context of a product against their entitlements for it.
func agrees(t *T, product string, m exact.Member) {
	op := t.Operation("scanLicensesByAttribute")
	e := t.OK(t.Call(op.ID, nil, append(attributeQuery(op, m.Name, m.Value.String()), op.Attribute.Product, product, op.Scan.Limit, 5)...))
	shown := licences(e)
	var requests []client.Request
	for _, l := range shown {
		requests = append(requests, t.Call("getLicenseEntitlements", Path{"licenseKey": l.Key, "productName": product}))
	}
	for i, answer := range t.SendAll(requests...) {
		t.On(e, answer).Expect(answer.JSON().Get(m.Name), EqualJSON(m.Value),
			fmt.Sprintf("licence %d, found by %q for %q, grants that for it", shown[i].Key, m.Name, product))
	}
}

// literals registers what a value is compared with: JSON, of its type, whole.
func literals(s *Suite) {
	s.It("finds a string by its JSON literal, quotes included", Covers("GOTO-SCAN-ATTR-03"), func(t *T) {
		plain := func(text string) bool { return text != "" && !strings.ContainsAny(text, ` "\`) }
		var requests []client.Request
		var wanted []fixture.Licence
		for _, suits := range []func(string) bool{plain, func(text string) bool { return strings.Contains(text, " ") && !strings.Contains(text, `"`) }, func(text string) bool { return strings.ContainsAny(text, `"\`) }} {
			l, a, ok := pick(t, func(m exact.Member) bool { return m.Value.Kind == exact.String && suits(m.Value.Text) })
			if !ok {
				continue
			}
			if l, ok = still(t, l.Key); ok && has(a)(l) {
				wanted = append(wanted, l)
				requests = append(requests, on(t, l, a.Name, a.Value.String()))
			}
		}
		t.Need(len(requests) > 0, "a licence with a custom attribute that is a string")
		for i, e := range t.OKAll(requests...) {
			t.On(e).If("the quotes are taken for a part of the value", []int64{}).
				Expect(of(e, wanted[i]), HaveKeys(wanted[i].Key), "the licence that carries the string is found by its literal")
		}
	})
	s.It("rejects a value that is no JSON", Covers("GOTO-SCAN-ATTR-04"), func(t *T) {
		_, a, ok := pick(t, func(m exact.Member) bool {
			_, err := exact.Parse([]byte(m.Value.Text))
			return m.Value.Kind == exact.String && m.Value.Text != "" && err != nil
		})
		t.Need(ok, "a licence with a custom attribute that is a string")
		op := t.Operation("scanLicensesByAttribute")
		everything := unfiltered(t)
		answers := t.SendAll(t.Call(op.ID, nil, attributeQuery(op, a.Name, a.Value.Text)...), t.Call(op.ID, nil, attributeQuery(op, a.Name, a.Value.String())...))
		rejects(t, answers[0], "a value is a JSON literal, and a bare word is none",
			named{"a bare word is taken for a string", keys(answers[1])}, named{"a bare word filters nothing: a full scan", everything})
	})
	s.It("tells a number and a boolean from a string of the same text", Covers("GOTO-SCAN-ATTR-05"), func(t *T) {
		exercised := false
		for _, kind := range []exact.Kind{exact.Number, exact.Bool, exact.String} {
			l, a, ok := pick(t, func(m exact.Member) bool {
				if m.Value.Kind != kind {
					return false
				}
				twin, err := exact.Parse([]byte(m.Value.Text))
				return kind != exact.String || err == nil && (twin.Kind == exact.Number || twin.Kind == exact.Bool)
			})
			if ok {
				l, ok = still(t, l.Key)
			}
			if !ok || !has(a)(l) {
				continue
			}
			exercised = true
			other := a.Value.Text
			if kind != exact.String {
				other = strconv.Quote(other)
			}
			answers := t.SendAll(on(t, l, a.Name, a.Value.String()), on(t, l, a.Name, other))
			t.On(answers[0]).Expect(answers[0], Succeed(), fmt.Sprintf("a scan for %s=%s is served", a.Name, a.Value))
			t.On(answers[0]).Expect(of(answers[0], l), HaveKeys(l.Key), fmt.Sprintf("the licence whose %q is %s is found by it", a.Name, a.Value))
			notFound(t, answers[1], l, fmt.Sprintf("the licence whose %q is %s is not found by %s", a.Name, a.Value, other), "values are compared as text")
		}
		t.Need(exercised, "a licence with a custom attribute that is a number or a boolean")
	})
	s.It("matches a value whole or not at all", Covers("GOTO-SCAN-ATTR-06"), func(t *T) {
		l, a, ok := pick(t, func(m exact.Member) bool { return m.Value.Kind == exact.String && len([]rune(m.Value.Text)) > 1 })
		t.Need(ok, "a licence with a custom attribute that is a string of two letters or more")
		letters := []rune(a.Value.Text)
		part := string(letters[:len(letters)-1])
		texts := []string{part, part + "*", "*", a.Value.Text + "*"}
		var requests []client.Request
		for _, text := range texts {
			requests = append(requests, on(t, l, a.Name, exact.Value{Kind: exact.String, Text: text}.String()))
		}
		for i, e := range t.SendAll(requests...) {
			likely := "a star is taken for any text"
			if i == 0 {
				likely = "the beginning of a value is enough"
			}
			notFound(t, e, l, fmt.Sprintf("the licence whose %q is %s is not found by %q", a.Name, a.Value, texts[i]), likely)
		}
	})
}
