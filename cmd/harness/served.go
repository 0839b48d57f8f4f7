// A bounded run sees to it first that every operation is served: of one that it never saw succeed it could say nothing.

package main

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"harness/contract"
	"harness/internal/evidence"
)

// served notes which operations have given a success (2xx).
type served struct {
	mu  sync.Mutex
	yes map[[2]string]bool // API and operation
}

func (s *served) note(r evidence.Record) {
	e := r.Exchange
	if e == nil || e.Response == nil || e.Response.Status < 200 || e.Response.Status > 299 ||
		e.Request.Method == http.MethodHead || e.Request.Method == http.MethodOptions {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.yes == nil {
		s.yes = map[[2]string]bool{}
	}
	s.yes[[2]string{e.API, e.Operation}] = true
}

func (s *served) by(c contract.Case) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.yes[[2]string{c.API, c.Operation}]
}

// seeServed plays cases until every operation has been served, with at most half of the requests that the run may send,
// and returns the chosen cases that are left. An operation that stands only in an example need not be served.
func (s session) seeServed(ctx context.Context, chosen []contract.Case, env *contract.Environment, play player, seen *served, left func() int) ([]contract.Case, error) {
	s.requests, s.only = 0, nil // all cases, not only those that a bounded run chooses
	all, err := s.cases()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c contract.Case) bool {
		op := env.Clients[c.API].API().Operation(c.Operation)
		return op == nil || op.ExampleOnly
	})
	half, ready := left()/2, env.More
	var mu sync.Mutex
	begun := map[string]bool{}
	env.More = func(c contract.Case) bool {
		if left() < half || seen.by(c) || !ready(c) {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		begun[c.API+" "+c.Name()] = true
		return true
	}
	err = play(ctx, inTurns(chosen, all), env)
	env.More = ready
	return slices.DeleteFunc(slices.Clone(chosen), func(c contract.Case) bool { return begun[c.API+" "+c.Name()] }), err
}

// player is contract.Run or contract.Play.
type player func(context.Context, []contract.Case, *contract.Environment) error

// inTurns puts the first case of every operation first, then the second of each, and so on. Those that a bounded run
// has chosen come before the others of their operation.
func inTurns(chosen, all []contract.Case) []contract.Case {
	type operation struct{ api, id string }
	of, listed := map[operation][]contract.Case{}, map[string]bool{}
	var order []operation
	longest := 0
	for _, list := range [][]contract.Case{chosen, all} {
		for _, c := range list {
			name := c.API + " " + c.Name()
			if listed[name] {
				continue
			}
			listed[name] = true
			at := operation{c.API, c.Operation}
			if of[at] == nil {
				order = append(order, at)
			}
			of[at] = append(of[at], c)
			longest = max(longest, len(of[at]))
		}
	}
	var turns []contract.Case
	for turn := range longest {
		for _, at := range order {
			if turn < len(of[at]) {
				turns = append(turns, of[at][turn])
			}
		}
	}
	return turns
}
