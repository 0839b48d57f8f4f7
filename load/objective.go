// Objectives: how they are named and told, and the one that every scenario has.

package load

import (
	"fmt"
	"slices"
	"time"

	"harness/internal/evidence"
	"harness/internal/measure"
	"harness/internal/nearest"
)

// name fills in the id and the text of an objective, which follow from the rest of it.
func name(o *evidence.Objective) {
	o.ID = o.Metric
	if o.Operation != "*" {
		o.ID = o.Operation + " " + o.Metric
	}
	switch {
	case measure.Percentiles[o.Metric] > 0:
		o.Text = fmt.Sprintf("%s ≤ %s", o.Metric, time.Duration(o.Limit*float64(time.Second)))
	case o.Metric == "violations" && o.Limit == 0:
		o.Text = "no violations"
	case o.Metric == "violations":
		o.Text = fmt.Sprintf("violations ≤ %g in 100,000", o.Limit)
	case o.Metric == "rate":
		o.Text = fmt.Sprintf("rate ≥ %g%%", o.Limit*100)
	default:
		o.Text = fmt.Sprintf("%s ≤ %g%%", o.Metric, o.Limit*100)
	}
	if o.Window > 0 {
		o.Text += fmt.Sprintf(" in every %gs", o.Window)
	}
}

// objectives holds the objectives against the steps, and adds the one that every scenario has: no violations.
func (r *reader) objectives() {
	if r.err != nil {
		return
	}
	s := r.scenario
	var operations []string
	for _, step := range s.Steps {
		operations = append(operations, step.Operation)
	}
	slices.Sort(operations)
	operations = slices.Compact(operations)
	total := false
	for i, o := range s.Objectives {
		if o.Operation != "*" && !slices.Contains(operations, o.Operation) {
			err := fmt.Sprintf("an objective on %s, which is in no step; the steps ask %v", o.Operation, operations)
			if near := nearest.Name(o.Operation, operations); near != "" {
				err += fmt.Sprintf("; did you mean %s?", near)
			}
			r.fail(r.named[i], "", "%s", err)
		}
		if slices.ContainsFunc(s.Objectives[:i], func(other evidence.Objective) bool { return other.ID == o.ID }) {
			r.fail(r.named[i], "", "a second objective for %s", o.ID)
		}
		total = total || o.ID == "violations"
	}
	if !total {
		o := evidence.Objective{Operation: "*", Metric: "violations"}
		name(&o)
		s.Objectives = append(s.Objectives, o)
	}
}
