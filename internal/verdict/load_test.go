// Load runs judged as a table: synthetic seconds, no server, no clock.

package verdict_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/histogram"
	"harness/internal/measure"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// loadCatalogue has what load judges and observes, on two operations.
func loadCatalogue() *requirement.Catalogue {
	ops := []string{"list", "read"}
	return &requirement.Catalogue{All: []requirement.Requirement{
		{ID: "GOTO-KEY-09", API: "gotoaccount", Level: requirement.Must, Operations: []string{"list"}, Statement: "no key twice"},
		{ID: "GOTO-LOAD-01", API: "gotoaccount", Level: requirement.Must, Operations: ops, Statement: "answers belong to their requests"},
		{ID: "GOTO-LOAD-03", API: "gotoaccount", Level: requirement.Observe, Operations: ops},
		{ID: "GOTO-LOAD-04", API: "gotoaccount", Level: requirement.Observe, Operations: ops},
		{ID: "GOTO-DOC-list", API: "gotoaccount", Level: requirement.Must, Operations: []string{"list"}, Implied: true},
		{ID: "GOTO-DOC-read", API: "gotoaccount", Level: requirement.Must, Operations: []string{"read"}, Implied: true},
	}}
}

// second is one in which n requests of list were due, sent and answered within 5 ms.
func second(at int, n int64, change func(*evidence.Tick, *evidence.TickPart)) evidence.Tick {
	t := evidence.Tick{
		Scenario: "scan-walk", Second: at, Due: n,
		Operations: []evidence.TickPart{{API: "gotoaccount", Operation: "list", Size: 10, Sent: n, Answered: n, Validated: n}},
		Generator:  &evidence.Generator{Cores: 2, CPU: 0.3, Machine: 0.4, InFlight: 1, FileLimit: 1024, Pacing: times(n, 50*time.Microsecond)},
	}
	p := &t.Operations[0]
	p.Classes, p.Lag = []evidence.TickClass{{Class: "2xx", Service: times(n, 4*time.Millisecond), Response: times(n, 5*time.Millisecond)}}, times(n, time.Millisecond)
	if change != nil {
		change(&t, p)
	}
	return t
}

func times(n int64, d time.Duration) *histogram.Histogram {
	h := &histogram.Histogram{}
	for range n {
		h.Add(d)
	}
	return h
}

func objective(operation, metric string, limit, window float64) evidence.Objective {
	return evidence.Objective{ID: operation + " " + metric, Operation: operation, Metric: metric, Limit: limit, Window: window, Text: metric + " as agreed"}
}

// loaded is a run of a scenario with these objectives and seconds.
func loaded(objectives []evidence.Objective, ticks ...evidence.Tick) *evidence.Run {
	return &evidence.Run{
		Loads: []evidence.Load{{
			Scenario: "scan-walk", Source: "scan-walk.yaml", Model: "open", Pace: "constant 100/s", Validate: "all", Objectives: objectives,
			Operations: []evidence.LoadOperation{{API: "gotoaccount", Operation: "list", Share: 1}},
		}},
		Ticks: ticks, Footer: &evidence.Footer{},
	}
}

func slow(_ *evidence.Tick, p *evidence.TickPart) {
	p.Classes[0].Response = times(p.Sent, 300*time.Millisecond)
}

