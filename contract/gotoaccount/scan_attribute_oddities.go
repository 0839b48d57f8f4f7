// What the scan by attribute does where its document is silent: standard attributes, odd products, odd literals, odd
// spellings. Recorded, never judged.

package gotoaccount

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

func attributeOddities(s *Suite) {
	op := s.Operation
	s.It("shows which standard attributes can be scanned", Covers("GOTO-SCAN-ATTR-12"), func(t *T) {
		w := byKey.set(t, 1)
		var questions []exact.Member
		var requests []client.Request
		for _, name := range []string{"sku", "name", "type", "channel", "enabled", "seats", "accountkey", "roles", "key"} {
			i := slices.IndexFunc(w.all, func(l fixture.Licence) bool { return l.Value.Has(name) && l.Value.Get(name).Kind != exact.Null })
			if i < 0 {
				continue
			}
			a := exact.Member{Name: name, Value: w.all[i].Value.Get(name)}
			questions = append(questions, a)
			b := closed(w.sel.window.Low, w.sel.window.High).query(op.Scan)
			requests = append(requests, t.Call(op.ID, nil, slices.Concat(attributeQuery(op, name, a.Value.String()), b, []any{op.Scan.Limit, w.limit()})...))
		}
		for i, e := range t.TryAll(requests...) {
			t.Observe(questions[i].Name, amounts(t, e, named{"those that match", fixture.Keys(where(w.all, has(questions[i])))}, named{"nothing is filtered", fixture.Keys(w.all)}))
		}
	})
	s.It("shows what unusual products do", Covers("GOTO-SCAN-ATTR-14"), func(t *T) {
		t.Need(op.Attribute.Product != "", "a product context in the document")
		w := byAttribute.set(t, 1)
		b := closed(w.sel.window.Low, w.sel.window.High)
		product := "jive"
		if known := goods(t).Entitlements; len(known) > 0 {
			product = known[0].Product
		}
		with := func(p string) client.Request {
			r := w.request(b, w.limit())
			r.Query = append(r.Query, client.Query(op.Attribute.Product, p)...)
			return r
		}
		plain := t.Call(op.ID, nil, slices.Concat([]any{op.Attribute.Product, product}, b.query(op.Scan), []any{op.Scan.Limit, w.limit()})...)
		for i, e := range t.TryAll(plain, with(unheard(t, "", 16)), with("*"), with("")) {
			question := []string{"product without name and value", "an unknown product", "product=*", "an empty product"}[i]
			t.Observe(question, amounts(t, e, named{"nothing is filtered", fixture.Keys(w.all)}, named{"as without product", w.hits}))
		}
		t.Observe("an entitlement without product", withoutProduct(t))
	})
	s.It("shows what unusual literals match", Covers("GOTO-SCAN-ATTR-15"), unusualLiterals)
	s.It("shows which spellings of quotes and spaces work", Covers("GOTO-SCAN-ATTR-16"), func(t *T) {
		l, a, ok := pick(t, func(m exact.Member) bool {
			return m.Value.Kind == exact.String && alphanumeric(m.Value.Text) && alphanumeric(m.Name)
		})
		t.Need(ok, "a licence with a custom attribute that is a plain word")
		raw := on(t, l, "", "")
		raw.Raw = fmt.Sprintf(`%s?%s=%s&%s="%s"&%s=%d&%s=%d`, op.Path, op.Attribute.Name, a.Name, op.Attribute.Value, a.Value.Text, op.Scan.Lower, l.Key, op.Scan.Upper, l.Key)
		t.Observe("quotes as they are", hit(t, t.Try(raw), l))
		l, a, ok = pick(t, func(m exact.Member) bool {
			return m.Value.Kind == exact.String && strings.Contains(m.Value.Text, " ") && alphanumeric(strings.ReplaceAll(m.Value.Text, " ", "")) && alphanumeric(m.Name)
		})
		if ok {
			plus := on(t, l, "", "")
			plus.Raw = fmt.Sprintf(`%s?%s=%s&%s=%%22%s%%22&%s=%d&%s=%d`, op.Path, op.Attribute.Name, a.Name, op.Attribute.Value, strings.ReplaceAll(a.Value.Text, " ", "+"), op.Scan.Lower, l.Key, op.Scan.Upper, l.Key)
			answers := t.TryAll(on(t, l, a.Name, a.Value.String()), plus)
			t.Observe("a space as %20", hit(t, answers[0], l))
			t.Observe("a space as +", hit(t, answers[1], l))
		}
	})
	s.It("shows whether the case of an attribute's name matters", Covers("GOTO-SCAN-ATTR-17"), func(t *T) {
		l, a, ok := pick(t, func(m exact.Member) bool { return m.Value.Kind == exact.String && otherCase(m.Name) != m.Name })
		t.Need(ok, "a licence with a custom attribute whose name has a letter")
		t.Need(!l.Value.Has(otherCase(a.Name)), "a licence that carries a name in one case only")
		t.Observe("a name in another case", hit(t, t.Try(on(t, l, otherCase(a.Name), a.Value.String())), l))
	})
}

