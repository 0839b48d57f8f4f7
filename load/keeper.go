// Which answers that broke the contract are kept whole: the first few of each kind. All of them are counted.

package load

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"harness/internal/client"
	"harness/specs"
)

// keptEach is how many exchanges are kept of those that break a requirement on one operation, keptAll of all together.
const (
	keptEach = 3
	keptAll  = 60
)

// keeper counts what was kept.
type keeper struct {
	mu   sync.Mutex
	each map[[2]string]int
	all  int
}

func newKeeper() *keeper { return &keeper{each: map[[2]string]int{}} }

// wants says whether an exchange that breaks these requirements is still wanted.
func (k *keeper) wants(operation string, departures []specs.Departure) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all >= keptAll {
		return false
	}
	wanted := false
	for _, d := range departures {
		key := [2]string{operation, d.Requirement}
		if k.each[key] < keptEach {
			wanted = true
		}
		k.each[key]++
	}
	if wanted {
		k.all++
	}
	return wanted
}

// keep leaves the exchange in the evidence, with everything that it takes to send it again.
func (r *run) keep(s *slot, a *Answer, departures []specs.Departure, began, took time.Duration) {
	op := s.ask.Operation
	if !r.violations.wants(op.ID, departures) {
		return
	}
	way := r.ways[op.index]
	e := &client.Exchange{
		ID: way.client.NewID(),
		Request: client.Request{
			Operation: op.Operation, Raw: strings.Clone(s.ask.Target), Body: slices.Clone(s.ask.Body), Case: "load " + r.plan.Scenario.Name,
		},
		Status: a.Status, Header: a.header(), Body: slices.Clone(a.Body), Departures: departures,
		Started: r.clock.began.Add(began).UTC(), Seconds: took.Seconds(),
	}
	header := http.Header{}
	if h := way.header.Load(); h != nil {
		header = *h
	}
	way.client.Leave(e, header)
}

// header is the answer's, with its length: transports for load may leave that one out, for it differs from answer to
// answer where the others are mostly the same.
func (a *Answer) header() http.Header {
	header := a.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if a.Length >= 0 && header["Content-Length"] == nil {
		header["Content-Length"] = []string{strconv.FormatInt(a.Length, 10)}
	}
	return header
}
