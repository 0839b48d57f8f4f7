// The load section of the HTML report: what each scenario measured, drawn over its time, each plot with its table.

package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"harness/internal/measure"
)

// The style sheets and scripts that a page with plots wants beside the page's own; each enters the page's policy by its
// hash. uPlot's licence goes where uPlot goes.
var (
	loadStyles  = []htmlAsset{readAsset("uplot/uPlot.min.css"), readAsset("load.css")}
	loadScripts = []htmlAsset{withLicence("uplot/LICENSE", "uplot/uPlot.iife.min.js"), readAsset("load.js")}
)

// withLicence is a script behind the licence under which it is ours to pass on.
func withLicence(licence, script string) htmlAsset {
	return newAsset("/*!\n" + readAsset(licence).text + "*/\n" + readAsset(script).text)
}

// htmlLoad is the section of a load run.
type htmlLoad struct {
	Scenarios       []htmlScenario
	styles, scripts []htmlAsset
}

// htmlScenario is one scenario as it is shown.
type htmlScenario struct {
	Load
	Index     int
	Rows      []htmlMeasured
	Found     string // what a search came to; "" for none
	Contract  string // which share of the answers was validated
	Condition string // how the generator fared
	Stood     []string
	Plots     []htmlPlot
}

// htmlPlot is a plot with what it says in words, and the table for those who cannot see it.
type htmlPlot struct {
	Kind, Title, Says string
	Note              string // about the table
	Head              []string
	Rows              [][]string
}

// htmlMeasured is one measurement as it is shown.
type htmlMeasured struct {
	measure.Measurement
	Tone string
}

// newHTMLLoad is nil for a run that measured nothing: such a page has no such section.
func newHTMLLoad(r Report) *htmlLoad {
	if len(r.Measurements) == 0 && len(r.Load) == 0 {
		return nil
	}
	l := &htmlLoad{}
	for i, played := range r.Load {
		l.Scenarios = append(l.Scenarios, newHTMLScenario(i, played, played.of(r.Measurements)))
	}
	for _, m := range r.Measurements { // of a report that has no more than its figures
		i := slices.IndexFunc(l.Scenarios, func(s htmlScenario) bool { return s.Scenario == m.Scenario })
		if i < 0 {
			only := Load{Series: measure.Series{Scenario: m.Scenario}}
			l.Scenarios = append(l.Scenarios, htmlScenario{Load: only, Index: len(l.Scenarios), Rows: htmlMeasurements(only.of(r.Measurements))})
		}
	}
	if len(r.Load) > 0 {
		l.styles, l.scripts = loadStyles, loadScripts
	}
	return l
}

func newHTMLScenario(index int, l Load, own []measure.Measurement) htmlScenario {
	s := htmlScenario{Load: l, Index: index, Rows: htmlMeasurements(own)}
	if len(own) > 0 {
		s.Contract = l.validated(own[0])
	}
	if l.Generator.Cores > 0 {
		s.Condition = condition(l.Generator)
	}
	if l.Search != nil {
		s.Found = found(l.Search)
		s.Plots = append(s.Plots, breakpointPlot(*l.Search))
	}
	for _, stall := range l.Stalls[:min(len(l.Stalls), 10)] {
		s.Stood = append(s.Stood, stalled(stall))
	}
	if more := len(l.Stalls) - 10; more > 0 {
		s.Stood = append(s.Stood, fmt.Sprintf("and %d more", more))
	}
	if len(l.Timeline.Second) == 0 {
		return s
	}
	s.Plots = append(s.Plots, latencyPlot(l), ratePlot(l), errorPlot(l), distributionPlot(l))
	if len(l.Operations) > 1 {
		s.Plots = append(s.Plots, operationPlot(l))
	}
	if len(l.Sizes) > 1 {
		s.Plots = append(s.Plots, sizePlot(l))
	}
	return s
}

func htmlMeasurements(all []measure.Measurement) []htmlMeasured {
	var rows []htmlMeasured
	for _, m := range all {
		rows = append(rows, htmlMeasured{m, map[string]string{measure.Pass: "ok", measure.Fail: "bad"}[m.Verdict]})
	}
	return rows
}

