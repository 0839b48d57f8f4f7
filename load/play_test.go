// What the engine measures is true: of a server that stalls, of one that is wrong, of a run that is stopped.

package load_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/measure"
	"harness/internal/schema"
	"harness/internal/target"
	"harness/load"
	"harness/specs"
)

// believe takes any answer for a good one.
func believe(specs.Answer, *schema.Reading) []specs.Departure { return nil }

// doubt finds that every answer departs.
func doubt(specs.Answer, *schema.Reading) []specs.Departure {
	return []specs.Departure{{Requirement: "GOTO-DOC-getLicense", Message: "not so"}}
}

// play plays one level of getLicense at a handler.
func play(t testing.TB, ctx context.Context, abandon chan struct{}, handler http.HandlerFunc, pace load.Pace, workers int, change func(*load.Options, *load.Plan)) (load.Outcome, []evidence.Record) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	api, err := specs.Embedded("gotoaccount")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var records []evidence.Record
	sink := func(r evidence.Record) {
		mu.Lock()
		defer mu.Unlock()
		if r.Tick != nil { // its histograms are used again
			tick := r.Tick.Clone()
			r.Tick = &tick
		}
		records = append(records, r)
	}
	at := &target.Target{Name: "t", Limits: target.Limits{Timeout: 5 * time.Second, Concurrency: 8}, APIs: map[string]*target.API{
		"gotoaccount": {URL: "http://" + listener.Addr().String(), Credentials: map[string]target.Credential{"default": {Headers: map[string]string{"ClientName": "n", "ClientSecret": "s"}}}},
	}}
	limiter := client.NewLimiter(at.Limits)
	c, err := client.New(client.Options{API: api, Target: at, Sink: sink, Limiter: limiter})
	if err != nil {
		t.Fatal(err)
	}
	op := &load.Operation{Operation: api.Operation("getLicense"), API: api, Check: believe}
	plan := load.Plan{
		Scenario: &load.Scenario{Name: "test", Workers: workers}, Operations: []*load.Operation{op},
		Next: func(a *load.Ask) { a.Operation, a.Target = op, "/licenses/7" },
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 1000, DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	o := load.Options{
		Clients: map[string]*client.Client{"gotoaccount": c}, Sink: sink, Limiter: limiter, Sample: 1, Timeout: 5 * time.Second,
		Transport: func(string) (http.RoundTripper, bool) { return transport, false },
		Guard: func(api *specs.API, ops []*specs.Operation, next http.RoundTripper) (http.RoundTripper, error) {
			return client.NewReadGuard(api, at, ops, next)
		},
	}
	if change != nil {
		change(&o, &plan)
	}
	outcome, err := load.Play(ctx, abandon, plan, load.Level{Pace: pace}, o)
	if err != nil {
		t.Fatal(err)
	}
	return outcome, records
}

func ticks(records []evidence.Record) []evidence.Tick {
	var all []evidence.Tick
	for _, r := range records {
		if r.Tick != nil {
			all = append(all, *r.Tick)
		}
	}
	return all
}

