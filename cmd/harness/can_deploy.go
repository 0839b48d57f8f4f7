// harness can-deploy: may a target be promoted? The answer comes out of the stored runs.

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"harness/internal/exact"
	"harness/internal/history"
	"harness/internal/verdict"
	"harness/specs"
)

func newCanDeploy(d door) *cobra.Command {
	var dir, target, maxAge, failOn, formatName string
	var apis []string
	var quick bool
	c := &cobra.Command{
		Use:   "can-deploy",
		Short: "Say from stored runs whether a target may be promoted",
		Long: `can-deploy answers from the stored runs, without sending anything, whether a target may be promoted: for each API by
the newest run that was to judge the whole of it. What a narrowed run has seen broken since counts as well.

Each API has one state, and the program ends by the worst:

    passed       0
    failed       1   broken, and no known failure that still holds covers it
    never run    3   no run of the whole API is stored
    not judged   3   the run says too little, or was cut short
    too old      3   it passed longer ago than --max-age
    stale        4   it passed, and a known failure no longer fails

A state of 3 comes before one of 1, and 1 before 4.`,
		Example: `harness can-deploy --target staging --store reports/history --max-age 24h
harness can-deploy --target staging --store reports/history --api gotoaccount --format json`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if target == "" {
				return fmt.Errorf("which target?\nhint: --target NAME, as its file has it; harness store list shows them")
			}
			if !slices.Contains(historyFormats, formatName) {
				return noHistoryFormat(formatName)
			}
			if err := knownAPIs(apis); err != nil {
				return err
			}
			policy := history.Policy{Quick: quick, Documents: map[string]string{}}
			var err error
			if policy.Gate, err = verdict.FailOnNamed(failOn); err != nil {
				return err
			}
			if policy.MaxAge, err = days("--max-age", maxAge); err != nil {
				return err
			}
			chosen, err := choose(apis, nil, nil, nil)
			if err != nil {
				return err
			}
			runs, _, err := index(d, dir, target)
			if err != nil {
				return err
			}
			p := promotion{Target: target, APIs: []history.Answer{}}
			for _, api := range chosen.apis {
				policy.Documents[api.Name] = api.Digest
				p.APIs = append(p.APIs, history.MayDeploy(runs, api.Name, policy, time.Now()))
			}
			p.Exit = p.worst()
			p.MayDeploy = p.Exit == exitGreen
			if formatName == "json" {
				err = printJSON(d.stdout, p)
			} else {
				err = p.text(d.stdout)
			}
			if err != nil {
				return fault{err}
			}
			if !p.MayDeploy {
				return exit{p.Exit}
			}
			return nil
		},
	}
	flags := c.Flags()
	flags.StringVar(&target, "target", "", "`NAME` of the target, as its file has it")
	storeFlag(c, &dir)
	flags.StringArrayVar(&apis, "api", nil, "only this `API`: "+strings.Join(specs.Names, ", ")+"; without it both must have passed")
	flags.StringVar(&maxAge, "max-age", "7d", "`AGE` that the run which decides may have: 24h, 7d; 0 for any")
	gateFlag(c, &failOn)
	flags.BoolVar(&quick, "quick-counts", false, "a run with --quick counts as one of the whole")
	formatFlag(c, &formatName, historyFormats)
	return c
}

// promotion is the answer for a whole target.
type promotion struct {
	Target    string           `json:"target"`
	MayDeploy bool             `json:"mayDeploy"`
	Exit      int              `json:"exit"`
	APIs      []history.Answer `json:"apis"`
}

// worst is the exit code of the worst state: 3 before 1, 1 before 4.
func (p promotion) worst() int {
	for _, code := range []int{verdict.ExitNotJudged, verdict.ExitBroken, verdict.ExitStale} {
		if slices.ContainsFunc(p.APIs, func(a history.Answer) bool { return a.State.Exit() == code }) {
			return code
		}
	}
	return exitGreen
}

func (p promotion) text(w io.Writer) error {
	var b strings.Builder
	for _, a := range p.APIs {
		line := fmt.Sprintf("%-12s  %-10s", a.API, a.State)
		if a.Run != nil {
			line += fmt.Sprintf("  run of %s, %s", a.Run.Started.UTC().Format("2006-01-02 15:04:05 MST"), a.Run.Folder)
		}
		fmt.Fprintln(&b, line)
		if a.Reason != "" {
			fmt.Fprintf(&b, "%-12s  %s\n", "", exact.Printable(a.Reason))
		}
		for _, note := range a.Notes {
			fmt.Fprintf(&b, "%-12s  note: %s\n", "", note)
		}
	}
	answer := "may not be promoted"
	if p.MayDeploy {
		answer = "may be promoted"
	}
	fmt.Fprintf(&b, "\n%s %s · exit %d\n", exact.Printable(p.Target), answer, p.Exit)
	_, err := io.WriteString(w, b.String())
	return err
}
