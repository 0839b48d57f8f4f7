package history_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"harness/internal/history"
	"harness/internal/verdict"
)

// course is one requirement through runs an hour apart.
func course(target string, verdicts ...verdict.Verdict) []history.Stored {
	var runs []history.Stored
	for i, v := range verdicts {
		runs = append(runs, stored(i, func(s *history.Summary) {
			s.Target = target
			s.Requirements = map[string]map[string]verdict.Verdict{"gotoaccount": {"GOTO-LIC-01": v}}
		}))
	}
	return runs
}

func TestTrends(t *testing.T) {
	const (
		pass, fail, flaky, dark, none = verdict.Pass, verdict.Fail, verdict.Flaky, verdict.NotExercised, verdict.Untested
		never                         = -1
	)
	for name, test := range map[string]struct {
		course       []verdict.Verdict
		latest       verdict.Verdict
		first, since int // hours
		flips        int
		changed      bool
	}{
		"always held":              {[]verdict.Verdict{pass, pass}, pass, never, never, 0, false},
		"broken since the third":   {[]verdict.Verdict{pass, pass, fail, fail}, fail, 2, 2, 1, true},
		"broken and mended":        {[]verdict.Verdict{pass, fail, pass}, pass, 1, never, 2, true},
		"broken, mended, broken":   {[]verdict.Verdict{fail, pass, flaky, fail}, fail, 0, 2, 2, true},
		"a dark run says nothing":  {[]verdict.Verdict{pass, fail, dark, fail, dark}, fail, 1, 1, 1, true},
		"never judged":             {[]verdict.Verdict{none, dark}, none, never, never, 0, false},
		"drift is worth a row":     {[]verdict.Verdict{verdict.Observed, verdict.Drift}, verdict.Drift, never, never, 0, true},
		"a fault of the harness":   {[]verdict.Verdict{pass, verdict.Error}, pass, never, never, 0, true},
		"broken from the first on": {[]verdict.Verdict{fail}, fail, 0, 0, 0, true},
	} {
		trends := history.Trends(course("staging", test.course...))
		if len(trends) != 1 {
			t.Fatalf("%s: %d trends", name, len(trends))
		}
		at := func(hours int) *time.Time {
			if hours == never {
				return nil
			}
			t := monday.Add(time.Duration(hours) * time.Hour)
			return &t
		}
		got := trends[0]
		want := history.Trend{
			Target: "staging", API: "gotoaccount", Requirement: "GOTO-LIC-01", Points: got.Points, Latest: test.latest,
			FirstBroken: at(test.first), BrokenSince: at(test.since), Flips: test.flips,
		}
		if diff := cmp.Diff(want, got); diff != "" || got.Changed() != test.changed || len(got.Points) != len(test.course) {
			t.Errorf("%s: changed %v, %d points (-want +got):\n%s", name, got.Changed(), len(got.Points), diff)
		}
	}
}

func TestMatrix(t *testing.T) {
	runs := append(course("staging", verdict.Pass, verdict.Fail), course("production", verdict.Pass)...)
	want := []history.Row{{API: "gotoaccount", Requirement: "GOTO-LIC-01", Targets: map[string]verdict.Verdict{"staging": verdict.Fail, "production": verdict.Pass}}}
	if diff := cmp.Diff(want, history.Matrix(history.Trends(runs))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
