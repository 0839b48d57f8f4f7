// Tokens: fetched once, kept, fetched anew in time; and what happens when there is none.

package client

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"harness/internal/target"
)

// login is a token endpoint beside an API.
type login struct {
	fetched atomic.Int32
	expires int
	refuse  func(n int32) (status int, body string) // for the n-th fetch; 0 hands a token out
}

func (l *login) world(t *testing.T) *world {
	w := newWorld(t, "genesyscloud", func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/oauth/token" {
			answer(200, "[]")(rw, r)
			return
		}
		n := l.fetched.Add(1)
		time.Sleep(10 * time.Millisecond) // so that others come while it is on its way
		if l.refuse != nil {
			if status, body := l.refuse(n); status != 0 {
				rw.Header().Set("Retry-After", "0")
				rw.WriteHeader(status)
				io.WriteString(rw, body)
				return
			}
		}
		fmt.Fprintf(rw, `{"access_token":"token-%d","token_type":"bearer","expires_in":%d}`, n, l.expires)
	}, nil)
	return w
}

// oauth2 points the default credential at the world's own endpoint; the client is made anew.
func (l *login) client(t *testing.T) *world {
	w := l.world(t)
	w.at.APIs["genesyscloud"].Credentials = map[string]target.Credential{
		"default": {OAuth2: &target.OAuth2{TokenURL: w.server.URL + "/oauth/token", ClientID: "the-id", ClientSecret: "the-secret"}},
	}
	c, err := New(Options{API: w.API(), Target: w.at, Sink: w.kept.Write})
	if err != nil {
		t.Fatal(err)
	}
	w.Client = c
	t.Cleanup(c.Close)
	return w
}

func TestTheTokenIsFetchedOnceForAll(t *testing.T) {
	l := &login{expires: 3600}
	w := l.client(t)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if e := w.send(Request{Operation: w.op("getLicenseDefinitions")}); e.Err != nil {
				t.Error(e.Err)
			}
		})
	}
	all.Wait()
	if n := l.fetched.Load(); n != 1 {
		t.Errorf("the token was fetched %d times", n)
	}
	for _, asked := range w.requests() {
		if asked.Target == "/oauth/token" {
			if asked.Body != "grant_type=client_credentials" || asked.Header.Get("Authorization") != "Basic dGhlLWlkOnRoZS1zZWNyZXQ=" {
				t.Errorf("the endpoint was asked with %+v", asked)
			}
		} else if asked.Header.Get("Authorization") != "Bearer token-1" {
			t.Errorf("a request carried %s", asked.Header.Get("Authorization"))
		}
	}
	if sent := w.limiter.Sent(); sent["TOKEN"] != 1 || sent["GET"] != 10 || sent["POST"] != 0 {
		t.Errorf("counted %v", sent)
	}
	kept := w.last()
	if got := kept.Request.Header["Authorization"][0]; got != "Bearer $GENESYS_TOKEN" {
		t.Errorf("the evidence shows %s", got)
	}
}

func TestTheTokenIsFetchedAnewBeforeItExpires(t *testing.T) {
	l := &login{expires: 1}
	w := l.client(t)
	ask := func() {
		if e := w.send(Request{Operation: w.op("getLicenseDefinitions")}); e.Err != nil {
			t.Fatal(e.Err)
		}
	}
	ask()
	ask()
	if n := l.fetched.Load(); n != 1 {
		t.Fatalf("the token was fetched %d times at once", n)
	}
	time.Sleep(950 * time.Millisecond) // nine tenths of its life, and a little
	ask()
	if n := l.fetched.Load(); n != 2 {
		t.Errorf("the token was fetched %d times, want 2", n)
	}
}

