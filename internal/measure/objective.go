// Objectives held against what was measured, over the whole and over windows.

package measure

import (
	"cmp"
	"fmt"
	"time"

	"harness/internal/evidence"
	"harness/internal/histogram"
)

// Held is how an objective fared.
type Held struct {
	evidence.Objective
	Value   float64 // over the whole, in the unit of Limit
	Judged  bool    // there was something to judge
	Kept    bool
	Windows int     // judged, when the objective names a window
	Missed  int     // of them
	Worst   float64 // the worst window's value
	First   int     // second with which the first missed window begins
}

// Percentiles are the metrics that are times, with the share of requests that lies within.
var Percentiles = map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999, "max": 1}

// Metrics lists every metric that an objective may name.
var Metrics = []string{"p50", "p90", "p95", "p99", "p99.9", "max", "errors", "throttled", "violations", "rate"}

// fewest is how many requests a window must hold for its percentile to say anything; a window at the end may be cut.
const fewest = 10

// Hold holds an objective against the ticks of its scenario.
func Hold(o evidence.Objective, ticks []evidence.Tick) Held {
	h := Held{Objective: o, Kept: true, First: -1}
	h.Value, h.Judged = value(o, ticks, Counting)
	if !h.Judged {
		return h
	}
	h.Kept = keeps(o, h.Value)
	h.Worst = h.Value
	if o.Window <= 0 {
		return h
	}
	first, last := bounds(ticks)
	width := max(1, int(o.Window))
	for from := first; from+width <= last+1; from += width {
		v, judged := value(o, ticks, func(t *evidence.Tick) bool {
			return Counting(t) && t.Second >= from && t.Second < from+width
		})
		if !judged {
			continue
		}
		h.Windows++
		if h.Windows == 1 || worse(o, v, h.Worst) {
			h.Worst = v
		}
		if !keeps(o, v) {
			h.Missed++
			h.Kept = false
			if h.First < 0 {
				h.First = from
			}
		}
	}
	return h
}

func bounds(ticks []evidence.Tick) (first, last int) {
	first, last = -1, -1
	for i := range ticks {
		if t := &ticks[i]; Counting(t) {
			if first < 0 || t.Second < first {
				first = t.Second
			}
			last = max(last, t.Second)
		}
	}
	return max(first, 0), last
}

// value is the metric of an objective over some ticks. A server that answers nothing has no percentiles, and yet it
// keeps none: the time of a request that failed counts as well.
func value(o evidence.Objective, ticks []evidence.Tick, keep func(*evidence.Tick) bool) (float64, bool) {
	key := Key{}
	if o.Operation != "*" {
		key.Operation = o.Operation
	}
	s := Total(ticks, key, keep)
	share := func(n int64) (float64, bool) { return float64(n) / float64(max(s.Sent, 1)), s.Sent > 0 }
	if q, ok := Percentiles[o.Metric]; ok {
		return s.Response.Quantile(q).Seconds(), s.Response.Count() >= fewest
	}
	switch o.Metric {
	case "errors":
		return share(s.Errors)
	case "throttled":
		return share(s.Throttled + s.Held)
	case "violations":
		return float64(s.Violating) * 1e5 / float64(max(s.Validated, 1)), s.Validated > 0
	case "rate":
		// Of an operation nobody knows what was due; what was sent stands for it.
		due := s.Due
		if o.Operation != "*" {
			due = s.Sent + s.Held
		}
		return float64(s.Answered-s.Throttled) / float64(max(due, 1)), due > 0
	}
	return 0, false
}

func keeps(o evidence.Objective, v float64) bool {
	if o.Metric == "rate" {
		return v >= o.Limit
	}
	return v <= o.Limit
}

func worse(o evidence.Objective, a, b float64) bool {
	if o.Metric == "rate" {
		return a < b
	}
	return a > b
}

// Show writes a value of a metric as a reader would: 12.3ms, 0.1%, 3 in 100,000.
func Show(metric string, v float64) string {
	switch {
	case Percentiles[metric] > 0:
		d := time.Duration(v * float64(time.Second))
		switch {
		case d < time.Millisecond:
			return d.Round(time.Microsecond).String()
		case d < 100*time.Millisecond:
			return d.Round(10 * time.Microsecond).String()
		}
		return d.Round(time.Millisecond).String()
	case metric == "violations":
		return fmt.Sprintf("%.3g in 100,000", v)
	}
	return fmt.Sprintf("%.3g%%", v*100)
}

// Bounds of a generator that can be believed.
const (
	believableLate   = 0.01                 // share of requests that left late by the generator's own fault
	believablePacing = 2 * time.Millisecond // p99 of how late the pacer woke, unless the answers take ten times as long
	believableCPU    = 0.95                 // of the cores, in more than a fifth of the seconds, while the pacer is late
	believableSteal  = 0.10                 // share of the machine taken by other guests
	believablePause  = 0.1                  // seconds that the collector stopped the generator in one second
)

// Doubt says why the figures of a run are not the server's but the generator's, and what to change; "" when they can
// be believed.
func Doubt(ticks []evidence.Tick) string {
	var pacing histogram.Histogram
	var late, starved, exhausted int64
	var busy, stolen, seconds, paused int
	steal := 0.0
	for i := range ticks {
		g := ticks[i].Generator
		if g == nil || ticks[i].Warmup {
			continue
		}
		seconds++
		pacing.Merge(g.Pacing)
		late += g.Late
		starved += g.Starved
		exhausted += int64(g.Exhausted)
		if g.Machine >= believableCPU || g.Cores > 0 && g.CPU >= believableCPU*float64(g.Cores) {
			busy++
		}
		if g.Steal > believableSteal {
			stolen++
			steal = max(steal, g.Steal)
		}
		if g.GCPause > believablePause {
			paused++
		}
	}
	s := Total(ticks, Key{}, Counting)
	p99 := pacing.Quantile(0.99)
	unpunctual := pacing.Count() >= fewest && p99 > believablePacing && p99 > s.Response.Quantile(0.99)/10
	tooLate := s.Due > 0 && float64(late) > believableLate*float64(s.Due)
	switch {
	case exhausted > 0:
		return fmt.Sprintf("%d requests found no descriptor or port on this machine; raise ulimit -n, or ask for fewer workers", exhausted)
	case paused > 0 && tooLate:
		return fmt.Sprintf("the collector stopped the generator for more than %g s in %s; give it more memory, or ask for less", believablePause, of(paused, seconds))
	case (unpunctual || tooLate) && stolen*5 > seconds:
		return fmt.Sprintf("other guests took up to %.0f%% of this machine, and requests left late; use a quieter one", steal*100)
	case (unpunctual || tooLate) && busy*5 > seconds:
		return fmt.Sprintf("the processor was full in %s, and %s; use a machine with more cores, or a lower rate", of(busy, seconds), lateness(late, s.Due, p99))
	case tooLate || unpunctual:
		return lateness(late, s.Due, p99) + "; lower the rate, or use a quieter machine"
	}
	return ""
}

func of(n, all int) string { return fmt.Sprintf("%d of %d seconds", n, all) }

func lateness(late, due int64, p99 time.Duration) string {
	return fmt.Sprintf("%.2g%% of the requests left late by the generator's own fault (p99 of its waking %s)",
		100*float64(late)/float64(cmp.Or(due, 1)), p99.Round(10*time.Microsecond))
}
