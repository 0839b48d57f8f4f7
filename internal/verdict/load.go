// What a load run says: its objectives, the contract under load, and whether its figures are the server's at all.

package verdict

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"harness/internal/evidence"
	"harness/internal/measure"
	"harness/internal/requirement"
	"harness/specs"
)

// Requirements of the catalogue that only load can judge, by API.
var underLoad = map[string]struct {
	kept, latency string
	throttling    []string
}{
	"gotoaccount":  {kept: "GOTO-LOAD-01", latency: "GOTO-LOAD-04", throttling: []string{"GOTO-LOAD-03"}},
	"genesyscloud": {kept: "GC-LOAD-01", latency: "GC-LOAD-02", throttling: []string{"GC-LOAD-02", "GC-ERR-03"}},
}

// ObjectiveID is the id of an objective as a requirement: LOAD-SCAN-WALK-P99 for the whole scenario,
// LOAD-SCAN-WALK-SCANLICENSESBYKEY-P99 for one of its operations. It outlives edits of the limit.
func ObjectiveID(scenario string, o evidence.Objective) string {
	parts := []string{"LOAD", scenario}
	if o.Operation != "*" {
		parts = append(parts, o.Operation)
	}
	parts = append(parts, o.Metric)
	if o.Window > 0 {
		parts = append(parts, strconv.FormatFloat(o.Window, 'g', -1, 64)+"s")
	}
	id := strings.ToUpper(strings.Join(parts, "-"))
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '-'
	}, id)
}

// played is one scenario of a run with its ticks.
type played struct {
	evidence.Load
	ticks  []evidence.Tick // all of it
	judged []evidence.Tick // what its objectives are held against
	search *evidence.Search
	doubt  string
}

// scenarios sorts the ticks of a run by scenario.
func scenarios(run *evidence.Run) []played {
	var all []played
	for _, l := range run.Loads {
		p := played{Load: l}
		for i := range run.Searches {
			if run.Searches[i].Scenario == l.Scenario {
				p.search = &run.Searches[i]
			}
		}
		for _, t := range run.Ticks {
			if t.Scenario == l.Scenario {
				p.ticks = append(p.ticks, t)
			}
		}
		p.judged = measure.Judged(p.ticks, p.search)
		p.doubt = measure.Doubt(p.judged)
		all = append(all, p)
	}
	return all
}

// load says what the ticks say of the catalogue's requirements.
func (b *bench) load(all []played) {
	for _, p := range all {
		for _, op := range p.Operations {
			sum := measure.Total(p.ticks, measure.Key{Operation: op.Operation}, nil)
			b.violations(p, op, sum)
			b.observations(p, op, sum)
		}
	}
}