func TestObjectivesAreRequirements(t *testing.T) {
	p99 := []evidence.Objective{objective("*", "p99", 0.1, 0)}
	late := func(t *evidence.Tick, p *evidence.TickPart) { t.Generator.Late = p.Sent / 2; slow(t, p) }
	for _, test := range []struct {
		name    string
		run     *evidence.Run
		id      string
		verdict verdict.Verdict
		exit    int
		says    string // part of message or reason
		measure string // verdict of the whole scenario's measurement
	}{
		{"kept", loaded(p99, second(0, 100, nil), second(1, 100, nil)), "LOAD-SCAN-WALK-P99", verdict.Pass, 0, "", measure.Pass},
		{"missed", loaded(p99, second(0, 100, slow), second(1, 100, nil)), "LOAD-SCAN-WALK-P99", verdict.Fail, 1,
			"p99 is 300ms over 2s and 200 requests, at most 100ms is meant", measure.Fail},
		{"throttled now and then", loaded(p99, second(0, 100, func(_ *evidence.Tick, p *evidence.TickPart) { p.Throttled = 50 })), "LOAD-SCAN-WALK-P99", verdict.Pass, 0, "", measure.Pass},
		{"throttled for the most part", loaded(p99, second(0, 100, func(_ *evidence.Tick, p *evidence.TickPart) { p.Throttled = 51 })), "LOAD-SCAN-WALK-P99", verdict.Pass, 3, "", measure.Pass},
		{"held back for the most part", loaded(p99, second(0, 100, func(_ *evidence.Tick, p *evidence.TickPart) { p.Throttled, p.Held = 1, 110 })), "LOAD-SCAN-WALK-P99", verdict.Pass, 3, "", measure.Pass},
		{"throttled as an objective allows", loaded([]evidence.Objective{objective("*", "throttled", 1, 0)}, second(0, 100, func(_ *evidence.Tick, p *evidence.TickPart) { p.Throttled = 90 })),
			"LOAD-SCAN-WALK-THROTTLED", verdict.Pass, 0, "", measure.Pass},
		{"of one operation", loaded([]evidence.Objective{objective("list", "max", 0.1, 0)}, second(0, 100, slow)), "LOAD-SCAN-WALK-LIST-MAX", verdict.Fail, 1,
			"max is 300ms", measure.Fail},
		{"missed in a window", loaded([]evidence.Objective{objective("*", "p50", 0.1, 2)}, second(0, 100, nil), second(1, 100, nil), second(2, 100, slow), second(3, 100, slow), second(4, 100, nil), second(5, 100, nil)),
			"LOAD-SCAN-WALK-P50-2S", verdict.Fail, 1, "p50 is 300ms in the worst of 3 windows of 2s, missed in 1 of them, the first from second 2", measure.Fail},
		{"warm-up does not count", loaded(p99, second(0, 100, func(t *evidence.Tick, p *evidence.TickPart) { t.Warmup = true; slow(t, p) }), second(1, 100, nil)), "LOAD-SCAN-WALK-P99", verdict.Pass, 0, "", measure.Pass},
		{"the generator was late", loaded(p99, second(0, 100, late), second(1, 100, late)), "LOAD-SCAN-WALK-P99", verdict.Inconclusive, 3, "invalid run: 50% of the requests left late", measure.Invalid},
		{"too few to say", loaded(append(p99, objective("*", "errors", 0, 0)), second(0, 5, nil)), "LOAD-SCAN-WALK-P99", verdict.NotExercised, 0, "too few requests", measure.Pass},
		{"nothing sent", loaded(p99), "LOAD-SCAN-WALK-P99", verdict.NotExercised, 3, "too few requests", measure.Untested},
		{"nobody answers", loaded(p99, second(0, 100, func(_ *evidence.Tick, p *evidence.TickPart) { p.Answered, p.Validated, p.Errors = 0, 0, 100 })), "LOAD-SCAN-WALK-P99", verdict.Fail, 1, "p99 is without an answer over 1s", measure.Fail},
		{"nothing validated", loaded([]evidence.Objective{objective("*", "violations", 0, 0)}, second(0, 100, func(_ *evidence.Tick, p *evidence.TickPart) { p.Validated = 0 })),
			"LOAD-SCAN-WALK-VIOLATIONS", verdict.NotExercised, 3, "no answer was held against its document", measure.Pass},
		{"errors", loaded([]evidence.Objective{objective("*", "errors", 0.01, 0)}, second(0, 100, func(_ *evidence.Tick, p *evidence.TickPart) { p.Errors = 2 })), "LOAD-SCAN-WALK-ERRORS", verdict.Fail, 1, "errors is 2%", measure.Fail},
		{"behind the rate", loaded([]evidence.Objective{objective("*", "rate", 0.99, 0)}, second(0, 100, func(t *evidence.Tick, _ *evidence.TickPart) { t.Due = 200 })), "LOAD-SCAN-WALK-RATE", verdict.Fail, 1, "rate is 50% over 1s and 100 requests, at least 99% is meant", measure.Fail},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := verdict.Judge(loadCatalogue(), test.run)
			f := find(t, j, test.id, test.run.Loads[0].Objectives[0].Operation)
			if f.Verdict != test.verdict || !strings.Contains(f.Message+f.Reason, test.says) || f.Level != requirement.Must || f.Source.Document != "scan-walk.yaml" {
				t.Errorf("%s %s %q %q %s", f.Level, f.Verdict, f.Message, f.Reason, f.Source.Document)
			}
			if (f.Verdict == verdict.Fail) != (f.Cause != "") {
				t.Errorf("verdict %s has the cause %q", f.Verdict, f.Cause)
			}
			if exit := j.Exit(verdict.FailOnShould); exit != test.exit {
				t.Errorf("exit %d (%s), want %d", exit, j.Unjudged, test.exit)
			}
			if m := j.Measurements[0]; m.Operation != "*" || m.Verdict != test.measure {
				t.Errorf("measured %s: %s", m.Verdict, m.Reason)
			}
		})
	}
}

