// One exchange: a connection is had, the request goes out, the answer comes in, the connection goes back.

package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// keepBuffer is the largest buffer that is kept for another exchange.
const keepBuffer = 1 << 20

// exchange is the state of one request and its answer. It is pooled; the response's body holds it until closed.
type exchange struct {
	t   *Transport
	req *http.Request
	p   *pool
	c   *conn // while it is in use

	now   time.Duration // when RoundTrip was called, or its last attempt began
	until time.Duration // when all must be over; 0 is never

	// The request.
	out        []byte        // its head, and a short body
	rest       io.Reader     // the body otherwise
	restLength int64         // -1: chunked
	reopened   io.ReadCloser // the body got once more
	isHead     bool
	close      bool // the request says that the connection ends after it
	askedGzip  bool

	// The answer.
	in     []byte  // what was read; grows
	box    *[]byte // where `in` comes from; nil while there is none
	head   head
	at     int         // where in `in` the answer's head begins, 1xx before it skipped
	header http.Header // the caller's, or shared: see Options.Headers
	body   []byte      // within in, or within unpacked
	fields fields      // what header is made of
	gzip   unpacker
	tls    *tls.ConnectionState
	answer answer // with BriefResponses

	connected, written, first, last time.Duration
	reused, retried, unpacked       bool
}

// reset readies an exchange that was released for another request.
func (x *exchange) reset(req *http.Request, now time.Duration) {
	x.req, x.now, x.until = req, now, 0
	if timeout := x.t.opts.Timeout; timeout > 0 {
		x.until = now + timeout
	}
	x.isHead, x.close, x.askedGzip, x.retried = false, false, false, false
}

// release hands the exchange back to its transport. Nobody may look at its buffers afterwards.
func (x *exchange) release() {
	x.req, x.p, x.c, x.rest, x.header, x.body, x.tls = nil, nil, nil, nil, nil, nil, nil
	clear(x.fields.list) // they point into the buffer
	x.fields.list = x.fields.list[:0]
	x.giveBack()
	if cap(x.gzip.out) > keepBuffer {
		x.gzip.out = nil
	}
	if cap(x.out) > keepBuffer {
		x.out = nil
	}
	x.t.exchanges.Put(x)
}

// borrow has a buffer at hand to read into. One that waits for its answer has none: thousands may wait, and few read at
// the same time.
func (x *exchange) borrow() {
	if x.box == nil {
		x.box = x.t.buffers.Get().(*[]byte)
		x.in = (*x.box)[:0]
	}
}

// giveBack hands the buffer back, unless it has become too large to be kept.
func (x *exchange) giveBack() {
	if x.box != nil && cap(x.in) <= keepBuffer {
		*x.box = x.in[:0]
		x.t.buffers.Put(x.box)
	}
	x.in, x.box = nil, nil
}

// run has the exchange made, on another connection where a kept one turns out to be closed.
func (x *exchange) run() error {
	life, ctx := x.t.life, x.req.Context()
	if ctx.Done() == nil {
		ctx = life
	}
	defer x.closeReopened()
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if life.Err() != nil {
			return context.Cause(life)
		}
		c, at, err := x.p.get(ctx, x.until, x.retried, x.now)
		if err != nil {
			return err
		}
		x.connected, x.now = at, at
		err = x.on(ctx, c)
		switch {
		case err == nil:
			return nil
		case err == errStale:
			x.p.stale(c) // nothing was sent
			continue
		}
		x.p.drop(c)
		if c.cancelled.Load() {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return context.Cause(life)
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return x.late()
		}
		var ours requestError
		if !x.reused || len(x.in) > 0 || errors.As(err, &ours) || !replayable(x.req) {
			return err
		}
		x.retried = true // on a new connection, so a second time there is none
		if x.rest != nil {
			if x.reopened, err = x.req.GetBody(); err != nil {
				return fmt.Errorf("wire: the request's body, once more: %w", err)
			}
			x.rest = x.reopened
		}
	}
}

func (x *exchange) closeReopened() {
	if x.reopened != nil {
		x.reopened.Close()
		x.reopened = nil
	}
}

// late says how far the exchange had come when its time was over.
func (x *exchange) late() error {
	state := "writing the request"
	switch {
	case len(x.in) > 0:
		state = fmt.Sprintf("with %d bytes of the answer read", len(x.in))
	case x.written != 0:
		state = "waiting for the answer"
	}
	return fmt.Errorf("wire: %s: %w after %v, %s", x.p.address, ErrTimeout, x.t.opts.Timeout, state)
}

