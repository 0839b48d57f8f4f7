package verdict_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/known"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

func day(text string) known.Date {
	var d known.Date
	if err := d.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return d
}

var today = day("2026-11-22")

// rounded is what the findings of these tests fail with.
var rounded = evidence.Failure{Message: `licence 6472352565130037257 shows "seats": 5.0`}

func listed(change ...func(*known.Failure)) *known.Failure {
	f := &known.Failure{Requirement: "GOTO-X-01", Operation: "list", Target: "staging", Reason: "why", Owner: "who", Added: day("2026-11-01"), Expires: today}
	for _, c := range change {
		c(f)
	}
	return f
}

func expired(f *known.Failure)   { f.Expires = today.Plus(-1) }
func elsewhere(f *known.Failure) { f.Target = "production" }
func anywhere(f *known.Failure)  { f.Target = "*" }
func likewise(f *known.Failure)  { f.Cause = finding(verdict.Fail).Causes()[0] }
func otherwise(f *known.Failure) { f.Cause = "0123456789" }

func finding(v verdict.Verdict) verdict.Finding {
	f := verdict.Finding{Requirement: "GOTO-X-01", API: "gotoaccount", Operation: "list", Level: requirement.Must, Verdict: v, Reason: "because"}
	if v == verdict.Fail || v == verdict.Flaky {
		f.Failures, f.Message, f.Reason = []evidence.Failure{rounded}, rounded.Message, ""
	}
	return f
}

