// harness mutants: run the suites against every fault, and say who kills whom.

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"harness/internal/nearest"
	"harness/internal/reference"
	"harness/internal/target"
	"harness/internal/verdict"
	"harness/specs"
)

func newMutants(d door) *cobra.Command {
	var apis, names []string
	var verbose bool
	c := &cobra.Command{
		Use:   "mutants",
		Short: "Run the suites against every fault of the reference server, and say which requirements catch it",
		Long: `mutants shows that every check can fail: it starts the reference server once for each fault, runs the suites of that
API, and compares the requirements that fail with those that the fault breaks. A fault is killed exactly when the
two are the same.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return mutants(c.Context(), d, apis, names, verbose) },
	}
	c.Flags().StringArrayVar(&apis, "api", nil, "only faults of this API: "+strings.Join(specs.Names, ", "))
	c.Flags().StringArrayVar(&names, "fault", nil, "only this fault")
	c.Flags().BoolVar(&verbose, "all", false, "name the requirements of exact kills as well")
	return c
}

// mutant is how the suites came out on one fault.
type mutant struct {
	fault             reference.Fault
	failed            []string // requirements that failed, sorted
	missing, surprise []string // promised and not failed; failed and not promised
	requests          int
	took              time.Duration
}

// exact says whether the fault failed the requirements that it breaks, and no others.
func (m mutant) exact() bool { return len(m.missing) == 0 && len(m.surprise) == 0 && len(m.failed) > 0 }

func (m mutant) state() string {
	switch {
	case len(m.failed) == 0:
		return "survived"
	case m.exact():
		return "killed"
	}
	return "inexact"
}

func mutants(ctx context.Context, d door, apis, names []string, verbose bool) error {
	faults, err := chooseFaults(apis, names)
	if err != nil {
		return err
	}
	bar := newStatus(d)
	w := table(d.stdout)
	count := map[string]int{}
	for i, f := range faults {
		bar.show(progress{i, len(faults), f.Name})
		m, err := mutate(ctx, f)
		if err != nil {
			return err
		}
		count[m.state()]++
		detail := fmt.Sprintf("%d requirements", len(m.failed))
		if verbose || !m.exact() {
			detail = strings.Join(m.failed, " ")
		}
		if len(m.missing) > 0 {
			detail += "; not failed: " + strings.Join(m.missing, " ")
		}
		if len(m.surprise) > 0 {
			detail += "; not expected: " + strings.Join(m.surprise, " ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", m.state(), f.Name, detail)
	}
	bar.clear()
	fmt.Fprintf(w, "\n%d faults: %d killed exactly, %d inexactly, %d survived\n", len(faults), count["killed"], count["inexact"], count["survived"])
	if err := w.Flush(); err != nil {
		return fault{err}
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

// mutate runs the suites of a fault's API against a reference server that has it.
func mutate(ctx context.Context, f reference.Fault) (mutant, error) {
	m := mutant{fault: f}
	chosen, err := choose([]string{f.API}, nil, nil, nil)
	if err != nil {
		return m, fault{err}
	}
	started := time.Now()
	s := session{choice: chosen, seed: 1, target: &target.Target{Name: f.Name, Embedded: &target.Embedded{Faults: []string{f.Name}}}}
	run, err := s.run(ctx)
	if err != nil {
		return m, err
	}
	m.took = time.Since(started)
	for _, n := range run.Footer.Requests {
		m.requests += n
	}
	m.failed = failing(verdict.Judge(chosen.catalogue, run, chosen.apis...))
	m.missing = without(f.Breaks, m.failed)
	m.surprise = without(m.failed, f.Breaks)
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
