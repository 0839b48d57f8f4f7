// The text for a terminal. What failed stands first, what was not judged second; what passed is only counted.

package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"harness/internal/evidence"
	"harness/internal/requirement"
	"harness/internal/verdict"
	"harness/specs"
)

// defaultWidth is how many columns a text has when nobody says.
const defaultWidth = 100

// Text writes the report for a reader at a terminal.
func Text(w io.Writer, r Report, o Options) error {
	buffered := bufio.NewWriter(w)
	t := newText(buffered, o)
	t.header(r)
	t.load(r)
	t.failures(r)
	t.known(r)
	t.notJudged(r)
	if r.Changes != nil {
		t.changes(*r.Changes)
	}
	t.observed(r)
	t.coverage(r)
	t.summary(r)
	t.ending(r)
	return buffered.Flush()
}

// text is a page being written. bufio keeps the first error until Flush.
type text struct {
	w      *bufio.Writer
	colour bool
	width  int
	all    bool
	run    string
	// terminal says that somebody named a width: lines end there.
	terminal bool
}

func newText(w *bufio.Writer, o Options) *text {
	t := &text{w: w, colour: o.Colour, width: o.Width, all: o.All, run: o.Run, terminal: o.Width > 0}
	if t.width <= 0 {
		t.width = defaultWidth
	}
	t.width = max(t.width, 60) // below that the columns of a failure have no room
	return t
}

// line writes a line. What a server sent must not reach a terminal as it came, wherever it stands in the line: nothing
// but our own colours goes through.
func (t *text) line(s string) {
	var b strings.Builder
	for rest := s; rest != ""; {
		at := []int{len(rest), len(rest)}
		if found := colours.FindStringIndex(rest); t.colour && found != nil {
			at = found
		}
		b.WriteString(clean(rest[:at[0]]))
		b.WriteString(rest[at[0]:at[1]])
		rest = rest[at[1]:]
	}
	_, _ = t.w.WriteString(strings.TrimRight(b.String(), " ") + "\n")
}

// colours matches what paint writes.
var colours = regexp.MustCompile("\x1b\\[[0-9;]{1,4}m")

// The colours are told by their meaning. Of the eight that every terminal has, red and magenta are the two that are read
// best on a white page and on a black one: green and cyan pale on white, blue drowns in black. The word is there in any
// case.
const (
	bold    = "1"
	red     = "31"
	magenta = "35"
)

