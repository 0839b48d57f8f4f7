// Package wire speaks HTTP/1.1 with little work, as an http.RoundTripper for load: one goroutine an exchange (the
// caller's), answers parsed where they were read, and time stamps that hold the wire and nothing else.
//
// It is a client for one purpose and says no clearly to the rest: HTTP/1.1 and 1.0 over TCP and TLS, no proxy, no
// HTTP/2 (ErrHTTP2Only says when a server wants it), no CONNECT, no protocol upgrade. Where an answer could be read in
// two ways it is refused, more strictly than net/http does: an answer that two readers would frame differently is a
// finding about the server, not a measurement.
package wire

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Limits that hold where Options names none.
const (
	DefaultHeaderLimit = 64 << 10
	DefaultBodyLimit   = 64 << 20
	DefaultIdleTimeout = 90 * time.Second
	DefaultUserAgent   = "harness"
)

// maxInterim bounds the 1xx answers before the final one, each of which may be as long as a header may be.
const maxInterim = 8

// Options says how a Transport behaves. The zero value is usable: no cap on connections, no timeout, all headers.
type Options struct {
	// MaxConns caps the connections to one host, those in use and idle ones together; requests beyond it wait for
	// their turn, and the wait counts towards Timeout. 0 is no cap.
	MaxConns int
	// IdleTimeout closes a connection that nobody used for so long; 0 is DefaultIdleTimeout, negative is never.
	IdleTimeout time.Duration
	// Timeout bounds a whole exchange: waiting for a connection, dialling, writing, the last byte of the answer.
	// 0 is no bound but the request's context.
	Timeout time.Duration
	// HeaderLimit and BodyLimit are in bytes; 0 is the default. BodyLimit holds for what came over the wire and,
	// with Gzip, for what it unpacks to.
	HeaderLimit int
	BodyLimit   int64
	// Gzip asks for gzip when the request does not name an Accept-Encoding of its own (nor a Range), and unpacks it.
	Gzip bool
	// UserAgent is sent when the request has none; "" is DefaultUserAgent. A request whose User-Agent is present and
	// empty sends none.
	UserAgent string
	// Headers names the answer's headers that are wanted. nil is all of them, in a map that belongs to the caller.
	// Otherwise only those named are kept (an empty list keeps none), in a map that answers share: it must not be
	// written to, and it is nil when the answer has none of them. http.Client follows a redirect only if it sees
	// Location.
	Headers []string
	// SharedHeaders says that a header map of a request is not written to once a request was sent with it: then it is
	// checked and written out once, and not again for each request that carries it.
	SharedHeaders bool
	// BriefResponses says that a response is not looked at any more once its body was closed, and that it is always
	// closed: then its memory serves another one.
	BriefResponses bool
	// TLS is cloned; its NextProtos are replaced by http/1.1. ServerName defaults to the URL's host.
	TLS *tls.Config
	// Dial opens TCP connections and resolves names; nil is a net.Dialer's DialContext.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Observe, when set, is called within RoundTrip once for every answer read whole, after its last byte was
	// stamped, so what it does is in no figure of Times. It may be called by many goroutines at once. body (unpacked,
	// when gzip was asked for) is valid only until Observe returns.
	Observe func(req *http.Request, status int, header http.Header, body []byte, times Times)
}

// Times says when things happened in one exchange. All are of one monotonic clock.
type Times struct {
	Start     time.Time // RoundTrip was called
	Connected time.Time // a connection was in hand: kept, or dialled and through its TLS handshake
	Written   time.Time // the last byte of the request was handed to the system
	FirstByte time.Time // the first bytes of the answer were here (a 1xx answer counts)
	LastByte  time.Time // the last byte of the answer was here
	Reused    bool      // the connection had carried another exchange before
	Retried   bool      // a kept connection broke without an answer, and the request was sent once more
}

// Stats counts what a Transport did since it was made, all hosts together.
type Stats struct {
	Requests int64 // exchanges begun
	Opened   int64 // connections dialled and ready
	Reused   int64 // exchanges that found a kept connection
	Retries  int64 // requests sent once more, because a kept connection broke without an answer
	Stale    int64 // kept connections found closed, or with bytes nobody asked for, before a request was written
	Open     int   // connections now, in use and idle, and those being dialled
	Idle     int   // of which nobody uses
	Waiting  int   // requests waiting for MaxConns
}

// Transport is an http.RoundTripper. It is safe for use by many goroutines; it starts none of its own, except the
// timer that closes idle connections and what the dialler and TLS handshakes start while they last.
type Transport struct {
	opts   Options
	dial   func(ctx context.Context, network, addr string) (net.Conn, error)
	epoch  time.Time      // all times are kept as the distance from here: half the price of time.Now
	wanted []wantedHeader // nil: all

	mu    sync.Mutex
	pools map[endpoint]*pool                 // by what a URL says; two spellings of one address share a pool
	known atomic.Pointer[map[endpoint]*pool] // a copy of pools, read without the lock

	exchanges sync.Pool // of *exchange
	buffers   sync.Pool // of *[]byte: what answers are read into; see exchange.borrow
	blocks    blocks    // headers written out, with SharedHeaders

	// life ends with Abandon. Requests whose context cannot end have this one, and that costs them nothing: their
	// connections are listed here, where a context would have to be told of each exchange.
	life  context.Context
	end   context.CancelCauseFunc
	conns roster
}

