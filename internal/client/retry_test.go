// What is tried again, how often, and after how long.

package client

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"harness/internal/target"
)

// flaky answers with a status until it was asked often enough, then with 200.
func flaky(status, times int, header http.Header) http.HandlerFunc {
	var asked atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		if int(asked.Add(1)) > times {
			answer(200, "[]")(w, r)
			return
		}
		for name, values := range header {
			w.Header()[name] = values
		}
		answer(status, "{}")(w, r)
	}
}

func TestTries(t *testing.T) {
	allow := func(t *target.Target) { t.Writes = target.Writes{Allow: true, User: "u", License: "l"} }
	none := http.Header{"Retry-After": {"0"}}
	for name, c := range map[string]struct {
		operation string
		status    int
		times     int
		header    http.Header
		tries     int
		last      int
	}{
		"throttled once":                  {"getLicenseDefinitions", 429, 1, none, 2, 200},
		"throttled without Retry-After":   {"getLicenseDefinitions", 429, 1, nil, 2, 200},
		"throttled for ever":              {"getLicenseDefinitions", 429, 9, none, 3, 429},
		"throttled for too long":          {"getLicenseDefinitions", 429, 1, http.Header{"Retry-After": {"61"}}, 1, 429},
		"a gateway without an API":        {"getLicenseDefinitions", 502, 2, none, 3, 200},
		"unavailable":                     {"getLicenseDefinitions", 503, 1, none, 2, 200},
		"a gateway that waited":           {"getLicenseDefinitions", 504, 1, none, 2, 200},
		"a fault of the server":           {"getLicenseDefinitions", 500, 1, none, 1, 500},
		"a POST that reads":               {"postLicenseInfer", 503, 1, none, 2, 200},
		"a write that may have been done": {"postLicenseOrganization", 503, 1, none, 1, 503},
		"a write that was not done":       {"postLicenseOrganization", 429, 1, none, 2, 200},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "genesyscloud", flaky(c.status, c.times, c.header), allow)
			r := Request{Operation: w.op(c.operation)}
			if r.Operation.Method == "POST" {
				r.Body = []byte(`[]`)
			}
			e := w.send(r)
			if e.Err != nil || e.Status != c.last || e.Tries != c.tries {
				t.Errorf("%d after %d tries (%v), want %d after %d", e.Status, e.Tries, e.Err, c.last, c.tries)
			}
			if n := w.limiter.Sent()[r.Operation.Method]; n != c.tries {
				t.Errorf("%d requests counted, want %d", n, c.tries)
			}
			if w.last().Tries != c.tries {
				t.Errorf("%d tries in the evidence, want %d", w.last().Tries, c.tries)
			}
			if r.Body != nil {
				for _, asked := range w.requests() {
					if asked.Body != string(r.Body) {
						t.Errorf("a try carried the body %q", asked.Body)
					}
				}
			}
		})
	}
}

func TestABrokenConnectionIsTriedAgainWhereSafe(t *testing.T) {
	breaking := func(times int32) http.HandlerFunc {
		var asked atomic.Int32
		return func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) > times {
				answer(200, "[]")(w, r)
				return
			}
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "[") // and no more: the server closes the connection
		}
	}
	w := newWorld(t, "genesyscloud", breaking(1), func(t *target.Target) { t.Writes = target.Writes{Allow: true, User: "u", License: "l"} })
	if e := w.send(Request{Operation: w.op("getLicenseDefinitions")}); e.Err != nil || e.Tries != 2 {
		t.Errorf("%v after %d tries", e.Err, e.Tries)
	}
	w = newWorld(t, "genesyscloud", breaking(9), func(t *target.Target) { t.Writes = target.Writes{Allow: true, User: "u", License: "l"} })
	e := w.send(Request{Operation: w.op("getLicenseDefinitions")})
	if e.Err == nil || e.Tries != 3 || !strings.Contains(e.Err.Error(), "the body broke off after 1 bytes") {
		t.Errorf("%v after %d tries", e.Err, e.Tries)
	}
	if e := w.send(Request{Operation: w.op("postLicenseOrganization"), Body: []byte("{}")}); e.Err == nil || e.Tries != 1 {
		t.Errorf("a write: %v after %d tries", e.Err, e.Tries)
	}
}

func TestNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	w := newWorld(t, "gotoaccount", answer(200, ""), func(t *target.Target) { t.APIs["gotoaccount"].URL = "http://" + listener.Addr().String() })
	e := w.send(Request{Operation: w.op("scanLicensesByKey")})
	if e.Err == nil || e.Tries != 3 || !strings.Contains(e.Err.Error(), "refused") {
		t.Errorf("%v after %d tries", e.Err, e.Tries)
	}
	if sent := w.limiter.Sent(); len(sent) != 0 {
		t.Errorf("%v counted, nothing left", sent)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"0": 0, "7": 7 * time.Second, "Fri, 02 Jan 2026 03:04:15 GMT": 10 * time.Second, "Fri, 02 Jan 2026 03:04:00 GMT": 0,
		"": -1, "soon": -1, "-1": -1, "1.5": -1,
	} {
		got, ok := retryAfter(value, now)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q is %s, %v; want %s", value, got, ok, want)
		}
	}
}

func TestTheRateSpreadsRequestsEvenly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(target.Limits{Rate: target.Rate{Count: 300, Per: time.Minute}, Concurrency: 50})
		start := time.Now()
		at := make(chan time.Duration)
		for range 5 {
			go func() {
				release, err := l.acquire(t.Context())
				if err != nil {
					t.Error(err)
				}
				at <- time.Since(start)
				release()
			}()
		}
		var got []time.Duration
		for range 5 {
			got = append(got, <-at)
		}
		want := []time.Duration{0, 200 * time.Millisecond, 400 * time.Millisecond, 600 * time.Millisecond, 800 * time.Millisecond}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

func TestThrottlingHoldsEverybodyBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(target.Limits{})
		l.hold(3 * time.Second)
		start := time.Now()
		release, err := l.acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		release()
		if d := time.Since(start); d != 3*time.Second {
			t.Errorf("held for %s, want 3s", d)
		}
	})
}

func TestAPauseIsAsLongAsTheServerSays(t *testing.T) {
	start := time.Now()
	w := newWorld(t, "gotoaccount", flaky(429, 1, http.Header{"Retry-After": {"1"}}), nil)
	if e := w.send(Request{Operation: w.op("scanLicensesByKey")}); e.Status != 200 || time.Since(start) < time.Second {
		t.Errorf("%d after %s, want 200 after a second", e.Status, time.Since(start))
	}
}

func TestBackOffDoubles(t *testing.T) {
	var c Client
	for tries, want := range map[int]time.Duration{1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 3: 400 * time.Millisecond} {
		if got, told, ok := c.pause(nil, tries); got != want || told || !ok {
			t.Errorf("after try %s: %s", strconv.Itoa(tries), got)
		}
	}
}
