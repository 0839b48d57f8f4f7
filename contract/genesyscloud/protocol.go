// What every operation keeps: it is there, and reading leaves no trace.

package genesyscloud

import (
	"net/http"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/fixture"
)

var _ = describeEach(operations, func(s *Suite) {
	s.It("is there, at its documented method and path", Covers("GC-GEN-01"), func(t *T) {
		e := t.Send(valid(t, s.Operation.ID))
		missing := e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusNotImplemented
		if missing {
			t.On(e).Expect(e, Succeed(), s.Operation.Method+" "+s.Operation.Path+" answers a valid request")
		}
	})
})

// posted reads have their own cases, which know what a careless server would change.
var _ = describeEach([]string{
	"getLicenseDefinitions", "getLicenseDefinition", "getLicenseToggle", "getLicenseUsers", "getLicenseUser",
}, func(s *Suite) {
	s.It("gives the same answer again, and changes nothing", Covers("GC-GEN-04"), func(t *T) {
		r := valid(t, s.Operation.ID)
		if s.Operation.ID == "getLicenseUsers" {
			answers := t.OKAll(r, r) // the list is what would be seen to change
			repeated(t, answers[0], answers[1])
			return
		}
		var answers []*client.Exchange
		undisturbed(t, "a read leaves the list of users as it is", func([]fixture.User) []*client.Exchange {
			answers = t.OKAll(r, r)
			return answers
		})
		repeated(t, answers[0], answers[1])
	})
})

var _ = describeEach([]string{"getLicenseToggle", "postLicenseToggle"}, func(s *Suite) {
	s.It("may announce its end in headers", Covers("GC-GEN-03"), func(t *T) {
		e := t.Send(request(t, s.Operation.ID))
		for _, name := range []string{"Deprecation", "Sunset"} {
			answer := "absent"
			if e.Header.Get(name) != "" {
				answer = "present"
			}
			t.Observe(name, answer)
		}
	})
})
