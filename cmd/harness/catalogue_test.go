package main

import (
	"slices"
	"testing"

	"harness/contract"
	"harness/internal/reference"
	"harness/internal/requirement"
)

// Every promise is looked at, on every operation that makes it, and every check is shown to be able to fail. A row that
// nobody can judge from outside says so.
func TestEveryRequirementHasCaseAndFault(t *testing.T) {
	chosen, err := choose(nil, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := contract.Cases(chosen.apis...)
	if err != nil {
		t.Fatal(err)
	}
	type place struct{ operation, requirement string }
	judged := map[place]bool{}
	for _, c := range cases {
		for _, id := range c.Requirements {
			r, err := chosen.catalogue.ByID(id)
			if err != nil {
				t.Errorf("%s: %v", c.Where, err)
				continue
			}
			if !slices.Contains(r.Operations, c.Operation) {
				t.Errorf("%s: %s is not asked of %s", c.Where, id, c.Operation)
			}
			judged[place{c.Operation, id}] = true
		}
	}
	for _, api := range chosen.apis {
		for _, op := range api.Operations {
			for _, id := range op.Bears() {
				judged[place{op.ID, id}] = true
			}
		}
	}
	broken := map[string]bool{}
	for _, f := range reference.Faults() {
		for _, id := range f.Breaks {
			broken[id] = true
			if _, err := chosen.catalogue.ByID(id); err != nil {
				t.Errorf("fault %s: %v", f.Name, err)
			}
		}
		if len(f.Breaks) == 0 {
			t.Errorf("fault %s breaks nothing", f.Name)
		}
	}
	for _, r := range chosen.catalogue.All {
		if r.Implied || r.Unjudgeable != "" {
			continue
		}
		for _, op := range r.Operations {
			if !judged[place{op, r.ID}] {
				t.Errorf("%s %s: no case for %s; is the operation in the lists of contract/%s?", r.ID, r.Level, op, r.API)
			}
		}
		if r.Level != requirement.Observe && !broken[r.ID] {
			t.Errorf("%s %s: no fault breaks it, so nobody knows whether its check can fail", r.ID, r.Level)
		}
	}
}

// A variant departs only from what the documents imply, never from what they state.
func TestVariantsDepartOnlyFromShould(t *testing.T) {
	chosen, err := choose(nil, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range reference.Variants() {
		for _, id := range v.Departs {
			r, err := chosen.catalogue.ByID(id)
			if err != nil {
				t.Errorf("variant %s: %v", v.Name, err)
			} else if r.Level != requirement.Should {
				t.Errorf("variant %s departs from %s, which is %s", v.Name, id, r.Level)
			}
		}
	}
}
