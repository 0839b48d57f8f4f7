// harness accept: let a known failure pass until a day, with a reason and an owner.

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"harness/internal/evidence"
	"harness/internal/known"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// acceptFlags are the flags of harness accept as they were given.
type acceptFlags struct {
	operations                     []string
	target, cause, run             string
	reason, owner, ticket, expires string
	file, prune                    string
	quarantine, renew              bool
}

// anyCause in place of a fingerprint accepts a failure whatever its cause.
const anyCause = "any"

func newAccept(d door) *cobra.Command {
	var f acceptFlags
	c := &cobra.Command{
		Use:   "accept REQUIREMENT...",
		Short: "Let a known failure pass until a day, with a reason and an owner",
		Long: fmt.Sprintf(`accept writes into %s that a requirement fails on an operation of a target, and that the gate
lets it pass until a day. Comments, order and every other line of the file stay.

With --run, operations, target and cause are those of a stored run: what fails there is accepted, for the cause that
it has there; when it fails for another one, the gate closes. The cause is a fingerprint that report.json names.

A failure is accepted for at most %d days. A case that comes out now one way, now the other, goes into quarantine with
--quarantine: at most %d of them, for at most %d days; it still runs, and no longer decides.`,
			known.File, known.MostDays, known.MostQuarantined, known.MostQuarantineDays),
		Example: `harness accept GOTO-KEY-06 --run reports/latest --reason "keys are rounded" --owner licensing --expires 30d
harness accept GOTO-KEY-06 --operation getLicenses --target staging --expires 30d --renew
harness accept --prune reports/latest`,
		RunE: func(c *cobra.Command, args []string) error {
			if f.prune != "" {
				return prune(d, f, args)
			}
			return accept(d, f, args)
		},
	}
	flags := c.Flags()
	flags.StringArrayVar(&f.operations, "operation", nil, "on this `OPERATION`; needed where the requirement is about several")
	flags.StringVar(&f.target, "target", "", "`NAME` of the target that it fails on, as its file has it; * for every one, which is meant without --run")
	flags.StringVar(&f.cause, "cause", "", "`FINGERPRINT` of the cause, as report.json has it; any for whatever cause, which is meant without --run")
	flags.StringVar(&f.run, "run", "", "accept what fails in this `RUN`: its folder, or its run.jsonl")
	flags.StringVar(&f.reason, "reason", "", "a `SENTENCE`: why it is right to let it pass")
	flags.StringVar(&f.owner, "owner", "", "`WHO` sees to it that this ends")
	flags.StringVar(&f.ticket, "ticket", "", "the `TICKET` that follows it up")
	flags.StringVar(&f.expires, "expires", "", "the last `DAY`: 2026-12-31, or a number of days: 30d")
	flags.StringVar(&f.file, "file", known.File, "`FILE` that holds the list")
	flags.BoolVar(&f.quarantine, "quarantine", false, "it comes out now one way, now the other")
	flags.BoolVar(&f.renew, "renew", false, "give an entry that is there another term, counted from today")
	flags.StringVar(&f.prune, "prune", "", "take out the entries that no longer fail in this `RUN`, which must be a whole one")
	return c
}

func accept(d door, f acceptFlags, patterns []string) error {
	if len(patterns) == 0 {
		return errors.New("accept takes the requirement that fails\nhint: harness accept GOTO-KEY-06 --run reports/latest --reason … --owner … --expires 30d")
	}
	if f.expires == "" {
		return errors.New("--expires is missing: until when?\nhint: --expires 30d")
	}
	chosen, err := choose(nil, nil, nil, nil)
	if err != nil {
		return err
	}
	edit, err := openList(f.file, chosen)
	if err != nil {
		return err
	}
	expires, err := expiry(f.expires, edit.Today)
	if err != nil {
		return err
	}
	run := &evidence.Run{}
	if f.run != "" {
		if run, err = readStored(d, f.run); err != nil {
			return err
		}
	}
	catalogue, err := chosen.withObjectives(run)
	if err != nil {
		return err
	}
	requirements, err := catalogue.Select(patterns)
	if err != nil {
		return err
	}
	places, err := f.places(d, requirements)
	if err != nil {
		return err
	}
	write := edit.Add
	if f.renew {
		write = edit.Renew
	}
	for i := range places {
		p := &places[i]
		p.Reason, p.Owner, p.Ticket, p.Added, p.Expires = f.reason, f.owner, f.ticket, edit.Today, expires
		if err := write(*p, f.quarantine); err != nil {
			return err
		}
	}
	if err := writeWhole(f.file, edit.Data); err != nil {
		return err
	}
	fmt.Fprintf(d.stdout, "written to %s, until %s, which is %d days ahead:\n", f.file, expires, edit.Today.Until(expires))
	for _, p := range places {
		fmt.Fprintf(d.stdout, "  %s on %s, %s, %s\n", p.Requirement, p.Operation, where(p.Target), why(p.Cause, f.renew))
	}
	return nil
}

// openList reads a list that is about to be changed; one that is not there is empty.
func openList(file string, all choice) (*known.Edit, error) {
	if file == "" {
		return nil, errors.New("--file is empty; it names the list")
	}
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("known failures %w", err)
	}
	promises, err := all.promises()
	if err != nil {
		return nil, err
	}
	return &known.Edit{File: file, Promises: promises, Today: today(), Data: data}, nil
}

