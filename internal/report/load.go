// The load of the model: each scenario that was played, over its time.

package report

import (
	"fmt"

	"harness/internal/evidence"
	"harness/internal/measure"
	"harness/internal/verdict"
)

// Load is one scenario as a load run played it: what it was, how it went second by second, and how its objectives
// fared. Its figures by operation are the report's Measurements.
type Load struct {
	measure.Series
	Objectives []LoadObjective `json:"objectives"`
	// Stopped says why the run ended before its schedule did, as it had been asked to; "" for one that did not.
	Stopped string `json:"stopped,omitempty"`
}

// LoadObjective is an objective with its place among the findings.
type LoadObjective struct {
	Requirement string          `json:"requirement"` // id of its finding
	Verdict     verdict.Verdict `json:"verdict"`
	measure.Held
}

func loads(run *evidence.Run, findings []verdict.Finding) []Load {
	all := []Load{}
	for _, l := range run.Loads {
		var ticks []evidence.Tick
		for _, t := range run.Ticks {
			if t.Scenario == l.Scenario {
				ticks = append(ticks, t)
			}
		}
		played := Load{Series: measure.Tell(l, ticks, searchOf(run, l.Scenario)), Objectives: []LoadObjective{}}
		for _, held := range played.Series.Objectives {
			o := LoadObjective{Requirement: verdict.ObjectiveID(l.Scenario, held.Objective), Held: held}
			for _, f := range findings {
				if f.Requirement == o.Requirement && f.Operation == held.Operation {
					o.Verdict = f.Verdict
				}
			}
			played.Objectives = append(played.Objectives, o)
		}
		if run.Footer != nil {
			played.Stopped = run.Footer.Stopped
		}
		played.Series.Objectives = nil // they stand in the other list
		all = append(all, played)
	}
	return all
}

func searchOf(run *evidence.Run, scenario string) *evidence.Search {
	for i := range run.Searches {
		if run.Searches[i].Scenario == scenario {
			return &run.Searches[i]
		}
	}
	return nil
}

// of are the measurements of the scenario, the whole first.
func (l Load) of(all []measure.Measurement) []measure.Measurement {
	var own []measure.Measurement
	for _, m := range all {
		if m.Scenario == l.Scenario {
			own = append(own, m)
		}
	}
	return own
}

// Subject is what an objective is about.
func (o LoadObjective) Subject() string {
	if o.Operation == "*" {
		return ""
	}
	return o.Operation
}

// Measured is the value that the objective was held against, with what stands beside it.
func (o LoadObjective) Measured() string {
	if !o.Judged {
		return "too little to say"
	}
	text := measure.Show(o.Metric, o.Value)
	if o.Windows > 0 {
		text += fmt.Sprintf("; %s in the worst of %d windows, %d missed", measure.Show(o.Metric, o.Worst), o.Windows, o.Missed)
	}
	return text
}

// validated says which share of the answers was held against the contract. Answers that ask to be left alone are none
// of it.
func (l Load) validated(m measure.Measurement) string {
	answers := m.Answered - m.Throttled
	switch {
	case l.Validate == "none":
		return "no answer was held against the contract (--validate none)"
	case answers <= 0:
		return "there was no answer to hold against the contract"
	case m.Validated >= answers:
		return "100 % of the answers were held against the contract"
	}
	return fmt.Sprintf("%.3g %% of the answers were held against the contract (--validate %s)", 100*float64(m.Validated)/float64(answers), l.Validate)
}

// found is what a search for the highest rate came to, with its doubt.
func found(c *measure.Curve) string {
	var text string
	switch {
	case c.Holds == 0 && c.Fails == 0:
		text = "no rate could be tried to its end"
	case c.Holds == 0:
		text = fmt.Sprintf("no rate held: it fails at %g/s already", c.Fails)
	case c.Fails == 0:
		text = fmt.Sprintf("%g/s holds, the highest that was tried: the limit lies above", c.Holds)
	default:
		text = fmt.Sprintf("%g/s holds, %g/s does not", c.Holds, c.Fails)
	}
	if c.Holds > 0 {
		switch c.Confirmed {
		case 0:
			text += "; it was not tried again"
		case 1:
			text += "; confirmed once"
		default:
			text += fmt.Sprintf("; confirmed %d times", c.Confirmed)
		}
	}
	if c.Ended != "" {
		text += "; the search ended early: " + c.Ended
	}
	return text
}

// condition says in one line how the program itself fared.
func condition(h measure.Health) string {
	text := fmt.Sprintf("woke %s late (p99), %d late by its own fault, %d waiting for a worker, at most %d in flight, CPU at most %.1f of %d cores, memory at most %d MB",
		lasting(h.Pacing), h.Late, h.Starved, h.InFlight, h.CPU, h.Cores, (h.RSS+1<<19)>>20)
	if h.Steal >= 0.01 {
		text += fmt.Sprintf(", other guests took up to %.0f%%", h.Steal*100)
	}
	if h.Pause >= 0.01 {
		text += fmt.Sprintf(", stopped by the collector for up to %s in a second", lasting(h.Pause))
	}
	return text
}

// stalled says when the server stood still.
func stalled(s measure.Stall) string {
	span := fmt.Sprintf("in second %d", s.Second)
	if s.Seconds > 1 {
		span = fmt.Sprintf("in seconds %d to %d", s.Second, s.Second+s.Seconds-1)
	}
	return fmt.Sprintf("%s: %d answered of %d due, %d waiting at the end", span, s.Answered, s.Due, s.InFlight)
}

// lasting writes a time as a reader would.
func lasting(v float64) string { return measure.Show("p99", v) }
