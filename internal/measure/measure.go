// What a load run measured, as its reader sees it.

// Package measure adds the seconds of a load run up, and holds objectives against the sum. It is pure.
package measure

import (
	"iter"
	"maps"
	"slices"

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
	Untested = "untested" // nothing was sent
	Pass     = "pass"
	Fail     = "fail"    // an objective was missed, the contract broken, or nothing answered
	Invalid  = "invalid" // the generator was the bottleneck: the figures are not the server's
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
		if t := &ticks[i]; keep == nil || keep(t) {
			s.take(t, key)
		}
	}
	return s
}

func (s *Sum) take(t *evidence.Tick, key Key) {
	s.Due += t.Due
	for j := range t.Operations {
		if p := &t.Operations[j]; (key.Operation == "" || key.Operation == p.Operation) && (key.Size == 0 || key.Size == p.Size) {
			s.add(p)
		}
	}
}

// reset makes the sum that of nothing, and keeps its memory.
func (s *Sum) reset() {
	response, service, lag := s.Response, s.Service, s.Lag
	response.Reset()
	service.Reset()
	lag.Reset()
	*s = Sum{Violations: map[string]int64{}, Causes: map[string]int64{}, Response: response, Service: service, Lag: lag}
}

// Seconds hands out the sum of each second in which something came due or left, in their order; what was done later
// than its second is part of it. The sum is the next one's as soon as the body is left.
func Seconds(ticks []evidence.Tick, key Key, keep func(*evidence.Tick) bool) iter.Seq2[int, *Sum] {
	return func(yield func(int, *Sum) bool) {
		by := bySecond(ticks, keep)
		sum := &Sum{}
		for _, second := range slices.Sorted(maps.Keys(by)) {
			sum.reset()
			for _, t := range by[second] {
				sum.take(t, key)
			}
			if (sum.Due > 0 || sum.Sent > 0) && !yield(second, sum) {
				return
			}
		}
	}
}

func bySecond(ticks []evidence.Tick, keep func(*evidence.Tick) bool) map[int][]*evidence.Tick {
	by := map[int][]*evidence.Tick{}
	for i := range ticks {
		if t := &ticks[i]; keep == nil || keep(t) {
			by[t.Second] = append(by[t.Second], t)
		}
	}
	return by
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

// OperationKey is the key of an operation; "*" stands for all of a scenario.
func OperationKey(operation string) Key {
	if operation == "*" {
		operation = ""
	}
	return Key{Operation: operation}
}
