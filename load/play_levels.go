// A scenario from beginning to end: its warm-up, then its one level, or the levels of a search for the highest rate.

package load

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"harness/internal/evidence"
	"harness/internal/measure"
)

// Record is the scenario as it is to be played. Transport, Note and Validate are for the one who plays it to say.
func (s *Scenario) Record() *evidence.Load {
	l := &evidence.Load{
		Scenario: s.Name, Summary: s.Summary, Source: s.Source, Digest: s.Digest, Model: "open", Pace: s.Pace.String(),
		Rate: s.Pace.Highest(), Seconds: s.Pace.Length().Seconds(), Warmup: s.Warmup.Seconds(),
		Workers: s.InFlight(), Attackers: s.Attackers(), Operations: []evidence.LoadOperation{}, Objectives: s.Objectives,
	}
	if s.Pace.Kind == "closed" {
		l.Model = "closed"
	}
	whole := 0.0
	for _, step := range s.Steps {
		whole += step.Weight
	}
	at := map[[2]string]int{}
	for _, step := range s.Steps {
		key := [2]string{step.API, step.Operation}
		i, listed := at[key]
		if !listed {
			i = len(l.Operations)
			at[key] = i
			l.Operations = append(l.Operations, evidence.LoadOperation{API: step.API, Operation: step.Operation})
		}
		if whole > 0 {
			l.Operations[i].Share += step.Weight / whole
		}
	}
	return l
}

// Record is the scenario as it is to be played on the target, with the operations for which the target has data.
func (p Plan) Record() *evidence.Load {
	l := p.Scenario.Record()
	l.Operations = l.Operations[:0]
	for _, op := range p.Operations {
		l.Operations = append(l.Operations, evidence.LoadOperation{API: op.API.Name, Operation: op.ID, Share: op.Share})
	}
	l.Note = strings.Join(p.Notes, "; ")
	return l
}

// InFlight is the most requests that are in flight at once.
func (s *Scenario) InFlight() int {
	workers := s.Workers
	if s.Pace.Kind == "closed" {
		workers = s.Pace.Workers
	}
	if workers <= 0 {
		workers = defaultWorkers
	}
	return workers
}

// enough is the rate that one attacker keeps without being late; above it a second one costs less than its lateness.
const enough = 4000

// Attackers is how many attackers share the requests: one, as long as one is enough.
func (s *Scenario) Attackers() int {
	most := min(runtime.GOMAXPROCS(0), 2, s.InFlight())
	if highest := s.Pace.Highest(); highest > 0 && highest <= enough {
		return 1
	}
	return max(1, most)
}

// PlayScenario plays the warm-up of a plan and then the plan, or, for a breakpoint search, one rate after the other.
// What a search came to goes into the evidence as its own record. See Play for ctx and abandon.
func PlayScenario(ctx context.Context, abandon <-chan struct{}, plan Plan, o Options) (Outcome, error) {
	s := plan.Scenario
	if o.Attackers <= 0 {
		o.Attackers = s.Attackers()
	}
	from := 0
	if s.Warmup > 0 {
		quiet := o
		quiet.Results = nil
		outcome, err := Play(ctx, abandon, plan, Level{Pace: s.Pace.warmup(s.Warmup), Warmup: true}, quiet)
		if err != nil || outcome.Problem != "" {
			return outcome, err
		}
		from = outcome.Seconds
	}
	if s.Pace.Kind == "breakpoint" {
		outcome, said, err := searchLevels(s, from, func(l Level) (Outcome, []evidence.Tick, error) {
			return playLevel(ctx, abandon, plan, l, o)
		})
		if err == nil {
			o.Sink(evidence.Record{Search: said})
		}
		return outcome, err
	}
	outcome, err := Play(ctx, abandon, plan, Level{Pace: s.Pace, From: from}, o)
	outcome.Seconds += from
	return outcome, err
}

