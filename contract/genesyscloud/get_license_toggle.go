// getLicenseToggle: GET /api/v2/license/toggles/{featureName}. Deprecated, and always on.

package genesyscloud

import (
	"strings"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
)

var _ = describe("getLicenseToggle", func(s *Suite) {
	s.It("is on, whatever the feature is called", Covers("GC-TOG-01"), func(t *T) {
		for _, e := range served(t, toggles(t, example(t, "getLicenseToggle", "featureName"), uuid(t), strings.Repeat("x", 200), "größe", "false", "off")...) {
			t.On(e).Expect(e.JSON().Get("enabled").Text, gomega.Equal("true"), "a toggle is always true")
		}
	})
	s.It("bears the name that was asked for", Covers("GC-TOG-02"), func(t *T) {
		for _, e := range t.OKAll(toggles(t, "first-"+uuid(t), "with space", "größe, 100%")...) {
			t.On(e).Expect(e.JSON().Get("featureName").Text, gomega.Equal(e.Request.Path["featureName"]), "featureName is the name asked for, decoded")
		}
	})
	s.It("may have a name that is empty, or no plain segment", Covers("GC-TOG-06"), func(t *T) {
		oddNames(t, "getLicenseToggle", true)
	})
})

// toggles asks for features by name.
func toggles(t *T, names ...string) []client.Request {
	var requests []client.Request
	for _, name := range names {
		requests = append(requests, t.Call("getLicenseToggle", Path{"featureName": name}))
	}
	return requests
}

// oddNames observes names that path handling may eat. A path with a slash more is no documented operation, so that
// only a GET is sent there.
func oddNames(t *T, operation string, get bool) {
	base := strings.TrimSuffix(t.Operation(operation).Path, "{featureName}")
	questions := []struct{ question, raw string }{
		{"empty name", base}, {"%2F in the name", base + "a%2Fb"}, {"slash at the end", base + "a/"},
	}
	if !get {
		questions = questions[:2]
	}
	for _, q := range questions {
		r := t.Call(operation, nil)
		r.Raw = q.raw
		t.Observe(q.question, said(t.Send(r)))
	}
}
