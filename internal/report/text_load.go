// The load section of the text: what each scenario measured, how its objectives fared, and whether it can be believed.

package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"harness/internal/measure"
	"harness/internal/verdict"
)

// dim and struck are for figures that are not the server's.
const (
	dim    = "2"
	struck = "9"
)

// load tells each scenario of a load run.
func (t *text) load(r Report) {
	for _, l := range r.Load {
		t.title(strings.TrimSpace("Load: "+l.Scenario) + " · " + l.Pace)
		if l.Invalid != "" {
			t.prose("  invalid    ", l.Invalid, 4)
			t.heading("", "  The figures are those of the machine that sent the requests, and not the server's:", 2)
		}
		if l.Stopped != "" {
			t.prose("  stopped    ", clean(l.Stopped), 3)
		}
		own := l.of(r.Measurements)
		t.measured(l, own)
		t.objectives(l)
		if l.Search != nil {
			t.searched(*l.Search)
		}
		for _, s := range l.Stalls[:min(len(l.Stalls), 3)] {
			t.prose("  stall      ", stalled(s), 3)
		}
		if more := len(l.Stalls) - 3; more > 0 {
			t.line(fmt.Sprintf("             and %d more", more))
		}
		if len(own) > 0 {
			t.prose("  contract   ", l.validated(own[0]), 3)
		}
		if l.Generator.Cores > 0 {
			t.prose("  generator  ", condition(l.Generator), 3)
		}
		if l.Note != "" {
			t.prose("  note       ", clean(l.Note), 3)
		}
	}
}

// measured is what was asked and answered, and how long it took.
func (t *text) measured(l Load, own []measure.Measurement) {
	counts := [][]string{{"", "verdict", "due", "sent", "answered", "errors", "throttled", "violations"}}
	times := [][]string{{"response time", "p50", "p90", "p99", "p99.9", "max", "service p99", "lag p99"}}
	for _, m := range own {
		name := "all of it"
		if m.Operation != "*" {
			name = "  " + m.Operation
		}
		count := func(n int64) string { return number(int(n)) }
		counts = append(counts, []string{name, m.Verdict, count(m.Due), count(m.Sent), count(m.Answered), count(m.Errors), count(m.Throttled), count(m.Violations)})
		q := m.ResponseTime
		if m.Sent == 0 {
			times = append(times, []string{name, "–", "–", "–", "–", "–", "–", "–"})
			continue
		}
		times = append(times, []string{name, lasting(q.P50), lasting(q.P90), lasting(q.P99), lasting(q.P999), lasting(q.Max), lasting(m.ServiceTime.P99), lasting(m.Lag.P99)})
	}
	colour := ""
	if l.Invalid != "" {
		colour = dim + ";" + struck
	}
	for _, rows := range [][][]string{counts, times} {
		t.figures(rows, colour)
	}
}

// figures writes a table of numbers, its rows in a colour. On a terminal that is too narrow for it, each row is a name
// with its numbers below, every one with its heading.
func (t *text) figures(rows [][]string, colour string) {
	lines := align(rows, "l"+strings.Repeat("r", len(rows[0])-1))
	fits := !slices.ContainsFunc(lines, func(line string) bool {
		return utf8.RuneCountInString(strings.TrimRight(line, " "))+2 > t.width
	})
	if fits || !t.terminal {
		t.line("  " + lines[0])
		for _, line := range lines[1:] {
			t.line("  " + t.paint(colour, line))
		}
		return
	}
	if rows[0][0] != "" {
		t.line("  " + rows[0][0])
	}
	for _, row := range rows[1:] {
		t.line("  " + row[0])
		var parts []string
		for i, value := range row[1:] {
			parts = append(parts, rows[0][i+1]+" "+value)
		}
		for _, line := range wrapAt(parts, "   ", t.width-6) {
			t.line("      " + t.paint(colour, line))
		}
	}
}

// wrapAt joins parts to lines of at most that width, and breaks none of them.
func wrapAt(parts []string, between string, width int) []string {
	lines := []string{parts[0]}
	for _, part := range parts[1:] {
		last := &lines[len(lines)-1]
		if utf8.RuneCountInString(*last+between+part) > width {
			lines = append(lines, part)
			continue
		}
		*last += between + part
	}
	return lines
}

// objectives are told with their values whether they are kept or not.
func (t *text) objectives(l Load) {
	if len(l.Objectives) == 0 {
		return
	}
	rows, colours := [][]string{}, []string{}
	for _, o := range l.Objectives {
		word, colour := "– "+o.Verdict.String(), magenta
		switch o.Verdict {
		case verdict.Pass:
			word, colour = "✓ kept", ""
		case verdict.Fail:
			word, colour = "✗ missed", red
		}
		rows, colours = append(rows, []string{word, strings.TrimSpace(o.Subject() + " " + o.Text), o.Measured()}), append(colours, colour)
	}
	for i, line := range align(rows, "lll") {
		t.line("  " + t.paint(colours[i], cut(strings.TrimRight(line, " "), t.width-2)))
	}
}

// searched is the answer of a breakpoint search, and the rates that it tried.
func (t *text) searched(c measure.Curve) {
	t.prose("  breakpoint ", found(&c), 3)
	rows := [][]string{{"rate", "answered/s", "p50", "p99", "errors", "violations", ""}}
	for _, l := range c.Levels {
		outcome := "held"
		if !l.Held {
			outcome = clean(l.Reason)
		}
		rows = append(rows, []string{l.Name, fmt.Sprintf("%.4g", l.Answered), lasting(l.P50), lasting(l.P99), number(int(l.Errors)), number(int(l.Violations)), outcome})
	}
	for _, line := range align(rows, "lrrrrrl") {
		t.line("    " + cut(strings.TrimRight(line, " "), t.width-4))
	}
}
