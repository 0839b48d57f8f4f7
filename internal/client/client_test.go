// How a request goes out, and how its answer comes back.

package client

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/target"
	"harness/specs"
)

func TestSendSignsAndKeeps(t *testing.T) {
	w := newWorld(t, "gotoaccount", answer(200, licence), nil)
	e := w.send(Request{Operation: w.op("getLicense"), Path: map[string]string{"licenseKey": "9007199254740993"}, Case: "a case"})
	if e.Err != nil || e.Status != 200 || string(e.Body) != licence || e.Tries != 1 || len(e.Departures) > 0 {
		t.Fatalf("got %+v", e)
	}
	if key, ok := e.JSON().Get("key").Int64(); !ok || key != 9007199254740993 {
		t.Errorf("key is %v", e.JSON().Get("key"))
	}
	got := w.requests()[0]
	want := http.Header{
		"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {"harness/1.2.3"},
		"Clientname": {"the-client"}, "Clientsecret": {"the secret/1"},
	}
	if diff := cmp.Diff(want, got.Header); diff != "" {
		t.Errorf("headers, -want +got\n%s", diff)
	}
	if got.Target != "/v2/licenses/9007199254740993" {
		t.Errorf("the server was asked for %s", got.Target)
	}
	kept := w.last()
	if kept.ID != e.ID || len(e.ID) < 8 || kept.Case != "a case" || kept.Credential != "default" || kept.Operation != "getLicense" || kept.Response.Body != licence {
		t.Errorf("the evidence holds %+v", kept)
	}
}

func TestSendWritesTheTargetLetterForLetter(t *testing.T) {
	w := newWorld(t, "gotoaccount", answer(200, "[]"), func(t *target.Target) { t.APIs["gotoaccount"].URL += "/prefix" })
	for _, raw := range []string{
		"/licenses/1%2C2?batch=true", "/licenses/1,2?batch=tr%75e", "/licenses//1", "/licenses/../licenses/1", "/licenses/1?a=%zz&b;c",
		"/licenses/1?x={y}|\"<>", "/licenses?", "/licenses/1#x?y", "/licenses/%2e%2e/1", "/licenses/1?a=b?c", "/licenses/ü",
	} {
		e := w.send(Request{Operation: w.op("getLicense"), Raw: raw})
		if e.Err != nil {
			t.Errorf("%s: %s", raw, e.Err)
			continue
		}
		asked := w.requests()
		if got := asked[len(asked)-1].Target; got != "/prefix/v2"+raw {
			t.Errorf("sent %s, the server was asked for %s", raw, got)
		}
	}
	// net/http's server answers this one by itself, with 400.
	if e := w.send(Request{Operation: w.op("getLicense"), Raw: "/licenses/%zz"}); e.Err != nil || e.Status != 400 {
		t.Errorf("%%zz: %v, %d", e.Err, e.Status)
	}
	for _, raw := range []string{"/licenses/a b", "/licenses/a\nb", "licenses"} {
		if e := w.send(Request{Operation: w.op("getLicense"), Raw: raw}); e.Err == nil {
			t.Errorf("%q was sent", raw)
		}
	}
}

func TestHeadersOfTheRequestWin(t *testing.T) {
	w := newWorld(t, "genesyscloud", answer(200, "{}"), nil)
	w.send(Request{Operation: w.op("postLicenseInfer"), Body: []byte(`["x"]`), Header: http.Header{"content-type": {"text/plain"}, "Accept": nil, "User-Agent": nil, "ClientSecret": {"other"}}})
	got := w.requests()[0]
	want := http.Header{"Accept-Encoding": {"gzip"}, "Content-Type": {"text/plain"}, "Content-Length": {"5"}, "Clientname": {"the-client"}, "Clientsecret": {"other"}}
	if diff := cmp.Diff(want, got.Header); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got.Body != `["x"]` || got.Method != "POST" {
		t.Errorf("got %+v", got)
	}
}

