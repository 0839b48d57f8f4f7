package history_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/known"
	"harness/internal/measure"
	"harness/internal/verdict"
)

// where names the lists of changes that hold something.
func where(c history.Changes) string {
	var lists []string
	for _, list := range []struct {
		name    string
		changes []history.Change
	}{{"regressed", c.Regressed}, {"new", c.New}, {"still", c.Still}, {"fixed", c.Fixed}, {"gone", c.Gone}} {
		if len(list.changes) > 0 {
			lists = append(lists, list.name)
		}
	}
	return strings.Join(lists, " ")
}

// Every step from one verdict to another belongs to one list or to none.
func TestEveryStepHasItsList(t *testing.T) {
	held := []verdict.Verdict{verdict.Pass, verdict.Observed, verdict.Drift}
	broken := []verdict.Verdict{verdict.Flaky, verdict.Fail}
	dark := []verdict.Verdict{verdict.Untested, verdict.NotExercised, verdict.Inconclusive, verdict.Error}
	want := func(was, is verdict.Verdict) string {
		switch {
		case slices.Contains(held, was) && slices.Contains(broken, is):
			return "regressed"
		case slices.Contains(dark, was) && slices.Contains(broken, is):
			return "new"
		case slices.Contains(broken, was) && slices.Contains(broken, is):
			return "still"
		case slices.Contains(broken, was) && slices.Contains(held, is):
			return "fixed"
		case !slices.Contains(dark, was) && slices.Contains(dark, is):
			return "gone"
		}
		return ""
	}
	for _, was := range verdict.Verdicts {
		for _, is := range verdict.Verdicts {
			c := history.Compare(snap(finding("A", was)), snap(finding("A", is)))
			if got := where(c); got != want(was, is) {
				t.Errorf("%s → %s is %q, want %q", was, is, got, want(was, is))
			}
			if worse := want(was, is) == "regressed" || want(was, is) == "new"; c.Worse() != worse {
				t.Errorf("%s → %s: worse is %v", was, is, c.Worse())
			}
		}
	}
}

func TestAKnownFailureIsNotWorse(t *testing.T) {
	f := finding("A", verdict.Fail)
	f.Accepted = &verdict.Acceptance{State: verdict.Accepted}
	if c := history.Compare(snap(finding("A", verdict.Pass)), snap(f)); c.Worse() || !c.Regressed[0].Accepted {
		t.Errorf("%+v", c.Regressed)
	}
	f.Accepted = &verdict.Acceptance{State: verdict.Expired, Failure: known.Failure{}}
	if c := history.Compare(snap(finding("A", verdict.Pass)), snap(f)); !c.Worse() {
		t.Error("an expired entry still excuses")
	}
}

func TestWhatARunWasNarrowedTo(t *testing.T) {
	base := snap(finding("A", verdict.Pass), finding("B", verdict.Fail), finding("C", verdict.Untested))
	whole := snap(finding("A", verdict.Pass))
	if c := history.Compare(base, whole); where(c) != "gone" || len(c.Gone) != 1 || c.Gone[0].Requirement != "B" || c.Gone[0].Message != "no longer in the catalogue" {
		t.Errorf("a whole run that lacks B: %+v", c.Gone)
	}
	narrowed := whole
	narrowed.Selection.Requirements = []string{"A"}
	if c := history.Compare(base, narrowed); where(c) != "" {
		t.Errorf("a run of A alone says of B: %+v", c.Gone)
	}
	quick := snap(finding("A", verdict.Untested), finding("B", verdict.NotExercised))
	quick.Selection.Requests = 200
	if c := history.Compare(base, quick); len(c.Gone) != 1 || c.Gone[0].Requirement != "B" || c.Gone[0].Message != "no data" {
		t.Errorf("a bounded run: %+v", c.Gone)
	}
	other := whole
	other.Selection.APIs = []string{"genesyscloud"}
	if c := history.Compare(base, other); len(c.Gone) != 0 {
		t.Errorf("a run of another API: %+v", c.Gone)
	}
}

func TestWhatWasBrokenAndIsNotJudgedStandsFirst(t *testing.T) {
	c := history.Compare(snap(finding("A", verdict.Pass), finding("B", verdict.Fail)), snap(finding("A", verdict.NotExercised), finding("B", verdict.NotExercised)))
	if len(c.Gone) != 2 || c.Gone[0].Requirement != "B" {
		t.Errorf("%+v", c.Gone)
	}
}

