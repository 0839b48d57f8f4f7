// Package report tells what a run found: one model, and one file for each format that it is told in.
package report

import (
	"slices"
	"time"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/measure"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// Schema is the version of report.json.
const Schema = 1

// Report is everything that a format needs; report.json is this type as it stands. Lists are never nil.
type Report struct {
	Schema    int                                           `json:"schema"`
	Verdict   verdict.Verdict                               `json:"verdict"`
	Exit      int                                           `json:"exit"`
	Target    evidence.Target                               `json:"target"`
	Tool      evidence.Tool                                 `json:"tool"`
	Suites    *Score                                        `json:"suites"` // null when nobody has taken it
	Documents []evidence.Document                           `json:"documents"`
	Selection evidence.Selection                            `json:"selection"`
	Seed      uint64                                        `json:"seed"`
	Command   []string                                      `json:"command"`
	Started   time.Time                                     `json:"started"`
	Finished  *time.Time                                    `json:"finished"` // null for a run that was cut short
	CutShort  bool                                          `json:"cutShort"`
	Problem   string                                        `json:"problem"` // why the run is not judged as a whole; "" when it is
	Summary   map[requirement.Level]map[verdict.Verdict]int `json:"summary"` // requirements, each by its worst operation
	Requests  Requests                                      `json:"requests"`
	Coverage  []Coverage                                    `json:"coverage"`
	Findings  []verdict.Finding                             `json:"findings"`
	Fixtures  []evidence.Fixture                            `json:"fixtures"`
	NotJudged []NotJudged                                   `json:"notJudged"`
	// Accepted says what became of each known failure, in the order of its file.
	Accepted []verdict.Acceptance `json:"accepted"`
	// Changes is what the run shows otherwise than its baseline, null without one.
	Changes *history.Changes `json:"changes"`
	// Behaviour is what each operation was seen to answer.
	Behaviour []history.Behaviour `json:"behaviour"`
	// Measurements are those of a load run.
	Measurements []measure.Measurement `json:"measurements"`
}

// Requests counts what left for the target, repeated tries included.
type Requests struct {
	Total    int            `json:"total"`
	ByMethod map[string]int `json:"byMethod"`
}

// Coverage is how many requests an operation got, discovery and repeated tries included, and how its cases came out.
type Coverage struct {
	API       string                  `json:"api"`
	Operation string                  `json:"operation"`
	Requests  int                     `json:"requests"`
	Cases     map[evidence.Result]int `json:"cases"`
}

// NotJudged is one reason for which there is no verdict on the server, with every requirement that it keeps from one.
type NotJudged struct {
	Verdict      verdict.Verdict `json:"verdict"` // untested, not exercised or inconclusive
	Reason       string          `json:"reason"`
	Needs        []string        `json:"needs"`        // what the owner of the target could add
	Requirements []string        `json:"requirements"` // ids
	Findings     int             `json:"findings"`     // requirement × operation
}

// New makes the report of a run out of its evidence, the judgement on it, and the code that the program ends with.
func New(run *evidence.Run, j verdict.Judgement, exit int) Report {
	h := run.Header
	r := Report{
		Schema: Schema, Verdict: j.Verdict, Exit: exit, Target: h.Target, Tool: h.Tool, Documents: list(h.Documents),
		Selection: h.Selection, Seed: h.Seed, Command: list(h.Command), Started: h.Started, CutShort: j.CutShort,
		Problem: j.Problem, Summary: j.Summary, Requests: requests(run), Coverage: coverage(run, j.Findings),
		Findings: list(j.Findings), Fixtures: list(run.Fixtures), NotJudged: notJudged(j.Findings),
		Accepted: list(j.Accepted), Behaviour: []history.Behaviour{}, Measurements: list(j.Measurements),
	}
	if r.Target.URLs == nil {
		r.Target.URLs = map[string]string{}
	}
	if run.Footer != nil {
		r.Finished = &run.Footer.Finished
	}
	if r.Problem == "" && j.CutShort {
		r.Problem = "the run was cut short: its evidence has no footer"
	}
	if r.Problem == "" {
		r.Problem = j.Unjudged
	}
	return r
}

func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// requests are those that the footer counted where they left; of a run without one, those that came to be written.
func requests(run *evidence.Run) Requests {
	r := Requests{ByMethod: map[string]int{}}
	if run.Footer != nil && len(run.Footer.Requests) > 0 {
		for method, n := range run.Footer.Requests {
			r.ByMethod[method] = n
		}
	} else {
		for _, e := range run.Exchanges {
			r.ByMethod[e.Request.Method] += max(e.Tries, 1)
		}
	}
	for _, n := range r.ByMethod {
		r.Total += n
	}
	return r
}

// coverage has a row for every operation that a finding is about, in the order of the findings.
func coverage(run *evidence.Run, findings []verdict.Finding) []Coverage {
	rows, at := []Coverage{}, map[[2]string]int{}
	for _, f := range findings {
		key := [2]string{f.API, f.Operation}
		if _, ok := at[key]; !ok {
			at[key] = len(rows)
			rows = append(rows, Coverage{API: f.API, Operation: f.Operation, Cases: map[evidence.Result]int{}})
		}
	}
	for _, e := range run.Exchanges {
		if i, ok := at[[2]string{e.API, e.Operation}]; ok {
			rows[i].Requests += max(e.Tries, 1)
		}
	}
	for _, o := range run.Outcomes {
		if i, ok := at[[2]string{o.API, o.Operation}]; ok {
			rows[i].Cases[o.Result]++
		}
	}
	return rows
}

// notJudged groups the findings without a verdict on the server by their reason, the group with most requirements
// first.
func notJudged(findings []verdict.Finding) []NotJudged {
	groups := []NotJudged{}
	for _, f := range findings {
		switch f.Verdict {
		case verdict.Untested, verdict.NotExercised, verdict.Inconclusive:
		default:
			continue
		}
		i := slices.IndexFunc(groups, func(g NotJudged) bool { return g.Verdict == f.Verdict && g.Reason == f.Reason })
		if i < 0 {
			i = len(groups)
			groups = append(groups, NotJudged{Verdict: f.Verdict, Reason: f.Reason, Needs: []string{}, Requirements: []string{}})
		}
		g := &groups[i]
		g.Findings++
		if !slices.Contains(g.Requirements, f.Requirement) {
			g.Requirements = append(g.Requirements, f.Requirement)
		}
		// What nobody has a case for is not the owner's to add to.
		if f.Verdict == verdict.NotExercised && f.Needs != "" && !slices.Contains(g.Needs, f.Needs) {
			g.Needs = append(g.Needs, f.Needs)
		}
	}
	slices.SortStableFunc(groups, func(a, b NotJudged) int {
		if a.Verdict != b.Verdict {
			return int(b.Verdict) - int(a.Verdict)
		}
		return len(b.Requirements) - len(a.Requirements)
	})
	return groups
}
