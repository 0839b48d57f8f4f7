// Markdown, for the summary of a job and the comment on a change: small enough for both, whatever the run found.

package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// markdownLimit is how many bytes the page has at most. A comment on GitHub holds 65,536 characters.
const markdownLimit = 60_000

// Bounds that keep one hostile or merely long value from crowding out the others, in code points.
const (
	markdownCell = 400
	markdownLine = 2_000
)

// Markdown writes the report as one page of at most 60 KB: the verdict, what changed, what failed with the newest
// first, known failures by the day they expire, what was not judged and why, the tables, and how to see it again.
// What has no room is counted, and stands in the other formats.
func Markdown(w io.Writer, r Report, o Options) error {
	page := slices.Concat([]passage{markdownHead(r)}, markdownChanges(r.Changes), []passage{
		markdownFailures(r, o), markdownKnown(r), markdownNotJudged(r), markdownLoad(r), markdownObserved(r),
		markdownSummary(r), markdownCoverage(r), markdownAgain(r, o),
	})
	_, err := io.WriteString(w, fit(page, markdownLimit))
	return err
}

// passage is a part of the page: what stands in it anyway, and rows of which as many are shown as there is room for.
type passage struct {
	before string   // heading and head of a table
	rows   []string // the first matters most
	after  string
	rank   int // sections of a lower rank get their room first
}

// fit puts sections together within a limit. Every section keeps its frame; the room that is left goes to their rows
// by rank. Rows that found no room are counted below the others.
func fit(page []passage, limit int) string {
	const rest = "\n%d more stand in report.json.\n"
	left := limit
	for _, s := range page {
		left -= len(s.before) + len(s.after) + len(rest) + 10 // digits of the count
	}
	shown := make([]int, len(page))
	order := make([]int, len(page))
	for i := range page {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return page[a].rank - page[b].rank })
	for _, i := range order {
		for _, row := range page[i].rows {
			if len(row) > left {
				break
			}
			left -= len(row)
			shown[i]++
		}
	}
	var b strings.Builder
	for i, s := range page {
		b.WriteString(s.before)
		for _, row := range s.rows[:shown[i]] {
			b.WriteString(row)
		}
		if more := len(s.rows) - shown[i]; more > 0 {
			fmt.Fprintf(&b, rest, more)
		}
		b.WriteString(s.after)
	}
	return b.String()
}

func markdownHead(r Report) passage {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n", md(r.Tool.Name), md(r.Conclusion()))
	took := "cut short"
	if r.Finished != nil {
		took = "took " + duration(r.Finished.Sub(r.Started))
	}
	fmt.Fprintf(&b, "Target %s · exit %d · gate %s · %s, %s\n\n", code(r.Target.Name), r.Exit, code(string(r.Gate)), r.Started.Format("2006-01-02 15:04 MST"), took)
	if _, hint, _ := strings.Cut(r.Problem, "\n"); hint != "" {
		b.WriteString(md(hint) + "\n\n")
	}
	b.WriteString("| API | at | document |\n|---|---|---|\n")
	for _, api := range slices.Sorted(maps.Keys(r.Target.URLs)) {
		document := ""
		for _, d := range r.Documents {
			if d.API == api {
				document = fmt.Sprintf("%s %s, sha256 %.8s", d.Title, d.Version, d.Digest)
			}
		}
		b.WriteString(tableRow(md(api), cell(r.Target.URLs[api]), md(document)))
	}
	if narrowed := narrowing(r.Selection); narrowed != "" {
		b.WriteString("\nNarrowed to " + code(narrowed) + "\n")
	}
	return passage{before: b.String()}
}

func markdownChanges(c *history.Changes) []passage {
	if c == nil {
		return nil
	}
	page := []passage{{before: fmt.Sprintf("\n## Since the run of %s\n\n%s\n", md(c.Base.Started.Format("2006-01-02 15:04 MST")), md(changesEnding(*c)))}}
	for _, list := range changedLists(*c) {
		p := passage{rank: 1, before: fmt.Sprintf("\n**%s**\n", md(list.title))}
		if len(list.rows) > 0 {
			p.before += "\n" + tableRow(list.head...) + strings.Repeat("|---", len(list.head)) + "|\n"
		}
		for _, row := range list.rows {
			cells := make([]string, len(row))
			for i := range row {
				cells[i] = md(cut(row[i], markdownCell))
			}
			p.rows = append(p.rows, tableRow(cells...))
		}
		if list.rest != "" {
			p.after = "\n" + md(list.rest) + "\n"
		}
		page = append(page, p)
	}
	return page
}

