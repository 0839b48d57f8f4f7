// harness load: play a scenario at a target.

package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"harness/internal/nearest"
	"harness/internal/report"
	"harness/internal/target"
	"harness/internal/verdict"
	"harness/load"
)

// loadFlags are the flags of harness load as they were given.
type loadFlags struct {
	target, transport, validate           string
	rate, duration, abortOn               string
	workers                               int
	out, metrics, vegeta                  string
	failOn, seed, format, baseline, store string
	write                                 []string // FORMAT=FILE
	known                                 knownFile
	all, dryRun, noBodies                 bool
}

// The transports of a load run.
const (
	transportFast = "fast"
	transportStd  = "std"
)

func newLoad(d door) *cobra.Command {
	var f loadFlags
	c := &cobra.Command{
		Use:   "load SCENARIO",
		Short: "Play a scenario at a target, every answer held against its document",
		Long: `load plays a scenario: requests that are due whether or not the API keeps up. Times run from the moment a request
was due, every answer is held against its document, and a run in which this machine was the bottleneck is invalid. It
only reads. Without --target it plays at the reference server, started in a process of its own.

harness list scenarios names those that come with the program. A target must allow load in its file, under limits.load;
a run that would exceed that is refused. Ctrl-C stops and waits for what is in flight, twice stops at once; what was
measured is reported either way.`,
		Example: `harness load scan-walk
harness load mixed --target staging.yaml --rate 50/s --duration 5m --out reports/load
harness load my-scenario.yaml --target staging.yaml --abort-on 'p99 > 2s for 30s'`,
		Args: arguments(1, "one scenario, by name or file", "harness list scenarios"),
		RunE: func(c *cobra.Command, args []string) error {
			return playLoad(c.Context(), d, args[0], f, c.Flags().Changed, os.Args[1:])
		},
	}
	flags := c.Flags()
	targetFlag(c, &f.target, "target `FILE`; the reference server, in a process of its own, without it")
	flags.StringVar(&f.rate, "rate", "", "highest `RATE` of the scenario's pace, the rest in proportion: 1000/s")
	flags.StringVar(&f.duration, "duration", "", "`TIME` that the scenario takes, warm-up left out; of a breakpoint search that of one level: 30s")
	flags.IntVar(&f.workers, "workers", 0, "the greatest `NUMBER` of requests in flight at once")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be sent, and send nothing")
	flags.StringVar(&f.abortOn, "abort-on", "", "end the run in the window that loses this `OBJECTIVE`: its id, or 'p99 > 500ms for 10s'")
	choiceFlag(c, &f.transport, "transport", transportFast, "`NAME` of the way to speak HTTP; std is Go's own, for proxies and HTTP/2", []string{transportFast, transportStd})
	choiceFlag(c, &f.validate, "validate", "all", "`WHICH` answers are held against their document; sample=N is every Nth", []string{"all", "sample=N", "none"})
	seedFlag(c, &f.seed)
	flags.StringVar(&f.metrics, "metrics", "", "serve metrics for Prometheus at this `ADDRESS` while the run lasts: :9102, on this machine alone unless it names a host")
	flags.StringVar(&f.vegeta, "vegeta", "", "write every request to a `FILE` that vegeta report and vegeta plot read")
	runFlags(c, runFlagValues{&f.out, &f.store, &f.baseline, &f.format, &f.failOn, &f.write, &f.known, &f.noBodies, &f.all})
	return c
}

func playLoad(ctx context.Context, d door, name string, f loadFlags, given func(string) bool, args []string) error {
	format, err := report.FormatNamed(f.format)
	if err != nil {
		return err
	}
	gate, err := verdict.FailOnNamed(f.failOn)
	if err != nil {
		return err
	}
	l, err := f.read(d, name, given, args)
	if err != nil {
		return err
	}
	if f.dryRun {
		return l.dryRun(d)
	}
	copies, err := writes(f.write)
	if err != nil {
		return err
	}
	list, err := f.known.load()
	if err != nil {
		return err
	}
	end := ending{documents: l.apis, known: list, out: f.out, stored: f.out, store: f.store, gate: gate, format: format, copies: copies, all: f.all}
	if f.baseline != "" {
		base, err := snapshot(d, f.baseline, &l.choice, list)
		if err != nil {
			return fmt.Errorf("--baseline: %w", err)
		}
		end.base = &base
	}
	run, err := l.run(ctx)
	if err != nil {
		return err
	}
	return conclude(d, run, verdict.Judge(l.catalogue, run, l.apis...), end)
}