// Rate is how many requests were answered in a second.
func (m htmlMeasured) Rate() string {
	if m.Seconds <= 0 {
		return "–"
	}
	return figure(int64(float64(m.Answered)/m.Seconds + 0.5))
}

// Times are the quantiles of the response time, then the p99 of service time and lag, in the order of the columns.
func (m htmlMeasured) Times() []string {
	q := m.ResponseTime
	times := []float64{q.P50, q.P90, q.P99, q.P999, q.Max, m.ServiceTime.P99, m.Lag.P99}
	shown := make([]string, len(times))
	for i, v := range times {
		shown[i] = "–"
		if m.Sent > 0 {
			shown[i] = milliseconds(v)
		}
	}
	return shown
}

// Struck says whether the figures are crossed out.
func (m htmlMeasured) Struck() bool { return m.Verdict == measure.Invalid }

// Symbol is the verdict on an objective in a sign, beside the word.
func (o LoadObjective) Symbol() string {
	switch {
	case !o.Verdict.Judged():
		return "–"
	case o.Kept:
		return "✓"
	}
	return "✗"
}

// tableRows is about how many rows the table beside a plot has.
const tableRows = 30

// stretches cuts a timeline into rows of a table: from, below, as indexes.
func stretches(t measure.Timeline) [][2]int {
	n := len(t.Second)
	width := (n-1)/tableRows + 1
	var all [][2]int
	for from := 0; from < n; from += width {
		all = append(all, [2]int{from, min(from+width, n)})
	}
	return all
}

// overTime is the table of some columns of a timeline, and what to say of its rows.
func overTime(t measure.Timeline, column func(from, below int) []string) (rows [][]string, note string) {
	cuts := stretches(t)
	for _, c := range cuts {
		name := fmt.Sprint(t.Second[c[0]])
		if last := t.Second[c[1]-1] + t.Step - 1; last > t.Second[c[0]] {
			name += fmt.Sprintf(" – %d", last)
		}
		if c[0] < t.Warmup {
			name += ", warm-up"
		}
		rows = append(rows, append([]string{name}, column(c[0], c[1])...))
	}
	if span := (cuts[0][1] - cuts[0][0]) * t.Step; span > 1 {
		note = fmt.Sprintf("Each row spans %d seconds.", span)
	}
	return rows, note
}

func worst(times measure.Times) float64 {
	w := math.NaN()
	for _, v := range times {
		if !math.IsNaN(v) && !(v <= w) {
			w = v
		}
	}
	return w
}

func shown(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return milliseconds(v)
}

