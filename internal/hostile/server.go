// The listener: connections come in, requests are counted, and those whose turn it is are answered wrongly.

package hostile

import (
	"bufio"
	"cmp"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Options say what a hostile server is when it does not misbehave, and when it does.
type Options struct {
	// Behind gives the right answers; nil answers every request with 200 and an empty JSON array.
	Behind http.Handler
	// Spare is how many requests are answered rightly before the first one that is not.
	Spare int
	// Every is the share that is answered wrongly from then on: one in so many. 0 means 1, all of them.
	Every int
	// Elsewhere is the other host that redirects lead to, scheme and port included; "" means a port of this machine
	// on which nobody listens.
	Elsewhere string
}

// Server is a hostile server that listens.
type Server struct {
	// URL is where it is, scheme and port included, without a slash at the end.
	URL string
	// Authority is the certificate, in PEM, of the authority that a caller should trust; nil for a server without TLS.
	Authority []byte

	kind     Kind
	options  Options
	listener net.Listener // nil where there is no server at all
	security security
	asked    atomic.Int64
	wrong    atomic.Int64
	closed   chan struct{}
	closing  sync.Once
	busy     sync.WaitGroup
	last     atomic.Pointer[answer] // the right answer before, for kinds that mix answers up

	mu    sync.Mutex
	conns map[net.Conn]bool
}

// Listen starts a hostile server of this kind on an address; a port of 0 picks a free one.
func (k Kind) Listen(address string, o Options) (*Server, error) {
	if o.Spare < 0 || o.Every < 0 {
		return nil, fmt.Errorf("%d requests spared and one in %d answered wrongly: 0 or more is meant", o.Spare, o.Every)
	}
	o.Every, o.Elsewhere = max(1, o.Every), cmp.Or(o.Elsewhere, "http://127.0.0.2:9")
	if o.Behind == nil {
		o.Behind = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte("[]"))
		})
	}
	s := &Server{kind: k, options: o, URL: k.nowhere, closed: make(chan struct{}), conns: map[net.Conn]bool{}}
	if k.nowhere != "" {
		return s, nil
	}
	scheme := "http://"
	if k.security != nil {
		scheme = "https://"
		a, err := newAuthority()
		if err != nil {
			return nil, err
		}
		s.security, s.Authority = k.security(a), a.pem
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s.listener, s.URL = listener, scheme+listener.Addr().String()
	if k.refuse && o.Spare == 0 {
		return s, listener.Close()
	}
	s.busy.Go(s.accept)
	return s, nil
}

// Asked counts the requests that were read, rightly answered ones included.
func (s *Server) Asked() int { return int(s.asked.Load()) }

// Wrong counts how often the server misbehaved.
func (s *Server) Wrong() int { return int(s.wrong.Load()) }

// Close ends the server and every connection to it, and waits until nothing of it is left.
func (s *Server) Close() {
	s.closing.Do(func() {
		close(s.closed)
		if s.listener != nil {
			_ = s.listener.Close() // closed already where the kind refuses
		}
	})
	s.hangUp()
	s.busy.Wait()
}

// hangUp closes every connection.
func (s *Server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		_ = conn.Close()
	}
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return // closed: accepting on loopback fails for no other reason that could be mended here
		}
		s.mu.Lock()
		s.conns[conn] = true
		s.mu.Unlock()
		s.busy.Go(func() {
			defer func() {
				s.mu.Lock()
				delete(s.conns, conn)
				s.mu.Unlock()
				_ = conn.Close()
			}()
			select {
			case <-s.closed: // it came in while Close hung the others up
			default:
				s.serve(conn)
			}
		})
	}
}

// serve talks on one connection until either side ends it.
func (s *Server) serve(conn net.Conn) {
	if s.kind.accept != nil {
		s.wrong.Add(1)
		s.kind.accept(s, conn)
		return
	}
	plain := conn
	if s.security.config != nil {
		secure := s.security.server(conn)
		if secure == nil {
			s.wrong.Add(1)
			return
		}
		conn = secure
	}
	in := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		c := &conversation{server: s, conn: conn, plain: plain, request: request}
		if err := c.readBody(); err != nil {
			return
		}
		if !s.misbehaves() {
			if c.right().send(c) != nil {
				return
			}
			continue
		}
		s.wrong.Add(1)
		switch {
		case s.kind.refuse:
			_ = s.listener.Close()
			s.hangUp()
			return
		case s.kind.twist != nil:
			a := c.right()
			s.kind.twist(a)
			if a.send(c) != nil {
				return
			}
		case s.kind.answer != nil:
			s.kind.answer(c)
			if !c.keep {
				return
			}
		default:
			// The harm was done in the handshake, and the caller went on all the same.
			if c.right().send(c) != nil {
				return
			}
		}
	}
}

// misbehaves counts a request and says whether it is its turn.
func (s *Server) misbehaves() bool {
	n := int(s.asked.Add(1)) - s.options.Spare
	return n > 0 && n%s.options.Every == 0
}

// wait passes the time, and says false as soon as the server is closed.
func (s *Server) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-s.closed:
		return false
	}
}
