// Errors: one shape, whose status is the status of the answer, and bodies that are refused rather than guessed at.

package genesyscloud

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
)

var _ = describeEach(operations, func(s *Suite) {
	s.It("tells the status of the answer in the error as well", Covers("GC-ERR-01"), func(t *T) {
		r := as(request(t, s.Operation.ID), client.Nobody)
		switch s.Operation.ID {
		case "getLicenseDefinition":
			r = t.Call(s.Operation.ID, Path{"licenseId": uuid(t)})
		case "getLicenseUser":
			r = t.Call(s.Operation.ID, Path{"userId": uuid(t)})
		case "postLicenseInfer", "postLicenseUsers":
			r = with(request(t, s.Operation.ID), `{}`)
		}
		// That there is a status in the body is for the document to say.
		e := t.Send(r)
		if status := e.JSON().Get("status"); e.Rejected() && status.Text != "" {
			t.On(e).Expect(status.Text, gomega.Equal(strconv.Itoa(e.Status)), "the status in an ErrorBody is the status of the answer")
		}
	})
})

// The toggle takes no body, and may ignore one.
var _ = describe("postLicenseToggle", func(s *Suite) {
	s.It("does not stumble over a body it has no use for", Covers("GC-ERR-02"), func(t *T) {
		r := request(t, s.Operation.ID)
		for _, e := range t.SendAll(with(r, `[`), typed(with(r, `{}`))) {
			t.On(e).Expect(e, NotCrash(), "a body that cannot be read is no fault of the server")
		}
	})
})

var _ = describeEach([]string{"postLicenseInfer", "postLicenseUsers"}, func(s *Suite) {
	s.It("refuses a body that is no JSON", Covers("GC-ERR-02"), func(t *T) {
		r := proven(t, s.Operation.ID)
		for _, e := range t.SendAll(with(r, `["a"`), with(r, `[a]`)) {
			t.On(e).Expect(e, HaveStatus(http.StatusBadRequest), fmt.Sprintf("%s is no JSON and answered with 400", e.Request.Body))
		}
	})
})

// What a broken body names is not clear, so that none is sent to the operation that writes.
var _ = describeEach([]string{"postLicenseInfer", "postLicenseUsers", "postLicenseOrganization"}, func(s *Suite) {
	s.It("refuses a body that is not declared as JSON", Covers("GC-ERR-02"), func(t *T) {
		e := t.Send(typed(proven(t, s.Operation.ID)))
		t.On(e).Expect(e, HaveStatus(http.StatusUnsupportedMediaType, http.StatusBadRequest), "a body of another content type is answered with 415 or 400")
	})
})

// typed declares a body as something that no operation takes.
func typed(r client.Request) client.Request {
	r.Header = http.Header{"Content-Type": {"text/plain"}}
	return r
}
