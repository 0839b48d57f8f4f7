// What the tests of this package share: a server that remembers what it was asked, and a client of it.

package client

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"harness/internal/evidence"
	"harness/internal/target"
	"harness/specs"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http tells there what it thinks of hostile servers
	goleak.VerifyTestMain(m)
}

// asked is one request as a server saw it.
type asked struct {
	Method, Target, Body string
	Header               http.Header
}

// world is a server, a target that leads to it, and a client of that target.
type world struct {
	*Client
	t      *testing.T
	server *httptest.Server
	at     *target.Target
	kept   *evidence.Recorder

	mu    sync.Mutex
	asked []asked
}

// newWorld serves an API with a handler. The target has default, viewer and nothing else; edit changes it.
func newWorld(t *testing.T, api string, handler http.HandlerFunc, edit func(*target.Target)) *world {
	t.Helper()
	w := &world{t: t, kept: &evidence.Recorder{}}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.mu.Lock()
		w.asked = append(w.asked, asked{Method: r.Method, Target: r.RequestURI, Body: string(body), Header: r.Header.Clone()})
		w.mu.Unlock()
		handler(rw, r)
	}))
	t.Cleanup(w.server.Close)
	credentials := map[string]target.Credential{
		"default": {Headers: map[string]string{"ClientName": "the-client", "ClientSecret": "the secret/1"}},
		"viewer":  {Bearer: "viewer-token"},
	}
	w.at = &target.Target{
		Name: "test", APIs: map[string]*target.API{api: {URL: w.server.URL, Credentials: credentials}},
		Limits:  target.Limits{Concurrency: 4, Timeout: 5 * time.Second},
		Missing: map[string]string{api + ".granter": "$TOKEN_GRANTER is not set"},
	}
	if edit != nil {
		edit(w.at)
	}
	document, err := specs.Embedded(api)
	if err != nil {
		t.Fatal(err)
	}
	w.Client, err = New(Options{API: document, Target: w.at, Sink: w.kept.Write, Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// op is an operation of the API, which must exist.
func (w *world) op(id string) *specs.Operation {
	w.t.Helper()
	op := w.API().Operation(id)
	if op == nil {
		w.t.Fatalf("no operation %s", id)
	}
	return op
}

func (w *world) send(r Request) *Exchange { return w.Send(w.t.Context(), r) }

// requests returns what the server was asked so far.
func (w *world) requests() []asked {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]asked{}, w.asked...)
}

// last returns the newest exchange of the evidence.
func (w *world) last() evidence.Exchange {
	w.t.Helper()
	exchanges := w.kept.Run().Exchanges
	if len(exchanges) == 0 {
		w.t.Fatal("no exchange in the evidence")
	}
	return exchanges[len(exchanges)-1]
}

// answer makes a handler that always answers the same JSON.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

const licence = `{"key":9007199254740993,"accountkey":1,"seats":null,"remaining":null,"enabled":true,"roles":[],"userkeys":[]}`
