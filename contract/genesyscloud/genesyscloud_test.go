// The suites on the reference server: all kept where it keeps its promises, and broken where it does not.

package genesyscloud

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"harness/contract"
	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/fixture"
	"harness/internal/reference"
	"harness/internal/requirement"
	"harness/internal/target"
	"harness/internal/verdict"
	"harness/specs"
)

// patience bounds one run of the suites, discovery included.
const patience = time.Minute

// world is a reference server and a target that describes it.
func world(t *testing.T, faults ...string) (*specs.API, *target.Target) {
	t.Helper()
	return worldOf(t, func(h http.Handler) http.Handler { return h }, faults...)
}

// worldOf is world with something between the reference server and the network.
func worldOf(t *testing.T, wrap func(http.Handler) http.Handler, faults ...string) (*specs.API, *target.Target) {
	t.Helper()
	server, err := reference.New(reference.Options{Licenses: 400, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(wrap(server))
	t.Cleanup(listener.Close)
	document, err := specs.Embedded(api)
	if err != nil {
		t.Fatal(err)
	}
	p := server.Principals()
	return document, &target.Target{
		Name: "reference",
		APIs: map[string]*target.API{api: {URL: listener.URL, Credentials: map[string]target.Credential{
			client.Default: {OAuth2: &target.OAuth2{TokenURL: listener.URL + p.TokenPath, ClientID: p.OAuthClientID, ClientSecret: p.OAuthClientSecret}},
			granter:        {Bearer: p.Granter},
			viewer:         {Bearer: p.Viewer},
			bare:           {Bearer: p.Bare},
		}}},
		Limits:   target.Limits{Concurrency: target.DefaultConcurrency, Timeout: 5 * time.Second},
		Writes:   target.Writes{Allow: true, User: p.WriteUser, License: p.WriteLicense},
		Fixtures: target.Fixtures{GenesysCloud: target.GenesysCloud{RoleIDs: p.RoleIDs}},
	}
}

// run plays the suites at a target and returns what they left.
func run(t *testing.T, document *specs.API, at *target.Target) *evidence.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cases, err := contract.Cases(document)
	if err != nil {
		t.Fatal(err)
	}
	kept := &evidence.Recorder{}
	limiter := client.NewLimiter(at.Limits)
	c, err := client.New(client.Options{API: document, Target: at, Sink: kept.Write, Limiter: limiter})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	clients := map[string]*client.Client{api: c}
	found, err := fixture.Discover(ctx, clients, at, 1, false, kept.Write)
	if err != nil {
		t.Fatal(err)
	}
	env := &contract.Environment{Clients: clients, Fixtures: found, Writes: at.Writes, Seed: 1, Sink: kept.Write}
	if err := contract.Run(ctx, cases, env); err != nil {
		t.Fatal(err)
	}
	kept.Write(evidence.Record{Footer: &evidence.Footer{Finished: time.Now(), Requests: limiter.Sent(), Cases: len(cases)}})
	return kept.Run()
}

// failing lists the requirements that a run shows broken, other than those that every operation implies.
func failing(t *testing.T, document *specs.API, run *evidence.Run) []string {
	t.Helper()
	catalogue, err := requirement.Load(document)
	if err != nil {
		t.Fatal(err)
	}
	failed := []string{}
	for _, f := range verdict.Judge(catalogue, run, document).Findings {
		if f.Verdict == verdict.Fail || f.Verdict == verdict.Flaky || f.Verdict == verdict.Error {
			failed = append(failed, f.Requirement)
			t.Logf("%s %s on %s: %s", f.Verdict, f.Requirement, f.Operation, f.Message)
		}
	}
	return set(failed)
}

func TestReferenceServerKeepsEveryPromise(t *testing.T) {
	document, at := world(t)
	started := time.Now()
	left := run(t, document, at)
	for _, o := range left.Outcomes {
		if o.Result != evidence.Kept && o.Result != evidence.Observed {
			t.Errorf("%s: %s %s: %s", o.Where, o.Case, o.Result, o.Reason)
		}
		if o.Failure != nil {
			t.Errorf("%+v", *o.Failure)
		}
		for question, answer := range o.Observation {
			t.Logf("%v %s: %s: %s", o.Requirements, o.Operation, question, answer)
		}
	}
	for _, e := range left.Exchanges {
		for _, d := range e.Departures {
			t.Errorf("%s departs from the document: %s %s", e.Operation, d.Requirement, d.Message)
		}
	}
	t.Logf("%d cases, %v requests, %s", len(left.Outcomes), left.Footer.Requests, time.Since(started))
	covered(t, document, left)
}

// covered holds the suites against the catalogue: what HTTP can show is asked of every operation.
func covered(t *testing.T, document *specs.API, left *evidence.Run) {
	t.Helper()
	catalogue, err := requirement.Load(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range verdict.Judge(catalogue, left, document).Findings {
		r, err := catalogue.ByID(f.Requirement)
		if err != nil {
			t.Fatal(err)
		}
		if (f.Verdict == verdict.Untested) != (r.Unjudgeable != "") {
			t.Errorf("%s on %s is %s: %s", f.Requirement, f.Operation, f.Verdict, f.Reason)
		}
		if f.Verdict != verdict.Untested && !slices.Contains(r.Operations, f.Operation) {
			t.Errorf("%s is judged on %s, of which it says nothing", f.Requirement, f.Operation)
		}
	}
}

// every lets the test of faults run all of this API rather than a few.
var every = flag.Bool("every", false, "run the suites against every fault")

func TestFaultsAreSeen(t *testing.T) {
	few := []string{
		reference.PermBatchUnchecked, reference.PermViewWrites, reference.ToggleFlips, reference.PageZeroBased, reference.InferAssigns,
		reference.BatchUsersMutates, reference.OrganizationNoop, reference.GenesysCrosstalk,
	}
	for _, f := range reference.Faults() {
		if f.API != api || !*every && !slices.Contains(few, f.Name) {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			document, at := world(t, f.Name)
			if diff := cmp.Diff(set(f.Breaks), failing(t, document, run(t, document, at))); diff != "" {
				t.Errorf("requirements broken (-promised +failed):\n%s", diff)
			}
		})
	}
}

// A target without writes, roles and further credentials is judged as far as it goes.
func TestPoorTarget(t *testing.T) {
	document, at := world(t)
	at.Writes = target.Writes{}
	at.Fixtures = target.Fixtures{}
	at.APIs[api].Credentials = map[string]target.Credential{client.Default: at.APIs[api].Credentials[client.Default]}
	left := run(t, document, at)
	for _, e := range left.Exchanges {
		if e.Operation == "postLicenseOrganization" {
			t.Errorf("%s %s was tried", e.Request.Method, e.Request.URL)
		}
	}
	unexercised := 0
	for _, o := range left.Outcomes {
		switch o.Result {
		case evidence.Kept, evidence.Observed:
		case evidence.NotExercised:
			unexercised++
		default:
			t.Errorf("%s %s: %s", o.Case, o.Result, o.Reason)
		}
	}
	if unexercised == 0 {
		t.Error("every case was exercised on a target that allows nothing")
	}
}
