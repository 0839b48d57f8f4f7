// getUserLicenses: GET /users/{userKeys}/licenses.

package gotoaccount

import (
	"fmt"
	"slices"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/fixture"
)

// usersMet lists the users met, those with most licences met first.
func usersMet(t *T) []int64 { return goods(t).UserKeys() }

var userLists = filtered{
	operation: "getUserLicenses", noun: "users", owners: usersMet, list: user,
	owns: func(l fixture.Licence, owners []int64) bool { return slices.ContainsFunc(owners, l.HasUser) },
	rows: filterRows{
		selects: "GOTO-USER-05", either: "GOTO-USER-05", whole: "GOTO-USER-05", optional: "GOTO-USER-05", unknown: "GOTO-USER-05",
		trims: "GOTO-USER-06", keeps: "GOTO-USER-06", leaves: "GOTO-USER-06", compose: "GOTO-USER-06",
	},
}

// someUsers chooses users that show different things: the one with most licences met, one with licences in several
// accounts, and one with a licence that is disabled.
func someUsers(t *T) []int64 {
	groups := goods(t).ByUser()
	var chosen []int64
	add := func(suits func([]fixture.Licence) bool) {
		for _, u := range usersMet(t) {
			if suits(groups[u]) && !slices.Contains(chosen, u) {
				chosen = append(chosen, u)
				return
			}
		}
	}
	add(func([]fixture.Licence) bool { return true })
	add(inSeveralAccounts)
	add(func(all []fixture.Licence) bool {
		return slices.ContainsFunc(all, func(l fixture.Licence) bool { return !l.Is("enabled") })
	})
	return chosen
}

func inSeveralAccounts(all []fixture.Licence) bool {
	return slices.ContainsFunc(all, func(l fixture.Licence) bool { return l.Account != all[0].Account })
}

var _ = describe("getUserLicenses", func(s *Suite) {
	filterLaw(s, userLists)
	batchLaw(s, ofUsers(batchRows{union: "GOTO-USER-03", limit: "GOTO-USER-04", beyond: "GOTO-USER-04"}))

	list := func(t *T, keys any) client.Request { return t.Call("getUserLicenses", Path{"userKeys": keys}) }
	s.It("returns only licences that the user is assigned to", Covers("GOTO-USER-01"), func(t *T) {
		groups := goods(t).ByUser()
		var chosen []int64
		for _, u := range usersMet(t) {
			beside := slices.ContainsFunc(goods(t).ByAccount()[groups[u][0].Account], func(l fixture.Licence) bool { return !l.HasUser(u) })
			if beside && len(chosen) < 3 {
				chosen = append(chosen, u)
			}
		}
		t.Need(len(chosen) > 0, "a user with licences in an account that has others as well")
		var requests []client.Request
		for _, u := range chosen {
			requests = append(requests, list(t, u))
		}
		for i, e := range t.OKAll(requests...) {
			shown := indexed(licences(e))
			finds(t, e, func(key int64) bool { return shown[key].HasUser(chosen[i]) }, fmt.Sprintf("every licence is assigned to user %d", chosen[i]))
		}
	})
	s.It("returns every licence that the user is assigned to", Covers("GOTO-USER-02"), func(t *T) {
		chosen := someUsers(t)
		t.Need(len(chosen) > 0, "a licence with a user")
		for _, u := range chosen {
			e := t.OK(list(t, u))
			complete(t, e, goods(t).ByUser()[u], func(l fixture.Licence) bool { return l.HasUser(u) }, fmt.Sprintf("user %d", u))
			shown := where(licences(e), func(l fixture.Licence) bool { return l.HasUser(u) })
			for _, l := range shown[:min(3, len(shown))] {
				if now, ok := still(t, l.Key); ok {
					t.On(e).Expect(now.HasUser(u), gomega.BeTrue(), fmt.Sprintf("licence %d, listed for user %d, names that user itself", l.Key, u))
				}
			}
		}
	})
	s.It("lists a licence that two users share once", Covers("GOTO-USER-03"), func(t *T) {
		pair := sharing(t)
		t.Need(len(pair) > 1, "a licence that two users share")
		e := t.OK(list(t, join(pair[:2])))
		t.On(e).Expect(slices.Sorted(slices.Values(keys(e))), HaveKeySet(sorted(keys(e))...), fmt.Sprintf("a licence that users %s share is listed once", join(pair[:2])))
	})
	s.It("shows all users of a licence, not only the one that was asked for", Covers("GOTO-USER-07"), func(t *T) {
		pair := sharing(t)
		t.Need(len(pair) > 1, "a licence with two users or more")
		e := t.OK(list(t, pair[0]))
		compared := 0
		for _, l := range eachOnce(t, e) {
			now, ok := still(t, l.Key)
			if !ok || len(now.Users) < 2 || compared == 3 {
				continue
			}
			compared++
			t.On(e).If("only the user that was asked for is shown", []int64{pair[0]}).
				Expect(sorted(l.Users), HaveKeySet(sorted(now.Users)...), fmt.Sprintf("userkeys of licence %d are those that the licence itself shows", l.Key))
		}
		t.Need(compared > 0, "a licence with two users or more")
	})
	s.It("shows what unusual lists of users yield", Covers("GOTO-USER-08"), func(t *T) {
		known := usersMet(t)
		t.Need(len(known) > 0, "a licence with a user")
		nobody := t.Rand.Int64()
		ofKnown := named{"those of the known one", fixture.Keys(user(t, known[0]))}
		answers := t.TryAll(list(t, nobody), list(t, join([]int64{known[0], nobody})), list(t, join([]int64{known[0], known[0]})))
		t.Observe("an unknown user", amounts(t, answers[0]))
		t.Observe("an unknown user beside a known one", amounts(t, answers[1], ofKnown))
		twice := amounts(t, answers[2], ofKnown)
		if answers[2].OK() && len(keys(answers[2])) > len(sorted(keys(answers[2]))) {
			twice = "200, twice"
		}
		t.Observe("a user named twice", twice)
		if e := t.Try(list(t, join(first(known, 20)))); e.OK() && len(keys(e)) > 10 { // fewer may ascend by chance
			t.Observe("order of the licences of many users", order(keys(e), nil))
		}
		for _, key := range goods(t).Users {
			if len(goods(t).ByUser()[key]) == 0 {
				t.Observe("a user without licences", amounts(t, t.Try(list(t, key))))
				break
			}
		}
	})
	s.It("shows whether a user gets the licences of all accounts", Covers("GOTO-USER-09"), func(t *T) {
		groups := goods(t).ByUser()
		for _, u := range usersMet(t) {
			if !inSeveralAccounts(groups[u]) {
				continue
			}
			answer := "those of one account"
			if inSeveralAccounts(user(t, u)) {
				answer = "those of several accounts"
			}
			t.Observe("a user with licences in several accounts", answer)
			return
		}
		t.NotExercised("needs a user with licences in several accounts")
	})
})

// sharing lists the users met, two that share a licence first.
func sharing(t *T) []int64 {
	all := usersMet(t)
	for _, l := range goods(t).Licences {
		if users := sorted(l.Users); len(users) > 1 && len(users) <= 50 {
			pair := users[:2]
			return append(pair, slices.DeleteFunc(slices.Clone(all), func(u int64) bool { return slices.Contains(pair, u) })...)
		}
	}
	return all
}
