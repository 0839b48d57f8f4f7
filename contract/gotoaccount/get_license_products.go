// getLicenseProducts: GET /licenses/{licenseKey}/products.

package gotoaccount

import (
	"fmt"
	"slices"
	"strings"

	. "harness/contract"
	"harness/internal/client"
)

var _ = describe("getLicenseProducts", func(s *Suite) {
	s.It("lists products that can be asked for", Covers("GOTO-PROD-02"), func(t *T) {
		judged := false
		for _, key := range first(crawledKeys(t), 3) {
			for _, name := range products(t, key) {
				judged = true
				e := t.Send(t.Call("getLicenseEntitlements", Path{"licenseKey": key, "productName": name}))
				t.On(e).Expect(e, Succeed(), fmt.Sprintf("licence %d lists %s, so it has entitlements to it", key, name))
			}
		}
		t.Need(judged, "a licence with a product")
	})
	s.It("lists each product once", Covers("GOTO-PROD-02"), func(t *T) {
		var requests []client.Request
		for _, key := range crawledKeys(t) {
			requests = append(requests, t.Call("getLicenseProducts", Path{"licenseKey": key}))
		}
		t.Need(len(requests) > 0, "a licence with a product")
		for _, e := range servedAll(t, requests...) {
			got := names(e)
			t.On(e).Expect(got, HaveTextSet(slices.Compact(slices.Sorted(slices.Values(got)))...), "a product is listed once")
		}
	})
	s.It("tells how products are written, and how it meets a list", Covers("GOTO-PROD-03"), func(t *T) {
		keys := crawledKeys(t)
		t.Need(len(keys) >= 2, "two licences with a product")
		good := t.Call("getLicenseProducts", Path{"licenseKey": keys[0]})
		without := likeness{"as without it", t.Try(good)}
		observe(t, func(e *client.Exchange) string { return against(e, without) },
			question{"two keys", keyed(good, "licenseKey", join(keys[:2]))}, question{"batch=true", with(good, "batch", true)})
		var all []string
		ordered := true
		for _, key := range keys {
			all = append(all, goods(t).Products[key]...)
			ordered = ordered && slices.IsSorted(goods(t).Products[key])
		}
		lower := !slices.ContainsFunc(all, func(name string) bool { return name != strings.ToLower(name) })
		t.Observe("letters", map[bool]string{true: "small", false: "mixed"}[lower])
		t.Observe("order", map[bool]string{true: "by name", false: "none"}[ordered])
	})
})

var _ = describe("getLicenseEntitlements", func(s *Suite) {
	s.It("serves every product that a licence lists", Covers("GOTO-PROD-02"), func(t *T) {
		judged := false
		for _, key := range ends(crawledKeys(t), 1) {
			for _, name := range products(t, key) {
				judged = true
				e := t.Send(t.Call("getLicenseEntitlements", Path{"licenseKey": key, "productName": name}))
				t.On(e).Expect(e, HaveStatus(200), fmt.Sprintf("%s of licence %d is served", name, key))
			}
		}
		t.Need(judged, "a licence with a product")
	})
})

// crawledKeys are the licences of which discovery met products, at most five.
func crawledKeys(t *T) []int64 {
	var all []int64
	for _, l := range goods(t).Licences {
		if len(goods(t).Products[l.Key]) > 0 {
			all = append(all, l.Key)
		}
	}
	return first(all, 5)
}