// The whole truth about one entry and one finding: what the entry comes to, and the exit code, for a MUST and for a
// SHOULD, at each of the gates must, should and drift.
func TestAccept(t *testing.T) {
	type codes [3]int
	green, broken, stale := codes{0, 0, 0}, codes{1, 1, 1}, codes{4, 4, 4}
	lenient := func(code int) codes { return codes{code, 1, 1} } // a SHOULD that fails does not fail the gate must
	for _, test := range []struct {
		name         string
		finding      verdict.Verdict
		entry        *known.Failure // nil for none
		quarantine   bool
		state        verdict.AcceptanceState
		must, should codes
	}{
		{"fails, not listed", verdict.Fail, nil, false, "", broken, lenient(0)},
		{"fails, listed", verdict.Fail, listed(), false, verdict.Accepted, green, green},
		{"fails, listed for every target", verdict.Fail, listed(anywhere), false, verdict.Accepted, green, green},
		{"fails, listed with its cause", verdict.Fail, listed(likewise), false, verdict.Accepted, green, green},
		{"fails, listed with another cause", verdict.Fail, listed(otherwise), false, verdict.OtherCause, broken, lenient(0)},
		{"fails, listed for another target", verdict.Fail, listed(elsewhere), false, verdict.Elsewhere, broken, lenient(0)},
		{"fails, expired", verdict.Fail, listed(expired), false, verdict.Expired, broken, lenient(4)},
		{"fails, expired, with another cause", verdict.Fail, listed(expired, otherwise), false, verdict.Expired, broken, lenient(4)},
		{"fails, in quarantine", verdict.Fail, listed(), true, verdict.OtherCause, broken, lenient(0)},
		{"fails, quarantine over", verdict.Fail, listed(expired), true, verdict.Expired, broken, lenient(4)},

		{"flaky, not listed", verdict.Flaky, nil, false, "", broken, lenient(0)},
		{"flaky, listed", verdict.Flaky, listed(), false, verdict.Accepted, green, green},
		{"flaky, in quarantine", verdict.Flaky, listed(), true, verdict.Accepted, green, green},
		{"flaky, in quarantine with its cause", verdict.Flaky, listed(likewise), true, verdict.Accepted, green, green},
		{"flaky, in quarantine with another cause", verdict.Flaky, listed(otherwise), true, verdict.OtherCause, broken, lenient(0)},
		{"flaky, quarantine over", verdict.Flaky, listed(expired), true, verdict.Expired, broken, lenient(4)},

		{"passes, not listed", verdict.Pass, nil, false, "", green, green},
		{"passes, listed", verdict.Pass, listed(), false, verdict.Stale, stale, stale},
		{"passes, listed with a cause", verdict.Pass, listed(otherwise), false, verdict.Stale, stale, stale},
		{"passes, listed for every target", verdict.Pass, listed(anywhere), false, verdict.Stale, stale, stale},
		{"passes, listed for another target", verdict.Pass, listed(elsewhere), false, verdict.Elsewhere, green, green},
		{"passes, expired", verdict.Pass, listed(expired), false, verdict.Stale, stale, stale},
		{"passes, in quarantine", verdict.Pass, listed(), true, verdict.Unmet, green, green},
		{"passes, quarantine over", verdict.Pass, listed(expired), true, verdict.Stale, stale, stale},

		{"not exercised, listed", verdict.NotExercised, listed(), false, verdict.Unmet, green, green},
		{"inconclusive, listed", verdict.Inconclusive, listed(), false, verdict.Unmet, green, green},
		{"untested, listed", verdict.Untested, listed(), false, verdict.Unmet, green, green},
		{"untested, expired", verdict.Untested, listed(expired), false, verdict.Unmet, green, green},
		{"untested, in quarantine", verdict.Untested, listed(), true, verdict.Unmet, green, green},
		{"the harness went wrong, listed", verdict.Error, listed(), false, verdict.Unmet, codes{6, 6, 6}, codes{6, 6, 6}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for level, want := range map[requirement.Level]codes{requirement.Must: test.must, requirement.Should: test.should} {
				f := finding(test.finding)
				f.Level = level
				j := verdict.Judgement{Findings: []verdict.Finding{f}}
				list := known.List{File: "k.yaml"}
				switch {
				case test.entry == nil:
				case test.quarantine:
					list.Quarantine = []known.Failure{*test.entry}
				default:
					list.Failures = []known.Failure{*test.entry}
				}
				j.Accept(list, "staging", today)
				for i, gate := range verdict.FailOns {
					if got := j.Exit(gate); got != want[i] {
						t.Errorf("%s: exit %d with --fail-on %s, want %d", level, got, gate, want[i])
					}
				}
				switch {
				case test.entry == nil && len(j.Accepted) == 0:
				case len(j.Accepted) != 1 || j.Accepted[0].State != test.state || j.Accepted[0].Quarantine != test.quarantine:
					t.Errorf("%+v, want one that is %q", j.Accepted, test.state)
				case test.state == verdict.Elsewhere:
					if j.Findings[0].Accepted != nil {
						t.Error("the finding is marked with an entry of another target")
					}
				case j.Findings[0].Accepted == nil || *j.Findings[0].Accepted != j.Accepted[0]:
					t.Errorf("the finding is marked with %+v, want %+v", j.Findings[0].Accepted, j.Accepted[0])
				}
				if j.Findings[0].Verdict != test.finding {
					t.Errorf("the verdict has become %s; what is broken stays broken", j.Findings[0].Verdict)
				}
			}
		})
	}
}

// A run that may have missed a failure never says that it is gone.
func TestStaleIsOnlySaidByARunThatLooked(t *testing.T) {
	for _, test := range []struct {
		name      string
		judgement verdict.Judgement
		state     verdict.AcceptanceState
		exit      int
	}{
		{"a whole run", verdict.Judgement{}, verdict.Stale, 4},
		{"cut short", verdict.Judgement{CutShort: true}, verdict.Unmet, 3},
		{"ended early", verdict.Judgement{Problem: "interrupted"}, verdict.Unmet, 3},
		{"narrowed or bounded", verdict.Judgement{Partial: true}, verdict.Unmet, 0},
		{"an operation never served", verdict.Judgement{Unjudged: "read was never served"}, verdict.Stale, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := test.judgement
			j.Findings = []verdict.Finding{finding(verdict.Pass)}
			j.Accept(known.List{Failures: []known.Failure{*listed()}}, "staging", today)
			if got := j.Accepted[0].State; got != test.state {
				t.Errorf("%s, want %s", got, test.state)
			}
			if got := j.Exit(verdict.FailOnShould); got != test.exit {
				t.Errorf("exit %d, want %d", got, test.exit)
			}
		})
	}
	j := verdict.Judgement{}
	j.Accept(known.List{Failures: []known.Failure{*listed(expired)}}, "staging", today)
	if want := "the run does not look at it; it expired on 2026-11-21"; j.Accepted[0].State != verdict.Unmet || j.Accepted[0].Note != want || j.Exit(verdict.FailOnDrift) != 0 {
		t.Errorf("outside the selection: %+v, want %q", j.Accepted[0], want)
	}
}

