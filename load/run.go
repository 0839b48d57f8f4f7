// A run: a scenario's requests, from the first that is due to the last that is done.

package load

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"harness/internal/client"
	"harness/internal/evidence"
	"harness/specs"
)

// Plan is a scenario that is ready to be played: its feeds hold data of the target.
type Plan struct {
	Scenario   *Scenario
	Operations []*Operation
	Next       func(*Ask) // fills the next request; called by one goroutine at a time
	Notes      []string   // what the target cannot give: steps left out, sizes cut
}

// Options say how a plan is played.
type Options struct {
	Clients   map[string]*client.Client                                   // by API: for headers, guards and evidence
	Transport func(api string) (transport http.RoundTripper, bounds bool) // bounds: it ends a request at the target's timeout by itself
	Guard     func(*specs.API, []*specs.Operation, http.RoundTripper) (http.RoundTripper, error)
	Sample    uint64        // every how-manieth answer is validated: 1 for all, 0 for none
	Timeout   time.Duration // of one request
	Attackers int           // 0 lets the engine choose
	Seed      uint64
	Sink      evidence.Sink              // a tick is valid until it returns; see evidence.Tick.Clone
	Opened    func() int64               // connections opened so far; nil when nobody counts them
	Limiter   *client.Limiter            // counts what left
	Results   func(vegeta.Result)        // each request as vegeta would have it, response time from the schedule; nil for nobody
	Watch     func(evidence.Tick) string // is shown each tick as it is written; a reason ends the run
}

// Outcome is how a run ended.
type Outcome struct {
	Problem string // why it ended before its end; "" when it went through
	Seconds int    // whole seconds of the schedule that were played, warm-up included
}

// defaultWorkers is the most requests in flight when nobody says: enough for a stall of a second at 4000/s.
const defaultWorkers = 4096

// run is one stretch of schedule that is being played.
type run struct {
	options    Options
	plan       Plan
	clock      clock
	unpaced    bool // closed model
	ways       []*way
	timeout    time.Duration
	recorder   *recorder
	violations *keeper
	opened     int64 // connections, when last asked

	sending    context.Context
	abandon    context.CancelCauseFunc
	abandoners []abandoner
	halt       atomic.Bool

	feed sync.Mutex

	judging chan struct{}   // of one: whoever holds it judges a long answer
	judged  context.Context // ends when no long answer is judged any more
	enough  context.CancelFunc

	holdUntil    atomic.Int64 // on the clock: no request leaves before
	denials, all atomic.Int64 // answers of 401 and 403, and all
}

// abandoner is a transport that ends all its exchanges when it is told so, and that knows no proxies. Its requests need
// no context that ends, which saves telling the context of each of them.
type abandoner interface{ Abandon(cause error) }

// giveUp ends the requests that are in flight.
func (r *run) giveUp() {
	r.abandon(errStopped)
	for _, t := range r.abandoners {
		t.Abandon(errStopped)
	}
}

var errStopped = errors.New("the run was stopped")

// Level is one stretch of a scenario: a schedule of its own, and a name when there are several.
type Level struct {
	Name   string
	Pace   Pace
	Warmup bool
	From   int // the second of the scenario with which it begins
}

// Play plays one level of a plan, and returns when the last of its requests is done. When ctx ends, no more requests
// leave, and those in flight are waited for; when abandon is closed, they are given up.
func Play(ctx context.Context, abandon <-chan struct{}, plan Plan, level Level, o Options) (Outcome, error) {
	r := &run{options: o, plan: plan, violations: newKeeper(), judging: make(chan struct{}, 1)}
	r.sending, r.abandon = context.WithCancelCause(context.WithoutCancel(ctx))
	defer r.abandon(nil)
	if err := r.prepare(ctx); err != nil {
		return Outcome{}, err
	}
	schedule := level.Pace.Schedule(o.Seed)
	_, r.unpaced = schedule.(closed)
	workers := plan.Scenario.Workers
	if r.unpaced {
		workers = level.Pace.Workers
	}
	if workers <= 0 {
		workers = defaultWorkers
	}
	attackers := o.Attackers
	if attackers <= 0 {
		attackers = max(1, min(runtime.GOMAXPROCS(0), 2))
	}
	attackers = min(attackers, workers)
	r.recorder = newRecorder(attackers)
	if o.Opened != nil {
		r.opened = o.Opened()
	}
	r.judged, r.enough = context.WithTimeout(r.sending, schedule.Length()+o.Timeout+grace)
	defer r.enough()
	stopped := context.AfterFunc(ctx, r.stop)
	defer stopped()

	r.clock = clock{time.Now()}
	lanes := make([]*lane, attackers)
	var flying sync.WaitGroup
	for i := range lanes {
		share := workers/attackers + min(1, max(0, workers%attackers-i))
		l := &lane{run: r, attacker: i}
		l.pacer = &pacer{
			clock: r.clock, schedule: level.Pace.Schedule(o.Seed), first: uint64(i), step: uint64(attackers), workers: share,
			done: &l.done, stop: &r.halt, dues: make([]atomic.Int64, 2*share+64),
		}
		lanes[i] = l
		flying.Go(func() { r.attack(l, share) })
	}
	landed := make(chan struct{})
	go func() { flying.Wait(); close(landed) }()
	return r.record(landed, abandon, lanes, level, schedule), nil
}

