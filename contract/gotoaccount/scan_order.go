// Walks: pages ascend, a smaller page is the beginning of a larger one, and however a range is cut, the pieces make
// the whole.

package gotoaccount

import (
	"fmt"
	"slices"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
)

func (s scan) order(suite *Suite) {
	suite.It("returns keys in strictly ascending order", Covers(s.id("11")), func(t *T) {
		w := s.set(t, 2)
		answers := t.OKAll(w.requests([]bounds{{}, {lower: at(w.sel.window.Low), upper: at(w.sel.window.High)}, {lower: at(w.hits[1])}})...)
		for _, e := range answers {
			got := keys(e)
			i, ok := ascends(got)
			if !ok {
				t.On(e).Expect(got[max(0, i-1):i+1], gomega.BeEmpty(), fmt.Sprintf("results %d and %d do not ascend: %d comes before %d", i, i+1, got[max(0, i-1)], got[i]))
			}
		}
	})
	suite.It("returns the first ones of the range when count cuts it", Covers(s.id("12")), func(t *T) {
		w := s.set(t, 3)
		whole := bounds{lower: at(w.hits[0]), upper: at(w.hits[len(w.hits)-1])}
		counts := []int{1, 2, len(w.hits) - 1}
		var requests []client.Request
		for _, n := range counts {
			requests = append(requests, w.request(whole, n))
		}
		for i, e := range t.OKAll(requests...) {
			got := keys(e)
			want := w.hits[:min(len(got), counts[i], len(w.hits))]
			t.On(e).Expect(got, HaveKeySet(want...), fmt.Sprintf("with count=%d the first keys of the range are returned", counts[i]))
		}
	})
	for _, size := range []int{1, 2, 7, 100} {
		suite.It(fmt.Sprintf("shows a range whole and once to a walk in pages of %d", size), Covers(s.id("13")), func(t *T) {
			w := s.set(t, 3)
			low, high := 0, len(w.hits)-1
			if size < 7 {
				high = min(high, 3*size+2) // a few page boundaries are enough, and kind to the target
			}
			whole := bounds{lower: at(w.hits[low]), upper: at(w.hits[high])}
			got, pages := w.walk(whole, size)
			t.On(pages...).
				If("the key after a page boundary is lost", everyOther(w.hits[low:high+1], size)).
				Expect(got, HaveKeySet(w.hits[low:high+1]...), fmt.Sprintf("a walk in pages of %d, from last key to last key, shows each licence once", size))
		})
	}
	suite.It("makes the whole out of parts, wherever it is cut", Covers(s.id("14")), func(t *T) {
		w := s.set(t, 4)
		a, b := w.hits[0], w.hits[len(w.hits)-1]
		cuts := []int64{w.hits[len(w.hits)/2]}
		if m, ok := w.gap(w.hits[len(w.hits)/2]); ok {
			cuts = append(cuts, m)
		}
		for _, m := range cuts {
			for _, left := range []bool{true, false} {
				parts := []bounds{
					{lower: at(a), upper: at(m), upperInclusive: inclusive(left)},
					{lower: at(m), lowerInclusive: inclusive(!left), upper: at(b)},
				}
				answers := t.OKAll(w.requests(parts)...)
				var got []int64
				for i, e := range answers {
					got = append(got, w.found(parts[i], e, w.within(parts[i]))...)
				}
				t.On(answers...).
					If("the key at the cut is doubled", slices.Sorted(slices.Values(append(slices.Clone(w.hits), m)))).
					Expect(slices.Sorted(slices.Values(got)), HaveKeySet(w.hits...), fmt.Sprintf("%s and %s make the whole", parts[0], parts[1]))
			}
		}
	})
}

// walk reads a range page by page as real clients do: from the last key, exclusive, until a page is empty. A page
// that brings nothing new ends it as well, so that a broken bound cannot hold it.
func (w setting) walk(b bounds, size int) (found []int64, pages []*client.Exchange) {
	for range len(w.hits)/max(1, size) + len(w.hits) + 2 {
		e := w.t.OK(w.request(b, size))
		pages = append(pages, e)
		page := keys(e)
		found = append(found, page...)
		if len(page) == 0 || b.lower != nil && page[len(page)-1] == *b.lower && len(pages) > 1 {
			break
		}
		b.lower, b.lowerInclusive = at(page[len(page)-1]), inclusive(false)
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
