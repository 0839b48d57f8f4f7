// scanAccountLicensesByAttribute: GET /accounts/{accountKey}/licenses?name={name}&value={value}. It stands in an
// example of the document and among none of its operations, so a server may do without it.

package gotoaccount

import (
	"fmt"
	"slices"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

var _ = describe("scanAccountLicensesByAttribute", func(s *Suite) {
	op := s.Operation
	ask := func(t *T, owner int64, a exact.Member, more ...any) client.Request {
		return t.Call(op.ID, Path{"accountKey": owner}, append(attributeQuery(op, a.Name, a.Value.String()), more...)...)
	}
	s.It("finds the account's licences that carry the attribute, if it is supported at all", Covers("GOTO-ACCTATTR-01"), func(t *T) {
		for _, owner := range accountsMet(t) {
			if len(carried(goods(t).ByAccount()[owner], exact.String)) == 0 {
				continue
			}
			base := account(t, owner)
			found := carried(base, exact.String)
			if len(found) == 0 {
				continue
			}
			e := t.Send(ask(t, owner, found[0]))
			if e.Rejected() {
				t.Observe("the query of the example", amounts(t, e)+", not supported")
				return
			}
			t.On(e).Expect(e, Succeed(), "the query of the example is served or refused")
			want := fixture.Keys(where(base, has(found[0])))
			selects(t, e, want, want, fmt.Sprintf("the licences are those of account %d that carry %s=%s", owner, found[0].Name, found[0].Value),
				named{"name and value are ignored: the whole account", fixture.Keys(base)})
			return
		}
		t.NotExercised("needs an account with a custom attribute on some of its licences and not on others")
	})
	s.It("shows which parameters of a scan it takes", Covers("GOTO-ACCTATTR-02"), func(t *T) {
		for _, owner := range accountsMet(t) {
			found := carried(goods(t).ByAccount()[owner], exact.String)
			if len(found) == 0 || len(where(goods(t).ByAccount()[owner], has(found[0]))) < 11 {
				continue
			}
			a := found[0]
			hits := sorted(fixture.Keys(where(account(t, owner), has(a))))
			t.Need(len(hits) > 10, "an account with more than 10 licences that share an attribute")
			answers := t.TryAll(ask(t, owner, a), ask(t, owner, a, "count", 1), ask(t, owner, a, "startKey", hits[1]), ask(t, owner, a, "endKey", hits[1]))
			plain := amounts(t, answers[0], named{"all of them", hits})
			if shown := len(keys(answers[0])); answers[0].OK() && shown == 10 {
				plain = "200, 10 of them"
			}
			t.Observe("no parameter", plain)
			for i, question := range []string{"count=1", "startKey", "endKey"} {
				e := answers[i+1]
				honoured := [][]int64{nil, hits[1:], hits[:2]}[i]
				answer := amounts(t, e, named{"ignored", keys(answers[0])}, named{"honoured", honoured})
				if i == 0 && e.OK() && len(keys(e)) == 1 || i == 1 && e.OK() && slices.Equal(sorted(keys(e)), hits[1:min(11, len(hits))]) {
					answer = "200, honoured"
				}
				t.Observe(question, answer)
			}
			return
		}
		t.NotExercised("needs an account with more than 10 licences that share the value of a custom attribute")
	})
})
