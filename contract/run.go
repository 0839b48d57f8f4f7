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
	// Confirm is how many tries a failure is given before it is believed; 0 means DefaultConfirm.
	Confirm int
	// Progress is told before each case; nil tells nobody.
	Progress func(done, total int, c Case)

	mu     sync.Mutex
	memos  map[string]memo
	served map[string]bool // API and operation that answered with success
}

// DefaultConfirm is how many tries a failure is given: all broken is broken, some is flaky.
const DefaultConfirm = 3

func (env *Environment) remembered(api, name string) (memo, bool) {
	env.mu.Lock()
	defer env.mu.Unlock()
	m, ok := env.memos[api+" "+name]
	return m, ok
}

func (env *Environment) remember(api, name string, m memo) {
	env.mu.Lock()
	defer env.mu.Unlock()
	if env.memos == nil {
		env.memos = map[string]memo{}
	}
	env.memos[api+" "+name] = m
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

// Run runs the cases one after another and writes an outcome for each. It may be called again in the same process,
// not at the same time. A cancelled context ends the run after the case at hand; its error is returned.
func Run(ctx context.Context, cases []Case, env *Environment) error {
	globals.Reset()
	stdout := formatter.ColorableStdOut
	formatter.ColorableStdOut = io.Discard
	defer func() { formatter.ColorableStdOut = stdout; globals.Reset() }()

	done := 0
	build(cases, func(c Case) {
		if env.Progress != nil {
			env.Progress(done, len(cases), c)
		}
		done++
		if ctx.Err() == nil {
			report(env, run(ctx, c, env))
		}
	})
	suite, reporter := ginkgo.GinkgoConfiguration()
	suite.RandomSeed = int64(env.Seed >> 1)
	suite.ParallelTotal = 1
	reporter.NoColor, reporter.Succinct = true, true
	ginkgo.RunSpecs(quiet{}, "contract", suite, reporter)
	return context.Cause(ctx)
}

// build lays the cases out as Ginkgo's tree: API, operation, case, with the requirements as labels.
func build(cases []Case, body func(Case)) {
	for api := range grouped(cases, func(c Case) string { return c.API }) {
		ginkgo.Describe(api.name, func() {
			for op := range grouped(api.cases, func(c Case) string { return c.Operation }) {
				ginkgo.Describe(op.name, func() {
					for _, c := range op.cases {
						ginkgo.It(c.Text, ginkgo.Label(c.Requirements...), func() { body(c) })
					}
				})
			}
		})
	}
}

type group struct {
	name  string
	cases []Case
}

// grouped yields runs of cases of the same name, in their order.
func grouped(cases []Case, name func(Case) string) func(func(group) bool) {
	return func(yield func(group) bool) {
		for len(cases) > 0 {
			n := slices.IndexFunc(cases, func(c Case) bool { return name(c) != name(cases[0]) })
			if n < 0 {
				n = len(cases)
			}
			if !yield(group{name(cases[0]), cases[:n]}) {
				return
			}
			cases = cases[n:]
		}
	}
}

// report writes the outcome and tells Ginkgo.
func report(env *Environment, o evidence.Outcome) {
	if env.Sink != nil {
		env.Sink(evidence.Record{Outcome: &o})
	}
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
			o.Exchanges = append(o.Exchanges, e.ID)
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
			s = stop{result: evidence.Crashed, reason: fmt.Sprintf("the case itself went wrong: %v\n%s", p, debug.Stack())}
		}
	}()
	t.c.body(t)
	return s
}

// safelyMoved is moved for a target that may answer anything: a read that cannot be made again has moved.
func (t *T) safelyMoved() (names []string) {
	defer func() {
		if p := recover(); p != nil {
			names = append(names, fmt.Sprintf("a read could not be repeated (%v)", p))
		}
	}()
	return t.moved()
}

// explain completes a failure with how to see it again and what was ruled out.
func (t *T) explain(s stop, broken, tries int) *evidence.Failure {
	f := *s.failure
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
		throttled += e.Tries - 1
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
