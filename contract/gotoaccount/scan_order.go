// Walks: pages ascend, a smaller page is the beginning of a larger one, and however a range is cut, the pieces make
// the whole.

package gotoaccount

import (
	"fmt"
	"slices"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/evidence"
)

func (s scan) order(suite *Suite) {
	suite.It("returns keys in strictly ascending order", Covers(s.id("11")), func(t *T) {
		w := s.set(t, 2)
		for _, e := range t.OKAll(w.requests([]bounds{{}, closed(w.sel.window.Low, w.sel.window.High), {lower: at(w.hits[1]), lowerInclusive: inclusive(true)}})...) {
			got := keys(e)
			if i, ok := ascends(got); !ok {
				t.On(e).Fail(evidence.Failure{
					Message:  "keys ascend within a page, compared as numbers",
					Expected: fmt.Sprintf("result %d above result %d, %d", i+1, i, got[i-1]), Got: fmt.Sprint(got[i]), Likely: disorder(got),
				})
			}
		}
	})
	suite.It("returns the first ones of the range when count cuts it", Covers(s.id("12")), func(t *T) {
		w := s.set(t, 3)
		whole := closed(w.hits[0], w.hits[len(w.hits)-1])
		counts := []int{1, 2, len(w.hits) - 1}
		var requests []client.Request
		for _, n := range counts {
			requests = append(requests, w.request(whole, n))
		}
		for i, e := range t.OKAll(requests...) {
			got := sorted(keys(e))
			want := w.hits[:min(max(1, len(got)), len(w.hits))] // a page may be short, and too long is another promise
			t.On(e).Expect(got, HaveKeySet(want...), fmt.Sprintf("with count=%d the first keys of the range are returned", counts[i]))
		}
	})
	r, _ := suite.Operation.Range(suite.Operation.Scan.Limit)
	for _, size := range []int{1, 2, 7, int(r.Max)} {
		suite.It(fmt.Sprintf("shows a range whole and once to a walk in pages of %d", size), Covers(s.id("13")), func(t *T) {
			w := s.set(t, 3)
			high := len(w.hits) - 1
			if size < 7 {
				high = min(high, 3*size+2) // a few page boundaries are enough, and kind to the target
			}
			want := w.hits[:high+1]
			got, pages := w.walk(closed(want[0], want[high]), size)
			t.On(pages...).
				If("the key after a page boundary is lost", everyOther(want, size)).
				Expect(got, HaveKeySet(want...), fmt.Sprintf("a walk in pages of %d, from last key to last key, shows each licence once", size))
		})
	}
	suite.It("makes the whole out of parts, wherever it is cut", Covers(s.id("14")), func(t *T) { s.set(t, 4).partition() })
	suite.It("makes the whole out of parts that are scanned at the same time", Covers(s.id("14")), func(t *T) {
		w := s.set(t, 4)
		const pieces = 5
		var parts []bounds
		from := w.hits[0]
		for i := 1; i <= pieces; i++ {
			to := w.hits[(len(w.hits)-1)*i/pieces]
			if to == from {
				continue
			}
			parts = append(parts, before(from, to))
			from = to
		}
		parts = append(parts, closed(from, from))
		w.parts(parts, "parts that do not overlap make the whole")
	})
}

// disorder names a likely cause of keys that do not ascend.
func disorder(got []int64) string {
	descending := slices.Clone(got)
	slices.Reverse(descending)
	if _, ok := ascends(descending); ok {
		return "keys descend"
	}
	for i := 1; i < len(got); i++ {
		if fmt.Sprint(got[i]) <= fmt.Sprint(got[i-1]) {
			return ""
		}
	}
	return "keys are compared as text"
}

// partition cuts the window's range in two, at a key and at none, and leaves the cut to either side.
func (w setting) partition() {
	a, b := w.hits[0], w.hits[len(w.hits)-1]
	middle := w.hits[len(w.hits)/2]
	cuts := []int64{middle}
	if m, ok := w.gap(middle); ok {
		cuts = append(cuts, m)
	}
	for _, m := range cuts {
		w.parts([]bounds{closed(a, m), after(m, b)}, "the part up to the cut and the part after it make the whole")
		w.parts([]bounds{before(a, m), closed(m, b)}, "the part before the cut and the part from it on make the whole")
	}
}

// parts asks for ranges side by side that together make the range of the window.
func (w setting) parts(parts []bounds, promise string) {
	answers := w.t.OKAll(w.requests(parts)...)
	var got, doubled []int64
	for i, e := range answers {
		got = append(got, w.found(parts[i], e, w.within(parts[i]))...)
		doubled = append(doubled, w.within(closed(*parts[i].lower, *parts[i].upper))...)
	}
	slices.Sort(got)
	w.t.On(answers...).If("keys at a cut are doubled", slices.Sorted(slices.Values(doubled))).
		Expect(got, HaveKeySet(w.hits...), fmt.Sprintf("%s: %s, %s …", promise, parts[0], parts[1]))
}

// walk reads a range page by page as real clients do: from the last key, exclusive, until a page is empty or the
// range is at its end. A page that brings nothing new ends it as well, so that a broken bound cannot hold it.
func (w setting) walk(b bounds, size int) (found []int64, pages []*client.Exchange) {
	for range 2*len(w.hits) + 2 {
		e := w.t.OK(w.request(b, size))
		pages = append(pages, e)
		page := keys(e)
		found = append(found, page...)
		if len(page) == 0 {
			break
		}
		last := page[len(page)-1]
		if last >= *b.upper || len(pages) > 1 && last <= *b.lower {
			break
		}
		b = after(last, *b.upper)
	}
	return found, pages
}

// everyOther is what is left of keys when the first after each page is lost.
func everyOther(all []int64, size int) []int64 {
	var left []int64
	for i, k := range all {
		if i%(size+1) != size {
			left = append(left, k)
		}
	}
	return left
}
