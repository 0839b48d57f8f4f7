// What load needs of a client: its headers, its guard, its evidence; the sending is done elsewhere.

package client

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"harness/internal/target"
	"harness/specs"
)

// Header returns the headers that a request of an operation carries, credential included. They are shared: do not
// change them. An OAuth token is fetched when there is none or it is about to expire, so ask again now and then.
func (c *Client) Header(ctx context.Context, r Request) (http.Header, error) {
	req := &http.Request{Header: c.headers(r)}
	if err := c.authenticate(ctx, req, r); err != nil {
		return nil, c.redactor.error(err)
	}
	return req.Header, nil
}

// Base is where the paths of the document begin, such as https://api.example.com/v2.
func (c *Client) Base() string { return c.at.URL + c.api.BasePath }

// Leave writes an exchange that was made elsewhere into the evidence, as Send does: ID, Started and Seconds are given,
// the departures are those that e holds. sent are the headers of its request.
func (c *Client) Leave(e *Exchange, sent http.Header) {
	e.URL = c.Base() + e.Request.Target()
	e.Tries = max(e.Tries, 1)
	if e.Err != nil {
		e.Err = c.redactor.error(e.Err)
	}
	c.record(e, sent)
}

// NewID returns an id for an exchange that is made elsewhere.
func (c *Client) NewID() string { return fmt.Sprintf("%s%04x", c.run, c.exchanges.Add(1)) }

// Count takes requests that left by another way into the run's count, which the evidence tells.
func (l *Limiter) Count(method string, n int) { l.count(method, n) }

// ReadGuard is an http.RoundTripper that lets through reads of a few operations of one API and nothing else. It
// compares the method, the host and the path with what those operations are, letter for letter, and costs little: it
// stands in the way of every request of a load run.
type ReadGuard struct {
	scheme, host string
	shapes       []shape
	next         http.RoundTripper
}

// shape is a method and a path whose "" segments stand for any one segment.
type shape struct {
	method   string
	segments []string
}

// NewReadGuard stands a guard before next that lets these operations of the API through. An operation that writes is
// refused here already.
func NewReadGuard(api *specs.API, t *target.Target, operations []*specs.Operation, next http.RoundTripper) (*ReadGuard, error) {
	g, err := NewGuard(api, t, next)
	if err != nil {
		return nil, err
	}
	read := &ReadGuard{scheme: g.base.Scheme, host: g.base.Host, next: next}
	for _, op := range operations {
		if !op.ReadOnly() {
			return nil, fmt.Errorf("%s writes; load only reads", op.ID)
		}
		path, _, _ := strings.Cut(op.Path, "#")
		s := shape{method: op.Method}
		for segment := range strings.SplitSeq(strings.TrimPrefix(strings.TrimSuffix(g.base.EscapedPath(), "/")+api.BasePath+path, "/"), "/") {
			if strings.HasPrefix(segment, "{") {
				segment = ""
			}
			s.segments = append(s.segments, segment)
		}
		read.shapes = append(read.shapes, s)
	}
	return read, nil
}

// RoundTrip refuses with a *RefusedError, or hands the request on.
func (g *ReadGuard) RoundTrip(req *http.Request) (*http.Response, error) {
	path := req.URL.Opaque
	if path == "" {
		path = req.URL.EscapedPath()
	}
	path, _, _ = strings.Cut(path, "?")
	if reason := disguised(req.Header); reason != "" {
		return nil, g.refusal(req, reason)
	}
	if req.URL.Scheme == g.scheme && req.URL.Host == g.host && (req.Host == "" || req.Host == g.host) {
		for i := range g.shapes {
			if g.shapes[i].fits(req.Method, path) {
				return g.next.RoundTrip(req)
			}
		}
	}
	return nil, g.refusal(req, "it is none of the reads that the scenario is made of")
}

func (g *ReadGuard) refusal(req *http.Request, reason string) error {
	if req.Body != nil {
		req.Body.Close()
	}
	return &RefusedError{Method: req.Method, URL: req.URL.String(), Reason: reason}
}

func (s *shape) fits(method, path string) bool {
	if method != s.method || path == "" || path[0] != '/' {
		return false
	}
	path = path[1:]
	for i, want := range s.segments {
		segment, rest, more := strings.Cut(path, "/")
		if more != (i < len(s.segments)-1) || segment == "" || want != "" && segment != want || want == "" && dotted(segment) {
			return false
		}
		path = rest
	}
	return true
}

// Throttled says whether an answer asks to be left alone: 429, or 503 with Retry-After; and for how long, 0 when it
// does not say. now is asked for the time only where it matters.
func Throttled(status int, header http.Header, now func() time.Time) (wait time.Duration, throttled bool) {
	if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		return 0, false
	}
	wait, told := retryAfter(header.Get("Retry-After"), now())
	return wait, told || status == http.StatusTooManyRequests
}
