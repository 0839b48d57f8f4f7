// getLicenseEntitlements: GET /licenses/{licenseKey}/products/{productName}. What a product grants follows no schema.

package gotoaccount

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

var _ = describe("getLicenseEntitlements", func(s *Suite) {
	s.It("answers with one object, whatever stands in it", Covers("GOTO-ENT-01"), func(t *T) {
		all := granted(t, 6)
		t.Need(len(all) > 0, "a licence with a product")
		for _, e := range servedAll(t, singles(t, all)...) {
			t.On(e).Expect(e.JSON(), BeKind(exact.Object), `"Object with entitlement properties"; that it "can be any JSON" is said of what the object holds`)
		}
	})
	s.It("shows values of every type as they are", Covers("GOTO-ENT-02"), func(t *T) {
		all := granted(t, 6)
		t.Need(len(all) > 0, "a licence with a product")
		for i, e := range servedAll(t, singles(t, all)...) {
			many := t.Send(odd(batchOf(t, all[i].product, []int64{all[i].key})))
			if listed, _ := entries(many, []int64{all[i].key}); len(listed) > 0 {
				t.On(e, many).Expect(stringified(e.JSON(), listed[0].like(e.JSON())), gomega.BeEmpty(), "objects and arrays stand in the answer as such, not as strings that hold JSON")
			}
		}
	})
	s.It("keeps the entitlements of two products apart", Covers("GOTO-ENT-03"), func(t *T) {
		var alike []int64 // licences whose products all show the same
		for _, key := range slices.Concat(crawledKeys(t), fixture.Keys(existing(t, 40, anyLicence))) {
			list := products(t, key)
			for _, name := range list {
				if !exact.Equal(entitlements(t, key, list[0]), entitlements(t, key, name)) {
					return
				}
			}
			if len(list) > 1 {
				alike = append(alike, key)
			}
		}
		t.Need(len(alike) > 0, "a licence with two products")
		// They may truly be alike, unless licences with one product only show that each has members of its own.
		for _, key := range alike {
			list := products(t, key)
			own := ownMembers(t, list)
			e := served(t, singles(t, []grant{{key, list[0]}})[0])
			var mine, others []string
			for _, member := range e.JSON().Names() {
				for _, product := range list {
					switch {
					case !slices.Contains(own[product], member):
					case product == list[0]:
						mine = append(mine, member)
					default:
						others = append(others, member+" of "+product)
					}
				}
			}
			if len(mine) > 0 {
				t.On(e).Expect(others, gomega.BeEmpty(), fmt.Sprintf("what licence %d grants in %q holds nothing of another product", key, list[0]))
			}
		}
		t.NotExercised("needs a licence with two products whose entitlements differ")
	})
	s.It("tells how it meets products that a licence does not have", Covers("GOTO-ENT-04"), func(t *T) {
		product, keys := holders(t, 1)
		observe(t, summary,
			question{"a product that nobody knows", t.Call("getLicenseEntitlements", Path{"licenseKey": keys[0], "productName": "no-such-product"})},
			question{"a product of other licences", t.Call("getLicenseEntitlements", Path{"licenseKey": without(t, product), "productName": product})},
		)
	})
	s.It("tells how it meets odd product names", Covers("GOTO-ENT-05"), func(t *T) {
		product, keys := holders(t, 1)
		good := singles(t, []grant{{keys[0], product}})[0]
		own := likeness{"as the product itself", t.Try(good)}
		whole := likeness{"another route: the licence", t.Try(t.Call("getLicense", Path{"licenseKey": keys[0]}))}
		list := likeness{"another route: the products", t.Try(t.Call("getLicenseProducts", Path{"licenseKey": keys[0]}))}
		base := strings.TrimSuffix(good.Target(), product)
		escaped := fmt.Sprintf("%%%02X", product[0]) + product[1:]
		observe(t, func(e *client.Exchange) string { return against(e, own, whole, list) },
			question{"other case", raw(good, base+swapCase(product))},
			question{"percent-encoded", raw(good, base+escaped)},
			question{"with %2F", raw(good, base+product+"%2Fx")},
			question{"..", raw(good, base+"..")},
			question{"%2E%2E", raw(good, base+"%2E%2E")},
			question{"..%2F..", raw(good, base+"..%2F..")},
			question{"empty", raw(good, base)},
			question{"200 characters", raw(good, base+strings.Repeat("x", 200))},
		)
	})
	s.It("answers the same twice", Covers("GOTO-ENT-06"), func(t *T) {
		var all []grant // of different licences; what a bracketed read would do is done here
		for _, g := range goods(t).Entitlements {
			if len(all) < 3 && !slices.ContainsFunc(all, func(o grant) bool { return o.key == g.Key }) {
				all = append(all, grant{g.Key, g.Product})
			}
		}
		t.Need(len(all) > 0, "a licence with a product")
		requests := singles(t, all)
		a, b := servedAll(t, requests...), servedAll(t, requests...)
		for i := range a {
			if exact.Equal(a[i].JSON(), b[i].JSON()) {
				continue
			}
			if c := served(t, requests[i]); exact.Equal(b[i].JSON(), c.JSON()) {
				t.Inconclusive("%s changed once while it was read", a[i].Asked())
			}
			t.On(a[i], b[i]).Expect(b[i].JSON(), EqualJSON(a[i].JSON()), "asking twice gives the same entitlements twice")
		}
	})
	s.It("refuses a list of keys without batch=true", Covers("GOTO-ERR-02"), func(t *T) {
		product, keys := holders(t, 2)
		e := t.Send(odd(t.Call("getLicenseEntitlements", Path{"licenseKey": join(keys), "productName": product})))
		t.On(e).Expect(e, BeRejected(), "a list is no key; only a batch takes it")
	})
})

