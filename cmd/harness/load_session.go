// One load run, from a target to what it left behind: start, look for data, play, write.

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/fixture"
	"harness/internal/target"
	"harness/load"
	"harness/specs"
)

// loading is a load run that is about to begin.
type loading struct {
	session
	door      door
	scenario  *load.Scenario
	transport string // as asked for
	validate  string
	sample    uint64
	watchdog  *load.Watchdog // nil ends the run for nothing
	metrics   string         // address; "" serves none
	vegeta    string         // file; "" writes none
}

// run plays the scenario and returns what it left behind. The evidence is on disk while the run goes on, in memory
// only once it is over: memory stays flat however long it takes. The error is of the kind that ends a run before
// anything can be judged.
func (l *loading) run(ctx context.Context) (*evidence.Run, error) {
	boundMemory()
	t, stop, err := l.serve()
	if err != nil {
		return nil, err
	}
	defer stop()
	l.target = t
	if l.out == "" {
		folder, err := os.MkdirTemp("", "harness-load-")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		l.out = folder
	}
	collected, err := l.collect()
	if err != nil {
		return nil, err
	}
	defer collected.close()
	file, err := l.create()
	if err != nil {
		return nil, err
	}
	writer := evidence.NewWriter(file)
	err = l.write(ctx, writer.Write, collected)
	if failed := errors.Join(writer.Err(), file.Close()); failed != nil {
		return nil, fault{fmt.Errorf("%s: %w", file.Name(), failed)}
	}
	if err != nil {
		return nil, err
	}
	run, err := readStored(l.door, l.out)
	if err != nil {
		return nil, fault{err}
	}
	return run, nil
}

// write writes the evidence, from header to footer. A run that finds no data for its scenario has an error instead of
// something to judge.
func (l *loading) write(ctx context.Context, sink evidence.Sink, collected *collected) error {
	sink(evidence.Record{Header: l.header()})
	limiter := client.NewLimiter(l.target.Limits)
	footer := &evidence.Footer{}
	problem := l.play(ctx, sink, limiter, collected, footer)
	var lacking *lacking
	if problem != nil && footer.Problem == "" {
		footer.Problem = problem.Error()
	}
	footer.Finished, footer.Requests = time.Now().UTC(), limiter.Sent()
	sink(evidence.Record{Footer: footer})
	if errors.As(problem, &lacking) && !lacking.departed {
		return lacking.err
	}
	return nil
}

// lacking is the error of a target without data for the scenario. One whose answers departed from the document may have
// data all the same: that is no mistake of whoever asked for the run.
type lacking struct {
	err      error
	departed bool
}

func (l *lacking) Error() string { return l.err.Error() }

// play looks for data and plays the scenario on it.
func (l *loading) play(ctx context.Context, sink evidence.Sink, limiter *client.Limiter, collected *collected, footer *evidence.Footer) error {
	looking := working(l.door, "looking for data")
	defer looking.clear()
	plan, clients, err := l.compose(ctx, sink, limiter)
	for _, c := range clients {
		defer c.Close()
	}
	record, way := l.scenario.Record(), (*wires)(nil)
	if err == nil {
		record = plan.Record()
		way, err = l.connect(ctx, sink, limiter)
	}
	if err != nil {
		record.Transport, record.Validate = l.transport, l.validate
		sink(evidence.Record{Load: record})
		return err
	}
	defer way.close()
	record.Transport, record.Validate, record.Note = way.name, l.validate, words(record.Note, way.note)
	sink(evidence.Record{Load: record})
	looking.clear()
	if record.Note != "" {
		fmt.Fprintln(l.door.stderr, "harness: "+record.Note)
	}
	view := l.view(*record)
	defer view.Close()
	collected.begin(*record)
	garbage := newCollector(l.scenario.InFlight())
	defer garbage.restore()
	stopping := newInterruption(view.Say)
	defer stopping.end()
	aborted := ""
	outcome, err := load.PlayScenario(ctx, stopping.abandoned, plan, load.Options{
		Clients: clients, Transport: way.of, Guard: l.guard, Sample: l.sample, Timeout: l.target.Limits.Timeout,
		Seed: l.seed, Sink: sink, Opened: way.opened, Limiter: limiter, Results: collected.results(),
		Watch: func(t evidence.Tick) string {
			garbage.adapt()
			view.Tick(t)
			collected.tick(t)
			if reason := swollen(t); reason != "" {
				stopping.abandon()
				return reason
			}
			if l.watchdog != nil && aborted == "" {
				aborted = l.watchdog.Watch(t)
				return aborted
			}
			return ""
		},
	})
	if err != nil {
		return err
	}
	if aborted != "" && outcome.Problem == aborted {
		footer.Stopped = aborted
		view.Close()
		fmt.Fprintln(l.door.stderr, "harness: stopped: "+aborted)
		return nil
	}
	footer.Problem = outcome.Problem
	return nil
}

// compose looks for data, as a contract run does and within the same limits, and gives it to the scenario.
func (l *loading) compose(ctx context.Context, sink evidence.Sink, limiter *client.Limiter) (plan load.Plan, clients map[string]*client.Client, err error) {
	clients, apis := map[string]*client.Client{}, map[string]*specs.API{}
	var departed atomic.Bool
	sink = evidence.Tee(sink, func(r evidence.Record) {
		if r.Exchange != nil && len(r.Exchange.Departures) > 0 {
			departed.Store(true)
		}
	})
	for _, api := range l.apis {
		c, err := client.New(client.Options{API: api, Target: l.target, Sink: sink, Limiter: limiter, Version: tool().Version, NoBodies: l.noBodies})
		if err != nil {
			return plan, clients, err
		}
		clients[api.Name], apis[api.Name] = c, api
	}
	set, err := fixture.Discover(ctx, clients, l.target, l.seed, true, sink)
	if err != nil {
		return plan, clients, err
	}
	load.Deepen(ctx, l.scenario, set, clients)
	for _, api := range l.apis {
		if err := clients[api.Name].Lost(); err != nil {
			return plan, clients, fmt.Errorf("%s: %s: %w", api.Name, l.target.APIs[api.Name].URL, err)
		}
	}
	if ctx.Err() != nil {
		return plan, clients, errors.New("interrupted")
	}
	plan, err = load.Compose(l.scenario, set, apis, l.seed)
	if err != nil {
		return plan, clients, &lacking{err, departed.Load()}
	}
	return plan, clients, nil
}

// guard stands before every request: reads of the scenario's operations, and nothing else.
func (l *loading) guard(api *specs.API, operations []*specs.Operation, next http.RoundTripper) (http.RoundTripper, error) {
	return client.NewReadGuard(api, l.target, operations, next)
}

// serve starts the reference server when the target asks for it, in a process of its own: what it takes of processor
// and memory is then not the generator's. stop ends it.
func (l *loading) serve() (t *target.Target, stop func(), err error) {
	if l.target.Embedded == nil {
		return l.target, func() {}, nil
	}
	t, stop, err = spawn(l.target.Embedded)
	if err != nil {
		return nil, nil, err
	}
	t.Name, t.Excluded = l.target.Name, l.target.Excluded
	if l.target.Limits != (target.Limits{}) {
		t.Limits = l.target.Limits
	}
	return t, stop, nil
}

// words joins what is not empty.
func words(texts ...string) string {
	var kept []string
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, "; ")
}
