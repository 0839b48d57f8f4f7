// The account service: its operations, which of them a request asks for, who may ask, and how an answer or a refusal is written.

package reference

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// operation is one operation of the account service.
type operation int

const (
	noOperation operation = iota
	getLicense
	getLicensesByKeys
	getLicenses // with findLicenses and the attribute search, which share its path and its answer
	getUserLicenses
	getLicenseUsers
	getLicenseProducts
	getLicenseEntitlements
	getLicenseEntitlementsByKeys
	scanLicensesByKey
	scanLicensesByAttribute
	scanLicensesByRole
)

func (op operation) scans() bool { return op >= scanLicensesByKey }

// call is one request to the account service, taken apart.
type call struct {
	r       *http.Request
	number  uint64 // of the request, which its shuffles depend on
	op      operation
	path    string // the key or keys in the path, decoded
	product string // the product in the path, decoded
	query   query
}

// refusal is an answer that is an error. The documents publish no body for it; this one names the cause and nothing else.
type refusal struct {
	status        int
	code, message string
	data          []byte // licences that a broken server lets slip into a refusal
}

func refuse(status int, code, format string, args ...any) *refusal {
	return &refusal{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// serveGoto answers one request to the account service: who asks comes first, then what is asked, then how.
func (s *Server) serveGoto(w http.ResponseWriter, r *http.Request, number uint64, path string) {
	c := &call{r: r, number: number}
	var malformed error
	c.query, malformed = s.parseQuery(r.URL.RawQuery)
	found := s.route(c, path)
	if s.has(EntitlementBatchMissing) && c.op == getLicenseEntitlementsByKeys {
		found = false
	}
	if refused := s.authenticate(c); refused != nil {
		s.writeRefusal(w, c, refused)
		return
	}
	switch {
	case !found:
		s.writeRefusal(w, c, refuse(http.StatusNotFound, "NoSuchRoute", "no resource has this path"))
		return
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		s.writeRefusal(w, c, refuse(http.StatusMethodNotAllowed, "MethodNotAllowed", "only GET is allowed"))
		return
	case malformed != nil:
		s.writeRefusal(w, c, refuse(http.StatusBadRequest, "InvalidQuery", "the query cannot be read: %s", malformed))
		return
	}
	if name := c.query.unknown(); s.varies(UnknownParameter400) && name != "" {
		s.writeRefusal(w, c, refuse(http.StatusBadRequest, "InvalidParameter", "no operation has such a parameter"))
		return
	}
	body, refused := s.answer(c)
	if refused != nil {
		s.writeRefusal(w, c, refused)
		return
	}
	s.writeAnswer(w, c, body)
}

// route finds the operation. Segments are decoded after they are split, so that %2F in a product name stays in its segment.
func (s *Server) route(c *call, path string) bool {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, segment := range segments {
		decoded, err := url.PathUnescape(segment)
		if err != nil {
			return false
		}
		segments[i] = decoded
	}
	if s.has(UserListsUnversioned) && segments[0] == "users" {
		segments = append([]string{"v2"}, segments...)
	} else if s.has(UserListsUnversioned) && len(segments) > 1 && segments[1] == "users" {
		return false
	}
	if segments[0] != "v2" {
		return false
	}
	segments = segments[1:]
	if len(segments) > 1 {
		c.path = segments[1]
	}
	value, batch := c.query.get("batch")
	if s.varies(BatchFalseSingle) && value == "false" {
		batch = false
	}
	switch len(segments) {
	case 1:
		if segments[0] == "licenses" {
			c.op = s.scanOperation(c.query)
		}
	case 2:
		if segments[0] == "licenses" && c.path != "" {
			c.op = getLicense
			if batch {
				c.op = getLicensesByKeys
			}
		}
	case 3:
		switch segments[0] + "/" + segments[2] {
		case "licenses/users":
			c.op = getLicenseUsers
		case "licenses/products":
			c.op = getLicenseProducts
		case "accounts/licenses":
			c.op = getLicenses
		case "users/licenses":
			c.op = getUserLicenses
		}
	case 4:
		if segments[0] == "licenses" && segments[2] == "products" && segments[3] != "" {
			c.product = segments[3]
			c.op = getLicenseEntitlements
			if batch {
				c.op = getLicenseEntitlementsByKeys
			}
		}
	}
	return c.op != noOperation
}

// answer carries an operation out.
func (s *Server) answer(c *call) ([]byte, *refusal) {
	switch c.op {
	case getLicense:
		return s.getLicense(c)
	case getLicensesByKeys:
		return s.getLicensesByKeys(c)
	case getLicenses:
		return s.getLicenses(c)
	case getUserLicenses:
		return s.getUserLicenses(c)
	case getLicenseUsers:
		return s.getLicenseUsers(c)
	case getLicenseProducts:
		return s.getLicenseProducts(c)
	case getLicenseEntitlements:
		return s.getLicenseEntitlements(c)
	case getLicenseEntitlementsByKeys:
		return s.getLicenseEntitlementsByKeys(c)
	}
	return s.scanLicenses(c)
}

// authenticate refuses a request without the right credentials, in the same way whether or not what it asks for exists.
func (s *Server) authenticate(c *call) *refusal {
	name, secret := c.r.Header.Get("ClientName"), c.r.Header.Get("ClientSecret")
	valid := name == s.principals.ClientName && secret == s.principals.ClientSecret
	if s.has(ClientSecretUnchecked) && name == s.principals.ClientName && secret != "" {
		valid = true
	}
	if s.has(AuthHoleBatch) && c.op == getLicensesByKeys || s.has(AuthHoleAttributeScan) && c.op == scanLicensesByAttribute {
		valid = true
	}
	if s.has(ProductsRefuseCredentials) && c.op == getLicenseProducts {
		valid = false
	}
	if valid {
		return nil
	}
	status := http.StatusUnauthorized
	if s.varies(WrongCredentials403) && name != "" && secret != "" {
		status = http.StatusForbidden
	}
	refused := refuse(status, "AuthenticationFailed", "the headers ClientName and ClientSecret hold no valid credentials")
	if s.has(ExistenceOracle) && c.op == getLicense {
		if key, _ := s.parseKey(c.path); s.store.licence(key) == nil {
			refused = refuse(http.StatusNotFound, "NoSuchLicense", "no license has this key")
		}
	}
	if s.has(UnauthorizedWithData) && c.op == getLicense {
		refused.data, _ = s.getLicense(c)
	}
	return refused
}

// writeAnswer writes an answer that is no error.
func (s *Server) writeAnswer(w http.ResponseWriter, c *call, body []byte) {
	if s.has(CrosstalkRare) {
		body = s.mischief.cross(c.op, c.r.URL.RequestURI(), body)
	}
	contentType := "application/json"
	if s.has(ContentTypeHtml) && c.op == getLicenseProducts {
		contentType = "text/html"
	}
	if s.has(TrailingValue) && c.op == getLicenseUsers {
		body = append(body, "\n[]"...)
	}
	if s.has(Utf16Body) && c.op == getLicenseProducts {
		body = inUTF16(body)
	}
	write(w, http.StatusOK, contentType, body)
}

// writeRefusal writes an error.
func (s *Server) writeRefusal(w http.ResponseWriter, c *call, refused *refusal) {
	if s.unusualRefusal(w, c, refused) {
		return
	}
	b := append([]byte(`{"errorCode":`), quote(refused.code)...)
	b = append(b, `,"message":`...)
	if s.has(SecretEchoed) {
		refused.message += " (" + c.r.Header.Get("ClientName") + "/" + c.r.Header.Get("ClientSecret") + ")"
	}
	b = appendString(b, refused.message)
	if s.has(StackTrace) {
		b = append(b, `,"trace":"java.lang.NumberFormatException: For input string\n\tat com.example.license.LicenseResource.get(LicenseResource.java:118)"`...)
	}
	if refused.data != nil {
		b = append(append(b, `,"license":`...), refused.data...)
	}
	write(w, refused.status, "application/json", append(b, '}'))
}

func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) // an error here is the client's: it has gone
}

// inUTF16 encodes text in UTF-16 with a byte order mark.
func inUTF16(text []byte) []byte {
	b := []byte{0xfe, 0xff}
	for _, unit := range utf16.Encode([]rune(string(text))) {
		b = append(b, byte(unit>>8), byte(unit))
	}
	return b
}

// simultaneous reports whether another request is being answered right now. It waits a little, so that requests sent together meet.
func (s *Server) simultaneous() bool {
	time.Sleep(2 * time.Millisecond)
	return s.mischief.inFlight.Load() > 1
}
