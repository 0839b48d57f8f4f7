// One connection: a socket whose deadline is set rarely and which can be looked at without waiting.

package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// errStale says that a kept connection was found unusable before a byte of the request was written.
var errStale = errors.New("kept connection found closed, or with bytes nobody asked for")

// conn is one connection. It is itself the net.Conn below TLS, so that deadlines and looking are the same for both.
type conn struct {
	net.Conn // the socket
	p        *pool
	secure   *tls.Conn            // nil without TLS
	state    *tls.ConnectionState // of secure, taken once
	raw      syscall.RawConn      // nil where the socket does not give its descriptor: then every step is a call of its own
	step     func(fd uintptr) bool
	used     bool          // an exchange was begun on it
	idle     time.Duration // since when it is idle

	// until is when the exchange must be over, on the transport's clock; 0 is never. armed is the socket's own deadline.
	// Setting one costs about as much as parsing an answer, so a socket keeps the deadline of an earlier exchange, which
	// is always early, never late, for this one: when it strikes too early, it is set anew and the wait goes on.
	until, armed time.Duration
	cancelled    atomic.Bool

	looking bool // Read returns notYet where it would wait
	ended   bool // the socket is at its end; TLS may have said goodbye before that, or not

	// What the steps on the descriptor work on.
	phase   phase
	x       *exchange // of write and read
	in      []byte    // of look
	scratch [1]byte
	wrote   int
	n       int
	err     error
	written time.Duration
}

// phase is what the next step on the descriptor does.
type phase int

const (
	look      phase = iota // read what is there without waiting
	lookFirst              // the same, then write and wait
	write                  // then read
	read
)

// newConn wraps a socket.
func newConn(p *pool, socket net.Conn) *conn {
	c := &conn{Conn: socket, p: p}
	if s, ok := socket.(syscall.Conn); ok && descriptorIO {
		if raw, err := s.SyscallConn(); err == nil {
			c.raw, c.step = raw, c.do
		}
	}
	return c
}

// handshake puts TLS on the socket.
func (c *conn) handshake(ctx context.Context, config *tls.Config) error {
	if config.ServerName == "" {
		config = config.Clone()
		config.ServerName = c.p.name
	}
	c.secure = tls.Client(c, config)
	if err := c.secure.HandshakeContext(ctx); err != nil {
		// crypto/tls exports no value for this alert.
		if strings.Contains(err.Error(), "no application protocol") {
			return fmt.Errorf("wire: %s: %w: %w", c.p.address, ErrHTTP2Only, err)
		}
		return err
	}
	state := c.secure.ConnectionState()
	c.state = &state
	return nil
}

// begin readies the connection for an exchange that must be over at until.
func (c *conn) begin(until, now time.Duration) error {
	c.used = true
	c.until = until
	if c.armed == until || until != 0 && c.armed != 0 && now < c.armed && c.armed < until {
		return nil
	}
	return c.arm()
}

// arm sets the socket's deadline to this exchange's, unless a cancellation has set one that has passed: it may come at
// any time, and its own comes after its flag.
func (c *conn) arm() error {
	var at time.Time
	if c.until != 0 {
		at = c.p.t.epoch.Add(c.until)
	}
	c.armed = c.until
	err := c.Conn.SetDeadline(at)
	if c.cancelled.Load() {
		return c.Conn.SetDeadline(time.Unix(1, 0))
	}
	return err
}

// early says whether a deadline struck that was an earlier exchange's, and if so sets this one's.
func (c *conn) early(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) || c.cancelled.Load() || c.until != 0 && c.p.t.now() >= c.until {
		return false
	}
	// A cancellation sets its flag first and then a deadline that has passed: either it is seen here, or its deadline
	// comes after ours.
	return c.arm() == nil && !c.cancelled.Load()
}

// cancel ends whatever the connection waits for, from another goroutine. The connection is of no use afterwards.
func (c *conn) cancel() {
	c.cancelled.Store(true)
	c.Conn.SetDeadline(time.Unix(1, 0))
}

// Read reads from the socket, without TLS.
func (c *conn) Read(b []byte) (int, error) {
	if c.looking {
		return c.lookAt(b)
	}
	for {
		n, err := c.Conn.Read(b)
		if n > 0 || err == nil || !c.early(err) {
			c.ended = err == io.EOF
			return n, err
		}
	}
}

