// What a load run measured, as its reader sees it.

// Package measure adds the seconds of a load run up, and holds objectives against the sum. It is pure.
package measure

import (
	"slices"
	"time"

	"harness/internal/evidence"
	"harness/internal/histogram"
)

// Measurement is how one operation fared in one scenario. Times are in seconds.
type Measurement struct {
	Scenario   string `json:"scenario"`
	API        string `json:"api"`
	Operation  string `json:"operation"` // "*" for the whole scenario
	Verdict    string `json:"verdict"`   // one of the verdicts below
	Reason     string `json:"reason,omitempty"`
	Due        int64  `json:"due"`      // requests that the schedule wanted
	Sent       int64  `json:"sent"`     // those that left
	Answered   int64  `json:"answered"` // those that got an answer of whatever status
	Errors     int64  `json:"errors"`
	Throttled  int64  `json:"throttled"`
	Validated  int64  `json:"validated"`
	Violations int64  `json:"violations"` // answers that broke the contract in some way
	// Seconds is how long the scenario ran, warm-up left out.
	Seconds float64 `json:"seconds"`
	// ResponseTime runs from the moment a request was due, ServiceTime from the moment it left; Lag lies between.
	ResponseTime Quantiles `json:"responseTime"`
	ServiceTime  Quantiles `json:"serviceTime"`
	Lag          Quantiles `json:"lag"`
}

// The verdicts of a measurement.
const (
	Pass    = "pass"
	Fail    = "fail"    // an objective was missed, or the contract broken
	Invalid = "invalid" // the generator was the bottleneck: the figures are not the server's
)

// Quantiles of a distribution of times, in seconds, to three digits.
type Quantiles struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99.9"`
	Max  float64 `json:"max"`
}

// Of reads the quantiles off a histogram.
func Of(h *histogram.Histogram) Quantiles {
	at := func(q float64) float64 { return h.Quantile(q).Seconds() }
	return Quantiles{P50: at(0.5), P90: at(0.9), P99: at(0.99), P999: at(0.999), Max: h.Max().Seconds()}
}

// Sum is what some requests add up to.
type Sum struct {
	Due, Sent, Answered, Errors, Throttled, Held, Validated, Violating, Bytes int64

	Violations map[string]int64 // by requirement
	Causes     map[string]int64 // of errors
	Response   histogram.Histogram
	Service    histogram.Histogram
	Lag        histogram.Histogram
}

// Key says which requests of a scenario are meant; a zero member means all of that kind.
type Key struct {
	Operation string
	Size      int
}

// Total is the sum over the ticks that keep keeps, of the requests that key names. The time of requests without an
// answer counts as well: to the one who waited it was time.
func Total(ticks []evidence.Tick, key Key, keep func(*evidence.Tick) bool) *Sum {
	s := &Sum{Violations: map[string]int64{}, Causes: map[string]int64{}}
	for i := range ticks {
		t := &ticks[i]
		if keep != nil && !keep(t) {
			continue
		}
		s.Due += t.Due
		for j := range t.Operations {
			if p := &t.Operations[j]; (key.Operation == "" || key.Operation == p.Operation) && (key.Size == 0 || key.Size == p.Size) {
				s.add(p)
			}
		}
	}
	return s
}

func (s *Sum) add(p *evidence.TickPart) {
	s.Sent += p.Sent
	s.Answered += p.Answered
	s.Errors += p.Errors
	s.Throttled += p.Throttled
	s.Held += p.Held
	s.Validated += p.Validated
	s.Violating += p.Violating
	s.Bytes += p.Bytes
	for id, n := range p.Violations {
		s.Violations[id] += n
	}
	for cause, n := range p.Causes {
		s.Causes[cause] += n
	}
	for _, c := range p.Classes {
		s.Response.Merge(c.Response)
		s.Service.Merge(c.Service)
	}
	s.Lag.Merge(p.Lag)
}

// Counting keeps the ticks that are not warm-up.
func Counting(t *evidence.Tick) bool { return !t.Warmup }

// Span is how long the counting part of a scenario ran.
func Span(ticks []evidence.Tick) time.Duration {
	var seconds []int
	for i := range ticks {
		if Counting(&ticks[i]) {
			seconds = append(seconds, ticks[i].Second)
		}
	}
	slices.Sort(seconds)
	return time.Duration(len(slices.Compact(seconds))) * time.Second
}
