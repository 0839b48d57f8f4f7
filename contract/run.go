// Running cases: Ginkgo runs them, our own model says how they came out.

package contract

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"

	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/fixture"
	"harness/internal/target"
)

// Environment is what cases run against.
type Environment struct {
	Clients  map[string]*client.Client // by API
	Fixtures *fixture.Set
	Writes   target.Writes
	Seed     uint64
	Sink     evidence.Sink
	// Journal is told of each change before the first request that makes it, and keeps it from being made with an error;
	// done is told whether it was undone. nil tells nobody.
	Journal func(Change) (done func(undone bool), err error)
	// Confirm is how many tries a failure is given before it is believed; 0 means DefaultConfirm.
	Confirm int
	// Shards is how many cases run side by side; 0 means 1. Cases that write run alone.
	Shards int
	// More says before each case whether it is begun; nil means it is. Cases that are not begun have no outcome.
	More func(Case) bool
	// Progress is told when a case begins; nil tells nobody. It is not called concurrently.
	Progress func(done, total int, c Case)

	mu      sync.Mutex
	memos   map[string]memo
	held    int                    // bytes of the answers that the memos were made of
	fetches map[string]*sync.Mutex // by read
	served  map[string]bool        // API and operation that answered with success
}

// Change is what a case is about to change on a target: one licence of one user.
type Change struct {
	API, User, License string
	Held               bool // how it is found
}

// DefaultConfirm is how many tries a failure is given: all broken is broken, some is flaky.
const DefaultConfirm = 3

// mostHeld is how many bytes of answers the reads of a run may be made of that it remembers at one time: ten times what
// they are on a well-behaved target.
const mostHeld = 16 << 20

func (env *Environment) remembered(api, name string) (memo, bool) {
	env.mu.Lock()
	defer env.mu.Unlock()
	m, ok := env.memos[api+" "+name]
	return m, ok
}

func (env *Environment) remember(api, name string, m memo) {
	env.mu.Lock()
	defer env.mu.Unlock()
	if env.memos == nil || env.held+m.size > mostHeld {
		env.memos, env.held = map[string]memo{}, 0 // read again by whoever wants it
	}
	env.held += m.size - env.memos[api+" "+name].size
	env.memos[api+" "+name] = m
}

// reading keeps a read to one case at a time, until the function that it returns is called.
func (env *Environment) reading(name string) (done func()) {
	env.mu.Lock()
	if env.fetches == nil {
		env.fetches = map[string]*sync.Mutex{}
	}
	if env.fetches[name] == nil {
		env.fetches[name] = &sync.Mutex{}
	}
	fetch := env.fetches[name]
	env.mu.Unlock()
	fetch.Lock()
	return fetch.Unlock
}

func (env *Environment) answered(api, operation string) {
	env.mu.Lock()
	defer env.mu.Unlock()
	if env.served == nil {
		env.served = map[string]bool{}
	}
	env.served[api+" "+operation] = true
}

func (env *Environment) hasAnswered(api, operation string) bool {
	env.mu.Lock()
	defer env.mu.Unlock()
	return env.served[api+" "+operation]
}

// quiet is the testing.T that Ginkgo wants; how cases came out stands in the evidence.
type quiet struct{}

func (quiet) Fail() {}

// Run runs the cases, in their order and as many side by side as the environment says, and writes an outcome for each.
// It may be called again in the same process, not at the same time. A cancelled context ends the run after the cases
// at hand; its cause is returned.
func Run(ctx context.Context, cases []Case, env *Environment) error {
	globals.Reset()
	stdout := formatter.ColorableStdOut
	formatter.ColorableStdOut = io.Discard
	defer func() { formatter.ColorableStdOut = stdout; globals.Reset() }()

	outcome, wait := start(ctx, cases, env)
	defer wait()
	build(cases, func(i int) {
		if o, ok := <-outcome[i]; ok {
			report(env, o)
		}
	})
	suite, reporter := ginkgo.GinkgoConfiguration()
	suite.RandomSeed = int64(env.Seed >> 1)
	suite.ParallelTotal = 1
	reporter.NoColor, reporter.Succinct = true, true
	ginkgo.RunSpecs(quiet{}, "contract", suite, reporter)
	return context.Cause(ctx)
}

// Play is Run without Ginkgo: the same cases, tries and outcomes. It may be called many times at once in one process.
func Play(ctx context.Context, cases []Case, env *Environment) error {
	outcome, wait := start(ctx, cases, env)
	defer wait()
	for i := range cases {
		if o, ok := <-outcome[i]; ok {
			env.record(o)
		}
	}
	return context.Cause(ctx)
}

func (env *Environment) record(o evidence.Outcome) {
	if env.Sink != nil {
		if c := env.Clients[o.API]; c != nil {
			redact(&o, c.Redact)
		}
		env.Sink(evidence.Record{Outcome: &o})
	}
}

