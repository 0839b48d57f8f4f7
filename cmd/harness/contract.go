// harness contract: test a target.

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/known"
	"harness/internal/report"
	"harness/internal/target"
	"harness/internal/verdict"
	"harness/specs"
)

// contractFlags are the flags of harness contract as they were given.
type contractFlags struct {
	target                                string
	apis, operations, requirements, specs []string
	out, failOn, seed, format             string
	all, dryRun, quick, noBodies          bool
	baseline, store                       string
	write                                 []string // FORMAT=FILE
	shards                                int
	known                                 knownFile
}

func newContract(d door) *cobra.Command {
	var f contractFlags
	c := &cobra.Command{
		Use:   "contract",
		Short: "Test a target against its documents and requirements",
		Long: `contract tests whether an API keeps what its document promises: every operation, every requirement of the
catalogue. Each answer is held against the document as well. Without --target it tests the embedded reference
server. It only reads, unless the target's file allows one named write.`,
		Example: `harness contract
harness contract --target staging.yaml --out reports/latest
harness contract --target staging.yaml --api gotoaccount --requirement 'GOTO-SCAN-*'
harness contract --quick --write junit=junit.xml --write html=report.html`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return testContract(c.Context(), d, f, os.Args[1:]) },
	}
	flags := c.Flags()
	targetFlag(c, &f.target, "target `FILE`; the embedded reference server without it")
	flags.StringArrayVar(&f.apis, "api", nil, "only this `API`: gotoaccount, genesyscloud")
	flags.StringArrayVar(&f.operations, "operation", nil, "only this `OPERATION`")
	flags.StringArrayVar(&f.requirements, "requirement", nil, "only this `REQUIREMENT`, or a pattern: 'GOTO-SCAN-*'")
	flags.BoolVar(&f.quick, "quick", false, fmt.Sprintf("at most %d requests: one case for each promise, the firmest first", quickRequests))
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be sent, by operation, and send nothing")
	flags.StringArrayVar(&f.specs, "spec", nil, "use this document instead of the embedded one: `API=FILE`")
	seedFlag(c, &f.seed)
	flags.IntVar(&f.shards, "shards", 0, "`NUMBER` of cases that run side by side; 0 chooses by how fast the target answers")
	runFlags(c, runFlagValues{&f.out, &f.store, &f.baseline, &f.format, &f.failOn, &f.write, &f.known, &f.noBodies, &f.all})
	return c
}

func testContract(ctx context.Context, d door, f contractFlags, args []string) error {
	format, err := report.FormatNamed(f.format)
	if err != nil {
		return err
	}
	gate, err := verdict.FailOnNamed(f.failOn)
	if err != nil {
		return err
	}
	copies, err := writes(f.write)
	if err != nil {
		return err
	}
	if f.shards < 0 {
		return fmt.Errorf("--shards %d: 0 or more is meant", f.shards)
	}
	s := session{out: f.out, shards: f.shards, noBodies: f.noBodies, command: append([]string{"harness"}, args...)}
	if s.choice, err = choose(f.apis, f.operations, f.requirements, f.specs); err != nil {
		return err
	}
	if s.seed, err = seed(f.seed); err != nil {
		return err
	}
	if s.target, err = open(d, f.target); err != nil {
		return err
	}
	s.narrow(f)
	if f.quick {
		s.requests = quickRequests
	}
	if f.dryRun {
		return dryRun(d, s)
	}
	list, err := f.known.load(f.specs...)
	if err != nil {
		return err
	}
	end := ending{documents: s.apis, known: list, out: f.out, stored: f.out, store: f.store, gate: gate, format: format, copies: copies, all: f.all}
	if f.baseline != "" {
		base, err := snapshot(d, f.baseline, &s.choice, list)
		if err != nil {
			return fmt.Errorf("--baseline: %w", err)
		}
		end.base = &base
	}
	s.journals = journalFolders(d, f.out)
	warnOfJournals(d, s.journals, s.target)
	bar := working(d, "looking for data")
	s.progress = bar.counting("cases")
	run, err := s.run(ctx)
	bar.clear()
	if err != nil {
		return err
	}
	return conclude(d, run, verdict.Judge(s.catalogue, run, s.apis...), end)
}

