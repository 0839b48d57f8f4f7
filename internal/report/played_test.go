// A whole run of both suites on the reference server, for tests and benchmarks that want the real size of things.

package report_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"harness/contract"
	_ "harness/contract/genesyscloud"
	_ "harness/contract/gotoaccount"
	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/fixture"
	"harness/internal/reference"
	"harness/internal/report"
	"harness/internal/requirement"
	"harness/internal/target"
	"harness/internal/verdict"
	"harness/specs"
)

var playing struct {
	sync.Mutex
	runs map[string]*evidence.Run
}

// played runs both suites on the reference server with these faults, once in a process.
func played(t testing.TB, faults ...string) report.Report {
	t.Helper()
	playing.Lock()
	defer playing.Unlock()
	name := strings.Join(faults, " ")
	if playing.runs == nil {
		playing.runs = map[string]*evidence.Run{}
	}
	var apis []*specs.API
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			t.Fatal(err)
		}
		apis = append(apis, api)
	}
	if playing.runs[name] == nil {
		playing.runs[name] = play(t, apis, faults)
	}
	catalogue, err := requirement.Load(apis...)
	if err != nil {
		t.Fatal(err)
	}
	run := playing.runs[name]
	j := verdict.Judge(catalogue, run, apis...)
	r := report.New(run, j, j.Exit(verdict.FailOnShould), apis...)
	r.Suites = report.SuiteScore()
	return r
}

func play(t testing.TB, apis []*specs.API, faults []string) *evidence.Run {
	t.Helper()
	server, err := reference.New(reference.Options{Licenses: 600, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(server)
	defer listening.Close()
	p := server.Principals()
	at := &target.Target{
		Name: "staging",
		APIs: map[string]*target.API{
			"gotoaccount":  {URL: listening.URL, Credentials: map[string]target.Credential{"default": {Headers: map[string]string{"ClientName": p.ClientName, "ClientSecret": p.ClientSecret}}}},
			"genesyscloud": {URL: listening.URL, Credentials: map[string]target.Credential{"default": {Bearer: p.Granter}}},
		},
		Limits: target.Limits{Concurrency: target.DefaultConcurrency, Timeout: target.DefaultTimeout},
	}
	header := &evidence.Header{
		Schema: evidence.Schema, Tool: evidence.Tool{Name: "harness", Version: "v1.0.0", Go: "go1.26.0"}, Seed: 7, Started: time.Now().UTC(),
		Command: []string{"harness", "contract", "--target", "staging.yaml"}, Selection: evidence.Selection{APIs: specs.Names},
		Target: evidence.Target{Name: at.Name, URLs: map[string]string{"gotoaccount": listening.URL, "genesyscloud": listening.URL}},
	}
	recorder := &evidence.Recorder{}
	limiter, clients := client.NewLimiter(at.Limits), map[string]*client.Client{}
	for _, api := range apis {
		header.Documents = append(header.Documents, evidence.Document{API: api.Name, Title: api.Title, Version: api.Version, Digest: api.Digest})
		c, err := client.New(client.Options{API: api, Target: at, Sink: recorder.Write, Limiter: limiter, Version: "v1.0.0"})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		clients[api.Name] = c
	}
	recorder.Write(evidence.Record{Header: header})
	ctx := context.Background()
	set, err := fixture.Discover(ctx, clients, at, 7, false, recorder.Write)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := contract.Cases(apis...)
	if err != nil {
		t.Fatal(err)
	}
	env := &contract.Environment{Clients: clients, Fixtures: set, Seed: 7, Sink: recorder.Write, Confirm: 1, Shards: 2}
	if err := contract.Play(ctx, cases, env); err != nil {
		t.Fatal(err)
	}
	recorder.Write(evidence.Record{Footer: &evidence.Footer{Finished: time.Now().UTC(), Requests: limiter.Sent(), Cases: len(cases)}})
	return recorder.Run()
}