func TestIncomparable(t *testing.T) {
	good := snap(finding("A", verdict.Pass))
	dark := good
	dark.Exit, dark.Problem = verdict.ExitNotJudged, "the run was cut short"
	crashed := good
	crashed.Exit = verdict.ExitFault
	for name, test := range map[string]struct {
		base, run history.Snapshot
		want      string
	}{
		"fine":              {good, good, ""},
		"run cut short":     {good, dark, "the run was not judged: the run was cut short"},
		"baseline":          {dark, good, "the baseline was not judged: the run was cut short"},
		"fault":             {good, crashed, "the run was not judged: a fault of the harness"},
		"nothing in common": {good, snap(finding("B", verdict.Pass)), "the two have no judged requirement in common"},
		"empty":             {snap(), snap(), "the two have no judged requirement in common"},
	} {
		if got := history.Compare(test.base, test.run).Problem; got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestDocumentsThatDiffer(t *testing.T) {
	base, run := snap(finding("A", verdict.Pass)), snap(finding("A", verdict.Pass))
	base.Documents = []evidence.Document{{API: "gotoaccount", Digest: "a"}, {API: "genesyscloud", Digest: "c"}}
	run.Documents = []evidence.Document{{API: "gotoaccount", Digest: "b"}, {API: "genesyscloud", Digest: "c"}}
	if diff := cmp.Diff([]history.DocumentDrift{{"gotoaccount", "a", "b"}}, history.Compare(base, run).Documents); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// behaving is a run whose operation listThings answered like this.
func behaving(t *testing.T, exchanges ...evidence.Exchange) history.Snapshot {
	s := snap(finding("A", verdict.Pass))
	s.Behaviour = history.Observe(&evidence.Run{Exchanges: exchanges}, things(t))
	for i := range s.Behaviour {
		s.Behaviour[i].Seconds = nil
	}
	return s
}

func TestDriftIsToldWhenChanceDoesNotExplainIt(t *testing.T) {
	plain := answer("listThings", 200, `[{"key":1}]`)
	note := answer("listThings", 200, `[{"key":1,"note":"a note"}]`)
	nested := answer("listThings", 200, `[{"key":1,"extra":{"a":{"b":1},"c":2},"extra-2":1}]`)
	extra := answer("listThings", 200, `[{"key":1,"extra":1}]`)
	large := answer("listThings", 200, `[{"key":1,"kind":"LARGE"}]`)
	small := answer("listThings", 200, `[{"key":1,"kind":"SMALL"}]`)
	for name, test := range map[string]struct {
		base, run []evidence.Exchange
		want      []string
	}{
		"nothing": {times(50, plain), times(50, plain), nil},
		"a documented member that was often there":      {times(50, note), times(50, plain), []string{"member /*/note: 50 of 50 → 0 of 50"}},
		"a documented member that was rare":             {append(times(50, plain), note), times(50, plain), nil},
		"too few answers to say":                        {append(times(5, plain), times(5, note)...), times(2, plain), nil},
		"an undocumented member, once":                  {times(50, plain), append(times(50, plain), extra), []string{"member /*/extra: 0 of 50 → 1 of 51"}},
		"what stands in a new member is not told apart": {times(50, plain), times(5, nested), []string{"member /*/extra: 0 of 50 → 5 of 5", "member /*/extra-2: 0 of 50 → 5 of 5"}},
		"an undocumented header, once":                  {times(50, plain), append(times(50, plain), answer("listThings", 200, "[]", "X-New")), []string{"header X-New: 0 of 50 → 1 of 51"}},
		"a documented status, once":                     {times(50, plain), append(times(50, plain), answer("listThings", 404, "")), nil},
		"a documented status, every other answer":       {times(20, plain), append(times(10, plain), times(10, answer("listThings", 404, ""))...), []string{"status 404: 0 of 20 → 10 of 20"}},
		"a value that is no longer seen":                {append(times(20, large), times(20, small)...), times(40, small), []string{"value /*/kind = LARGE: 20 of 40 → 0 of 40"}},
		"no answer in one of the runs, no drift":        {nil, times(50, plain), nil},
		"headers of the connection are not told of":     {times(50, plain), times(50, answer("listThings", 200, `[{"key":1}]`, "Via", "Connection")), nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range history.Compare(behaving(t, test.base...), behaving(t, test.run...)).Drifted {
				got = append(got, d.What+" "+d.Name+": "+d.Was+" → "+d.Is)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRunsThatAskedOtherwiseSeeOtherwise(t *testing.T) {
	base := behaving(t, times(50, answer("listThings", 200, `[{"key":1,"note":"a note"}]`))...)
	run := behaving(t, times(50, answer("listThings", 200, `[{"key":1}]`))...)
	run.Selection.Operations = []string{"listThings"}
	if got := history.Compare(base, run).Drifted; len(got) != 0 {
		t.Errorf("a narrowed run has drifted: %+v", got)
	}
}

func TestAnswersToQuestionsDrift(t *testing.T) {
	base, run := finding("A", verdict.Observed), finding("A", verdict.Observed)
	base.Observation = map[string]string{"order": "ascending", "once": "x"}
	run.Observation = map[string]string{"order": "none", "never": "y"}
	want := []history.Drift{{API: "gotoaccount", Operation: "listThings", What: "observation", Name: "order", Requirement: "A", Was: "ascending", Is: "none"}}
	if diff := cmp.Diff(want, history.Compare(snap(base), snap(run)).Drifted); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// sample draws times of about this many seconds.
func sample(seed uint64, n int, around float64) []float64 {
	random := rand.New(rand.NewPCG(seed, 1))
	all := make([]float64, n)
	for i := range all {
		all[i] = around * (1 + 0.2*random.NormFloat64())
	}
	return all
}

func timed(samples []float64) history.Snapshot {
	s := snap(finding("A", verdict.Pass))
	s.Behaviour = []history.Behaviour{{API: "gotoaccount", Operation: "listThings", Seconds: samples}}
	return s
}

func TestTimesAreToldApartByATest(t *testing.T) {
	for name, test := range map[string]struct {
		was, is []float64
		verdict string
	}{
		"the same":        {sample(1, 100, 0.010), sample(2, 100, 0.010), "~"},
		"twice as slow":   {sample(1, 100, 0.010), sample(2, 100, 0.020), "slower"},
		"half as slow":    {sample(1, 100, 0.010), sample(2, 100, 0.005), "faster"},
		"surely 5 % more": {sample(1, 100000, 0.010), sample(2, 100000, 0.0105), "~"},
		"one apiece":      {[]float64{0.01}, []float64{0.5}, "~"},
	} {
		m := history.Compare(timed(test.was), timed(test.is)).Measured
		if len(m) != 1 || m[0].Verdict != test.verdict {
			t.Errorf("%s: %+v, want %s", name, m, test.verdict)
		}
		if m[0].Verdict == "~" && m[0].Change != "~" || m[0].Was.N != len(test.was) {
			t.Errorf("%s: %+v", name, m[0])
		}
	}
}

// Of many comparisons of runs that do not differ, hardly any may say so.
func TestFalseAlarmsAreRare(t *testing.T) {
	alarms := 0
	for seed := range uint64(400) {
		base, run := timed(nil), timed(nil)
		base.Behaviour, run.Behaviour = nil, nil
		for op := range uint64(10) {
			name := string(rune('a' + op))
			base.Behaviour = append(base.Behaviour, history.Behaviour{API: "gotoaccount", Operation: name, Seconds: sample(seed*100+op, 30, 0.01)})
			run.Behaviour = append(run.Behaviour, history.Behaviour{API: "gotoaccount", Operation: name, Seconds: sample(seed*100+op+50, 30, 0.01)})
		}
		for _, m := range history.Compare(base, run).Measured {
			if m.Verdict != "~" {
				alarms++
				break
			}
		}
	}
	if alarms > 28 { // 5 % of 400 are 20; more than 28 come by chance in 1 of 30 such tests
		t.Errorf("%d of 400 comparisons of alike runs say that something changed", alarms)
	}
}

func TestCountsAreToldApartByATest(t *testing.T) {
	load := func(errors, violations int64, verdict string) history.Snapshot {
		s := snap()
		s.Figures = history.LoadFigures(nil, []measure.Measurement{{
			Scenario: "scan-walk", API: "gotoaccount", Operation: "*", Verdict: verdict, Sent: 10000, Validated: 10000, Errors: errors, Violations: violations,
			ResponseTime: measure.Quantiles{P50: 0.001, P99: 0.003},
		}})
		return s
	}
	for name, test := range map[string]struct {
		base, run history.Snapshot
		want      string
	}{
		"alike":             {load(10, 0, "pass"), load(12, 0, "pass"), "~ ~ ~ ~"},
		"many more errors":  {load(10, 0, "pass"), load(100, 0, "pass"), "~ ~ higher ~"},
		"fewer errors":      {load(100, 0, "pass"), load(10, 0, "pass"), "~ ~ lower ~"},
		"violations, fresh": {load(0, 0, "pass"), load(0, 20, "fail"), "~ ~ ~ higher"},
		"an invalid run":    {load(10, 0, "pass"), load(5000, 0, "invalid"), "~ ~ ~ ~"},
	} {
		c := history.Compare(test.base, test.run)
		var got []string
		for _, m := range c.Measured {
			got = append(got, m.Verdict)
		}
		if strings.Join(got, " ") != test.want || c.Problem != "" {
			t.Errorf("%s: %v, want %s (%s)", name, got, test.want, c.Problem)
		}
	}
}

func TestListsAreNeverNil(t *testing.T) {
	c := history.Compare(history.Snapshot{}, history.Snapshot{})
	if c.Regressed == nil || c.New == nil || c.Still == nil || c.Fixed == nil || c.Gone == nil || c.Drifted == nil || c.Measured == nil || c.Documents == nil {
		t.Errorf("%+v", c)
	}
}
