// The suites on the reference server: nothing is found where it keeps its promises, whatever it chooses where the
// document is silent, and every kind of broken promise is seen.

package gotoaccount

import (
	"cmp"
	"context"
	"maps"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"harness/contract"
	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/fixture"
	"harness/internal/reference"
	"harness/internal/requirement"
	"harness/internal/target"
	"harness/specs"
)

// patience bounds one run of the suites, discovery included.
const patience = 2 * time.Minute

// play runs cases at a reference server and returns what they left behind; nil chooses all of them.
func play(t *testing.T, o reference.Options, chosen func(contract.Case) bool) *evidence.Run {
	t.Helper()
	server, err := reference.New(o)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	defer listener.Close()
	who := server.Principals()
	return playAt(t, &target.API{URL: listener.URL, Credentials: map[string]target.Credential{
		client.Default: {Headers: map[string]string{"ClientName": who.ClientName, "ClientSecret": who.ClientSecret}},
	}}, target.GoToAccount{AccountKeys: []int64{who.EmptyAccount}, UserKeys: []int64{who.EmptyUser}}, chosen)
}

// playAt is play for any server.
func playAt(t *testing.T, server *target.API, fixtures target.GoToAccount, chosen func(contract.Case) bool) *evidence.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	at := &target.Target{
		Name:     "test",
		APIs:     map[string]*target.API{api: server},
		Limits:   target.Limits{Concurrency: target.DefaultConcurrency, Timeout: 10 * time.Second},
		Fixtures: target.Fixtures{GoToAccount: fixtures},
	}
	document, err := specs.Embedded(api)
	if err != nil {
		t.Fatal(err)
	}
	kept := &evidence.Recorder{}
	c, err := client.New(client.Options{API: document, Target: at, Sink: kept.Write})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	clients := map[string]*client.Client{api: c}
	found, err := fixture.Discover(ctx, clients, at, 1, false, kept.Write)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := contract.Cases(document)
	if err != nil {
		t.Fatal(err)
	}
	if chosen != nil {
		cases = slices.DeleteFunc(cases, func(c contract.Case) bool { return !chosen(c) })
	}
	env := &contract.Environment{Clients: clients, Fixtures: found, Seed: 1, Sink: kept.Write}
	if err := contract.Run(ctx, cases, env); err != nil {
		t.Fatal(err)
	}
	return kept.Run()
}

// faultless wants nothing found.
func faultless(t *testing.T, left *evidence.Run) {
	t.Helper()
	counts := map[evidence.Result]int{}
	for _, o := range left.Outcomes {
		counts[o.Result]++
		switch o.Result {
		case evidence.Broken, evidence.Flaky, evidence.Crashed:
			t.Errorf("%s %v: %s %+v %s", o.Case, o.Requirements, o.Result, o.Failure, o.Reason)
		case evidence.NotExercised, evidence.Inconclusive:
			t.Logf("%s: %s: %s", o.Case, o.Result, o.Reason)
		}
	}
	for _, e := range left.Exchanges {
		for _, d := range e.Departures {
			t.Errorf("%s %s departs from %s: %s: %s", e.Request.Method, e.Request.URL, d.Requirement, d.Pointer, d.Message)
		}
	}
	if counts[evidence.Kept] < len(left.Outcomes)/3 {
		t.Errorf("only %d of %d cases could be judged", counts[evidence.Kept], len(left.Outcomes))
	}
	t.Logf("%d cases: %v; %d requests", len(left.Outcomes), counts, len(left.Exchanges))
}

func TestReferenceServerKeepsEveryPromise(t *testing.T) {
	started := time.Now()
	faultless(t, play(t, reference.Options{Seed: 1}, nil))
	t.Logf("%s", time.Since(started).Round(time.Millisecond))
}

// TestSaneServersAreAllowed plays the suites at servers that choose otherwise wherever the document leaves a choice,
// several choices at once.
func TestSaneServersAreAllowed(t *testing.T) {
	for name, variants := range map[string][]string{
		"refuses what it may":          {reference.UnknownKey404, reference.UnknownOwner404, reference.UnknownRole404, reference.MalformedKey404, reference.WrongCredentials403, reference.UnknownParameter400, reference.RepeatedParameter400, reference.BooleansLowerCase, reference.PlainTextErrors},
		"lets pass what it may":        {reference.KeysLenient, reference.BatchFalseSingle, reference.EmptyElementsPassed, reference.RepeatedParameterLast, reference.UnknownProductEmpty, reference.DuplicatesTwice, reference.TrailingSlash, reference.HeadAnswered},
		"another order, other members": {reference.SetsShuffled, reference.ExtraMembers, reference.MembersReversed, reference.UsersReversed, reference.EntitlementsBeside, reference.ListsDescending},
		"short pages":                  {reference.ShortPagesHalf, reference.OptionalAbsent, reference.EmptyErrors, reference.EntitlementsKeyed},
	} {
		t.Run(name, func(t *testing.T) {
			faultless(t, play(t, reference.Options{Seed: 1, Licenses: 400, Variants: variants}, nil))
		})
	}
}

