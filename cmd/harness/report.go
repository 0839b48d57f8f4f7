// harness report: draw a run again, in any format, without sending a request.

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"harness/internal/evidence"
	"harness/internal/report"
	"harness/internal/verdict"
)

func newReport(d door) *cobra.Command {
	var formatName, failOn string
	var all bool
	c := &cobra.Command{
		Use:   "report RUN",
		Short: "Draw a stored run again, in any format",
		Long: `report judges the evidence of a stored run again and draws it. RUN is the folder that harness contract --out
wrote, or its run.jsonl. Nothing is sent. The exit code is that of the judgement.

    harness report reports/latest
    harness report reports/latest --format json > report.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("report takes one run: a folder that --out wrote, or its run.jsonl")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			format, err := report.FormatNamed(formatName)
			if err != nil {
				return err
			}
			gate, err := verdict.FailOnNamed(failOn)
			if err != nil {
				return err
			}
			run, err := readRun(args[0])
			if err != nil {
				return err
			}
			chosen, err := choose(run.Header.Selection.APIs, nil, nil, nil)
			if err != nil {
				return err
			}
			for _, doc := range run.Header.Documents {
				for _, api := range chosen.apis {
					if api.Name == doc.API && api.Digest != doc.Digest {
						fmt.Fprintf(d.stderr, "harness: warning: the run was held against another document of %s (%.12s); it is judged with that of this program (%.12s)\n", doc.API, doc.Digest, api.Digest)
					}
				}
			}
			return conclude(d, run, verdict.Judge(chosen.catalogue, run, chosen.apis...), chosen.apis, "", args[0], gate, format, all)
		},
	}
	c.Flags().StringVar(&formatName, "format", report.Formats[0].Name, "how to draw it: "+strings.Join(report.FormatNames(), ", "))
	c.Flags().StringVar(&failOn, "fail-on", string(verdict.FailOnShould), "what fails the gate: must, should, drift")
	c.Flags().BoolVar(&all, "all", false, "print observed behaviours one by one as well")
	return c
}

// readRun reads the evidence of a run from its folder or file.
func readRun(path string) (*evidence.Run, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, evidenceFile)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("no run at %s: %w", path, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	run, err := evidence.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return run, nil
}
