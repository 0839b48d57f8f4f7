package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"harness/internal/reference"
	"harness/internal/target"
	"harness/internal/verdict"
)

// brokenBy returns a function that runs the suites on a server with a fault, narrowed to an operation and the requirements
// that the fault breaks, and returns what fails. The data are those of the seed, and so is every choice of the suites.
func brokenBy(t *testing.T, name, operation string) func(seed uint64) map[string]verdict.Finding {
	t.Helper()
	fault, err := reference.FaultNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := choose([]string{fault.API}, []string{operation}, fault.Breaks, nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(seed uint64) map[string]verdict.Finding {
		t.Helper()
		s := session{choice: chosen, seed: seed, beside: true, confirm: 1, target: &target.Target{
			Name: name, Embedded: &target.Embedded{Licenses: 300, Users: 120, Seed: seed, Faults: []string{name}},
		}}
		run, err := s.run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		failing := map[string]verdict.Finding{}
		for _, f := range verdict.Judge(chosen.catalogue, run, chosen.apis...).Findings {
			if f.Verdict == verdict.Fail {
				failing[f.Requirement] = f
			}
		}
		return failing
	}
}

// A cause that is listed must be met again by every later run, whatever the seed and the data: otherwise the gate
// closes over a failure that is known.
func TestCauseIsTheSameFromRunToRun(t *testing.T) {
	const seeds = 20
	for fault, operation := range map[string]string{
		"definitions-envelope": "getLicenseDefinitions", "page-offset": "getLicenseUsers", "batch-users-positions": "postLicenseUsers",
		"user-duplicate-licences": "getLicenseUser", "perm-infer-needs-grant": "postLicenseInfer",
		"missing-license-entitlements-empty": "getLicenseEntitlements", "userkeys-duplicated": "getLicense", "auth-hole-batch": "getLicensesByKeys",
		"user-float-lookup": "getUserLicenses", "attribute-name-500": "scanLicensesByAttribute",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			broken := brokenBy(t, fault, operation)
			first := broken(1)
			if len(first) == 0 {
				t.Fatal("nothing fails")
			}
			for seed := uint64(2); seed <= seeds; seed++ {
				for id, f := range broken(seed) {
					if was, there := first[id]; there && was.Cause != f.Cause {
						t.Errorf("%s has cause %s with seed 1 and %s with seed %d:\n%s\n%s", id, was.Cause, f.Cause, seed, was.Message, f.Message)
					}
				}
			}
		})
	}
}

// Faults that break one requirement are told apart where what they do to it differs. How often is a figure, not a
// promise: two faults may look the same from outside.
func TestCausesTellFaultsApart(t *testing.T) {
	for _, test := range []struct {
		requirement, operation string
		faults                 []string
	}{
		{"GC-DEF-01", "getLicenseDefinitions", []string{"definitions-envelope", "definitions-page-25"}},
		{"GC-INF-01", "postLicenseInfer", []string{"infer-objects", "infer-map", "infer-missing"}},
		{"GC-PAGE-04", "getLicenseUsers", []string{"page-offset", "page-count-wrong", "page-drops-last"}},
	} {
		t.Run(test.requirement, func(t *testing.T) {
			t.Parallel()
			causes := map[string]string{}
			for _, name := range test.faults {
				f, there := brokenBy(t, name, test.operation)(1)[test.requirement]
				if !there {
					t.Fatalf("%s does not break it", name)
				}
				causes[f.Cause] += fmt.Sprintf("%s: %s\n", name, f.Message)
			}
			if len(causes) < len(test.faults) {
				t.Errorf("%d causes for %d faults: %v", len(causes), len(test.faults), slices.Sorted(maps.Values(causes)))
			}
		})
	}
}