func TestCredentials(t *testing.T) {
	w := newWorld(t, "gotoaccount", answer(200, "[]"), nil)
	ask := func(credential string) http.Header {
		e := w.send(Request{Operation: w.op("scanLicensesByKey"), Credential: credential})
		if e.Err != nil {
			t.Fatal(e.Err)
		}
		asked := w.requests()
		return asked[len(asked)-1].Header
	}
	if h := ask(Nobody); h.Get("ClientName") != "" || h.Get("Authorization") != "" {
		t.Errorf("nobody sends %v", h)
	}
	if h := ask("viewer"); h.Get("Authorization") != "Bearer viewer-token" || h.Get("ClientName") != "" {
		t.Errorf("viewer sends %v", h)
	}
	h := ask(Wrong)
	if name, secret := h.Get("ClientName"), h.Get("ClientSecret"); name == "" || secret == "" || name == "the-client" || secret == "the secret/1" {
		t.Errorf("wrong sends %v", h)
	}
	for credential, want := range map[string]string{
		"": "", Default: "", Nobody: "", Wrong: "", "viewer": "",
		"granter": "$TOKEN_GRANTER is not set", "else": "target test has no credential else for gotoaccount",
	} {
		if got := w.Why(credential); got != want || w.Has(credential) != (want == "") {
			t.Errorf("%q: has %v, why %q, want %q", credential, w.Has(credential), got, want)
		}
	}
	if diff := cmp.Diff([]string{"default", "viewer"}, w.Credentials()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	e := w.send(Request{Operation: w.op("scanLicensesByKey"), Credential: "granter"})
	if e.Err == nil || !strings.Contains(e.Err.Error(), "$TOKEN_GRANTER is not set") {
		t.Errorf("a credential that is not configured: %v", e.Err)
	}
}

func TestWithoutDefaultThereIsNoWrong(t *testing.T) {
	w := newWorld(t, "gotoaccount", answer(200, "[]"), func(t *target.Target) { delete(t.APIs["gotoaccount"].Credentials, "default") })
	if w.Has("") || w.Has(Wrong) || w.Why(Wrong) == "" || !w.Has(Nobody) {
		t.Errorf("default %v, wrong %v (%s), nobody %v", w.Has(""), w.Has(Wrong), w.Why(Wrong), w.Has(Nobody))
	}
}

func TestNewNeedsTheAPI(t *testing.T) {
	document, err := specs.Embedded("genesyscloud")
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(Options{API: document, Target: &target.Target{Name: "t", APIs: map[string]*target.API{"gotoaccount": {}}}})
	if err == nil || err.Error() != "target t has no genesyscloud; it has [gotoaccount]" {
		t.Errorf("got %v", err)
	}
}

func TestSendAllKeepsOrderAndConcurrency(t *testing.T) {
	var now, most atomic.Int32
	w := newWorld(t, "gotoaccount", func(rw http.ResponseWriter, r *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(5 * time.Millisecond)
		now.Add(-1)
		rw.Header().Set("Content-Type", "application/json")
		io.WriteString(rw, "["+r.URL.Query().Get("startKey")+"]")
	}, func(t *target.Target) { t.Limits.Concurrency = 3 })
	var rs []Request
	for i := range 20 {
		rs = append(rs, Request{Operation: w.op("scanLicensesByKey"), Query: Query("startKey", i)})
	}
	ids := map[string]bool{}
	for i, e := range w.SendAll(t.Context(), rs) {
		if key, _ := e.JSON().Items[0].Int64(); key != int64(i) {
			t.Errorf("exchange %d answers %s", i, e.Body)
		}
		ids[e.ID] = true
	}
	if m := most.Load(); m != 3 {
		t.Errorf("%d requests at once, want 3", m)
	}
	if len(ids) != 20 || len(w.kept.Run().Exchanges) != 20 {
		t.Errorf("%d ids, %d exchanges, want 20", len(ids), len(w.kept.Run().Exchanges))
	}
	if got := w.SendAll(t.Context(), nil); len(got) != 0 {
		t.Errorf("nothing sent, %d came back", len(got))
	}
}

func TestAnswersAreHeldAgainstTheDocument(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		body    string
		request Request
		op      string
		departs bool
		as      string // operation in the evidence
	}{
		"a good licence":                     {status: 200, body: licence, op: "getLicense", as: "getLicense"},
		"a licence without members":          {status: 200, body: "{}", op: "getLicense", departs: true, as: "getLicense"},
		"an undocumented status":             {status: 302, body: "{}", op: "getLicense", departs: true, as: "getLicense"},
		"HEAD":                               {status: 200, op: "getLicense", request: Request{Method: "HEAD"}, as: "getLicense"},
		"OPTIONS":                            {status: 204, op: "getLicense", request: Request{Method: "OPTIONS"}, as: "getLicense"},
		"a gateway that reaches nothing":     {status: 504, body: "<html>", op: "getLicense", as: "getLicense"},
		"spelled by hand, the same":          {status: 200, body: "{}", op: "getLicense", request: Request{Raw: "/licenses/1"}, departs: true, as: "getLicense"},
		"spelled by hand, another, good":     {status: 200, body: "[]", op: "getLicense", request: Request{Raw: "/licenses/1?batch=true"}, as: "getLicensesByKeys"},
		"spelled by hand, another, departs":  {status: 200, body: licence, op: "getLicense", request: Request{Raw: "/licenses/1?batch=true"}, departs: true, as: "getLicensesByKeys"},
		"spelled by hand, none":              {status: 200, body: "7", op: "getLicense", request: Request{Raw: "/licenses/1/nothing/of/the/kind"}, as: "getLicense"},
		"spelled by hand, none, odd letters": {status: 200, body: "7", op: "getLicense", request: Request{Raw: "/LICENSES/1"}, as: "getLicense"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "gotoaccount", answer(c.status, c.body), func(t *target.Target) { t.Limits.Timeout = time.Second })
			c.request.Operation = w.op(c.op)
			if c.request.Raw == "" {
				c.request.Path = map[string]string{"licenseKey": "1"}
			}
			e := w.send(c.request)
			if e.Err != nil {
				t.Fatal(e.Err)
			}
			if (len(e.Departures) > 0) != c.departs || len(w.last().Departures) != len(e.Departures) {
				t.Errorf("departures %v, in the evidence %v", e.Departures, w.last().Departures)
			}
			if w.last().Operation != c.as {
				t.Errorf("in the evidence it is %s, want %s", w.last().Operation, c.as)
			}
		})
	}
}

