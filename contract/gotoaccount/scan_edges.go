// Ranges: both bounds, inclusive and exclusive, existing and not, in order and not, exact to the last bit.

package gotoaccount

import (
	. "harness/contract"
	"harness/internal/client"
)

func (s scan) edges(suite *Suite) {
	suite.It("starts at startKey itself by default and when startInclusive is true", Covers(s.id("06")), func(t *T) {
		w := s.set(t, 3)
		k := w.hits[1]
		w.expect("startKey is inclusive by default", []bounds{
			{lower: at(k), upper: at(w.sel.window.High)},
			{lower: at(k), lowerInclusive: inclusive(true), upper: at(w.sel.window.High)},
		}, startExclusive, startIgnored)
	})
	suite.It("leaves startKey itself out when startInclusive is false", Covers(s.id("07")), func(t *T) {
		w := s.set(t, 3)
		w.expect("an exclusive lower bound leaves the bound itself out", []bounds{
			{lower: at(w.hits[1]), lowerInclusive: inclusive(false), upper: at(w.sel.window.High)},
			{lower: at(w.hits[len(w.hits)-2]), lowerInclusive: inclusive(false), upper: at(w.sel.window.High)},
		}, startFlagIgnored, startIgnored)
	})
	suite.It("finds exactly one licence when both bounds are its key", Covers(s.id("08")), func(t *T) {
		w := s.set(t, 3)
		k := w.hits[1]
		w.expect("both bounds are inclusive by default", []bounds{
			{lower: at(k), upper: at(k)},
			{lower: at(k), lowerInclusive: inclusive(true), upper: at(k), upperInclusive: inclusive(true)},
		}, endExclusive, startExclusive)
	})
	suite.It("leaves endKey itself out when endInclusive is false", Covers(s.id("09")), func(t *T) {
		w := s.set(t, 3)
		w.expect("an exclusive upper bound leaves the bound itself out", []bounds{
			{lower: at(w.hits[0]), upper: at(w.hits[len(w.hits)-2]), upperInclusive: inclusive(false)},
			{lower: at(w.hits[0]), upper: at(w.hits[1]), upperInclusive: inclusive(false)},
		}, endFlagIgnored, flagsSwapped, endIgnored)
	})
	suite.It("returns what lies in the range for every mixture of bounds", Covers(s.id("10")), func(t *T) {
		w := s.set(t, 4)
		lowers, uppers := []int64{w.hits[1]}, []int64{w.hits[len(w.hits)-2]}
		if k, ok := w.gap(w.hits[0]); ok {
			lowers = append(lowers, k)
		}
		if k, ok := w.gap(w.hits[len(w.hits)-2]); ok {
			uppers = append(uppers, k)
		}
		var ranges []bounds
		for _, low := range lowers {
			for _, high := range uppers {
				for flags := range 4 {
					ranges = append(ranges, bounds{at(low), at(high), inclusive(flags&1 == 0), inclusive(flags&2 == 0)})
				}
			}
		}
		w.expect("a scan returns what lies in its range", ranges,
			startFlagIgnored, endFlagIgnored, flagsSwapped, startIgnored, endIgnored, rangeIgnored)
	})
	suite.It("returns nothing when startKey lies above endKey", Covers(s.id("15")), func(t *T) {
		w := s.set(t, 3)
		e := t.Send(w.request(bounds{lower: at(w.hits[2]), upper: at(w.hits[0])}, w.limit()))
		w.nothing(e, "no key lies in a range whose bounds are the wrong way round",
			cause{"the bounds are swapped in silence", func(b bounds) bounds { return bounds{lower: b.upper, upper: b.lower} }},
			bounds{lower: at(w.hits[2]), upper: at(w.hits[0])})
	})
	suite.It("returns nothing when both bounds are one key and either is exclusive", Covers(s.id("16")), func(t *T) {
		w := s.set(t, 2)
		k := w.hits[1]
		ranges := []bounds{
			{at(k), at(k), inclusive(false), inclusive(false)},
			{at(k), at(k), inclusive(false), inclusive(true)},
			{at(k), at(k), inclusive(true), inclusive(false)},
		}
		for i, e := range t.SendAll(w.requests(ranges)...) {
			w.nothing(e, "an exclusive bound leaves its key out, whatever the other bound says",
				cause{"inclusive wins over exclusive", func(b bounds) bounds { return bounds{lower: b.lower, upper: b.upper} }}, ranges[i])
		}
	})
	suite.It("compares keys to the last bit", Covers(s.id("17")), func(t *T) {
		w := s.set(t, 1)
		k, ok := w.big()
		t.Need(ok, "a licence whose key is above 2^53 and that %s finds", s.operation)
		w.expect("bounds are exact 64-bit integers", []bounds{
			{lower: at(k), upper: at(k)},
			{lower: at(k + 1), upper: at(k + 1)},
			{lower: at(k - 1), upper: at(k - 1)},
			{lower: at(k + 1), upper: at(w.sel.window.High)},
			{lower: at(w.sel.window.Low), upper: at(k - 1)},
		}, cause{"bounds are compared as doubles: neighbours of the key are taken for the key", func(b bounds) bounds {
			return bounds{lower: b.lower, upper: b.upper}
		}})
	})
	suite.It("takes bounds that are no keys of licences", Covers(s.id("18")), func(t *T) {
		w := s.set(t, 3)
		last := w.hits[len(w.hits)-1]
		var ranges []bounds
		if k, ok := w.gap(w.hits[0]); ok {
			ranges = append(ranges, bounds{lower: at(k), upper: at(last)})
		}
		if k, ok := w.gap(w.hits[len(w.hits)-2]); ok {
			ranges = append(ranges, bounds{lower: at(w.hits[0]), upper: at(k)})
		}
		w.expect("a bound need not be the key of a licence", ranges)
		w.same("endKey=9223372036854775807 is the same as no endKey", bounds{lower: at(last), upper: at(beyond)}, bounds{lower: at(last)})
		if t.Fixtures.Gotoaccount.Licences[0].Key >= 0 {
			w.same("startKey=0 is the same as no startKey where no key is negative", bounds{lower: at(0)}, bounds{})
		}
	})
	suite.It("answers with an empty list past the last key", Covers(s.id("19")), func(t *T) {
		w := s.set(t, 1)
		e := t.Send(w.request(bounds{lower: at(beyond), lowerInclusive: inclusive(false)}, w.limit()))
		t.On(e).Expect(e, Succeed(), "a scan past the last key ends with an empty page, so that a walk can end")
		t.On(e).Expect(keys(e), HaveKeys(), "nothing lies past the greatest 64-bit key")
	})
}

// requests writes a scan of each range with the greatest count.
func (w setting) requests(ranges []bounds) []client.Request {
	var all []client.Request
	for _, b := range ranges {
		all = append(all, w.request(b, w.limit()))
	}
	return all
}

// nothing accepts a rejection or an empty list for a range that no key lies in.
func (w setting) nothing(e *client.Exchange, promise string, likely cause, b bounds) {
	if e.Rejected() {
		return
	}
	w.t.On(e).Expect(e, Succeed(), promise)
	w.t.On(e).If(likely.text, w.within(likely.instead(b))).Expect(keys(e), HaveKeys(), promise)
}

// same holds the first pages of two ranges against each other.
func (w setting) same(promise string, a, b bounds) {
	answers := w.t.OKAll(w.requests([]bounds{a, b})...)
	w.t.On(answers...).Expect(keys(answers[0]), HaveKeySet(keys(answers[1])...), promise)
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

// big returns a selected key that a double cannot tell from its neighbours.
func (w setting) big() (key int64, ok bool) {
	for _, k := range w.hits {
		if k > 1<<53+1 && k < beyond-1 {
			return k, true
		}
	}
	return 0, false
}