// expiry reads a day, or a number of days from today.
func expiry(text string, today known.Date) (known.Date, error) {
	var day known.Date
	if digits, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(digits); err == nil && n >= 0 && n < 10000 {
			return today.Plus(n), nil
		}
	}
	if day.UnmarshalText([]byte(text)) != nil {
		return day, fmt.Errorf("--expires %q is neither a day such as %s nor a number of days such as 30d", text, today.Plus(30))
	}
	return day, nil
}

// places are the failures that are meant, without what they have in common.
func (f acceptFlags) places(d door, requirements []requirement.Requirement) ([]known.Failure, error) {
	if f.run != "" {
		return f.fromRun(d, requirements)
	}
	cause := f.cause
	if cause == anyCause {
		cause = ""
	}
	target := f.target
	if target == "" && !f.renew {
		target = known.AnyTarget
	}
	var all []known.Failure
	for _, r := range requirements {
		operations := f.operations
		if len(operations) == 0 && len(r.Operations) == 1 {
			operations = r.Operations
		}
		if len(operations) == 0 {
			return nil, fmt.Errorf("%s is about several operations: on which does it fail?\nhint: --operation, one of %v; or --run, which knows", r.ID, r.Operations)
		}
		for _, operation := range operations {
			all = append(all, known.Failure{Requirement: r.ID, Operation: spelled(operation, r.Operations), Target: target, Cause: cause})
		}
	}
	return all, nil
}

// spelled is the operation as its document spells it.
func spelled(operation string, as []string) string {
	for _, name := range as {
		if strings.EqualFold(name, operation) {
			return name
		}
	}
	return operation
}

// fromRun are the failures of a stored run.
func (f acceptFlags) fromRun(d door, requirements []requirement.Requirement) ([]known.Failure, error) {
	j, target, err := judgeRun(d, f.run)
	if err != nil {
		return nil, err
	}
	if f.target != "" {
		target = f.target
	}
	var all []known.Failure
	var failing []string
	for _, found := range j.Findings {
		if found.Verdict != verdict.Fail && found.Verdict != verdict.Flaky {
			continue
		}
		failing = append(failing, found.Requirement)
		meant := slices.ContainsFunc(requirements, func(r requirement.Requirement) bool { return r.ID == found.Requirement }) &&
			(len(f.operations) == 0 || slices.ContainsFunc(f.operations, func(id string) bool { return strings.EqualFold(id, found.Operation) }))
		switch {
		case !meant:
			continue
		case f.quarantine && found.Verdict == verdict.Fail:
			return nil, fmt.Errorf("%s on %s fails every time in that run\nhint: leave --quarantine out", found.Requirement, found.Operation)
		case !f.quarantine && found.Verdict == verdict.Flaky:
			return nil, fmt.Errorf("%s on %s fails in %s tries of that run\nhint: --quarantine", found.Requirement, found.Operation, strings.Replace(found.Tries, "/", " of ", 1))
		}
		cause := found.Cause
		switch f.cause {
		case "":
		case anyCause:
			cause = ""
		default:
			cause = f.cause
		}
		all = append(all, known.Failure{Requirement: found.Requirement, Operation: found.Operation, Target: target, Cause: cause})
	}
	if len(all) == 0 {
		if len(failing) == 0 {
			return nil, fmt.Errorf("nothing fails in %s", f.run)
		}
		slices.Sort(failing)
		return nil, fmt.Errorf("nothing of that fails in %s\nhint: what fails there is %v", f.run, slices.Compact(failing))
	}
	return all, nil
}

// judgeRun judges a stored run by what this program knows, and names its target.
func judgeRun(d door, path string) (j verdict.Judgement, target string, err error) {
	run, chosen, err := openRun(d, path)
	if err != nil {
		return j, "", err
	}
	return verdict.Judge(chosen.catalogue, run, chosen.apis...), run.Header.Target.Name, nil
}

// prune takes out what no longer fails.
func prune(d door, f acceptFlags, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("--prune takes out whatever no longer fails, and no name beside it: %s", strings.Join(args, " "))
	}
	chosen, err := choose(nil, nil, nil, nil)
	if err != nil {
		return err
	}
	edit, err := openList(f.file, chosen)
	if err != nil {
		return err
	}
	list, err := known.Parse(f.file, edit.Data, edit.Promises, edit.Today)
	if err != nil {
		return err
	}
	j, target, err := judgeRun(d, f.prune)
	if err != nil {
		return err
	}
	j.Accept(list, target, edit.Today)
	var lines []int
	for _, a := range j.Accepted {
		if a.State == verdict.Stale && a.Target == target {
			lines = append(lines, a.Line)
			fmt.Fprintf(d.stdout, "taken out: %s on %s, %s, %s\n", a.Requirement, a.Operation, where(a.Target), responsible(a.Failure))
		}
		if a.State == verdict.Stale && a.Target != target {
			fmt.Fprintf(d.stdout, "left: %s on %s, %s: it holds on %s, and that run says nothing of others\n", a.Requirement, a.Operation, where(a.Target), target)
		}
	}
	if len(lines) == 0 {
		fmt.Fprintln(d.stdout, "nothing to take out")
		return nil
	}
	if err := edit.Drop(lines...); err != nil {
		return err
	}
	return writeWhole(f.file, edit.Data)
}

func where(target string) string {
	switch target {
	case "":
		return "the target that stands there"
	case known.AnyTarget:
		return "every target"
	}
	return "target " + target
}

func why(cause string, renewed bool) string {
	switch {
	case cause != "":
		return "for cause " + cause
	case renewed:
		return "for the cause that stands there"
	}
	return "for whatever cause"
}

func responsible(f known.Failure) string {
	if f.Ticket != "" {
		return f.Owner + ", " + f.Ticket
	}
	return f.Owner
}
