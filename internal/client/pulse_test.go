// When a target is given up, and when it is not.

package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"harness/internal/target"
	"harness/specs"
)

// network is a target without a network: a function answers, and a bubble's clock makes waiting free.
type network func(*http.Request) (*http.Response, error)

func (n network) RoundTrip(r *http.Request) (*http.Response, error) { return n(r) }

// say is an answer with a status and, unless it is "", a Retry-After.
func say(status int, retryAfter string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	if retryAfter != "" {
		h.Set("Retry-After", retryAfter)
	}
	return &http.Response{StatusCode: status, Header: h, ContentLength: -1, Body: io.NopCloser(strings.NewReader("[]"))}
}

// silent answers nothing until the request is given up.
func silent(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func overNetwork(t *testing.T, n network) *Client {
	t.Helper()
	api, err := specs.Embedded("gotoaccount")
	if err != nil {
		t.Fatal(err)
	}
	at := &target.Target{
		Name: "t", Limits: target.Limits{Timeout: 30 * time.Second, Concurrency: 4},
		APIs: map[string]*target.API{"gotoaccount": {URL: "http://licences.invalid", Credentials: map[string]target.Credential{"default": {Bearer: "the-bearer"}}}},
	}
	c, err := New(Options{API: api, Target: at, Transport: n})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ask sends n requests of an operation, one after the other.
func ask(ctx context.Context, c *Client, n int, operation string) (answered, notSent int) {
	for range n {
		r := Request{Operation: c.API().Operation(operation), Credential: Nobody, Path: map[string]string{"licenseKey": "1", "userKey": "1"}}
		e := c.Send(ctx, r)
		switch {
		case e.Judgeable():
			answered++
		case errors.Is(e.Err, ErrLost):
			notSent++
		}
	}
	return answered, notSent
}

func TestATargetThatFallsSilentIsGivenUp(t *testing.T) {
	for name, c := range map[string]struct {
		then network       // what comes of requests from the sixth on
		most int           // requests that are sent after that
		took time.Duration // until it is given up
	}{
		"it hangs":                       {silent, 13, 7 * time.Minute},
		"it is gone":                     {func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }, 3 * 23, time.Minute},
		"a gateway stands before it":     {func(*http.Request) (*http.Response, error) { return say(502, ""), nil }, 3 * 23, time.Minute},
		"it says later, for ever":        {func(*http.Request) (*http.Response, error) { return say(429, "30"), nil }, 6, 2 * time.Minute},
		"it says much later":             {func(*http.Request) (*http.Response, error) { return say(429, "31536000"), nil }, 23, time.Minute},
		"it says later, and never when":  {func(*http.Request) (*http.Response, error) { return say(429, "soon"), nil }, 3 * 23, time.Minute},
		"it says later, and before now":  {func(*http.Request) (*http.Response, error) { return say(429, "-5"), nil }, 3 * 23, time.Minute},
		"it says later, at once, always": {func(*http.Request) (*http.Response, error) { return say(429, "0"), nil }, 3 * 23, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				client := overNetwork(t, func(r *http.Request) (*http.Response, error) {
					if sent++; sent <= 5 {
						return say(200, ""), nil
					}
					return c.then(r)
				})
				started := time.Now()
				answered, notSent := ask(t.Context(), client, 2000, "scanLicensesByKey")
				if answered != 5 || notSent < 1900 || client.Lost() == nil {
					t.Errorf("%d answered, %d not sent, lost: %v", answered, notSent, client.Lost())
				}
				if sent-5 > c.most || time.Since(started) > c.took {
					t.Errorf("%d requests in %s until it was given up, want %d in %s at most", sent-5, time.Since(started), c.most, c.took)
				}
			})
		})
	}
}

func TestATargetThatIsThereIsNotGivenUp(t *testing.T) {
	for name, answers := range map[string]func(n int32) network{
		"every second request breaks": func(n int32) network {
			return func(r *http.Request) (*http.Response, error) {
				if n%2 == 0 {
					return nil, errors.New("connection reset")
				}
				return say(200, ""), nil
			}
		},
		"nine of ten hang": func(n int32) network {
			return func(r *http.Request) (*http.Response, error) {
				if n%10 != 0 {
					return silent(r)
				}
				return say(200, ""), nil
			}
		},
		"a minute of throttling, now and then": func(n int32) network {
			return func(r *http.Request) (*http.Response, error) {
				if n%50 == 0 {
					return say(429, "60"), nil
				}
				return say(200, ""), nil
			}
		},
		"it answers, and only with faults": func(int32) network {
			return func(*http.Request) (*http.Response, error) { return say(500, ""), nil }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sent atomic.Int32
				client := overNetwork(t, func(r *http.Request) (*http.Response, error) { return answers(sent.Add(1))(r) })
				if _, notSent := ask(t.Context(), client, 1000, "scanLicensesByKey"); notSent > 0 || client.Lost() != nil {
					t.Errorf("given up: %v", client.Lost())
				}
			})
		})
	}
}

