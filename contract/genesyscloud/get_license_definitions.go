// getLicenseDefinitions: GET /api/v2/license/definitions.

package genesyscloud

import (
	"fmt"
	"slices"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
)

var _ = describe("getLicenseDefinitions", func(s *Suite) {
	s.It("lists the definitions when nothing but the path is sent", Covers("GC-DEF-01"), func(t *T) {
		served(t, t.Call("getLicenseDefinitions", nil))
	})
	s.It("is not cut at the length of a page", Covers("GC-DEF-01"), func(t *T) {
		size, _ := t.Operation("getLicenseUsers").Range("pageSize")
		if len(definitions(t)) == int(size.Default) {
			e := t.OK(t.Call("getLicenseDefinitions", nil))
			t.On(e).Expect(unlisted(t), HaveTextSet(), fmt.Sprintf("%d definitions are listed, as many as a page has, and there are no others", size.Default))
		}
	})
	s.It("lists every definition that can be read alone", Covers("GC-DEF-03"), func(t *T) {
		e := t.OK(t.Call("getLicenseDefinitions", nil))
		t.On(e).Expect(unlisted(t), HaveTextSet(), "the list of all definitions leaves none out that can be read alone")
	})
	s.It("names each definition once", Covers("GC-DEF-03"), func(t *T) {
		e := t.OK(t.Call("getLicenseDefinitions", nil))
		for _, item := range elements(e.JSON()) {
			t.On(e).Expect(item.Get("id").Text, gomega.Not(gomega.BeEmpty()), "every definition has an id")
		}
		used := ids(exact.Value{Items: elements(e.JSON())})
		t.On(e).Expect(used, HaveTextSet(set(used)...), "no id is used twice")
	})
	s.It("may refer to definitions outside the list, and has some order", Covers("GC-DEF-06"), func(t *T) {
		e := t.Send(t.Call("getLicenseDefinitions", nil))
		known := ids(e.JSON())
		t.Need(len(known) > 0, "a licence definition in the organisation")
		for _, member := range []string{"prerequisites", "comprises"} {
			var named []string
			for _, item := range e.JSON().Items {
				named = append(named, ids(item.Get(member))...)
			}
			t.Observe(member+" stand in the list", part(named, known))
		}
		order := "another"
		if slices.IsSorted(known) {
			order = "by id"
		}
		t.Observe("order", order)
	})
	s.It("may ignore parameters that it does not have", Covers("GC-DEF-07"), func(t *T) {
		answers := t.SendAll(t.Call("getLicenseDefinitions", nil), t.Call("getLicenseDefinitions", nil, "pageSize", 1))
		answer := fmt.Sprint(answers[1].Status)
		if answers[1].OK() {
			answer = "the full list"
			if len(answers[1].JSON().Items) != len(answers[0].JSON().Items) {
				answer = "another list"
			}
		}
		t.Observe("pageSize=1", answer)
	})
})

// part says how many of the ids are among the known ones.
func part(named, known []string) string {
	listed := 0
	for _, id := range named {
		if slices.Contains(known, id) {
			listed++
		}
	}
	switch {
	case len(named) == 0:
		return "there are none"
	case listed == len(named):
		return "all"
	case listed == 0:
		return "none"
	}
	return "some"
}

// fewDefinitions bounds how many definitions are read one by one.
const fewDefinitions = 5

// unlisted are ids known from elsewhere that the list leaves out, though each can be read alone.
func unlisted(t *T) []string {
	var requests []client.Request
	for _, id := range spread(strangers(t, held(t)), fewDefinitions) {
		requests = append(requests, t.Call("getLicenseDefinition", Path{"licenseId": id}))
	}
	var found []string
	for _, e := range t.SendAll(requests...) {
		if e.OK() && e.JSON().Kind == exact.Object {
			found = append(found, e.Request.Path["licenseId"])
		}
	}
	return found
}

// strangers are those of the ids that the list of definitions does not have.
func strangers(t *T, list []string) []string {
	var known []string
	for _, d := range definitions(t) {
		known = append(known, d.Get("id").Text)
	}
	return without(set(list), known)
}

// defined breaks the case when an id is neither in the list of definitions nor can be read alone. One that can be
// read is a gap in the list, which the list's own case tells.
func defined(t *T, list []string, seen ...*client.Exchange) {
	for _, id := range spread(strangers(t, list), fewDefinitions) {
		e := t.Send(t.Call("getLicenseDefinition", Path{"licenseId": id}))
		t.On(append(seen, e)...).Expect(e, Succeed(), "every licence that is named has a definition: "+id)
	}
}
