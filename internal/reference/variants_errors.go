// Variants of errors: the bodies that a family of services is known to answer with. The account service's documents publish none.

package reference

import (
	"fmt"
	"net/http"
)

// unusualRefusal writes an error in another shape than the reference does, and reports whether it did.
func (s *Server) unusualRefusal(w http.ResponseWriter, c *call, refused *refusal) bool {
	incident := uuid(s.chance(c.number))
	contentType, body := "application/json", ""
	switch {
	case s.varies(IncidentErrors):
		body = fmt.Sprintf(`{"incidentId":%s,"errors":[{"code":%s,"value":null}]}`, quote(incident), quote(refused.code))
	case s.varies(CodeErrors):
		body = fmt.Sprintf(`{"code":%d,"uri":%s}`, refused.status, quote("urn:license:error:"+refused.code))
	case s.varies(TerseErrors):
		body = fmt.Sprintf(`{"int_err_code":%s,"msg":%s}`, quote(refused.code), quote(refused.message))
	case s.varies(DescribedErrors):
		body = fmt.Sprintf(`{"errorCode":%s,"description":%s,"incident":%s}`, quote(refused.code), quote(refused.message), quote(incident))
	case s.varies(ProblemErrors):
		contentType = "application/problem+json"
		body = fmt.Sprintf(`{"type":"about:blank","title":%s,"status":%d}`, quote(http.StatusText(refused.status)), refused.status)
	case s.varies(PlainTextErrors):
		contentType = "text/plain; charset=iso-8859-1"
		body = fmt.Sprintf("%s: %s\n", refused.code, refused.message)
	case s.varies(HTMLErrors):
		contentType = "text/html"
		body = fmt.Sprintf("<html><head><title>%d</title></head><body><h1>%s</h1><hr></body></html>\n", refused.status, http.StatusText(refused.status))
	case s.varies(EmptyErrors):
		if refused.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `ClientCredentials realm="account service"`)
		}
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(refused.status)
		return true
	default:
		return false
	}
	write(w, refused.status, contentType, []byte(body))
	return true
}
