package verdict_test

import (
	"strings"
	"testing"

	"harness/internal/evidence"
	"harness/internal/verdict"
)

func causes(failures ...evidence.Failure) []string {
	return verdict.Finding{Requirement: "GOTO-X-01", Operation: "list", Verdict: verdict.Fail, Failures: failures}.Causes()
}

func TestTheDataHasNoSayInACause(t *testing.T) {
	for _, test := range []struct {
		name string
		a, b evidence.Failure
		same bool
	}{
		{"keys", evidence.Failure{Message: "user 6288007863372885915 has none of the licences of 7"}, evidence.Failure{Message: "user 8 has none of the licences of 9"}, true},
		{"texts in quotes", evidence.Failure{Message: `not found by "a \" b"`}, evidence.Failure{Message: `not found by "tier"`}, true},
		{"ids", evidence.Failure{Message: "user 845a882b-ba55-4adb-b780-7f368918b2c8 is gone"}, evidence.Failure{Message: "user 34c1aa57-790e-479b-838e-be6c942d5db5 is gone"}, true},
		{"ranges", evidence.Failure{Message: "returns what lies in [7 … 98)"}, evidence.Failure{Message: "returns what lies in (98 … 1e9]"}, true},
		{"roles", evidence.Failure{Message: `ROLE_JIVE_USER or "a b" is enough`}, evidence.Failure{Message: `"c d" or ROLE_EXT_ADMIN is enough`}, true},
		{"one value and several", evidence.Failure{Message: `it is 1 "a" x=3 away`}, evidence.Failure{Message: "it is 2 away"}, true},
		{"an index", evidence.Failure{Message: "/23/seats: too small"}, evidence.Failure{Message: "/0/seats: too small (and in one more place)"}, true},
		{"how often", evidence.Failure{Message: "/0/seats: too small (and in 7 more places)"}, evidence.Failure{Message: "/0/seats: too small"}, true},
		{"what was asked, expected and got", evidence.Failure{Message: "m", Asked: "GET /1", Expected: "3", Got: "100: 4, 5", Likely: "seats"}, evidence.Failure{Message: "m", Asked: "GET /2", Expected: "4", Got: "157: 8", Likely: "users"}, true},
		{"the body behind the status", evidence.Failure{Message: "m", Got: "404, 65 bytes: {}"}, evidence.Failure{Message: "m", Got: "404, 2 bytes: []"}, true},

		{"another member", evidence.Failure{Message: "/0/seats: too small"}, evidence.Failure{Message: "/0/size: too small"}, false},
		{"another flaw", evidence.Failure{Message: "/0/seats: too small"}, evidence.Failure{Message: "/0/seats: no number"}, false},
		{"another status", evidence.Failure{Message: "m", Got: "404, 65 bytes: {}"}, evidence.Failure{Message: "m", Got: "500, 65 bytes: {}"}, false},
		{"the content type behind the status", evidence.Failure{Message: "m", Got: "404 application/json, {}"}, evidence.Failure{Message: "m", Got: "404 text/html, no"}, true},
		{"a status and none", evidence.Failure{Message: "m", Got: "200 with 10 licences"}, evidence.Failure{Message: "m", Got: "no answer: refused"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if a, b := causes(test.a)[0], causes(test.b)[0]; (a == b) != test.same {
				t.Errorf("%s and %s; the same: want %v", a, b, test.same)
			}
		})
	}
}

func TestCauseIsOfOneRequirementAndOperation(t *testing.T) {
	f := verdict.Finding{Requirement: "GOTO-X-01", Operation: "list", Verdict: verdict.Fail, Failures: []evidence.Failure{{Message: "m"}}}
	mark := f.Causes()[0]
	if len(mark) != 10 || strings.Trim(mark, "0123456789abcdef") != "" {
		t.Errorf("%q, want ten hexadecimal digits", mark)
	}
	f.Operation = "read"
	if f.Causes()[0] == mark {
		t.Error("two operations have one cause")
	}
	f.Operation, f.Requirement = "list", "GOTO-X-02"
	if f.Causes()[0] == mark {
		t.Error("two requirements have one cause")
	}
	for _, v := range []verdict.Verdict{verdict.Pass, verdict.Error, verdict.Drift} {
		if f.Verdict = v; len(f.Causes()) > 0 {
			t.Errorf("%s has a cause", v)
		}
	}
}

func TestCausesComeInAnOrderThatChanceHasNoSayIn(t *testing.T) {
	document := func(message string) evidence.Failure {
		return evidence.Failure{Message: message, Expected: "an answer that the document allows"}
	}
	a, b, c, d := document("/0/seats: small"), document("/0/key: no integer"), evidence.Failure{Message: "first case"}, evidence.Failure{Message: "second case"}
	one, other := causes(a, b, c, d), causes(c, b, d, a, a)
	if len(one) != 4 || strings.Join(one, " ") != strings.Join(other, " ") {
		t.Errorf("%v and %v, want the same four", one, other)
	}
	if one[2] != causes(c)[0] || one[3] != causes(d)[0] {
		t.Errorf("%v: the cases do not stand behind the departures, in their own order", one)
	}
}

func TestJudgeNamesTheCause(t *testing.T) {
	j := verdict.Judge(catalogue(), run(outcome(evidence.Broken, "GOTO-A-01"), outcome(evidence.Kept, "GOTO-B-01")))
	f := find(t, j, "GOTO-A-01", "list")
	if f.Cause == "" || f.Cause != f.Causes()[0] {
		t.Errorf("cause %q, want %v", f.Cause, f.Causes())
	}
	if f := find(t, j, "GOTO-B-01", "list"); f.Cause != "" {
		t.Errorf("what holds has cause %q", f.Cause)
	}
}
