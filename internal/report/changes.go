// What changed since an earlier run, in a terminal and in Markdown.

package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"harness/internal/history"
	"harness/internal/nearest"
)

// ChangeFormat is one way to tell what changed; exit is the code that the program ends with.
type ChangeFormat struct {
	Name  string
	Write func(w io.Writer, c history.Changes, exit int, o Options) error
}

// ChangeFormats lists every way to tell what changed, the default first.
var ChangeFormats = []ChangeFormat{
	{"text", changesText},
	{"json", changesJSON},
	{"markdown", changesMarkdown},
}

// ChangeFormatNames lists the names of ChangeFormats.
func ChangeFormatNames() []string {
	names := make([]string, len(ChangeFormats))
	for i, f := range ChangeFormats {
		names[i] = f.Name
	}
	return names
}

// ChangeFormatNamed returns the format of that name; the error names the nearest.
func ChangeFormatNamed(name string) (ChangeFormat, error) {
	for _, f := range ChangeFormats {
		if f.Name == name {
			return f, nil
		}
	}
	return ChangeFormat{}, nearest.Error("format", name, ChangeFormatNames(), "")
}

// changesJSON writes the changes as report.json has them.
func changesJSON(w io.Writer, c history.Changes, _ int, _ Options) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(c)
}

func changesText(w io.Writer, c history.Changes, exit int, o Options) error {
	buffered := bufio.NewWriter(w)
	t := newText(buffered, o)
	t.line(t.paint(bold, "baseline  "+named(c.Base)))
	t.line(t.paint(bold, "run       "+named(c.Run)))
	t.changes(c)
	t.line("")
	t.heading(coloured(exit), changesEnding(c)+fmt.Sprintf(" · exit %d", exit), 2)
	return buffered.Flush()
}

