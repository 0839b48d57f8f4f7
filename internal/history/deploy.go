// May a target be promoted? The answer out of what is stored, without sending anything.

package history

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"harness/internal/known"
	"harness/internal/verdict"
)

// State is what the stored runs say of one API of a target.
type State string

// The states. Only Passed lets a target be promoted.
const (
	NeverRun  State = "never run"  // no run of it is stored that was to judge all of it
	NotJudged State = "not judged" // the newest such run says too little
	Failed    State = "failed"     // it is broken, and no known failure that still holds covers it
	Passed    State = "passed"
	TooOld    State = "too old" // it passed, too long ago
	Stale     State = "stale"   // it passed, and a known failure of it no longer fails: its entry is to be taken out
)

// Exit is the exit code of a state, as everywhere: 0, 1 for what is broken, 3 for what nobody knows, 4 for a list of
// known failures that is out of date.
func (s State) Exit() int {
	switch s {
	case Passed:
		return verdict.ExitGreen
	case Failed:
		return verdict.ExitBroken
	case Stale:
		return verdict.ExitStale
	}
	return verdict.ExitNotJudged
}

// Policy is what a promotion asks of a run.
type Policy struct {
	MaxAge    time.Duration     // of the run that decides; 0 is no limit
	Gate      verdict.FailOn    // what fails it
	Quick     bool              // a run that was bounded in its requests counts as one of the whole
	Documents map[string]string // API → digest of the document that it is to be judged by; others are told
}

// Answer is what the stored runs say of one API.
type Answer struct {
	API    string   `json:"api"`
	State  State    `json:"state"`
	Reason string   `json:"reason"` // one line; "" for passed
	Run    *Stored  `json:"run"`    // the one that decides; null when never run
	Notes  []string `json:"notes"`  // what does not decide, and is good to know
}

// MayDeploy says what the stored runs of one target, the oldest first, say of an API. The newest run that was to judge
// the whole API decides; a narrowed run since then can only take away: what it saw broken stays so until a whole run
// says otherwise.
func MayDeploy(runs []Stored, api string, p Policy, now time.Time) Answer {
	a := Answer{API: api, State: NeverRun, Notes: []string{}}
	var since []Stored // narrowed runs behind the one that decides
	narrowed := 0
	for _, run := range slices.Backward(runs) {
		if run.API(api) == nil {
			continue
		}
		if !p.counts(run) {
			narrowed++
			since = append(since, run)
			continue
		}
		a.Run = &run
		break
	}
	if a.Run == nil {
		a.Reason = "no run of " + api + " is stored"
		if narrowed > 0 {
			a.Reason = fmt.Sprintf("no run of the whole of %s is stored, only %d narrowed", api, narrowed)
		}
		return a
	}
	a.State, a.Reason = p.judge(*a.Run, api, now)
	for _, run := range since {
		if n := run.Failed(api, p.Gate); n > 0 && (a.State == Passed || a.State == Stale || a.State == TooOld) {
			a.State, a.Run = Failed, &run
			a.Reason = fmt.Sprintf("%s broken in a narrowed run since the last whole one%s", findings(n), firstBroken(run, api))
		}
	}
	if digest := p.Documents[api]; digest != "" && digest != a.Run.API(api).Digest {
		a.Notes = append(a.Notes, fmt.Sprintf("it was judged by another document (sha256 %.8s) than this program has (%.8s)", a.Run.API(api).Digest, digest))
	}
	if n := a.Run.API(api).Accepted; n > 0 {
		a.Notes = append(a.Notes, fmt.Sprintf("%s let pass as known failures, the first until %s", findings(n), a.Run.API(api).Expires))
	}
	if !a.Run.Selection.Whole() && a.State == Passed {
		a.Notes = append(a.Notes, fmt.Sprintf("by a quick run of at most %d requests", a.Run.Selection.Requests))
	}
	return a
}

// counts says whether a run was to judge all that an API promises.
func (p Policy) counts(run Stored) bool {
	s := run.Selection
	if p.Quick {
		s.Requests = 0
	}
	return s.Whole()
}

// judge is what one run says of an API.
func (p Policy) judge(run Stored, api string, now time.Time) (State, string) {
	of := run.API(api)
	n := run.Failed(api, p.Gate)
	switch {
	case run.CutShort, run.Exit == verdict.ExitNotJudged, run.Exit == verdict.ExitFault, of.Judged == 0:
		reason := cmp.Or(run.Problem, "a fault of the harness")
		if of.Judged == 0 && run.Problem == "" {
			reason = "nothing of it was judged"
		}
		return NotJudged, reason
	case run.Started.After(now.Add(time.Hour)):
		return NotJudged, "the run is dated in the future: " + run.Started.UTC().Format(time.DateTime)
	case n > 0:
		return Failed, findings(n) + " broken" + firstBroken(run, api)
	case of.Expires != nil && of.Expires.Before(known.Day(now.UTC()).Time):
		return Failed, fmt.Sprintf("a known failure that covered it has expired on %s", of.Expires)
	case p.MaxAge > 0 && now.Sub(run.Started) > p.MaxAge:
		return TooOld, fmt.Sprintf("it passed %s ago; at most %s are asked for", age(now.Sub(run.Started)), age(p.MaxAge))
	case of.Stale > 0:
		return Stale, fmt.Sprintf("%d known failures no longer fail: take them out of the list", of.Stale)
	}
	return Passed, ""
}

// firstBroken names the first finding that is broken.
func firstBroken(run Stored, api string) string {
	for _, b := range run.Broken {
		if b.API == api && !b.Accepted {
			return fmt.Sprintf(": %s %s %s", b.Requirement, b.Operation, b.Message)
		}
	}
	return ""
}

func findings(n int) string {
	if n == 1 {
		return "1 finding is"
	}
	return fmt.Sprintf("%d findings are", n)
}

// age is a span of time as people say it.
func age(d time.Duration) string {
	if day := 24 * time.Hour; d >= 2*day {
		return fmt.Sprintf("%d days", d/day)
	}
	return d.Round(time.Second).String()
}