// A gateway that drops what it takes for an attack drops hundreds of requests in a row, and the API is well.
func TestRequestsThatAreAlwaysDroppedDoNotLoseTheTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := overNetwork(t, func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.RawQuery, "odd") {
				return nil, errors.New("connection reset")
			}
			return say(200, ""), nil
		})
		ask(t.Context(), client, 1, "scanLicensesByKey")
		for range 500 {
			client.Send(t.Context(), Request{Operation: client.API().Operation("scanLicensesByKey"), Credential: Nobody, Query: Query("odd", 1), Odd: true})
		}
		if answered, _ := ask(t.Context(), client, 10, "scanLicensesByKey"); answered != 10 {
			t.Errorf("%d of 10 answered afterwards: %v", answered, client.Lost())
		}
	})
}

func TestAnOperationThatHangsIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hung := 0
		client := overNetwork(t, func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.Path, "/users") {
				hung++
				return silent(r)
			}
			return say(200, ""), nil
		})
		for range 100 {
			ask(t.Context(), client, 1, "scanLicensesByKey")
			ask(t.Context(), client, 1, "getLicenseUsers")
		}
		if hung > 2*patience/costly || client.Lost() != nil {
			t.Errorf("%d requests to what hangs; the target is lost: %v", hung, client.Lost())
		}
		e := client.Send(t.Context(), Request{Operation: client.API().Operation("getLicenseUsers"), Credential: Nobody, Path: map[string]string{"licenseKey": "1"}})
		if !errors.Is(e.Err, ErrLost) || !strings.Contains(e.Err.Error(), "getLicenseUsers no longer answers") {
			t.Errorf("got %v", e.Err)
		}
	})
}

// A run may end before it is sure: then what had been answered is asked once more.
func TestTheEndOfARunLooksBack(t *testing.T) {
	for name, c := range map[string]struct {
		then []*http.Response // the answers from the second on; the last one stays
		want string
	}{
		"all is well":              {[]*http.Response{say(200, "")}, ""},
		"faults of the API":        {[]*http.Response{say(500, "")}, ""},
		"one that was dropped":     {[]*http.Response{say(502, ""), say(502, ""), say(502, ""), say(200, "")}, ""},
		"nobody there":             {[]*http.Response{say(502, "")}, "given up: the target no longer answers: 502"},
		"one refusal":              {[]*http.Response{say(403, ""), say(200, "")}, ""},
		"credentials that ran out": {[]*http.Response{say(401, "")}, "the default credential is refused by now: 401"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := -1
				client := overNetwork(t, func(*http.Request) (*http.Response, error) {
					if n++; n == 0 {
						return say(200, ""), nil
					}
					answer := *c.then[min(n, len(c.then))-1]
					answer.Body = io.NopCloser(strings.NewReader("[]"))
					return &answer, nil
				})
				for range 2 {
					client.Send(t.Context(), Request{Operation: client.API().Operation("scanLicensesByKey")})
				}
				err := client.End(t.Context())
				if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)) {
					t.Errorf("got %v, want %q", err, c.want)
				}
			})
		})
	}
}

// A bound on requests may run out while the target is being asked again; what came of the last try stands.
func TestASpentBudgetDoesNotHideTheSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		client := overNetwork(t, func(*http.Request) (*http.Response, error) {
			if n++; n == 1 {
				return say(200, ""), nil
			}
			return say(429, "0"), nil
		})
		client.limiter.Bound(9)
		ask(t.Context(), client, 4, "scanLicensesByKey")
		client.limiter.Bound(9 + Probes)
		if err := client.End(t.Context()); err == nil || !strings.Contains(err.Error(), "no longer answers: 429") {
			t.Errorf("got %v", err)
		}
	})
}

// What never left says nothing of the target.
func TestWhatIsNotSentIsNoSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := overNetwork(t, func(*http.Request) (*http.Response, error) { return say(200, ""), nil })
		for range 100 {
			client.Send(t.Context(), Request{Operation: client.API().Operation("scanLicensesByKey"), Raw: "nowhere"})
			client.Send(t.Context(), Request{Operation: client.API().Operation("scanLicensesByKey"), Credential: "nobody-we-know"})
		}
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		ask(cancelled, client, 100, "scanLicensesByKey")
		client.limiter.Bound(1)
		ask(t.Context(), client, 100, "scanLicensesByKey")
		if client.Lost() != nil {
			t.Errorf("given up: %v", client.Lost())
		}
	})
}