// changesEnding is what has changed, in a few words.
func changesEnding(c history.Changes) string {
	if c.Problem != "" {
		return "not compared: " + clean(c.Problem)
	}
	open := func(list []history.Change) (n int) {
		for _, change := range list {
			if !change.Accepted {
				n++
			}
		}
		return n
	}
	var said []string
	for _, part := range []struct {
		n    int
		what string
	}{{open(c.Regressed), "regressed"}, {open(c.New), "broken and new"}} {
		if part.n > 0 {
			said = append(said, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	if len(said) > 0 {
		return "worse: " + strings.Join(said, ", ")
	}
	rest := fmt.Sprintf("%d still broken, %d fixed, %d no longer judged, %d drifted", len(c.Still), len(c.Fixed), len(c.Gone), len(c.Drifted))
	return "nothing is broken that was not: " + rest
}

// named is a run as people refer to it.
func named(id history.RunID) string {
	text := fmt.Sprintf("%s · target %s · %s", id.Started.UTC().Format("2006-01-02 15:04:05 MST"), id.Target, id.Verdict)
	if id.Path != "" {
		text += " · " + id.Path
	}
	return clean(text)
}

// changed is one list of what changed, ready to be written in lines or as a table.
type changed struct {
	title string
	head  []string
	rows  [][]string
	rest  string // what is left out

	message bool // the last column is a text of any length
}

// mostChanges is how many of a list are told one by one; the JSON has them all.
const mostChanges = 40

// changedLists are the lists that hold something.
func changedLists(c history.Changes) []changed {
	var all []changed
	for _, list := range []struct {
		title   string
		changes []history.Change
	}{
		{"Regressed: held before, broken now", c.Regressed},
		{"New: judged for the first time, and broken", c.New},
		{"Still broken", c.Still},
		{"Fixed: broken before, holds now", c.Fixed},
		{"Gone: judged before, not judged now", c.Gone},
	} {
		s := changed{title: list.title, message: true, head: []string{"requirement", "level", "operation", "verdict", "what"}}
		for _, change := range list.changes {
			what := change.Message
			if change.Accepted {
				what = "known failure: " + what
			}
			s.rows = append(s.rows, []string{change.Requirement, string(change.Level), change.Operation, fmt.Sprintf("%s → %s", change.Was, change.Is), what})
		}
		all = append(all, s)
	}
	drifted := changed{title: "Drifted: the server was seen to behave otherwise", head: []string{"operation", "what", "was → is"}}
	for _, d := range c.Drifted {
		what := d.What + " " + d.Name
		switch {
		case d.What == "observation":
			what = d.Requirement + ": " + d.Name
		case !d.Documented:
			what += " (undocumented)"
		}
		drifted.rows = append(drifted.rows, []string{d.Operation, what, d.Was + " → " + d.Is})
	}
	// Where most change the same way at once, it is hardly any one operation.
	direction := map[string]int{}
	for _, m := range c.Measured {
		if m.Scenario == "" {
			direction[m.Verdict]++
		}
	}
	figures := changed{title: "Measured, as the client saw it: the machine and the network count", head: []string{"operation", "figure", "was", "is", "change"}}
	level := 0
	for _, m := range c.Measured {
		if m.Verdict == "~" && m.Scenario == "" {
			level++
			continue
		}
		figures.rows = append(figures.rows, []string{
			strings.TrimSpace(m.Scenario + " " + m.Operation), m.Figure, withDoubt(m.Was, m.Unit), withDoubt(m.Is, m.Unit), change(m),
		})
	}
	if level > 0 {
		figures.rest = count(level, "service time") + ": ~ (no difference that is more than chance, or below 10%)"
	}
	for _, way := range []string{"slower", "faster"} {
		if n := direction[way]; n > 2 && 2*n > level+n {
			figures.rest = strings.TrimSpace(fmt.Sprintf("most are %s at once, which is the machine or the way to it rather than an operation; %s", way, figures.rest))
		}
	}
	figures.rest = strings.TrimSuffix(figures.rest, "; ")
	documents := changed{title: "Documents: the two runs were held against different versions", head: []string{"API", "was", "is"}}
	for _, d := range c.Documents {
		documents.rows = append(documents.rows, []string{d.API, fmt.Sprintf("sha256 %.12s", d.Was), fmt.Sprintf("sha256 %.12s", d.Is)})
	}
	var told []changed
	for _, s := range append(all, drifted, documents, figures) {
		if len(s.rows) > mostChanges {
			s.rest = fmt.Sprintf("and %d more; --format json has them all", len(s.rows)-mostChanges)
			s.rows = s.rows[:mostChanges]
		}
		if len(s.rows) > 0 || s.rest != "" {
			told = append(told, s)
		}
	}
	return told
}

// change is how a figure changed, and how sure that is.
func change(m history.Measured) string {
	said := m.Verdict
	if m.Verdict != "~" {
		said += " " + m.Change
	}
	if m.Note != "" {
		return said + " (" + m.Note + ")"
	}
	p := fmt.Sprintf("p=%.3f", m.P)
	if m.P < 0.0005 {
		p = "p<0.001"
	}
	return said + fmt.Sprintf(" (%s n=%d+%d)", p, m.Was.N, m.Is.N)
}

// withDoubt is a figure and how far the truth may lie from it.
func withDoubt(e history.Estimate, unit string) string {
	value := fmt.Sprintf("%.4g %s", e.Value, unit)
	if unit == "s" {
		d := time.Duration(e.Value * float64(time.Second))
		value = d.Round(max(d/1000, time.Microsecond)).String()
	}
	return strings.TrimSpace(value + " " + e.Doubt)
}

// changes tells what changed since the baseline, in lines.
func (t *text) changes(c history.Changes) {
	told := changedLists(c)
	if len(told) == 0 {
		t.title("Nothing changed")
	}
	for _, s := range told {
		t.title(s.title)
		rows := make([][]string, len(s.rows))
		for i, row := range s.rows {
			rows[i] = make([]string, len(row))
			for j, cell := range row {
				rows[i][j] = clean(strings.ReplaceAll(cell, "\n", " "))
			}
		}
		for _, line := range align(rows, strings.Repeat("l", len(s.head))) {
			if s.message {
				line = cut(strings.TrimRight(line, " "), max(t.width, defaultWidth)-2) // --format json and the failures themselves have it whole
			}
			t.line("  " + line)
		}
		if s.rest != "" {
			t.prose("  ", s.rest, 3)
		}
	}
}

// changesMarkdown writes the changes for a comment on a pull request.
func changesMarkdown(w io.Writer, c history.Changes, exit int, _ Options) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "### %s\n\n", md(strings.ToUpper(changesEnding(c)[:1])+changesEnding(c)[1:]))
	fmt.Fprintf(b, "Baseline: %s  \nRun: %s\n", md(named(c.Base)), md(named(c.Run)))
	for _, s := range changedLists(c) {
		fmt.Fprintf(b, "\n**%s**\n", s.title)
		if len(s.rows) > 0 {
			fmt.Fprintf(b, "\n%s|%s\n", tableRow(s.head...), strings.Repeat("---|", len(s.head)))
		}
		for _, row := range s.rows {
			for i := range row {
				row[i] = md(row[i])
			}
			_, _ = b.WriteString(tableRow(row...)) // bufio keeps the first error until Flush
		}
		if s.rest != "" {
			fmt.Fprintf(b, "\n%s\n", s.rest)
		}
	}
	fmt.Fprintf(b, "\nExit code %d.\n", exit)
	return b.Flush()
}
