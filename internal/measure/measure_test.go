// The seconds of a load run, made up and added up.

package measure_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"harness/internal/evidence"
	"harness/internal/histogram"
	"harness/internal/measure"
)

func times(n int64, d time.Duration) *histogram.Histogram {
	h := &histogram.Histogram{}
	for range n {
		h.Add(d)
	}
	return h
}

// second is one in which n requests were due, sent, and answered after a time.
func second(at int, n int64, took time.Duration, change ...func(*evidence.Tick, *evidence.TickPart)) evidence.Tick {
	t := evidence.Tick{
		Scenario: "s", Second: at, Due: n, Operations: []evidence.TickPart{{
			API: "gotoaccount", Operation: "list", Sent: n, Answered: n, Validated: n, Lag: times(n, time.Millisecond),
			Classes: []evidence.TickClass{{Class: "2xx", Service: times(n, took), Response: times(n, took)}},
		}},
		Generator: &evidence.Generator{Cores: 2, CPU: 0.2, Machine: 0.3, InFlight: 1, Pacing: times(n, 30*time.Microsecond)},
	}
	for _, f := range change {
		f(&t, &t.Operations[0])
	}
	return t
}

// health is a second at whose end nothing had come due: the last answers were waited for.
func health(at int) evidence.Tick {
	return evidence.Tick{Scenario: "s", Second: at, Generator: &evidence.Generator{Pacing: &histogram.Histogram{}}}
}

func warmup(t *evidence.Tick, _ *evidence.TickPart) { t.Warmup = true }

func level(name string) func(*evidence.Tick, *evidence.TickPart) {
	return func(t *evidence.Tick, _ *evidence.TickPart) { t.Level = name }
}

func of(operation string, size int) func(*evidence.Tick, *evidence.TickPart) {
	return func(_ *evidence.Tick, p *evidence.TickPart) { p.Operation, p.Size = operation, size }
}

func TestSumsAddUp(t *testing.T) {
	ticks := []evidence.Tick{
		second(0, 10, time.Millisecond, warmup),
		second(1, 20, 2*time.Millisecond, of("list", 10)),
		second(2, 30, 4*time.Millisecond, of("read", 0)),
		second(1, 5, 90*time.Millisecond, of("list", 10), func(t *evidence.Tick, _ *evidence.TickPart) { t.Due, t.Generator = 0, nil }),
	}
	for _, test := range []struct {
		name      string
		key       measure.Key
		due, sent int64
		p50       time.Duration
	}{
		{"all of it", measure.Key{}, 50, 55, 4 * time.Millisecond},
		{"an operation", measure.OperationKey("list"), 50, 25, 2 * time.Millisecond},
		{"a size", measure.Key{Size: 10}, 50, 25, 2 * time.Millisecond},
		{"nothing", measure.Key{Operation: "read", Size: 10}, 50, 0, 0},
	} {
		s := measure.Total(ticks, test.key, measure.Counting)
		if s.Due != test.due || s.Sent != test.sent || s.Response.Quantile(0.5).Round(time.Millisecond) != test.p50 {
			t.Errorf("%s: %d due, %d sent, p50 %s", test.name, s.Due, s.Sent, s.Response.Quantile(0.5))
		}
	}
	sent, worst := map[int]int64{}, map[int]time.Duration{}
	for second, s := range measure.Seconds(ticks, measure.Key{}, measure.Counting) {
		sent[second], worst[second] = s.Sent, s.Response.Max().Round(time.Millisecond)
	}
	if diff := cmp.Diff(map[int]int64{1: 25, 2: 30}, sent); diff != "" || worst[1] != 90*time.Millisecond || worst[2] != 4*time.Millisecond {
		t.Errorf("by second, what was done late in its own (-want +got):\n%s%v", diff, worst)
	}
}

