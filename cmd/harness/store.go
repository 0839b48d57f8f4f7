// harness store: the folder of stored runs.

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/nearest"
	"harness/internal/report"
	"harness/internal/verdict"
	"harness/specs"
)

func newStore(d door) *cobra.Command {
	return family(&cobra.Command{
		Use:   "store",
		Short: "Keep runs: add, list, latest, prune",
		Long:  `store keeps runs in a folder, so that later ones can be compared with them and their history drawn. Its layout and rules stand in reports/README.md.`,
		Example: `harness contract --target staging.yaml --store reports/history     # stores the run as it ends
harness store add reports/latest --store reports/history           # stores one that --out wrote
harness store list --store reports/history
harness report --history reports/history
harness can-deploy --target staging --store reports/history`,
	}, storeAdd(d), storeList(d), storeLatest(d), storePrune(d))
}

// keepRun lays a judged run down in a store.
func keepRun(dir string, run *evidence.Run, r report.Report) (string, error) {
	summary, err := r.Summarise(run)
	if err != nil {
		return "", fault{err}
	}
	var b bytes.Buffer
	if err := report.JSON(&b, r, report.Options{}); err != nil {
		return "", fault{err}
	}
	return history.Add(dir, summary, b.Bytes(), func(w io.Writer) error {
		writer := evidence.NewWriter(w)
		for record := range run.Records {
			writer.Write(record)
		}
		return writer.Err()
	})
}

func storeAdd(d door) *cobra.Command {
	var dir, failOn string
	var accepted knownFile
	c := &cobra.Command{
		Use:     "add RUN",
		Short:   "Store a run that harness contract --out wrote",
		Example: "harness store add reports/latest --store reports/history",
		Args:    arguments(1, "one run: a folder that --out wrote, or its "+evidenceFile, "harness contract --out reports/latest writes one"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := wantsStore(dir); err != nil {
				return err
			}
			gate, err := verdict.FailOnNamed(failOn)
			if err != nil {
				return err
			}
			run, chosen, err := openRun(d, args[0])
			if err != nil {
				return err
			}
			list, err := accepted.load()
			if err != nil {
				return err
			}
			j := judge(chosen, run, list)
			r := report.New(run, j, j.Exit(gate), chosen.apis...)
			r.Suites, r.Gate = report.SuiteScore(), gate
			folder, err := keepRun(dir, run, r)
			if err != nil {
				return err
			}
			fmt.Fprintln(d.stdout, folder)
			return nil
		},
	}
	storeFlag(c, &dir)
	knownFlag(c, &accepted)
	gateFlag(c, &failOn)
	return c
}

func storeList(d door) *cobra.Command {
	var dir, target string
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "Every stored run, the oldest first",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			runs, _, err := index(d, dir, target)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(d.stdout, runs)
			}
			w := table(d)
			for _, run := range runs {
				what := run.Verdict.String()
				if run.CutShort {
					what = "cut short"
				}
				if !run.Selection.Whole() {
					what += ", narrowed"
				}
				kept := "evidence"
				if !run.Evidence {
					kept = "report"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", run.Started.UTC().Format(time.DateTime), run.Target, strings.Join(run.Selection.APIs, " "), what, kept, run.Folder)
			}
			fmt.Fprintf(w, "\n%d runs\n", len(runs))
			return w.Flush()
		},
	}
	storeFlag(c, &dir)
	c.Flags().StringVar(&target, "target", "", "only runs of this target, by its `NAME`")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func storeLatest(d door) *cobra.Command {
	var dir, target string
	var apis []string
	var green bool
	c := &cobra.Command{
		Use:   "latest",
		Short: "The folder of the newest run that was judged, to compare with",
		Long: `latest prints the folder of the newest stored run that went through and was not narrowed. Exit code 3 when there is
none.`,
		Example: "harness contract --target staging.yaml --baseline $(harness store latest --store reports/history --target staging)",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := knownAPIs(apis); err != nil {
				return err
			}
			runs, _, err := index(d, dir, target)
			if err != nil {
				return err
			}
			for _, run := range slices.Backward(runs) {
				has := func(api string) bool { return run.API(api) != nil }
				whole := !run.CutShort && run.Selection.Whole() && run.Exit != exitNotJudged && run.Exit != exitHarness
				lacks := slices.ContainsFunc(apis, func(api string) bool { return !has(api) })
				if whole && !lacks && (!green || run.Exit == exitGreen) {
					fmt.Fprintln(d.stdout, run.Folder)
					return nil
				}
			}
			tell(d.stderr, errors.New("no stored run went through whole"))
			return exit{exitNotJudged}
		},
	}
	storeFlag(c, &dir)
	c.Flags().StringVar(&target, "target", "", "only runs of this target, by its `NAME`")
	c.Flags().StringArrayVar(&apis, "api", nil, "only runs of this `API`: "+strings.Join(specs.Names, ", "))
	c.Flags().BoolVar(&green, "green", false, "only runs whose gate was green")
	return c
}

