package history_test

import (
	"strings"
	"testing"
	"time"

	"harness/internal/history"
	"harness/internal/known"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

func TestMayDeploy(t *testing.T) {
	broken := func(level requirement.Level) func(*history.Summary) {
		return func(s *history.Summary) {
			s.Exit, s.APIs[0].Broken[level] = verdict.ExitBroken, 1
			s.Broken = []history.Broken{{Requirement: "GOTO-LIC-01", API: "gotoaccount", Operation: "getLicense", Level: level, Message: "no key"}}
		}
	}
	also := func(changes ...func(*history.Summary)) func(*history.Summary) {
		return func(s *history.Summary) {
			for _, change := range changes {
				change(s)
			}
		}
	}
	quick := func(s *history.Summary) { s.Selection.Requests = 200 }
	narrowed := func(s *history.Summary) { s.Selection.Operations = []string{"getLicense"} }
	cut := func(s *history.Summary) {
		s.CutShort, s.Problem, s.Exit = true, "interrupted", verdict.ExitNotJudged
	}
	accepted := func(expires time.Time) func(*history.Summary) {
		return func(s *history.Summary) {
			day := known.Day(expires)
			s.APIs[0].Accepted, s.APIs[0].Expires = 1, &day
		}
	}
	now := monday.Add(100 * time.Hour)
	for name, test := range map[string]struct {
		runs   []history.Stored
		policy history.Policy
		state  history.State
		exit   int
		says   string
	}{
		"nothing stored":                {nil, history.Policy{}, history.NeverRun, 3, "no run of gotoaccount is stored"},
		"passed":                        {[]history.Stored{stored(99, nil)}, history.Policy{}, history.Passed, 0, ""},
		"only of another API":           {[]history.Stored{stored(99, func(s *history.Summary) { s.APIs[0].API = "genesyscloud" })}, history.Policy{}, history.NeverRun, 3, "no run of gotoaccount"},
		"only narrowed":                 {[]history.Stored{stored(99, narrowed), stored(99, quick)}, history.Policy{}, history.NeverRun, 3, "only 2 narrowed"},
		"quick counts when asked":       {[]history.Stored{stored(99, quick)}, history.Policy{Quick: true}, history.Passed, 0, "a quick run of at most 200"},
		"narrowed never counts":         {[]history.Stored{stored(99, narrowed)}, history.Policy{Quick: true}, history.NeverRun, 3, ""},
		"failed":                        {[]history.Stored{stored(98, nil), stored(99, broken(requirement.Must))}, history.Policy{}, history.Failed, 1, "GOTO-LIC-01 getLicense no key"},
		"mended since":                  {[]history.Stored{stored(98, broken(requirement.Must)), stored(99, nil)}, history.Policy{}, history.Passed, 0, ""},
		"SHOULD fails the default gate": {[]history.Stored{stored(99, broken(requirement.Should))}, history.Policy{}, history.Failed, 1, ""},
		"SHOULD does not fail a gate of MUST": {[]history.Stored{stored(99, func(s *history.Summary) {
			broken(requirement.Should)(s)
			s.Exit, s.Gate = 0, verdict.FailOnMust
		})}, history.Policy{Gate: verdict.FailOnMust}, history.Passed, 0, ""},
		"a stored gate of MUST does not excuse": {[]history.Stored{stored(99, func(s *history.Summary) {
			broken(requirement.Should)(s)
			s.Exit, s.Gate = 0, verdict.FailOnMust
		})}, history.Policy{}, history.Failed, 1, ""},
		"drift fails the gate that asks for it": {[]history.Stored{stored(99, func(s *history.Summary) {
			s.Verdict, s.Requirements["gotoaccount"]["GOTO-LIC-02"] = verdict.Drift, verdict.Drift
		})}, history.Policy{Gate: verdict.FailOnDrift}, history.Failed, 1, "1 finding is"},
		"cut short":                        {[]history.Stored{stored(98, nil), stored(99, cut)}, history.Policy{}, history.NotJudged, 3, "interrupted"},
		"cut short and broken":             {[]history.Stored{stored(99, also(broken(requirement.Must), cut))}, history.Policy{}, history.NotJudged, 3, "interrupted"},
		"a fault of the harness":           {[]history.Stored{stored(99, func(s *history.Summary) { s.Exit = verdict.ExitFault })}, history.Policy{}, history.NotJudged, 3, "a fault of the harness"},
		"nothing judged":                   {[]history.Stored{stored(99, func(s *history.Summary) { s.APIs[0].Judged = 0 })}, history.Policy{}, history.NotJudged, 3, "nothing of it was judged"},
		"too old":                          {[]history.Stored{stored(0, nil)}, history.Policy{MaxAge: 24 * time.Hour}, history.TooOld, 3, "it passed 4 days ago; at most 24h0m0s are asked for"},
		"old enough":                       {[]history.Stored{stored(76, nil)}, history.Policy{MaxAge: 24 * time.Hour}, history.Passed, 0, ""},
		"old and broken is broken":         {[]history.Stored{stored(0, broken(requirement.Must))}, history.Policy{MaxAge: 24 * time.Hour}, history.Failed, 1, ""},
		"dated in the future":              {[]history.Stored{stored(99, nil), stored(102, nil)}, history.Policy{}, history.NotJudged, 3, "dated in the future"},
		"a known failure":                  {[]history.Stored{stored(99, accepted(now))}, history.Policy{}, history.Passed, 0, "let pass as known failures"},
		"a known failure that has expired": {[]history.Stored{stored(99, accepted(now.Add(-24*time.Hour)))}, history.Policy{}, history.Failed, 1, "has expired on 2026-03-05"},
		"a known failure that is no more":  {[]history.Stored{stored(99, func(s *history.Summary) { s.APIs[0].Stale, s.Exit = 2, verdict.ExitStale })}, history.Policy{}, history.Stale, 4, "2 known failures no longer fail"},
		"another document":                 {[]history.Stored{stored(99, nil)}, history.Policy{Documents: map[string]string{"gotoaccount": "ffff"}}, history.Passed, 0, "judged by another document (sha256 10c2f05a)"},
		"broken in a narrowed run since":   {[]history.Stored{stored(98, nil), stored(99, also(broken(requirement.Must), narrowed))}, history.Policy{}, history.Failed, 1, "in a narrowed run since the last whole one: GOTO-LIC-01"},
		"and held in a narrowed run after": {[]history.Stored{stored(97, nil), stored(98, also(broken(requirement.Must), quick)), stored(99, quick)}, history.Policy{}, history.Failed, 1, ""},
		"a narrowed run before":            {[]history.Stored{stored(98, also(broken(requirement.Must), narrowed)), stored(99, nil)}, history.Policy{}, history.Passed, 0, ""},
		"held in a narrowed run since":     {[]history.Stored{stored(98, broken(requirement.Must)), stored(99, narrowed)}, history.Policy{}, history.Failed, 1, ""},
	} {
		if test.policy.Gate == "" {
			test.policy.Gate = verdict.FailOnShould
		}
		got := history.MayDeploy(test.runs, "gotoaccount", test.policy, now)
		if got.State != test.state || got.State.Exit() != test.exit || !strings.Contains(got.Reason+"\n"+strings.Join(got.Notes, "\n"), test.says) {
			t.Errorf("%s: %s (exit %d), %q, %v; want %s (exit %d), %q", name, got.State, got.State.Exit(), got.Reason, got.Notes, test.state, test.exit, test.says)
		}
		if got.Notes == nil || (got.Run == nil) != (got.State == history.NeverRun) || got.State != history.Passed && got.Reason == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
