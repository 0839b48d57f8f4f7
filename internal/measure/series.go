// A scenario over its time: what a plot of it shows.

package measure

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"

	"harness/internal/evidence"
	"harness/internal/histogram"
)

// mostPoints is how many points a timeline has at most; a longer run has several seconds in each.
const mostPoints = 1200

// Series is a scenario over its time, and its figures by what was asked. Times are in seconds.
type Series struct {
	Scenario     string            `json:"scenario"`
	Summary      string            `json:"summary"`
	Source       string            `json:"source"`
	Model        string            `json:"model"` // open or closed
	Pace         string            `json:"pace"`  // in words
	Transport    string            `json:"transport"`
	Note         string            `json:"note,omitempty"` // why another transport was used than was asked for; what the target has no data for
	Validate     string            `json:"validate"`       // all, sample=N or none
	Planned      float64           `json:"planned"`        // seconds that it was to run, warm-up left out; 0 for a search
	Warmup       float64           `json:"warmup"`
	Invalid      string            `json:"invalid,omitempty"` // why the figures are the generator's and not the server's
	Objectives   []Held            `json:"objectives"`
	Timeline     Timeline          `json:"timeline"`
	Operations   []OperationSeries `json:"operations"`
	Sizes        []Size            `json:"sizes"` // empty where requests have no size
	Distribution Distribution      `json:"distribution"`
	Stalls       []Stall           `json:"stalls"`
	Search       *Curve            `json:"search,omitempty"` // of a breakpoint search
	Generator    Health            `json:"generator"`
}

// Timeline is what happened in each stretch of Step seconds, one element a stretch. Counts are of the whole stretch. A
// request belongs to the stretch in which it was due.
type Timeline struct {
	Step       int     `json:"step"`
	Second     []int   `json:"second"` // with which each begins, warm-up included
	Warmup     int     `json:"warmup"` // how many of the first stretches do not count
	Marks      []Mark  `json:"marks"`  // where each level begins, for a pace that has levels
	Due        []int64 `json:"due"`
	Sent       []int64 `json:"sent"`
	Answered   []int64 `json:"answered"`
	Errors     []int64 `json:"errors"`
	Throttled  []int64 `json:"throttled"` // and held back because the server had asked for it
	Violations []int64 `json:"violations"`
	P50        Times   `json:"p50"` // of the response time, as the next three
	P90        Times   `json:"p90"`
	P99        Times   `json:"p99"`
	Max        Times   `json:"max"`
	Lag        Times   `json:"lag"`      // p99
	InFlight   []int   `json:"inFlight"` // the most at the end of a second
}

// Flaw says what keeps a series from being drawn, "" if nothing does: one that was read may have been edited.
func (s *Series) Flaw() string {
	t, d := &s.Timeline, &s.Distribution
	n := len(t.Second)
	for name, length := range map[string]int{
		"due": len(t.Due), "sent": len(t.Sent), "answered": len(t.Answered), "errors": len(t.Errors), "throttled": len(t.Throttled),
		"violations": len(t.Violations), "p50": len(t.P50), "p90": len(t.P90), "p99": len(t.P99), "max": len(t.Max), "lag": len(t.Lag), "inFlight": len(t.InFlight),
	} {
		if length != n {
			return fmt.Sprintf("its timeline has %d stretches, and %d of them have %s", n, length, name)
		}
	}
	if t.Warmup < 0 || t.Step < 0 {
		return "its timeline begins before it begins"
	}
	if len(d.Response) != len(d.Share) || len(d.Service) != len(d.Share) {
		return "its distribution has shares without times"
	}
	for _, op := range s.Operations {
		if len(op.P99) != n || len(op.Percentile) != len(d.Share) {
			return fmt.Sprintf("operation %s has another timeline, or another distribution", op.Operation)
		}
	}
	return ""
}

// Mark is where a level begins.
type Mark struct {
	Second int    `json:"second"`
	Level  string `json:"level"`
}

// OperationSeries is one operation over the stretches of the timeline.
type OperationSeries struct {
	API        string `json:"api"`
	Operation  string `json:"operation"`
	P99        Times  `json:"p99"`        // of the response time
	Percentile Times  `json:"percentile"` // the response time within which the shares of Distribution lie
}

// Size is what requests of one size came to.
type Size struct {
	Operation    string    `json:"operation"`
	Size         int       `json:"size"` // keys, users or count asked for
	Sent         int64     `json:"sent"`
	Errors       int64     `json:"errors"`
	Violations   int64     `json:"violations"`
	ResponseTime Quantiles `json:"responseTime"`
	ServiceTime  Quantiles `json:"serviceTime"`
}

// Distribution is how long how many took: the time within which each share of all requests lies.
type Distribution struct {
	Share    []float64 `json:"share"` // of all requests, rising to 1
	Response Times     `json:"response"`
	Service  Times     `json:"service"`
}

