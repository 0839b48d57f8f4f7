// Objectives held against what was measured, over the whole and over windows.

package measure

import (
	"fmt"
	"time"

	"harness/internal/evidence"
)

// Held is how an objective fared.
type Held struct {
	evidence.Objective
	Value   float64 `json:"value"`  // over the whole, in the unit of Limit
	Judged  bool    `json:"judged"` // there was something to judge
	Kept    bool    `json:"kept"`
	Windows int     `json:"windows,omitempty"` // judged, when the objective names a window
	Missed  int     `json:"missed,omitempty"`  // of them
	Worst   float64 `json:"worst"`             // the worst window's value; without windows that of the whole
	First   int     `json:"first"`             // second with which the first missed window begins; -1 for none
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
	width := max(1, int(o.Window))
	for _, s := range stretches(ticks) {
		for from := s.first; from+width <= s.last+1; from += width {
			v, judged := value(o, ticks, func(t *evidence.Tick) bool {
				return Counting(t) && t.Level == s.level && t.Second >= from && t.Second < from+width
			})
			if judged {
				h.window(from, v)
			}
		}
	}
	return h
}

// window takes in the value of the window that begins with a second.
func (h *Held) window(from int, v float64) {
	h.Windows++
	if h.Windows == 1 || worse(h.Objective, v, h.Worst) {
		h.Worst = v
	}
	if keeps(h.Objective, v) {
		return
	}
	h.Missed++
	h.Kept = false
	if h.First < 0 {
		h.First = from
	}
}

// Unanswered is the value of a percentile that lies among the requests without an answer, in seconds: longer than any
// histogram holds. A connection that is refused at once is no quick answer.
const Unanswered = 3600.0

// value is the metric of an objective over some ticks.
func value(o evidence.Objective, ticks []evidence.Tick, keep func(*evidence.Tick) bool) (float64, bool) {
	s := Total(ticks, OperationKey(o.Operation), keep)
	share := func(n int64) (float64, bool) { return float64(n) / float64(max(s.Sent, 1)), s.Sent > 0 }
	if q, ok := Percentiles[o.Metric]; ok {
		if lost := s.Sent - s.Answered; lost > 0 && float64(s.Answered) < q*float64(s.Sent) {
			return Unanswered, s.Sent >= fewest
		}
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
	case Percentiles[metric] > 0 && v >= Unanswered:
		return "without an answer"
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
		if v >= 1000 {
			return fmt.Sprintf("%.0f in 100,000", v)
		}
		return fmt.Sprintf("%.3g in 100,000", v)
	}
	return fmt.Sprintf("%.3g%%", v*100)
}