// warmup is the pace of the warm-up: the rate with which the pace begins, or, where it begins at nothing, a tenth of
// its highest.
func (p Pace) warmup(length time.Duration) Pace {
	if p.Kind == "closed" {
		p.Duration = length
		return p
	}
	rate := p.Rate
	if p.Kind == "stages" {
		rate = p.Schedule(0).Rate(0)
	}
	if rate <= 0 {
		rate = p.Highest() / 10
	}
	return Pace{Kind: "constant", Arrival: p.Arrival, Rate: rate, Duration: length}
}

// searchLevels has one level played after the other until the search knows enough, or the generator gives out. A level
// at which the generator cannot be believed is tried once more: a hiccup of the machine is not the end of a search.
func searchLevels(s *Scenario, from int, play func(Level) (Outcome, []evidence.Tick, error)) (Outcome, *evidence.Search, error) {
	search := &Search{From: s.Pace.Rate, To: s.Pace.Peak}
	said := &evidence.Search{Scenario: s.Name, Levels: []evidence.SearchLevel{}}
	all := Outcome{Seconds: from}
	doubted := false
	for range breakpointSteps {
		rate, name, more := search.Next()
		if !more {
			break
		}
		if doubted {
			name += ", tried again"
		}
		pace := Pace{Kind: "constant", Arrival: s.Pace.Arrival, Rate: rate, Duration: s.Pace.Duration}
		outcome, ticks, err := play(Level{Name: name, Pace: pace, From: all.Seconds})
		if err != nil {
			return all, nil, err
		}
		all.Seconds += outcome.Seconds
		level := evidence.SearchLevel{Name: name, Rate: rate}
		doubt := measure.Doubt(ticks)
		switch {
		case outcome.Problem != "":
			level.Reason = outcome.Problem
			all.Problem = outcome.Problem
			search.End(outcome.Problem)
		case doubt != "":
			level.Reason = "the generator: " + doubt
			if doubted {
				search.End(fmt.Sprintf("the generator gave out at %g/s: %s", rate, doubt))
			}
			doubted = true
		default:
			doubted = false
			level.Reason = Lost(s.Objectives, ticks)
			level.Held = level.Reason == ""
			search.Note(rate, level.Held)
		}
		said.Levels = append(said.Levels, level)
	}
	found := search.Found()
	said.Holds, said.Fails, said.Confirmed, said.Ended = found.Holds, found.Fails, found.Confirmed, found.Ended
	return all, said, nil
}

// playLevel plays one level and keeps its ticks.
func playLevel(ctx context.Context, abandon <-chan struct{}, plan Plan, level Level, o Options) (Outcome, []evidence.Tick, error) {
	var ticks []evidence.Tick
	sink := o.Sink
	o.Sink = func(r evidence.Record) {
		if r.Tick != nil {
			ticks = append(ticks, r.Tick.Clone())
		}
		sink(r)
	}
	if results := o.Results; results != nil {
		// Each level numbers its requests from 0; readers of the file tell them apart by the attack's name.
		o.Results = func(r vegeta.Result) {
			r.Attack += " " + level.Name
			results(r)
		}
	}
	outcome, err := Play(ctx, abandon, plan, level, o)
	return outcome, ticks, err
}

// Lost says which of some objectives is lost, or that the contract is; "" when all hold. A level of which nothing was
// answered holds nothing.
func Lost(objectives []evidence.Objective, ticks []evidence.Tick) string {
	sum := measure.Total(ticks, measure.Key{}, measure.Counting)
	if sum.Answered == 0 {
		return "nothing was answered"
	}
	contract := false
	for _, o := range objectives {
		contract = contract || o.Metric == "violations"
		h := measure.Hold(o, ticks)
		if !h.Judged || h.Kept {
			continue
		}
		value := h.Value
		if h.Missed > 0 {
			value = h.Worst
		}
		return fmt.Sprintf("%s is %s, and %s is meant", about(o), measure.Show(o.Metric, value), o.Text)
	}
	if !contract && sum.Violating > 0 {
		return fmt.Sprintf("%d of %d answers broke the contract", sum.Violating, sum.Validated)
	}
	return ""
}

func about(o evidence.Objective) string {
	if o.Operation == "*" {
		return o.Metric
	}
	return o.Metric + " of " + o.Operation
}
