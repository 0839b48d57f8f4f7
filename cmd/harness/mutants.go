// harness mutants: run the suites against every fault, and say who kills whom.

package main

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"harness/internal/nearest"
	"harness/internal/reference"
	"harness/internal/target"
	"harness/internal/verdict"
	"harness/specs"
)

func newMutants(d door) *cobra.Command {
	var f mutantFlags
	c := &cobra.Command{
		Use:   "mutants",
		Short: "Run the suites against every fault of the reference server, and say which requirements catch it",
		Long: `mutants shows that every check can fail: it starts the reference server once for each fault, runs the suites of that
API, and compares the requirements that fail with those that the fault breaks. A fault is killed exactly when the
two are the same.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return mutants(c.Context(), d, f) },
	}
	c.Flags().StringArrayVar(&f.apis, "api", nil, "only faults of this API: "+strings.Join(specs.Names, ", "))
	c.Flags().StringArrayVar(&f.faults, "fault", nil, "only this fault")
	c.Flags().BoolVar(&f.all, "all", false, "name the requirements of exact kills as well")
	c.Flags().StringVar(&f.out, "out", "", "write who kills whom as JSON to this file")
	return c
}

type mutantFlags struct {
	apis, faults []string
	all          bool
	out          string
}

// mutant is how the suites came out on one fault.
type mutant struct {
	Fault    string   `json:"fault"`
	API      string   `json:"api"`
	Summary  string   `json:"summary"`
	State    string   `json:"state"` // killed, inexact, survived
	Failed   []string `json:"failed"`
	Missing  []string `json:"missing,omitempty"`  // promised to fail, and did not
	Surprise []string `json:"surprise,omitempty"` // failed, and was not promised to
	Requests int      `json:"requests"`
	Seconds  float64  `json:"seconds"`
}

// settle says how the mutant fared: killed by exactly the requirements that it breaks, by others, or not at all.
func (m *mutant) settle() {
	switch {
	case len(m.Failed) == 0:
		m.State = "survived"
	case len(m.Missing) == 0 && len(m.Surprise) == 0:
		m.State = "killed"
	default:
		m.State = "inexact"
	}
}

func (m mutant) detail(all bool) string {
	text := fmt.Sprintf("%d requirements", len(m.Failed))
	if all || m.State != "killed" {
		text = strings.Join(m.Failed, " ")
	}
	if len(m.Missing) > 0 {
		text += "; not failed: " + strings.Join(m.Missing, " ")
	}
	if len(m.Surprise) > 0 {
		text += "; not expected: " + strings.Join(m.Surprise, " ")
	}
	return text
}

func mutants(ctx context.Context, d door, f mutantFlags) error {
	faults, err := chooseFaults(f.apis, f.faults)
	if err != nil {
		return err
	}
	bar := newStatus(d)
	count := map[string]int{}
	var all []mutant
	for m, err := range eachMutant(ctx, faults) {
		if err != nil {
			return err
		}
		bar.show(progress{len(all), len(faults), m.Fault})
		count[m.State]++
		all = append(all, m)
		if m.State != "killed" || f.all {
			bar.clear()
			fmt.Fprintf(d.stdout, "%-8s  %s  %s\n", m.State, m.Fault, m.detail(f.all))
		}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted after %d of %d faults", len(all), len(faults))
	}
	bar.clear()
	fmt.Fprintf(d.stdout, "%d faults: %d killed exactly, %d inexactly, %d survived\n", len(faults), count["killed"], count["inexact"], count["survived"])
	if f.out != "" {
		var b strings.Builder
		if err := printJSON(&b, all); err != nil {
			return fault{err}
		}
		if err := writeWhole(f.out, []byte(b.String())); err != nil {
			return err
		}
	}
	if count["killed"] < len(faults) {
		return exit{exitViolated}
	}
	return nil
}

// chooseFaults lists the faults of the given names, or all, of the given APIs, or both.
func chooseFaults(apis, names []string) ([]reference.Fault, error) {
	for _, name := range apis {
		if !slices.Contains(specs.Names, name) {
			return nil, nearest.Error("API", name, specs.Names, "")
		}
	}
	faults := reference.Faults()
	if len(names) > 0 {
		faults = nil
		for _, name := range names {
			f, err := reference.FaultNamed(name)
			if err != nil {
				return nil, err
			}
			faults = append(faults, f)
		}
	}
	return slices.DeleteFunc(faults, func(f reference.Fault) bool {
		return len(apis) > 0 && !slices.Contains(apis, f.API)
	}), nil
}

// eachMutant runs the suites on every fault, as many at once as there are processors, and yields how they came out in
// the order of the faults.
func eachMutant(ctx context.Context, faults []reference.Fault) iter.Seq2[mutant, error] {
	type result struct {
		mutant mutant
		err    error
	}
	results := make([]chan result, len(faults))
	for i := range results {
		results[i] = make(chan result, 1)
	}
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(faults)) {
		go func() {
			for i := next.Add(1) - 1; i < int64(len(faults)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				m, err := mutate(ctx, faults[i])
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

// mutate runs the suites of a fault's API against a reference server that has it.
func mutate(ctx context.Context, f reference.Fault) (mutant, error) {
	m := mutant{Fault: f.Name, API: f.API, Summary: f.Summary}
	chosen, err := choose([]string{f.API}, nil, nil, nil)
	if err != nil {
		return m, fault{err}
	}
	started := time.Now()
	s := session{choice: chosen, seed: 1, beside: true, target: &target.Target{Name: f.Name, Embedded: &target.Embedded{Faults: []string{f.Name}}}}
	run, err := s.run(ctx)
	if err != nil {
		return m, err
	}
	m.Seconds = time.Since(started).Seconds()
	for _, n := range run.Footer.Requests {
		m.Requests += n
	}
	m.Failed = failing(verdict.Judge(chosen.catalogue, run, chosen.apis...))
	m.Missing = without(f.Breaks, m.Failed)
	m.Surprise = without(m.Failed, f.Breaks)
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