func TestAGatewayThatReachesNothingDepartsInNothing(t *testing.T) {
	// 502 is in no document, and this one is not the API's.
	w := newWorld(t, "genesyscloud", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Retry-After", "61")
		rw.WriteHeader(502)
	}, nil)
	if e := w.send(Request{Operation: w.op("getLicenseDefinitions")}); e.Status != 502 || len(e.Departures) > 0 {
		t.Errorf("%d, departures %v", e.Status, e.Departures)
	}
}

func TestAnOddRequestHasNothingToDepartFrom(t *testing.T) {
	w := newWorld(t, "gotoaccount", answer(200, `{"key":"no licence"}`), nil)
	r := Request{Operation: w.op("getLicense"), Path: map[string]string{"licenseKey": "1"}, Query: Query("attributeNames", "key")}
	if e := w.send(r); len(e.Departures) == 0 {
		t.Error("a plain request: no departure")
	}
	r.Odd = true
	if e := w.send(r); len(e.Departures) != 0 {
		t.Errorf("an odd request: %v", e.Departures)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	w := newWorld(t, "gotoaccount", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, other.URL, http.StatusFound)
	}, nil)
	e := w.send(Request{Operation: w.op("scanLicensesByKey")})
	if e.Status != 302 || len(e.Departures) == 0 || elsewhere.Load() != 0 {
		t.Errorf("status %d, departures %v, %d requests elsewhere", e.Status, e.Departures, elsewhere.Load())
	}
}

