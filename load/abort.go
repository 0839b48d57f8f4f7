// Ending a run early: an objective that is watched while the run goes on, and ends it in the window that loses it.

package load

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"harness/internal/evidence"
	"harness/internal/measure"
	"harness/internal/nearest"
)

// abortWindow is how long an objective must be lost to end a run, when nobody says.
const abortWindow = 10 * time.Second

// written is an objective as it is written to be lost: [OPERATION] METRIC > LIMIT [for WINDOW].
var written = regexp.MustCompile(`^(?:(\S+)\s+)?(\S+)\s*([<>])\s*(\S+?)(?:\s+for\s+(\S+))?$`)

// Abort is the objective that ends a run once it is lost: one of the scenario's by its id, or one written out, such as
// "p99 > 500ms for 10s". One that names no window, or is not among the scenario's, becomes one of them, so that it is
// judged like the others.
func (s *Scenario) Abort(text string) (evidence.Objective, error) {
	if s.Pace.Kind == "breakpoint" {
		return evidence.Objective{}, errors.New("a breakpoint search loses objectives on purpose, and ends by itself")
	}
	for _, o := range s.Objectives {
		if o.ID == text {
			if o.Window <= 0 {
				o = within(o, abortWindow)
			}
			return o, s.take(o)
		}
	}
	parts := written.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		var ids []string
		for _, o := range s.Objectives {
			ids = append(ids, o.ID)
		}
		return evidence.Objective{}, fmt.Errorf("%w\nhint: or write one out: p99 > 500ms for 10s", nearest.Error("objective", text, ids, ""))
	}
	o := evidence.Objective{Operation: "*", Metric: parts[2]}
	if parts[1] != "" {
		o.Operation = parts[1]
	}
	if err := s.offers(o); err != nil {
		return o, err
	}
	least := o.Metric == "rate"
	if least != (parts[3] == "<") {
		return o, fmt.Errorf("%q: a run is lost when %s", text, map[bool]string{true: "rate falls below a limit: rate < 90%", false: o.Metric + " rises above one: " + o.Metric + " > …"}[least])
	}
	var err error
	if o.Limit, err = limit(o.Metric, parts[4]); err != nil {
		return o, err
	}
	window := abortWindow
	if parts[5] != "" {
		if window, err = time.ParseDuration(parts[5]); err != nil || window < time.Second || window%time.Second != 0 {
			return o, fmt.Errorf("%q is no window; whole seconds are meant, such as 10s", parts[5])
		}
	}
	o = within(o, window)
	return o, s.take(o)
}

// within is an objective held against windows, with an id that says so.
func within(o evidence.Objective, window time.Duration) evidence.Objective {
	o.Window = window.Seconds()
	name(&o)
	o.ID += fmt.Sprintf(" in every %gs", o.Window)
	return o
}

// take makes an objective one of the scenario's. Two that differ in their limit alone would be one and the same to
// whoever compares runs.
func (s *Scenario) take(o evidence.Objective) error {
	for _, other := range s.Objectives {
		if other == o {
			return nil
		}
		if other.Operation == o.Operation && other.Metric == o.Metric && other.Window == o.Window {
			return fmt.Errorf("scenario %s has the objective %q already\nhint: --abort-on %q", s.Name, other.Text, other.ID)
		}
	}
	s.Objectives = append(slices.Clip(s.Objectives), o)
	return nil
}

// offers says whether the scenario can be asked for such an objective.
func (s *Scenario) offers(o evidence.Objective) error {
	if !slices.Contains(measure.Metrics, o.Metric) {
		return nearest.Error("metric", o.Metric, measure.Metrics, "")
	}
	if o.Operation == "*" {
		return nil
	}
	var operations []string
	for _, step := range s.Steps {
		if step.Operation == o.Operation {
			return nil
		}
		operations = append(operations, step.Operation)
	}
	return nearest.Error("operation", o.Operation, operations, "")
}

// limit reads the limit of a metric: a duration for a percentile, a share for errors, throttled and rate, a number in
// 100,000 for violations.
func limit(metric, text string) (float64, error) {
	if measure.Percentiles[metric] > 0 {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return 0, fmt.Errorf("%s wants a time, such as 500ms; %q is none", metric, text)
		}
		return d.Seconds(), nil
	}
	number, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(number, 64)
	switch {
	case metric == "violations" && (err != nil || percent || v < 0 || v > 1e5):
		return 0, fmt.Errorf("violations wants a number in 100,000 answers, such as 0; %q is none", text)
	case metric == "violations":
		return v, nil
	case err != nil || !percent || v < 0 || v > 100:
		return 0, fmt.Errorf("%s wants a share, such as 1%%; %q is none", metric, text)
	}
	return v / 100, nil
}

// Watchdog watches an objective while a run goes on.
type Watchdog struct {
	Objective evidence.Objective

	ticks []evidence.Tick // of the windows that are not judged for good
	first int             // second with which the earliest of them begins
	begun bool
}

// Watch takes the next tick, and says why the run ends when a window has lost the objective. A window is looked at one
// second after its end, when most of what came due in it is answered; answers that come later still count for the
// verdict.
func (w *Watchdog) Watch(t evidence.Tick) string {
	if t.Warmup {
		return ""
	}
	if !w.begun {
		w.first, w.begun = t.Second, true
	}
	if t.Second < w.first {
		return "" // of a window that was judged
	}
	w.ticks = append(w.ticks, t.Clone())
	width := int(w.Objective.Window)
	if t.Generator == nil || t.Second < w.first+width {
		return ""
	}
	var window []evidence.Tick
	for _, tick := range w.ticks {
		if tick.Second < w.first+width {
			window = append(window, tick)
		}
	}
	held := w.Objective
	held.Window = 0 // these ticks are the window
	h := measure.Hold(held, window)
	if h.Judged && !h.Kept {
		return fmt.Sprintf("%s was %s in the %d s from second %d, and %s is meant", about(held), measure.Show(held.Metric, h.Value), width, w.first, w.Objective.Text)
	}
	w.first += width
	w.ticks = slices.DeleteFunc(w.ticks, func(tick evidence.Tick) bool { return tick.Second < w.first })
	return ""
}