// narrow drops the APIs that are out of the question: those without a chosen operation or requirement, and, when
// none was asked for by name, those that the target does not have.
func (s *session) narrow(f contractFlags) {
	kept := s.apis[:0:0]
	for _, api := range s.apis {
		wanted := len(s.operations) == 0
		for _, id := range s.operations {
			wanted = wanted || api.Operation(id) != nil
		}
		promised := len(s.requirements) == 0
		for _, id := range s.requirements {
			r, err := s.catalogue.ByID(id)
			promised = promised || err == nil && r.API == api.Name
		}
		missing := len(f.apis) == 0 && s.target.Embedded == nil && s.target.APIs[api.Name] == nil
		if wanted && promised && !missing {
			kept = append(kept, api)
		}
	}
	if len(kept) > 0 {
		s.apis = kept
	}
}

// ending is what becomes of a judged run.
type ending struct {
	documents []*specs.API
	out       string // folder that receives report.json; "" for none
	stored    string // where the evidence is; "" when it is in memory alone
	store     string // folder of stored runs that takes it in; "" for none
	base      *history.Snapshot
	known     known.List // failures that are let pass; the zero List for none
	gate      verdict.FailOn
	format    report.Format
	copies    []written // reports in files beside the one that is printed
	all       bool
	hash      bool // keys and ids, in what is told
}

// conclude writes the report of a judged run, and prints it. The exit code is the judgement's.
func conclude(d door, run *evidence.Run, judgement verdict.Judgement, e ending) error {
	if e.base != nil {
		judgement.Drifted(verdict.Judgement{Findings: e.base.Findings})
	}
	if e.known.File != "" {
		judgement.Accept(e.known, run.Header.Target.Name, today())
	}
	var err error
	code := judgement.Exit(e.gate)
	r := report.New(run, judgement, code, e.documents...)
	r.Suites, r.Gate = report.SuiteScore(), e.gate
	if e.base != nil {
		changes := history.Compare(*e.base, r.Snapshot(e.stored, run.Ticks))
		r.Changes = &changes
	}
	if e.hash {
		if r, err = r.Hashed(salt()); err != nil {
			return fault{err}
		}
	}
	if e.out != "" {
		if err := writeReport(filepath.Join(e.out, "report.json"), r); err != nil {
			return err
		}
	}
	if err := write(e.copies, r, e.stored); err != nil {
		return err
	}
	if err := e.format.Write(d.stdout, r, options(d, e.stored, e.all)); err != nil {
		return fault{err}
	}
	said := d.stdout
	if e.format.Name != report.Formats[0].Name {
		said = d.stderr // standard output is the report's alone
	}
	if e.out != "" {
		fmt.Fprintf(said, "\nwritten: %s and report.json in %s\n", evidenceFile, e.out)
	}
	if e.store != "" {
		folder, err := keepRun(e.store, run, r)
		if err != nil {
			return err
		}
		fmt.Fprintf(said, "stored: %s\n", folder)
	}
	if code != exitGreen {
		return exit{code}
	}
	return nil
}

func writeReport(file string, r report.Report) error {
	var b strings.Builder
	if err := report.JSON(&b, r, report.Options{}); err != nil {
		return fault{err}
	}
	return writeWhole(file, []byte(b.String()))
}

// seed reads --seed; without one a fresh seed is drawn, and the report names it.
func seed(text string) (uint64, error) {
	if text == "" {
		return rand.Uint64N(1 << 32), nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("--seed %q is no number between 0 and 2^64-1", text)
	}
	return n, nil
}

// open reads the target, tells its warnings, and falls back to the embedded reference server.
func open(d door, file string) (*target.Target, error) {
	if file == "" || file == embeddedName {
		return &target.Target{Name: embeddedName, Embedded: &target.Embedded{}}, nil
	}
	t, err := target.Load(file, d.env)
	if err != nil {
		return nil, err
	}
	for _, warning := range t.Warnings {
		fmt.Fprintln(d.stderr, "harness: warning: "+warning)
	}
	return t, nil
}

// embeddedName is the target that needs nothing.
const embeddedName = "reference"
