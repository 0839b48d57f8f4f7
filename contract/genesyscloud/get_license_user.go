// getLicenseUser: GET /api/v2/license/users/{userId}.

package genesyscloud

import (
	"fmt"
	"slices"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

// fewUsers bounds how many users are read one by one.
const fewUsers = 5

var _ = describe("getLicenseUser", func(s *Suite) {
	s.It("returns the user that was asked for", Covers("GC-USR-01"), func(t *T) {
		for _, r := range singly(t, someUsers(t, goods(t).Users)) {
			e := served(t, r)[0] // one after another: answers that get mixed up in a crowd are another promise
			t.On(e).Expect(e.JSON(), BeKind(exact.Object), "the answer is one user")
			// The model does not demand an id; one that is there is the user's.
			if id := e.JSON().Get("id"); id.Kind == exact.String {
				t.On(e).Expect(id.Text, gomega.Equal(e.Request.Path["userId"]), "the licences are those of the user asked for")
			}
			held := ids(e.JSON().Get("licenses"))
			t.On(e).Expect(held, HaveTextSet(set(held)...), "no licence of a user is listed twice")
		}
	})
	s.It("answers 404 for a user that does not exist", Covers("GC-USR-04"), func(t *T) {
		answers := t.SendAll(t.Call("getLicenseUser", Path{"userId": uuid(t)}), t.Call("getLicenseUser", Path{"userId": "no-such-user"}))
		t.On(answers[0]).Expect(answers[0], HaveStatus(404), "an unknown user is answered with 404")
		t.On(answers[1]).Expect(answers[1], HaveStatus(404, 400), "an id that no user can have is answered with 404 or 400")
	})
	s.It("may show a user without licences in some way", Covers("GC-USR-05"), func(t *T) {
		i := slices.IndexFunc(goods(t).Users, func(u fixture.User) bool { return len(u.Licences) == 0 })
		t.Need(i >= 0, "a user without licences: name one under fixtures.genesyscloud.userIds")
		e := t.Send(t.Call("getLicenseUser", Path{"userId": goods(t).Users[i].ID}))
		answer := fmt.Sprint(e.Status)
		if e.OK() {
			answer += ", licenses: " + form(e.JSON().Get("licenses"))
		}
		t.Observe("a user without licences", answer)
	})
})

var _ = describeEach([]string{"getLicenseUser", "getLicenseUsers"}, func(s *Suite) {
	s.It("agrees with the other read about a user's licences", Covers("GC-USR-02"), func(t *T) {
		for _, u := range someUsers(t, listed(t)) {
			if !slices.Equal(set(user(t, u.ID).Licences), set(u.Licences)) {
				again, e := alone(t, u.ID)
				t.On(e).Expect(set(again.Licences), HaveTextSet(set(u.Licences)...), "user "+u.ID+" holds alone what the list shows")
			}
		}
	})
})

var _ = describeEach([]string{"getLicenseUser", "getLicenseDefinitions"}, func(s *Suite) {
	s.It("knows the definition of every licence that a user holds", Covers("GC-USR-03"), func(t *T) {
		for _, u := range someUsers(t, listed(t)) {
			defined(t, user(t, u.ID).Licences)
		}
	})
})

// someUsers picks a few users: without licences, with most, and some from the first to the last.
func someUsers(t *T, all []fixture.User) []fixture.User {
	t.Need(len(all) > 0, "a user in the organisation")
	picked := spread(all, fewUsers-2)
	fewest := slices.MinFunc(all, func(a, b fixture.User) int { return len(a.Licences) - len(b.Licences) })
	most := slices.MaxFunc(all, func(a, b fixture.User) int { return len(a.Licences) - len(b.Licences) })
	seen := map[string]bool{"": true}
	return slices.DeleteFunc(append([]fixture.User{fewest, most}, picked...), func(u fixture.User) bool {
		dup := seen[u.ID]
		seen[u.ID] = true
		return dup
	})
}

// singly asks for users one by one.
func singly(t *T, all []fixture.User) []client.Request {
	var requests []client.Request
	for _, u := range all {
		requests = append(requests, t.Call("getLicenseUser", Path{"userId": u.ID}))
	}
	return requests
}