func TestWhatIsCountedUnderLoadIsJudged(t *testing.T) {
	broken := func(id string) func(*evidence.Tick, *evidence.TickPart) {
		return func(t *evidence.Tick, p *evidence.TickPart) { p.Violating, p.Violations = 3, map[string]int64{id: 3} }
	}
	none := []evidence.Objective{objective("*", "violations", 0, 0)}
	for _, test := range []struct {
		name  string
		ticks []evidence.Tick
		want  map[string]verdict.Verdict
		exit  int
	}{
		{"nothing departs", []evidence.Tick{second(0, 100, nil)}, map[string]verdict.Verdict{
			"LOAD-SCAN-WALK-VIOLATIONS": verdict.Pass, "GOTO-LOAD-01": verdict.Pass, "GOTO-LOAD-03": verdict.Observed, "GOTO-LOAD-04": verdict.Observed, "GOTO-DOC-list": verdict.Pass,
		}, 0},
		{"of a promise of the operation", []evidence.Tick{second(0, 100, nil), second(1, 100, broken("GOTO-KEY-09"))}, map[string]verdict.Verdict{
			"LOAD-SCAN-WALK-VIOLATIONS": verdict.Fail, "GOTO-KEY-09": verdict.Fail, "GOTO-LOAD-03": verdict.Observed, "GOTO-LOAD-04": verdict.Observed,
		}, 1},
		{"of no promise of the operation", []evidence.Tick{second(0, 100, broken("GOTO-ELSE-01"))}, map[string]verdict.Verdict{
			"LOAD-SCAN-WALK-VIOLATIONS": verdict.Fail, "GOTO-DOC-list": verdict.Fail, "GOTO-LOAD-03": verdict.Observed, "GOTO-LOAD-04": verdict.Observed,
		}, 1},
		{"while warming up", []evidence.Tick{second(0, 100, func(t *evidence.Tick, p *evidence.TickPart) { t.Warmup = true; broken("GOTO-KEY-09")(t, p) }), second(1, 100, nil)}, map[string]verdict.Verdict{
			"LOAD-SCAN-WALK-VIOLATIONS": verdict.Pass, "GOTO-KEY-09": verdict.Fail, "GOTO-LOAD-03": verdict.Observed, "GOTO-LOAD-04": verdict.Observed,
		}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := verdict.Judge(loadCatalogue(), loaded(none, test.ticks...))
			got := map[string]verdict.Verdict{}
			for _, f := range j.Findings {
				got[f.Requirement] = f.Verdict
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			if exit := j.Exit(verdict.FailOnShould); exit != test.exit {
				t.Errorf("exit %d, want %d", exit, test.exit)
			}
		})
	}
	j := verdict.Judge(loadCatalogue(), loaded(none, second(0, 100, nil), second(1, 100, broken("GOTO-KEY-09"))))
	if f, want := find(t, j, "GOTO-KEY-09", "list"), "3 of 200 answers in scenario scan-walk departed, 1500 in 100,000; the first in second 1"; f.Message != want {
		t.Errorf("it says %q, want %q", f.Message, want)
	}
}

// An exchange that was kept and the count beside it are one failure of one requirement.
func TestAKeptExchangeAndItsCountAreOneFinding(t *testing.T) {
	run := loaded(nil, second(0, 100, func(_ *evidence.Tick, p *evidence.TickPart) {
		p.Violating, p.Violations = 1, map[string]int64{"GOTO-KEY-09": 1}
	}))
	run.Exchanges = []evidence.Exchange{{
		ID: "7c1e", API: "gotoaccount", Operation: "list", Curl: "curl -s 'http://127.0.0.1/'", Response: &evidence.Response{Status: 200},
		Departures: []evidence.Departure{{Requirement: "GOTO-KEY-09", Message: "licence 7 stands twice", Count: 1}},
	}}
	j := verdict.Judge(loadCatalogue(), run)
	f := find(t, j, "GOTO-KEY-09", "list")
	if f.Verdict != verdict.Fail || len(f.Failures) != 2 || f.Message != "licence 7 stands twice" || !cmp.Equal(f.Evidence, []string{"7c1e"}) || len(f.Reproduce) != 1 {
		t.Errorf("%s %q %v %v, %d failures", f.Verdict, f.Message, f.Evidence, f.Reproduce, len(f.Failures))
	}
	for _, f := range j.Findings {
		if f.Verdict == verdict.NotExercised {
			t.Errorf("%s is said to be not exercised: %s; a load run keeps only what departs", f.Requirement, f.Reason)
		}
	}
}