// Stall is a time in which the server answered less than half as much as it did before and was asked for.
type Stall struct {
	Second   int   `json:"second"` // the first of them
	Seconds  int   `json:"seconds"`
	Due      int64 `json:"due"`
	Answered int64 `json:"answered"`
	InFlight int   `json:"inFlight"` // waiting at its end
}

// Curve is what a search for the highest rate tried.
type Curve struct {
	Holds     float64 `json:"holds"` // the highest rate that held, requests a second; 0 for none
	Fails     float64 `json:"fails"` // the lowest that did not; 0 when none failed
	Confirmed int     `json:"confirmed"`
	Ended     string  `json:"ended,omitempty"`
	Levels    []Level `json:"levels"` // in the order in which they were played
}

// Level is one rate that was tried, and what it measured.
type Level struct {
	evidence.SearchLevel
	Sent       int64   `json:"sent"`
	Answered   float64 `json:"answered"` // a second
	Errors     int64   `json:"errors"`
	Violations int64   `json:"violations"`
	P50        float64 `json:"p50"` // of the response time, as p99
	P99        float64 `json:"p99"`
}

// Tell makes the series of a scenario. Search is nil for one that is no search.
func Tell(load evidence.Load, ticks []evidence.Tick, search *evidence.Search) Series {
	judged := Judged(ticks, search)
	s := Series{
		Scenario: load.Scenario, Summary: load.Summary, Source: load.Source, Model: load.Model, Pace: load.Pace,
		Transport: load.Transport, Note: load.Note, Validate: load.Validate, Planned: load.Seconds, Warmup: load.Warmup,
		Invalid: Doubt(judged), Objectives: []Held{}, Operations: []OperationSeries{}, Sizes: []Size{},
		Stalls: stalls(ticks, load.Model == "closed"), Generator: healthOf(judged),
	}
	for _, o := range load.Objectives {
		s.Objectives = append(s.Objectives, Hold(o, judged))
	}
	whole := Total(judged, Key{}, Counting)
	s.Timeline = timeline(ticks)
	shares := shares(whole.Response.Count())
	s.Distribution = Distribution{Share: shares, Response: within(&whole.Response, shares), Service: within(&whole.Service, shares)}
	for _, op := range load.Operations {
		key := Key{Operation: op.Operation}
		o := OperationSeries{API: op.API, Operation: op.Operation, P99: Times{}}
		for _, sum := range s.Timeline.sums(ticks, key) {
			o.P99 = append(o.P99, quantile(&sum.Response, 0.99))
		}
		sum := Total(judged, key, Counting)
		o.Percentile = within(&sum.Response, shares)
		s.Operations = append(s.Operations, o)
		for _, size := range Sizes(judged, op.Operation) {
			sum := Total(judged, Key{Operation: op.Operation, Size: size}, Counting)
			s.Sizes = append(s.Sizes, Size{
				Operation: op.Operation, Size: size, Sent: sum.Sent, Errors: sum.Errors, Violations: sum.Violating,
				ResponseTime: Of(&sum.Response), ServiceTime: Of(&sum.Service),
			})
		}
	}
	if search != nil {
		s.Search = curve(search, ticks)
	}
	return s
}

// Judged are the ticks of the scenario that its objectives were held against.
func (s Series) Judged(ticks []evidence.Tick) []evidence.Tick {
	if s.Search == nil {
		return ticks
	}
	search := evidence.Search{Holds: s.Search.Holds}
	for _, l := range s.Search.Levels {
		search.Levels = append(search.Levels, l.SearchLevel)
	}
	return Judged(ticks, &search)
}

// timeline adds the seconds up to stretches.
func timeline(ticks []evidence.Tick) Timeline {
	t := Timeline{
		Step: 1, Second: []int{}, Marks: []Mark{}, Due: []int64{}, Sent: []int64{}, Answered: []int64{}, Errors: []int64{},
		Throttled: []int64{}, Violations: []int64{}, P50: Times{}, P90: Times{}, P99: Times{}, Max: Times{}, Lag: Times{}, InFlight: []int{},
	}
	first, last := math.MaxInt, -1
	for second := range Seconds(ticks, Key{}, nil) {
		first, last = min(first, second), max(last, second)
	}
	if last < 0 {
		return t
	}
	t.Step = (last-first)/mostPoints + 1
	for from := first; from <= last; from += t.Step {
		t.Second = append(t.Second, from)
	}
	n := len(t.Second)
	t.InFlight = make([]int, n)
	level := ""
	for i := range ticks {
		tick := &ticks[i]
		at := t.at(tick.Second)
		if at < 0 || at >= n {
			continue
		}
		if tick.Generator != nil {
			t.InFlight[at] = max(t.InFlight[at], tick.Generator.InFlight)
		}
		if tick.Warmup {
			t.Warmup = max(t.Warmup, at+1)
		}
		if tick.Level != level && tick.Due > 0 {
			level = tick.Level
			t.Marks = append(t.Marks, Mark{tick.Second, level})
		}
	}
	for _, s := range t.sums(ticks, Key{}) {
		t.Due, t.Sent, t.Answered = append(t.Due, s.Due), append(t.Sent, s.Sent), append(t.Answered, s.Answered)
		t.Errors, t.Throttled, t.Violations = append(t.Errors, s.Errors), append(t.Throttled, s.Throttled+s.Held), append(t.Violations, s.Violating)
		t.P50, t.P90, t.P99 = append(t.P50, quantile(&s.Response, 0.5)), append(t.P90, quantile(&s.Response, 0.9)), append(t.P99, quantile(&s.Response, 0.99))
		t.Max, t.Lag = append(t.Max, quantile(&s.Response, 1)), append(t.Lag, quantile(&s.Lag, 0.99))
	}
	return t
}

