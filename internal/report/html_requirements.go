// The requirements of the HTML report: a row for each, with its worst verdict and how each operation fared.

package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"harness/internal/verdict"
)

// htmlRequirement is one row.
type htmlRequirement struct {
	verdict.Finding                 // the worst of them
	Marks           string          // operation=verdict, for the filter: "getLicense=pass getLicenses=not-exercised"
	Total           int             // operations
	Fared           []htmlOperation // those that fared alike together, the worst first
	Link            string          // the place of the finding that tells more; "" where there is none
}

// shownFate bounds what is said of how a requirement fared on some operations, in bytes.
const shownFate = 400

// htmlOperation is operations on which a requirement fared alike.
type htmlOperation struct {
	Verdict    verdict.Verdict
	Operations []string
	Text       string // what is broken, or why it is not judged, or what was observed
}

// htmlRequirements are in the order of the catalogue.
func htmlRequirements(r Report) []htmlRequirement {
	var rows []htmlRequirement
	at, marks := map[string]int{}, map[string][]string{}
	told := map[string]string{} // finding → the place that tells of it
	open, accepted := []verdict.Finding{}, []verdict.Finding{}
	for _, f := range r.Findings {
		if f.Accepted != nil && f.Accepted.State == verdict.Accepted {
			accepted = append(accepted, f)
		} else {
			open = append(open, f)
		}
	}
	for _, c := range slices.Concat(causes(open), causes(accepted)) {
		for _, f := range append([]verdict.Finding{c.finding}, c.also...) {
			told[anchor(f)] = anchor(c.finding)
		}
	}
	for _, f := range r.Findings {
		i, ok := at[f.Requirement]
		if !ok {
			i = len(rows)
			at[f.Requirement] = i
			rows = append(rows, htmlRequirement{Finding: f})
		}
		row := &rows[i]
		row.Total++
		if f.Verdict > row.Finding.Verdict {
			row.Finding = f
		}
		if place := told[anchor(f)]; place != "" && row.Link == "" {
			row.Link = place
		}
		marks[f.Requirement] = append(marks[f.Requirement], f.Operation+"="+dashed(f.Verdict))
		row.add(f)
	}
	for i := range rows {
		row := &rows[i]
		row.Marks = strings.Join(marks[row.Requirement], " ")
		slices.SortStableFunc(row.Fared, func(a, b htmlOperation) int { return int(b.Verdict) - int(a.Verdict) })
	}
	return rows
}

func (row *htmlRequirement) add(f verdict.Finding) {
	text := f.Message
	if text == "" {
		text = f.Reason
	}
	if text == "" {
		text = observationText(f.Observation)
	}
	text = clip(text, shownFate)
	for i := range row.Fared {
		if o := &row.Fared[i]; o.Verdict == f.Verdict && o.Text == text {
			o.Operations = append(o.Operations, f.Operation)
			return
		}
	}
	row.Fared = append(row.Fared, htmlOperation{f.Verdict, []string{f.Operation}, text})
}

// Of says of how many operations the verdict is, where there are several.
func (row htmlRequirement) Of() string {
	if row.Total == 1 {
		return ""
	}
	n := 0
	for _, o := range row.Fared {
		if o.Verdict == row.Verdict {
			n += len(o.Operations)
		}
	}
	if n == row.Total {
		return fmt.Sprintf("all %d operations", n)
	}
	return fmt.Sprintf("%d of %d operations", n, row.Total)
}

// dashed is a verdict as one word, for the filter.
func dashed(v verdict.Verdict) string { return strings.ReplaceAll(v.String(), " ", "-") }

func observationText(observation map[string]string) string {
	var parts []string
	for _, question := range slices.Sorted(maps.Keys(observation)) {
		parts = append(parts, question+": "+observation[question])
	}
	return strings.Join(parts, "; ")
}