// read turns the flags into a run that is about to begin, and refuses one that the target does not allow.
func (f loadFlags) read(d door, name string, given func(string) bool, args []string) (*loading, error) {
	scenario, err := load.Read(name)
	if err != nil {
		return nil, err
	}
	l := &loading{
		session:  session{out: f.out, noBodies: f.noBodies, command: append([]string{"harness"}, args...)},
		door:     d,
		scenario: scenario, transport: f.transport, validate: f.validate, metrics: f.metrics, vegeta: f.vegeta,
	}
	if err := f.change(scenario, given); err != nil {
		return nil, err
	}
	if transports := []string{transportFast, transportStd}; !slices.Contains(transports, f.transport) {
		return nil, nearest.Error("transport", f.transport, transports, "")
	}
	if l.sample, err = sampling(f.validate); err != nil {
		return nil, err
	}
	if l.seed, err = seed(f.seed); err != nil {
		return nil, err
	}
	var apis []string
	for _, step := range scenario.Steps {
		apis = append(apis, step.API)
	}
	if l.choice, err = choose(apis, nil, nil, nil); err != nil {
		return nil, err
	}
	if l.target, err = open(d, f.target); err != nil {
		return nil, err
	}
	if l.target.Embedded == nil {
		if err := l.reachable(); err != nil {
			return nil, err
		}
	}
	if err := l.allowed(); err != nil {
		return nil, err
	}
	if given("abort-on") {
		o, err := scenario.Abort(f.abortOn)
		if err != nil {
			return nil, fmt.Errorf("--abort-on: %w", err)
		}
		l.watchdog = &load.Watchdog{Objective: o}
	}
	return l, nil
}

// change plays the scenario at another rate, for another time, with other workers than its file says.
func (f loadFlags) change(s *load.Scenario, given func(string) bool) error {
	var rate float64
	var duration time.Duration
	var err error
	if given("rate") {
		if rate, err = load.ParseRate(f.rate); err != nil {
			return fmt.Errorf("--rate: %w", err)
		}
		if rate == 0 {
			return fmt.Errorf("--rate: %s sends nothing", f.rate)
		}
	}
	if given("duration") {
		if duration, err = time.ParseDuration(f.duration); err != nil {
			return fmt.Errorf("--duration: %q is no duration\nhint: write a number and a unit: 30s, 10m", f.duration)
		}
		if duration <= 0 {
			return fmt.Errorf("--duration: %s sends nothing", f.duration)
		}
	}
	if given("workers") {
		if f.workers < 1 || f.workers > mostWorkers {
			return fmt.Errorf("--workers %d: between 1 and %d are meant", f.workers, mostWorkers)
		}
		s.Workers = f.workers
		if s.Pace.Kind == "closed" {
			s.Pace.Workers = f.workers
		}
	}
	if s.Pace, err = s.Pace.With(rate, duration); err != nil {
		return fmt.Errorf("scenario %s: %w", s.Name, err)
	}
	return nil
}

// mostWorkers bounds requests in flight: there are no more ports than that to send them from.
const mostWorkers = 60_000

// sampling reads --validate: every how-manieth answer is held against its document, 0 for none.
func sampling(text string) (uint64, error) {
	switch text {
	case "all":
		return 1, nil
	case "none":
		return 0, nil
	}
	if number, ok := strings.CutPrefix(text, "sample="); ok {
		if n, err := strconv.ParseUint(number, 10, 32); err == nil && n > 0 {
			return n, nil
		}
		return 0, fmt.Errorf("--validate %q: sample=N holds every Nth answer against its document, and N is a number from 1 on", text)
	}
	return 0, fmt.Errorf("--validate: %w", nearest.Error("choice", text, []string{"all", "sample=N", "none"}, ""))
}

// allowed refuses a run that the target's file does not allow: none at all, or one so fast or so long. Nothing has been
// sent yet.
func (l *loading) allowed() error {
	t, s := l.target, l.scenario
	limit := t.Limits.Load
	if limit == nil && t.Embedded != nil {
		limit = &target.LoadLimit{Rate: target.Rate{Count: load.MostRate, Per: time.Second}, Duration: embeddedLoad}
	}
	if limit == nil {
		return fmt.Errorf("target %s allows no load\nhint: ask its owner how much it bears, then say so in its file: limits: {load: {rate: 50/s, duration: 10m}}", t.Name)
	}
	most := limit.Rate.PerSecond()
	if s.Pace.Kind == "breakpoint" && s.Pace.Rate <= most {
		s.Pace.Peak = min(s.Pace.Peak, most) // a search ends where the target says, at the latest
	}
	if highest := s.Pace.Highest(); highest > most {
		return fmt.Errorf("scenario %s asks for up to %g/s, and target %s allows %s\nhint: --rate %s", s.Name, highest, t.Name, limit.Rate, limit.Rate)
	}
	if length := s.Warmup + s.Pace.Length(); length > limit.Duration {
		return fmt.Errorf("scenario %s takes up to %s, and target %s allows load for %s\nhint: --duration makes it shorter", s.Name, length, t.Name, limit.Duration)
	}
	if s.Pace.Kind == "closed" && t.Embedded == nil {
		// Nobody knows how fast the answers come; the target's word holds all the same.
		s.Pace.Most = most
	}
	return nil
}

// embeddedLoad is the longest run at the reference server, which nobody else uses.
const embeddedLoad = 24 * time.Hour
