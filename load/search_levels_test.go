// A search as a table: what each level says, and what the search makes of it. No server, no clock.

package load

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/histogram"
)

// seen are the ticks of one second at a rate: how many of the answers were errors, how many wrong, and whether the
// generator kept up.
func seen(rate float64, errs, wrong int64, believable bool) []evidence.Tick {
	n := int64(rate)
	times := &histogram.Histogram{}
	for range n {
		times.Add(time.Millisecond)
	}
	g := &evidence.Generator{Pacing: &histogram.Histogram{}, Cores: 2, Machine: 1}
	if !believable {
		g.Late = n
	}
	return []evidence.Tick{{
		Due: n, Generator: g,
		Operations: []evidence.TickPart{{
			Operation: "getLicense", Sent: n, Answered: n, Errors: errs, Validated: n, Violating: wrong, Lag: times,
			Classes: []evidence.TickClass{{Class: "2xx", Service: times, Response: times}},
		}},
	}}
}

func TestWhatASearchMakesOfItsLevels(t *testing.T) {
	hiccups := map[string]bool{}
	for _, tc := range []struct {
		name   string
		server func(l Level) (Outcome, []evidence.Tick, error)
		want   evidence.Search // levels by name, with ! for those that failed
		levels string
	}{
		{
			"a server that bears 100/s",
			func(l Level) (Outcome, []evidence.Tick, error) {
				errs := int64(0)
				if l.Pace.Rate > 100 {
					errs = 1
				}
				return Outcome{Seconds: 1}, seen(l.Pace.Rate, errs, 0, true), nil
			},
			evidence.Search{Holds: 100, Fails: 110, Confirmed: 2},
			"40/s 80/s 160/s! 120/s! 100/s 110/s! 100/s again 1 100/s again 2",
		},
		{
			"one that is wrong above 60/s",
			func(l Level) (Outcome, []evidence.Tick, error) {
				wrong := int64(0)
				if l.Pace.Rate > 60 {
					wrong = 1
				}
				return Outcome{Seconds: 1}, seen(l.Pace.Rate, 0, wrong, true), nil
			},
			evidence.Search{Holds: 60, Fails: 65, Confirmed: 2},
			"40/s 80/s! 60/s 70/s! 65/s! 60/s again 1 60/s again 2",
		},
		{
			"one that bears it all",
			func(l Level) (Outcome, []evidence.Tick, error) {
				return Outcome{Seconds: 1}, seen(l.Pace.Rate, 0, 0, true), nil
			},
			evidence.Search{Holds: 200, Confirmed: 2},
			"40/s 80/s 160/s 200/s 200/s again 1 200/s again 2",
		},
		{
			"a generator that gives out at 160/s",
			func(l Level) (Outcome, []evidence.Tick, error) {
				return Outcome{Seconds: 1}, seen(l.Pace.Rate, 0, 0, l.Pace.Rate < 160), nil
			},
			evidence.Search{Holds: 80, Ended: "the generator gave out at 160/s: "},
			"40/s 80/s 160/s! 160/s, tried again!",
		},
		{
			"a hiccup at every rate",
			func(l Level) (Outcome, []evidence.Tick, error) {
				first := !hiccups[strings.TrimSuffix(l.Name, ", tried again")]
				hiccups[l.Name] = true
				return Outcome{Seconds: 1}, seen(l.Pace.Rate, 0, 0, !first || strings.Contains(l.Name, "again")), nil
			},
			evidence.Search{Holds: 200, Confirmed: 2},
			"40/s! 40/s, tried again 80/s! 80/s, tried again 160/s! 160/s, tried again 200/s! 200/s, tried again 200/s again 1 200/s again 2",
		},
		{
			"one that is out of reach",
			func(l Level) (Outcome, []evidence.Tick, error) {
				ticks := seen(l.Pace.Rate, 0, 0, true)
				ticks[0].Operations[0].Answered = 0
				return Outcome{Seconds: 1}, ticks, nil
			},
			evidence.Search{Fails: 1},
			"40/s! 20/s! 10/s! 5/s! 2/s! 1/s!",
		},
		{
			"somebody who stops it",
			func(l Level) (Outcome, []evidence.Tick, error) {
				return Outcome{Seconds: 1, Problem: "interrupted"}, seen(l.Pace.Rate, 0, 0, true), nil
			},
			evidence.Search{Ended: "interrupted"},
			"40/s!",
		},
	} {
		s := &Scenario{
			Name: "search", Pace: Pace{Kind: "breakpoint", Rate: 40, Peak: 200, Duration: time.Second},
			Objectives: []evidence.Objective{{ID: "errors", Operation: "*", Metric: "errors", Text: "errors ≤ 0%"}},
		}
		next := 7
		outcome, got, err := searchLevels(s, next, func(l Level) (Outcome, []evidence.Tick, error) {
			if l.From != next {
				t.Errorf("%s: level %s begins with second %d, want %d", tc.name, l.Name, l.From, next)
			}
			next++
			return tc.server(l)
		})
		if err != nil {
			t.Fatal(err)
		}
		var levels []string
		for _, l := range got.Levels {
			if l.Held != (l.Reason == "") {
				t.Errorf("%s: level %+v", tc.name, l)
			}
			levels = append(levels, l.Name+map[bool]string{false: "!"}[l.Held])
		}
		if diff := cmp.Diff(tc.levels, strings.Join(levels, " ")); diff != "" {
			t.Errorf("%s: -want +got\n%s", tc.name, diff)
		}
		if got.Holds != tc.want.Holds || got.Fails != tc.want.Fails || got.Confirmed != tc.want.Confirmed ||
			!strings.HasPrefix(got.Ended, tc.want.Ended) || tc.want.Ended == "" && got.Ended != "" {
			t.Errorf("%s: %+v, want %+v", tc.name, got, tc.want)
		}
		if outcome.Seconds != next || outcome.Problem != map[bool]string{true: "interrupted"}[tc.want.Ended == "interrupted"] {
			t.Errorf("%s: %+v after second %d", tc.name, outcome, next)
		}
	}
}

