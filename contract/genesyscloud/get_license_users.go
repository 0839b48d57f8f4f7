// getLicenseUsers: GET /api/v2/license/users, page by page.

package genesyscloud

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/fixture"
)

var _ = describe("getLicenseUsers", func(s *Suite) {
	size, _ := s.Operation.Range("pageSize")
	number, _ := s.Operation.Range("pageNumber")

	s.It(fmt.Sprintf("returns page %d of %d users when nothing else is asked for", number.Default, size.Default), Covers("GC-PAGE-01"), func(t *T) {
		plain := t.Call("getLicenseUsers", nil)
		answers := served(t, plain,
			t.Call("getLicenseUsers", nil, "pageSize", size.Default, "pageNumber", number.Default),
			t.Call("getLicenseUsers", nil, "pageSize", size.Default),
			t.Call("getLicenseUsers", nil, "pageNumber", number.Default),
			plain)
		stable(t, answers[0], answers[4])
		for _, e := range answers[1:4] {
			t.On(answers[0], e).Expect(userIDs(users(answers[0])), HaveTextSet(userIDs(users(e))...),
				fmt.Sprintf("no parameters are the same as pageSize=%d and pageNumber=%d", size.Default, number.Default))
		}
		t.On(answers[0]).Expect(len(users(answers[0])), gomega.BeNumerically("<=", size.Default), "a page has a default size")
		for member, want := range map[string]int64{"pageSize": size.Default, "pageNumber": number.Default} {
			if echo := answers[0].JSON().Get(member).Text; echo != "" {
				t.On(answers[0]).Expect(whole(echo), gomega.Equal(want), member+" is told as it is by default")
			}
		}
	})
	for _, n := range sizes(size.Default) {
		s.It(fmt.Sprintf("returns at most %d users when pageSize=%d", n, n), Covers("GC-PAGE-02"), func(t *T) {
			t.Need(len(goods(t).Users) > int(min(n, 1)), "more users than one")
			send := t.OK
			if n > size.Default {
				send = t.Send // the document sets no maximum; above the default a server may have one, and refuse
			}
			e := send(t.Call("getLicenseUsers", nil, "pageSize", n))
			if e.OK() {
				t.On(e).If("pageSize is ignored", int(size.Default)).Expect(len(users(e)), gomega.BeNumerically("<=", n), fmt.Sprintf("a page of %d users holds no more", n))
			}
		})
	}
	s.It("returns other users on the second page than on the first", Covers("GC-PAGE-03"), func(t *T) {
		half := halfPage(t)
		answers := t.OKAll(page(t, half, 1), page(t, half, 2), page(t, half, 1))
		stable(t, answers[0], answers[2])
		one, two := userIDs(users(answers[0])), userIDs(users(answers[1]))
		for i, ids := range [][]string{one, two} {
			t.On(answers[i]).Expect(ids, gomega.Not(gomega.BeEmpty()), fmt.Sprintf("there are users enough for page %d of %d", i+1, half))
		}
		both := without(one, without(one, two))
		t.On(answers[:2]...).If("pageNumber is ignored: both pages are the same", one).Expect(both, HaveTextSet(), "no user is on two pages")
	})
	s.It("counts pages from 1, and in pages", Covers("GC-PAGE-10"), func(t *T) {
		half := halfPage(t)
		answers := t.OKAll(page(t, half, 1), page(t, half, 2), page(t, 2*half, 1), page(t, half, 1))
		stable(t, answers[0], answers[3])
		one, two, both := userIDs(users(answers[0])), userIDs(users(answers[1])), userIDs(users(answers[2]))
		if len(one) != half || len(both) != 2*half {
			t.Inconclusive("the pages do not have the size that was asked for (%d of %d, %d of %d)", len(one), half, len(both), 2*half)
		}
		second := without(both, one)
		t.On(answers[:3]...).Expect(two, HaveTextSet(second...), fmt.Sprintf("page 2 of %d is the second half of page 1 of %d", half, 2*half))
	})
	s.It("shows every user once, whatever the size of the pages", Covers("GC-PAGE-04"), everybodyOnce)
	s.It("ends after the last page", Covers("GC-PAGE-07"), func(t *T) {
		far := min(max(goods(t).Total, int64(len(goods(t).Users)))*2+1000, math.MaxInt32)
		answers := t.SendAll(page(t, int(size.Default), 1), page(t, int(size.Default), int(far)), page(t, int(size.Default), 1))
		stable(t, answers[0], answers[2])
		beyond := answers[1]
		t.On(beyond).Expect(beyond, NotCrash(), "a page past the end is empty, or refused")
		if !beyond.OK() {
			return
		}
		t.On(beyond).If("the first page comes again", userIDs(users(answers[0]))).Expect(userIDs(users(beyond)), HaveTextSet(), "nobody is on a page past the end")
		if total := beyond.JSON().Get("total").Text; total != "" {
			t.On(answers[0], beyond).Expect(whole(total), gomega.Equal(whole(answers[0].JSON().Get("total").Text)), "total is the same on every page")
		}
	})
	s.It("may refuse, clamp or pass over unusual pages", Covers("GC-PAGE-08"), func(t *T) {
		var requests []client.Request
		for _, n := range []string{"0", "-1", "101", "500", "1000", "abc", "1.5"} {
			requests = append(requests, t.Call("getLicenseUsers", nil, "pageSize", n))
		}
		for _, n := range []string{"0", "-1", "2147483648", "abc"} {
			requests = append(requests, t.Call("getLicenseUsers", nil, "pageNumber", n))
		}
		for _, e := range t.SendAll(requests...) {
			pair := e.Request.Query[0]
			t.Observe(pair.Name+"="+pair.Value, pageSaid(t, e, pair.Value, int(size.Default)))
		}
	})
	s.It("may list users without licences, in some order", Covers("GC-PAGE-09"), func(t *T) {
		e := t.Send(t.Call("getLicenseUsers", nil))
		all := users(e)
		t.Need(len(all) > 0, "a user in the organisation")
		without := "none met"
		if slices.ContainsFunc(append(all, goods(t).Users...), func(u fixture.User) bool { return len(u.Licences) == 0 }) {
			without = "listed"
		}
		order := "another"
		if slices.IsSorted(userIDs(all)) {
			order = "by id"
		}
		t.Observe("users without licences", without)
		t.Observe("order", order)
	})
})

