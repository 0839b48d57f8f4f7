// Package report tells what a run found: one model, and one file for each format that it is told in.
package report

import (
	"fmt"
	"slices"
	"time"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/measure"
	"harness/internal/requirement"
	"harness/internal/verdict"
	"harness/specs"
)

// Schema is the version of report.json.
const Schema = 1

// Report is everything that a format needs; report.json is this type as it stands. Lists are never nil.
type Report struct {
	Schema    int                                           `json:"schema"`
	Verdict   verdict.Verdict                               `json:"verdict"`
	Exit      int                                           `json:"exit"`
	Gate      verdict.FailOn                                `json:"gate"` // the weakest thing that fails it
	Target    evidence.Target                               `json:"target"`
	Tool      evidence.Tool                                 `json:"tool"`
	Suites    *Score                                        `json:"suites"` // null when nobody has taken it
	Documents []Document                                    `json:"documents"`
	Selection evidence.Selection                            `json:"selection"`
	Seed      uint64                                        `json:"seed"`
	Command   []string                                      `json:"command"`
	Started   time.Time                                     `json:"started"`
	Finished  *time.Time                                    `json:"finished"` // null for a run that was cut short
	CutShort  bool                                          `json:"cutShort"`
	Problem   string                                        `json:"problem"` // why the run is not judged as a whole; "" when it is
	Summary   map[requirement.Level]map[verdict.Verdict]int `json:"summary"` // requirements, each by its worst operation
	Requests  Requests                                      `json:"requests"`
	Written   *evidence.Written                             `json:"written,omitempty"` // what the run changed on the target; nil for nothing
	Coverage  []Coverage                                    `json:"coverage"`
	// Versions is what the answers said of the server's own version.
	Versions  []Version          `json:"versions"`
	Findings  []verdict.Finding  `json:"findings"`
	Fixtures  []evidence.Fixture `json:"fixtures"`
	NotJudged []NotJudged        `json:"notJudged"`
	// KnownFailures is the file of known failures that the run was held against; Accepted says what became of each of its
	// entries, in their order.
	KnownFailures string               `json:"knownFailures,omitempty"`
	Accepted      []verdict.Acceptance `json:"accepted"`
	// Changes is what the run shows otherwise than its baseline, null without one.
	Changes *history.Changes `json:"changes"`
	// Behaviour is what each operation was seen to answer.
	Behaviour []history.Behaviour `json:"behaviour"`
	// Measurements are those of a load run; Load is each of its scenarios over its time.
	Measurements []measure.Measurement `json:"measurements"`
	Load         []Load                `json:"load"`
	// Exchanges are those that prove what went wrong, cut to what a page can hold.
	Exchanges []evidence.Exchange `json:"exchanges"`
}

// Requests counts what left for the target, repeated tries included.
type Requests struct {
	Total    int            `json:"total"`
	ByMethod map[string]int `json:"byMethod"`
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
// Documents are those that the run was held against; of an API that is left out, the coverage names no constraints.
func New(run *evidence.Run, j verdict.Judgement, exit int, documents ...*specs.API) Report {
	h := run.Header
	r := Report{
		Schema: Schema, Verdict: j.Verdict, Exit: exit, Gate: verdict.FailOnShould, Target: h.Target, Tool: h.Tool, Documents: placed(h.Documents, documents),
		Selection: h.Selection, Seed: h.Seed, Command: list(h.Command), Started: h.Started, CutShort: j.CutShort,
		Problem: j.Problem, Summary: j.Summary, Requests: requests(run), Coverage: coverage(run, j.Findings, documents),
		Findings: list(j.Findings), Fixtures: list(run.Fixtures), NotJudged: notJudged(j.Findings),
		KnownFailures: j.Known, Accepted: list(j.Accepted), Behaviour: history.Observe(run, documents...), Measurements: list(j.Measurements), Load: loads(run, j.Findings),
		Versions: versions(run), Exchanges: exchanges(run, j.Findings),
	}
	if r.Target.URLs == nil {
		r.Target.URLs = map[string]string{}
	}
	if run.Footer != nil {
		r.Finished, r.Written = &run.Footer.Finished, run.Footer.Written
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

// changed says in a sentence what a run wrote on its target, and whether it put it back; "" when it wrote nothing.
func (r Report) changed() string {
	w := r.Written
	if w == nil {
		return ""
	}
	text := fmt.Sprintf("licence %s of user %s, by %d cases; ", w.License, w.User, w.Cases)
	if w.Undone == w.Cases {
		return text + "put back every time"
	}
	text += fmt.Sprintf("not put back by %d", w.Cases-w.Undone)
	if w.Journal != "" {
		text += "; harness target restore " + w.Journal
	}
	return text
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
