// Figures: times and counts of two runs, told apart by a test and not by the eye.

package history

import (
	"fmt"
	"math"
	"slices"

	"github.com/aclements/go-moremath/stats"
	"golang.org/x/perf/benchmath"

	"harness/internal/evidence"
	"harness/internal/measure"
)

// Figure is one thing that was measured in a run: a sample of a distribution, or a count out of a total.
type Figure struct {
	Scenario  string // "" for the answers of a contract run
	API       string
	Operation string // "*" for a whole scenario
	Name      string // such as "service time"; the same in both runs
	Unit      string // "s" for a time, of which less is better
	Samples   []float64
	Count     int64  // of those that have a Total
	Total     int64  // 0 for a figure with samples
	Invalid   string // why the figure is not the server's; "" when it is
	Under     string // the pace under which it was measured; "" for a contract run
}

const (
	// alpha is shared among all figures of a comparison, so that of a hundred that did not change none is told by chance.
	alpha = 0.05
	// slight is the change below which a difference is not told however certain it is: one machine, asked twice, differs
	// by as much.
	slight = 0.1
)

// LoadFigures are those of a load run: the times and the answers of each second of a scenario and operation, warm-up
// left out, and its errors and violations. Without the ticks of its evidence a time is a single value, of which nothing
// can be said. Played are the scenarios; of a search for the highest rate only the ticks at the rate that it found are
// looked at.
func LoadFigures(ticks []evidence.Tick, measurements []measure.Measurement, played ...measure.Series) []Figure {
	var all []Figure
	for _, m := range measurements {
		if m.Sent == 0 {
			continue
		}
		f := Figure{Scenario: m.Scenario, API: m.API, Operation: m.Operation}
		if m.Verdict == measure.Invalid {
			f.Invalid = "the generator was the bottleneck"
		}
		own := slices.DeleteFunc(slices.Clone(ticks), func(t evidence.Tick) bool { return t.Scenario != m.Scenario })
		for _, s := range played {
			if s.Scenario == m.Scenario {
				f.Under, own = s.Pace, s.Judged(own)
			}
		}
		var p50, p99, answered []float64
		for _, sum := range measure.Seconds(own, measure.OperationKey(m.Operation), measure.Counting) {
			answered = append(answered, float64(sum.Answered-sum.Throttled))
			if sum.Response.Count() > 0 {
				q := measure.Of(&sum.Response)
				p50, p99 = append(p50, q.P50), append(p99, q.P99)
			}
		}
		if len(p50) == 0 {
			p50, p99 = []float64{m.ResponseTime.P50}, []float64{m.ResponseTime.P99}
		}
		if len(answered) == 0 && m.Seconds > 0 {
			answered = []float64{float64(m.Answered-m.Throttled) / m.Seconds}
		}
		all = append(all, f.of("response time p50", "s", p50), f.of("response time p99", "s", p99))
		if len(answered) > 0 {
			all = append(all, f.of("answered", "1/s", answered))
		}
		for _, s := range played {
			if s.Scenario == m.Scenario && s.Search != nil && m.Operation == "*" {
				all = append(all, f.of("highest rate that holds", "1/s", []float64{s.Search.Holds}))
			}
		}
		all = append(all,
			f.out("errors", m.Errors, m.Sent), f.out("violations", m.Violations, m.Validated))
	}
	return all
}

func (f Figure) of(name, unit string, samples []float64) Figure {
	f.Name, f.Unit, f.Samples = name, unit, samples
	return f
}

func (f Figure) out(name string, count, total int64) Figure {
	f.Name, f.Count, f.Total = name, count, max(total, count)
	return f
}

// figures are all that a run has: how long the answers of each operation took, and what the run brings further.
func (s Snapshot) figures() []Figure {
	var all []Figure
	for _, b := range s.Behaviour {
		if len(b.Seconds) > 0 {
			all = append(all, Figure{API: b.API, Operation: b.Operation, Name: "service time", Unit: "s", Samples: b.Seconds})
		}
	}
	return append(all, s.Figures...)
}

