// postLicenseInfer: POST /api/v2/license/infer.

package genesyscloud

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

var _ = describe("postLicenseInfer", func(s *Suite) {
	s.It("answers for a list of roles", Covers("GC-INF-01"), func(t *T) {
		needRoles(t, 1)
		roles := asked(t)
		served(t, post(t, "postLicenseInfer", roles[0]), post(t, "postLicenseInfer", roles...))
	})
	s.It("answers without roles as well", Covers("GC-INF-02"), func(t *T) {
		t.OK(post(t, "postLicenseInfer")) // an empty list of roles is a list of roles
		optional(t, t.Send(t.Call("postLicenseInfer", nil)))
	})
	s.It("depends on the set of roles alone", Covers("GC-INF-03"), func(t *T) {
		needRoles(t, 1)
		roles := asked(t)
		want := inferred(t, roles)
		backwards := slices.Clone(roles)
		slices.Reverse(backwards)
		for _, e := range t.OKAll(
			post(t, "postLicenseInfer", roles...),
			post(t, "postLicenseInfer", backwards...),
			post(t, "postLicenseInfer", append(backwards, roles[0])...),
		) {
			t.On(e).Expect(ids(e.JSON()), HaveTextSet(want...), "neither order nor repetition of roles changes the answer")
		}
	})
	s.It("may pass unknown roles over, and need fewer licences for more roles", Covers("GC-INF-05"), func(t *T) {
		needRoles(t, 1)
		roles := asked(t)
		many := slices.Clone(roles)
		for len(many) < 1000 {
			many = append(many, uuid(t))
		}
		answers := t.SendAll(
			post(t, "postLicenseInfer", roles...),
			post(t, "postLicenseInfer", append([]string{uuid(t)}, roles...)...),
			post(t, "postLicenseInfer", roles[0]),
			post(t, "postLicenseInfer", many...))
		all := ids(answers[0].JSON())
		t.Observe("an unknown role among known ones", against(answers[1], all))
		t.Observe("1000 roles, nearly all unknown", against(answers[3], all))
		monotonic := "yes"
		for _, id := range ids(answers[2].JSON()) {
			if !slices.Contains(all, id) {
				monotonic = "no"
			}
		}
		t.Observe("more roles infer at least as much", monotonic)
		twice := "no"
		if len(set(all)) < len(all) {
			twice = "yes"
		}
		t.Observe("a licence is named twice", twice)
	})
	s.It("refuses what is no list of texts", Covers("GC-INF-06"), func(t *T) {
		r := proven(t, "postLicenseInfer")
		for _, e := range t.SendAll(with(r, `{}`), with(r, `"x"`), with(r, `[1]`), with(r, `[null]`)) {
			t.On(e).Expect(e, HaveStatus(http.StatusBadRequest), fmt.Sprintf("%s is no list of role ids and refused", e.Request.Body))
		}
	})
	s.It("assigns nothing, and gives the same answer again", Covers("GC-INF-07", "GC-GEN-04"), func(t *T) {
		needRoles(t, 1)
		for _, role := range untouched(t)[:min(3, len(untouched(t)))] {
			r := post(t, "postLicenseInfer", role)
			var answers []*client.Exchange
			undisturbed(t, "inferring licences gives them to nobody", func([]fixture.User) []*client.Exchange {
				answers = t.OKAll(r, r)
				return answers
			})
			repeated(t, answers[0], answers[1])
		}
	})
})

var _ = describeEach([]string{"postLicenseInfer", "getLicenseDefinitions"}, func(s *Suite) {
	s.It("knows the definition of every licence inferred", Covers("GC-INF-04"), func(t *T) {
		needRoles(t, 1)
		e := t.OK(post(t, "postLicenseInfer", asked(t)...))
		if e.JSON().Kind != exact.Array {
			t.Inconclusive("the answer is no list")
		}
		t.Need(len(ids(e.JSON())) > 0, "a role that needs a licence")
		defined(t, ids(e.JSON()), e)
	})
})

// inferred reads what roles need; it is a bracketed read.
func inferred(t *T, roles []string) []string {
	return Read(t, "licences inferred from "+strings.Join(roles, " "), func() ([]string, string) {
		list := slices.Sorted(slices.Values(ids(t.OK(post(t, "postLicenseInfer", roles...)).JSON())))
		return list, strings.Join(list, " ")
	})
}

// optional takes a refusal of a body that is documented as optional down as a conflict of the documents: the vendor's
// clients always send one. Anything else must be served.
func optional(t *T, e *client.Exchange) {
	if e.Status == http.StatusBadRequest {
		t.Observe("without the optional body", "400")
		return
	}
	t.On(e).Expect(e, Succeed(), "the body is optional")
}

// against says how an answer compares with a list of ids.
func against(e *client.Exchange, want []string) string {
	switch got := ids(e.JSON()); {
	case !e.OK():
		return fmt.Sprint(e.Status)
	case slices.Equal(set(got), set(want)):
		return fmt.Sprintf("%d, passed over", e.Status)
	}
	return fmt.Sprintf("%d, another answer", e.Status)
}
