// Every scenario is fair to servers that conform, however unlike they are, and finds what a server does wrong while
// many ask at once.

package load_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"harness/internal/client"
	"harness/internal/fixture"
	"harness/internal/reference"
	"harness/internal/schema"
	"harness/internal/target"
	"harness/load"
	"harness/specs"
)

// inside is a reference server without a network.
type inside struct{ http.Handler }

func (s inside) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.RequestURI = r.URL.RequestURI()
	r.RemoteAddr = "127.0.0.1:1"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// bench is a server with what discovery found on it.
type bench struct {
	server  inside
	apis    map[string]*specs.API
	clients map[string]*client.Client
	set     *fixture.Set
}

var documents = sync.OnceValue(func() map[string]*specs.API {
	apis := map[string]*specs.API{}
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			panic(err)
		}
		apis[name] = api
	}
	return apis
})

func newBench(t testing.TB, o reference.Options) *bench {
	t.Helper()
	server, err := reference.New(o)
	if err != nil {
		t.Fatal(err)
	}
	p := server.Principals()
	at := &target.Target{Name: "t", Limits: target.Limits{Timeout: target.DefaultTimeout, Concurrency: 4}, APIs: map[string]*target.API{
		"gotoaccount":  {URL: "http://127.0.0.1:1", Credentials: map[string]target.Credential{"default": {Headers: map[string]string{"ClientName": p.ClientName, "ClientSecret": p.ClientSecret}}}},
		"genesyscloud": {URL: "http://127.0.0.1:1", Credentials: map[string]target.Credential{"default": {Bearer: p.Granter}}},
	}}
	b := &bench{server: inside{server}, apis: documents(), clients: map[string]*client.Client{}}
	for name, api := range b.apis {
		if b.clients[name], err = client.New(client.Options{API: api, Target: at, Transport: b.server}); err != nil {
			t.Fatal(err)
		}
	}
	if b.set, err = fixture.Discover(t.Context(), b.clients, at, 1, true, nil); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) compose(t testing.TB, name string) load.Plan {
	t.Helper()
	s, err := load.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := load.Deepen(t.Context(), s, b.set, b.clients); err != nil {
		t.Fatal(err)
	}
	plan, err := load.Compose(s, b.set, b.apis, 1)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// burst is what came of a few requests of a plan.
type burst struct {
	departures map[string]int // by requirement
	example    map[string]string
	statuses   map[int]int // of requests that were not to be refused
	refused    map[int]int // of those that were
	asked      []string
}

// burst sends requests of a plan, some at once, and holds the answers against document and request as a run does.
func (b *bench) burst(t testing.TB, plan load.Plan, requests, workers int) burst {
	t.Helper()
	out := burst{departures: map[string]int{}, example: map[string]string{}, statuses: map[int]int{}, refused: map[int]int{}}
	var feed, mu sync.Mutex
	left := requests
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			var r schema.Reading
			for {
				var a load.Ask
				feed.Lock()
				if left--; left < 0 {
					feed.Unlock()
					return
				}
				plan.Next(&a)
				feed.Unlock()
				answer, departures := b.ask(t, &a, &r)
				if a.Expect != nil {
					departures = append(slices.Clip(departures), a.Expect(&a, &answer)...)
				}
				if a.Back != nil {
					a.Back(&a, &answer)
				}
				mu.Lock()
				out.asked = append(out.asked, a.Operation.Method+" "+a.Target+" "+string(a.Body))
				if a.Refusal {
					out.refused[answer.Status]++
				} else {
					out.statuses[answer.Status]++
				}
				for _, d := range departures {
					out.departures[d.Requirement]++
					out.example[d.Requirement] = fmt.Sprintf("%s: %d %s\n%.300s", a.Target, answer.Status, d, answer.Body)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return out
}

func (b *bench) ask(t testing.TB, a *load.Ask, r *schema.Reading) (load.Answer, []specs.Departure) {
	c := b.clients[a.Operation.API.Name]
	request := client.Request{Operation: a.Operation.Operation}
	var body io.Reader
	if a.Body != nil {
		request.Body, body = a.Body, bytes.NewReader(a.Body)
	}
	header, err := c.Header(t.Context(), request)
	if err != nil {
		t.Error(err)
		return load.Answer{}, nil
	}
	req, err := http.NewRequestWithContext(t.Context(), a.Operation.Method, c.Base()+a.Target, body)
	if err != nil {
		t.Errorf("%s: %v", a.Target, err)
		return load.Answer{}, nil
	}
	req.Header = header.Clone()
	req.Header.Del("Accept-Encoding")
	if op := a.Operation.API.Match(req.Method, strings.TrimPrefix(req.URL.EscapedPath(), a.Operation.API.BasePath), req.URL.Query()); op == nil || op.ID != a.Operation.ID {
		t.Errorf("%s is no %s", a.Target, a.Operation.ID)
	}
	resp, err := b.server.RoundTrip(req)
	if err != nil {
		t.Error(err)
		return load.Answer{}, nil
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	departures := a.Operation.Check(specs.Answer{Status: resp.StatusCode, Header: resp.Header, Body: data}, r)
	return load.Answer{Status: resp.StatusCode, Header: resp.Header, Body: data, Columns: r.Columns, Allowed: len(departures) == 0}, departures
}

// names lists the scenarios that come with the program.
func names(t testing.TB) (names []string) {
	t.Helper()
	all, err := load.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names
}

func TestEveryScenarioIsFairToTheReference(t *testing.T) {
	b := newBench(t, reference.Options{})
	for _, name := range names(t) {
		plan := b.compose(t, name)
		if len(plan.Notes) > 0 {
			t.Errorf("%s: %v", name, plan.Notes)
		}
		got := b.burst(t, plan, 400, 4)
		if len(got.departures) > 0 || got.statuses[200] == 0 || len(got.statuses) > 1 {
			t.Errorf("%s: %v, statuses %v, refused %v\n%v", name, got.departures, got.statuses, got.refused, got.example)
		}
		if name == "limits" && (got.refused[400] == 0 || len(got.refused) != 1) {
			t.Errorf("limits: %v", got.refused)
		}
	}
}

var _ = maps.Keys[map[int]int]