// sizes are the page sizes worth asking for, around the default of the document.
func sizes(standard int64) []int64 {
	list := []int64{1, 2, 10, standard, 2 * standard, pageful}
	slices.Sort(list)
	return slices.Compact(list)
}

// page asks for a page of users.
func page(t *T, size, number int) client.Request {
	return t.Call("getLicenseUsers", nil, "pageSize", size, "pageNumber", number)
}

// halfPage is a page size that leaves users for two full pages.
func halfPage(t *T) int {
	t.Need(len(goods(t).Users) >= 2, "at least two users")
	return min(10, len(goods(t).Users)/2)
}

// stable ends the try unless two answers to one request show the same users: pages of a list that moves cannot be
// held against each other.
func stable(t *T, a, b *client.Exchange) {
	if !slices.Equal(set(userIDs(users(a))), set(userIDs(users(b)))) || a.JSON().Get("total").Text != b.JSON().Get("total").Text {
		t.Inconclusive("the same page shows other users when asked for again")
	}
}

// whole reads a number leniently: whether it is written as an integer is for the document to say.
func whole(text string) int64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return -1
	}
	return int64(n)
}

// pageSaid says what came of an unusual page: its status, and which page it was taken for.
func pageSaid(t *T, e *client.Exchange, value string, standard int) string {
	if !e.OK() {
		return fmt.Sprint(e.Status)
	}
	answer := fmt.Sprintf("%d, ", e.Status)
	switch n := len(users(e)); {
	case strconv.Itoa(n) == value:
		return answer + "as asked"
	case n == 0:
		return answer + "nobody"
	case n == standard:
		return answer + "as by default"
	case int64(n) == goods(t).Total:
		return answer + "everybody"
	default:
		return answer + fmt.Sprintf("%d users", n)
	}
}

// mostWalked bounds how many users are walked through, and fewWalked how many in small steps; of a greater
// organisation it is the first ones.
const (
	mostWalked = 500
	fewWalked  = 50
)

// everybodyOnce walks the pages in three sizes. What is not walked of a great organisation is counted: the last page
// holds what total leaves for it.
func everybodyOnce(t *T) {
	t.Need(len(goods(t).Users) >= 2, "at least two users")
	first := Read(t, "total of all users", func() (*client.Exchange, string) {
		e := t.OK(page(t, pageful, 1))
		return e, e.JSON().Get("total").Text
	})
	t.Need(first.JSON().Has("total"), "the list to tell its total")
	total := int(whole(first.JSON().Get("total").Text))
	limit := min(total, mostWalked)

	hundreds, seen := walk(t, pageful, limit, total)
	t.On(seen...).Expect(hundreds, HaveTextSet(set(hundreds)...), "no user is on two pages")
	if total <= mostWalked {
		t.On(first).Expect(len(hundreds), gomega.Equal(total), "all pages together hold as many users as total says")
	}
	standard, seen := walk(t, 25, limit, total)
	t.On(seen...).Expect(standard, HaveTextSet(set(standard)...), "no user is on two pages")
	if len(hundreds) == len(standard) || total <= mostWalked {
		t.On(seen...).Expect(standard, HaveTextSet(hundreds...), "pages of 25 show the same users as pages of 100")
	}
	// In what order a page lists its users is not said; two pages of 25 are the first 50 of any order.
	small, seen := walk(t, 7, min(limit, fewWalked), total)
	t.On(seen...).Expect(small, HaveTextSet(set(small)...), "no user is on two pages")
	left := without(standard[:min(len(standard), fewWalked)], small)
	t.On(seen...).Expect(left, HaveTextSet(), "pages of 7 leave nobody out whom pages of 25 show")
}

// walk reads pages of a size, side by side, until they hold that many users, and holds total and pageCount of each
// against the first. A server may have a greatest size of its own: pages are as long as the first one is.
func walk(t *T, size, upTo, total int) ([]string, []*client.Exchange) {
	answers := []*client.Exchange{t.OK(page(t, size, 1))}
	length := len(users(answers[0]))
	if length == 0 || length >= total {
		length = size
	}
	var requests []client.Request
	for n := 2; (n-1)*length < upTo; n++ {
		requests = append(requests, page(t, size, n))
	}
	if len(requests) > 0 {
		answers = append(answers, t.OKAll(requests...)...)
	}
	var all []string
	for _, e := range answers {
		all = append(all, userIDs(users(e))...)
		t.On(e).If("total is the number of users on the page", int64(len(users(e)))).
			Expect(whole(e.JSON().Get("total").Text), gomega.Equal(int64(total)), "total is the same on every page")
		if count := e.JSON().Get("pageCount").Text; count != "" {
			t.On(e).Expect(whole(count), gomega.Equal(int64((total+length-1)/length)), fmt.Sprintf("pageCount is total divided by %d, rounded up", length))
		}
	}
	return all, answers
}
