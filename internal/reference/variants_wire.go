// Variants of the wire: what happens to an answer between the operation and the connection.

package reference

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	slowness         = 20 * time.Millisecond
	throttledEvery   = 20  // requests
	pausedEvery      = 200 // requests; these are told to wait for a second, other throttled ones for none
	unavailableEvery = 50  // requests
	chunk            = 300 // bytes
	genesysBase      = "/api/v2/license/"
	tokenPath        = "/oauth/token"
)

// captured is an answer that has not left yet.
type captured struct {
	header http.Header
	status int
	body   []byte
}

func (a *captured) Header() http.Header { return a.header }

func (a *captured) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *captured) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, b...)
	return len(b), nil
}

// serveUnlike answers a request as the variants want it.
func (s *Server) serveUnlike(w http.ResponseWriter, r *http.Request, number uint64) {
	if s.varies(SlowAnswers) {
		time.Sleep(slowness)
	}
	a := &captured{header: make(http.Header)}
	if !s.putOff(a, r, number) {
		s.asOf(number).serve(a, s.received(r), number)
	}
	s.rewrite(a, r, number)
	s.dress(a.header, number)
	s.deliver(w, r, a)
}

// putOff answers in the stead of the operation when the server is too busy for it.
func (s *Server) putOff(a *captured, r *http.Request, number uint64) bool {
	if r.URL.Path == tokenPath {
		if !s.varies(TokenThrottled) || s.mischief.tokenRefused.Swap(true) {
			return false
		}
		writeTokenError(a, http.StatusBadRequest, "invalid_request", "rate limit exceeded for client reference-client")
		return true
	}
	status := 0
	switch {
	case s.varies(ThrottledNow) && number%throttledEvery == 0:
		status = http.StatusTooManyRequests
		a.header.Set("Retry-After", "0")
		if number%pausedEvery == 0 {
			a.header.Set("Retry-After", "1")
		}
	case s.varies(UnavailableNow) && number%unavailableEvery == 0:
		status = http.StatusServiceUnavailable
	default:
		return false
	}
	if strings.HasPrefix(r.URL.Path, genesysBase) {
		code := map[int]string{http.StatusTooManyRequests: "too.many.requests.retry.after", http.StatusServiceUnavailable: "service.unavailable"}[status]
		e := &errand{r: r, correlation: uuid(s.chance(number))}
		a.header.Set("ININ-Correlation-Id", e.correlation)
		s.writeFailure(a, e, fail(status, code, "The request was not carried out."))
	} else {
		s.writeRefusal(a, &call{r: r, number: number}, refuse(status, "Busy", "the request was not carried out"))
	}
	return true
}

// received is the request that the operation sees.
func (s *Server) received(r *http.Request) *http.Request {
	slash := s.varies(TrailingSlash) && strings.HasSuffix(r.URL.Path, "/")
	head := s.varies(HeadAnswered) && r.Method == http.MethodHead
	if !slash && !head {
		return r
	}
	r = r.Clone(r.Context())
	if slash {
		r.URL.Path, r.URL.RawPath = strings.TrimSuffix(r.URL.Path, "/"), strings.TrimSuffix(r.URL.RawPath, "/")
	}
	if head {
		r.Method = http.MethodGet
	}
	return r
}

// rewrite spells the JSON of an answer otherwise.
func (s *Server) rewrite(a *captured, r *http.Request, number uint64) {
	if !json.Valid(a.body) {
		return
	}
	if onGenesys := strings.HasPrefix(r.URL.Path, genesysBase); onGenesys || strings.HasPrefix(r.URL.Path, "/v2/") {
		a.body = s.remodel(a.body, onGenesys, r, number)
	}
	if s.varies(MembersReversed) {
		a.body = eachObject(a.body, reverseMembers)
	}
	if s.varies(WhiteSpace) {
		var b bytes.Buffer
		_ = json.Indent(&b, a.body, "", "\t") // valid JSON can be indented
		a.body = []byte("\r\n" + strings.ReplaceAll(b.String(), "\n", "\r\n") + " \n")
	}
	if s.varies(StringsEscaped) {
		a.body = escapeStrings(a.body)
	}
}

// dress changes the headers of an answer. Those that net/http itself looks at keep their names.
func (s *Server) dress(h http.Header, number uint64) {
	if s.varies(CharsetNamed) && h.Get("Content-Type") == "application/json" {
		h.Set("Content-Type", "application/json;charset=UTF-8")
	}
	if s.varies(ContentTypeUpper) {
		h.Set("Content-Type", strings.Replace(h.Get("Content-Type"), "application/json", "Application/JSON", 1))
	}
	if s.varies(CorrelationAbsent) {
		h.Del("ININ-Correlation-Id")
	}
	if s.varies(VolatileHeaders) {
		id := uuid(s.chance(number))
		h.Set("ETag", `"`+id[:8]+`"`)
		h.Set("X-Request-Id", id)
		h.Set("Server-Timing", fmt.Sprintf("db;dur=%d", number%17))
		h.Set("Age", strconv.FormatUint(number%5, 10))
		h.Set("Set-Cookie", "route="+id[9:13]+"; Path=/; HttpOnly")
		h.Set("Cache-Control", [...]string{"no-cache", "private, max-age=0"}[number%2])
	}
	if s.varies(HeaderNamesLower) {
		h["Date"] = []string{time.Now().UTC().Format(http.TimeFormat)}
		for name, values := range h {
			if name != "Content-Length" && name != "Connection" {
				h[name] = nil // net/http adds none of its own
				h[strings.ToLower(name)] = values
			}
		}
	}
}

// deliver sends an answer.
func (s *Server) deliver(w http.ResponseWriter, r *http.Request, a *captured) {
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	if s.varies(ConnectionClosed) {
		h.Set("Connection", "close")
	}
	if s.varies(GzipWhenAccepted) && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && len(a.body) > 0 {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(a.body) // a buffer takes everything
		_ = z.Close()
		a.body = b.Bytes()
		h.Set("Content-Encoding", "gzip")
		h.Set("Vary", "Accept-Encoding")
	}
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if !s.varies(ChunkedAnswers) {
		if h.Del("Content-Length"); len(a.body) > 0 {
			h.Set("Content-Length", strconv.Itoa(len(a.body)))
		}
		w.WriteHeader(a.status)
		w.Write(a.body) // an error here is the client's: it has gone
		return
	}
	h.Del("Content-Length")
	w.WriteHeader(a.status)
	for from := 0; from < len(a.body); from += chunk {
		w.Write(a.body[from:min(from+chunk, len(a.body))])
		_ = http.NewResponseController(w).Flush() // a writer that cannot flush sends it all at once
	}
}