func markdownFailures(r Report, o Options) passage {
	s := passage{rank: 2}
	for _, c := range r.worstFirst() {
		f := c.finding
		if f.Accepted != nil && f.Accepted.State == verdict.Accepted {
			continue // among the known failures
		}
		var b strings.Builder
		fmt.Fprintf(&b, "\n### %s %s · %s · %s", md(strings.ToUpper(f.Verdict.String())), md(f.Requirement), md(string(f.Level)), md(f.Operation))
		if r.isNew(f) {
			b.WriteString(" · new")
		}
		b.WriteString("\n\n")
		if f.Verdict < verdict.Error && !r.fails(f) {
			b.WriteString(md(letPass(r, f)) + "\n\n")
		}
		told := account(f)
		if f.Accepted != nil {
			told += fmt.Sprintf("%-*s%s\n", label-2, "known", acceptance(*f.Accepted))
		}
		if len(f.Evidence) > 0 && o.Run != "" {
			told += fmt.Sprintf("%-*sharness replay %s --run %s\n", label-2, "replay", f.Evidence[0], clean(o.Run))
		}
		b.WriteString(block(told))
		if len(c.also) > 0 {
			fmt.Fprintf(&b, "\nThe same: %s\n", md(cut(others(c), markdownCell)))
		}
		s.rows = append(s.rows, b.String())
	}
	if len(s.rows) > 0 {
		s.before = fmt.Sprintf("\n## What is broken: %s\n", count(len(s.rows), "cause"))
	}
	return s
}

func markdownKnown(r Report) passage {
	if len(r.Accepted) == 0 {
		return passage{}
	}
	s := passage{rank: 3, before: "\n## Known failures\n\n| until | requirement | operation | state | owner | why |\n|---|---|---|---|---|---|\n"}
	byExpiry := slices.Clone(r.Accepted)
	slices.SortStableFunc(byExpiry, func(a, b verdict.Acceptance) int { return a.Expires.Compare(b.Expires.Time) })
	for _, a := range byExpiry {
		state := string(a.State)
		if a.Quarantine {
			state += ", in quarantine"
		}
		if a.State == verdict.Stale || a.State == verdict.Expired {
			state = "**" + state + "**"
		}
		why := a.Reason
		if a.Note != "" {
			why = a.Note + "; " + why
		}
		s.rows = append(s.rows, tableRow(a.Expires.String(), md(a.Requirement), md(a.Operation), state, md(strings.TrimSpace(a.Owner+" "+a.Ticket)), md(why)))
	}
	return s
}

func markdownNotJudged(r Report) passage {
	if len(r.NotJudged) == 0 {
		return passage{}
	}
	var ids []string
	s := passage{rank: 4}
	for _, g := range r.NotJudged {
		ids = append(ids, g.Requirements...)
		s.rows = append(s.rows, tableRow(md(g.Verdict.String()), cell(g.Reason), md(cut(strings.Join(g.Requirements, " "), markdownCell)), md(cut(strings.Join(g.Needs, "; "), markdownCell))))
	}
	slices.Sort(ids)
	s.before = fmt.Sprintf("\n## Not judged: %s, wholly or in part\n\n| | why | requirements | needs |\n|---|---|---|---|\n", count(len(slices.Compact(ids)), "requirement"))
	return s
}

func markdownLoad(r Report) passage {
	if len(r.Measurements) == 0 {
		return passage{}
	}
	s := passage{rank: 5, before: "\n## Load\n\n| scenario | operation | | sent of due | p50 | p99 | p99.9 | max | errors | violations | |\n|---|---|---|--:|--:|--:|--:|--:|--:|--:|---|\n"}
	for _, m := range r.Measurements {
		t := m.ResponseTime
		s.rows = append(s.rows, tableRow(md(m.Scenario), md(measured(m)), md(m.Verdict), fmt.Sprintf("%d of %d", m.Sent, m.Due),
			span(t.P50), span(t.P99), span(t.P999), span(t.Max), fmt.Sprint(m.Errors), fmt.Sprintf("%d of %d", m.Violations, m.Validated), cell(m.Reason)))
	}
	return s
}

// markdownObserved counts behaviours where nothing is promised, and lists what has drifted.
func markdownObserved(r Report) passage {
	s, behaviours := passage{rank: 6}, 0
	for _, f := range r.Findings {
		behaviours += len(f.Observation)
		if f.Verdict == verdict.Drift {
			s.rows = append(s.rows, tableRow(md(f.Requirement), md(f.Operation), cell(f.Message)))
		}
	}
	if behaviours == 0 {
		return passage{}
	}
	s.before = fmt.Sprintf("\n## Where the documents promise nothing\n\n%s seen, %d drifted.\n", count(behaviours, "behaviour"), len(s.rows))
	if len(s.rows) > 0 {
		s.before += "\n| requirement | operation | drifted |\n|---|---|---|\n"
	}
	return s
}

