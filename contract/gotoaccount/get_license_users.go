// getLicenseUsers: GET /licenses/{licenseKey}/users.

package gotoaccount

import (
	"fmt"
	"slices"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

var _ = describe("getLicenseUsers", func(s *Suite) {
	s.It("lists the users that the licence itself lists", Covers("GOTO-LUSR-02"), func(t *T) {
		all := peopled(t)
		t.Need(len(all) > 0, "at least one licence")
		judged := false
		for i, e := range askUsers(t, all) {
			if !e.OK() {
				continue // that it is served at all is another promise
			}
			l := licence(t, all[i].Key)
			if l.Value.Get("userkeys").Kind != exact.Array {
				continue
			}
			judged = true
			want := l.Users
			t.On(e).
				If("the list is cut at 100", first(want, 100)).If("the list is cut at 1000", first(want, 1000)).
				If("the list does not know the last assignment", want[:max(0, len(want)-1)]).
				Expect(sorted(userKeys(e)), HaveKeySet(sorted(want)...), "the users are the userkeys of the licence")
		}
		t.Need(judged, "a licence whose users are served")
	})
	s.It("lists only users to whom the licence belongs", Covers("GOTO-LUSR-03"), func(t *T) {
		var pairs []assignment
		var requests []client.Request
		for _, l := range peopled(t) {
			for _, u := range ends(users(t, l.Key), 2) {
				pairs = append(pairs, assignment{l.Key, u})
				requests = append(requests, t.Call("getUserLicenses", Path{"userKeys": u}))
			}
		}
		t.Need(len(pairs) > 0, "a licence with users")
		answers := t.SendAll(requests...)
		if !slices.ContainsFunc(answers, (*client.Exchange).OK) {
			t.Inconclusive("%s: %s", answers[0].Asked(), answers[0].Answered())
		}
		for i, e := range answers { // a user that nobody knows has no licence either
			t.On(e).Expect(keys(e), gomega.ContainElement(pairs[i].licence), fmt.Sprintf("licence %d lists user %d, so the user has it", pairs[i].licence, pairs[i].user))
		}
	})
	s.It("answers with an empty list when there is nobody", Covers("GOTO-LUSR-04"), func(t *T) {
		empty := existing(t, 1, func(l fixture.Licence) bool { return len(l.Users) == 0 && l.Value.Get("userkeys").Kind == exact.Array })
		t.Need(len(empty) > 0, "a licence without users")
		e := t.Send(t.Call("getLicenseUsers", Path{"licenseKey": empty[0].Key}))
		t.On(e).Expect(e, HaveStatus(200), "a licence without users has a list of them all the same")
		t.On(e).Expect(e.JSON(), gomega.Not(BeKind(exact.Null)), "nobody is an empty array, and not null")
		t.On(e).Expect(userKeys(e), HaveKeySet(), "nobody is an empty array")
	})
	s.It("lists all users, however many there are", Covers("GOTO-LUSR-05"), func(t *T) {
		crowded := largest(existing(t, 1000, func(l fixture.Licence) bool {
			// Only where the sum is right does it tell how long the list is.
			return summable(l) && taken(l) > 100 && taken(l) == len(sorted(l.Users))
		}))
		t.Need(len(crowded) > 0, "a licence with a number of seats, more than 100 of which are taken")
		for i, e := range askUsers(t, crowded) {
			want := taken(crowded[i])
			t.On(e).If("the list is cut at 100", 100).If("the list is cut at 1000", 1000).
				Expect(len(userKeys(e)), gomega.BeNumerically(">=", want), fmt.Sprintf("of licence %d, %d seats are taken", crowded[i].Key, want))
		}
	})
	s.It("tells how it meets what is not its own", Covers("GOTO-LUSR-06"), func(t *T) {
		all := existing(t, 2, func(l fixture.Licence) bool { return len(l.Users) > 0 })
		t.Need(len(all) == 2, "two licences with users")
		good := t.Call("getLicenseUsers", Path{"licenseKey": all[0].Key})
		without := likeness{"as without it", t.Try(good)}
		observe(t, func(e *client.Exchange) string { return against(e, without) },
			question{"two keys", keyed(good, "licenseKey", join(fixture.Keys(all)))},
			question{"batch=true", with(good, "batch", true)},
			question{"includeUsers", with(good, "includeUsers", all[0].Users[0])},
		)
		t.Observe("order", map[bool]string{true: "as in userkeys", false: "another than in userkeys"}[slices.Equal(userKeys(without.e), all[0].Users)])
	})
})

var _ = describe("getUserLicenses", func(s *Suite) {
	s.It("lists only licences that list the user", Covers("GOTO-LUSR-03"), func(t *T) {
		judged := false
		for _, u := range first(goods(t).UserKeys(), 2) {
			for _, l := range first(user(t, u), 4) {
				judged = true
				e := t.Send(t.Call("getLicenseUsers", Path{"licenseKey": l.Key}))
				if e.OK() {
					t.On(e).Expect(userKeys(e), gomega.ContainElement(u), fmt.Sprintf("user %d has licence %d, so the licence lists the user", u, l.Key))
				}
			}
		}
		t.Need(judged, "a user with a licence")
	})
	s.It("lists every licence that lists the user", Covers("GOTO-LUSR-03"), func(t *T) {
		judged := false
		for _, l := range peopled(t) {
			for _, u := range first(l.Users, 1) {
				judged = true
				if slices.Contains(users(t, l.Key), u) {
					e := t.OK(t.Call("getUserLicenses", Path{"userKeys": u}))
					t.On(e).Expect(keys(e), gomega.ContainElement(l.Key), fmt.Sprintf("licence %d lists user %d, so the user has it", l.Key, u))
				}
			}
		}
		t.Need(judged, "a licence with users")
	})
})

// assignment is a licence and one of its users.
type assignment struct{ licence, user int64 }

// peopled returns licences of every kind that matters for users: without any, with one, with several, with very many,
// and a disabled one.
func peopled(t *T) []fixture.Licence {
	var all []fixture.Licence
	for _, holds := range []func(fixture.Licence) bool{
		func(l fixture.Licence) bool { return len(l.Users) == 0 },
		func(l fixture.Licence) bool { return len(l.Users) == 1 },
		func(l fixture.Licence) bool { return len(l.Users) > 1 && len(l.Users) <= 100 },
		func(l fixture.Licence) bool { return l.Value.Get("enabled").Text == "false" && len(l.Users) > 0 },
		func(l fixture.Licence) bool { return len(l.Users) > 100 },
	} {
		for _, l := range existing(t, 1, holds) {
			if !slices.ContainsFunc(all, func(o fixture.Licence) bool { return o.Key == l.Key }) {
				all = append(all, l)
			}
		}
	}
	return all
}

// askUsers asks for the users of each licence.
func askUsers(t *T, all []fixture.Licence) []*client.Exchange {
	var requests []client.Request
	for _, l := range all {
		requests = append(requests, t.Call("getLicenseUsers", Path{"licenseKey": l.Key}))
	}
	return t.SendAll(requests...)
}

// taken is how many seats of a licence are not remaining.
func taken(l fixture.Licence) int {
	seats, _ := fixture.Key(l.Value.Get("seats"))
	remaining, _ := fixture.Key(l.Value.Get("remaining"))
	return int(seats - remaining)
}

// largest returns the two licences with most seats taken.
func largest(all []fixture.Licence) []fixture.Licence {
	slices.SortFunc(all, func(a, b fixture.Licence) int { return taken(b) - taken(a) })
	return first(all, 2)
}

// ends returns the first and last n elements of a list, all of a short one.
func ends[E any](list []E, n int) []E {
	if len(list) <= 2*n {
		return list
	}
	return slices.Concat(list[:n], list[len(list)-n:])
}
