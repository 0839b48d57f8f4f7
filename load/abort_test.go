// Which objective ends a run, and in which window.

package load_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/histogram"
	"harness/load"
)

func scanning() *load.Scenario {
	return &load.Scenario{
		Name: "scan", Pace: load.Pace{Kind: "constant", Rate: 10, Duration: time.Minute},
		Steps: []load.Step{{Operation: "getLicense", API: "gotoaccount", Weight: 1}},
		Objectives: []evidence.Objective{
			{ID: "p99", Operation: "*", Metric: "p99", Limit: 0.5, Text: "p99 ≤ 500ms"},
			{ID: "getLicense errors", Operation: "getLicense", Metric: "errors", Limit: 0.01, Window: 5, Text: "errors ≤ 1% in every 5s"},
		},
	}
}

func TestAnObjectiveThatEndsTheRun(t *testing.T) {
	for _, tc := range []struct {
		text string
		want evidence.Objective
		kept int // objectives of the scenario afterwards
	}{
		{"getLicense errors", evidence.Objective{ID: "getLicense errors", Operation: "getLicense", Metric: "errors", Limit: 0.01, Window: 5, Text: "errors ≤ 1% in every 5s"}, 2},
		{"p99", evidence.Objective{ID: "p99 in every 10s", Operation: "*", Metric: "p99", Limit: 0.5, Window: 10, Text: "p99 ≤ 500ms in every 10s"}, 3},
		{"p99 > 2s for 30s", evidence.Objective{ID: "p99 in every 30s", Operation: "*", Metric: "p99", Limit: 2, Window: 30, Text: "p99 ≤ 2s in every 30s"}, 3},
		{" getLicense p99.9>250ms ", evidence.Objective{ID: "getLicense p99.9 in every 10s", Operation: "getLicense", Metric: "p99.9", Limit: 0.25, Window: 10, Text: "p99.9 ≤ 250ms in every 10s"}, 3},
		{"rate < 90%", evidence.Objective{ID: "rate in every 10s", Operation: "*", Metric: "rate", Limit: 0.9, Window: 10, Text: "rate ≥ 90% in every 10s"}, 3},
		{"violations > 0 for 1s", evidence.Objective{ID: "violations in every 1s", Operation: "*", Metric: "violations", Limit: 0, Window: 1, Text: "no violations in every 1s"}, 3},
	} {
		s := scanning()
		got, err := s.Abort(tc.text)
		if err != nil {
			t.Errorf("%q: %v", tc.text, err)
			continue
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%q: -want +got\n%s", tc.text, diff)
		}
		if len(s.Objectives) != tc.kept {
			t.Errorf("%q: %d objectives, want %d", tc.text, len(s.Objectives), tc.kept)
		}
	}
}

func TestObjectivesThatEndNoRun(t *testing.T) {
	for text, want := range map[string]string{
		"p98 > 1s":                       `no metric "p98"`,
		"p99 < 1s":                       "a run is lost when p99 rises above one",
		"rate > 90%":                     "a run is lost when rate falls below a limit",
		"p99 > 1":                        `p99 wants a time, such as 500ms; "1" is none`,
		"p99 > -1s":                      "p99 wants a time",
		"errors > 5":                     `errors wants a share, such as 1%; "5" is none`,
		"errors > 101%":                  "errors wants a share",
		"violations > 1%":                "violations wants a number in 100,000",
		"p99 > 1s for 500ms":             `"500ms" is no window; whole seconds are meant`,
		"p99 > 1s for ever":              `"ever" is no window`,
		"scanLicensesByKey p99 > 1s":     `no operation "scanLicensesByKey"; the operations are [getLicense]`,
		"p9":                             `no objective "p9"; the objectives are [p99 getLicense errors]`,
		"getLicense errors > 2% for 5s":  `scenario scan has the objective "errors ≤ 1% in every 5s" already`,
		"":                               `no objective ""`,
		"p99 > 1s for 10s and then some": "no objective",
	} {
		if _, err := scanning().Abort(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	s := scanning()
	s.Pace.Kind = "breakpoint"
	if _, err := s.Abort("p99"); err == nil || !strings.Contains(err.Error(), "on purpose") {
		t.Errorf("a breakpoint search: %v", err)
	}
}

// answers are a tick with that many answers, each in so many milliseconds; a negative second is of the warm-up.
func answers(second int, n int64, milliseconds int, closes bool) evidence.Tick {
	response := &histogram.Histogram{}
	for range n {
		response.Add(time.Duration(milliseconds) * time.Millisecond)
	}
	t := evidence.Tick{
		Second: max(second, -second), Warmup: second < 0, Due: n,
		Operations: []evidence.TickPart{{
			Operation: "getLicense", Sent: n, Answered: n, Lag: &histogram.Histogram{},
			Classes: []evidence.TickClass{{Class: "2xx", Response: response, Service: response}},
		}},
	}
	if closes {
		t.Generator = &evidence.Generator{Pacing: &histogram.Histogram{}}
	}
	return t
}

func TestTheWindowThatEndsTheRun(t *testing.T) {
	watch := func(window float64, ticks ...evidence.Tick) (at int, why string) {
		dog := load.Watchdog{Objective: evidence.Objective{Operation: "*", Metric: "p99", Limit: 0.1, Window: window, Text: "p99 ≤ 100ms"}}
		for i, tick := range ticks {
			if why := dog.Watch(tick); why != "" {
				return i, why
			}
		}
		return -1, ""
	}
	good := func(second int) evidence.Tick { return answers(second, 100, 10, true) }
	bad := func(second int) evidence.Tick { return answers(second, 100, 200, true) }
	for _, tc := range []struct {
		name   string
		window float64
		ticks  []evidence.Tick
		at     int
		why    string
	}{
		{"nothing lost", 2, []evidence.Tick{good(0), good(1), good(2), good(3), good(4)}, -1, ""},
		{"the first window, once it is over", 2, []evidence.Tick{bad(0), bad(1), good(2), good(3)}, 2, "in the 2 s from second 0"},
		{"one bad second is a bad window", 2, []evidence.Tick{good(0), bad(1), good(2)}, 2, "in the 2 s from second 0"},
		{"the second window", 2, []evidence.Tick{good(0), good(1), bad(2), good(3), good(4)}, 4, "in the 2 s from second 2"},
		{"the warm-up counts for nothing", 2, []evidence.Tick{bad(-1), bad(-2), good(3), good(4), good(5)}, -1, ""},
		{"what comes late counts for its window", 1, []evidence.Tick{answers(0, 20, 10, true), answers(0, 20, 900, false), good(1)}, 2, "from second 0"},
		{"what comes too late is the verdict's", 1, []evidence.Tick{good(0), good(1), answers(0, 100, 900, false), good(2)}, -1, ""},
		{"too few to say", 1, []evidence.Tick{answers(0, 5, 900, true), good(1)}, -1, ""},
		{"too short to say", 10, []evidence.Tick{bad(0), bad(1)}, -1, ""},
	} {
		at, why := watch(tc.window, tc.ticks...)
		if at != tc.at || !strings.Contains(why, tc.why) || tc.why == "" && why != "" {
			t.Errorf("%s: ended at tick %d with %q, want %d with %q", tc.name, at, why, tc.at, tc.why)
		}
	}
}
