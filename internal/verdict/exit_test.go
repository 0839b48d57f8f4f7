package verdict_test

import (
	"testing"

	"harness/internal/evidence"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

func genesys(result evidence.Result) evidence.Outcome {
	o := outcome(result, "GC-A-01")
	o.API, o.Operation = "genesyscloud", "define"
	return o
}

// served is the least that a run of gotoaccount must have seen: a success of each operation.
func served() []any {
	read := exchange("r", 200, `{}`)
	read.Operation = "read"
	return []any{exchange("l", 200, `[]`), read}
}

// seen is what a run saw beside a success of each operation.
func seen(records ...any) []any { return append(served(), records...) }

func TestExit(t *testing.T) {
	both := map[string]string{"gotoaccount": "http://localhost:1", "genesyscloud": "http://localhost:1"}
	departed := exchange("1", 418, ``, evidence.Departure{Requirement: "GOTO-DOC-list", Message: "status 418"})
	type codes [3]int // for must, should and drift
	for _, test := range []struct {
		name     string
		records  []any
		urls     map[string]string
		cutShort bool
		problem  string
		exit     codes
		verdict  verdict.Verdict
		unjudged string
	}{
		{name: "empty", exit: codes{3, 3, 3}, verdict: verdict.Untested, unjudged: "no case was run"},
		{name: "empty but for discovery", records: []any{exchange("1", 200, `[]`)}, exit: codes{3, 3, 3}, verdict: verdict.Untested, unjudged: "no case was run"},
		{name: "kept", records: seen(outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.Kept)), exit: codes{0, 0, 0}, verdict: verdict.Pass},
		{name: "observed alone is judged", records: seen(evidence.Selection{APIs: []string{"gotoaccount"}}, outcome(evidence.Observed, "GOTO-C-01")), exit: codes{0, 0, 0}, verdict: verdict.Pass},
		{name: "a MUST broken", records: []any{outcome(evidence.Broken, "GOTO-A-01")}, exit: codes{1, 1, 1}, verdict: verdict.Fail},
		{name: "a SHOULD broken", records: seen(outcome(evidence.Broken, "GOTO-B-01"), outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.Kept)), exit: codes{0, 1, 1}, verdict: verdict.Fail},
		{name: "a MUST flaky", records: []any{outcome(evidence.Flaky, "GOTO-A-01")}, exit: codes{1, 1, 1}, verdict: verdict.Flaky},
		{name: "a departure in an exchange of no case", records: []any{departed, outcome(evidence.Kept, "GOTO-A-01")}, exit: codes{1, 1, 1}, verdict: verdict.Fail, unjudged: "no case of genesyscloud was run"},
		{name: "the harness went wrong, whatever is broken", records: []any{outcome(evidence.Broken, "GOTO-A-01"), outcome(evidence.Crashed, "GOTO-B-01")}, exit: codes{6, 6, 6}, verdict: verdict.Error},
		{name: "the harness went wrong, and was cut short", records: []any{outcome(evidence.Crashed, "GOTO-B-01")}, cutShort: true, exit: codes{6, 6, 6}, verdict: verdict.Error},
		{name: "cut short", records: seen(outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.Kept)), cutShort: true, exit: codes{3, 3, 3}, verdict: verdict.Inconclusive},
		{name: "cut short after something broke", records: []any{outcome(evidence.Broken, "GOTO-A-01"), genesys(evidence.Kept)}, cutShort: true, exit: codes{3, 3, 3}, verdict: verdict.Fail},
		{name: "ended early", records: seen(outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.Kept)), problem: "interrupted", exit: codes{3, 3, 3}, verdict: verdict.Inconclusive},
		{name: "nothing exercised", records: []any{outcome(evidence.NotExercised, "GOTO-A-01")}, exit: codes{3, 3, 3}, verdict: verdict.NotExercised, unjudged: "nothing was judged: because of not-exercised"},
		{name: "one API not exercised", records: []any{outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.NotExercised)}, urls: both,
			exit: codes{3, 3, 3}, verdict: verdict.NotExercised, unjudged: "no case of genesyscloud could be exercised: because of not-exercised"},
		{name: "one API not exercised, the other broken", records: []any{outcome(evidence.Broken, "GOTO-A-01"), genesys(evidence.NotExercised)}, urls: both,
			exit: codes{1, 1, 1}, verdict: verdict.Fail, unjudged: "no case of genesyscloud could be exercised: because of not-exercised"},
		{name: "one API never looked at", records: []any{outcome(evidence.Kept, "GOTO-A-01")}, urls: both, exit: codes{3, 3, 3}, verdict: verdict.NotExercised, unjudged: "no case of genesyscloud was run"},
		{name: "an API that the target does not have", records: seen(outcome(evidence.Kept, "GOTO-A-01")), urls: map[string]string{"gotoaccount": "http://localhost:1"}, exit: codes{0, 0, 0}, verdict: verdict.Pass},
		{name: "an API that was not selected", records: seen(evidence.Selection{APIs: []string{"gotoaccount"}}, outcome(evidence.Kept, "GOTO-A-01")), urls: both, exit: codes{0, 0, 0}, verdict: verdict.Pass},
		{name: "one requirement not exercised among kept ones", records: seen(outcome(evidence.Kept, "GOTO-A-01"), outcome(evidence.NotExercised, "GOTO-B-01"), genesys(evidence.Kept)), exit: codes{0, 0, 0}, verdict: verdict.Pass},
		{name: "broken outside the selection", records: []any{evidence.Selection{Operations: []string{"list"}, Requirements: []string{"GOTO-B-01"}}, outcome(evidence.Kept, "GOTO-B-01"), departed}, exit: codes{0, 0, 0}, verdict: verdict.Pass},
		{name: "an operation never served", records: []any{outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.Kept), served()[0]}, exit: codes{3, 3, 3}, verdict: verdict.NotExercised,
			unjudged: "1 operation was never served: read (no request was sent to it)\nhint: see to data and permissions for it, or list it under excluded in the target's file, with the reason"},
		{name: "an operation that answers, and never with success", records: []any{outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.Kept), exchange("1", 404, `no`), served()[1]}, exit: codes{3, 3, 3}, verdict: verdict.NotExercised,
			unjudged: "1 operation was never served: list (no 2xx answer, only 404)\nhint: see to data and permissions for it, or list it under excluded in the target's file, with the reason"},
		{name: "an operation never served, and another promise broken", records: []any{outcome(evidence.Broken, "GOTO-A-01"), genesys(evidence.Kept), served()[0]}, exit: codes{1, 1, 1}, verdict: verdict.Fail},
		{name: "an operation never served that is excluded", records: []any{evidence.Selection{Excluded: []evidence.Exclusion{{API: "gotoaccount", Operation: "read", Reason: "later"}}}, outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.Kept), served()[0]}, exit: codes{0, 0, 0}, verdict: verdict.Pass},
		{name: "excluded in the other API", records: []any{evidence.Selection{Excluded: []evidence.Exclusion{{API: "genesyscloud", Operation: "read", Reason: "later"}}}, outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.Kept), served()[0]}, exit: codes{3, 3, 3}, verdict: verdict.NotExercised},
		{name: "an operation never served outside the selection", records: []any{evidence.Selection{Operations: []string{"list"}}, outcome(evidence.Kept, "GOTO-A-01"), served()[0]}, exit: codes{0, 0, 0}, verdict: verdict.Pass},
		{name: "a run of one requirement asks for no more than that", records: []any{evidence.Selection{Requirements: []string{"GOTO-A-01"}}, outcome(evidence.Kept, "GOTO-A-01")}, exit: codes{0, 0, 0}, verdict: verdict.Pass},
		{name: "a selection of nothing", records: []any{evidence.Selection{Operations: []string{"nope"}}, outcome(evidence.Kept, "GOTO-A-01")}, exit: codes{3, 3, 3}, verdict: verdict.NotExercised, unjudged: "nothing is in the selection"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := run(test.records...)
			r.Header.Target.URLs = test.urls
			r.Footer.Problem = test.problem
			if test.cutShort {
				r.Footer = nil
			}
			j := verdict.Judge(catalogue(), r)
			for i, gate := range verdict.FailOns {
				if got := j.Exit(gate); got != test.exit[i] {
					t.Errorf("exit %d with --fail-on %s, want %d", got, gate, test.exit[i])
				}
			}
			if j.Verdict != test.verdict {
				t.Errorf("verdict %s, want %s", j.Verdict, test.verdict)
			}
			if j.CutShort != test.cutShort || j.Problem != test.problem {
				t.Errorf("cut short %v, problem %q, want %v, %q", j.CutShort, j.Problem, test.cutShort, test.problem)
			}
			if test.unjudged != "" && j.Unjudged != test.unjudged {
				t.Errorf("unjudged %q, want %q", j.Unjudged, test.unjudged)
			}
		})
	}
}

func TestDriftFailsOnlyTheGateThatAsksForIt(t *testing.T) {
	j := verdict.Judgement{Findings: []verdict.Finding{{Level: requirement.Observe, Verdict: verdict.Drift}}}
	for gate, want := range map[verdict.FailOn]int{verdict.FailOnMust: 0, verdict.FailOnShould: 0, verdict.FailOnDrift: 1} {
		if got := j.Exit(gate); got != want {
			t.Errorf("exit %d with --fail-on %s, want %d", got, gate, want)
		}
	}
}

func TestFailOnNamed(t *testing.T) {
	if gate, err := verdict.FailOnNamed("should"); err != nil || gate != verdict.FailOnShould {
		t.Errorf("%s, %v", gate, err)
	}
	_, err := verdict.FailOnNamed("shuld")
	if want := `no gate "shuld"; the gates are [must should drift]; did you mean should?`; err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}
