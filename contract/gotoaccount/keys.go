// Keys are 64-bit integers, in and out: digit for digit, apart from their neighbours, and none beyond their range.

package gotoaccount

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

const bigKeys = "a licence whose key is above 2^53"

var _ = describe("getLicense", func(s *Suite) {
	s.It("shows a key with every digit of it", Covers("GOTO-KEY-04"), func(t *T) {
		all := existing(t, 5, isBig)
		t.Need(len(all) > 0, bigKeys)
		for i, e := range present(t, fixture.Keys(all)) {
			want := strconv.FormatInt(all[i].Key, 10)
			t.On(e).If("keys go through a double", strconv.FormatInt(throughDouble(all[i].Key), 10)).
				Expect(text(e), gomega.Equal(want), "the key comes back digit for digit")
		}
	})
	s.It("does not find a licence by its neighbour's key", Covers("GOTO-KEY-05"), func(t *T) {
		key, neighbours := lonely(t)
		var requests []client.Request
		for _, n := range neighbours {
			requests = append(requests, t.Call("getLicense", Path{"licenseKey": n}))
		}
		for i, e := range t.SendAll(requests...) {
			if found(e) == "" {
				continue
			}
			cause := "keys are looked up as doubles"
			if far := farFrom(key); found(t.Send(t.Call("getLicense", Path{"licenseKey": far}))) == found(e) {
				cause = fmt.Sprintf("whatever key is asked for, such as %d, this licence is the answer", far)
			}
			t.On(e).If(cause, strconv.FormatInt(key, 10)).
				Expect(found(e), gomega.BeEmpty(), fmt.Sprintf("no licence has key %d; %d is another one", neighbours[i], key))
		}
	})
	s.It("belongs to one account for ever", Covers("GOTO-KEY-10"), func(t *T) {
		all := existing(t, 3, anyLicence)
		t.Need(len(all) > 0, "at least one licence")
		// The first is read many times: a cache that mixes licences up does so now and then.
		keys := slices.Concat(slices.Repeat([]int64{all[0].Key}, 10), fixture.Keys(all))
		first := map[int64]int64{}
		for _, l := range slices.Concat(goods(t).Licences, all) {
			if first[l.Key] == 0 {
				first[l.Key] = l.Account
			}
		}
		for i, e := range present(t, keys) {
			if l := single(e); l.Account != 0 && l.Key == keys[i] && first[keys[i]] != 0 {
				t.On(e).Expect(l.Account, gomega.Equal(first[keys[i]]), fmt.Sprintf("licence %d shows the account that it showed before", keys[i]))
			}
		}
	})
})

var _ = describe("getLicensesByKeys", func(s *Suite) {
	s.It("does not find a licence by its neighbour's key", Covers("GOTO-KEY-05"), func(t *T) {
		key, neighbours := lonely(t)
		e := t.Send(odd(t.Call("getLicensesByKeys", Path{"licenseKeys": join(neighbours)}, "batch", true)))
		t.On(e).If("keys are looked up as doubles", []int64{key}).Expect(keys(e), HaveKeys(), "no licence has either of the keys")
		e = t.Send(odd(t.Call("getLicensesByKeys", Path{"licenseKeys": join(sorted(append(neighbours, key)))}, "batch", true)))
		t.On(e).Expect(apart(keys(e), []int64{key}), HaveKeys(), "of these neighbouring keys one is a licence's")
		t.On(e).Expect(len(keys(e)), gomega.BeNumerically("<=", 1), "the licence comes once")
	})
})

var _ = everywhere(scans, func(s *Suite) {
	s.It("does not find a licence by its neighbour's key", Covers("GOTO-KEY-05"), func(t *T) {
		w := scanOf(s.Operation.ID).set(t, 1)
		k, ok := w.big()
		t.Need(ok, bigKeys+" and that %s finds", s.Operation.ID)
		around := []bounds{{lower: at(k - 1), upper: at(k - 1)}, {lower: at(k + 1), upper: at(k + 1)}}
		for i, e := range t.OKAll(w.requests(around)...) {
			t.On(e).Expect(keys(e), gomega.Not(gomega.ContainElement(k)), fmt.Sprintf("%s does not hold %d", around[i], k))
		}
	})
	s.It("shows no licence twice, on a page or across pages", Covers("GOTO-KEY-09"), func(t *T) {
		w := scanOf(s.Operation.ID).set(t, 2)
		// Each page begins at the key after the last one, so that what an exclusive bound does is not asked here.
		b := bounds{lower: at(w.hits[0]), upper: at(w.hits[min(len(w.hits), 30)-1])}
		var shown []int64
		var pages []*client.Exchange
		for range 8 {
			e := t.OK(w.request(b, 7))
			page := keys(e)
			shown, pages = append(shown, page...), append(pages, e)
			if len(page) == 0 || slices.Max(page) >= *b.upper || slices.Max(page) < *b.lower {
				break
			}
			b.lower = at(slices.Max(page) + 1)
		}
		t.On(pages...).Expect(shown, HaveKeySet(sorted(shown)...), "each licence is shown once")
	})
})