// redact takes secrets out of what an outcome quotes: a server may say back what it was told, as its data even.
func redact(o *evidence.Outcome, text func(string) string) {
	o.Reason = text(o.Reason)
	if f := o.Failure; f != nil {
		for _, said := range []*string{&f.Message, &f.Asked, &f.Expected, &f.Got, &f.Likely} {
			*said = text(*said)
		}
	}
	if o.Observation != nil {
		told := map[string]string{}
		for question, answer := range o.Observation {
			told[text(question)] = text(answer)
		}
		o.Observation = told
	}
}

// start plays the cases in their order, several side by side. The outcome of each comes through its channel, which is
// closed without one for a case that the context kept from being run; wait returns when all are over.
//
// Cases that write run one after another in a row of their own, so that while one of them has its API to itself the
// others look at the other API.
func start(ctx context.Context, cases []Case, env *Environment) (outcome []chan evidence.Outcome, wait func()) {
	outcome = make([]chan evidence.Outcome, len(cases))
	writing := map[string]*sync.RWMutex{} // by API; held for reading by cases that may have company
	rows := [2][]int{}                    // in company, and alone
	for i, c := range cases {
		outcome[i] = make(chan evidence.Outcome, 1)
		if writing[c.API] == nil {
			writing[c.API] = &sync.RWMutex{}
		}
		row := 0
		if c.Alone && env.Shards > 1 {
			row = 1
		}
		rows[row] = append(rows[row], i)
	}
	var mu sync.Mutex // begun and progress
	begun := 0
	play := func(i int) {
		defer close(outcome[i])
		if ctx.Err() != nil || env.More != nil && !env.More(cases[i]) {
			return
		}
		mu.Lock()
		if env.Progress != nil {
			env.Progress(begun, len(cases), cases[i])
		}
		begun++
		mu.Unlock()
		outcome[i] <- runLocked(ctx, cases[i], env, writing[cases[i].API])
	}
	var workers sync.WaitGroup
	for row, width := range []int{max(1, env.Shards), 1} {
		var next atomic.Int64
		for range width {
			workers.Go(func() {
				for n := next.Add(1) - 1; n < int64(len(rows[row])); n = next.Add(1) - 1 {
					play(rows[row][n])
				}
			})
		}
	}
	return outcome, workers.Wait
}

func runLocked(ctx context.Context, c Case, env *Environment, writing *sync.RWMutex) evidence.Outcome {
	if c.Alone {
		writing.Lock()
		defer writing.Unlock()
	} else {
		writing.RLock()
		defer writing.RUnlock()
	}
	return run(ctx, c, env)
}

// build lays the cases out as Ginkgo's tree: API, operation, case, with the requirements as labels. The body is given
// the case's index.
func build(cases []Case, body func(i int)) {
	for i := 0; i < len(cases); {
		api := cases[i].API
		first := i
		for i < len(cases) && cases[i].API == api {
			i++
		}
		end := i
		ginkgo.Describe(api, func() { buildOperations(cases, first, end, body) })
	}
}

func buildOperations(cases []Case, first, end int, body func(i int)) {
	for i := first; i < end; {
		operation := cases[i].Operation
		first := i
		for i < end && cases[i].Operation == operation {
			i++
		}
		last := i
		ginkgo.Describe(operation, func() {
			for i := first; i < last; i++ {
				ginkgo.It(cases[i].Text, ginkgo.Label(cases[i].Requirements...), func() { body(i) })
			}
		})
	}
}

// report writes the outcome and tells Ginkgo.
func report(env *Environment, o evidence.Outcome) {
	env.record(o)
	switch o.Result {
	case evidence.Broken, evidence.Flaky:
		ginkgo.Fail(strings.Join(o.Requirements, " ") + ": " + o.Failure.Message)
	case evidence.Crashed:
		ginkgo.Fail(o.Reason)
	case evidence.NotExercised, evidence.Inconclusive:
		ginkgo.Skip(o.Reason)
	}
}