func TestPartialRuns(t *testing.T) {
	for _, test := range []struct {
		name      string
		selection evidence.Selection
		want      bool
	}{
		{"whole", evidence.Selection{}, false},
		{"one API", evidence.Selection{APIs: []string{"gotoaccount"}}, false},
		{"one operation, all of it", evidence.Selection{Operations: []string{"list"}}, false},
		{"one requirement, while answers to other cases may depart in it as well", evidence.Selection{Requirements: []string{"GOTO-A-01"}}, true},
		{"bounded", evidence.Selection{Requests: 200}, true},
	} {
		if got := verdict.Judge(catalogue(), run(test.selection)).Partial; got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestEntriesThatShareAPlace(t *testing.T) {
	one, other := *listed(otherwise), *listed(likewise)
	one.Line, other.Line = 3, 12
	want := map[int]verdict.AcceptanceState{3: verdict.Unmet, 12: verdict.Accepted}
	for _, order := range [][]known.Failure{{one, other}, {other, one}} {
		j := verdict.Judgement{Findings: []verdict.Finding{finding(verdict.Fail)}}
		j.Accept(known.List{Failures: order}, "staging", today)
		got := map[int]verdict.AcceptanceState{}
		for _, a := range j.Accepted {
			got[a.Line] = a.State
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if f := j.Findings[0]; !f.Known() || f.Accepted.Line != 12 {
			t.Errorf("the finding is marked with %+v, want line 12", f.Accepted)
		}
		if got := j.Exit(verdict.FailOnMust); got != 0 {
			t.Errorf("exit %d, want 0", got)
		}
	}
}

func TestAcceptedInTheOrderOfTheFile(t *testing.T) {
	a, b, c := *listed(), *listed(), *listed()
	a.Line, b.Line, c.Line = 20, 2, 11
	j := verdict.Judgement{}
	j.Accept(known.List{File: "k.yaml", Failures: []known.Failure{a, c}, Quarantine: []known.Failure{b}}, "staging", today)
	var got []int
	for _, x := range j.Accepted {
		got = append(got, x.Line)
	}
	if diff := cmp.Diff([]int{2, 11, 20}, got); diff != "" || j.Known != "k.yaml" {
		t.Errorf("%s: -want +got:\n%s", j.Known, diff)
	}
}

// An operation that is known to fail need not be served for the run to say enough; one that nobody knows of does.
func TestAKnownFailureExcusesItsOperation(t *testing.T) {
	broken := outcome(evidence.Broken, "GOTO-A-01")
	broken.Operation = "read"
	records := []any{outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.Kept), broken, served()[0]}
	list := known.List{Failures: []known.Failure{*listed(func(f *known.Failure) { f.Requirement, f.Operation = "GOTO-A-01", "read" })}}
	j := verdict.Judge(catalogue(), run(records...))
	if got := j.Exit(verdict.FailOnMust); got != 1 {
		t.Errorf("not listed: exit %d, want 1", got)
	}
	j.Accept(list, "staging", today)
	if got := j.Exit(verdict.FailOnMust); got != 0 || j.Unjudged != "" {
		t.Errorf("listed: exit %d, %q, want 0", got, j.Unjudged)
	}
	j = verdict.Judge(catalogue(), run(records[:3]...)) // list is not served either
	j.Accept(list, "staging", today)
	if got := j.Exit(verdict.FailOnMust); got != 3 {
		t.Errorf("another operation was never served: exit %d, want 3", got)
	}
}
