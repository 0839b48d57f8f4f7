package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/contract"
	"harness/internal/evidence"
)

func TestInTurns(t *testing.T) {
	of := func(api, operation, text string) contract.Case {
		return contract.Case{API: api, Operation: operation, Text: text}
	}
	a1, a2, a3, b1, b2, c1 := of("x", "a", "1"), of("x", "a", "2"), of("x", "a", "3"), of("x", "b", "1"), of("x", "b", "2"), of("y", "a", "1")
	var got []string
	for _, c := range inTurns([]contract.Case{a2, b2}, []contract.Case{a1, a2, a3, b1, b2, c1}) {
		got = append(got, c.API+" "+c.Name())
	}
	// What was chosen comes first in its operation, each case once, and operations take turns.
	want := []string{"x a 2", "x b 2", "y a 1", "x a 1", "x b 1", "x a 3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestServedNotesSuccesses(t *testing.T) {
	c := contract.Case{API: "x", Operation: "a"}
	for _, test := range []struct {
		method string
		status int // 0 for no answer
		want   bool
	}{{"GET", 200, true}, {"POST", 204, true}, {"GET", 404, false}, {"GET", 301, false}, {"HEAD", 200, false}, {"OPTIONS", 204, false}, {"GET", 0, false}} {
		seen := &served{}
		e := &evidence.Exchange{API: "x", Operation: "a", Request: evidence.Request{Method: test.method}}
		if test.status > 0 {
			e.Response = &evidence.Response{Status: test.status}
		}
		seen.note(evidence.Record{Exchange: e})
		seen.note(evidence.Record{})
		if got := seen.by(c); got != test.want {
			t.Errorf("%s, %d: %v, want %v", test.method, test.status, got, test.want)
		}
		if seen.by(contract.Case{API: "y", Operation: "a"}) {
			t.Error("the operation of another API is taken for served")
		}
	}
}