func TestSpan(t *testing.T) {
	idle := func(at int) evidence.Tick { return second(at, 0, 0) }
	for _, test := range []struct {
		name  string
		ticks []evidence.Tick
		want  time.Duration
	}{
		{"nothing", nil, 0},
		{"three seconds, and the last answers waited for", []evidence.Tick{second(0, 9, 1), second(1, 9, 1), second(2, 9, 1), health(3), health(4)}, 3 * time.Second},
		{"a quiet second between", []evidence.Tick{second(0, 1, 1), idle(1), second(2, 1, 1)}, 3 * time.Second},
		{"warm-up", []evidence.Tick{second(0, 9, 1, warmup), second(1, 9, 1)}, time.Second},
		{"two levels with others between", []evidence.Tick{second(0, 9, 1, level("a")), second(1, 9, 1, level("a")), second(7, 9, 1, level("b"))}, 3 * time.Second},
	} {
		if got := measure.Span(test.ticks); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestSeriesTellsEachSecond(t *testing.T) {
	ticks := []evidence.Tick{
		second(0, 10, time.Millisecond, warmup), second(1, 20, 2*time.Millisecond), second(3, 40, 8*time.Millisecond), health(4),
	}
	s := measure.Tell(evidence.Load{Scenario: "s", Operations: []evidence.LoadOperation{{API: "gotoaccount", Operation: "list"}}}, ticks, nil)
	nan := math.NaN()
	want := measure.Timeline{
		Step: 1, Second: []int{0, 1, 2, 3}, Warmup: 1, Marks: []measure.Mark{}, Due: []int64{10, 20, 0, 40}, Sent: []int64{10, 20, 0, 40}, Answered: []int64{10, 20, 0, 40},
		Errors: []int64{0, 0, 0, 0}, Throttled: []int64{0, 0, 0, 0}, Violations: []int64{0, 0, 0, 0}, InFlight: []int{1, 1, 0, 1},
		P50: measure.Times{0.001, 0.002, nan, 0.008}, P90: measure.Times{0.001, 0.002, nan, 0.008}, P99: measure.Times{0.001, 0.002, nan, 0.008}, Max: measure.Times{0.001, 0.002, nan, 0.008},
		Lag: measure.Times{0.001, 0.001, nan, 0.001},
	}
	close := cmp.Options{cmpopts.EquateNaNs(), cmpopts.EquateApprox(0.002, 0)}
	if diff := cmp.Diff(want, s.Timeline, close); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(measure.Times{0.001, 0.002, nan, 0.008}, s.Operations[0].P99, close); diff != "" {
		t.Errorf("of the operation (-want +got):\n%s", diff)
	}
	n := len(s.Distribution.Share)
	if n == 0 || s.Distribution.Share[n-1] != 1 || len(s.Distribution.Response) != n || len(s.Operations[0].Percentile) != n || math.Abs(s.Distribution.Response[n-1]-0.008) > 1e-5 {
		t.Errorf("distribution %+v", s.Distribution)
	}
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back measure.Series
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, back, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-6)); diff != "" {
		t.Errorf("it reads back otherwise (-want +got):\n%s", diff)
	}
}

// An hour keeps to as many points as a plot can show, and loses no request.
func TestALongRunHasNoMorePoints(t *testing.T) {
	var ticks []evidence.Tick
	for at := range 3600 {
		ticks = append(ticks, second(at, 10, time.Millisecond))
	}
	line := measure.Tell(evidence.Load{}, ticks, nil).Timeline
	sent := int64(0)
	for _, n := range line.Sent {
		sent += n
	}
	if len(line.Second) > 1200 || line.Step != 3 || sent != 36000 {
		t.Errorf("%d points of %d s, %d sent", len(line.Second), line.Step, sent)
	}
}

// stalled is a run at 100/s: in each second so many were answered, and so many waited at its end.
func stalled(answered ...int64) []evidence.Tick {
	var ticks []evidence.Tick
	waiting := 0
	for at, n := range answered {
		waiting += 100 - int(n)
		ticks = append(ticks, second(at, 100, time.Millisecond, func(t *evidence.Tick, p *evidence.TickPart) {
			p.Sent, p.Answered, t.Generator.InFlight = 100, n, waiting+1
		}))
	}
	return ticks
}

func TestStalls(t *testing.T) {
	for _, test := range []struct {
		name     string
		answered []int64
		want     []measure.Stall
	}{
		{"none", []int64{100, 100, 100, 100}, []measure.Stall{}},
		{"a second", []int64{100, 100, 0, 200, 100}, []measure.Stall{{Second: 2, Seconds: 1, Due: 100, InFlight: 101}}},
		{"from the middle of one to the middle of the next", []int64{100, 100, 50, 150, 100}, []measure.Stall{{Second: 2, Seconds: 1, Due: 100, Answered: 50, InFlight: 51}}},
		{"three seconds", []int64{100, 0, 0, 0, 400, 100, 100}, []measure.Stall{{Second: 1, Seconds: 3, Due: 300, InFlight: 301}}},
		{"always behind", []int64{30, 30, 30, 30, 30}, []measure.Stall{}},
	} {
		if diff := cmp.Diff(test.want, measure.Tell(evidence.Load{Model: "open"}, stalled(test.answered...), nil).Stalls); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestASearchIsACurve(t *testing.T) {
	ticks := []evidence.Tick{second(0, 10, time.Millisecond, warmup), second(1, 50, time.Millisecond, level("50/s")), second(2, 100, 300*time.Millisecond, level("100/s"))}
	search := &evidence.Search{Holds: 50, Fails: 100, Levels: []evidence.SearchLevel{{Name: "50/s", Rate: 50, Held: true}, {Name: "100/s", Rate: 100, Reason: "p99"}}}
	s := measure.Tell(evidence.Load{Objectives: []evidence.Objective{{Operation: "*", Metric: "p99", Limit: 0.1}}}, ticks, search)
	if len(s.Search.Levels) != 2 || s.Search.Levels[1].Answered != 100 || math.Abs(s.Search.Levels[1].P99-0.3) > 0.001 || !s.Objectives[0].Kept {
		t.Errorf("%+v, %+v", s.Search, s.Objectives)
	}
	if diff := cmp.Diff([]measure.Mark{{1, "50/s"}, {2, "100/s"}}, s.Timeline.Marks); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
}
