// getLicenses: GET /accounts/{accountKeys}/licenses.

package gotoaccount

import (
	"fmt"
	"slices"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/fixture"
)

// accountsMet lists the accounts met, those with most licences met first. A licence whose accountkey could not be read
// has none.
func accountsMet(t *T) []int64 {
	return slices.DeleteFunc(goods(t).AccountKeys(), func(key int64) bool { return key == 0 })
}

var accountLists = filtered{
	operation: "getLicenses", noun: "accounts", owners: accountsMet, list: account,
	owns: func(l fixture.Licence, owners []int64) bool { return slices.Contains(owners, l.Account) },
	rows: filterRows{
		selects: "GOTO-ACCT-06", either: "GOTO-ACCT-07", whole: "GOTO-ACCT-08", optional: "GOTO-ACCT-09", unknown: "GOTO-ACCT-10", odd: "GOTO-ACCT-11",
		trims: "GOTO-ACCT-12", keeps: "GOTO-ACCT-13", leaves: "GOTO-ACCT-14", compose: "GOTO-ACCT-15", oddUsers: "GOTO-ACCT-16",
	},
}

var _ = describe("getLicenses", func(s *Suite) {
	filterLaw(s, accountLists)
	batchLaw(s, ofAccounts(batchRows{union: "GOTO-ACCT-03", once: "GOTO-ACCT-18", limit: "GOTO-ACCT-04", beyond: "GOTO-ACCT-05"}))

	list := func(t *T, keys any, query ...any) client.Request {
		return t.Call("getLicenses", Path{"accountKeys": keys}, query...)
	}
	s.It("returns only licences of the accounts that were asked for", Covers("GOTO-ACCT-01"), func(t *T) {
		keys := accountsMet(t)
		t.Need(len(keys) > 1, "two accounts with licences")
		asked := [][]int64{keys[:1], keys[len(keys)-1:], {keys[0], keys[len(keys)-1]}}
		var requests []client.Request
		for _, keys := range asked {
			requests = append(requests, list(t, join(keys)))
		}
		for i, e := range t.OKAll(requests...) {
			shown := indexed(licences(e))
			finds(t, e, func(key int64) bool {
				return slices.Contains(asked[i], shown[key].Account) || !shown[key].Value.Has("accountkey")
			},
				fmt.Sprintf("every licence belongs to account %s", join(asked[i])))
		}
	})
	s.It("returns every licence of the account, however many there are", Covers("GOTO-ACCT-02"), func(t *T) {
		keys := accountsMet(t)
		t.Need(len(keys) > 0, "a licence with an account")
		for _, key := range keys[:min(3, len(keys))] {
			complete(t, t.OK(list(t, key)), goods(t).ByAccount()[key], func(l fixture.Licence) bool { return l.Account == key }, fmt.Sprintf("account %d", key))
		}
	})
	s.It("shows what an unknown account yields", Covers("GOTO-ACCT-17"), func(t *T) {
		keys := accountsMet(t)
		t.Need(len(keys) > 0, "a licence with an account")
		nobody := t.Rand.Int64()
		answers := t.TryAll(list(t, nobody), list(t, join([]int64{keys[0], nobody})))
		t.Observe("an unknown account", amounts(t, answers[0]))
		t.Observe("an unknown account beside a known one", amounts(t, answers[1], named{"those of the known one", fixture.Keys(account(t, keys[0]))}))
	})
	s.It("shows what an account without licences yields", Covers("GOTO-ACCT-19"), func(t *T) {
		for _, key := range goods(t).Accounts {
			if len(goods(t).ByAccount()[key]) == 0 {
				t.Observe("an account without licences", amounts(t, t.Try(list(t, key))))
				return
			}
		}
		t.NotExercised("needs the key of an account without licences; name one under fixtures.gotoaccount.accountKeys")
	})
	s.It("shows whether the parameters of a scan count here", Covers("GOTO-ACCT-20"), func(t *T) {
		keys := accountsMet(t)
		t.Need(len(keys) > 0 && len(goods(t).ByAccount()[keys[0]]) > 2, "an account with three licences")
		all := sorted(fixture.Keys(account(t, keys[0])))
		t.Need(len(all) > 2, "an account with three licences")
		answers := t.TryAll(list(t, keys[0], "count", 1), list(t, keys[0], "startKey", all[1]), list(t, keys[0], "endKey", all[1]))
		t.Observe("count=1", oneOf(t, answers[0], all))
		t.Observe("startKey", amounts(t, answers[1], named{"ignored", all}, named{"honoured", all[1:]}))
		t.Observe("endKey", amounts(t, answers[2], named{"ignored", all}, named{"honoured", all[:2]}))
	})
})

// oneOf names an answer to count=1.
func oneOf(t *T, e *client.Exchange, all []int64) string {
	if e.OK() && len(all) > 1 && len(keys(e)) == 1 {
		return fmt.Sprintf("%d, honoured", e.Status)
	}
	return amounts(t, e, named{"ignored", all})
}

// complete holds a list against the licences met that belong in it; those that it lacks are read again.
func complete(t *T, e *client.Exchange, met []fixture.Licence, belongs func(fixture.Licence) bool, whose string) {
	got := keys(e)
	lost := missing(t, met, got, belongs)
	if len(lost) == 0 {
		return
	}
	f := evidence.Failure{
		Message:  "every licence of " + whose + " is in its list",
		Expected: fmt.Sprintf("at least the %d licences met, licence %d among them", len(met), lost[0].Key),
		Got:      fmt.Sprintf("%d licences, licence %d not among them", len(got), lost[0].Key),
	}
	switch all := func(holds func(fixture.Licence) bool) bool { return len(where(lost, holds)) == len(lost) }; {
	case len(got) > 0 && len(got)%10 == 0 && len(got) < len(met):
		f.Likely = fmt.Sprintf("the list ends after %d licences", len(got))
	case all(func(l fixture.Licence) bool { return !l.Is("enabled") }):
		f.Likely = "licences that are disabled are left out"
	case all(func(l fixture.Licence) bool { return l.Value.Get("seats").Text == "0" }):
		f.Likely = "licences without seats are left out"
	case all(func(l fixture.Licence) bool { return len(l.Roles) == 0 }):
		f.Likely = "licences that grant no role are left out"
	}
	t.On(e).Fail(f)
}