// However a search goes, it is over within its bound: what a target allows is held against that.
func TestASearchKeepsWithinItsBound(t *testing.T) {
	s := &Scenario{Name: "search", Pace: Pace{Kind: "breakpoint", Rate: 1, Peak: 1e6, Duration: time.Second}}
	n := 0
	_, _, err := searchLevels(s, 0, func(l Level) (Outcome, []evidence.Tick, error) {
		n++
		return Outcome{Seconds: 1}, seen(min(l.Pace.Rate, 1000), 0, 0, n%2 == 0), nil
	})
	if err != nil || time.Duration(n)*time.Second > s.Pace.Length() {
		t.Errorf("%d levels of a second in a search of at most %s, %v", n, s.Pace.Length(), err)
	}
	broken := errors.New("broken")
	if _, said, err := searchLevels(s, 0, func(Level) (Outcome, []evidence.Tick, error) { return Outcome{}, nil, broken }); !errors.Is(err, broken) || said != nil {
		t.Errorf("a level that cannot be played: %v, %+v", err, said)
	}
}

func TestWhyALevelIsLost(t *testing.T) {
	objective := evidence.Objective{ID: "p99", Operation: "getLicense", Metric: "p99", Limit: 0.0001, Text: "p99 ≤ 100µs"}
	allowed := evidence.Objective{ID: "violations", Operation: "*", Metric: "violations", Limit: 1e5, Text: "violations ≤ 100000 in 100,000"}
	for want, tc := range map[string]struct {
		objectives []evidence.Objective
		ticks      []evidence.Tick
	}{
		"":                     {nil, seen(20, 3, 0, true)},
		"nothing was answered": {nil, nil},
		"p99 of getLicense is 1ms, and p99 ≤ 100µs is meant": {[]evidence.Objective{objective}, seen(20, 0, 0, true)},
		"2 of 20 answers broke the contract":                 {nil, seen(20, 0, 2, true)},
	} {
		if got := Lost(tc.objectives, tc.ticks); got != want {
			t.Errorf("lost because %q, want %q", got, want)
		}
	}
	if got := Lost([]evidence.Objective{allowed}, seen(20, 0, 2, true)); got != "" {
		t.Errorf("lost because %q, though an objective allows it", got)
	}
}
