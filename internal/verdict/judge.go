// From outcomes and exchanges to one finding for each requirement and operation.

package verdict

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"harness/internal/evidence"
	"harness/internal/measure"
	"harness/internal/requirement"
	"harness/specs"
)

// Finding is how one requirement fared on one operation, with all that its reader needs. Lists are never nil.
type Finding struct {
	Requirement string             `json:"requirement"`
	API         string             `json:"api"`
	Operation   string             `json:"operation"`
	Level       requirement.Level  `json:"level"`
	Verdict     Verdict            `json:"verdict"`
	Cases       []string           `json:"cases"`
	Message     string             `json:"message"`          // one line; "" unless something went wrong
	Reason      string             `json:"reason,omitempty"` // why there is no verdict on the server
	Needs       string             `json:"needs,omitempty"`  // what the data must hold to be judged
	Failures    []evidence.Failure `json:"failures,omitempty"`
	Observation map[string]string  `json:"observation,omitempty"`
	Evidence    []string           `json:"evidence"`           // ids of exchanges, those of the worst case first
	Reproduce   []string           `json:"reproduce"`          // lines for a shell, secrets as variables
	Tries       string             `json:"tries,omitempty"`    // broken/tried, e.g. 3/3
	Cause       string             `json:"cause,omitempty"`    // fingerprint of what went wrong, the same from run to run; "" unless something did
	Accepted    *Acceptance        `json:"accepted,omitempty"` // the known failure that it meets, in whatever state
	Statement   string             `json:"statement"`
	Source      specs.Source       `json:"source"`
}

// Judgement is what a run amounts to.
type Judgement struct {
	// Findings holds one for each requirement and operation inside the run's selection, in the order of the catalogue.
	Findings []Finding
	// Verdict is the worst that counts: error, fail and flaky of whatever level; then, when the run says nothing of
	// the server, why; then drift; then pass. That single requirements were not judged does not count.
	Verdict Verdict
	// Summary counts requirements by level and verdict, each with the worst of its operations.
	Summary map[requirement.Level]map[Verdict]int
	// CutShort says that the evidence has no footer. Problem says why the run ended before its end. Either way a
	// promise that was not seen broken may be broken all the same.
	CutShort bool
	Problem  string
	// Unjudged says why a run that went through still says too little of the server; "" when it says enough.
	Unjudged string
	// Unserved lists the operations under test that gave no success in the run, each with the reason.
	Unserved []Unserved
	// Known is the file of known failures that the run was held against, "" for none; Accepted says what became of each
	// of its entries, in the order of the file.
	Known    string
	Accepted []Acceptance
	// Partial says that the run was narrowed or bounded, so that of a promise that it saw kept there may be more to see.
	Partial bool
	// Measurements are those of a load run, one for each scenario and operation, the whole scenario's first.
	Measurements []measure.Measurement
}

// Judge holds a run against the catalogue. Documents are those that the run was held against; of an API that is left
// out, what nothing but its document bears stays untested.
func Judge(c *requirement.Catalogue, run *evidence.Run, documents ...*specs.API) Judgement {
	b := newBench(c, run)
	for _, o := range run.Outcomes {
		b.outcome(o)
	}
	b.exchanges(documents)
	loads := scenarios(run)
	b.load(loads)
	j := Judgement{CutShort: run.Footer == nil}
	if run.Footer != nil {
		j.Problem = run.Footer.Problem
	}
	keep, err := selected(c, run.Header.Selection)
	if err != nil {
		j.Problem = cmp.Or(j.Problem, err.Error())
	}
	j.Findings = objectives(loads)
	for _, f := range b.findings(j) {
		if keep(f) && (len(loads) == 0 || f.Verdict != Untested) { // a load run tests what its scenario asks for
			j.Findings = append(j.Findings, f)
		}
	}
	j.Summary = summarise(j.Findings)
	if len(loads) > 0 {
		j.Measurements = measurements(loads)
		j.Unjudged = loadUnjudged(loads, j.Findings)
	} else {
		j.Unserved = b.unserved(j.Findings, documents)
		j.Unjudged = cmp.Or(unjudged(run, j.Findings), tooLittle(j.Unserved))
	}
	j.Partial = len(run.Header.Selection.Requirements) > 0 || run.Header.Selection.Requests > 0
	j.Verdict = j.worst(run)
	return j
}

