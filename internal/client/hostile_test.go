// One request to every kind of hostile server, and one for a token: it comes back in time, says little, and follows
// nothing.

package client

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"harness/internal/evidence"
	"harness/internal/exact"
	"harness/internal/hostile"
	"harness/internal/target"
	"harness/specs"
)

const hostileTimeout = 300 * time.Millisecond

// hostileWorld is a client of an API on a hostile server whose token comes from there, too; evidence is what it keeps.
func hostileWorld(t *testing.T, kind hostile.Kind, o hostile.Options) (*Client, *evidence.Recorder) {
	t.Helper()
	o.Behind = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/oauth/token" {
			_, _ = w.Write([]byte(`{"access_token":"the-token-of-the-test","token_type":"bearer","expires_in":3600}`))
			return
		}
		_, _ = w.Write([]byte(`[{"id":"a"}]`))
	})
	server, err := kind.Listen("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	at := &target.Target{
		Name: "hostile", Limits: target.Limits{Timeout: hostileTimeout, Concurrency: 4},
		APIs: map[string]*target.API{"genesyscloud": {URL: server.URL, Credentials: map[string]target.Credential{
			"default": {OAuth2: &target.OAuth2{TokenURL: server.URL + "/oauth/token", ClientID: "the-id", ClientSecret: "the-secret-of-the-test"}},
			"fixed":   {Bearer: "the-bearer-of-the-test"},
		}}},
	}
	if server.Authority != nil {
		at.TLS.CA = filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(at.TLS.CA, server.Authority, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	document, err := specs.Embedded("genesyscloud")
	if err != nil {
		t.Fatal(err)
	}
	kept := &evidence.Recorder{}
	c, err := New(Options{API: document, Target: at, Sink: kept.Write})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, kept
}

func TestEveryHostileServerIsSurvived(t *testing.T) {
	var all sync.WaitGroup
	for _, kind := range hostile.Kinds() {
		for _, credential := range []string{"fixed", Default} {
			c, kept := hostileWorld(t, kind, hostile.Options{})
			all.Go(func() {
				started := time.Now()
				e := c.Send(t.Context(), Request{Operation: c.API().Operation("getLicenseDefinitions"), Credential: credential})
				// Three tries, the pauses between them, three tries for a token, and a machine that does other things.
				if took := time.Since(started); took > 25*time.Second {
					t.Errorf("%s as %s: %s", kind.Name, credential, took)
				}
				if e.Err != nil && (len(e.Err.Error()) > 600 || exact.Printable(e.Err.Error()) != e.Err.Error()) {
					t.Errorf("%s as %s: an error of %d bytes: %.300q", kind.Name, credential, len(e.Err.Error()), e.Err)
				}
				if e.Err == nil && e.Status == 200 && len(e.Departures) == 0 && !harmless[kind.Name] {
					t.Errorf("%s as %s: nothing is wrong with %.200q", kind.Name, credential, e.Body)
				}
				recorded := kept.Run().Exchanges[0]
				if r := recorded.Response; r != nil && (len(r.Body) > keptBody*4/3+4 || headerSize(r.Header) > keptHeaders+1000) {
					t.Errorf("%s as %s: the evidence keeps %d bytes of body and %d of headers", kind.Name, credential, len(r.Body), headerSize(r.Header))
				}
				for _, d := range recorded.Departures {
					if len(d.Message) > 1100 || len(d.Pointer) > 1100 {
						t.Errorf("%s as %s: a departure of %d and %d bytes", kind.Name, credential, len(d.Pointer), len(d.Message))
					}
				}
			})
		}
	}
	all.Wait()
}

// harmless are the kinds that harm nobody who asks once, who reads HTTP as it is meant, or whose document allows any
// member.
var harmless = map[string]bool{
	"garbage-behind": true, "answers-twice": true, "answers-previous": true, "early-hints": true, "length-and-chunked": true,
	"name-1mb": true, "digits-10000": true, "exponent-huge": true, "page-too-long": true, "string-6mb": true,
	"many-headers": true,
}

func headerSize(h map[string][]string) (n int) {
	for name, values := range h {
		n += len(name) + len(strings.Join(values, ""))
	}
	return n
}

// Nothing is followed: neither for an answer nor for a token does another host see a request, let alone a secret.
func TestNoRedirectIsFollowed(t *testing.T) {
	var visits atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	defer other.Close()
	for _, kind := range hostile.Kinds() {
		if !strings.HasPrefix(kind.Name, "redirect-") {
			continue
		}
		c, _ := hostileWorld(t, kind, hostile.Options{Elsewhere: other.URL})
		for _, credential := range []string{"fixed", Default} {
			e := c.Send(t.Context(), Request{Operation: c.API().Operation("getLicenseDefinitions"), Credential: credential})
			if credential == "fixed" && e.Status/100 != 3 || credential == Default && !strings.Contains(e.Err.Error(), "no token") {
				t.Errorf("%s as %s: %d, %v", kind.Name, credential, e.Status, e.Err)
			}
		}
	}
	if visits.Load() > 0 {
		t.Errorf("%d requests came to another host", visits.Load())
	}
}

// An answer to a protocol that nobody asked for leaves the bare connection behind, which no deadline ends.
func TestSwitchingProtocolsDoesNotHoldTheClient(t *testing.T) {
	kind, err := hostile.Named("switching-protocols")
	if err != nil {
		t.Fatal(err)
	}
	c, _ := hostileWorld(t, kind, hostile.Options{})
	started := time.Now()
	e := c.Send(t.Context(), Request{Operation: c.API().Operation("getLicenseDefinitions"), Credential: "fixed"})
	if e.Status != http.StatusSwitchingProtocols || len(e.Departures) != 1 || time.Since(started) > hostileTimeout+2*time.Second {
		t.Errorf("%d, %v, %v after %s", e.Status, e.Err, e.Departures, time.Since(started))
	}
}
