// The comparison as a table, for a terminal and for docs/comparison.md.

package main

import (
	"fmt"
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
