// The suites on one fault, or as one allowed variant, of the reference server; and on many of them side by side.

package main

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"harness/internal/nearest"
	"harness/internal/reference"
	"harness/internal/target"
	"harness/internal/verdict"
	"harness/specs"
)

// subject is a server to run the suites on: the reference server with a fault, or as a variant.
type subject struct {
	name, summary string
	apis          []string // whose suites are run
	variant       bool
	breaks        []string // requirements that are expected to fail
	mayBreak      func(requirement string) bool
}

// mutant is how the suites came out on a subject.
type mutant struct {
	Name     string   `json:"name"`
	Variant  bool     `json:"variant,omitempty"` // an allowed variant, not a fault
	Summary  string   `json:"summary"`
	State    string   `json:"state"` // of a fault: killed, inexact, survived; of a variant: allowed, alarm
	Failed   []string `json:"failed"`
	Missing  []string `json:"missing,omitempty"`  // expected to fail, and did not
	Surprise []string `json:"surprise,omitempty"` // failed, and was not expected to
	Requests int      `json:"requests"`
	Seconds  float64  `json:"seconds"`
}

// settle says how the suites fared. A fault is killed by exactly the requirements that it breaks, or by others, or not
// at all; a variant is allowed, or raises an alarm.
func (m *mutant) settle() {
	exact := len(m.Missing) == 0 && len(m.Surprise) == 0
	switch {
	case m.Variant && exact:
		m.State = "allowed"
	case m.Variant:
		m.State = "alarm"
	case len(m.Failed) == 0:
		m.State = "survived"
	case exact:
		m.State = "killed"
	default:
		m.State = "inexact"
	}
}

// good says whether the suites did on the subject what they should.
func (m mutant) good() bool { return m.State == "killed" || m.State == "allowed" }

func (m mutant) detail() string {
	text := strings.Join(m.Failed, " ")
	if text == "" {
		text = "nothing failed"
	}
	if len(m.Missing) > 0 {
		text += "; not failed: " + strings.Join(m.Missing, " ")
	}
	if len(m.Surprise) > 0 {
		text += "; not expected: " + strings.Join(m.Surprise, " ")
	}
	return text
}

// subjects lists the faults and variants of the given names and APIs; no names means all of them.
func subjects(apis, faults, variants []string) ([]subject, error) {
	for _, name := range apis {
		if !slices.Contains(specs.Names, name) {
			return nil, nearest.Error("API", name, specs.Names, "")
		}
	}
	var all []subject
	for _, f := range reference.Faults() {
		// Of all faults, those are left out that the suites cannot meet but by luck; by name they are run.
		if len(faults)+len(variants) == 0 && !f.Rare() || slices.Contains(faults, f.Name) {
			all = append(all, subject{f.Name, f.Summary, []string{f.API}, false, f.Breaks, f.MayBreak})
		}
	}
	for _, v := range reference.Variants() {
		of := specs.Names
		if v.API != "" {
			of = []string{v.API}
		}
		if len(faults)+len(variants) == 0 || slices.Contains(variants, v.Name) {
			all = append(all, subject{v.Name, v.Summary, of, true, v.Departs, func(string) bool { return false }})
		}
	}
	for _, name := range faults {
		if _, err := reference.FaultNamed(name); err != nil {
			return nil, err
		}
	}
	for _, name := range variants {
		if _, err := reference.VariantNamed(name); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(all, func(s subject) bool {
		return len(apis) > 0 && !slices.ContainsFunc(s.apis, func(api string) bool { return slices.Contains(apis, api) })
	}), nil
}

// eachMutant runs the suites on every subject, as many at once as there are processors, and yields how they came out in
// the order of the subjects.
func eachMutant(ctx context.Context, all []subject) iter.Seq2[mutant, error] {
	type result struct {
		mutant mutant
		err    error
	}
	results := make([]chan result, len(all))
	for i := range results {
		results[i] = make(chan result, 1)
	}
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		go func() {
			for i := next.Add(1) - 1; i < int64(len(all)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				m, err := mutate(ctx, all[i])
				results[i] <- result{m, err}
			}
		}()
	}
	return func(yield func(mutant, error) bool) {
		for _, each := range results {
			select {
			case r := <-each:
				if !yield(r.mutant, r.err) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// licences is how many the server holds for a mutant: enough for every class of data, and half as much to read.
const licences = 600

// mutate runs the suites on one subject.
func mutate(ctx context.Context, of subject) (mutant, error) {
	m := mutant{Name: of.name, Variant: of.variant, Summary: of.summary}
	chosen, err := choose(of.apis, nil, nil, nil)
	if err != nil {
		return m, fault{err}
	}
	embedded := &target.Embedded{Licenses: licences, Faults: []string{of.name}}
	if of.variant {
		embedded = &target.Embedded{Licenses: licences, Variants: []string{of.name}}
	}
	started := time.Now()
	s := session{choice: chosen, seed: 1, beside: true, confirm: 1, target: &target.Target{Name: of.name, Embedded: embedded}}
	run, err := s.run(ctx)
	if err != nil {
		return m, err
	}
	m.Seconds = time.Since(started).Seconds()
	for _, n := range run.Footer.Requests {
		m.Requests += n
	}
	m.Failed = failing(verdict.Judge(chosen.catalogue, run, chosen.apis...))
	m.Missing = without(of.breaks, m.Failed)
	m.Surprise = slices.DeleteFunc(without(m.Failed, of.breaks), of.mayBreak)
	m.settle()
	return m, nil
}

// failing lists the requirements that fail or are flaky on any operation, sorted.
func failing(j verdict.Judgement) []string {
	var ids []string
	for _, f := range j.Findings {
		if f.Verdict == verdict.Fail || f.Verdict == verdict.Flaky || f.Verdict == verdict.Error {
			ids = append(ids, f.Requirement)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return slices.Contains(others, id) })
}
