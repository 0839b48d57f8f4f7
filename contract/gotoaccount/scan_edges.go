// Ranges: both bounds, inclusive and exclusive, existing and not, in order and not, exact to the last bit.

package gotoaccount

import (
	"fmt"
	"slices"

	. "harness/contract"
	"harness/internal/evidence"
)

func (s scan) edges(suite *Suite) {
	suite.It("starts at startKey itself by default and when startInclusive is true", Covers(s.id("06")), func(t *T) {
		w := s.set(t, 3)
		k, high := w.hits[1], w.hits[len(w.hits)-1]
		w.expect("startKey is inclusive by default", []bounds{
			{lower: at(k), upper: at(high), upperInclusive: inclusive(true)},
			closed(k, high),
		}, startExclusive, startIgnored)
	})
	suite.It("leaves startKey itself out when startInclusive is false", Covers(s.id("07")), func(t *T) {
		w := s.set(t, 3)
		high := w.hits[len(w.hits)-1]
		w.expect("an exclusive lower bound leaves the bound itself out", []bounds{after(w.hits[1], high), after(w.hits[len(w.hits)-2], high)},
			startFlagIgnored, startIgnored, flagsSwapped)
	})
	suite.It("finds exactly one licence when both bounds are its key", Covers(s.id("08")), func(t *T) {
		w := s.set(t, 3)
		k := w.hits[1]
		w.expect("both bounds are inclusive by default", []bounds{{lower: at(k), upper: at(k)}, closed(k, k)}, endExclusive, startExclusive)
	})
	suite.It("leaves endKey itself out when endInclusive is false", Covers(s.id("09")), func(t *T) {
		w := s.set(t, 3)
		w.expect("an exclusive upper bound leaves the bound itself out", []bounds{before(w.hits[0], w.hits[len(w.hits)-2]), before(w.hits[0], w.hits[1])},
			endFlagIgnored, flagsSwapped, endIgnored)
	})
	suite.It("returns what lies in the range for every mixture of bounds", Covers(s.id("10")), func(t *T) { s.set(t, 4).mixtures() })
	suite.It("returns nothing when startKey lies above endKey", Covers(s.id("15")), func(t *T) {
		w := s.set(t, 3)
		w.nothing("no key lies in a range whose bounds are the wrong way round", []bounds{closed(w.hits[2], w.hits[0])},
			cause{"the bounds are swapped in silence", func(b bounds) bounds { return closed(*b.upper, *b.lower) }}, startIgnored, endIgnored)
	})
	suite.It("returns nothing when both bounds are one key and either is exclusive", Covers(s.id("16")), func(t *T) {
		w := s.set(t, 2)
		k := w.hits[1]
		w.nothing("an exclusive bound leaves its key out, whatever the other bound says",
			[]bounds{{at(k), at(k), inclusive(false), inclusive(false)}, after(k, k), before(k, k)},
			cause{"inclusive wins over exclusive", func(b bounds) bounds { return closed(*b.lower, *b.upper) }})
	})
	suite.It("compares keys to the last bit", Covers(s.id("17")), func(t *T) { s.set(t, 1).precise() })
	suite.It("takes bounds that are no keys of licences", Covers(s.id("18")), func(t *T) { s.set(t, 3).unused() })
	suite.It("answers with an empty list past the last key", Covers(s.id("19")), func(t *T) {
		w := s.set(t, 1)
		e := t.Send(w.request(bounds{lower: at(beyond), lowerInclusive: inclusive(false)}, w.limit()))
		t.On(e).Expect(e, Succeed(), "a scan past the last key ends with an empty page, so that a walk can end")
		t.On(e).Expect(keys(e), HaveKeys(), "nothing lies past the greatest 64-bit key")
	})
}

// mixtures asks for every mixture of bounds that are keys and that are not, inclusive and exclusive. Where both are
// keys the answer is exactly what lies between them; that a bound need not be one is another promise, so there only
// what is shown is judged.
func (w setting) mixtures() {
	a, b := w.hits[1], w.hits[len(w.hits)-2]
	lowers, uppers := []int64{a}, []int64{b}
	if k, ok := w.gap(w.hits[0]); ok {
		lowers = append(lowers, k)
	}
	if k, ok := w.gap(b); ok {
		uppers = append(uppers, k)
	}
	var exact, around []bounds
	for i, low := range lowers {
		for j, high := range uppers {
			if w.s.operation != byKey.operation && i != j {
				continue // one kind of bounds at a time will do where the same server filters as well
			}
			for flags := range 4 {
				r := bounds{at(low), at(high), inclusive(flags&1 == 0), inclusive(flags&2 == 0)}
				switch {
				case low == high && flags != 0: // an empty range, which may be refused
				case low == a && high == b:
					exact = append(exact, r)
				default:
					around = append(around, r)
				}
			}
		}
	}
	const promise = "a scan returns what lies in its range"
	causes := []cause{startFlagIgnored, endFlagIgnored, flagsSwapped, startIgnored, endIgnored, rangeIgnored}
	w.expect(promise, exact, causes...)
	for i, e := range w.t.SendAll(w.requests(around)...) {
		finds(w.t, e, around[i].holds, fmt.Sprintf("%s: %s", promise, around[i]), w.likely(around[i], causes)...)
	}
}

