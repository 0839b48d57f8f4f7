// Benchmarks: how soon a million licences are served, and how long a scan of them takes.

package reference

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

const million = 1_000_000

// BenchmarkStart1M makes a server of a million licences.
func BenchmarkStart1M(b *testing.B) {
	for b.Loop() {
		newServer(b, Options{Licenses: million})
	}
}

// served is one server of a million licences for all benchmarks, because it takes a while to make.
var served = sync.OnceValue(func() *Server {
	s, err := New(Options{Licenses: million})
	if err != nil {
		panic(err)
	}
	return s
})

// BenchmarkScan1M reads pages of 100 anywhere in the key space. The time is the server's: no socket is involved.
func BenchmarkScan1M(b *testing.B) {
	s := served()
	for _, scan := range []struct{ name, query string }{
		{"key", ""},
		{"role", "&role=ROLE_EXT_ADMIN"},
		{"rareRole", "&role=" + rareRole},
		{"attribute", "&name=tier&value=%%22premium%%22"},
		{"rareAttribute", "&name=externalId&value=%%22EXT-900%%22"},
		{"product", "&name=edition&value=%%22g2m-b%%22&product=g2m"},
	} {
		b.Run(scan.name, func(b *testing.B) {
			target := "/v2/licenses?count=100&startKey=%d" + scan.query
			send(s, get(target, 0)) // builds the index
			w := &discard{header: make(http.Header)}
			n := uint64(0)
			for b.Loop() {
				n++
				r := httptest.NewRequest(http.MethodGet, fmt.Sprintf(target, spread(1, 2, n)), nil)
				r.Header.Set("ClientName", s.principals.ClientName)
				r.Header.Set("ClientSecret", s.principals.ClientSecret)
				s.ServeHTTP(w, r)
			}
			if w.status != http.StatusOK {
				b.Fatalf("status %d", w.status)
			}
		})
	}
}

// discard is a response that nobody reads.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }
