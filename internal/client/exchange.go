// A request as a case writes it, and what came back for it as plain values.

package client

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"harness/internal/exact"
	"harness/specs"
)

// Credential names that every target has, whether or not its file mentions them.
const (
	Default = "default" // what is used when a request names none
	Nobody  = "nobody"  // no credential at all
	Wrong   = "wrong"   // a credential of the right shape that nobody was given
)

// Request is one call of an operation. The zero values mean: default credential, the operation's own method, no
// body.
type Request struct {
	Operation  *specs.Operation
	Path       map[string]string // value of each path parameter, not yet escaped; commas stay commas
	Query      []Pair            // in this order, not yet escaped; commas and * stay themselves
	Raw        string            // path and query below the API's base path, sent letter for letter in place of Path and Query
	Header     http.Header       // added last, so that it wins
	Body       []byte            // nil: no body
	Credential string
	Method     string // HEAD or OPTIONS in place of the operation's method
	Odd        bool   // the document says nothing of such a request, so its answer is held against nothing
	Case       string // for the evidence; "" in discovery
}

// Pair is one query parameter.
type Pair struct{ Name, Value string }

// Query makes pairs out of names and values in turn; values are written with fmt.Sprint.
func Query(namesAndValues ...any) []Pair {
	if len(namesAndValues)%2 != 0 {
		panic("client.Query: a name without a value")
	}
	var pairs []Pair
	for i := 0; i < len(namesAndValues); i += 2 {
		pairs = append(pairs, Pair{Name: fmt.Sprint(namesAndValues[i]), Value: fmt.Sprint(namesAndValues[i+1])})
	}
	return pairs
}

// Target is the path and query below the API's base path, escaped as it is sent.
func (r Request) Target() string {
	if r.Raw != "" {
		return r.Raw
	}
	var b strings.Builder
	rest := r.Operation.Path
	for {
		before, after, ok := strings.Cut(rest, "{")
		b.WriteString(before)
		if !ok {
			break
		}
		name, tail, _ := strings.Cut(after, "}")
		b.WriteString(strings.ReplaceAll(url.PathEscape(r.Path[name]), "%2C", ","))
		rest = tail
	}
	for i, pair := range r.Query {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(url.QueryEscape(pair.Name) + "=" + escapeQuery(pair.Value))
	}
	return b.String()
}

// escapeQuery escapes a value; a list's commas and a pattern's stars stand for themselves, a space is %20.
func escapeQuery(value string) string {
	return strings.NewReplacer("%2C", ",", "%2A", "*", "+", "%20").Replace(url.QueryEscape(value))
}

// Exchange is a request and what came back. Err says why nothing did; then Status is 0.
type Exchange struct {
	ID         string
	Request    Request
	URL        string // as sent
	Status     int
	Header     http.Header
	Body       []byte
	Err        error
	Departures []specs.Departure
	Tries      int       // 1 unless throttled or failed on the way
	Started    time.Time // of the last try
	Seconds    float64   // from there to the last byte of the answer

	value  exact.Value
	parsed bool
	failed bool // Err is one of the way or of the server: the request was sent, or would have been with a token
}

// JSON is the body as an exact value, Absent when it is not JSON. Flaws are already among the departures.
func (e *Exchange) JSON() exact.Value {
	if !e.parsed {
		e.value, _ = exact.Read(e.Body)
		e.parsed = true
	}
	return e.value
}

// OK says whether the answer was a success.
func (e *Exchange) OK() bool { return e.Status >= 200 && e.Status < 300 }

// Rejected says whether the server refused the request as the caller's mistake; throttling is no such thing.
func (e *Exchange) Rejected() bool {
	return e.Status >= 400 && e.Status < 500 && e.Status != http.StatusTooManyRequests
}

// Judgeable says whether the answer says anything about the API: something came back, and it was not throttling, nor
// a gateway that could not reach it, nor a proxy that lets nobody through.
func (e *Exchange) Judgeable() bool {
	switch e.Status {
	case 0, http.StatusTooManyRequests, http.StatusProxyAuthRequired, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return false
	}
	return true
}

// Asked is the request in one line: method, path and query, and the credential where it is not the default one.
func (e *Exchange) Asked() string {
	method := e.Request.Method
	if method == "" {
		method = e.Request.Operation.Method
	}
	target := e.Request.Target()
	if _, rest, ok := strings.Cut(e.URL, "://"); ok {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			target = rest[i:] // with the API's base path, as it was sent
		}
	}
	text := method + " " + target
	if c := e.Request.Credential; c != "" && c != Default {
		text += " as " + c
	}
	return text
}

// Answered is the answer in one line: the status, or why there is none.
func (e *Exchange) Answered() string {
	if e.Err != nil {
		return "no answer: " + e.Err.Error()
	}
	return fmt.Sprintf("%d, %d bytes", e.Status, len(e.Body))
}
