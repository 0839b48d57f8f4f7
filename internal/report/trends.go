// Requirements over time, in a terminal and as JSON.

package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"harness/internal/history"
	"harness/internal/verdict"
)

// History is what a store says of its runs: report.json is of one run, this is of many. Lists are never nil.
type History struct {
	Runs    []history.Stored  `json:"runs"` // the oldest first
	Skipped []history.Skipped `json:"skipped"`
	Trends  []history.Trend   `json:"trends"`
	Matrix  []history.Row     `json:"matrix"`
}

// NewHistory follows the requirements through the runs of a store.
func NewHistory(runs []history.Stored, skipped []history.Skipped) History {
	trends := history.Trends(runs)
	return History{Runs: list(runs), Skipped: list(skipped), Trends: trends, Matrix: history.Matrix(trends)}
}

// HistoryJSON writes the history for programs.
func HistoryJSON(w io.Writer, h History) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(h)
}

// marks draw a verdict as one column.
var marks = map[verdict.Verdict]string{
	verdict.Untested: "_", verdict.Pass: "+", verdict.Observed: "o", verdict.Drift: "d", verdict.NotExercised: "-",
	verdict.Inconclusive: "?", verdict.Flaky: "f", verdict.Fail: "x", verdict.Error: "!",
}

const (
	legend   = "+ held  x broken  f flaky  o observed  d drifted  - not exercised  ? inconclusive  ! fault of the harness  _ untested  · not in the run"
	mostRuns = 40 // columns of a row of marks: the newest runs
)

// HistoryText writes the history for a reader at a terminal: each requirement that was ever broken, or has drifted,
// from run to run; and those that do not fare alike on every target. Asked for all, it writes every requirement.
func HistoryText(w io.Writer, h History, o Options) error {
	buffered := bufio.NewWriter(w)
	t := newText(buffered, o)
	if len(h.Runs) > 0 {
		first, last := h.Runs[0].Started.UTC(), h.Runs[len(h.Runs)-1].Started.UTC()
		t.line(t.paint(bold, fmt.Sprintf("%s, %s to %s", count(len(h.Runs), "run"), first.Format(time.DateOnly), last.Format(time.DateOnly))))
	}
	t.prose("  ", legend, 3)
	type place struct{ target, api string }
	var places []place
	for _, trend := range h.Trends {
		if p := (place{trend.Target, trend.API}); !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	for _, p := range places {
		var runs []history.Stored
		for _, run := range h.Runs {
			if run.Target == p.target && run.API(p.api) != nil {
				runs = append(runs, run)
			}
		}
		t.trends(p.target, p.api, runs, h.Trends)
	}
	t.matrix(h)
	if len(h.Skipped) > 0 {
		t.line("")
		t.line(count(len(h.Skipped), "folder") + " skipped")
	}
	return buffered.Flush()
}

// trends writes one API of one target.
func (t *text) trends(target, api string, runs []history.Stored, trends []history.Trend) {
	newest := runs[len(runs)-1]
	t.title(clean(fmt.Sprintf("%s · %s: %s, the newest %s (%s)", target, api, count(len(runs), "run"), fared(newest, api), newest.Started.UTC().Format("2006-01-02 15:04 MST"))))
	if len(runs) > mostRuns {
		t.line(fmt.Sprintf("  the newest %d runs", mostRuns))
		runs = runs[len(runs)-mostRuns:]
	}
	rows := [][]string{{"requirement", "over time", "now", "first broken", "broken since", "flips"}}
	held, dark := 0, 0
	for _, trend := range trends {
		if trend.Target != target || trend.API != api {
			continue
		}
		if !t.all && !trend.Changed() {
			if trend.Latest == verdict.Untested {
				dark++
			} else {
				held++
			}
			continue
		}
		rows = append(rows, []string{
			trend.Requirement, sparks(trend, runs), trend.Latest.String(), onDay(trend.FirstBroken), onDay(trend.BrokenSince), number(trend.Flips),
		})
	}
	if len(rows) > 1 {
		for _, line := range align(rows, "lllllr") {
			t.line("  " + line)
		}
	}
	if held+dark > 0 {
		t.line(fmt.Sprintf("  %s never seen broken, %d never judged", count(held, "requirement"), dark))
	}
}

// fared is how an API came out of a run, in a few words.
func fared(run history.Stored, api string) string {
	of := run.API(api)
	words := "with nothing broken"
	switch n := run.Failed(api, verdict.FailOnShould); {
	case n > 0:
		words = "with " + count(n, "broken finding")
	case run.CutShort:
		return "cut short"
	case of.Judged == 0:
		return "not judged"
	}
	if !run.Selection.Whole() {
		words += ", narrowed"
	}
	return words
}

// sparks is one mark for each run.
func sparks(trend history.Trend, runs []history.Stored) string {
	byRun := map[string]verdict.Verdict{}
	for _, p := range trend.Points {
		byRun[p.Run] = p.Verdict
	}
	var b strings.Builder
	for _, run := range runs {
		if v, there := byRun[run.ID]; there {
			b.WriteString(marks[v])
		} else {
			b.WriteString("·")
		}
	}
	return b.String()
}

func onDay(t *time.Time) string {
	if t == nil {
		return "·"
	}
	return t.UTC().Format(time.DateOnly)
}

// matrix writes the requirements that do not fare alike on every target.
func (t *text) matrix(h History) {
	var targets []string
	for _, trend := range h.Trends {
		if !slices.Contains(targets, trend.Target) {
			targets = append(targets, trend.Target)
		}
	}
	if len(targets) < 2 {
		return
	}
	rows := [][]string{append([]string{"requirement"}, targets...)}
	alike := 0
	for _, row := range h.Matrix {
		cells := []string{row.Requirement}
		var judged []verdict.Verdict
		for _, target := range targets {
			v, there := row.Targets[target]
			if there {
				cells = append(cells, v.String())
			} else {
				cells = append(cells, "·")
			}
			if v.Judged() {
				judged = append(judged, v)
			}
		}
		if !t.all && len(slices.Compact(judged)) < 2 {
			alike++
			continue
		}
		rows = append(rows, cells)
	}
	t.title("On every target, the latest verdict")
	if len(rows) > 1 {
		for _, line := range align(rows, strings.Repeat("l", len(targets)+1)) {
			t.line("  " + clean(line))
		}
	}
	if alike > 0 {
		t.line(fmt.Sprintf("  %s alike on every target that judged them", count(alike, "requirement")))
	}
}
