package gotoaccount

import (
	"context"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"harness/contract"
	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/fixture"
	"harness/internal/reference"
	"harness/internal/target"
	"harness/specs"
)

// run tests a reference server with some faults on and returns what the run left behind. Only the cases that select
// says yes to are run; nil runs all.
func run(t *testing.T, confirm int, selects func(contract.Case) bool, faults ...string) *evidence.Run {
	t.Helper()
	server, err := reference.New(reference.Options{Seed: 1, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	who := server.Principals()
	goal := &target.Target{
		Name: "reference",
		APIs: map[string]*target.API{"gotoaccount": {URL: listener.URL, Credentials: map[string]target.Credential{
			"default": {Headers: map[string]string{"ClientName": who.ClientName, "ClientSecret": who.ClientSecret}},
		}}},
		Limits:   target.Limits{Concurrency: 8, Timeout: 10 * time.Second},
		Fixtures: target.Fixtures{GoToAccount: target.GoToAccount{AccountKeys: []int64{who.EmptyAccount}, UserKeys: []int64{who.EmptyUser}}},
	}
	document, err := specs.Embedded("gotoaccount")
	if err != nil {
		t.Fatal(err)
	}
	recorder := &evidence.Recorder{}
	c, err := client.New(client.Options{API: document, Target: goal, Sink: recorder.Write})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	clients := map[string]*client.Client{"gotoaccount": c}
	found, err := fixture.Discover(context.Background(), clients, goal, 1, recorder.Write)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := contract.Cases(document)
	if err != nil {
		t.Fatal(err)
	}
	if selects != nil {
		cases = slices.DeleteFunc(cases, func(c contract.Case) bool { return !selects(c) })
	}
	env := &contract.Environment{Clients: clients, Fixtures: found, Seed: 1, Sink: recorder.Write, Confirm: confirm}
	if err := contract.Run(context.Background(), cases, env); err != nil {
		t.Fatal(err)
	}
	return recorder.Run()
}

// bad are the results that a conforming server gives no cause for.
var bad = []evidence.Result{evidence.Broken, evidence.Flaky, evidence.Crashed}

// TestConformingServer wants no case to find anything wrong with a server that keeps every promise.
func TestConformingServer(t *testing.T) {
	started := time.Now()
	record := run(t, 0, nil)
	counts := map[evidence.Result]int{}
	for _, o := range record.Outcomes {
		counts[o.Result]++
		switch {
		case slices.Contains(bad, o.Result):
			t.Errorf("%s %v: %s: %+v %s", o.Case, o.Requirements, o.Result, o.Failure, o.Reason)
		case o.Result == evidence.NotExercised || o.Result == evidence.Inconclusive:
			t.Logf("%s: %s: %s", o.Case, o.Result, o.Reason)
		}
	}
	for _, e := range record.Exchanges {
		for _, d := range e.Departures {
			t.Errorf("%s %s departs: %s: %s: %s", e.Request.Method, e.Request.URL, d.Requirement, d.Pointer, d.Message)
		}
	}
	t.Logf("%d cases %v, %d requests, %s", len(record.Outcomes), counts, len(record.Exchanges), time.Since(started))
	if os.Getenv("OBSERVATIONS") != "" {
		for _, o := range record.Outcomes {
			for question, answer := range o.Observation {
				t.Logf("%s %s | %s: %s", strings.Join(o.Requirements, " "), o.Case, question, answer)
			}
		}
	}
}