// measured compares every figure that both runs have.
func measured(base, run Snapshot) []Measured {
	type pair struct{ was, is Figure }
	var pairs []pair
	before := base.figures()
	for _, is := range run.figures() {
		if is.Scenario == "" && !alike(base, run) {
			continue // other requests take other times
		}
		i := slices.IndexFunc(before, func(was Figure) bool {
			return was.Scenario == is.Scenario && was.API == is.API && was.Operation == is.Operation && was.Name == is.Name && was.Unit == is.Unit
		})
		if i >= 0 && (before[i].Total > 0) == (is.Total > 0) {
			pairs = append(pairs, pair{before[i], is})
		}
	}
	all := []Measured{}
	for _, p := range pairs {
		all = append(all, compareFigures(p.was, p.is, alpha/float64(len(pairs))))
	}
	return all
}

func compareFigures(was, is Figure, alpha float64) Measured {
	m := Measured{Scenario: is.Scenario, API: is.API, Operation: is.Operation, Figure: is.Name, Unit: is.Unit}
	if is.Total > 0 {
		m.Was, m.Is = was.share(), is.share()
		m.P = fisher(was.Count, was.Total, is.Count, is.Total)
	} else {
		t := &benchmath.Thresholds{CompareAlpha: alpha}
		a, b := benchmath.NewSample(slices.Clone(was.Samples), t), benchmath.NewSample(slices.Clone(is.Samples), t)
		m.Was, m.Is = middle(a), middle(b)
		test := benchmath.AssumeNothing.Compare(a, b)
		m.P = test.P
		if len(test.Warnings) > 0 {
			m.Note = fmt.Sprintf("%d and %d samples are too few to say", m.Was.N, m.Is.N)
		}
	}
	for _, f := range []Figure{was, is} {
		if f.Invalid != "" {
			m.Note = f.Invalid
		}
	}
	if was.Under != is.Under {
		// Another load takes another time: nothing is to be told of the server.
		m.Note = fmt.Sprintf("another pace: %s, then %s", was.Under, is.Under)
	}
	m.Change, m.Verdict = told(m, alpha, was.Invalid != "" || is.Invalid != "" || was.Under != is.Under)
	return m
}

// told puts a comparison into words; ~ where nothing can be said.
func told(m Measured, alpha float64, invalid bool) (change, verdict string) {
	was, is := m.Was.Value, m.Is.Value
	if invalid || was == is || m.P > alpha || was != 0 && math.Abs(is/was-1) < slight {
		return "~", "~"
	}
	change = "from none"
	if was != 0 {
		change = fmt.Sprintf("%+.0f%%", (is/was-1)*100)
	}
	switch {
	case m.Unit == "s" && is < was:
		return change, "faster"
	case m.Unit == "s":
		return change, "slower"
	case is < was:
		return change, "lower"
	}
	return change, "higher"
}

func middle(s *benchmath.Sample) Estimate {
	if len(s.Values) == 0 {
		return Estimate{Doubt: "±∞"}
	}
	sum := benchmath.AssumeNothing.Summary(s, 0.95)
	return Estimate{Value: sum.Center, Doubt: "±" + sum.PctRangeString(), N: len(s.Values)}
}

// share is the count as a share of its total.
func (f Figure) share() Estimate {
	return Estimate{Value: float64(f.Count) / float64(f.Total), N: int(f.Total)}
}

// fisher is the chance that two counts out of totals differ by as much or more when nothing but chance makes them
// (Fisher's exact test, both sides).
func fisher(a, of, b, others int64) float64 {
	d := stats.HypergeometicDist{N: int(of + others), K: int(a + b), Draws: int(of)}
	mean := d.Mean()
	away, rounding := math.Abs(float64(a)-mean), 1e-9
	low, high := d.CDF(math.Floor(mean-away+rounding)), 1-d.CDF(math.Ceil(mean+away-rounding)-1)
	return min(max(low+high, math.SmallestNonzeroFloat64), 1)
}
