// One run, from a target to what it left behind: load, prepare, do, write.

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"harness/contract"
	_ "harness/contract/genesyscloud" // the suites register themselves
	_ "harness/contract/gotoaccount"
	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/fixture"
	"harness/internal/reference"
	"harness/internal/target"
)

// session is a run that is about to begin.
type session struct {
	choice
	target   *target.Target
	seed     uint64
	command  []string
	confirm  int                      // tries for a failure; 0 means contract.DefaultConfirm
	requests int                      // the most that may be sent, the firmest promises first; 0 is no bound
	beside   bool                     // other sessions run in this process at the same time
	only     func(contract.Case) bool // narrows the cases further; nil does not
	shards   int                      // cases side by side; 0 chooses from how fast the target answers
	noBodies bool                     // leave them out of the evidence
	journals []string                 // folders for what would undo a write; nil for a target that dies with this process
	out      string                   // folder for run.jsonl; "" keeps the run in memory only
	progress func(p progress)         // nil tells nobody
}

// progress is how far a run has come.
type progress struct {
	done, total int
	what        string
}

// evidenceFile is the name of the stream in a run's folder.
const evidenceFile = "run.jsonl"

// run plays the session and returns what it left behind. The error is of the kind that ends a run before anything
// can be judged; a run that got further tells its problem in the footer.
func (s session) run(ctx context.Context) (run *evidence.Run, err error) {
	if !s.beside {
		boundMemory()
	}
	t, stop, err := s.embed()
	if err != nil {
		return nil, err
	}
	defer stop()
	if s.target.Embedded != nil {
		s.journals = nil
	}
	s.target = t
	if err := s.checkExcluded(); err != nil {
		return nil, err
	}
	cases, err := s.cases()
	if err != nil {
		return nil, err
	}
	recorder := &evidence.Recorder{}
	sink := evidence.Sink(recorder.Write)
	if s.out != "" {
		file, failed := s.create()
		if failed != nil {
			return nil, failed
		}
		writer := evidence.NewWriter(file)
		defer func() {
			if failed := errors.Join(writer.Err(), file.Close()); failed != nil && err == nil {
				err = fault{fmt.Errorf("%s: %w", file.Name(), failed)}
			}
		}()
		sink = evidence.Tee(writer.Write, recorder.Write)
	}
	sink(evidence.Record{Header: s.header()})
	limiter := client.NewLimiter(s.target.Limits)
	if s.requests > 0 {
		limiter.Bound(max(1, s.requests-len(s.apis)*client.Probes)) // the others are for the end
	}
	pace, writes := &pace{}, &journal{folders: s.journals, target: t}
	problem := s.play(ctx, cases, limiter, evidence.Tee(sink, pace.note), pace, writes)
	footer := &evidence.Footer{Finished: time.Now().UTC(), Requests: limiter.Sent(), Cases: len(cases), Written: writes.written}
	if problem != nil {
		footer.Problem = problem.Error()
	}
	sink(evidence.Record{Footer: footer})
	return recorder.Run(), nil
}

// usualMemory is what a small machine has to spare.
const usualMemory = 160 << 20

// boundMemory has the garbage collector work harder before the program takes more memory than a small machine has to
// spare, whatever a target sends; GOMEMLIMIT wins.
func boundMemory() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(usualMemory)
	}
}

// play discovers the data and runs the cases.
func (s session) play(ctx context.Context, cases []contract.Case, limiter *client.Limiter, sink evidence.Sink, answers *pace, writes *journal) error {
	seen := &served{}
	sink = evidence.Tee(sink, seen.note)
	clients := map[string]*client.Client{}
	for _, api := range s.apis {
		c, err := client.New(client.Options{API: api, Target: s.target, Sink: sink, Limiter: limiter, Version: tool().Version, NoBodies: s.noBodies})
		if err != nil {
			return err
		}
		defer c.Close()
		clients[api.Name] = c
	}
	s.tell(0, len(cases), "looking for data")
	set, err := fixture.Discover(ctx, clients, s.target, s.seed, s.requests > 0, sink)
	if err != nil {
		return err
	}
	env := &contract.Environment{
		Clients: clients, Fixtures: set, Writes: s.target.Writes, Seed: s.seed, Sink: sink, Confirm: s.confirm,
		Journal: writes.begin,
		Shards:  cmp.Or(s.shards, answers.shards(s.target.Limits.Concurrency)),
		More: func(c contract.Case) bool {
			left, bound := limiter.Left()
			return (!bound || left > aside) && clients[c.API].Lost() == nil
		},
		Progress: func(done, _ int, c contract.Case) { s.tell(min(done, len(cases)), len(cases), c.Operation) },
	}
	play := player(contract.Run)
	if s.beside {
		play = contract.Play
	}
	rest := cases
	if s.requests > 0 {
		left := func() int { n, _ := limiter.Left(); return n }
		if rest, err = s.seeServed(ctx, cases, env, play, seen, left); err != nil {
			return fmt.Errorf("interrupted: %w", err)
		}
	}
	if err := play(ctx, rest, env); err != nil {
		return fmt.Errorf("interrupted: %w", err)
	}
	limiter.Bound(s.requests)
	for _, api := range s.apis {
		if err := clients[api.Name].End(ctx); err != nil {
			return fmt.Errorf("%s: %s: %w", api.Name, s.target.APIs[api.Name].URL, err)
		}
	}
	s.tell(len(cases), len(cases), "")
	return nil
}

