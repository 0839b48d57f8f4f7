// harness replay: look at one departure again.

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"harness/contract"
	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/exact"
)

func newReplay(d door) *cobra.Command {
	var f replayFlags
	c := &cobra.Command{
		Use:   "replay EXCHANGE",
		Short: "Ask again what broke in a stored run",
		Long: `replay takes the id of an exchange out of a report (evidence, or the line "harness replay …") and looks at it again
on the target: the case that broke over it is run again, with the same seed; an answer that departed from the
document is asked for again.

It says "still fails" or "fails otherwise" (exit 1), "fixed" (exit 0), or "cannot replay" with the reason (exit 3).`,
		Example: "harness replay 1f33e00025 --run reports/latest --target staging.yaml",
		Args:    arguments(1, "the id of one exchange", "a report names them under evidence"),
		RunE:    func(c *cobra.Command, args []string) error { return replay(c.Context(), d, args[0], f) },
	}
	c.Flags().StringVar(&f.run, "run", "reports/latest", "the `RUN` that the exchange is from: its folder, or its run.jsonl")
	targetFlag(c, &f.target, "target `FILE`; needed unless the run was on the embedded reference server")
	return c
}

type replayFlags struct{ run, target string }

func replay(ctx context.Context, d door, id string, f replayFlags) error {
	run, err := readStored(d, f.run)
	if err != nil {
		return err
	}
	e, err := exchangeOf(run, id)
	if err != nil {
		return fmt.Errorf("%s: %w", f.run, err)
	}
	if f.target == "" && run.Header.Target.Name != embeddedName {
		return fmt.Errorf("the run was on target %s\nhint: name its file with --target", run.Header.Target.Name)
	}
	s := session{seed: run.Header.Seed, command: run.Header.Command, journals: journalFolders(d, "")}
	if s.choice, err = choose([]string{e.API}, nil, nil, nil); err != nil {
		return err
	}
	if s.target, err = open(d, f.target); err != nil {
		return err
	}
	if o := brokenOver(run, e.ID); o != nil {
		return replayCase(ctx, d, s, o)
	}
	if len(e.Departures) > 0 {
		return replayExchange(ctx, d, s, e)
	}
	return fmt.Errorf("exchange %s departed in nothing, and no case broke over it: there is nothing to replay", e.ID)
}

// exchangeOf finds an exchange by its id, or by a beginning of it that no other has.
func exchangeOf(run *evidence.Run, id string) (*evidence.Exchange, error) {
	var found *evidence.Exchange
	for i := range run.Exchanges {
		if e := &run.Exchanges[i]; strings.HasPrefix(e.ID, strings.ToLower(id)) && id != "" {
			if found != nil {
				return nil, fmt.Errorf("several exchanges begin with %q", id)
			}
			found = e
		}
	}
	if found == nil {
		return nil, fmt.Errorf("no exchange %q in that run", id)
	}
	return found, nil
}

func brokenOver(run *evidence.Run, id string) *evidence.Outcome {
	for i := range run.Outcomes {
		o := &run.Outcomes[i]
		if o.Failure != nil && slices.Contains(o.Exchanges, id) {
			return o
		}
	}
	return nil
}

// replayCase runs the case again that broke.
func replayCase(ctx context.Context, d door, s session, broken *evidence.Outcome) error {
	s.only = func(c contract.Case) bool { return c.Name() == broken.Case }
	run, err := s.run(ctx)
	if err != nil {
		return err
	}
	if len(run.Outcomes) != 1 {
		return cannotReplay(d, run.Footer.Problem, "the suites have no case "+broken.Case)
	}
	switch o := run.Outcomes[0]; o.Result {
	case evidence.Broken, evidence.Flaky:
		fmt.Fprintf(d.stdout, "still fails: %s: %s\n", strings.Join(o.Requirements, " "), o.Failure.Message)
		tellFailure(d, o.Failure)
		return exit{exitViolated}
	case evidence.Kept, evidence.Observed:
		fmt.Fprintf(d.stdout, "fixed: %s: %s\n", strings.Join(o.Requirements, " "), exact.Printable(broken.Failure.Message))
		return nil
	default:
		return cannotReplay(d, o.Reason, string(o.Result))
	}
}