func answer(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"key":7}`)
}

// One stall of a second at 500/s, with few workers: half of the requests that come due in the stall wait for longer
// than half of it. A generator that times from the sending would see ten slow answers.
func TestAStallIsSeenByEverybodyWhoWaited(t *testing.T) {
	if testing.Short() {
		t.Skip("takes three seconds")
	}
	began := sync.OnceValue(time.Now)
	handler := func(w http.ResponseWriter, r *http.Request) {
		if at := time.Since(began()); at > time.Second && at < 2*time.Second {
			time.Sleep(2*time.Second - at)
		}
		answer(w, r)
	}
	_, records := play(t, t.Context(), nil, handler, load.Pace{Kind: "constant", Rate: 500, Duration: 3 * time.Second}, 10, nil)
	s := measure.Total(ticks(records), measure.Key{}, nil)
	if s.Due != 1500 || s.Sent != 1500 || s.Answered != 1500 {
		t.Errorf("%d due, %d sent, %d answered, want 1500", s.Due, s.Sent, s.Answered)
	}
	// A third of the requests came due in the stall; what waited longest waited for all of it.
	if got := s.Response.Quantile(0.99).Seconds(); got < 0.7 {
		t.Errorf("p99 of the response time is %.3f s, want about 0.97", got)
	}
	if doubt := measure.Doubt(ticks(records)); doubt != "" {
		return // the upper bounds are the server's only where the generator kept up
	}
	if got := s.Response.Quantile(0.99).Seconds(); got > 1.1 {
		t.Errorf("p99 of the response time is %.3f s, want about 0.97", got)
	}
	if got := s.Service.Quantile(0.95).Seconds(); got > 0.2 {
		t.Errorf("p95 of the service time is %.3f s: the stall held ten requests only", got)
	}
}

func TestEveryViolationIsCountedAndAFewAreKept(t *testing.T) {
	_, records := play(t, t.Context(), nil, answer, load.Pace{Kind: "constant", Rate: 400, Duration: time.Second}, 50, func(_ *load.Options, plan *load.Plan) {
		plan.Operations[0].Check = doubt
	})
	s := measure.Total(ticks(records), measure.Key{}, nil)
	if s.Violating != 400 || s.Violations["GOTO-DOC-getLicense"] != 400 || s.Validated != 400 {
		t.Errorf("%d violating, %v, of %d validated", s.Violating, s.Violations, s.Validated)
	}
	kept := 0
	for _, r := range records {
		if r.Exchange != nil {
			kept++
			if r.Exchange.Curl == "" || len(r.Exchange.Departures) != 1 || r.Exchange.Response.Body != `{"key":7}` || r.Exchange.Case != "load test" {
				t.Errorf("kept %+v", r.Exchange)
			}
		}
	}
	if kept != 3 {
		t.Errorf("%d exchanges kept, want 3", kept)
	}
}

func TestAClosedModelKeepsItsWorkersBusy(t *testing.T) {
	var now, most atomic.Int64
	handler := func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		time.Sleep(5 * time.Millisecond)
		answer(w, r)
	}
	outcome, records := play(t, t.Context(), nil, handler, load.Pace{Kind: "closed", Workers: 8, Duration: time.Second}, 0, nil)
	s := measure.Total(ticks(records), measure.Key{}, nil)
	if outcome.Problem != "" || most.Load() != 8 || s.Sent < 8 || s.Due != s.Sent || s.Answered != s.Sent {
		t.Errorf("%+v, at most %d at once, %d due, %d sent, %d answered", outcome, most.Load(), s.Due, s.Sent, s.Answered)
	}
}

func TestStoppingGracefullyWaitsAndStoppingAtOnceDoesNot(t *testing.T) {
	var arrived atomic.Pointer[func()]
	slow := func(w http.ResponseWriter, r *http.Request) {
		if stop := arrived.Swap(nil); stop != nil {
			(*stop)()
		}
		time.Sleep(700 * time.Millisecond)
		answer(w, r)
	}
	pace := load.Pace{Kind: "constant", Rate: 50, Duration: 30 * time.Second}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stop := func() { cancel() }
	arrived.Store(&stop)
	began := time.Now()
	outcome, records := play(t, ctx, nil, slow, pace, 100, nil)
	s := measure.Total(ticks(records), measure.Key{}, nil)
	if took := time.Since(began); outcome.Problem != "interrupted" || s.Sent == 0 || s.Answered != s.Sent || s.Due < s.Sent || took > 20*time.Second {
		t.Errorf("gracefully: %+v after %s, %d due, %d sent, %d answered", outcome, took, s.Due, s.Sent, s.Answered)
	}
	abandon := make(chan struct{})
	giveUp := func() { close(abandon) }
	arrived.Store(&giveUp)
	began = time.Now()
	outcome, records = play(t, t.Context(), abandon, slow, pace, 100, nil)
	s = measure.Total(ticks(records), measure.Key{}, nil)
	if took := time.Since(began); outcome.Problem != "interrupted" || s.Answered != 0 || s.Causes["stopped"] != s.Sent || took > 20*time.Second {
		t.Errorf("at once: %+v after %s, %d answered, %v", outcome, took, s.Answered, s.Causes)
	}
}

func TestAServerThatDeniesIsLeftAlone(t *testing.T) {
	denied := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }
	outcome, records := play(t, t.Context(), nil, denied, load.Pace{Kind: "constant", Rate: 200, Duration: 20 * time.Second}, 50, nil)
	s := measure.Total(ticks(records), measure.Key{}, nil)
	if s.Sent > 500 || s.Errors != s.Sent || s.Causes["401"] != s.Sent {
		t.Errorf("%d sent, %v", s.Sent, s.Causes)
	}
	if want := "stopped: "; len(outcome.Problem) < len(want) || outcome.Problem[:len(want)] != want {
		t.Errorf("problem %q", outcome.Problem)
	}
}

func TestAServerThatAsksToBeLeftAloneIs(t *testing.T) {
	var asked atomic.Int64
	handler := func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 50 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(429)
			return
		}
		answer(w, r)
	}
	_, records := play(t, t.Context(), nil, handler, load.Pace{Kind: "constant", Rate: 100, Duration: 3 * time.Second}, 50, nil)
	s := measure.Total(ticks(records), measure.Key{}, nil)
	if s.Throttled != 1 || s.Held < 50 || s.Sent+s.Held != s.Due || s.Errors != 0 {
		t.Errorf("%d due, %d sent, %d held, %d throttled, %d errors", s.Due, s.Sent, s.Held, s.Throttled, s.Errors)
	}
}

func TestTicksStandInTheirSecond(t *testing.T) {
	_, records := play(t, t.Context(), nil, answer, load.Pace{Kind: "stages", Stages: []load.Stage{{Rate: 100, Duration: time.Second}, {Rate: 300, Duration: time.Second, Jump: true}}}, 50, nil)
	due := map[int]int64{}
	var seconds []int
	for _, tick := range ticks(records) {
		due[tick.Second] += tick.Due
		seconds = append(seconds, tick.Second)
	}
	slices.Sort(seconds)
	if due[0] != 50 || due[1] != 300 || seconds[0] != 0 {
		t.Errorf("due %v, seconds %v", due, seconds)
	}
}

// BenchmarkStall tells the p99 of the response time (ms) of 1000 requests a second for four seconds, in the second of
// which the server stalls, with ten workers; the truth, of a schedule that was kept, is 960 ms.
func BenchmarkStall(b *testing.B) {
	for b.Loop() {
		began := sync.OnceValue(time.Now)
		_, records := play(b, b.Context(), nil, func(w http.ResponseWriter, r *http.Request) {
			if at := time.Since(began()); at > time.Second && at < 2*time.Second {
				time.Sleep(2*time.Second - at)
			}
			answer(w, r)
		}, load.Pace{Kind: "constant", Rate: 1000, Duration: 4 * time.Second}, 10, nil)
		s := measure.Total(ticks(records), measure.Key{}, nil)
		b.ReportMetric(float64(s.Response.Quantile(0.99).Milliseconds()), "ms-p99")
		b.ReportMetric(float64(s.Service.Quantile(0.99).Milliseconds()), "ms-p99-service")
	}
}
