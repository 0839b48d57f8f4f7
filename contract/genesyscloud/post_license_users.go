// postLicenseUsers: POST /api/v2/license/users. A read, though it is a POST.

package genesyscloud

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

// batchSize is how many users are asked for at once. The document sets no limit; it is more than a default page.
const batchSize = 60

var _ = describe("postLicenseUsers", func(s *Suite) {
	s.It("answers for a list of users", Covers("GC-BUSR-01"), func(t *T) {
		for _, e := range served(t, post(t, "postLicenseUsers", userIDs(someUsers(t, goods(t).Users))...)) {
			for _, m := range e.JSON().Members {
				if m.Value.Kind != exact.Object { // the document says Object, and not what that is
					t.Observe("values", m.Value.Kind.String())
				}
			}
		}
	})
	s.It("names exactly the users that were asked for", Covers("GC-BUSR-07"), func(t *T) {
		ids, e := batch(t, many(t))
		t.On(e).Expect(e.JSON().Names(), HaveTextSet(ids...), "the members are the users asked for: none missing, none besides")
	})
	s.It("answers without users as well, and never with everybody", Covers("GC-BUSR-03"), func(t *T) {
		for _, e := range t.SendAll(t.Call("postLicenseUsers", nil), with(t.Call("postLicenseUsers", nil), `[]`)) {
			optional(t, e)
			if e.OK() {
				t.On(e).Expect(e.JSON().Names(), HaveTextSet(), "who asks for nobody gets nobody")
			}
		}
	})
	s.It("may treat unknown, doubled and malformed ids in some way", Covers("GC-BUSR-04"), func(t *T) {
		t.Need(len(goods(t).Users) > 0, "a user in the organisation")
		known, unknown := goods(t).Users[0].ID, uuid(t)
		long := []string{known}
		for len(long) < 1000 {
			long = append(long, uuid(t))
		}
		answers := t.SendAll(
			post(t, "postLicenseUsers", known, unknown),
			post(t, "postLicenseUsers", known, known),
			post(t, "postLicenseUsers", known, "no-such-user"),
			post(t, "postLicenseUsers", long[:101]...),
			post(t, "postLicenseUsers", long...))
		for i, question := range []string{"an unknown id", "an id twice", "a malformed id", "101 ids, all but one unknown", "1000 ids, all but one unknown"} {
			t.Observe(question, members(answers[i], known))
		}
	})
	s.It("only reads, and gives the same answer again", Covers("GC-BUSR-05", "GC-GEN-04"), func(t *T) {
		var answers []*client.Exchange
		undisturbed(t, "asking for users leaves their licences as they are", func(before []fixture.User) []*client.Exchange {
			t.Need(len(before) > 0, "a user in the organisation")
			// Those with most licences have most to lose, and go on having some when it is tried again.
			slices.SortStableFunc(before, func(a, b fixture.User) int { return len(b.Licences) - len(a.Licences) })
			r := post(t, "postLicenseUsers", userIDs(before[:min(3, len(before))])...)
			answers = t.OKAll(r, r)
			return answers
		})
		repeated(t, answers[0], answers[1])
	})
	s.It("adds batches up", Covers("GC-BUSR-06"), func(t *T) {
		ids, whole := batch(t, many(t))
		t.Need(len(ids) >= 2, "at least two users")
		half := len(ids) / 2
		parts := append(pieces(t, ids[:half]), pieces(t, ids[half:])...)
		if foreign := without(whole.JSON().Names(), ids); len(foreign) > 0 {
			t.Inconclusive("the members are not called as the users are, such as %q", foreign[0])
		}
		want := exact.Value{Kind: exact.Object, Members: parts}
		t.On(whole).Expect(unordered(whole.JSON()), EqualJSON(want), "the answer for all users is the answers for two halves together")
	})
})

var _ = describeEach([]string{"postLicenseUsers", "getLicenseUser"}, func(s *Suite) {
	s.It("agrees with the other read about each user of a batch", Covers("GC-BUSR-02"), func(t *T) {
		some := someUsers(t, listed(t))
		_, e := batch(t, userIDs(some))
		for _, u := range some {
			value := e.JSON().Get(u.ID)
			if value.Kind == exact.Absent {
				continue // whether everybody is there is another promise
			}
			single := user(t, u.ID)
			if held, ok := learnt(value); ok {
				t.On(e).Expect(set(held), HaveTextSet(set(single.Licences)...), "the batch shows user "+u.ID+" with the licences of the single read")
				continue
			}
			for _, id := range single.Licences {
				t.On(e).Expect(texts(value), gomega.ContainElement(id), "the batch shows user "+u.ID+" with the licences of the single read")
			}
		}
	})
})

// many are the users to ask for in one batch; one without licences is among them if there is any.
func many(t *T) []string {
	t.Need(len(goods(t).Users) > 0, "a user in the organisation")
	return set(append(userIDs(someUsers(t, goods(t).Users)), userIDs(spread(goods(t).Users, batchSize-fewUsers))...))
}

// batch reads users in one request, half as many and half again where so many are refused: the document sets no limit
// and a server may. It returns those it asked for. An answer that is no object, which the check of the document tells,
// says nothing more.
func batch(t *T, ids []string) ([]string, *client.Exchange) {
	e := t.Send(post(t, "postLicenseUsers", ids...))
	for (e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge) && len(ids) > fewUsers {
		ids = ids[:len(ids)/2]
		e = t.Send(post(t, "postLicenseUsers", ids...))
	}
	if !e.OK() {
		e = t.OK(e.Request)
	}
	if e.JSON().Kind != exact.Object {
		t.Inconclusive("the answer is no object")
	}
	return ids, e
}

// pieces reads users in one request and returns the members of the answer; it is a bracketed read.
func pieces(t *T, ids []string) []exact.Member {
	return Read(t, fmt.Sprintf("batch of %d users from %s", len(ids), ids[0]), func() ([]exact.Member, string) {
		v := unordered(t.OK(post(t, "postLicenseUsers", ids...)).JSON())
		return v.Members, v.Canonical()
	})
}

// learnt finds the licence ids of a user where the shape of the answer is one of those that other operations have: an
// object with licenses, or a bare list.
func learnt(v exact.Value) (list []string, ok bool) {
	if licences := v.Get("licenses"); licences.Kind == exact.Array {
		return ids(licences), true
	}
	return ids(v), v.Kind == exact.Array
}

// texts collects every text in a value, names of members included.
func texts(v exact.Value) []string {
	var all []string
	if v.Kind == exact.String {
		all = append(all, v.Text)
	}
	for _, item := range v.Items {
		all = append(all, texts(item)...)
	}
	for _, m := range v.Members {
		all = append(append(all, m.Name), texts(m.Value)...)
	}
	return all
}

// members says what a batch answered about a user that exists, among others.
func members(e *client.Exchange, known string) string {
	if !e.OK() {
		return fmt.Sprint(e.Status)
	}
	names := e.JSON().Names()
	var others []string
	for _, m := range e.JSON().Members {
		if m.Name != known {
			others = append(others, m.Value.Kind.String())
		}
	}
	switch {
	case !slices.Contains(names, known):
		return fmt.Sprintf("%d, without the known user", e.Status)
	case len(others) == 0:
		return fmt.Sprintf("%d, the known user alone", e.Status)
	}
	return fmt.Sprintf("%d, and beside the known user %s", e.Status, strings.Join(set(others), " "))
}