// TestOtherDataIsAllowed plays the suites at servers with little data or another seed.
func TestOtherDataIsAllowed(t *testing.T) {
	for seed, licences := range map[uint64]int{2: 1, 3: 3, 4: 130} {
		left := play(t, reference.Options{Seed: seed, Licenses: licences}, nil)
		for _, o := range left.Outcomes {
			if o.Result == evidence.Broken || o.Result == evidence.Flaky || o.Result == evidence.Crashed {
				t.Errorf("%d licences of seed %d: %s %v: %s %+v %s", licences, seed, o.Case, o.Requirements, o.Result, o.Failure, o.Reason)
			}
		}
	}
}

// TestBrokenPromisesAreSeen turns faults on, one at a time, and wants the cases of one requirement to go red.
func TestBrokenPromisesAreSeen(t *testing.T) {
	for fault, id := range map[string]string{
		reference.EntitlementBatchMissing:  "GOTO-GEN-02",
		reference.GetConsumes:              "GOTO-GEN-04",
		reference.MalformedCountDrops:      "GOTO-GEN-05",
		reference.AuthHoleAttributeScan:    "GOTO-AUTH-02",
		reference.ClientSecretUnchecked:    "GOTO-AUTH-03",
		reference.ExistenceOracle:          "GOTO-AUTH-04",
		reference.MissingLicenseUsersEmpty: "GOTO-ERR-01",
		reference.PrefixParse:              "GOTO-ERR-02",
		reference.ErrorWithLicences:        "GOTO-ERR-03",
		reference.SecretEchoed:             "GOTO-ERR-06",
		reference.FloatKeys:                "GOTO-KEY-04",
		reference.FloatLookup:              "GOTO-KEY-05",
		reference.UserFloatLookup:          "GOTO-KEY-06",
		reference.WrapKeys:                 "GOTO-KEY-07",
		reference.AccountKeyDrifts:         "GOTO-KEY-10",
		reference.RemainingBehind:          "GOTO-LIC-06",
		reference.ScanOmitsCustom:          "GOTO-LIC-12",
		reference.ScanStale:                "GOTO-LIC-14",
		reference.RolesDuplicated:          "GOTO-LIC-15",
		reference.AccountRoundsNumbers:     "GOTO-LIC-19",
		reference.GetFirstOfAccount:        "GOTO-GET-01",
		reference.CommaFirstKey:            "GOTO-GET-03",
		reference.BatchLastDropped:         "GOTO-BATCH-01",
		reference.BatchLimit99:             "GOTO-BATCH-02",
		reference.BatchUnlimited:           "GOTO-BATCH-03",
		reference.BatchTruncates:           "GOTO-BATCH-04",
		reference.BatchSingleObject:        "GOTO-BATCH-05",
		reference.BatchAnyValue:            "GOTO-BATCH-06",
		reference.BatchRange:               "GOTO-BATCH-07",
		reference.BatchAllOrEmpty:          "GOTO-BATCH-14",
		reference.LicenseUsersExtra:        "GOTO-LUSR-02",
		reference.UserEnabledOnly:          "GOTO-LUSR-03",
		reference.LicenseUsersNone404:      "GOTO-LUSR-04",
		reference.LicenseUsersCap1000:      "GOTO-LUSR-05",
		reference.ProductsUnentitled:       "GOTO-PROD-02",
		reference.EntitlementsMerged:       "GOTO-ENT-03",
		reference.EntitlementsUnstable:     "GOTO-ENT-06",
		reference.EntitlementBatchShift:    "GOTO-ENTB-01",
		reference.EntitlementBatchForeign:  "GOTO-ENTB-02",
		reference.EntitlementBatchLimit99:  "GOTO-ENTB-03",
		reference.AttributeIgnored:         "GOTO-ROUTE-02",
		reference.Crosstalk:                "GOTO-LOAD-01",
		reference.SharedCursor:             "GOTO-LOAD-02",
	} {
		t.Run(fault+" breaks "+id, func(t *testing.T) {
			left := play(t, reference.Options{Seed: 1, Licenses: 450, Faults: []string{fault}}, func(c contract.Case) bool { return slices.Contains(c.Requirements, id) })
			seen := map[evidence.Result]int{}
			for _, o := range left.Outcomes {
				seen[o.Result]++
				if f := o.Failure; f != nil && (f.Message == "" || f.Asked == "" || cmp.Or(f.Expected, f.Got) == "" || len(f.Reproduce) == 0) {
					t.Errorf("%s: the failure says too little: %+v", o.Case, *f)
				}
			}
			if seen[evidence.Broken] == 0 {
				t.Errorf("%s went unseen: %v", fault, seen)
			}
		})
	}
}

// TestEveryRequirementHasACase wants each requirement covered on each of its operations, unless nobody can judge it or
// the document bears it.
func TestEveryRequirementHasACase(t *testing.T) {
	document, err := specs.Embedded(api)
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := requirement.Load(document)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := contract.Cases(document)
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]bool{}
	for _, c := range cases {
		for _, id := range c.Requirements {
			if _, err := catalogue.ByID(id); err != nil {
				t.Errorf("%s: %v", c.Where, err)
			}
			covered[id+" "+c.Operation] = true
		}
	}
	open := map[string]bool{}
	for _, r := range catalogue.All {
		for _, op := range r.Operations {
			borne := slices.Contains(document.Operation(op).Bears(), r.ID)
			if !covered[r.ID+" "+op] && !r.Implied && r.Unjudgeable == "" && !borne {
				open[r.ID+" on "+op] = true
			}
		}
	}
	for _, place := range slices.Sorted(maps.Keys(open)) {
		t.Errorf("no case covers %s", place)
	}
}
