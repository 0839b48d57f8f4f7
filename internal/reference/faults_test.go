// Every fault changes an answer, and none of them stops the server from answering.

package reference

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFaultTable(t *testing.T) {
	id := regexp.MustCompile(`^(GOTO|GC)((-[A-Z]+)+-\d\d|-DOC-[A-Za-z]+)$`)
	seen := make(map[string]bool)
	for _, f := range Faults() {
		if seen[f.Name] || !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(f.Name) {
			t.Errorf("%s: not a new kebab-case name", f.Name)
		}
		seen[f.Name] = true
		if f.Summary == "" || len(f.Breaks) == 0 {
			t.Errorf("%s: no summary, or breaks nothing", f.Name)
		}
		prefix := map[string]string{accountAPI: "GOTO-", genesysAPI: "GC-"}[f.API]
		for _, r := range f.Breaks {
			if !id.MatchString(r) || !strings.HasPrefix(r, prefix) {
				t.Errorf("%s: %q is no requirement of %s", f.Name, r, f.API)
			}
		}
	}
	if len(seen) < 110 {
		t.Errorf("%d faults", len(seen))
	}
}

func TestUnknownFaultNamesTheNearest(t *testing.T) {
	_, err := New(Options{Faults: []string{"toggle-flip"}})
	if err == nil || !strings.Contains(err.Error(), `no fault "toggle-flip"; the nearest are [toggle-flips `) {
		t.Errorf("got %v", err)
	}
}

// simultaneousOnly are the faults that show only while several requests are being answered, or very many.
var simultaneousOnly = map[string]bool{SharedCursor: true, Crosstalk: true, CrosstalkRare: true, GenesysCrosstalk: true}

func TestEachFaultChangesAnAnswer(t *testing.T) {
	conforming := newServer(t, Options{})
	accountRequests, genesysRequests := accountProbes(t, conforming), genesysProbes(conforming)
	probes := append(accountRequests, genesysRequests...)
	want := transcript(newServer(t, Options{}), probes)
	if diff := cmp.Diff(want, transcript(newServer(t, Options{}), probes)); diff != "" {
		t.Fatalf("two conforming servers with one seed differ (-first +second):\n%s", diff)
	}
	for i, line := range want {
		if strings.HasPrefix(line, "5") {
			t.Errorf("%s: %s", probes[i], line)
		}
	}
	for _, f := range Faults() {
		if simultaneousOnly[f.Name] {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, Options{Faults: []string{f.Name}})
			changed := 0
			for i, q := range probes {
				onAccount := i < len(accountRequests)
				own := onAccount == (f.API == accountAPI)
				if onAccount && (own && changed > 0 || !own && i%16 > 0) {
					continue // the account service keeps no state: one changed answer is enough, and a sample of the unchanged
				}
				got := line(s, i, q)
				if got == want[i] {
					continue
				}
				changed++
				if !own {
					t.Errorf("%s: changed by a fault of %s", q, f.API)
				}
			}
			if changed == 0 {
				t.Errorf("none of %d answers changed; a request that meets the fault belongs into probe_test.go", len(probes))
			}
		})
	}
}

// TestSimultaneousFaults sends requests together and counts the answers that belong to another request.
func TestSimultaneousFaults(t *testing.T) {
	for _, f := range []string{"", SharedCursor, Crosstalk, GenesysCrosstalk} {
		t.Run(f, func(t *testing.T) {
			t.Parallel()
			var faults []string
			if f != "" {
				faults = []string{f}
			}
			s := newServer(t, Options{Faults: faults})
			licences := s.between(0, highestKey, 40)
			var wg sync.WaitGroup
			var mu sync.Mutex
			mixed := 0
			for i, l := range licences {
				wg.Go(func() {
					for range 20 {
						for want, q := range map[string]request{
							`{"key":` + formatKey(l.key) + ",":            get("/v2/licenses/%d", l.key),
							`[{"key":` + formatKey(l.key) + ",":           get("/v2/licenses?startKey=%d&count=2", l.key),
							`{"id":"` + s.directory.users[i].id + `","li`: get("/api/v2/license/users/%s", s.directory.users[i].id),
						} {
							if rec := send(s, q); rec.Code != http.StatusOK || !strings.HasPrefix(rec.Body.String(), want) {
								mu.Lock()
								mixed++
								mu.Unlock()
							}
						}
					}
				})
			}
			wg.Wait()
			if (mixed > 0) != (f != "") {
				t.Errorf("%d answers mixed up", mixed)
			}
		})
	}
}