var _ = everywhere([]string{"getLicenseEntitlements", "getLicenseEntitlementsByKeys"}, func(s *Suite) {
	s.It("keeps every digit of the numbers in entitlements", Covers("GOTO-LIC-19"), func(t *T) {
		judged := 0
		for _, g := range granted(t, 12) {
			if judged > 2 {
				break
			}
			single := served(t, singles(t, []grant{g})[0])
			many := served(t, batchOf(t, g.product, []int64{g.key}))
			listed, _ := entries(many, []int64{g.key})
			if len(listed) == 0 {
				continue
			}
			nested := listed[0].like(single.JSON())
			a, b, about := numbers(single.JSON()), numbers(nested), single
			if s.Operation.ID == entitlementBatch {
				a, b, about = b, a, many
			}
			if len(a) != len(b) || !inexactInDouble(single.JSON()) && !inexactInDouble(nested) {
				continue
			}
			judged++
			// Which of the two lost digits shows in the number that is left: the double nearest to the other.
			t.On(about).Expect(roundedFrom(a, b), gomega.BeEmpty(), fmt.Sprintf("the entitlements of licence %d to %q keep their numbers", g.key, g.product))
		}
		t.Need(judged > 0, "an entitlement with a number that a double cannot hold")
	})
})

// ownMembers lists, for each of several products, the members of its entitlements that the others do not have, as
// licences with one product show them.
func ownMembers(t *T, list []string) map[string][]string {
	members := map[string][]string{}
	for _, l := range existing(t, 40, anyLicence) {
		if has := products(t, l.Key); len(has) == 1 && slices.Contains(list, has[0]) {
			members[has[0]] = append(members[has[0]], entitlements(t, l.Key, has[0]).Names()...)
		}
	}
	own := map[string][]string{}
	for product, names := range members {
		for _, name := range names {
			elsewhere := slices.ContainsFunc(list, func(other string) bool { return other != product && slices.Contains(members[other], name) })
			if !elsewhere && !slices.Contains(own[product], name) {
				own[product] = append(own[product], name)
			}
		}
	}
	return own
}

// stringified names the first member that is a string where another view of the object has the object or array that the
// string holds, "" when there is none.
func stringified(v, other value) string {
	for _, m := range v.Members {
		theirs := other.Get(m.Name)
		if m.Value.Kind == exact.String && (theirs.Kind == exact.Object || theirs.Kind == exact.Array) {
			if held, err := exact.Parse([]byte(m.Value.Text)); err == nil && exact.Equal(held, theirs) {
				return m.Name
			}
		}
		if m.Value.Kind == exact.Object {
			if inner := stringified(m.Value, theirs); inner != "" {
				return m.Name + "." + inner
			}
		}
	}
	return ""
}

// singles asks for each grant alone.
func singles(t *T, all []grant) []client.Request {
	var requests []client.Request
	for _, g := range all {
		requests = append(requests, t.Call("getLicenseEntitlements", Path{"licenseKey": g.key, "productName": g.product}))
	}
	return requests
}

// roundedFrom lists the numbers that are not those of another list, but the doubles nearest to them.
func roundedFrom(got, want []string) []string {
	var rounded []string
	for i := range got {
		if !equalNumbers(got[i:i+1], want[i:i+1]) && equalNumbers(got[i:i+1], []string{nearestDouble(want[i])}) {
			rounded = append(rounded, got[i]+" in place of "+want[i])
		}
	}
	return rounded
}

func swapCase(text string) string {
	if upper := strings.ToUpper(text); upper != text {
		return upper
	}
	return strings.ToLower(text)
}