// likely lists what a range would have yielded for each cause.
func (w setting) likely(b bounds, causes []cause) []named {
	var list []named
	for _, c := range causes {
		list = append(list, named{c.text, w.within(c.instead(b))})
	}
	return list
}

// precise asks around a key that a double cannot tell from its neighbours. Bounds beside the key are judged by the
// key alone, and may be refused: that they need not exist is another promise.
func (w setting) precise() {
	k, ok := w.big()
	w.t.Need(ok, "a licence whose key is above 2^53 and that %s finds, with others around it", w.s.operation)
	low, high := w.sel.window.Low, w.sel.window.High
	ranges := []bounds{closed(k, k), closed(k+1, k+1), closed(k-1, k-1), closed(k+1, high), closed(low, k-1), after(k-1, k), before(k, k+1)}
	for i, e := range w.t.SendAll(w.requests(ranges)...) {
		a := w.t.On(e)
		if i == 0 {
			a.Expect(e, Succeed(), "a scan from a key to itself is served")
		}
		if !e.OK() {
			continue
		}
		if got, want := slices.Contains(keys(e), k), ranges[i].holds(k); got != want {
			word := map[bool]string{true: "the key is there", false: "the key is not there"}
			a.Fail(evidence.Failure{
				Message:  fmt.Sprintf("bounds are exact 64-bit integers: %s and the key %d", ranges[i], k),
				Expected: word[want], Got: word[got], Likely: "bounds are compared as doubles, which take neighbours for the key",
			})
		}
	}
}

// unused asks for ranges whose bounds are the keys of no licence.
func (w setting) unused() {
	first, last := w.hits[0], w.hits[len(w.hits)-1]
	var ranges []bounds
	if k, ok := w.gap(first); ok {
		ranges = append(ranges, closed(k, last))
	}
	if k, ok := w.gap(w.hits[len(w.hits)-2]); ok {
		ranges = append(ranges, closed(first, k))
	}
	w.expect("a bound need not be the key of a licence", ranges)
	w.same("endKey=9223372036854775807 is the same as no endKey", closed(last, beyond), bounds{lower: at(last), lowerInclusive: inclusive(true)})
	if met := goods(w.t).Licences; len(met) > 0 && met[0].Key >= 0 {
		w.same("startKey=0 is the same as no startKey where no key is negative", bounds{lower: at(0), lowerInclusive: inclusive(true)}, bounds{})
	}
}

// nothing accepts a rejection or an empty list for ranges that no key lies in.
func (w setting) nothing(promise string, ranges []bounds, likely ...cause) {
	for i, e := range w.t.SendAll(w.requests(ranges)...) {
		selectsNone(w.t, e, promise, w.likely(ranges[i], likely)...)
	}
}

// same holds the beginning of a range against that of another. Either page may be short, so only the keys up to the
// lesser of both ends are compared; a page is empty only when the other is.
func (w setting) same(promise string, a, b bounds) {
	want := w.first(b)
	e := w.t.OK(w.request(a, w.limit()))
	got := sorted(keys(e))
	if len(got) > 0 && len(want) > 0 {
		end := min(got[len(got)-1], want[len(want)-1])
		past := func(k int64) bool { return k > end }
		got, want = slices.DeleteFunc(got, past), slices.DeleteFunc(slices.Clone(want), past)
	}
	w.t.On(e).Expect(got, HaveKeySet(want...), promise)
}

// gap returns a key that no licence has, between one of the window and the next, ok false where they touch.
func (w setting) gap(after int64) (key int64, ok bool) {
	for _, l := range w.all {
		if l.Key > after {
			return between(after, l.Key)
		}
	}
	return 0, false
}

// big returns a selected key inside the window that a double cannot tell from its neighbours.
func (w setting) big() (key int64, ok bool) {
	for _, k := range w.hits {
		if k > 1<<53+1 && k > w.sel.window.Low && k < w.sel.window.High {
			return k, true
		}
	}
	return 0, false
}

// rare asks for the licences of a selection one by one over several pages of keys: the filter comes before the limit,
// so that no page is empty as long as a licence is left. It needs a licence that is not selected before one that is.
func (w setting) rare(promise string) {
	gap := slices.IndexFunc(w.all, w.sel.holds)
	w.t.Need(gap > 0, "a licence that %s does not find before one that it does", w.s.operation)
	b := closed(w.all[0].Key, w.hits[len(w.hits)-1])
	for found, want := 0, w.hits[:min(3, len(w.hits))]; found < len(want); {
		e := w.t.OK(w.request(b, 1))
		page := keys(e)
		if len(page) == 0 {
			w.t.On(e).Fail(evidence.Failure{
				Message:  promise,
				Expected: fmt.Sprintf("licence %d, the next in %s that is selected", want[found], b),
				Got:      "an empty page", Likely: "the limit is applied before the filter",
			})
		}
		if found++; found < len(want) {
			b = after(want[found-1], *b.upper)
		}
	}
}