func (t *text) paint(code, s string) string {
	if !t.colour || s == "" || code == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// header says what was tested, so that the report can be made again.
func (t *text) header(r Report) {
	parts := []string{strings.TrimSpace(r.Tool.Name + " " + r.Tool.Version), "target " + r.Target.Name, fmt.Sprintf("seed %d", r.Seed)}
	parts = append(parts, r.Started.Format("2006-01-02 15:04:05 MST"))
	if r.Finished != nil {
		parts = append(parts, "took "+duration(r.Finished.Sub(r.Started)))
	} else {
		parts = append(parts, "cut short")
	}
	t.heading(bold, strings.Join(parts, " · "), 2)
	documents := map[string]Document{}
	for _, d := range r.Documents {
		documents[d.API] = d
	}
	var rows [][]string
	for _, api := range slices.Sorted(maps.Keys(r.Target.URLs)) {
		d := documents[api]
		row := []string{api, r.Target.URLs[api], strings.TrimSpace(d.Title + " " + d.Version)}
		if d.Digest != "" {
			row = append(row, "sha256 "+d.Digest[:min(len(d.Digest), 8)])
		}
		rows = append(rows, row)
	}
	for _, row := range align(rows, "llll") {
		t.heading("", "  "+row, 4)
	}
	if r.Suites != nil {
		t.prose("  suites  ", r.Suites.String(), 2)
	}
	if narrowed := narrowing(r.Selection); narrowed != "" {
		t.prose("  narrowed to ", narrowed, 3)
	}
	for _, x := range r.Selection.Excluded {
		t.prose("  left out  ", x.Operation+": "+clean(x.Reason), 2)
	}
}

// narrowing is what a run was narrowed to, "" for both APIs whole.
func narrowing(s evidence.Selection) string {
	if len(s.APIs) == len(specs.Names) {
		s.APIs = nil
	}
	if few := 6; len(s.Requirements) > few {
		s.Requirements = []string{s.Requirements[0], "…", s.Requirements[len(s.Requirements)-1], fmt.Sprintf("(%d requirements)", len(s.Requirements))}
	}
	return strings.Join(slices.Concat(s.APIs, s.Operations, s.Requirements), " ")
}

func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// notJudged is a list of reasons: what the owner of the target could add, and what stays dark without it.
func (t *text) notJudged(r Report) {
	if len(r.NotJudged) == 0 {
		return
	}
	var ids []string
	for _, g := range r.NotJudged {
		ids = append(ids, g.Requirements...)
	}
	slices.Sort(ids)
	t.title(fmt.Sprintf("Not judged: %s, wholly or in part", count(len(slices.Compact(ids)), "requirement")))
	most := 2 // lines of ids; the JSON has them all
	if t.all {
		most = 1000
	}
	for _, g := range r.NotJudged {
		t.prose(fmt.Sprintf("  %-14s", g.Verdict), g.Reason, 3)
		t.ids("                ", g.Requirements, most)
		for i, need := range g.Needs {
			if i == most && len(g.Needs) > most {
				t.line(fmt.Sprintf("                and %d more needs", len(g.Needs)-most))
				break
			}
			t.prose("                needs ", need, 2)
		}
	}
}

// ids writes names in lines, none of them broken, and says how many it leaves out. A narrow terminal gets as many, in
// more lines.
func (t *text) ids(indent string, ids []string, most int) {
	if len(ids) == 0 {
		return
	}
	if t.width < defaultWidth && most > 1 {
		most = (most*defaultWidth + t.width - 1) / t.width
	}
	width := t.width - len(indent)
	lines := wrapAt(ids, " ", width)
	if len(lines) > most {
		lines = lines[:most]
		shown := len(strings.Fields(strings.Join(lines, " ")))
		// The last name makes room for the count.
		if last := strings.LastIndexByte(lines[most-1], ' '); last > 0 {
			lines[most-1] = lines[most-1][:last]
			shown--
		}
		left := fmt.Sprintf("+ %d more", len(ids)-shown)
		if utf8.RuneCountInString(lines[most-1]+" "+left) > width {
			lines = append(lines, left)
		} else {
			lines[most-1] += " " + left
		}
	}
	for _, line := range lines {
		t.line(indent + line)
	}
}

// observed counts what the server does where nothing is promised; asked for all, it tells each.
func (t *text) observed(r Report) {
	behaviours := 0
	var rows [][]string
	for _, f := range r.Findings {
		behaviours += len(f.Observation)
		for _, question := range slices.Sorted(maps.Keys(f.Observation)) {
			rows = append(rows, []string{f.Requirement, f.Operation, question + ": " + f.Observation[question]})
		}
	}
	if behaviours == 0 {
		return
	}
	t.title(fmt.Sprintf("Observed: %s where the documents promise nothing", count(behaviours, "behaviour")))
	if t.all {
		for _, row := range align(rows, "lll") {
			t.line("  " + row)
		}
	}
}

// coverage is a table of the operations; a column that is nought throughout is left out.
func (t *text) coverage(r Report) {
	if len(r.Coverage) == 0 || len(r.Load) > 0 { // a load run has no cases; its requests are told by scenario
		return
	}
	results := []evidence.Result{
		evidence.Kept, evidence.Broken, evidence.Flaky, evidence.Observed, evidence.NotExercised, evidence.Inconclusive, evidence.Crashed,
	}
	results = slices.DeleteFunc(results, func(result evidence.Result) bool {
		return !slices.ContainsFunc(r.Coverage, func(c Coverage) bool { return c.Cases[result] > 0 })
	})
	head := []string{"operation", "requests", "cases"}
	for _, result := range results {
		head = append(head, strings.ReplaceAll(string(result), "-", " "))
	}
	rows := [][]string{head}
	api := ""
	for _, c := range r.Coverage {
		if c.API != api {
			api = c.API
			rows = append(rows, []string{api})
		}
		total := 0
		for _, n := range c.Cases {
			total += n
		}
		row := []string{"  " + c.Operation, number(c.Requests), number(total)}
		for _, result := range results {
			row = append(row, number(c.Cases[result]))
		}
		rows = append(rows, row)
	}
	t.title("Coverage")
	t.table(rows)
}

// summary is the table of requirements, each with the worst of its operations, and what was sent.
func (t *text) summary(r Report) {
	verdicts := slices.DeleteFunc(slices.Clone(verdict.Verdicts), func(v verdict.Verdict) bool {
		return !slices.ContainsFunc(requirement.Levels, func(l requirement.Level) bool { return r.Summary[l][v] > 0 })
	})
	head := []string{"level"}
	for _, v := range verdicts {
		head = append(head, v.String())
	}
	rows := [][]string{append(head, "all")}
	for _, level := range requirement.Levels {
		row, all := []string{string(level)}, 0
		for _, v := range verdicts {
			row = append(row, number(r.Summary[level][v]))
			all += r.Summary[level][v]
		}
		rows = append(rows, append(row, number(all)))
	}
	t.title("Requirements")
	t.table(rows)
	var sent []string
	for _, method := range slices.Sorted(maps.Keys(r.Requests.ByMethod)) {
		sent = append(sent, fmt.Sprintf("%d %s", r.Requests.ByMethod[method], method))
	}
	t.line("")
	if len(sent) == 0 {
		t.line("Requests: none")
		return
	}
	t.line(fmt.Sprintf("Requests: %d (%s)", r.Requests.Total, strings.Join(sent, ", ")))
	if changed := r.changed(); changed != "" {
		t.line("Written: " + changed)
	}
}

// ending is the verdict in words, in the last line, behind a hint where there is one.
func (t *text) ending(r Report) {
	if _, hint, _ := strings.Cut(r.Problem, "\n"); hint != "" && r.Exit == verdict.ExitNotJudged {
		t.line("")
		t.line(hint)
	}
	t.line("")
	t.heading(coloured(r.Exit), r.Conclusion()+fmt.Sprintf(" · exit %d", r.Exit), 2)
}

// coloured is how the last line looks for an exit code.
func coloured(exit int) string {
	switch exit {
	case verdict.ExitGreen:
		return bold
	case verdict.ExitNotJudged:
		return bold + ";" + magenta
	}
	return bold + ";" + red
}

// Conclusion is the verdict in words, on one line.
func (r Report) Conclusion() string {
	broken := strings.Join(slices.DeleteFunc([]string{breach(r, requirement.Must), breach(r, requirement.Should)}, func(s string) bool { return s == "" }), " and ")
	switch r.Exit {
	case verdict.ExitGreen:
		if broken != "" {
			return "green by the gate that was asked for, yet broken: " + broken
		}
		return "green: " + kept(r)
	case verdict.ExitBroken:
		if known := knownOnly(r, requirement.Levels...); known > 0 {
			broken += fmt.Sprintf("; %d more known", known)
		}
		return "broken: " + cmp.Or(broken, "the server no longer behaves as it did")
	case verdict.ExitNotJudged:
		problem, _, _ := strings.Cut(r.Problem, "\n")
		if broken != "" {
			problem += "; broken all the same: " + broken
		}
		return "not judged: " + problem
	case verdict.ExitStale:
		return "out of date: " + outdated(r)
	case verdict.ExitFault:
		faults := 0
		for _, f := range r.Findings {
			if f.Verdict == verdict.Error {
				faults++
			}
		}
		return "fault of the harness: " + count(faults, "finding") + " could not be made"
	}
	return ""
}

// breach counts the broken requirements of a level that are not known to be, "" for none.
func breach(r Report, level requirement.Level) string {
	n := r.Summary[level][verdict.Fail] + r.Summary[level][verdict.Flaky] - knownOnly(r, level)
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", n, level)
}

// kept counts what was seen to hold, and says beside it what nobody looked at.
func kept(r Report) string {
	n := func(level requirement.Level, verdicts ...verdict.Verdict) (sum int) {
		for _, v := range verdicts {
			sum += r.Summary[level][v]
		}
		return sum
	}
	text := fmt.Sprintf("%d MUST and %d SHOULD kept, ", n(requirement.Must, verdict.Pass), n(requirement.Should, verdict.Pass))
	if known := knownOnly(r, requirement.Levels...); known > 0 {
		text += fmt.Sprintf("%d broken and known", known)
	} else {
		text += "none seen broken"
	}
	dark := []verdict.Verdict{verdict.Untested, verdict.NotExercised, verdict.Inconclusive}
	if open := n(requirement.Must, dark...) + n(requirement.Should, dark...); open > 0 {
		text += fmt.Sprintf("; %d not judged", open)
	}
	return text
}

func (t *text) title(s string) {
	t.line("")
	t.heading(bold, s, 2)
}

func (t *text) table(rows [][]string) {
	columns := "l" + strings.Repeat("r", len(rows[0])-1)
	for _, row := range align(rows, columns) {
		t.line("  " + row)
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// number writes nought as a dot, so that what is there stands out.
func number(n int) string {
	if n == 0 {
		return "·"
	}
	return fmt.Sprint(n)
}