// New makes a Transport. Sizes and times that are negative where Options gives them no meaning count as 0.
func New(opts Options) *Transport {
	if opts.HeaderLimit <= 0 {
		opts.HeaderLimit = DefaultHeaderLimit
	}
	if opts.BodyLimit <= 0 {
		opts.BodyLimit = DefaultBodyLimit
	}
	if opts.IdleTimeout == 0 {
		opts.IdleTimeout = DefaultIdleTimeout
	}
	if opts.UserAgent == "" {
		opts.UserAgent = DefaultUserAgent
	}
	// A config of our own: it is asked for HTTP/1.1 alone, and the caller's is left as it was.
	opts.TLS = opts.TLS.Clone()
	if opts.TLS == nil {
		opts.TLS = &tls.Config{}
	}
	opts.TLS.NextProtos = []string{"http/1.1"}
	t := &Transport{opts: opts, dial: opts.Dial, epoch: time.Now(), wanted: wantedHeaders(opts.Headers), pools: map[endpoint]*pool{}}
	if t.dial == nil {
		t.dial = new(net.Dialer).DialContext
	}
	t.life, t.end = context.WithCancelCause(context.Background())
	t.exchanges.New = func() any { return &exchange{t: t} }
	t.buffers.New = func() any { b := make([]byte, 0, 8<<10); return &b }
	return t
}

// now is the time since the Transport was made.
func (t *Transport) now() time.Duration { return time.Since(t.epoch) }

// RoundTrip sends one request and returns when its answer was read whole; the response's body is in memory. Close the
// body to hand its buffer back: without that nothing leaks but the buffer's reuse. Read and Close must not be called
// at the same time by two goroutines. Errors are ErrTimeout, ErrHTTP2Only, ErrMalformed, ErrTooLong, ErrClosed (wrapped,
// see errors.Is), the context's cause, or the system's own.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	start := t.now()
	x := t.exchanges.Get().(*exchange)
	x.reset(req, start)
	err := x.prepare()
	if err == nil {
		err = x.run()
	}
	if req.Body != nil {
		req.Body.Close()
	}
	if err != nil {
		x.release()
		return nil, err
	}
	if observe := t.opts.Observe; observe != nil {
		observe(req, x.head.status, x.header, x.body, Times{
			Start: t.epoch.Add(start), Connected: t.epoch.Add(x.connected), Written: t.epoch.Add(x.written),
			FirstByte: t.epoch.Add(x.first), LastByte: t.epoch.Add(x.last), Reused: x.reused, Retried: x.retried,
		})
	}
	return x.response(), nil
}

// Abandon ends every exchange at once, those under way and those to come: they fail with the cause. It is for good.
func (t *Transport) Abandon(cause error) {
	t.end(cause)
	t.conns.each((*conn).cancel)
	t.CloseIdleConnections()
}

// CloseIdleConnections closes every connection that nobody uses.
func (t *Transport) CloseIdleConnections() {
	for _, p := range t.distinct() {
		p.closeIdle()
	}
}

// Stats is a snapshot; its numbers may be some exchanges apart from each other when taken under load.
func (t *Transport) Stats() Stats {
	var sum Stats
	for _, p := range t.distinct() {
		s := p.stats()
		sum.Requests += s.Requests
		sum.Opened += s.Opened
		sum.Reused += s.Reused
		sum.Retries += s.Retries
		sum.Stale += s.Stale
		sum.Open += s.Open
		sum.Idle += s.Idle
		sum.Waiting += s.Waiting
	}
	return sum
}

// distinct lists every pool once.
func (t *Transport) distinct() map[*pool]*pool {
	t.mu.Lock()
	defer t.mu.Unlock()
	set := make(map[*pool]*pool, len(t.pools))
	for _, p := range t.pools {
		set[p] = p
	}
	return set
}

// endpoint is what a URL says about where to connect.
type endpoint struct {
	scheme string
	host   string // with or without a port
}

// pool is the pool of a URL's host; it is made at the first request.
func (t *Transport) pool(scheme, host string) (*pool, error) {
	at := endpoint{scheme, host}
	if known := t.known.Load(); known != nil {
		if p, ok := (*known)[at]; ok {
			return p, nil
		}
	}
	address, name, err := dialAddress(scheme, host)
	if err != nil {
		return nil, err
	}
	canonical := endpoint{scheme, address}
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.pools[canonical]
	if p == nil {
		p = &pool{t: t, secure: scheme == "https", address: address, name: name}
	}
	t.pools[canonical], t.pools[at] = p, p
	known := make(map[endpoint]*pool, len(t.pools))
	for at, p := range t.pools {
		known[at] = p
	}
	t.known.Store(&known)
	return p, nil
}

// dialAddress is a URL's host with its port, and without it as TLS names it.
func dialAddress(scheme, host string) (address, name string, err error) {
	port := ""
	switch scheme {
	case "http":
		port = "80"
	case "https":
		port = "443"
	default:
		return "", "", fmt.Errorf("wire: scheme %q; the schemes are [http https]", scheme)
	}
	u := url.URL{Host: host}
	if given := u.Port(); given != "" {
		port = given
	}
	if name = strings.ToLower(u.Hostname()); name == "" {
		return "", "", fmt.Errorf("wire: the URL names no host")
	}
	return net.JoinHostPort(name, port), name, nil
}
