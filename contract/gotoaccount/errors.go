// How a request that cannot be served is refused. The document publishes no body for it, so only its manners are held
// against the service; its shape is recorded.

package gotoaccount

import (
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
)

var ofOneLicence = []string{"getLicense", "getLicenseUsers", "getLicenseProducts", "getLicenseEntitlements"}

var _ = everywhere(ofOneLicence, func(s *Suite) {
	s.It("answers 404 for a key that no licence has", Covers("GOTO-ERR-01"), func(t *T) {
		good := anExample(t, s.Operation.ID)
		e := t.Send(keyed(good, "licenseKey", join([]int64{unused(t)})))
		if e.Status == 401 || e.Status == 403 {
			t.Inconclusive("%s: %s", e.Asked(), e.Answered())
		}
		t.On(e).Expect(e, HaveStatus(404), "a licence that is not there is not found")
	})
})

var _ = everywhere(withKeys, func(s *Suite) {
	s.It("refuses a key that is no integer", Covers("GOTO-ERR-02"), func(t *T) {
		for _, r := range refusals(t, s.Operation.ID) {
			if r.kind == malformedKey && r.e.Judgeable() {
				t.On(r.e).Expect(r.e, BeRejected(), r.mistake+" is refused")
			}
		}
	})
})

var _ = everywhere(operations, func(s *Suite) {
	id := s.Operation.ID
	s.It("never dresses an error up as a success, nor a success as an error", Covers("GOTO-ERR-03"), func(t *T) {
		for _, r := range refusals(t, id) {
			if r.e.OK() {
				t.On(r.e).Expect(looksLikeError(r.e.JSON()), gomega.BeFalse(), "an error has a status of 400 or above: "+r.mistake)
			}
			if r.e.Rejected() {
				t.On(r.e).Expect(carriesData(t, r.e), gomega.BeFalse(), "a refusal carries no licence data: "+r.mistake)
			}
		}
	})
	s.It("tells what an error looks like", Covers("GOTO-ERR-04"), func(t *T) {
		for i, r := range refusals(t, id) {
			shape := errorShape(r.e)
			if i == 0 {
				if again := t.Try(r.e.Request); errorShape(again) != shape {
					shape += ", not always"
				}
			}
			t.Observe(r.mistake, shape)
		}
	})
	s.It("tells how an unknown route and an unsupported method are met", Covers("GOTO-ERR-05"), func(t *T) {
		good := anExample(t, id)
		options := good
		options.Method = http.MethodOptions
		path, _, _ := strings.Cut(good.Target(), "?")
		answers := tryOdd(t, options, raw(good, path+"/zzz/zzz"))
		t.Observe("OPTIONS", fmt.Sprintf("%s, Allow: %s", summary(answers[0]), allow(answers[0])))
		t.Observe("unknown route", errorShape(answers[1]))
		for _, r := range refusals(t, id) {
			if r.kind == unknownKey {
				t.Observe("an unknown route looks like an unknown licence", fmt.Sprint(errorShape(answers[1]) == errorShape(r.e)))
			}
		}
	})
	s.It("shows nothing of its inside in an error, and repeats no secret", Covers("GOTO-ERR-06"), func(t *T) {
		for _, r := range refusals(t, id) {
			if r.e.Status < 400 {
				continue
			}
			for _, leak := range leaks {
				t.On(r.e).Expect(leak.pattern.FindString(string(r.e.Body)), gomega.BeEmpty(), "an error shows no "+leak.what+": "+r.mistake)
			}
		}
	})
})

// leaks are what an error must not show, as it looks in the languages that servers are written in.
var leaks = []struct {
	what    string
	pattern *regexp.Regexp
}{
	{"stack trace", regexp.MustCompile(`\bat [\w.$<>]+\([\w$]+\.(java|kt|scala|groovy):\d+\)|Traceback \(most recent call last\)|goroutine \d+ \[|\b[\w/.-]+\.(go|py|rb|php|cs|js|ts):\d+|\b[\w.]+\.[A-Z]\w+Exception\b`)},
	{"SQL", regexp.MustCompile(`(?i)\bselect\b[^"]{1,200}\bfrom\b\s+\w|\binsert into\b|\bSQLSTATE\b|\bORA-\d{5}\b|\bsyntax error at or near\b`)},
	{"file path", regexp.MustCompile(`(^|[\s"'(])/(usr|home|var|opt|etc|srv|root|tmp|app|build)/[\w.-]+|\b[A-Z]:\\\\?[\w.-]+`)},
	{"secret that it was sent", regexp.MustCompile(regexp.QuoteMeta(marker))},
}

// errorShape is a refusal without what changes from one to the next: status, type, member names.
func errorShape(e *client.Exchange) string {
	if e.Err != nil || e.OK() {
		return summary(e)
	}
	media, _, err := mime.ParseMediaType(e.Header.Get("Content-Type"))
	if err != nil {
		media = "no content type"
	}
	body := "text"
	switch v := e.JSON(); {
	case len(strings.TrimSpace(string(e.Body))) == 0:
		body = "empty"
	case v.Kind == exact.Object:
		body = "{" + strings.Join(slices.Sorted(slices.Values(v.Names())), ",") + "}"
	case v.Kind != exact.Absent:
		body = v.Kind.String()
	}
	return fmt.Sprintf("%d %s %s", e.Status, media, body)
}

func allow(e *client.Exchange) string {
	if e.Err != nil || e.Header.Get("Allow") == "" {
		return "none"
	}
	return e.Header.Get("Allow")
}