func TestNoToken(t *testing.T) {
	for name, c := range map[string]struct {
		refuse  func(n int32) (int, string)
		fetched int32 // by two requests, one after the other
		want    string
	}{
		"throttled with 400, then not": {
			func(n int32) (int, string) {
				if n == 1 {
					return 400, `{"error":"invalid_request","description":"rate limit exceeded. Expected rate cannot exceed 300"}`
				}
				return 0, ""
			}, 2, "",
		},
		"throttled with 429, then not": {
			func(n int32) (int, string) { return map[int32]int{1: 429, 2: 429}[n], "" }, 3, "",
		},
		"out of order for a moment": {func(n int32) (int, string) { return map[int32]int{1: 503}[n], "" }, 2, ""},
		"throttled for ever": {
			func(int32) (int, string) {
				return 400, `{"error":"invalid_request","error_description":"Rate limit exceeded"}`
			}, 3, "credential default: no token: URL answered 400 invalid_request",
		},
		"a wrong secret": {
			func(int32) (int, string) { return 401, `{"error":"invalid_client","description":"no such client"}` }, 1,
			"credential default: no token: URL answered 401 invalid_client",
		},
		"a bad request":             {func(int32) (int, string) { return 400, `{"error":"invalid_request"}` }, 1, "credential default: no token: URL answered 400 invalid_request"},
		"an answer that is no JSON": {func(int32) (int, string) { return 200, "<html>" }, 2, "credential default: no token: URL answered 200 with a body that is no JSON"},
		"an answer without a token": {func(int32) (int, string) { return 200, "{}" }, 2, "credential default: no token: URL answered 200 without an access_token"},
		"a token of another type":   {func(int32) (int, string) { return 200, `{"access_token":"t","token_type":"mac"}` }, 2, `credential default: no token: URL answered with a token of type "mac", not bearer`},
	} {
		t.Run(name, func(t *testing.T) {
			l := &login{expires: 3600, refuse: c.refuse}
			w := l.client(t)
			for range 2 {
				e := w.send(Request{Operation: w.op("getLicenseDefinitions")})
				want := strings.Replace(c.want, "URL", w.server.URL+"/oauth/token", 1)
				if c.want == "" && e.Err != nil || c.want != "" && (e.Err == nil || !strings.HasPrefix(e.Err.Error(), want)) {
					t.Errorf("-want +got\n-%s\n+%v", want, e.Err)
				}
			}
			if n := l.fetched.Load(); n != c.fetched {
				t.Errorf("the endpoint was asked %d times, want %d", n, c.fetched)
			}
		})
	}
}

func TestWrongNeedsNoToken(t *testing.T) {
	l := &login{}
	w := l.client(t)
	if e := w.send(Request{Operation: w.op("getLicenseDefinitions"), Credential: Wrong}); e.Err != nil {
		t.Fatal(e.Err)
	}
	if n := l.fetched.Load(); n != 0 {
		t.Errorf("the token was fetched %d times", n)
	}
	if got := w.requests()[0].Header.Get("Authorization"); !strings.HasPrefix(got, "Bearer ") || len(got) < 20 {
		t.Errorf("it carried %q", got)
	}
}

// endpoint answers token requests without a network.
type endpoint func() (status int, body string)

func (f endpoint) RoundTrip(*http.Request) (*http.Response, error) {
	status, body := f()
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func TestAFailedEndpointIsLeftInPeace(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   []int // how often it was asked: after one request, after another at once, after another a minute later
	}{
		"it said no":        {401, `{"error":"invalid_client"}`, []int{1, 1, 1}},
		"it was throttling": {400, `{"error":"invalid_request","description":"rate limit exceeded"}`, []int{3, 3, 6}},
		"it was down":       {503, "", []int{3, 3, 6}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				client := &Client{target: &target.Target{Limits: target.Limits{Timeout: time.Second}}, limiter: NewLimiter(target.Limits{})}
				source := &tokenSource{client: client, turn: make(chan struct{}, 1), grant: target.OAuth2{TokenURL: "http://localhost/t"}, via: endpoint(func() (int, string) {
					asked++
					return c.status, c.body
				})}
				var got []int
				for _, pause := range []time.Duration{0, 0, time.Minute} {
					time.Sleep(pause)
					if _, err := source.headers(t.Context()); err == nil {
						t.Error("it handed a token out")
					}
					got = append(got, asked)
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
			})
		})
	}
}