// place is one requirement on one operation. Requirement ids are unique across APIs, operations within theirs.
type place struct{ requirement, api, operation string }

// contribution is what one case, or the exchanges of one operation, say of a place.
type contribution struct {
	verdict     Verdict
	test        string // the case; "" for what the exchanges say
	failure     *evidence.Failure
	reason      string
	observation map[string]string
	evidence    []string
	tries       string
	alike       string // what kind of departure it is; "" for the outcome of a case
}

// bench is where a run is judged: every place, and what was said of it.
type bench struct {
	run     *evidence.Run
	byID    map[string]requirement.Requirement
	places  []place // in the order of the catalogue
	known   map[place]bool
	said    map[place][]contribution
	implied map[[2]string]string // API and operation → id of its implied requirement
	served  map[[2]string]bool   // API and operation → whether it gave a success
}

func newBench(c *requirement.Catalogue, run *evidence.Run) *bench {
	b := &bench{
		run: run, byID: map[string]requirement.Requirement{}, known: map[place]bool{},
		said: map[place][]contribution{}, implied: map[[2]string]string{}, served: map[[2]string]bool{},
	}
	for _, r := range c.All {
		b.byID[r.ID] = r
		for _, op := range r.Operations {
			p := place{r.ID, r.API, op}
			b.places, b.known[p] = append(b.places, p), true
			if r.Implied {
				b.implied[[2]string{r.API, op}] = r.ID
			}
		}
	}
	return b
}

// say adds a contribution. A place that the catalogue does not list is taken in behind the others of its requirement,
// so that nothing that was seen gets lost.
func (b *bench) say(p place, c contribution) {
	if !b.known[p] {
		at := len(b.places)
		for i := range b.places {
			if b.places[i].requirement == p.requirement {
				at = i + 1
			}
		}
		b.places, b.known[p] = slices.Insert(b.places, at, p), true
	}
	b.said[p] = append(b.said[p], c)
}

var results = map[evidence.Result]Verdict{
	evidence.Kept: Pass, evidence.Broken: Fail, evidence.Flaky: Flaky, evidence.Observed: Observed,
	evidence.NotExercised: NotExercised, evidence.Inconclusive: Inconclusive, evidence.Crashed: Error,
}

// outcome gives a case's outcome to every requirement that the case covers.
func (b *bench) outcome(o evidence.Outcome) {
	v, known := results[o.Result]
	for _, id := range o.Requirements {
		c := contribution{
			verdict: v, test: o.Case, failure: o.Failure, reason: o.Reason, observation: o.Observation, evidence: o.Exchanges,
		}
		if v == Fail || v == Flaky {
			c.tries = tries(o)
		}
		switch r, listed := b.byID[id]; {
		case !known:
			c = defect(o, fmt.Sprintf("the case ended as %q, which is no result", o.Result))
		case !listed:
			c = defect(o, fmt.Sprintf("the case covers %s, which the catalogue does not have", id))
		case r.Level == requirement.Observe && (v == Fail || v == Flaky):
			// Nothing was promised, so nothing can be broken: it is the case that is wrong.
			c = defect(o, "the case fails a behaviour that nobody promised"+detail(o.Failure))
		case v == Fail || v == Flaky || v == Error:
			c.failure = speaking(o)
		}
		b.say(place{id, o.API, o.Operation}, c)
	}
}

// defect is a fault of the harness: a case that cannot be right whatever the server does.
func defect(o evidence.Outcome, message string) contribution {
	return contribution{
		verdict: Error, test: o.Case, evidence: o.Exchanges,
		failure: &evidence.Failure{Message: message, Got: o.Where},
	}
}