func (t *Timeline) at(second int) int {
	if len(t.Second) == 0 || second < t.Second[0] {
		return -1
	}
	return (second - t.Second[0]) / t.Step
}

// sums hands out the sum of each stretch, which is the next one's as soon as the body is left.
func (t *Timeline) sums(ticks []evidence.Tick, key Key) func(func(int, *Sum) bool) {
	return func(yield func(int, *Sum) bool) {
		by := make([][]*evidence.Tick, len(t.Second))
		for i := range ticks {
			if at := t.at(ticks[i].Second); at >= 0 && at < len(by) {
				by[at] = append(by[at], &ticks[i])
			}
		}
		sum := &Sum{}
		for at, list := range by {
			sum.reset()
			for _, tick := range list {
				sum.take(tick, key)
			}
			if !yield(at, sum) {
				return
			}
		}
	}
}

// Sizes are those that some ticks hold of an operation, the smallest first.
func Sizes(ticks []evidence.Tick, operation string) []int {
	var asked []int
	for i := range ticks {
		for _, p := range ticks[i].Operations {
			if Counting(&ticks[i]) && p.Operation == operation && p.Size > 0 && p.Sent > 0 && !slices.Contains(asked, p.Size) {
				asked = append(asked, p.Size)
			}
		}
	}
	slices.Sort(asked)
	return asked
}

// shares are those at which a distribution of so many times is read: eight for each digit, as far as there are times
// to tell them apart, and all of them at the end.
func shares(n int64) []float64 {
	list := []float64{}
	if n == 0 {
		return list
	}
	for k := 0; ; k++ {
		beyond := math.Pow(10, -float64(k)/8)
		if beyond*float64(n) < 1 {
			return append(list, 1)
		}
		list = append(list, 1-math.Round(beyond*1e9)/1e9)
	}
}

func within(h *histogram.Histogram, shares []float64) Times {
	times := Times{}
	for _, q := range shares {
		times = append(times, quantile(h, q))
	}
	return times
}

func curve(search *evidence.Search, ticks []evidence.Tick) *Curve {
	c := &Curve{Holds: search.Holds, Fails: search.Fails, Confirmed: search.Confirmed, Ended: search.Ended, Levels: []Level{}}
	for _, l := range search.Levels {
		of := func(t *evidence.Tick) bool { return Counting(t) && t.Level == l.Name }
		s := Total(ticks, Key{}, of)
		level := Level{SearchLevel: l, Sent: s.Sent, Errors: s.Errors, Violations: s.Violating, P50: s.Response.Quantile(0.5).Seconds(), P99: s.Response.Quantile(0.99).Seconds()}
		for _, stretch := range stretches(ticks) {
			if stretch.level == l.Name {
				level.Answered = float64(s.Answered) / float64(stretch.last-stretch.first+1)
			}
		}
		c.Levels = append(c.Levels, level)
	}
	return c
}

// Times are in seconds; NaN, null in JSON, stands where nothing was measured.
type Times []float64

func quantile(h *histogram.Histogram, q float64) float64 {
	if h.Count() == 0 {
		return math.NaN()
	}
	return h.Quantile(q).Seconds()
}

// MarshalJSON writes microseconds and no more digits: a histogram has three.
func (t Times) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, v := range t {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) {
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, math.Round(v*1e6)/1e6, 'f', -1, 64)
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Times) UnmarshalJSON(data []byte) error {
	*t = Times{}
	data = bytes.TrimSpace(data)
	if len(data) < 2 || data[0] != '[' {
		return strconv.ErrSyntax
	}
	for field := range bytes.SplitSeq(data[1:len(data)-1], []byte{','}) {
		text := string(bytes.TrimSpace(field))
		if text == "" {
			continue
		}
		v := math.NaN()
		if text != "null" {
			var err error
			if v, err = strconv.ParseFloat(text, 64); err != nil {
				return err
			}
		}
		*t = append(*t, v)
	}
	return nil
}