// attack lets vegeta play one attacker's share, and drains what it has to say: everything was recorded on the way.
func (r *run) attack(l *lane, workers int) {
	start := workers
	if !r.unpaced {
		start = min(workers, 16)
	}
	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: l, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}),
		vegeta.Workers(uint64(start)), vegeta.MaxWorkers(uint64(workers)), vegeta.MaxBody(0),
	)
	for range attacker.Attack(l.target, l.pacer, 0, "") {
	}
}

// prepare makes the way of each operation: where it goes, through which guard, with which headers.
func (r *run) prepare(ctx context.Context) error {
	byAPI := map[string][]*specs.Operation{}
	for _, op := range r.plan.Operations {
		byAPI[op.API.Name] = append(byAPI[op.API.Name], op.Operation)
	}
	guarded, direct := map[string]http.RoundTripper{}, map[string]bool{}
	for i, op := range r.plan.Operations {
		op.index = i
		c := r.options.Clients[op.API.Name]
		if guarded[op.API.Name] == nil {
			transport, bounds := r.options.Transport(op.API.Name)
			if !bounds {
				r.timeout = r.options.Timeout
			}
			guard, err := r.options.Guard(op.API, byAPI[op.API.Name], transport)
			if err != nil {
				return err
			}
			guarded[op.API.Name] = guard
			if t, can := transport.(abandoner); can {
				direct[op.API.Name] = true
				r.abandoners = append(r.abandoners, t)
			}
		}
		base, err := url.Parse(c.Base())
		if err != nil {
			return err
		}
		r.ways = append(r.ways, &way{
			client: c, scheme: base.Scheme, host: base.Host, prefix: strings.TrimSuffix(base.EscapedPath(), "/"),
			transport: guarded[op.API.Name], direct: direct[op.API.Name], ctx: r.sending,
		})
		if direct[op.API.Name] {
			r.ways[i].ctx = context.Background()
		}
	}
	return r.sign(ctx)
}

// sign puts the headers of each operation in place; tokens are renewed so.
func (r *run) sign(ctx context.Context) error {
	for i, op := range r.plan.Operations {
		// Unpacking would be the generator's time and not the server's, so answers are asked for as they are.
		request := client.Request{Operation: op.Operation, Header: http.Header{"Accept-Encoding": {"identity"}}}
		if op.Method == http.MethodPost {
			request.Body = []byte("{}") // asks for a Content-Type
		}
		header, err := r.ways[i].client.Header(ctx, request)
		if err != nil {
			return fmt.Errorf("%s: %w", op.API.Name, err)
		}
		if old := r.ways[i].header.Load(); old == nil || !maps.EqualFunc(*old, header, slices.Equal) {
			r.ways[i].header.Store(&header) // a transport may know the old map by heart
		}
	}
	return nil
}

// next fills the next request. Feeds are called one at a time, so that they may go on from what they gave before.
func (r *run) next(a *Ask) {
	r.feed.Lock()
	defer r.feed.Unlock()
	*a = Ask{}
	r.plan.Next(a)
}

func (r *run) validates(hit uint64) bool {
	return r.options.Sample > 0 && hit%r.options.Sample == 0
}

// longestHold bounds how long a server can keep a run from asking.
const longestHold = 30 * time.Second

// hold keeps requests back for as long as the server asks, at most longestHold.
func (r *run) hold(wait time.Duration) {
	if wait <= 0 {
		return
	}
	until := int64(r.clock.now() + min(wait, longestHold))
	for {
		old := r.holdUntil.Load()
		if old >= until || r.holdUntil.CompareAndSwap(old, until) {
			return
		}
	}
}

func (r *run) holds() bool {
	until := r.holdUntil.Load()
	return until > 0 && int64(r.clock.now()) < until
}

// denied counts answers of 401 and 403.
func (r *run) denied(yes bool) {
	r.all.Add(1)
	if yes {
		r.denials.Add(1)
	}
}

// storm says why a run that is being denied goes no further: it would only fill somebody's log. It looks at the last
// second.
func (r *run) storm() string {
	denied, all := r.denials.Swap(0), r.all.Swap(0)
	if denied >= 20 && denied*2 > all {
		return fmt.Sprintf("stopped: %d of %d answers in a second were 401 or 403", denied, all)
	}
	return ""
}