// speaking is the failure of an outcome, with a message in any case.
func speaking(o evidence.Outcome) *evidence.Failure {
	f := evidence.Failure{}
	if o.Failure != nil {
		f = *o.Failure
	}
	if o.Result == evidence.Crashed {
		f.Got = cmp.Or(f.Got, o.Where)
	}
	f.Message = cmp.Or(strings.TrimSpace(f.Message), strings.TrimSpace(o.Reason), "the case says nothing of what it saw")
	return &f
}

func detail(f *evidence.Failure) string {
	if f == nil || f.Message == "" {
		return ""
	}
	return ": " + f.Message
}

func tries(o evidence.Outcome) string {
	tried := max(o.Tries, 1)
	if o.Result == evidence.Broken {
		return fmt.Sprintf("%d/%d", tried, tried)
	}
	return fmt.Sprintf("%d/%d", o.BrokenTries, tried)
}

// findings assembles what was said of every place.
func (b *bench) findings(j Judgement) []Finding {
	silence := "no case covered it"
	if j.CutShort || j.Problem != "" {
		silence = "no case covered it before the run ended"
	}
	all := make([]Finding, 0, len(b.places))
	for _, p := range b.places {
		r := b.byID[p.requirement]
		f := Finding{
			Requirement: p.requirement, API: p.api, Operation: p.operation, Level: cmp.Or(r.Level, requirement.Must),
			Needs: r.Needs, Statement: r.Statement, Source: r.Source,
			Cases: []string{}, Evidence: []string{}, Reproduce: []string{},
		}
		f.assemble(b.said[p])
		if causes := f.Causes(); len(causes) > 0 {
			f.Cause = causes[0]
		}
		if f.Verdict == Untested {
			f.Reason = cmp.Or(r.Unjudgeable, silence)
			if r.Implied {
				f.Reason = "no request was sent to it"
			}
			if why := b.excluded(p.api, p.operation); why != "" {
				f.Reason = "left out: " + why
			}
		}
		all = append(all, f)
	}
	return all
}

// assemble makes the verdict out of the contributions: the worst stands, and the evidence is that of the worst.
func (f *Finding) assemble(said []contribution) {
	for _, c := range said {
		if c.test != "" && !slices.Contains(f.Cases, c.test) {
			f.Cases = append(f.Cases, c.test)
		}
		for _, question := range slices.Sorted(maps.Keys(c.observation)) {
			f.observe(question, c.observation[question])
		}
	}
	said = slices.Clone(said)
	slices.SortStableFunc(said, func(a, b contribution) int { return cmp.Compare(b.verdict, a.verdict) })
	var reasons []string
	for i, c := range said {
		if i == 0 {
			f.Verdict, f.Tries = c.verdict, c.tries
		}
		if c.failure != nil {
			f.Failures = append(f.Failures, *c.failure)
		}
		if c.verdict != f.Verdict {
			continue
		}
		for _, id := range c.evidence {
			if !slices.Contains(f.Evidence, id) {
				f.Evidence = append(f.Evidence, id)
			}
		}
		if c.reason != "" && !slices.Contains(reasons, c.reason) {
			reasons = append(reasons, c.reason)
		}
	}
	if f.Verdict == NotExercised || f.Verdict == Inconclusive {
		f.Reason = cmp.Or(strings.Join(reasons, "; "), "the case gives no reason")
	}
	if len(f.Failures) > 0 {
		f.Message = firstLine(f.Failures[0].Message)
		f.Reproduce = append(f.Reproduce, f.Failures[0].Reproduce...)
	}
}

// observe keeps the answer to a question; two answers to one question both stand.
func (f *Finding) observe(question, answer string) {
	if f.Observation == nil {
		f.Observation = map[string]string{}
	}
	if before, ok := f.Observation[question]; ok && before != answer {
		answer = before + "; " + answer
	}
	f.Observation[question] = answer
}

// firstLine keeps a message to its line, for everything that is read line by line.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
