// A scenario from its warm-up to its last level, and what a search for the highest rate says.

package load_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"harness/internal/evidence"
	"harness/internal/measure"
	"harness/load"
)

// playWhole plays a scenario of getLicense at a handler, with warm-up and levels.
func playWhole(t *testing.T, ctx context.Context, handler http.HandlerFunc, s load.Scenario, change func(*load.Options, *load.Plan)) (load.Outcome, []evidence.Record) {
	t.Helper()
	var outcome load.Outcome
	_, records := play(t, ctx, nil, handler, load.Pace{Kind: "closed", Workers: 1, Duration: time.Nanosecond}, 0, func(o *load.Options, plan *load.Plan) {
		p := *plan
		s.Workers = 50
		p.Scenario = &s
		if change != nil {
			change(o, &p)
		}
		var err error
		if outcome, err = load.PlayScenario(ctx, nil, p, *o); err != nil {
			t.Fatal(err)
		}
		o.Sink = func(evidence.Record) {} // what play itself does is nobody's
	})
	return outcome, records
}

func TestTheWarmUpIsPlayedAndNotCounted(t *testing.T) {
	var results atomic.Int64
	s := load.Scenario{Name: "warm", Warmup: time.Second, Pace: load.Pace{Kind: "stages", Stages: []load.Stage{{Rate: 100, Duration: time.Second}}}}
	outcome, records := playWhole(t, t.Context(), answer, s, func(o *load.Options, _ *load.Plan) {
		o.Results = func(r vegeta.Result) { results.Add(1) }
	})
	warm := measure.Total(ticks(records), measure.Key{}, func(t *evidence.Tick) bool { return t.Warmup })
	whole := measure.Total(ticks(records), measure.Key{}, measure.Counting)
	// The stages begin at nothing, so the warm-up is played at a tenth of the highest rate.
	if warm.Due != 10 || warm.Sent != 10 || whole.Due != 50 || whole.Sent != 50 || results.Load() != 50 || outcome.Problem != "" || outcome.Seconds != 2 {
		t.Errorf("%+v: warm-up %d due, %d sent; then %d due, %d sent, %d results", outcome, warm.Due, warm.Sent, whole.Due, whole.Sent, results.Load())
	}
	for _, tick := range ticks(records) {
		if tick.Warmup != (tick.Second == 0) {
			t.Errorf("second %d is warm-up: %v", tick.Second, tick.Warmup)
		}
	}
}

func TestAnInterruptedWarmUpIsTheEnd(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	s := load.Scenario{Name: "warm", Warmup: time.Minute, Pace: load.Pace{Kind: "constant", Rate: 50, Duration: time.Minute}}
	outcome, records := playWhole(t, ctx, answer, s, nil)
	if whole := measure.Total(ticks(records), measure.Key{}, measure.Counting); outcome.Problem != "interrupted" || whole.Due != 0 {
		t.Errorf("%+v, %d due after the warm-up", outcome, whole.Due)
	}
}

func found(t *testing.T, records []evidence.Record) evidence.Search {
	t.Helper()
	for _, r := range records {
		if r.Search != nil {
			return *r.Search
		}
	}
	t.Fatal("no record of the search")
	return evidence.Search{}
}

// Each level has ticks and results of its own.
func TestTheLevelsOfASearchAreToldApart(t *testing.T) {
	attacks := map[string]uint64{}
	results := make(chan vegeta.Result, 10_000)
	s := load.Scenario{
		Name: "search", Pace: load.Pace{Kind: "breakpoint", Rate: 20, Peak: 40, Duration: time.Second},
		Objectives: []evidence.Objective{{ID: "errors", Operation: "*", Metric: "errors", Text: "errors ≤ 0%"}},
	}
	outcome, records := playWhole(t, t.Context(), answer, s, func(o *load.Options, _ *load.Plan) {
		o.Results = func(r vegeta.Result) { results <- r }
	})
	close(results)
	for r := range results {
		attacks[r.Attack]++
	}
	due, seconds := map[string]int64{}, map[int]string{}
	for _, tick := range ticks(records) {
		due[tick.Level] += tick.Due
		if other, taken := seconds[tick.Second]; taken && other != tick.Level {
			t.Errorf("second %d is of %s and of %s", tick.Second, other, tick.Level)
		}
		seconds[tick.Second] = tick.Level
	}
	got := found(t, records)
	if outcome.Problem != "" || len(got.Levels) < 2 || outcome.Seconds != len(got.Levels) {
		t.Errorf("%+v: %+v", outcome, got)
	}
	for _, level := range got.Levels {
		if due[level.Name] != int64(level.Rate) || attacks["search "+level.Name] != uint64(level.Rate) {
			t.Errorf("level %s: %d due, %d results", level.Name, due[level.Name], attacks["search "+level.Name])
		}
	}
}

func TestASearchThatIsStoppedSaysSo(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	s := load.Scenario{Name: "search", Pace: load.Pace{Kind: "breakpoint", Rate: 40, Peak: 1000, Duration: 20 * time.Second}}
	outcome, records := playWhole(t, ctx, answer, s, nil)
	got := found(t, records)
	if outcome.Problem != "interrupted" || got.Ended != "interrupted" || got.Holds != 0 || len(got.Levels) != 1 || got.Levels[0].Held {
		t.Errorf("%+v: %+v", outcome, got)
	}
}

func TestAClosedModelKeepsBelowItsBound(t *testing.T) {
	outcome, records := play(t, t.Context(), nil, answer, load.Pace{Kind: "closed", Workers: 8, Duration: time.Second, Most: 40}, 0, nil)
	if s := measure.Total(ticks(records), measure.Key{}, nil); outcome.Problem != "" || s.Sent < 2 || s.Sent > 42 {
		t.Errorf("%+v, %d sent, at most 40/s is meant", outcome, s.Sent)
	}
}

func TestARecordSaysWhatWillBePlayed(t *testing.T) {
	s := load.Scenario{
		Name: "mixed", Pace: load.Pace{Kind: "constant", Rate: 100, Duration: time.Minute}, Warmup: time.Second,
		Steps: []load.Step{
			{Operation: "getLicense", API: "gotoaccount", Weight: 2}, {Operation: "scanLicensesByKey", API: "gotoaccount", Weight: 1},
			{Operation: "getLicense", API: "gotoaccount", Weight: 1},
		},
	}
	got := s.Record()
	if got.Model != "open" || got.Workers != 4096 || got.Attackers != 1 || got.Rate != 100 || got.Seconds != 60 || got.Warmup != 1 ||
		len(got.Operations) != 2 || got.Operations[0].Share != 0.75 || got.Operations[1].Operation != "scanLicensesByKey" {
		t.Errorf("%+v", got)
	}
	s.Pace = load.Pace{Kind: "closed", Workers: 3, Duration: time.Minute}
	if got := s.Record(); got.Model != "closed" || got.Workers != 3 || got.Rate != 0 {
		t.Errorf("%+v", got)
	}
}