// run gives a case its tries. A first try that breaks is confirmed by others that read afresh what they compare
// against; tries during which the data moved do not count.
func run(ctx context.Context, c Case, env *Environment) evidence.Outcome {
	started := time.Now()
	o := evidence.Outcome{Case: c.Name(), API: c.API, Operation: c.Operation, Requirements: c.Requirements, Where: c.Where}
	want := env.Confirm
	if want == 0 {
		want = DefaultConfirm
	}
	var first *T
	var firstStop stop
	var kept, broken, void int
	var reason string
	for o.Tries = 1; ; o.Tries++ {
		t := newT(ctx, c, env, o.Tries)
		s := t.attempt()
		for _, e := range t.exchanges {
			o.Exchanges = append(o.Exchanges, e.id)
		}
		if s.result == evidence.Kept && o.Tries == 1 || s.result == evidence.Observed || s.result == evidence.NotExercised || s.result == evidence.Crashed {
			o.Result, o.Reason, o.Observation = s.result, s.reason, t.observation
			break
		}
		moved := t.safelyMoved()
		switch {
		case s.result == evidence.Inconclusive:
			void, reason = void+1, s.reason
		case len(moved) > 0:
			void, reason = void+1, "the data moved while it was looked at: "+strings.Join(moved, ", ")
		case s.result == evidence.Broken:
			broken++
			if first == nil {
				first, firstStop = t, s
			}
		default:
			kept++
		}
		if broken+kept >= want || void >= want || ctx.Err() != nil {
			o.Result, o.Reason = settle(kept, broken, void), reason
			if o.Result == evidence.Flaky && first.watching {
				o.Result, o.Reason = evidence.Inconclusive, "the data changed once while it was watched, and not when it was tried again"
			}
			break
		}
	}
	if first != nil && (o.Result == evidence.Broken || o.Result == evidence.Flaky) {
		o.Failure, o.Reason = first.explain(firstStop, broken, broken+kept), ""
		o.BrokenTries = broken
		o.Tries = broken + kept
		o.Exchanges = append(ids(firstStop.about), o.Exchanges...)
	}
	if o.Result == evidence.Kept {
		o.Reason = ""
	}
	o.Exchanges = unique(o.Exchanges)
	o.Seconds = time.Since(started).Seconds()
	return o
}

// settle weighs the tries that counted; a single broken one among tries that could not be judged is not enough.
func settle(kept, broken, void int) evidence.Result {
	switch {
	case void > 0 && kept+broken < 2:
		return evidence.Inconclusive
	case broken > 0 && kept > 0:
		return evidence.Flaky
	case broken > 0:
		return evidence.Broken
	case kept > 0:
		return evidence.Kept
	}
	return evidence.Inconclusive
}

func newT(ctx context.Context, c Case, env *Environment, try int) *T {
	h := fnv.New64a()
	_, _ = io.WriteString(h, c.API+" "+c.Name()) // a hash never fails to write
	return &T{
		Fixtures: env.Fixtures, Rand: rand.New(rand.NewPCG(env.Seed, h.Sum64())),
		ctx: ctx, env: env, c: c, api: env.Clients[c.API], try: try, reads: map[string]*read{},
	}
}

// attempt runs the body once and says how it ended.
func (t *T) attempt() (s stop) {
	defer func() {
		switch p := recover().(type) {
		case nil:
			s = stop{result: evidence.Kept}
			if t.observation != nil {
				s.result = evidence.Observed
			}
		case stop:
			s = p
		default:
			s = stop{result: evidence.Crashed, reason: fmt.Sprintf("the case itself went wrong: %s\n%s", bounded(t.redact(fmt.Sprint(p))), debug.Stack())}
		}
	}()
	t.c.body(t)
	return s
}

// safelyMoved is moved for a target that may answer anything: a read that cannot be made again has moved.
func (t *T) safelyMoved() (names []string) {
	defer func() {
		if p := recover(); p != nil {
			names = append(names, fmt.Sprintf("a read could not be repeated (%s)", bounded(t.redact(fmt.Sprint(p)))))
		}
	}()
	return t.moved()
}

// explain completes a failure with how to see it again and what was ruled out.
func (t *T) explain(s stop, broken, tries int) *evidence.Failure {
	f := *s.failure
	for _, text := range []*string{&f.Message, &f.Asked, &f.Expected, &f.Got, &f.Likely} {
		*text = bounded(*text)
	}
	for _, e := range s.about {
		f.Reproduce = append(f.Reproduce, t.api.Curl(e))
		if len(f.Reproduce) == 4 {
			break
		}
	}
	if len(t.reads) > 0 {
		f.RuledOut = append(f.RuledOut, "data moved (two reads agree)")
	}
	throttled := 0
	for _, e := range t.exchanges {
		throttled += max(0, e.tries-1)
	}
	f.RuledOut = append(f.RuledOut, fmt.Sprintf("throttling (%d of %d requests sent again)", throttled, len(t.exchanges)))
	if broken == tries && tries > 1 {
		f.RuledOut = append(f.RuledOut, fmt.Sprintf("chance (broken in %d of %d tries)", broken, tries))
	}
	return &f
}

func ids(exchanges []*client.Exchange) []string {
	var all []string
	for _, e := range exchanges {
		all = append(all, e.ID)
	}
	return all
}

func unique(ids []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(ids, func(id string) bool {
		dup := seen[id]
		seen[id] = true
		return dup
	})
}
