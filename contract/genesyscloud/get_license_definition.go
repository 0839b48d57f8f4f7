// getLicenseDefinition: GET /api/v2/license/definitions/{licenseId}.

package genesyscloud

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
)

var _ = describe("getLicenseDefinition", func(s *Suite) {
	s.It("returns the definition that was asked for", Covers("GC-DEF-02"), func(t *T) {
		for _, e := range served(t, someDefinitions(t)...) {
			t.On(e).Expect(e.JSON(), BeKind(exact.Object), "the answer is one definition")
			t.On(e).Expect(e.JSON().Get("id").Text, gomega.Equal(e.Request.Path["licenseId"]), "the definition has the id that was asked for")
		}
	})
	s.It("returns what the list shows", Covers("GC-DEF-03"), func(t *T) {
		shown := map[string]exact.Value{}
		for _, d := range definitions(t) {
			shown[d.Get("id").Text] = d
		}
		t.Need(len(shown) > 0, "a licence definition in the list")
		for _, e := range t.OKAll(someDefinitions(t)...) {
			if listed, ok := shown[e.Request.Path["licenseId"]]; ok {
				t.On(e).Expect(unordered(single(e.JSON())), EqualJSON(listed), "a definition read alone equals its element in the list")
			}
		}
	})
	s.It("is found where its selfUri leads", Covers("GC-DEF-04"), func(t *T) {
		for _, e := range t.OKAll(someDefinitions(t)[:1]...) {
			self := e.JSON().Get("selfUri").Text
			if self == "" {
				return // the model has it, and does not demand it
			}
			u, err := url.Parse(self)
			t.On(e).Expect(err, gomega.Succeed(), "selfUri is a URI")
			r := e.Request
			r.Raw = u.EscapedPath()
			if !strings.HasPrefix(r.Raw, "/") {
				t.On(e).Expect(self, gomega.HavePrefix("/"), "selfUri can be asked for: it is a path or a whole URI")
			}
			again := t.Send(r)
			t.On(e, again).Expect(again, Succeed(), "selfUri leads to the definition")
			t.On(e, again).Expect(unordered(again.JSON()), EqualJSON(unordered(e.JSON())), "selfUri leads to the same definition")
		}
	})
	s.It("answers 404 for an id that no definition has", Covers("GC-DEF-05"), func(t *T) {
		unknown := "no-such-licence-" + uuid(t)
		plain := t.Send(t.Call("getLicenseDefinition", Path{"licenseId": unknown}))
		t.On(plain).Expect(plain, HaveStatus(404), "an unknown id is answered with 404")
		var odd []client.Request
		for _, form := range []string{"%s/part", "%s part", "%s-größe"} {
			odd = append(odd, t.Call("getLicenseDefinition", Path{"licenseId": fmt.Sprintf(form, unknown)}))
		}
		for _, e := range t.SendAll(odd...) {
			// Many a gateway refuses such a path before the API sees it.
			t.On(e).Expect(e, HaveStatus(404, 400), "an unknown id that must be encoded is answered with 404, or 400")
		}
	})
	s.It("may care for the case of an id", Covers("GC-DEF-06"), func(t *T) {
		id := definitionIDs(t)
		t.Need(len(id) > 0, "a licence definition in the organisation")
		other := strings.ToUpper(id[0])
		if other == id[0] {
			other = strings.ToLower(id[0])
		}
		t.Observe("id in another case", fmt.Sprint(t.Send(t.Call("getLicenseDefinition", Path{"licenseId": other})).Status))
	})
})

// someDefinitions asks for a few definitions, from the first to the last of the list.
func someDefinitions(t *T) []client.Request {
	t.Need(len(definitionIDs(t)) > 0, "a licence definition in the organisation")
	var requests []client.Request
	for _, id := range spread(definitionIDs(t), fewDefinitions) {
		requests = append(requests, t.Call("getLicenseDefinition", Path{"licenseId": id}))
	}
	return requests
}