// replayExchange asks for an answer again that departed from the document.
func replayExchange(ctx context.Context, d door, s session, e *evidence.Exchange) error {
	boundMemory()
	t, stop, err := s.embed()
	if err != nil {
		return err
	}
	defer stop()
	c, err := client.New(client.Options{API: s.apis[0], Target: t, Version: tool().Version})
	if err != nil {
		return err
	}
	defer c.Close()
	op := s.apis[0].Operation(e.Operation)
	below := belowBase(e.Request.URL, s.apis[0].BasePath)
	if op == nil || below == "" {
		return cannotReplay(d, "", "the document has no operation "+e.Operation)
	}
	r := client.Request{Operation: op, Method: e.Request.Method, Raw: below, Credential: e.Credential}
	if e.Request.Body != "" {
		r.Body = []byte(e.Request.Body)
	}
	again := c.Send(ctx, r)
	if !again.Judgeable() {
		return cannotReplay(d, again.Answered(), "")
	}
	for _, now := range again.Departures {
		for _, then := range e.Departures {
			if now.Requirement == then.Requirement {
				fmt.Fprintf(d.stdout, "still fails: %s: %s\n", now.Requirement, c.Redact(now.String()))
				tellFailure(d, &evidence.Failure{Asked: c.Redact(again.Asked()), Got: again.Answered(), Reproduce: []string{c.Curl(again)}})
				return exit{exitViolated}
			}
		}
	}
	if len(again.Departures) > 0 {
		fmt.Fprintf(d.stdout, "fails otherwise: %s: %s\n", again.Departures[0].Requirement, c.Redact(again.Departures[0].String()))
		tellFailure(d, &evidence.Failure{Asked: c.Redact(again.Asked()), Got: again.Answered(), Reproduce: []string{c.Curl(again)}})
		return exit{exitViolated}
	}
	if then := e.Response; then != nil && !alike(then.Status, again.Status) {
		return cannotReplay(d, fmt.Sprintf("the answer is another one: %s; it was %d", again.Answered(), then.Status))
	}
	fmt.Fprintf(d.stdout, "fixed: %s: %s\n", e.Departures[0].Requirement, exact.Printable(e.Departures[0].Message))
	return nil
}

// alike says whether an answer without departures shows that one with another status is mended. A refusal shows
// nothing of a success, nor the other way round; a success does of what no document has, such as 500.
func alike(then, now int) bool {
	return then/100 == now/100 || now/100 == 2 && then/100 != 4
}

// belowBase is what stands behind the base path in a URL: path and query as the client takes them.
func belowBase(url, basePath string) string {
	_, rest, _ := strings.Cut(url, "://")
	_, target, ok := strings.Cut(rest, "/")
	if !ok {
		return ""
	}
	return strings.TrimPrefix("/"+target, basePath)
}

func cannotReplay(d door, reasons ...string) error {
	reason := strings.Join(slices.DeleteFunc(reasons, func(r string) bool { return r == "" }), ": ")
	fmt.Fprintf(d.stdout, "cannot replay: %s\n", exact.Printable(reason))
	return exit{exitNotJudged}
}

func tellFailure(d door, f *evidence.Failure) {
	for _, line := range []struct{ name, text string }{
		{"asked", f.Asked}, {"expected", f.Expected}, {"got", f.Got}, {"likely", f.Likely}, {"reproduce", strings.Join(f.Reproduce, "\n")},
	} {
		if line.text != "" {
			fmt.Fprintf(d.stdout, "  %-10s  %s\n", line.name, strings.ReplaceAll(line.text, "\n", "\n              "))
		}
	}
}