var _ = describe("getLicenses", func(s *Suite) {
	s.It("shows no licence twice", Covers("GOTO-KEY-09"), func(t *T) {
		some := first(goods(t).AccountKeys(), 3)
		t.Need(len(some) > 0, "an account with a licence")
		requests := []client.Request{t.Call("getLicenses", Path{"accountKeys": join(some)})}
		for _, l := range goods(t).Licences {
			if len(l.Roles) > 1 { // a licence that several of the listed roles select
				requests = append(requests, t.Call("getLicenses", Path{"accountKeys": l.Account}, "roles", join(l.Roles)))
				break
			}
		}
		for _, e := range t.OKAll(requests...) {
			got := keys(e)
			t.On(e).Expect(got, HaveKeySet(sorted(got)...), "each licence is listed once")
		}
	})
	s.It("does not take an account for its neighbour", Covers("GOTO-KEY-06"), func(t *T) {
		key, neighbours := lonelyIn(t, goods(t).AccountKeys(), "an account key above 2^53")
		var requests []client.Request
		for _, n := range neighbours {
			requests = append(requests, t.Call("getLicenses", Path{"accountKeys": n}))
		}
		for i, e := range t.SendAll(requests...) {
			strangers := where(licences(e), func(l fixture.Licence) bool { return l.Account != neighbours[i] })
			t.On(e).Expect(fixture.Keys(strangers), HaveKeys(), fmt.Sprintf("account %d has none of the licences of %d", neighbours[i], key))
		}
	})
})

var _ = describe("getUserLicenses", func(s *Suite) {
	s.It("does not take a user for its neighbour", Covers("GOTO-KEY-06"), func(t *T) {
		key, neighbours := lonelyIn(t, goods(t).UserKeys(), "a user key above 2^53")
		var requests []client.Request
		for _, n := range neighbours {
			requests = append(requests, t.Call("getUserLicenses", Path{"userKeys": n}))
		}
		for i, e := range t.SendAll(requests...) {
			strangers := where(licences(e), func(l fixture.Licence) bool { return !l.HasUser(neighbours[i]) })
			t.On(e).Expect(fixture.Keys(strangers), HaveKeys(), fmt.Sprintf("user %d has none of the licences of %d", neighbours[i], key))
		}
	})
})

var _ = everywhere(withKeys, func(s *Suite) {
	s.It("finds nothing by a key beyond 64 bits", Covers("GOTO-KEY-07"), func(t *T) {
		nothing := BeRejected()
		if manyAt(s) {
			nothing = FindNothing()
		}
		for _, r := range refusals(t, s.Operation.ID) {
			if r.kind == hugeKey && r.e.OK() {
				t.On(r.e).Expect(r.e, nothing, r.mistake+" is refused, or found nowhere")
			}
		}
	})
	s.It("tells how it meets keys that are integers and hardly keys", Covers("GOTO-KEY-08"), func(t *T) {
		good := anExample(t, s.Operation.ID)
		parameter := keyParameter(good)
		var questions []question
		for _, q := range []struct {
			text, key string
			usual     bool // asked of every operation; the others of one, since one parser reads all keys
		}{
			{"0", "0", true}, {"-1", "-1", true}, {"zeros before the key", "000" + good.Path[parameter], true},
			{"the least 64-bit integer", strconv.FormatInt(math.MinInt64, 10), false},
			{"a plus before the key", "+" + good.Path[parameter], false}, {"spaces around the key", " " + good.Path[parameter] + " ", false},
		} {
			if q.usual || s.Operation.ID == "getLicense" {
				questions = append(questions, question{q.text, keyed(good, parameter, q.key)})
			}
		}
		observe(t, func(e *client.Exchange) string {
			return against(e, likeness{"as the key itself", plain(t, s.Operation.ID)})
		}, questions...)
	})
})

