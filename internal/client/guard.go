// The guard: what the target does not allow is refused before a socket opens.

package client

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"harness/internal/exact"
	"harness/internal/target"
	"harness/specs"
)

// ErrRefused is what every refusal of the guard is (errors.Is).
var ErrRefused = errors.New("refused")

// RefusedError is a request that the guard did not let through.
type RefusedError struct {
	Method string
	URL    string
	Reason string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("refused to send %s %s: %s", e.Method, e.URL, e.Reason)
}

// Is makes every refusal ErrRefused.
func (e *RefusedError) Is(err error) bool { return err == ErrRefused }

// Guard is an http.RoundTripper that lets through only what a target allows of one API, and requests for its tokens.
// It stands right above the network, below whatever repeats or redirects.
type Guard struct {
	api    *specs.API
	base   *url.URL
	writes target.Writes
	tokens map[string]string // the token URLs of the API's credentials, and why none may be asked for there; "" if it may
	next   http.RoundTripper
}

// NewGuard stands a guard before next.
func NewGuard(api *specs.API, t *target.Target, next http.RoundTripper) (*Guard, error) {
	at := t.APIs[api.Name]
	if at == nil {
		return nil, fmt.Errorf("target %s has no %s", t.Name, api.Name)
	}
	base, err := url.Parse(at.URL)
	if err != nil {
		return nil, err
	}
	g := &Guard{api: api, base: base, writes: t.Writes, tokens: map[string]string{}, next: next}
	for _, credential := range at.Credentials {
		if credential.OAuth2 != nil {
			g.tokens[credential.OAuth2.TokenURL] = noTokenURL(credential.OAuth2.TokenURL)
		}
	}
	return g, nil
}

// RoundTrip refuses with a *RefusedError, or hands the request on.
func (g *Guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if reason := g.refuse(req); reason != "" {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, &RefusedError{Method: req.Method, URL: req.URL.String(), Reason: reason}
	}
	return g.next.RoundTrip(req)
}

// refuse says why a request may not be sent, "" when it may.
func (g *Guard) refuse(req *http.Request) string {
	if reason, ok := g.tokens[req.URL.String()]; ok && req.Method == http.MethodPost {
		return cmp.Or(reason, disguised(req.Header))
	}
	if req.URL.Scheme != g.base.Scheme || !strings.EqualFold(req.URL.Host, g.base.Host) || req.Host != "" && !strings.EqualFold(req.Host, g.base.Host) {
		return fmt.Sprintf("it leads to %s, the target is %s", req.URL.Host, g.base.Host)
	}
	if reason := disguised(req.Header); reason != "" {
		return reason
	}
	prefix := strings.TrimSuffix(g.base.EscapedPath(), "/") + g.api.BasePath
	below, ok := strings.CutPrefix(req.URL.RequestURI(), prefix)
	if !ok || !strings.HasPrefix(below, "/") && prefix != "" {
		return fmt.Sprintf("it leads outside %s", prefix)
	}
	safe := req.Method == http.MethodGet || req.Method == http.MethodHead || req.Method == http.MethodOptions
	method := req.Method
	if safe {
		method = http.MethodGet
	}
	escaped, rawQuery, _ := strings.Cut(below, "?")
	query, _ := url.ParseQuery(rawQuery)
	for name := range query {
		if slices.Contains(overridingQuery, strings.ToLower(name)) {
			return name + " in its query would make it another request"
		}
	}
	if prefix != "" && !staysBelow(prefix, prefix+escaped) {
		return fmt.Sprintf("its dots lead outside %s", prefix)
	}
	op := g.api.Match(method, escaped, query)
	if write := g.write(method, escaped, query); write != nil {
		return g.refuseWrite(write, req, rawQuery)
	}
	if op == nil && !safe {
		return fmt.Sprintf("no operation of %s is %s %s", g.api.Name, req.Method, escaped)
	}
	return ""
}

// spellings are a path and what it becomes when it is decoded, once or as often as that changes it.
func spellings(escaped string) []string {
	all := []string{escaped}
	for spelling := escaped; ; {
		decoded, err := url.PathUnescape(spelling)
		if err != nil || decoded == spelling {
			return all
		}
		spelling = decoded
		all = append(all, decoded)
	}
}

