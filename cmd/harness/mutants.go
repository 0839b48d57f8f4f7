// harness mutants: run the suites against every fault and every allowed variant, and say who kills whom.

package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"harness/internal/report"
	"harness/specs"
)

func newMutants(d door) *cobra.Command {
	var f mutantFlags
	c := &cobra.Command{
		Use:   "mutants",
		Short: "Show that every check can fail, and that none cries wolf",
		Long: `mutants proves the suites. It starts the reference server once with each fault and compares the requirements that fail
with those that the fault breaks: a fault is killed when the two are the same. Then it starts the server as each
allowed variant, a conforming server unlike the reference: nothing may fail there but the SHOULD rows that the
variant declares.`,
		Example: "harness mutants\nharness mutants --fault start-inclusive-ignored --all",
		Args:    noArguments,
		RunE:    func(c *cobra.Command, _ []string) error { return mutants(c.Context(), d, f) },
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.apis, "api", nil, "only those of this `API`: "+strings.Join(specs.Names, ", "))
	flags.StringArrayVar(&f.faults, "fault", nil, "only this `FAULT`")
	flags.StringArrayVar(&f.variants, "variant", nil, "only this `VARIANT`")
	flags.BoolVar(&f.all, "all", false, "print every one, with the requirements that failed")
	flags.BoolVar(&f.matrix, "matrix", false, "print for each requirement the faults that it catches")
	flags.StringVar(&f.out, "out", "", "write the score, and who kills whom, as JSON to this `FILE`")
	return c
}

type mutantFlags struct {
	apis, faults, variants []string
	all, matrix            bool
	out                    string
}

func mutants(ctx context.Context, d door, f mutantFlags) error {
	chosen, err := subjects(f.apis, f.faults, f.variants)
	if err != nil {
		return err
	}
	// Hundreds of short runs make much garbage and keep little.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	bar := working(d, fmt.Sprintf("0 of %d servers", len(chosen)))
	defer bar.clear()
	var all []mutant
	for m, err := range eachMutant(ctx, chosen) {
		if err != nil {
			return err
		}
		all = append(all, m)
		bar.say(fmt.Sprintf("%d of %d servers  %s", len(all), len(chosen), m.Name))
		if f.all || !m.good() {
			bar.above(func() { fmt.Fprintf(d.stdout, "%-8s  %s  %s\n", m.State, m.Name, m.detail()) })
		}
	}
	bar.clear()
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted after %d of %d", len(all), len(chosen))
	}
	if f.matrix {
		matrix(d, all)
	}
	score := scoreOf(all)
	if score.Faults > 0 {
		fmt.Fprintf(d.stdout, "%d faults: %d killed exactly, %d inexactly, %d survived\n", score.Faults, score.Killed, score.Inexact, score.Survived)
	}
	if score.Variants > 0 {
		fmt.Fprintf(d.stdout, "%d variants: %d allowed, %d false alarms\n", score.Variants, score.Variants-score.FalseAlarms, score.FalseAlarms)
	}
	if f.out != "" {
		var b strings.Builder
		if err := printJSON(&b, struct {
			report.Score
			Mutants []mutant `json:"mutants"`
		}{score, all}); err != nil {
			return fault{err}
		}
		if err := writeWhole(f.out, []byte(b.String())); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(all, func(m mutant) bool { return !m.good() }) {
		return exit{exitViolated}
	}
	return nil
}

func scoreOf(all []mutant) report.Score {
	s := report.Score{Date: time.Now().UTC().Format(time.DateOnly)}
	for _, m := range all {
		switch m.State {
		case "killed":
			s.Killed++
		case "inexact":
			s.Inexact++
		case "survived":
			s.Survived++
		case "alarm":
			s.FalseAlarms++
		}
		if m.Variant {
			s.Variants++
		} else {
			s.Faults++
		}
	}
	return s
}

// matrix prints who kills whom, by requirement.
func matrix(d door, all []mutant) {
	killers := map[string][]string{}
	var ids []string
	for _, m := range all {
		for _, id := range m.Failed {
			if killers[id] == nil {
				ids = append(ids, id)
			}
			killers[id] = append(killers[id], m.Name)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		fmt.Fprintf(d.stdout, "%-20s  %s\n", id, fold(d, strings.Join(killers[id], " "), 22))
	}
}
