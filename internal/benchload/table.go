// The comparison as a table, for a terminal and for docs/comparison.md.

package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"
)

// column is one figure of the table.
type column struct {
	title string
	part  string
	cell  func(*Result) string
}

func number(format string, figure func(Turn) float64) func(*Result) string {
	return func(r *Result) string { return fmt.Sprintf(format, r.of(figure)) }
}

// doubtful marks a figure that the tool itself disowns.
const doubtful = " †"

func told(r *Result) string {
	text := fmt.Sprintf("%.0f", r.of(p99))
	if r.of(p99) < 10 {
		text = fmt.Sprintf("%.1f", r.of(p99))
	}
	if r.doubted() {
		text += doubtful
	}
	return text
}

var columns = []column{
	{"CPU µs", closed, number("%.1f", cpu)},
	{"answers/s", closed, number("%.0f", rate)},
	{"RSS MB", closed, number("%.0f", memory)},
	{"1000/s: sent/s", slow, number("%.0f", rate)},
	{"CPU µs", slow, number("%.0f", cpu)},
	{"late µs", slow, number("%.0f", late)},
	{"glued", slow, number("%.0f %%", glued)},
	{"5000/s: sent/s", fast, number("%.0f", rate)},
	{"CPU µs", fast, number("%.0f", cpu)},
	{"late µs", fast, number("%.0f", late)},
	{"glued", fast, number("%.0f %%", glued)},
	{"stall: p99 ms, 10 in flight", stallFew, told},
	{"1100 in flight", stallMany, told},
}

// table is a row for each tool, as Markdown that can be read as it is.
func (r Report) table() string {
	head := []string{""}
	for _, c := range columns {
		head = append(head, c.title)
	}
	rows := [][]string{append(head, "checked of an answer")}
	for _, t := range r.Tools {
		if t.Version == "" {
			continue
		}
		row := []string{t.Name}
		for _, c := range columns {
			cell := "–"
			if found := named(r.part(c.part).Results, t.Name); len(found.Turns) > 0 {
				cell = c.cell(found)
			}
			row = append(row, cell)
		}
		rows = append(rows, append(row, t.Checks))
	}
	truth := []string{"the truth"}
	for _, c := range columns {
		cell := ""
		if p := r.part(c.part); p.Truth > 0 {
			cell = fmt.Sprintf("%.0f", p.Truth*1e3)
		}
		truth = append(truth, cell)
	}
	return markdown(append(rows, append(truth, "")))
}

// markdown is a table whose columns stand under each other; all but the first and the last hold numbers.
func markdown(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for n, row := range rows {
		for i, cell := range row {
			blanks := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i > 0 && i < len(row)-1 {
				b.WriteString("| " + blanks + cell + " ")
			} else {
				b.WriteString("| " + cell + blanks + " ")
			}
		}
		b.WriteString("|\n")
		if n > 0 {
			continue
		}
		for i, w := range widths {
			if i > 0 && i < len(widths)-1 {
				b.WriteString("|" + strings.Repeat("-", w+1) + ":")
			} else {
				b.WriteString("|" + strings.Repeat("-", w+2))
			}
		}
		b.WriteString("|\n")
	}
	return b.String()
}

// section is what the page says of the figures.
func (r Report) section() string {
	var b strings.Builder
	rounds, seconds := 0, 0.0
	for _, p := range r.Parts {
		seconds = p.Seconds
		for _, result := range p.Results {
			rounds = max(rounds, len(result.Turns))
		}
	}
	fmt.Fprintf(&b, "Measured %s on %s; medians of %d rounds of %g s in which the tools took turns.\n\n", r.Measured, r.Machine, rounds, seconds)
	b.WriteString(r.table())
	if doubted := r.disowned(); doubted != "" {
		fmt.Fprintf(&b, "\n† %s\n", doubted)
	}
	b.WriteString("\nVersions: ")
	for i, t := range r.Tools {
		if t.Version != "" {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(t.Name + " " + t.Version)
		}
	}
	b.WriteString(".\n")
	var missing []string
	for _, t := range r.Tools {
		if t.Version == "" {
			missing = append(missing, t.Name)
		}
	}
	if len(missing) > 0 {
		fmt.Fprintf(&b, "\nNot here when this was measured: %s.\n", strings.Join(missing, ", "))
	}
	b.WriteString("\nThe commands, at 1000 requests a second where a tool has a rate:\n\n```sh\n")
	for _, t := range r.Tools {
		if called := r.called(t.Name); called.Command != "" {
			b.WriteString(called.Command + "\n")
		}
	}
	b.WriteString("```\n")
	for _, t := range r.Tools {
		if called := r.called(t.Name); called.Input != "" && !strings.Contains(b.String(), called.Input) {
			name, kind, _ := strings.Cut(t.input(), ".")
			fmt.Fprintf(&b, "\n`%s.%s`:\n\n```%s\n%s```\n", name, kind, kind, called.Input)
		}
	}
	return b.String()
}

// input is the name of the file that says what the tool sends.
func (t Tool) input() string {
	for _, known := range tools {
		if known.name == t.Name {
			return known.input
		}
	}
	return ""
}

// called is the part that best shows how a tool is called.
func (r Report) called(name string) *Result {
	if paced := named(r.part(slow).Results, name); paced.Command != "" {
		return paced
	}
	return named(r.part(closed).Results, name)
}

// disowned says whose figures the tool itself called its own and not the server's.
func (r Report) disowned() string {
	var names []string
	for _, p := range r.Parts {
		for _, result := range p.Results {
			if result.doubted() && strings.HasPrefix(p.Name, "stall") {
				names = append(names, fmt.Sprintf("%s with %d in flight", result.Tool, p.Flight))
			}
		}
	}
	if names == nil {
		return ""
	}
	return strings.Join(names, " and ") + " said that this machine was the bottleneck, and that the figures are invalid."
}

// The part of the page that draw writes.
const (
	pageBegin = "<!-- load: make compare-load -->\n"
	pageEnd   = "<!-- end of load -->\n"
)

// draw draws the file as a table and as a picture.
func draw(file, page, picture string) error {
	report, err := read(file)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	drawn, err := report.within(text)
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	if err := os.WriteFile(page, drawn, 0o644); err != nil {
		return err
	}
	return os.WriteFile(picture, report.plot(), 0o644)
}

// within is the page with the figures of the report.
func (r Report) within(page []byte) ([]byte, error) {
	before, rest, begins := bytes.Cut(page, []byte(pageBegin))
	_, after, ends := bytes.Cut(rest, []byte(pageEnd))
	if !begins || !ends {
		return nil, fmt.Errorf("has no lines %q and %q to write between", strings.TrimSpace(pageBegin), strings.TrimSpace(pageEnd))
	}
	return bytes.Join([][]byte{before, []byte(pageBegin + "\n" + r.section() + "\n" + pageEnd), after}, nil), nil
}