// manyAt says whether an operation answers with a list that may be empty because nothing was found.
func manyAt(s *Suite) bool { return s.Operation.Batch != nil || s.Operation.Find != nil }

var _ = everywhere(slices.Concat(ofLicences, []string{"getLicenseUsers", "getLicenseEntitlementsByKeys"}), func(s *Suite) {
	s.It("tells how large the keys are that it shows", Covers("GOTO-KEY-11"), func(t *T) {
		e := plain(t, s.Operation.ID)
		var all []int64
		switch s.Operation.ID {
		case "getLicense":
			if l, ok := fixture.LicenceOf(e.JSON()); ok {
				all = []int64{l.Key}
			}
		case "getLicenseUsers":
			all = userKeys(e)
		case entitlementBatch:
			all = keysOf(entriesOf(e))
		default:
			all = keys(e)
		}
		t.Need(len(all) > 0, "an answer with a key in it")
		least, greatest, negative, big := slices.Min(all), slices.Max(all), 0, 0
		for _, k := range all {
			if k < 0 {
				negative++
			}
			if k > 1<<53 || k < -1<<53 {
				big++
			}
		}
		t.Observe("digits", fmt.Sprintf("%d to %d", len(strconv.FormatInt(least, 10)), len(strconv.FormatInt(greatest, 10))))
		t.Observe("negative keys", share(negative, len(all)))
		t.Observe("keys above 2^53", share(big, len(all)))
	})
})

func share(n, of int) string {
	switch n {
	case 0:
		return "none"
	case of:
		return "all"
	}
	return "some"
}

// present asks for licences that a scan has just shown, one by one. One that is not found is looked for again with a
// scan around its key: either it has gone, or it should have been found.
func present(t *T, keys []int64) []*client.Exchange {
	var requests []client.Request
	for _, k := range keys {
		requests = append(requests, t.Call("getLicense", Path{"licenseKey": k}))
	}
	answers := t.SendAll(requests...)
	for i, e := range answers {
		if e.OK() {
			continue
		}
		const near = 2048 // wide enough to hold what a double makes of a key
		low, high := max(keys[i], math.MinInt64+near)-near, min(keys[i], math.MaxInt64-near)+near
		again := served(t, t.Call("scanLicensesByKey", nil, "startKey", low, "endKey", high, "count", 100))
		if !slices.ContainsFunc(licences(again), func(l fixture.Licence) bool { return l.Key == keys[i] }) {
			t.Inconclusive("licence %d has gone", keys[i])
		}
		t.On(e, again).Expect(e, Succeed(), "a licence that a scan shows is found by the key that it shows")
	}
	return answers
}

// found is what an answer for one licence holds: its key, as text, or nothing.
func found(e *client.Exchange) string {
	if !e.OK() {
		return ""
	}
	return text(e)
}

// text is the key of an answer for one licence as it is written.
func text(e *client.Exchange) string { return single(e).Value.Get("key").Text }

// lonely returns an existing licence above 2^53 and those of its neighbouring keys that no licence has, at least one;
// it ends the case when the target has no such licence.
func lonely(t *T) (key int64, neighbours []int64) {
	for _, l := range existing(t, 20, isBig) {
		near := fixture.Window{Low: l.Key - 1, High: l.Key + 1}
		around := fixture.Keys(window(t, near))
		for _, n := range []int64{l.Key - 1, l.Key + 1} {
			if !slices.Contains(around, n) {
				neighbours = append(neighbours, n)
			}
		}
		if len(neighbours) > 0 {
			return l.Key, neighbours
		}
	}
	t.NotExercised("needs %s and whose neighbours are not both licences", bigKeys)
	return 0, nil
}

// lonelyIn returns a known key above 2^53 and those of its neighbours that are not known.
func lonelyIn(t *T, known []int64, what string) (key int64, neighbours []int64) {
	for _, k := range known {
		for _, n := range []int64{k - 1, k + 1} {
			if beyondDouble(k) && !slices.Contains(known, n) {
				neighbours = append(neighbours, n)
			}
		}
		if len(neighbours) > 0 {
			return k, neighbours
		}
	}
	t.NotExercised("needs %s", what)
	return 0, nil
}

// farFrom is a key that no double holds for another one, nor anything else near it.
func farFrom(key int64) int64 { return key/2 + 1 }

// throughDouble is what is left of a key that was kept in a double.
func throughDouble(key int64) int64 {
	if f := float64(key); f < math.MaxInt64 {
		return int64(f)
	}
	return math.MaxInt64
}
