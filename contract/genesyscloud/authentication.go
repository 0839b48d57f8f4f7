// Authentication: every operation wants a valid token, those that require no permission as well.

package genesyscloud

import (
	"net/http"

	. "harness/contract"
	"harness/internal/client"
)

var _ = describeEach(operations, func(s *Suite) {
	s.It("refuses a caller without a token", Covers("GC-AUTH-01"), func(t *T) {
		e := t.Send(as(request(t, s.Operation.ID), client.Nobody))
		t.On(e).Expect(e, HaveStatus(http.StatusUnauthorized), "without a bearer token the answer is 401")
	})
	s.It("refuses a token that nobody was given", Covers("GC-AUTH-02"), func(t *T) {
		e := t.Send(as(request(t, s.Operation.ID), client.Wrong))
		t.On(e).Expect(e, HaveStatus(http.StatusUnauthorized), "a made-up bearer token is answered with 401")
	})
})
