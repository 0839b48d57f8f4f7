// The client itself: what it is made of, and how one request goes out and its answer comes back.

// Package client is the one way to the APIs. It sends a request as one of the target's credentials, within the target's
// limits, refuses what the target does not allow, holds every answer against the document, and leaves the exchange in
// the evidence with its secrets taken out.
package client

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"harness/internal/evidence"
	"harness/internal/target"
	"harness/specs"
)

// Options says what to call, where, and what to do with what is seen. API and Target are needed.
type Options struct {
	API       *specs.API
	Target    *target.Target
	Sink      evidence.Sink     // nil records nothing
	Limiter   *Limiter          // shared by all clients of a run; nil: one of its own, from the target's limits
	Transport http.RoundTripper // nil: one of its own, with the target's TLS
	NoBodies  bool              // leave bodies out of the evidence; they are judged all the same
	Version   string            // of the program, for User-Agent; "" means devel
}

// Client calls one API of one target. It is safe for concurrent use.
type Client struct {
	api         *specs.API
	target      *target.Target
	at          *target.API
	sink        evidence.Sink
	limiter     *Limiter
	transport   http.RoundTripper // the network: what Close lets go of
	guarded     http.RoundTripper // every request of an operation
	userAgent   string
	credentials map[string]signer
	redactor    redactor
	judged      memo
	pulse       pulse
	noBodies    bool
	kept        atomic.Int64 // bytes of answers in the evidence
	run         string       // begins every id, so that several clients of a run never meet
	exchanges   atomic.Uint32
}

// New returns a client. It fails when the target does not have the API, or names a certificate that cannot be read.
func New(o Options) (*Client, error) {
	at := o.Target.APIs[o.API.Name]
	if at == nil {
		return nil, fmt.Errorf("target %s has no %s; it has %v", o.Target.Name, o.API.Name, slices.Sorted(maps.Keys(o.Target.APIs)))
	}
	c := &Client{
		api: o.API, target: o.Target, at: at, sink: o.Sink, limiter: o.Limiter, transport: o.Transport, noBodies: o.NoBodies,
		userAgent: "harness/" + cmp.Or(o.Version, "devel"), credentials: map[string]signer{},
	}
	if c.sink == nil {
		c.sink = func(evidence.Record) {}
	}
	if c.limiter == nil {
		c.limiter = NewLimiter(o.Target.Limits)
	}
	if c.transport == nil {
		transport, err := NewTransport(o.Target)
		if err != nil {
			return nil, err
		}
		c.transport = transport
	}
	var err error
	if c.guarded, err = NewGuard(c.api, c.target, counter{next: c.transport, limiter: c.limiter}); err != nil {
		return nil, err
	}
	tokens, err := NewGuard(c.api, c.target, counter{next: c.transport, limiter: c.limiter, as: "TOKEN"})
	if err != nil {
		return nil, err
	}
	c.redactor.init(c.target)
	c.sign(tokens)
	c.run = randomHex(3)
	return c, nil
}

// randomHex returns 2n random hexadecimal digits.
func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// API is the document that the client holds answers against.
func (c *Client) API() *specs.API { return c.api }

// Close lets idle connections go. The client can be used again.
func (c *Client) Close() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Redact takes the target's secrets out of a text, for whatever else is written about an exchange. What a text that was
// cut holds of one is taken out too, and what was asked for in the form of one.
func (c *Client) Redact(text string) string {
	return c.redactor.altered(c.redactor.torn(c.redactor.text(text)))
}

// SendAll sends requests side by side, as many at once as the target takes, and returns their exchanges in the order
// of the requests.
func (c *Client) SendAll(ctx context.Context, rs []Request) []*Exchange {
	exchanges := make([]*Exchange, len(rs))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(len(rs), cap(c.limiter.slots)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(rs)); i = next.Add(1) - 1 {
				exchanges[i] = c.Send(ctx, rs[i])
			}
		})
	}
	workers.Wait()
	return exchanges
}

// Send sends one request and returns what came of it, never nil: an answer, held against the document, or Err.
// A request that failed on the way or was throttled is tried again where that is safe; Tries counts. To a target that
// no longer answers nothing is sent: see ErrLost.
func (c *Client) Send(ctx context.Context, r Request) *Exchange {
	e := c.exchange(ctx, r)
	if e.Err == nil || e.failed {
		c.follow(ctx, e)
	}
	return e
}

// longestTarget is how long the path and query of a request may be, in bytes. They may hold what a server called its
// data, and no server takes so much.
const longestTarget = 64 << 10

