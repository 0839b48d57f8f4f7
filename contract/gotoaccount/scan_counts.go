// The number of results: at most count, ten when nothing is said, never more than the document's maximum.

package gotoaccount

import (
	"fmt"
	"strconv"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
)

func (s scan) counts(suite *Suite) {
	r, _ := suite.Operation.Range(suite.Operation.Scan.Limit)

	suite.It(fmt.Sprintf("returns at most %d licences when no count is given", r.Default), Covers(s.id("01")), func(t *T) {
		w := s.bare(t)
		// Each is asked for three times: a server whose pages are short by chance is not taken for one whose
		// default is smaller.
		const times = 3
		var requests []client.Request
		for range times {
			requests = append(requests, w.request(bounds{}, nil), w.request(bounds{}, r.Default))
		}
		answers := t.OKAll(requests...)
		least, longest := int(r.Default), 0
		for i := 0; i < len(answers); i += 2 {
			plain, counted := len(licences(answers[i])), len(licences(answers[i+1]))
			t.On(answers[i]).Expect(plain, gomega.BeNumerically("<=", r.Default), fmt.Sprintf("without count there are at most %d results", r.Default))
			least, longest = min(least, counted), max(longest, plain)
		}
		if least == int(r.Default) {
			t.On(answers[0], answers[1]).Expect(longest, gomega.Equal(least), fmt.Sprintf("no count is the same as count=%d", r.Default))
		}
	})
	for _, n := range r.Inside() {
		suite.It(fmt.Sprintf("returns at most %d when count=%d", n, n), Covers(s.id("02")), func(t *T) {
			w := s.bare(t)
			e := t.Send(w.request(bounds{}, n))
			t.On(e).Expect(e, Succeed(), fmt.Sprintf("count=%d lies within %d to %d and is served", n, r.Min, r.Max))
			t.On(e).Expect(len(licences(e)), gomega.BeNumerically("<=", n), fmt.Sprintf("at most %d results", n))
		})
	}
	for _, n := range r.Above() {
		suite.It(fmt.Sprintf("never returns more than %d, whatever count says: %s", r.Max, n), Covers(s.id("03")), func(t *T) {
			w := s.bare(t)
			known := len(where(goods(t).Licences, w.sel.holds))
			t.Need(known > int(r.Max), "more than %d licences that %s finds (%d met)", r.Max, s.operation, known)
			e := t.Send(w.request(bounds{}, n))
			if e.OK() {
				t.On(e).Expect(len(licences(e)), gomega.BeNumerically("<=", r.Max), fmt.Sprintf("there is an upper bound of %d", r.Max))
				t.Observe("count="+n, fmt.Sprintf("%d, at most %d", e.Status, r.Max))
			}
		})
	}
	for _, n := range r.Below() {
		suite.It("rejects count="+n, Covers(s.id("04")), func(t *T) {
			w := s.bare(t)
			e := t.Send(w.request(bounds{}, n))
			outside := "count=" + n + " lies outside " + strconv.FormatInt(r.Min, 10) + " to " + strconv.FormatInt(r.Max, 10) + " and is refused"
			if shown := len(licences(e)); e.OK() {
				t.On(e).Expect(shown, gomega.BeNumerically("<=", r.Default), outside+"; it is no way around the limit")
			}
			t.On(e).Expect(e, BeRejected(), outside)
		})
	}
}