// on makes the exchange on this connection. Without an error the connection is the pool's again.
func (x *exchange) on(ctx context.Context, c *conn) error {
	x.c, x.reused, x.tls = c, c.used, c.state
	x.in, x.at, x.written, x.first = x.in[:0], 0, 0, 0
	if err := c.begin(x.until, x.connected); err != nil {
		if x.reused {
			return errStale
		}
		return err
	}
	if ctx == x.t.life { // whose end reaches the connection by itself
		if err := x.speak(); err != nil {
			return err
		}
	} else {
		stop := context.AfterFunc(ctx, c.cancel)
		err := x.speak()
		// A cancellation that has begun will still reach for the socket: it must not find another exchange there.
		if !stop() {
			x.head.keep = false
		}
		if err != nil {
			return err
		}
	}
	x.c = nil
	if x.head.keep {
		x.p.put(c, x.last)
	} else {
		x.p.drop(c)
	}
	return nil
}

// speak sends the request and reads the whole answer.
func (x *exchange) speak() error {
	if err := x.send(); err != nil {
		return err
	}
	if err := x.readHead(); err != nil {
		return err
	}
	return x.readBody()
}

// send puts the request on the wire, and reads what it may of the answer.
func (x *exchange) send() error {
	c := x.c
	sent := 0
	if c.raw != nil && c.secure == nil && x.rest == nil {
		wrote, n, err := c.swap(x)
		if err == errStale {
			return err
		}
		x.written = c.written
		if n > 0 {
			x.in = x.in[:n]
			x.last = x.t.now()
			x.first = x.last
			return nil
		}
		if wrote == len(x.out) {
			return cut("before the answer", err)
		}
		if err != nil {
			return x.unwritten(err)
		}
		sent = wrote
	} else if x.reused && !c.clean() {
		return errStale
	}
	stream := c.stream()
	_, err := stream.Write(x.out[sent:])
	if err == nil && x.rest != nil {
		err = x.sendRest(stream)
	}
	if err != nil {
		return x.unwritten(err)
	}
	x.written = x.t.now()
	return nil
}

// unwritten is why a request could not be written whole. A server that answers early and closes (a body that is too
// long for it, say) is heard all the same.
func (x *exchange) unwritten(err error) error {
	var ours requestError
	if errors.As(err, &ours) || errors.Is(err, os.ErrDeadlineExceeded) || x.c.cancelled.Load() {
		return err
	}
	x.close = true // whatever comes, the connection is out of step
	x.borrow()
	if n, _ := x.c.stream().Read(x.in[:cap(x.in)]); n > 0 {
		x.in = x.in[:n]
		x.last = x.t.now()
		x.written, x.first = x.last, x.last
		return nil
	}
	return fmt.Errorf("wire: writing the request: %w", err)
}

// fill reads more of the answer; there is always something more in x.in when it returns no error.
func (x *exchange) fill() error {
	x.borrow()
	if len(x.in) == cap(x.in) {
		x.in = grow(x.in, 1)[:len(x.in)]
	}
	n, err := x.c.stream().Read(x.in[len(x.in):cap(x.in)])
	if n == 0 {
		if err == nil {
			err = io.ErrNoProgress
		}
		return err
	}
	x.in = x.in[:len(x.in)+n]
	x.last = x.t.now()
	if x.first == 0 {
		x.first = x.last
	}
	return nil
}

// answer is a response and its body, in one piece of memory.
type answer struct {
	http.Response
	reader body
}

// What responses share.
var (
	chunkedEncoding = []string{"chunked"}
	protos          = [10]string{"HTTP/1.0", "HTTP/1.1", "HTTP/1.2", "HTTP/1.3", "HTTP/1.4", "HTTP/1.5", "HTTP/1.6", "HTTP/1.7", "HTTP/1.8", "HTTP/1.9"}
)

// response is the exchange as net/http tells it.
func (x *exchange) response() *http.Response {
	h := &x.head
	a := &answer{}
	if x.t.opts.BriefResponses {
		a = &x.answer
	}
	*a = answer{Response: http.Response{
		Status: h.statusText, StatusCode: h.status, Proto: protos[h.minor], ProtoMajor: 1, ProtoMinor: h.minor,
		Header: x.header, ContentLength: h.length, Close: h.close, Request: x.req, TLS: x.tls, Uncompressed: x.unpacked,
	}}
	if h.chunked {
		a.TransferEncoding = chunkedEncoding
	}
	if x.unpacked {
		a.ContentLength = -1
	}
	if len(x.body) == 0 && !x.t.opts.BriefResponses {
		a.Body = http.NoBody
		x.release()
		return &a.Response
	}
	a.reader = body{x: x, data: x.body}
	a.Body = &a.reader
	return &a.Response
}
