// The server that all tools are measured on, in a process of its own.

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"harness/internal/reference"
)

// order says how the server behaves in the turn of one tool.
type order struct {
	StallAt  int           // the number of the request at which it begins to stand still; 0 for never
	StallFor time.Duration // how long
	Distinct bool          // no two bodies are the same
}

// mostStamps is how many arrivals of a turn are stamped. More are only counted.
const mostStamps = 1 << 20

// standIn is the reference server behind a memory: what was asked once is answered from there, so that little of the
// machine goes to the server. Since no fault and no variant is on, an answer stays right.
type standIn struct {
	reference *reference.Server
	known     sync.Map // of key → *answer

	began time.Time
	turn  atomic.Pointer[turnOfServer]
}

// turnOfServer is what the server sees during the turn of one tool.
type turnOfServer struct {
	order
	asked  atomic.Int64
	until  atomic.Int64 // it stands still until then, on the server's clock
	stamps []time.Duration
}

type key struct{ target, name, secret string }

type answer struct {
	header http.Header
	body   []byte
}

// arrivals is what came in a turn. Stamps are on one clock, in no strict order.
type arrivals struct {
	Requests int64
	Stamps   []time.Duration
}

// address is where a stand-in can be reached, and as whom.
type address struct {
	URL, Control             string
	ClientName, ClientSecret string
}

// serve runs the server until its standard input ends, and says in one line where it is.
func serve(in io.Reader, out io.Writer) error {
	r, err := reference.New(reference.Options{})
	if err != nil {
		return err
	}
	s := newStandIn(r)
	api, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	for listener, handler := range map[net.Listener]http.Handler{api: s, control: http.HandlerFunc(s.control)} {
		server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
		defer server.Close()
		go func() { failed <- server.Serve(listener) }()
	}
	if err := json.NewEncoder(out).Encode(address{
		"http://" + api.Addr().String(), "http://" + control.Addr().String(), r.Principals().ClientName, r.Principals().ClientSecret,
	}); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, in); close(ended) }() // however it ends, it has ended
	select {
	case err := <-failed:
		return err
	case <-ended:
		return nil
	}
}

func newStandIn(r *reference.Server) *standIn {
	s := &standIn{reference: r, began: time.Now()}
	s.turn.Store(&turnOfServer{})
	return s
}

// control takes an order, which begins a new turn (POST), and gives what came since (GET).
func (s *standIn) control(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		t := &turnOfServer{stamps: make([]time.Duration, mostStamps)}
		if err := json.NewDecoder(r.Body).Decode(&t.order); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.turn.Store(t)
		return
	}
	t := s.turn.Load()
	n := t.asked.Load()
	_ = json.NewEncoder(w).Encode(arrivals{n, t.stamps[:min(int(n), len(t.stamps))]}) // whoever asked is told or gone
}

// ServeHTTP answers as the reference server does.
func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := time.Since(s.began)
	if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, "/v2/licenses") {
		s.reference.ServeHTTP(w, r)
		return
	}
	t := s.turn.Load()
	number := t.note(arrived)
	if wait := time.Duration(t.until.Load()) - arrived; wait > 0 {
		time.Sleep(wait)
	}
	a, err := s.answer(r)
	if err != nil {
		s.reference.ServeHTTP(w, r)
		return
	}
	body := a.body
	if t.Distinct {
		body = distinct(body, number)
	}
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever asked is answered or gone
}

// note stamps a request, and begins to stand still with the one that was ordered.
func (t *turnOfServer) note(arrived time.Duration) int64 {
	number := t.asked.Add(1)
	if i := int(number) - 1; i < len(t.stamps) {
		t.stamps[i] = arrived
	}
	if t.StallAt > 0 && int(number) == t.StallAt {
		t.until.Store(int64(arrived + t.StallFor))
	}
	return number
}

var errRefused = errors.New("refused")

// answer is what the reference server says, as long as it is 200.
func (s *standIn) answer(r *http.Request) (*answer, error) {
	k := key{r.URL.RequestURI(), r.Header.Get("ClientName"), r.Header.Get("ClientSecret")}
	if known, ok := s.known.Load(k); ok {
		return known.(*answer), nil
	}
	w := httptest.NewRecorder()
	s.reference.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return nil, errRefused
	}
	a := &answer{w.Header(), w.Body.Bytes()}
	s.known.Store(k, a)
	return a, nil
}

// distinct is a body that says the same and is no other's: blanks behind it spell its number.
func distinct(body []byte, number int64) []byte {
	const digits = 32
	blanks := bytes.Repeat([]byte{' '}, digits)
	for i := range blanks {
		if number>>i&1 == 1 {
			blanks[i] = '\n'
		}
	}
	return append(body[:len(body):len(body)], blanks...)
}