func TestGzipIsUnpackedAndNoted(t *testing.T) {
	w := newWorld(t, "gotoaccount", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		rw.Header().Set("Content-Encoding", "gzip")
		if r.URL.Query().Has("startKey") {
			io.WriteString(rw, "not gzip at all")
			return
		}
		z := gzip.NewWriter(rw)
		io.WriteString(z, "["+licence+"]")
		z.Close()
	}, nil)
	e := w.send(Request{Operation: w.op("scanLicensesByKey")})
	if e.Err != nil || string(e.Body) != "["+licence+"]" || e.Header.Get("Content-Encoding") != "gzip" || len(e.Departures) > 0 {
		t.Errorf("got %s %v, %v, %v", e.Body, e.Header, e.Err, e.Departures)
	}
	e = w.send(Request{Operation: w.op("scanLicensesByKey"), Query: Query("startKey", 1)})
	if e.Err == nil || !strings.Contains(e.Err.Error(), "Content-Encoding is gzip, the bytes are not") || e.Status != 0 || e.Tries != 1 {
		t.Errorf("got %d, %v after %d tries", e.Status, e.Err, e.Tries)
	}
}

func TestABodyBeyondTheLimitIsAnError(t *testing.T) {
	chunk := strings.Repeat(" ", 1<<20)
	w := newWorld(t, "gotoaccount", func(rw http.ResponseWriter, _ *http.Request) {
		for range MaxBody>>20 + 1 {
			io.WriteString(rw, chunk)
		}
	}, nil)
	e := w.send(Request{Operation: w.op("scanLicensesByKey")})
	if e.Err == nil || !strings.Contains(e.Err.Error(), "longer than 8 MiB") || e.Tries != 1 {
		t.Errorf("got %v after %d tries", e.Err, e.Tries)
	}
}

func TestTheTimeoutEndsASlowAnswer(t *testing.T) {
	w := newWorld(t, "gotoaccount", func(rw http.ResponseWriter, r *http.Request) {
		rw.WriteHeader(200)
		rw.(http.Flusher).Flush()
		<-r.Context().Done() // the headers came, the body never does
	}, func(t *target.Target) { t.Limits.Timeout = 30 * time.Millisecond })
	e := w.send(Request{Operation: w.op("scanLicensesByKey")})
	if e.Err == nil || e.Err.Error() != "no whole answer within 30ms" || e.Tries != 1 || e.Status != 0 {
		t.Errorf("got %v after %d tries", e.Err, e.Tries)
	}
	if w.last().Response != nil || w.last().Error == "" {
		t.Errorf("the evidence holds %+v", w.last())
	}
}

func TestACallerThatGivesUpIsObeyed(t *testing.T) {
	w := newWorld(t, "gotoaccount", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	e := w.Send(ctx, Request{Operation: w.op("scanLicensesByKey")})
	if !errors.Is(e.Err, context.DeadlineExceeded) || e.Tries != 1 {
		t.Errorf("got %v after %d tries", e.Err, e.Tries)
	}
}

func TestARequestWithoutAnOperationIsAnErrorNotAPanic(t *testing.T) {
	w := newWorld(t, "gotoaccount", answer(200, ""), nil)
	if e := w.send(Request{}); e == nil || e.Err == nil || w.Curl(e) != "" {
		t.Errorf("got %+v", e)
	}
}

func TestIDsOfTwoClientsDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 3 {
		w := newWorld(t, "gotoaccount", answer(200, "[]"), nil)
		for range 3 {
			seen[w.send(Request{Operation: w.op("scanLicensesByKey")}).ID] = true
		}
	}
	if len(seen) != 9 {
		t.Errorf("%d ids for 9 exchanges", len(seen))
	}
}

func TestWithoutASinkNothingIsRecorded(t *testing.T) {
	server := httptest.NewServer(answer(200, "[]"))
	defer server.Close()
	document, err := specs.Embedded("gotoaccount")
	if err != nil {
		t.Fatal(err)
	}
	var sink evidence.Sink
	c, err := New(Options{API: document, Target: &target.Target{Limits: target.Limits{Timeout: time.Second}, APIs: map[string]*target.API{"gotoaccount": {URL: server.URL}}}, Sink: sink})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if e := c.Send(t.Context(), Request{Operation: document.Operation("scanLicensesByKey"), Credential: Nobody}); e.Err != nil {
		t.Error(e.Err)
	}
}
