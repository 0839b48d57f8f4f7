// harness target check: what a target gives to judge.

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"harness/contract"
	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/exact"
	"harness/internal/fixture"
	"harness/specs"
)

func newTarget(d door) *cobra.Command {
	check := &cobra.Command{
		Use:   "check FILE",
		Short: "Say what of it answers, and what could be judged",
		Long: `check reads a target file, asks each API as each of its credentials, looks for data as a run would, and lists the
cases that could not be exercised, with what the owner of the target could add. It only reads.`,
		Example: "harness target check staging.yaml",
		Args:    arguments(1, "one target file", "harness init writes one"),
		RunE:    func(c *cobra.Command, args []string) error { return checkTarget(c.Context(), d, args[0]) },
	}
	check.ValidArgsFunction = func(c *cobra.Command, args []string, given string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return yamlFiles(c, args, given)
	}
	return family(&cobra.Command{Use: "target", Short: "Look at a target before testing it, or put back what was written"}, check, restoreCommand(d))
}

func checkTarget(ctx context.Context, d door, file string) error {
	s := session{command: append([]string{"harness"}, os.Args[1:]...)}
	var err error
	if s.choice, err = choose(nil, nil, nil, nil); err != nil {
		return fault{err}
	}
	if s.target, err = open(d, file); err != nil {
		return err
	}
	s.narrow(contractFlags{})
	boundMemory()
	t, stop, err := s.embed()
	if err != nil {
		return err
	}
	defer stop()
	s.target = t
	fmt.Fprintf(d.stdout, "target %s\n", t.Name)
	recorder := &evidence.Recorder{}
	clients := map[string]*client.Client{}
	limiter := client.NewLimiter(t.Limits)
	var first error
	for _, api := range s.apis {
		c, err := client.New(client.Options{API: api, Target: t, Sink: recorder.Write, Limiter: limiter, Version: tool().Version})
		if err != nil {
			return err
		}
		defer c.Close()
		fmt.Fprintf(d.stdout, "\n%s  %s\n", api.Name, t.APIs[api.Name].URL)
		unread := credentials(ctx, d, c)
		looking := working(d, "looking for data of "+api.Name)
		set, err := fixture.Discover(ctx, map[string]*client.Client{api.Name: c}, t, s.seed, false, recorder.Write)
		looking.clear()
		if err != nil {
			fmt.Fprintf(d.stdout, "  nothing to judge: %s\n", err)
			first = errors.Join(first, err)
			continue
		}
		first = errors.Join(first, unread)
		if err := c.Lost(); err != nil {
			fmt.Fprintf(d.stdout, "  %s\n", err)
			first = errors.Join(first, &fixture.Unreachable{API: api.Name, URL: t.APIs[api.Name].URL, Detail: err.Error()})
			continue
		}
		clients[api.Name] = c
		data(d, recorder.Run(), api.Name)
		cases, err := contract.Cases(api)
		if err != nil {
			return fault{err}
		}
		unjudged(d, contract.Plan(ctx, cases, &contract.Environment{Clients: clients, Fixtures: set, Writes: t.Writes, Seed: s.seed}))
	}
	return first
}

// credentials asks an operation that needs no permission, as everybody whom the target knows. The error is an
// *fixture.Unreachable when the default one gets no answer that can be read.
func credentials(ctx context.Context, d door, c *client.Client) (err error) {
	for _, name := range c.Credentials() {
		r := probe(c.API())
		r.Credential = name
		e := c.Send(ctx, r)
		if e.Status == http.StatusBadRequest {
			r.Query = nil // so small a page may be refused
			e = c.Send(ctx, r)
		}
		state := "works"
		switch {
		case !e.OK():
			state = "does not work: " + e.Answered()
		case e.JSON().Kind == exact.Absent:
			state = "does not work: " + e.Answered() + ", no JSON"
		case len(e.Departures) > 0:
			state = "works, and departs from the document: " + exact.Printable(c.Redact(e.Departures[0].String()))
		}
		if name == client.Default && strings.HasPrefix(state, "does not") {
			err = &fixture.Unreachable{API: c.API().Name, URL: e.URL, Answered: e.Err == nil, Detail: strings.TrimPrefix(state, "does not work: ")}
		}
		fmt.Fprintf(d.stdout, "  credential  %-10s %s\n", name, fold(d, state, 25))
	}
	for _, name := range suggested(c.API()) {
		if !c.Has(name) {
			fmt.Fprintf(d.stdout, "  credential  %-10s %s\n", name, fold(d, "not configured: "+c.Why(name), 25))
		}
	}
	return err
}

// probe is a small read of an operation that needs no permission.
func probe(api *specs.API) client.Request {
	if api.Name == specs.Names[0] {
		return client.Request{Operation: api.Operation("scanLicensesByKey"), Query: client.Query("count", 1)}
	}
	return client.Request{Operation: api.Operation("getLicenseUsers"), Query: client.Query("pageSize", 1)}
}

// suggested are the credentials that the suites of an API can use.
func suggested(api *specs.API) []string {
	for _, op := range api.Operations {
		if op.Permissions != nil {
			return []string{"granter", "viewer", "bare"}
		}
	}
	return nil
}

func data(d door, run *evidence.Run, api string) {
	w := table(d)
	defer func() { _ = w.Flush() }() // an error of standard output comes back with what is written next
	for _, f := range run.Fixtures {
		if f.API != api {
			continue
		}
		if f.Found == 0 {
			fmt.Fprintf(w, "  data      \t%s\tnone: %s\n", f.Class, f.Reason)
			continue
		}
		sample := ""
		if len(f.Sample) > 0 {
			sample = "e.g. " + strings.Join(f.Sample[:min(2, len(f.Sample))], " ")
		}
		fmt.Fprintf(w, "  data      \t%s\t%d\t%s\n", f.Class, f.Found, sample)
	}
}

// unjudged lists what the cases miss, by reason.
func unjudged(d door, planned []contract.Planned) {
	var reasons []string
	missing := map[string][]string{}
	judgeable := 0
	for _, p := range planned {
		if p.Reason == "" {
			judgeable++
			continue
		}
		if missing[p.Reason] == nil {
			reasons = append(reasons, p.Reason)
		}
		for _, id := range p.Case.Requirements {
			if !slices.Contains(missing[p.Reason], id) {
				missing[p.Reason] = append(missing[p.Reason], id)
			}
		}
	}
	fmt.Fprintf(d.stdout, "  judgeable   %d of %d cases have what they need to begin\n", judgeable, len(planned))
	for _, reason := range reasons {
		fmt.Fprintf(d.stdout, "  not judged  %s\n              %s\n", fold(d, reason, 14), fold(d, strings.Join(missing[reason], " "), 14))
	}
}