// hit says whether an answer found the licence.
func hit(t *T, e *client.Exchange, l fixture.Licence) string {
	return amounts(t, e, named{"found", []int64{l.Key}}, named{"not found", nil})
}

// withoutProduct says whether an entitlement is found where no product is named.
func withoutProduct(t *T) string {
	for _, entitled := range goods(t).Entitlements {
		for _, m := range entitled.Value.Members {
			if m.Value.Kind != exact.String && m.Value.Kind != exact.Number && m.Value.Kind != exact.Bool {
				continue
			}
			if l, ok := still(t, entitled.Key); ok && !l.Value.Has(m.Name) {
				return hit(t, t.Try(on(t, l, m.Name, m.Value.String())), l)
			}
		}
	}
	return "no entitlement to ask for"
}

// unusualLiterals asks for values in other spellings, and for values that other readers take for others.
func unusualLiterals(t *T) {
	ask := func(question string, l fixture.Licence, name, literal string) {
		t.Observe(question, hit(t, t.Try(on(t, l, name, literal)), l))
	}
	kind := func(k exact.Kind, suits func(value) bool) func(exact.Member) bool {
		return func(m exact.Member) bool { return m.Value.Kind == k && suits(m.Value) }
	}
	whatever := func(value) bool { return true }
	if l, a, ok := pick(t, kind(exact.Null, whatever)); ok {
		ask("null, where it is null", l, a.Name, "null")
	}
	if l, _, ok := pick(t, kind(exact.String, whatever)); ok {
		ask("null, where there is none", l, unheard(t, "", 20), "null")
	}
	whole := func(v value) bool { return exact.IsInteger(v.Text) && len(v.Text) <= 15 && v.Text != "0" }
	if l, a, ok := pick(t, kind(exact.Number, whole)); ok {
		ask("a whole number with a fraction of nought", l, a.Name, a.Value.Text+".0")
		ask("a whole number with an exponent", l, a.Name, a.Value.Text+"e0")
		ask("spaces after a number", l, a.Name, a.Value.Text+"  ")
	}
	if l, a, ok := pick(t, kind(exact.Number, func(v value) bool {
		n, err := strconv.ParseInt(v.Text, 10, 64)
		return err == nil && n > 1<<53 && n < beyond
	})); ok {
		n, _ := strconv.ParseInt(a.Value.Text, 10, 64)
		ask("an integer above 2^53", l, a.Name, a.Value.Text)
		for _, near := range []int64{n - 1, n + 1} {
			if float64(near) == float64(n) {
				ask("its neighbour, the same as a double", l, a.Name, strconv.FormatInt(near, 10))
				break
			}
		}
	}
	if l, a, ok := pick(t, kind(exact.Object, func(v value) bool { return len(v.Members) > 1 })); ok {
		ask("an object as it is", l, a.Name, a.Value.String())
		turned := exact.Value{Kind: exact.Object, Members: slices.Clone(a.Value.Members)}
		slices.Reverse(turned.Members)
		ask("an object with its members in another order", l, a.Name, turned.String())
		doubled := exact.Value{Kind: exact.Object, Members: append(slices.Clone(a.Value.Members), a.Value.Members[0])}
		ask("an object with a member twice", l, a.Name, doubled.String())
	}
	if l, a, ok := pick(t, kind(exact.Array, func(v value) bool { return len(v.Items) > 1 })); ok {
		ask("an array as it is", l, a.Name, a.Value.String())
		turned := exact.Value{Kind: exact.Array, Items: slices.Clone(a.Value.Items)}
		slices.Reverse(turned.Items)
		ask("an array in another order", l, a.Name, turned.String())
	}
	if l, a, ok := pick(t, kind(exact.String, func(v value) bool { return alphanumeric(v.Text) })); ok {
		ask("a string with an escape", l, a.Name, fmt.Sprintf(`"\u%04x%s"`, a.Value.Text[0], a.Value.Text[1:]))
	}
}

// alphanumeric says whether a text needs no escape anywhere.
func alphanumeric(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