func storePrune(d door) *cobra.Command {
	var dir, older string
	var dryRun bool
	c := &cobra.Command{
		Use:   "prune",
		Short: "Drop old evidence; reports and summaries stay",
		Long: `prune deletes the evidence of runs that are older than --older-than, and nothing else: report.json and summary.json
stay. So does, for each target and API, the evidence of the newest whole run, of the newest whole run with nothing
broken, and of the newest with something broken.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			age, err := days("--older-than", older)
			if err != nil {
				return err
			}
			runs, _, err := index(d, dir, "")
			if err != nil {
				return err
			}
			drop := history.Droppable(runs, age, time.Now())
			for _, run := range drop {
				if !dryRun {
					if err := history.DropEvidence(run); err != nil {
						return err
					}
				}
				fmt.Fprintln(d.stdout, run.Folder)
			}
			done := "dropped"
			if dryRun {
				done = "would be dropped"
			}
			fmt.Fprintf(d.stdout, "\nevidence of %d of %d runs %s\n", len(drop), len(runs), done)
			return nil
		},
	}
	storeFlag(c, &dir)
	c.Flags().StringVar(&older, "older-than", "30d", "`AGE` from which on evidence may go: 30d, 12h")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be dropped, and drop nothing")
	return c
}

func storeFlag(c *cobra.Command, dir *string) {
	c.Flags().StringVar(dir, "store", "", "`FOLDER` of stored runs, such as reports/history")
}

func wantsStore(dir string) error {
	if dir == "" {
		return errors.New("which store?\nhint: --store reports/history")
	}
	return nil
}

// index reads a store, tells what of it does not read, and narrows it to a target unless that is "".
func index(d door, dir, target string) ([]history.Stored, []history.Skipped, error) {
	if err := wantsStore(dir); err != nil {
		return nil, nil, err
	}
	reading := working(d, "reading "+dir)
	runs, skipped, err := history.Index(dir)
	reading.clear()
	if err != nil {
		return nil, nil, err
	}
	for _, s := range skipped {
		fmt.Fprintf(d.stderr, "harness: warning: skipped %s: %s\n", s.Folder, s.Reason)
	}
	if target == "" {
		return runs, skipped, nil
	}
	var names []string
	kept := []history.Stored{}
	for _, run := range runs {
		if run.Target == target {
			kept = append(kept, run)
		} else if !slices.Contains(names, run.Target) {
			names = append(names, run.Target)
		}
	}
	if len(kept) == 0 && len(names) > 0 {
		fmt.Fprintf(d.stderr, "harness: warning: %v\n", nearest.Error("target", target, names, ""))
	}
	return kept, skipped, nil
}

// knownAPIs refuses the name of an API that there is not.
func knownAPIs(apis []string) error {
	for _, name := range apis {
		if _, known := specs.Prefix[name]; !known {
			return nearest.Error("API", name, specs.Names, "")
		}
	}
	return nil
}

// days reads a span of time as it is written for people: 7d, or 36h and the like.
func days(flag, text string) (time.Duration, error) {
	var n int
	var unit string
	if _, err := fmt.Sscanf(text+" ", "%d%s", &n, &unit); err == nil && unit == "d" && n >= 0 && n < 100*365 {
		return time.Duration(n) * 24 * time.Hour, nil
	}
	age, err := time.ParseDuration(text)
	if err != nil || age < 0 {
		return 0, fmt.Errorf("%s %q is no span of time; one is written as 7d or 36h", flag, text)
	}
	return age, nil
}