// exchange is Send without the consequences for other requests.
func (c *Client) exchange(ctx context.Context, r Request) *Exchange {
	e := &Exchange{ID: fmt.Sprintf("%s%04x", c.run, c.exchanges.Add(1)), Request: r}
	var sent http.Header
	if r.Operation == nil {
		e.Err = errors.New("a request without an operation")
	} else {
		at := r.Target()
		e.URL = c.at.URL + c.api.BasePath + at[:min(len(at), longestTarget)]
		switch e.Err = c.pulse.gone(r); {
		case e.Err != nil:
		case len(at) > longestTarget:
			e.Err = fmt.Errorf("a path and query of %d bytes are not sent, at most %d are", len(at), longestTarget)
		default:
			sent = c.try(ctx, e)
		}
	}
	if e.Err != nil {
		e.failed = ctx.Err() == nil && (sent != nil || errors.Is(e.Err, errNoToken)) && !errors.Is(e.Err, ErrRefused) && !errors.Is(e.Err, ErrSpent)
		e.Err = c.redactor.error(e.Err)
	}
	c.check(e)
	c.record(e, sent)
	return e
}

// build makes the request of one try, without its credential.
func (c *Client) build(ctx context.Context, r Request) (*http.Request, error) {
	at, err := exactURL(c.at.URL, c.api.BasePath+r.Target())
	if err != nil {
		return nil, err
	}
	req := (&http.Request{
		Method: cmp.Or(r.Method, r.Operation.Method), URL: at, Host: at.Host, Header: c.headers(r),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if len(r.Body) > 0 {
		req.ContentLength = int64(len(r.Body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Body)), nil }
		req.Body, _ = req.GetBody()
	}
	return req, nil
}

// headers are those that every request carries; the request's own win, and one without values takes a header away.
func (c *Client) headers(r Request) http.Header {
	h := http.Header{"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {c.userAgent}}
	if r.Body != nil {
		h.Set("Content-Type", "application/json")
	}
	return override(h, r.Header)
}

func override(h, own http.Header) http.Header {
	for name, values := range own {
		name = http.CanonicalHeaderKey(name)
		switch {
		case len(values) > 0:
			h[name] = slices.Clone(values)
		case name == "User-Agent":
			h[name] = []string{""} // net/http would put in its own
		default:
			delete(h, name)
		}
	}
	return h
}

// exactURL returns the URL whose request line is target, letter for letter. Where a parsed URL would be written
// otherwise, the target is carried as it is (Opaque).
func exactURL(base, target string) (*url.URL, error) {
	if !strings.HasPrefix(target, "/") {
		return nil, fmt.Errorf("%q is no path; it begins with /", target)
	}
	if i := strings.IndexFunc(target, func(c rune) bool { return c <= ' ' || c == 0x7f }); i >= 0 {
		return nil, fmt.Errorf("%q cannot be sent: byte %d would end the request line", target, i)
	}
	server, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	want := strings.TrimSuffix(server.EscapedPath(), "/") + target
	if u, err := url.Parse(base + target); err == nil && u.RequestURI() == want && u.Host == server.Host {
		return u, nil
	}
	if strings.HasPrefix(want, "//") {
		return nil, fmt.Errorf("%q cannot be sent: it reads as a host", target)
	}
	return &url.URL{Scheme: server.Scheme, Host: server.Host, Opaque: want}, nil
}

// check reads the answer and holds it against the document. HEAD and OPTIONS have no documented answer; an answer that
// says nothing about the API, such as a gateway's, has nothing to depart from, nor has one to an odd request. A request
// spelled by hand is held against the operation it really is, and against nothing when it is none.
func (c *Client) check(e *Exchange) {
	body, read := c.judged.of(e.Body) // now: cases that run side by side share exchanges
	e.Body, e.value, e.parsed = read.body, read.value, true
	if e.Err != nil || !e.Judgeable() || e.Request.Odd || e.Request.Method == http.MethodHead || e.Request.Method == http.MethodOptions {
		return
	}
	if op := c.operation(e.Request); op != nil {
		e.Departures = c.judged.check(op, specs.Answer{Status: e.Status, Header: e.Header, Body: e.Body}, body, read)
	}
}

// operation is what a request is to the server, nil when no operation of the document fits.
func (c *Client) operation(r Request) *specs.Operation {
	if r.Raw == "" || r.Operation == nil {
		return r.Operation
	}
	path, query, _ := strings.Cut(r.Raw, "?")
	values, _ := url.ParseQuery(query) // what it can read of a broken one
	return c.api.Match(r.Operation.Method, path, values)
}

// note takes the outcome of one try into the exchange.
func (e *Exchange) note(answer *specs.Answer, err error, started time.Time) {
	e.Started, e.Seconds = started, time.Since(started).Seconds()
	e.Status, e.Header, e.Body, e.Err = 0, nil, nil, err
	if answer != nil {
		e.Status, e.Header, e.Body = answer.Status, answer.Header, answer.Body
	}
}
