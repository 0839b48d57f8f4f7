// What became of the known failures: how each entry of the list met the run.

package verdict

import (
	"fmt"
	"slices"

	"harness/internal/known"
)

// Acceptance is what became of one entry of known-failures.yaml in one run.
type Acceptance struct {
	known.Failure
	State      AcceptanceState `json:"state"`
	Quarantine bool            `json:"quarantine,omitempty"`
	Note       string          `json:"note,omitempty"` // one line: what to do about it; "" when nothing
}

// AcceptanceState is how an entry met the run.
type AcceptanceState string

// The states of an entry, by what the gate makes of them.
const (
	Accepted   AcceptanceState = "accepted"    // it fails as listed: the gate lets it pass
	Stale      AcceptanceState = "stale"       // it passes: the entry is to be taken out
	Expired    AcceptanceState = "expired"     // its day is past: it counts like any other
	OtherCause AcceptanceState = "other cause" // it fails otherwise than listed: it counts like any other
	Unmet      AcceptanceState = "not judged"  // the run says nothing of it
	Elsewhere  AcceptanceState = "elsewhere"   // it is of another target
)

// Known says whether the finding fails as a list in force accepts.
func (f Finding) Known() bool { return f.Accepted != nil && f.Accepted.State == Accepted }

// Accept holds the judgement against a list of known failures. It changes no verdict: what is broken stays broken. It
// says what became of each entry, marks the findings that meet one, and Exit goes by that.
//
// An entry is never called stale by a run that may have missed the failure: one that ended early, was narrowed to some
// requirements, or was bounded.
func (j *Judgement) Accept(list known.List, target string, today known.Date) {
	j.Known, j.Accepted = list.File, nil
	for _, f := range list.Failures {
		j.Accepted = append(j.Accepted, j.meet(Acceptance{Failure: f}, target, today))
	}
	for _, f := range list.Quarantine {
		j.Accepted = append(j.Accepted, j.meet(Acceptance{Failure: f, Quarantine: true}, target, today))
	}
	slices.SortStableFunc(j.Accepted, func(a, b Acceptance) int { return a.Line - b.Line })
	for i := range j.Findings {
		j.Findings[i].Accepted = nil
	}
	for i := range j.Accepted {
		j.mark(&j.Accepted[i])
	}
	j.excuse()
}

// mark tells a finding which entry it meets. Where several entries are about it, the one that lets it pass counts, and
// the others only say that they were not met.
func (j *Judgement) mark(a *Acceptance) {
	f := j.finding(a.Failure)
	switch {
	case f == nil || a.State == Elsewhere:
	case f.Accepted == nil:
		f.Accepted = a
	case f.Accepted.State == Accepted && a.State == OtherCause:
		a.State, a.Note = Unmet, fmt.Sprintf("it fails by another cause, which line %d lists", f.Accepted.Line)
	case a.State == Accepted && f.Accepted.State == OtherCause:
		f.Accepted.State, f.Accepted.Note = Unmet, fmt.Sprintf("it fails by another cause, which line %d lists", a.Line)
		f.Accepted = a
	}
}

// excuse drops the operations that were never served where a known failure says why: the run has seen all it could.
func (j *Judgement) excuse() {
	before := tooLittle(j.Unserved)
	j.Unserved = slices.DeleteFunc(slices.Clone(j.Unserved), func(u Unserved) bool {
		return slices.ContainsFunc(j.Findings, func(f Finding) bool { return f.API == u.API && f.Operation == u.Operation && f.Known() })
	})
	if j.Unjudged == before {
		j.Unjudged = tooLittle(j.Unserved)
	}
}

func (j *Judgement) finding(of known.Failure) *Finding {
	for i := range j.Findings {
		if f := &j.Findings[i]; f.Requirement == of.Requirement && f.Operation == of.Operation {
			return f
		}
	}
	return nil
}

// meet says how an entry met the run.
func (j *Judgement) meet(a Acceptance, target string, today known.Date) Acceptance {
	f := j.finding(a.Failure)
	expired := today.Until(a.Expires) < 0
	switch {
	case !a.Of(target):
		a.State = Elsewhere
	case f == nil:
		a.State, a.Note = Unmet, "the run does not look at it"
	case f.Verdict == Fail || f.Verdict == Flaky:
		a.State, a.Note = j.failing(a, *f, expired)
	case f.Verdict != Pass:
		a.State, a.Note = Unmet, firstLine(f.Reason)
	case a.Quarantine && !expired:
		a.State, a.Note = Unmet, "it held this time, which says little of what comes and goes"
	case j.CutShort || j.Problem != "":
		a.State, a.Note = Unmet, "it held as far as the run went, which ended early"
	case j.Partial:
		a.State, a.Note = Unmet, "it held as far as the run looked; a whole run says whether the entry can go"
	default:
		a.State, a.Note = Stale, "it holds: take the entry out"
		if a.Target == known.AnyTarget {
			a.Note += ", or name the targets where it fails"
		}
	}
	if a.State == Unmet && expired {
		a.Note += fmt.Sprintf("; it expired on %s", a.Expires)
	}
	return a
}

// failing says how an entry met a finding that fails.
func (j *Judgement) failing(a Acceptance, f Finding, expired bool) (AcceptanceState, string) {
	switch {
	case expired:
		return Expired, "mend it, or renew the entry"
	case a.Quarantine && f.Verdict == Fail:
		return OtherCause, "it fails every time now, which quarantine does not cover"
	case a.Cause != "" && !slices.Contains(f.Causes(), a.Cause):
		return OtherCause, fmt.Sprintf("it fails by cause %s, and %s is listed", f.Cause, a.Cause)
	}
	return Accepted, ""
}