// violations gives every violation that was counted to its requirement. The exchanges that were kept have said their
// part already, with all that it takes to see it again; what is counted here stands beside them.
func (b *bench) violations(p played, op evidence.LoadOperation, sum *measure.Sum) {
	if sum.Validated > 0 && sum.Violating == 0 {
		for _, id := range []string{underLoad[op.API].kept, b.implied[[2]string{op.API, op.Operation}]} {
			if at := (place{id, op.API, op.Operation}); b.known[at] {
				b.say(at, contribution{verdict: Pass})
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(sum.Violations)) {
		n := sum.Violations[id]
		at := place{id, op.API, op.Operation}
		if !b.asks(at) {
			if implied := b.implied[[2]string{op.API, op.Operation}]; implied != "" {
				at.requirement = implied
			}
		}
		first := firstViolation(p.ticks, op.Operation, id)
		b.say(at, contribution{verdict: Fail, alike: "under load", failure: &evidence.Failure{
			Message: fmt.Sprintf("%s of %s answers in scenario %s departed, %s; the first in %s",
				group(n), group(sum.Validated), p.Scenario, measure.Show("violations", float64(n)*1e5/float64(max(sum.Validated, 1))), first),
			Expected: "an answer that the document allows, under load as well",
		}})
	}
}

// firstViolation says when a requirement was first broken: the second, and the level where there are several.
func firstViolation(ticks []evidence.Tick, operation, id string) string {
	second, level := -1, ""
	for i := range ticks {
		for _, part := range ticks[i].Operations {
			if part.Operation == operation && part.Violations[id] > 0 && (second < 0 || ticks[i].Second < second) {
				second, level = ticks[i].Second, ticks[i].Level
			}
		}
	}
	text := fmt.Sprintf("second %d", second)
	if level != "" {
		text += " at " + level
	}
	return text
}

// observations keeps what nobody promised: throttling, and how long answers took, in coarse steps that stay the same
// from run to run.
func (b *bench) observations(p played, op evidence.LoadOperation, sum *measure.Sum) {
	if sum.Sent == 0 {
		return
	}
	observe := func(id, question, answer string) {
		if at := (place{id, op.API, op.Operation}); b.known[at] {
			b.say(at, contribution{verdict: Observed, observation: map[string]string{question: answer}})
		}
	}
	for _, id := range underLoad[op.API].throttling {
		observe(id, "throttling in "+p.Scenario, p.throttling(op.Operation, sum))
		observe(id, "errors in "+p.Scenario, share(sum.Errors, sum.Sent))
	}
	took := func(s *measure.Sum) string {
		return fmt.Sprintf("p50 within %s, p99 within %s", decade(s.Response.Quantile(0.5)), decade(s.Response.Quantile(0.99)))
	}
	latency := underLoad[op.API].latency
	observe(latency, "response time in "+p.Scenario, took(measure.Total(p.judged, measure.Key{Operation: op.Operation}, measure.Counting)))
	for _, size := range measure.Sizes(p.judged, op.Operation) {
		s := measure.Total(p.judged, measure.Key{Operation: op.Operation, Size: size}, measure.Counting)
		observe(latency, fmt.Sprintf("response time for %d in %s", size, p.Scenario), took(s))
	}
}

// throttling says at which rate the server first asked to be left alone, how often, and whether it said for how long.
func (p played) throttling(operation string, sum *measure.Sum) string {
	if sum.Throttled == 0 {
		return "never at " + p.Pace
	}
	first := -1
	level := ""
	for i := range p.ticks {
		for _, part := range p.ticks[i].Operations {
			if part.Operation == operation && part.Throttled > 0 && (first < 0 || p.ticks[i].Second < first) {
				first, level = p.ticks[i].Second, p.ticks[i].Level
			}
		}
	}
	text := fmt.Sprintf("%s of the requests, first at %s", share(sum.Throttled, sum.Sent), cmp.Or(level, p.Pace))
	if sum.Held > 0 {
		return text + ", with a time to wait"
	}
	return text + ", without a time to wait"
}

// share is a share in words that stay the same from run to run.
func share(n, of int64) string {
	switch {
	case n == 0:
		return "none"
	case n*100 <= of:
		return "at most 1%"
	case n*10 <= of:
		return "at most 10%"
	case n*2 <= of:
		return "at most half"
	}
	return "more than half"
}

// decade is the power of ten that a time lies within.
func decade(d time.Duration) time.Duration {
	for step := time.Millisecond; ; step *= 10 {
		if d <= step {
			return step
		}
	}
}

// objectives holds each objective against its scenario, as findings like any other's.
func objectives(all []played) []Finding {
	var findings []Finding
	for _, p := range all {
		for _, o := range p.Objectives {
			f := Finding{
				Requirement: ObjectiveID(p.Scenario, o), API: p.apiOf(o.Operation), Operation: o.Operation, Level: requirement.Must,
				Statement: o.Text, Source: specs.Source{Document: p.Source, Section: "objectives of " + p.Scenario},
				Cases: []string{"load " + p.Scenario}, Evidence: []string{}, Reproduce: []string{},
			}
			f.hold(measure.Hold(o, p.judged), p)
			if causes := f.Causes(); len(causes) > 0 {
				f.Cause = causes[0]
			}
			findings = append(findings, f)
		}
	}
	return findings
}

// apiOf is the API of an operation of the scenario, and of a whole scenario that keeps to one API.
func (p played) apiOf(operation string) string {
	api := ""
	for _, op := range p.Operations {
		if operation == op.Operation {
			return op.API
		}
		if api != "" && api != op.API {
			return "*"
		}
		api = op.API
	}
	return api
}

// hold judges an objective. What the generator could not do is not the server's failure.
func (f *Finding) hold(h measure.Held, p played) {
	switch {
	case !h.Judged:
		f.Verdict, f.Reason = NotExercised, "too few requests to say"
		if h.Metric == "violations" {
			f.Reason = "no answer was held against its document (--validate " + p.Validate + ")"
		}
	case p.doubt != "" && h.Metric != "violations":
		f.Verdict, f.Reason = Inconclusive, "invalid run: "+p.doubt
	case h.Kept:
		f.Verdict = Pass
	default:
		f.Verdict = Fail
		sum := measure.Total(p.judged, measure.OperationKey(h.Operation), measure.Counting)
		over := fmt.Sprintf("over %s and %s requests", measure.Span(p.judged), group(sum.Sent))
		f.Message = fmt.Sprintf("%s is %s %s, %s is meant", h.Metric, measure.Show(h.Metric, h.Value), over, limit(h))
		if h.Missed > 0 {
			f.Message = fmt.Sprintf("%s is %s in the worst of %d windows of %gs, missed in %d of them, the first from second %d; %s is meant (%s %s)",
				h.Metric, measure.Show(h.Metric, h.Worst), h.Windows, h.Window, h.Missed, h.First, limit(h), measure.Show(h.Metric, h.Value), over)
		}
		var ruledOut []string
		if p.doubt == "" {
			ruledOut = []string{"a generator that was late"}
		}
		f.Failures = []evidence.Failure{{
			Message: f.Message, Expected: h.Text, Asked: fmt.Sprintf("%s: %s", p.Scenario, p.Pace),
			Got:      fmt.Sprintf("%s requests sent, %s answered, %s errors", group(sum.Sent), group(sum.Answered), group(sum.Errors)),
			RuledOut: ruledOut,
		}}
	}
}

func limit(h measure.Held) string {
	switch {
	case h.Metric == "violations" && h.Limit == 0:
		return "none"
	case h.Metric == "rate":
		return "at least " + measure.Show(h.Metric, h.Limit)
	}
	return "at most " + measure.Show(h.Metric, h.Limit)
}

// measurements are what each scenario measured: the whole first, then each operation.
func measurements(all []played) []measure.Measurement {
	var list []measure.Measurement
	for _, p := range all {
		missed := map[string]string{}
		for _, o := range p.Objectives {
			if h := measure.Hold(o, p.judged); h.Judged && !h.Kept {
				missed[o.Operation] = o.Text
			}
		}
		list = append(list, p.measurement("*", p.apiOf("*"), missed))
		for _, op := range p.Operations {
			list = append(list, p.measurement(op.Operation, op.API, missed))
		}
	}
	return list
}

func (p played) measurement(operation, api string, missed map[string]string) measure.Measurement {
	s := measure.Total(p.judged, measure.OperationKey(operation), measure.Counting)
	m := measure.Measurement{
		Scenario: p.Scenario, API: api, Operation: operation, Verdict: measure.Pass,
		Due: s.Due, Sent: s.Sent, Answered: s.Answered, Errors: s.Errors, Throttled: s.Throttled, Validated: s.Validated,
		Violations: s.Violating, Seconds: measure.Span(p.judged).Seconds(),
		ResponseTime: measure.Of(&s.Response), ServiceTime: measure.Of(&s.Service), Lag: measure.Of(&s.Lag),
	}
	if operation != "*" {
		m.Due = s.Sent + s.Held // the schedule is of the whole: which operation a hit goes to is settled when it is due
	}
	text := missed[operation]
	if operation == "*" && text == "" {
		// The whole misses what one of its operations does.
		for _, op := range p.Operations {
			if missed[op.Operation] != "" {
				text = op.Operation + " " + missed[op.Operation]
				break
			}
		}
	}
	switch {
	case s.Sent == 0:
		m.Verdict, m.Reason = measure.Untested, "nothing was sent"
	case p.doubt != "":
		m.Verdict, m.Reason = measure.Invalid, p.doubt
	case s.Answered == 0:
		m.Verdict, m.Reason = measure.Fail, "nothing was answered"
	case s.Violating > 0:
		m.Verdict, m.Reason = measure.Fail, fmt.Sprintf("%s answers broke the contract", group(s.Violating))
	case text != "":
		m.Verdict, m.Reason = measure.Fail, "missed: "+text
	}
	return m
}

// loadUnjudged says why a load run says too little, "" when it says enough.
func loadUnjudged(all []played, findings []Finding) string {
	for _, p := range all {
		s := measure.Total(p.ticks, measure.Key{}, measure.Counting)
		switch {
		case s.Sent == 0:
			return "nothing was sent in scenario " + p.Scenario
		case s.Answered == 0:
			return fmt.Sprintf("none of %s requests of scenario %s was answered", group(s.Sent), p.Scenario)
		case p.search != nil && p.search.Holds == 0 && p.search.Ended != "":
			return p.Scenario + ": " + p.search.Ended
		case p.doubt != "":
			return fmt.Sprintf("the figures of scenario %s are invalid: %s", p.Scenario, p.doubt)
		}
		if refused, due := p.leftAlone(); refused*2 > due {
			return fmt.Sprintf("the server asked to be left alone: %s of %s requests of scenario %s were throttled or held back", group(refused), group(due), p.Scenario)
		}
	}
	// What nobody promised is observed whatever it is: it makes no run green.
	if !slices.ContainsFunc(findings, func(f Finding) bool { return f.Verdict.Judged() && f.Verdict != Observed }) {
		return "no objective was judged, and no answer held against its document"
	}
	return ""
}

// leftAlone counts the requests that the server throttled, and those that were held back because it said so. Where a
// search looks for that very point, or an objective says how many there may be, they are judged already, and none is counted.
func (p played) leftAlone() (refused, due int64) {
	if p.search != nil || slices.ContainsFunc(p.Objectives, func(o evidence.Objective) bool { return o.Metric == "throttled" || o.Metric == "rate" }) {
		return 0, 0
	}
	s := measure.Total(p.judged, measure.Key{}, measure.Counting)
	return s.Throttled + s.Held, s.Sent + s.Held
}

// group writes a count with commas.
func group(n int64) string {
	digits := []byte(strconv.FormatInt(n, 10))
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = slices.Insert(digits, at, ',')
	}
	return string(digits)
}