func sum(counts []int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

func latencyPlot(l Load) htmlPlot {
	t := l.Timeline
	p := htmlPlot{Kind: "latency", Title: "Response time", Head: []string{"Second", "p50", "p90", "p99", "max", "lag p99"}}
	p.Rows, p.Note = overTime(t, func(from, below int) []string {
		var cells []string
		for _, times := range []measure.Times{t.P50, t.P90, t.P99, t.Max, t.Lag} {
			cells = append(cells, shown(worst(times[from:below])))
		}
		return cells
	})
	if p.Note != "" {
		p.Note += " Times are those of its worst stretch."
	}
	counted := t.Max[min(t.Warmup, len(t.Max)):]
	high := worst(counted)
	p.Says = "Nothing was measured."
	if !math.IsNaN(high) {
		at := t.Warmup + slices.Index(counted, high)
		p.Says = fmt.Sprintf("The longest took %s and was due in second %d; the worst p99 of a second is %s.", milliseconds(high), t.Second[at], milliseconds(worst(t.P99[min(t.Warmup, len(t.P99)):])))
	}
	return p
}

func ratePlot(l Load) htmlPlot {
	t := l.Timeline
	p := htmlPlot{Kind: "rate", Title: "Requests due, sent and answered", Head: []string{"Second", "due", "sent", "answered", "in flight, at most"}}
	p.Rows, p.Note = overTime(t, func(from, below int) []string {
		return []string{figure(sum(t.Due[from:below])), figure(sum(t.Sent[from:below])), figure(sum(t.Answered[from:below])), figure(int64(slices.Max(t.InFlight[from:below])))}
	})
	p.Says = fmt.Sprintf("%s came due, %s were sent, %s were answered; at most %s were in flight at the end of a second.",
		figure(sum(t.Due)), figure(sum(t.Sent)), figure(sum(t.Answered)), figure(int64(slices.Max(t.InFlight))))
	return p
}

func errorPlot(l Load) htmlPlot {
	t := l.Timeline
	p := htmlPlot{Kind: "errors", Title: "Errors, throttling and violations"}
	errors, throttled, violations := sum(t.Errors), sum(t.Throttled), sum(t.Violations)
	if errors+throttled+violations == 0 {
		p.Kind, p.Says = "", "None: no request failed, none was throttled, no answer broke the contract."
		return p
	}
	p.Says = fmt.Sprintf("%s errors, %s throttled or held back for it, %s answers that broke the contract.", figure(errors), figure(throttled), figure(violations))
	p.Head = []string{"Second", "errors", "throttled", "violations"}
	p.Rows, p.Note = overTime(t, func(from, below int) []string {
		return []string{figure(sum(t.Errors[from:below])), figure(sum(t.Throttled[from:below])), figure(sum(t.Violations[from:below]))}
	})
	return p
}

// told are the shares at which a distribution is told in a table.
var told = []float64{0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 1}

func distributionPlot(l Load) htmlPlot {
	d := l.Distribution
	p := htmlPlot{
		Kind: "distribution", Title: "Distribution", Says: "How long how many took: each step to the right is a tenth of the requests before it, both scales are logarithmic.",
		Head: []string{"Within", "response time", "service time"}, Note: "The time within which at least this share of the requests lies.",
	}
	for _, op := range l.Operations {
		if len(l.Operations) > 1 {
			p.Head = append(p.Head, op.Operation)
		}
	}
	for _, q := range told {
		i := slices.IndexFunc(d.Share, func(share float64) bool { return share >= q })
		if i < 0 || q < 1 && d.Share[i] == 1 {
			continue // too few requests to tell
		}
		row := []string{strings.TrimSuffix(fmt.Sprintf("%.4g", d.Share[i]*100), ".0") + " %", shown(d.Response[i]), shown(d.Service[i])}
		if q == 1 {
			row[0] = "all"
		}
		for _, op := range l.Operations {
			if len(l.Operations) > 1 {
				row = append(row, shown(op.Percentile[i]))
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

func operationPlot(l Load) htmlPlot {
	p := htmlPlot{Kind: "operations", Title: "Response time by operation, p99", Head: []string{"Second"}, Says: "The p99 of the response time of each operation."}
	for _, op := range l.Operations {
		p.Head = append(p.Head, op.Operation)
	}
	p.Rows, p.Note = overTime(l.Timeline, func(from, below int) []string {
		var cells []string
		for _, op := range l.Operations {
			cells = append(cells, shown(worst(op.P99[from:below])))
		}
		return cells
	})
	if p.Note != "" {
		p.Note += " Times are those of its worst stretch."
	}
	return p
}

func sizePlot(l Load) htmlPlot {
	p := htmlPlot{
		Kind: "sizes", Title: "Response time by size", Says: "What a request costs by how much it asks for: keys, users, or licences.",
		Head: []string{"Operation", "Size", "sent", "errors", "violations", "p50", "p99", "max", "service p99"},
	}
	for _, s := range l.Sizes {
		p.Rows = append(p.Rows, []string{
			s.Operation, figure(s.Size), figure(s.Sent), figure(s.Errors), figure(s.Violations), milliseconds(s.ResponseTime.P50), milliseconds(s.ResponseTime.P99),
			milliseconds(s.ResponseTime.Max), milliseconds(s.ServiceTime.P99),
		})
	}
	return p
}

func breakpointPlot(c measure.Curve) htmlPlot {
	p := htmlPlot{
		Kind: "breakpoint", Title: "Response time by rate", Says: found(&c) + ".",
		Head: []string{"Rate", "Outcome", "answered a second", "p50", "p99", "errors", "violations"}, Note: "In the order in which the rates were tried.",
	}
	for _, level := range c.Levels {
		outcome := "held"
		if !level.Held {
			outcome = clip(level.Reason, 300)
		}
		p.Rows = append(p.Rows, []string{
			level.Name, outcome, figure(int64(level.Answered + 0.5)), milliseconds(level.P50), milliseconds(level.P99), figure(level.Errors), figure(level.Violations),
		})
	}
	return p
}
