// harness explain: one requirement, with all that stands for it.

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"harness/contract"
	"harness/internal/reference"
)

func newExplain(d door) *cobra.Command {
	return &cobra.Command{
		Use:   "explain REQUIREMENT",
		Short: "Show a requirement, and all that stands for it",
		Long: `explain shows a requirement: its promise and its level, where it is promised, the cases that judge it, and the
faults of the reference server that break it.`,
		Example: "harness explain GOTO-SCAN-KEY-07",
		Args:    arguments(1, "one requirement, such as GOTO-SCAN-KEY-07", "harness list requirements"),
		RunE:    func(_ *cobra.Command, args []string) error { return explain(d, args[0]) },
	}
}

func explain(d door, id string) error {
	chosen, err := choose(nil, nil, nil, nil)
	if err != nil {
		return fault{err}
	}
	r, err := chosen.catalogue.ByID(id)
	if err != nil {
		return err
	}
	cases, err := contract.Cases(chosen.apis...)
	if err != nil {
		return fault{err}
	}
	w := d.stdout
	fmt.Fprintf(w, "%s  %s  %s\n\n", r.ID, r.Level, r.API)
	fmt.Fprintf(w, "  promise     %s\n", fold(d, r.Statement, 14))
	fmt.Fprintf(w, "  source      %s\n", fold(d, r.Source.String(), 14))
	fmt.Fprintf(w, "  operations  %s\n", fold(d, strings.Join(r.Operations, ", "), 14))
	classes := make([]string, len(r.Fixtures))
	for i, f := range r.Fixtures {
		classes[i] = string(f)
	}
	fmt.Fprintf(w, "  data        %s\n", fold(d, strings.Join(classes, ", "), 14))
	if r.Needs != "" {
		fmt.Fprintf(w, "  needs       %s\n", fold(d, r.Needs, 14))
	}
	if r.Unjudgeable != "" {
		fmt.Fprintf(w, "  not judged  %s\n", fold(d, r.Unjudgeable, 14))
	}
	var bearing []string
	for _, api := range chosen.apis {
		for _, op := range api.Operations {
			if slices.Contains(op.Bears(), r.ID) {
				bearing = append(bearing, op.ID)
			}
		}
	}
	if r.Implied {
		fmt.Fprintf(w, "\n  judged on every answer of %s, by its document\n", r.Operations[0])
	} else if len(bearing) > 0 {
		fmt.Fprintf(w, "\n  judged on every answer, by the document of %s\n", fold(d, strings.Join(bearing, ", "), 4))
	}
	var lines []string
	for _, c := range cases {
		if slices.Contains(c.Requirements, r.ID) {
			lines = append(lines, fmt.Sprintf("    %s\n      %s", fold(d, c.Operation+": "+c.Text, 6), c.Where))
		}
	}
	section(d, "cases", lines)
	lines = nil
	for _, f := range reference.Faults() {
		if slices.Contains(f.Breaks, r.ID) {
			lines = append(lines, "    "+fold(d, f.Name+": "+f.Summary, 6))
		}
	}
	section(d, "faults that break it", lines)
	return nil
}

func section(d door, title string, lines []string) {
	if len(lines) > 0 {
		fmt.Fprintf(d.stdout, "\n  %s\n%s\n", title, strings.Join(lines, "\n"))
	}
}

// fold breaks a text where the terminal ends, at a hundred columns at most; later lines are indented.
func fold(d door, text string, indent int) string {
	width := mostHelpWidth
	if columns, ok := terminal(d.stdout); ok {
		width = min(width, columns)
	}
	return foldTo(text, indent, width)
}

// foldTo breaks a text so that it ends before a column, later lines indented.
func foldTo(text string, indent, width int) string {
	var b strings.Builder
	column := indent
	for i, word := range strings.Fields(text) {
		if column+1+len([]rune(word)) > width && i > 0 {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		} else if i > 0 {
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len([]rune(word))
	}
	return b.String()
}
