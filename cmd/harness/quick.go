// The quick profile: for every commit, where a full run is too much to ask of the target.

package main

import (
	"slices"

	"harness/contract"
	"harness/internal/requirement"
)

// quickRequests bounds a quick run, discovery included.
const quickRequests = 200

// few is the number of operations up to which a promise is an operation's own.
const few = 3

// firmestFirst keeps one case for each promise on each operation. The firmest promises come first; among those, the
// ones that an operation makes for itself before the ones that many share, which take more requests; and operations
// take turns. So a run which ends early has looked at what matters most.
func firmestFirst(c *requirement.Catalogue, cases []contract.Case) []contract.Case {
	byID := map[string]requirement.Requirement{}
	for _, r := range c.All {
		byID[r.ID] = r
	}
	rank := func(k contract.Case) (level int, shared bool) {
		level = len(requirement.Levels)
		for _, id := range k.Requirements {
			level = min(level, slices.Index(requirement.Levels, byID[id].Level))
			shared = shared || len(byID[id].Operations) > few
		}
		return level, shared
	}
	type promise struct{ operation, requirement string }
	covered := map[promise]bool{}
	type row struct {
		operation string
		level     int
		shared    bool
	}
	turn := map[row]int{}
	type ranked struct {
		level  int
		shared bool
		turn   int
		c      contract.Case
	}
	var kept []ranked
	for _, k := range cases {
		fresh := false
		for _, id := range k.Requirements {
			p := promise{k.API + k.Operation, id}
			fresh = fresh || !covered[p]
			covered[p] = true
		}
		if fresh {
			level, shared := rank(k)
			at := row{k.API + k.Operation, level, shared}
			kept = append(kept, ranked{level, shared, turn[at], k})
			turn[at]++
		}
	}
	slices.SortStableFunc(kept, func(a, b ranked) int {
		switch {
		case a.level != b.level:
			return a.level - b.level
		case a.shared != b.shared && a.shared:
			return 1
		case a.shared != b.shared:
			return -1
		}
		return a.turn - b.turn
	})
	var first []contract.Case
	for _, r := range kept {
		first = append(first, r.c)
	}
	return first
}
