// harness compare: what changed from one run to the next.

package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/known"
	"harness/internal/report"
	"harness/internal/verdict"
)

func newCompare(d door) *cobra.Command {
	var formatName string
	var accepted knownFile
	c := &cobra.Command{
		Use:   "compare BASE RUN",
		Short: "Say what changed from one run to the next",
		Long: `compare says what a run shows otherwise than an earlier one: what is broken that was not, what is fixed, what is no
longer judged, what the server was seen to answer otherwise, and which times differ by more than chance. BASE and RUN
are folders that harness contract --out wrote, or of a store, or their run.jsonl or report.json. Evidence is judged again
by this program; a report whose evidence is gone is taken as it stands. Nothing is sent.

Exit codes: 0 nothing is broken that was not · 1 something is, and no known failure covers it · 3 one of the two was not
judged, or they have nothing in common. Drift and slower answers are told, and do not count.`,
		Example: `harness compare reports/base reports/latest
harness compare $(harness store latest --store reports/history --target staging) reports/latest --format markdown`,
		Args: arguments(2, "two runs: the earlier, and the later", "harness compare reports/base reports/latest"),
		RunE: func(_ *cobra.Command, args []string) error {
			format, err := report.ChangeFormatNamed(formatName)
			if err != nil {
				return err
			}
			list, err := accepted.load()
			if err != nil {
				return err
			}
			base, err := snapshot(d, args[0], nil, list)
			if err != nil {
				return err
			}
			run, err := snapshot(d, args[1], nil, list)
			if err != nil {
				return err
			}
			changes := history.Compare(base, run)
			code := changesExit(changes)
			if err := format.Write(d.stdout, changes, code, options(d, "", false)); err != nil {
				return fault{err}
			}
			if code != exitGreen {
				return exit{code}
			}
			return nil
		},
	}
	knownFlag(c, &accepted)
	formatFlag(c, &formatName, report.ChangeFormatNames())
	return c
}

// changesExit is how the program ends for what has changed.
func changesExit(c history.Changes) int {
	switch {
	case c.Problem != "":
		return exitNotJudged
	case c.Worse():
		return exitViolated
	}
	return exitGreen
}

// snapshot reads a run to compare: its evidence judged again, by the given choice or else by what the run was of; or
// its report, where the evidence is gone.
func snapshot(d door, path string, by *choice, list known.List) (history.Snapshot, error) {
	if file := reportOf(path); file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return history.Snapshot{}, err
		}
		r, err := report.Read(data)
		if err != nil {
			return history.Snapshot{}, fmt.Errorf("%s: %w", file, err)
		}
		return r.Snapshot(path, nil), nil
	}
	run, err := readStored(d, path)
	if err != nil {
		return history.Snapshot{}, err
	}
	if by == nil {
		chosen, err := chosenFor(d, run)
		if err != nil {
			return history.Snapshot{}, err
		}
		by = &chosen
	}
	j := judge(*by, run, list)
	return report.New(run, j, j.Exit(verdict.FailOnShould), by.apis...).Snapshot(path, run.Ticks), nil
}

// judge judges a stored run, and holds it against the known failures if there are any.
func judge(by choice, run *evidence.Run, list known.List) verdict.Judgement {
	j := verdict.Judge(by.catalogue, run, by.apis...)
	if list.File != "" {
		j.Accept(list, run.Header.Target.Name, today())
	}
	return j
}

// reportOf is the report that stands for a run without evidence, "" when there is evidence to judge.
func reportOf(path string) string {
	switch info, err := os.Stat(path); {
	case err != nil:
		return ""
	case !info.IsDir():
		if filepath.Ext(path) == ".json" {
			return path
		}
		return ""
	}
	if file := filepath.Join(path, history.ReportFile); exists(file) && !exists(evidenceIn(path)) {
		return file
	}
	return ""
}