// Write writes to the socket, without TLS.
func (c *conn) Write(b []byte) (int, error) {
	total := 0
	for {
		n, err := c.Conn.Write(b[total:])
		total += n
		if err == nil || !c.early(err) {
			return total, err
		}
	}
}

// stream is what HTTP is spoken on.
func (c *conn) stream() io.ReadWriter {
	if c.secure != nil {
		return c.secure
	}
	return c
}

// clean says whether a kept connection is still open and silent. TLS below may have something to read that is not for
// us, such as a session ticket: crypto/tls consumes it.
func (c *conn) clean() bool {
	c.looking = true
	n, err := c.stream().Read(c.scratch[:])
	c.looking = false
	var none notYet
	return n == 0 && errors.As(err, &none)
}

// lookAt reads what is there, or returns notYet.
func (c *conn) lookAt(b []byte) (int, error) {
	if c.raw != nil {
		c.phase, c.in, c.n, c.err = look, b, 0, nil
		for {
			err := c.raw.Read(c.step)
			if err == nil {
				return c.n, c.err
			}
			if !c.early(err) {
				return 0, err
			}
		}
	}
	// Without the descriptor there is no other way than to wait a little.
	c.armed = 0
	if err := c.Conn.SetReadDeadline(time.Now().Add(100 * time.Microsecond)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(b)
	if armErr := c.arm(); armErr != nil {
		return n, armErr
	}
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) && !c.cancelled.Load() {
		return 0, notYet{}
	}
	return n, err
}

// swap writes the request and reads the first bytes of the answer into the exchange's buffer, having looked first on a
// kept connection. wrote is how much of the request went out; it is less than all of it without an error when the system
// took a part only, and then nothing was read. errStale means that nothing was written.
//
// Everything is done within one call on the descriptor, for that saves a system call and a parking of the goroutine:
// the look, which says that nothing is there to read, is also what a read right after the write would have said, so
// the wait can begin at once.
func (c *conn) swap(x *exchange) (wrote, n int, err error) {
	c.phase, c.x, c.wrote, c.n, c.err = write, x, 0, 0, nil
	if x.reused {
		c.phase = lookFirst
	}
	for {
		err = c.raw.Read(c.step)
		if err == nil {
			err = c.err
			break
		}
		if !c.early(err) {
			break
		}
	}
	c.x = nil
	return c.wrote, c.n, err
}

// do is one step on the descriptor. It returns false to wait until there is something to read.
//
// Waiting after lookFirst without having tried to read is sound: RawConn.Read forgets readiness when it begins, the look
// finds the socket empty after that, so whatever comes later wakes the wait. On a new connection nobody has looked, so
// there the read is tried first.
func (c *conn) do(fd uintptr) bool {
	kept := false
	switch c.phase {
	case look:
		c.n, c.err = readNow(fd, c.in)
		if wouldBlock(c.err) {
			c.err = notYet{}
		}
		return true
	case lookFirst:
		if _, err := readNow(fd, c.scratch[:]); !wouldBlock(err) {
			c.err = errStale
			return true
		}
		kept = true
		fallthrough
	case write:
		c.wrote, c.err = writeNow(fd, c.x.out)
		if wouldBlock(c.err) {
			c.err = nil
		}
		if c.err != nil || c.wrote < len(c.x.out) {
			return true
		}
		c.written = c.p.t.now()
		c.phase = read
		if kept {
			return false
		}
		fallthrough
	default:
		c.x.borrow()
		c.n, c.err = readNow(fd, c.x.in[:cap(c.x.in)])
		if wouldBlock(c.err) {
			c.x.giveBack()
			return false
		}
		return true
	}
}

// abort closes the socket without ceremony, after an exchange that broke.
func (c *conn) abort() {
	c.p.t.conns.remove(c)
	c.Conn.Close()
}

// close ends an idle connection in order; TLS says goodbye, and then closes what it stands on, which is the socket.
func (c *conn) close() {
	c.p.t.conns.remove(c)
	if c.secure != nil {
		c.secure.Close()
		return
	}
	c.Conn.Close()
}
