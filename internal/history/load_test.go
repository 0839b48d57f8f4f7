// Two load runs of the same scenario beside each other.

package history_test

import (
	"fmt"
	"testing"
	"time"

	"harness/internal/evidence"
	"harness/internal/histogram"
	"harness/internal/history"
	"harness/internal/measure"
)

// loadOf is half a minute at a rate and with a time to answer that wobble a little from second to second.
func loadOf(pace string, rate int64, took time.Duration, change func(*evidence.Tick)) history.Snapshot {
	load := evidence.Load{Scenario: "scan-walk", Pace: pace, Operations: []evidence.LoadOperation{{API: "gotoaccount", Operation: "listThings"}}}
	var ticks []evidence.Tick
	for second := range 30 {
		n := rate + int64(second*7%5)
		h := &histogram.Histogram{}
		for i := range n {
			h.Add(took + took*time.Duration(second*11%7+int(i%3))/100)
		}
		t := evidence.Tick{Scenario: "scan-walk", Second: second, Due: n, Operations: []evidence.TickPart{{
			API: "gotoaccount", Operation: "listThings", Sent: n, Answered: n, Validated: n, Classes: []evidence.TickClass{{Class: "2xx", Service: h, Response: h}},
		}}}
		if change != nil {
			change(&t)
		}
		ticks = append(ticks, t)
	}
	sum := measure.Total(ticks, measure.Key{}, nil)
	s := snap()
	s.Figures = history.LoadFigures(ticks, []measure.Measurement{{
		Scenario: "scan-walk", API: "gotoaccount", Operation: "*", Verdict: measure.Pass, Sent: sum.Sent, Answered: sum.Answered, Validated: sum.Validated, Errors: sum.Errors, Seconds: 30,
	}}, measure.Tell(load, ticks, nil))
	return s
}

func TestLoadRunsAreToldApartByTheirSeconds(t *testing.T) {
	const pace = "constant 50/s for 30s"
	base := loadOf(pace, 50, 10*time.Millisecond, nil)
	late := func(tick *evidence.Tick) {
		if tick.Second%2 == 0 { // what is done later than its second is no second of its own
			tick.Operations[0].Classes = nil
		}
	}
	for _, test := range []struct {
		name string
		run  history.Snapshot
		want map[string]string // what differs
		note string            // of the first figure
	}{
		{"the same", loadOf(pace, 50, 10*time.Millisecond, nil), nil, ""},
		{"half the time", loadOf(pace, 50, 5*time.Millisecond, nil), map[string]string{"response time p50": "faster", "response time p99": "faster"}, ""},
		{"twice the time", loadOf(pace, 50, 20*time.Millisecond, nil), map[string]string{"response time p50": "slower", "response time p99": "slower"}, ""},
		{"fewer answers", loadOf(pace, 50, 10*time.Millisecond, func(t *evidence.Tick) { t.Operations[0].Answered /= 2 }), map[string]string{"answered": "lower"}, ""},
		{"half of the seconds without times", loadOf(pace, 50, 10*time.Millisecond, late), nil, ""},
		{"another pace", loadOf("constant 500/s for 30s", 500, 50*time.Millisecond, nil), nil, "another pace: constant 50/s for 30s, then constant 500/s for 30s"},
	} {
		got := map[string]string{}
		c := history.Compare(base, test.run)
		for _, m := range c.Measured {
			if m.Verdict != "~" {
				got[m.Figure] = m.Verdict
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(test.want) || len(c.Measured) != 5 || c.Measured[0].Note != test.note {
			t.Errorf("%s: %v of %d figures, %q; want %v", test.name, got, len(c.Measured), c.Measured[0].Note, test.want)
		}
	}
}

func TestOfASearchTheRateThatItFoundIsCompared(t *testing.T) {
	search := &evidence.Search{Holds: 100, Fails: 200, Levels: []evidence.SearchLevel{{Name: "100/s", Rate: 100, Held: true}, {Name: "200/s", Rate: 200}}}
	tick := func(level string, second int, took time.Duration) evidence.Tick {
		h := &histogram.Histogram{}
		for range 20 {
			h.Add(took)
		}
		return evidence.Tick{Scenario: "s", Level: level, Second: second, Due: 20, Operations: []evidence.TickPart{{Operation: "listThings", Sent: 20, Answered: 20, Classes: []evidence.TickClass{{Response: h, Service: h}}}}}
	}
	ticks := []evidence.Tick{tick("100/s", 0, time.Millisecond), tick("200/s", 1, time.Second)}
	played := measure.Tell(evidence.Load{Scenario: "s"}, ticks, search)
	figures := history.LoadFigures(ticks, []measure.Measurement{{Scenario: "s", Operation: "*", Sent: 20}}, played)
	if got := figures[0].Samples; len(got) != 1 || got[0] > 0.01 {
		t.Errorf("p50 of the seconds %v; those of the rate that did not hold are there to fail", got)
	}
	found := false
	for _, f := range figures {
		found = found || f.Name == "highest rate that holds" && f.Samples[0] == 100
	}
	if !found {
		t.Errorf("the rate is no figure of %v", figures)
	}
}
