// What must change nothing is watched while it is called.

package genesyscloud

import (
	"slices"
	"time"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/fixture"
)

// How often the list is looked at, while nothing is called, before a change is blamed on the calls.
const (
	leastLooks = 80
	mostLooks  = 200
)

// undisturbed runs something that must leave the organisation as it is, and breaks the case when the first page of
// users is another one afterwards. It reads afresh, because a bracketed read would take the effect for data that
// moves. A list that changes when nothing is called says nothing; so it is looked at for several times as long as the
// calls took, since data that moves now and then may have moved just then.
func undisturbed(t *T, promise string, act func(before []fixture.User) []*client.Exchange) {
	t.Watching()
	before, _ := list(t)
	began := time.Now()
	calls := act(before)
	after, seen := list(t)
	if slices.Equal(holdings(before), holdings(after)) {
		return
	}
	took := time.Since(began)
	for looks, calm := 0, time.Now(); looks < leastLooks || looks < mostLooks && time.Since(calm) < 5*took; looks++ {
		if again, _ := list(t); !slices.Equal(holdings(again), holdings(after)) {
			t.Inconclusive("the list of users changes while nothing is called")
		}
	}
	t.On(append(calls, seen)...).Expect(holdings(after), HaveTextSet(holdings(before)...), promise)
}

// repeated breaks the case when two answers to one request differ. Where two more agree, the data may have moved once
// between the first ones.
func repeated(t *T, a, b *client.Exchange) {
	if same(a, b) {
		return
	}
	if more := t.OKAll(a.Request, a.Request); same(more[0], more[1]) {
		t.Inconclusive("the answer changed once, as it does when the data moves")
	}
	t.On(a, b).Expect(unordered(b.JSON()), EqualJSON(unordered(a.JSON())), "a read, sent again, gives the same answer")
}

// same says whether two answers hold the same, in whatever order.
func same(a, b *client.Exchange) bool {
	return unordered(a.JSON()).Canonical() == unordered(b.JSON()).Canonical()
}