func at(level string, change func(*evidence.Tick, *evidence.TickPart)) func(*evidence.Tick, *evidence.TickPart) {
	return func(t *evidence.Tick, p *evidence.TickPart) {
		t.Level = level
		if change != nil {
			change(t, p)
		}
	}
}

func TestASearchIsJudgedByTheRateThatItFound(t *testing.T) {
	p99 := []evidence.Objective{objective("*", "p99", 0.1, 0)}
	ticks := []evidence.Tick{second(0, 50, at("50/s", nil)), second(1, 100, at("100/s", nil)), second(2, 200, at("200/s", slow)), second(3, 100, at("100/s again 1", nil))}
	run := loaded(p99, ticks...)
	run.Searches = []evidence.Search{{Scenario: "scan-walk", Holds: 100, Fails: 200, Confirmed: 1, Levels: []evidence.SearchLevel{
		{Name: "50/s", Rate: 50, Held: true}, {Name: "100/s", Rate: 100, Held: true}, {Name: "200/s", Rate: 200, Reason: "p99"}, {Name: "100/s again 1", Rate: 100, Held: true},
	}}}
	j := verdict.Judge(loadCatalogue(), run)
	if f, m := find(t, j, "LOAD-SCAN-WALK-P99", "*"), j.Measurements[0]; f.Verdict != verdict.Pass || m.Sent != 200 || m.Seconds != 2 || j.Exit(verdict.FailOnShould) != 0 {
		t.Errorf("%s, %d sent in %g s, exit %d", f.Verdict, m.Sent, m.Seconds, j.Exit(verdict.FailOnShould))
	}
	run.Searches[0] = evidence.Search{Scenario: "scan-walk", Fails: 100, Levels: []evidence.SearchLevel{{Name: "200/s", Rate: 200, Reason: "p99"}, {Name: "100/s", Rate: 100, Reason: "p99"}}}
	run.Ticks = []evidence.Tick{second(0, 200, at("200/s", slow)), second(1, 100, at("100/s", slow))}
	j = verdict.Judge(loadCatalogue(), run)
	if f := find(t, j, "LOAD-SCAN-WALK-P99", "*"); f.Verdict != verdict.Fail || j.Measurements[0].Sent != 100 || j.Exit(verdict.FailOnShould) != 1 {
		t.Errorf("where no rate held: %s %q, %d sent, exit %d", f.Verdict, f.Message, j.Measurements[0].Sent, j.Exit(verdict.FailOnShould))
	}
}

func TestWhatIsObservedUnderLoad(t *testing.T) {
	throttled := func(_ *evidence.Tick, p *evidence.TickPart) { p.Throttled, p.Held = 1, 40 }
	j := verdict.Judge(loadCatalogue(), loaded(nil, second(0, 100, nil), second(1, 100, at("200/s", throttled))))
	want := map[string]string{"throttling in scan-walk": "at most 1% of the requests, first at 200/s, with a time to wait", "errors in scan-walk": "none"}
	if diff := cmp.Diff(want, find(t, j, "GOTO-LOAD-03", "list").Observation); diff != "" {
		t.Errorf("throttling (-want +got):\n%s", diff)
	}
	want = map[string]string{"response time in scan-walk": "p50 within 10ms, p99 within 10ms", "response time for 10 in scan-walk": "p50 within 10ms, p99 within 10ms"}
	if diff := cmp.Diff(want, find(t, j, "GOTO-LOAD-04", "list").Observation); diff != "" {
		t.Errorf("latency (-want +got):\n%s", diff)
	}
	if j.Exit(verdict.FailOnShould) != 0 { // nothing departs: the document's promise is judged
		t.Errorf("exit %d: %s", j.Exit(verdict.FailOnShould), j.Unjudged)
	}
}

func TestObjectiveIDs(t *testing.T) {
	for want, o := range map[string]evidence.Objective{
		"LOAD-SCAN-WALK-P99":                      objective("*", "p99", 1, 0),
		"LOAD-SCAN-WALK-P99.9-10S":                objective("*", "p99.9", 1, 10),
		"LOAD-SCAN-WALK-SCANLICENSESBYKEY-ERRORS": objective("scanLicensesByKey", "errors", 1, 0),
	} {
		if got := verdict.ObjectiveID("scan walk", o); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