// aside is how many requests of a bounded run are kept for the cases that have begun.
const aside = 20

// pace is how fast a target answers, as discovery saw it.
type pace struct {
	mu      sync.Mutex
	seconds []float64
}

func (p *pace) note(r evidence.Record) {
	if r.Exchange != nil {
		p.mu.Lock()
		p.seconds = append(p.seconds, r.Exchange.Seconds)
		p.mu.Unlock()
	}
}

// slow is how long an answer takes from which on it pays to run cases side by side.
const slow = 0.005

// shards chooses how many cases run side by side: one where answers come at once, else as many as the target takes.
func (p *pace) shards(concurrency int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.Sort(p.seconds)
	if len(p.seconds) == 0 || p.seconds[len(p.seconds)/2] < slow {
		return 1
	}
	return concurrency
}

func (s session) tell(done, total int, what string) {
	if s.progress != nil {
		s.progress(progress{done, total, what})
	}
}

// embed starts the reference server when the target asks for it; stop ends it.
func (s session) embed() (t *target.Target, stop func(), err error) {
	e := s.target.Embedded
	if e == nil {
		return s.target, func() {}, s.reachable()
	}
	server, err := listen("127.0.0.1:0", reference.Options{Seed: e.Seed, Licenses: e.Licenses, Users: e.Users, Faults: e.Faults, Variants: e.Variants, Latency: e.Latency})
	if err != nil {
		return nil, nil, err
	}
	t = server.target(s.target.Name)
	t.Excluded = s.target.Excluded
	if s.target.Limits != (target.Limits{}) {
		t.Limits = s.target.Limits
	}
	return t, server.close, nil
}

// reachable says whether the target names every API under test.
func (s session) reachable() error {
	for _, api := range s.apis {
		if s.target.APIs[api.Name] == nil {
			return fmt.Errorf("target %s does not say where %s is\nhint: add it under apis, or leave it out with --api", s.target.Name, api.Name)
		}
	}
	return nil
}

// cases are those that the choice selects. A requirement without a case of its own is judged by the documents'
// check on every answer, so all cases of its operations are run for it.
func (s session) cases() ([]contract.Case, error) {
	all, err := contract.Cases(s.apis...)
	if err != nil {
		return nil, fault{err}
	}
	if s.only != nil {
		return slices.DeleteFunc(all, func(c contract.Case) bool { return !s.only(c) }), nil
	}
	covered := map[string]bool{}
	for _, c := range all {
		for _, id := range c.Requirements {
			covered[id] = true
		}
	}
	wanted := map[string]bool{}
	for _, id := range s.requirements {
		wanted[id] = true
		if covered[id] {
			continue
		}
		r, err := s.catalogue.ByID(id)
		if err != nil {
			return nil, err
		}
		for _, c := range contract.Select(all, r.Operations, nil) {
			for _, id := range c.Requirements {
				wanted[id] = true
			}
		}
	}
	var ids []string
	for id := range maps.Keys(wanted) {
		ids = append(ids, id)
	}
	selected := s.leaveOut(contract.Select(all, s.operations, ids))
	if s.requests > 0 {
		return firmestFirst(s.catalogue, selected), nil
	}
	return selected, nil
}

func (s session) header() *evidence.Header {
	h := &evidence.Header{
		Schema: evidence.Schema, Tool: tool(), Target: evidence.Target{Name: s.target.Name, URLs: map[string]string{}},
		Seed: s.seed, Command: s.command, Started: time.Now().UTC(),
		Selection: evidence.Selection{Operations: s.operations, Requirements: s.requirements, Requests: s.requests, Excluded: s.excluded()},
	}
	for _, api := range s.apis {
		h.Selection.APIs = append(h.Selection.APIs, api.Name)
		h.Documents = append(h.Documents, evidence.Document{API: api.Name, Title: api.Title, Version: api.Version, Digest: api.Digest})
		if at := s.target.APIs[api.Name]; at != nil {
			h.Target.URLs[api.Name] = at.URL
		}
	}
	return h
}

// create opens the evidence file of a run. Answers may hold personal data, so only the owner may read it.
func (s session) create() (*os.File, error) {
	if err := os.MkdirAll(s.out, 0o755); err != nil {
		return nil, fmt.Errorf("--out %s cannot be written: %w", s.out, err)
	}
	file, err := createOwn(filepath.Join(s.out, evidenceFile))
	if err != nil {
		return nil, fmt.Errorf("--out %s cannot be written: %w", s.out, err)
	}
	return file, nil
}

// createOwn opens an empty file that only its owner may read, also where there was one that others could.
func createOwn(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		if err := file.Chmod(0o600); err != nil {
			_ = file.Close()
			return nil, err
		}
	}
	return file, nil
}