// tidied is a path as a server might tidy it that knows back-slashes, path parameters and dots.
func tidied(spelling string) string {
	return path.Clean("/" + pathParameter.ReplaceAllString(strings.ReplaceAll(spelling, `\`, "/"), ""))
}

// staysBelow says whether a path lies below a prefix for every server, also for one that tidies it.
func staysBelow(prefix, escaped string) bool {
	for _, spelling := range spellings(escaped) {
		if tidy := tidied(spelling); tidy != tidied(prefix) && !strings.HasPrefix(tidy, tidied(prefix)+"/") {
			return false
		}
	}
	return true
}

// pathParameter is what follows a ; in a segment. Some servers drop it before they look at the dots.
var pathParameter = regexp.MustCompile(`;[^/]*`)

// write is the operation that changes data which a request is, or which a server might take it for that decodes the
// path, tidies it, or ignores its case and a slash at its end. nil if there is none.
func (g *Guard) write(method, escaped string, query url.Values) *specs.Operation {
	for _, spelling := range spellings(escaped) {
		tidy := tidied(spelling)
		for _, op := range g.api.Operations {
			if op.ReadOnly() || op.Method != method {
				continue
			}
			if match := g.api.Match(method, spelling, query); match == op || strings.EqualFold(tidy, op.Path) {
				return op
			}
			if match := g.api.Match(method, tidy, query); match == op {
				return op
			}
		}
	}
	return nil
}

// refuseWrite lets an operation that changes data through only when the target allows it, and it names nobody and
// nothing but the target's own user and licence.
func (g *Guard) refuseWrite(op *specs.Operation, req *http.Request, rawQuery string) string {
	if !g.writes.Allow {
		return op.ID + " changes data, and the target does not allow that (writes: {allow: true, user: …, license: …})"
	}
	if rawQuery != "" {
		return op.ID + " changes data; its query might name more than its body"
	}
	if req.Body == nil || req.Body == http.NoBody {
		return ""
	}
	body, err := io.ReadAll(req.Body)
	req.Body.Close()
	if err != nil {
		return fmt.Sprintf("its body cannot be read: %s", err)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	value, flaws := exact.Read(body)
	if len(flaws) > 0 {
		return fmt.Sprintf("%s changes data, and what its body names is not clear: %s", op.ID, flaws[0])
	}
	if stranger := g.stranger(value, memberNames(op)); stranger != "" {
		return fmt.Sprintf("%s changes data, and its body names %s; the target allows user %s and licence %s alone", op.ID, stranger, g.writes.User, g.writes.License)
	}
	return ""
}

// stranger returns the first text, number or undocumented member name of a body that is neither the target's user nor
// its licence, "" if there is none.
func (g *Guard) stranger(v exact.Value, documented []string) string {
	own := func(text string) bool { return text == g.writes.User || text == g.writes.License }
	switch v.Kind {
	case exact.String, exact.Number:
		if !own(v.Text) {
			return fmt.Sprintf("%q", v.Text)
		}
	}
	for _, item := range v.Items {
		if s := g.stranger(item, documented); s != "" {
			return s
		}
	}
	for _, member := range v.Members {
		if !slices.Contains(documented, member.Name) && !own(member.Name) {
			return fmt.Sprintf("%q", member.Name)
		}
		if s := g.stranger(member.Value, documented); s != "" {
			return s
		}
	}
	return ""
}

// memberNames lists every member that the document knows in the body of an operation.
func memberNames(op *specs.Operation) []string {
	var names []string
	seen := map[*openapi3.Schema]bool{}
	var walk func(*openapi3.SchemaRef)
	walk = func(ref *openapi3.SchemaRef) {
		if ref == nil || ref.Value == nil || seen[ref.Value] {
			return
		}
		seen[ref.Value] = true
		for name, property := range ref.Value.Properties {
			names = append(names, name)
			walk(property)
		}
		walk(ref.Value.Items)
		for _, part := range ref.Value.AllOf {
			walk(part)
		}
	}
	if body := op.Spec.RequestBody; body != nil && body.Value != nil {
		for _, media := range body.Value.Content {
			walk(media.Schema)
		}
	}
	return names
}
