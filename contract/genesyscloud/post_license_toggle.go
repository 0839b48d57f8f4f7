// postLicenseToggle: POST /api/v2/license/toggles/{featureName}. Deprecated, and without effect.

package genesyscloud

import (
	"fmt"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

var _ = describe("postLicenseToggle", func(s *Suite) {
	s.It("has no effect, however often it is sent", Covers("GC-TOG-03"), func(t *T) {
		path := Path{"featureName": "posted-" + uuid(t)}
		read, write := t.Call("getLicenseToggle", path), t.Call("postLicenseToggle", path)
		kinds := definitions(t)
		undisturbed(t, "posting a toggle leaves the licences of users as they are", func([]fixture.User) (calls []*client.Exchange) {
			for n := range 2 {
				calls = append(calls, t.Send(write)) // a refusal has no effect either
				seen := t.OK(read)
				t.On(append(calls, seen)...).Expect(seen.JSON().Get("enabled").Text, gomega.Equal("true"), fmt.Sprintf("a toggle reads true after %d posts", n+1))
			}
			return calls
		})
		after := t.OK(t.Call("getLicenseDefinitions", nil))
		t.On(after).Expect(unordered(exact.Value{Kind: exact.Array, Items: elements(after.JSON())}),
			EqualJSON(exact.Value{Kind: exact.Array, Items: kinds}), "posting a toggle leaves the definitions as they are")
	})
	s.It("answers with a toggle, and needs no body", Covers("GC-TOG-04"), func(t *T) {
		for _, e := range served(t, t.Call("postLicenseToggle", Path{"featureName": example(t, "postLicenseToggle", "featureName")})) {
			t.On(e).Expect(e.JSON(), BeKind(exact.Object), "the answer is a LicenseOrgToggle")
		}
	})
	s.It("may answer anything about the toggle", Covers("GC-TOG-05"), func(t *T) {
		r := request(t, "postLicenseToggle")
		a, b, c := t.Send(r), t.Send(r), t.Send(with(r, `{"enabled":false}`))
		t.Observe("enabled", a.JSON().Get("enabled").String())
		t.Observe("enabled, posted again", b.JSON().Get("enabled").String())
		t.Observe("with a body that says false", said(c)+", enabled "+c.JSON().Get("enabled").String())
	})
	s.It("may have a name that is empty, or no plain segment", Covers("GC-TOG-06"), func(t *T) {
		oddNames(t, "postLicenseToggle", false)
	})
})
