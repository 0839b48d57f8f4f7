// harness report: draw a run again, in any format, without sending a request.

package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/report"
	"harness/internal/verdict"
)

func newReport(d door) *cobra.Command {
	var formatName, failOn string
	var all bool
	var files []string
	var past, target string
	var site publish
	var accepted knownFile
	c := &cobra.Command{
		Use:   "report RUN",
		Short: "Draw a stored run again, in any format",
		Long: `report judges the evidence of a stored run again and draws it. RUN is the folder that harness contract --out
wrote, one of a store, or its run.jsonl. Nothing is sent. The exit code is that of the judgement.

--publish writes a site of static pages: how each target stands, each requirement from run to run, badges, and the
report of each stored run. The reports quote answers of the target; publish them where its owners may be quoted.`,
		Example: `harness report reports/latest
harness report reports/latest --format html > report.html
harness report reports/latest --write junit=junit.xml --write sarif=harness.sarif
harness report --history reports/history --target staging
harness report --history reports/history --publish public`,
		Args: func(c *cobra.Command, args []string) error {
			if past != "" && len(args) > 0 {
				return errors.New("report takes either a run or --history, not both")
			}
			if past == "" && site.dir != "" {
				return errors.New("--publish makes a site of stored runs\nhint: name their folder with --history")
			}
			if past == "" {
				return arguments(1, "one run: a folder that --out wrote, or its run.jsonl", "harness contract --out reports/latest writes one")(c, args)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if site.dir != "" {
				gate, err := verdict.FailOnNamed(failOn)
				if err != nil {
					return err
				}
				return publishHistory(d, past, target, site, gate)
			}
			if past != "" {
				return drawHistory(d, past, target, formatName, all)
			}
			format, err := report.FormatNamed(formatName)
			if err != nil {
				return err
			}
			copies, err := writes(files)
			if err != nil {
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
			return conclude(d, run, verdict.Judge(chosen.catalogue, run, chosen.apis...), ending{documents: chosen.apis, known: list, stored: args[0], gate: gate, format: format, copies: copies, all: all, hash: site.hash})
		},
	}
	formatFlag(c, &formatName, report.FormatNames())
	writeFlag(c, &files)
	gateFlag(c, &failOn)
	knownFlag(c, &accepted)
	c.Flags().BoolVar(&all, "all", false, "print observed behaviours one by one as well")
	c.Flags().BoolVar(&site.hash, "hash-keys", false, "put hashes in the place of keys and ids of accounts, users and licences, and leave answers out")
	c.Flags().StringVar(&past, "history", "", "a `FOLDER` of stored runs: draw each requirement over time, as text or json")
	c.Flags().StringVar(&target, "target", "", "with --history: only this target, by its `NAME`")
	c.Flags().StringVar(&site.dir, "publish", "", "with --history: `FOLDER` that receives the site")
	c.Flags().IntVar(&site.pages, "pages", 30, "with --publish: `NUMBER` of the newest runs of each target that get a page; 0 for all")
	c.Flags().StringVar(&site.maxAge, "max-age", "0", "with --publish: `AGE` from which on a target is shown as too old: 24h, 7d; 0 for none")
	return c
}

// openRun reads a stored run, and chooses what it is judged by.
func openRun(d door, path string) (*evidence.Run, choice, error) {
	run, err := readStored(d, path)
	if err != nil {
		return nil, choice{}, err
	}
	chosen, err := chosenFor(d, run)
	return run, chosen, err
}

// chosenFor chooses what a stored run is judged by: the documents and catalogues of this program, of the APIs that the
// run was of. It warns of a document that is another than the run was held against.
func chosenFor(d door, run *evidence.Run) (choice, error) {
	chosen, err := choose(run.Header.Selection.APIs, nil, nil, nil)
	if err != nil {
		return chosen, err
	}
	for _, doc := range run.Header.Documents {
		for _, api := range chosen.apis {
			if api.Name == doc.API && api.Digest != doc.Digest {
				fmt.Fprintf(d.stderr, "harness: warning: the run was held against another document of %s (%.12s); it is judged with that of this program (%.12s)\n", doc.API, doc.Digest, api.Digest)
			}
		}
	}
	return chosen, nil
}

// evidenceFiles are the names of the stream in a run's folder: as --out wrote it, and as a store keeps it.
var evidenceFiles = []string{evidenceFile, history.EvidenceFile}

// readStored is readRun for somebody who waits.
func readStored(d door, path string) (*evidence.Run, error) {
	reading := working(d, "reading "+path)
	defer reading.clear()
	return readRun(path)
}

// readRun reads the evidence of a run from its folder or file.
func readRun(path string) (*evidence.Run, error) {
	path = evidenceIn(path)
	file, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("no run at %s\nhint: harness contract --out FOLDER leaves one", path)
	case err != nil:
		return nil, fmt.Errorf("no run at %s: %w", path, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	stream := io.Reader(file)
	if filepath.Ext(path) == ".gz" {
		if stream, err = gzip.NewReader(file); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	run, err := evidence.Read(stream)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return run, nil
}

// evidenceIn is the stream in a run's folder, or the file itself.
func evidenceIn(path string) string {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return path
	}
	for _, name := range evidenceFiles {
		if file := filepath.Join(path, name); exists(file) {
			return file
		}
	}
	return filepath.Join(path, evidenceFile) // an error names what was looked for
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