func markdownSummary(r Report) passage {
	verdicts := slices.DeleteFunc(slices.Clone(verdict.Verdicts), func(v verdict.Verdict) bool {
		return !slices.ContainsFunc(requirement.Levels, func(l requirement.Level) bool { return r.Summary[l][v] > 0 })
	})
	head, rule := []string{"level"}, "|---"
	for _, v := range verdicts {
		head = append(head, v.String())
		rule += "|--:"
	}
	before := "\n## Requirements\n\n" + tableRow(append(head, "all")...) + rule + "|--:|\n"
	for _, level := range requirement.Levels {
		row, all := []string{string(level)}, 0
		for _, v := range verdicts {
			row = append(row, number(r.Summary[level][v]))
			all += r.Summary[level][v]
		}
		before += tableRow(append(row, number(all))...)
	}
	var sent []string
	for _, method := range slices.Sorted(maps.Keys(r.Requests.ByMethod)) {
		sent = append(sent, fmt.Sprintf("%d %s", r.Requests.ByMethod[method], method))
	}
	if len(sent) == 0 {
		sent = []string{"none"}
	}
	before += "\nRequests: " + md(strings.Join(sent, ", ")) + "\n"
	if changed := r.changed(); changed != "" {
		before += "\nWritten: " + md(changed) + "\n"
	}
	return passage{before: before}
}

func markdownCoverage(r Report) passage {
	if len(r.Coverage) == 0 {
		return passage{}
	}
	s := passage{
		rank:   7,
		before: "\n<details><summary>Coverage by operation</summary>\n\n| operation | requests | cases | broken | not exercised |\n|---|--:|--:|--:|--:|\n",
		after:  "\n</details>\n",
	}
	for _, c := range r.Coverage {
		cases := 0
		for _, n := range c.Cases {
			cases += n
		}
		s.rows = append(s.rows, tableRow(md(c.API+"."+c.Operation), number(c.Requests), number(cases), number(c.Cases[evidence.Broken]), number(c.Cases[evidence.NotExercised])))
	}
	return s
}

func markdownAgain(r Report, o Options) passage {
	lines := []string{clean(strings.Join(quoted(r.Command), " ")) + fmt.Sprintf("   # seed %d", r.Seed)}
	if o.Run != "" {
		lines = append(lines, "harness report "+clean(o.Run))
	}
	text := "\n## To see it again\n\n" + block(strings.Join(lines, "\n")+"\n")
	text += "\n" + md(fmt.Sprintf("%s %s, %s", r.Tool.Name, r.Tool.Version, r.Tool.Go))
	if r.Suites != nil {
		text += "; " + md(r.Suites.String())
	}
	return passage{before: text + ".\n"}
}

// quoted writes the words of a command as a shell reads them.
func quoted(words []string) []string {
	all := make([]string, len(words))
	for i, word := range words {
		if all[i] = word; word == "" || strings.ContainsAny(word, " \t\n'\"\\$`*?[]{}()<>|&;#~!") {
			all[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return all
}

// md writes words of ours, or of the people who run the tests, so that nothing in them is markup: no link, no tag, no
// cell of a table, and nobody is called by name.
func md(s string) string {
	s = strings.Join(strings.Fields(clean(cut(s, markdownLine))), " ")
	return strings.NewReplacer(
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "|", `\|`, "~", `\~`, "&", `\&`, "$", `\$`, "#", `\#`,
		"@", "@\u200b", "://", `\://`, "www.", `www\.`,
	).Replace(s)
}

// code writes a value, which may be the server's, as a span of code: there it is letter for letter, whatever it holds.
func code(s string) string {
	s = strings.Join(strings.Fields(clean(cut(s, markdownCell))), " ")
	if s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cell is code in a table, where a bar would end the cell.
func cell(s string) string { return strings.ReplaceAll(code(s), "|", `\|`) }

// block is a block of code whose fence no line of it can close.
func block(s string) string {
	fence := strings.Repeat("`", max(longestRun(s)+1, 3))
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(cut(strings.TrimRight(line, "\n"), markdownLine) + "\n")
	}
	return fence + "text\n" + b.String() + fence + "\n"
}

// longestRun is the length of the longest run of backticks.
func longestRun(s string) int {
	longest, run := 0, 0
	for _, c := range s {
		if run++; c != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

func tableRow(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
