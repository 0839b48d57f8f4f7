// Many requests at once: every answer belongs to its own request, and a scan cut into parts is the whole scan. What
// only shows under load is judged by load runs.

package gotoaccount

import (
	"slices"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
)

var _ = everywhere(operations, func(s *Suite) {
	id := s.Operation.ID
	s.It("gives each of many requests at once its own answer", Covers("GOTO-LOAD-01"), func(t *T) {
		n, rounds := 4, 1
		if id == "getLicense" {
			rounds = 9 // one key is one answer, so this is where mixed-up answers show soonest
		}
		all := examples(t, id, n)
		t.Need(len(all) > 1, "data for two different requests")
		all = slices.Repeat(all, rounds)
		t.Rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		var requests []client.Request
		for _, example := range all {
			requests = append(requests, example.request)
		}
		served := 0
		for i, e := range t.SendAll(requests...) {
			if !e.OK() {
				continue
			}
			served++
			if all[i].belongs(e) != "" && aloneItIsRight(t, all[i]) {
				t.On(e).Expect(all[i].belongs(e), gomega.BeEmpty(), "with many requests in flight an answer belongs to its own request")
			}
		}
		if served == 0 {
			t.Inconclusive("none of %d requests was served", len(requests))
		}
	})
})

// aloneItIsRight says whether a request gets its own answer when nothing else is in flight; where it does not, that is
// told by the case of that promise.
func aloneItIsRight(t *T, x example) bool {
	for range 2 {
		if e := t.Send(x.request); !e.OK() || x.belongs(e) != "" {
			return false
		}
	}
	return true
}

var _ = everywhere(scans, func(s *Suite) {
	s.It("finds in parts scanned at once what one scan finds", Covers("GOTO-LOAD-02"), func(t *T) {
		const parts = 10
		w := scanOf(s.Operation.ID).set(t, 2)
		size := max(1, (len(w.hits)+parts-1)/parts)
		var ranges []bounds
		for part := range slices.Chunk(w.hits, size) {
			ranges = append(ranges, bounds{lower: at(part[0])})
		}
		for i := range ranges { // up to the key before the next part
			if i+1 < len(ranges) {
				ranges[i].upper = at(*ranges[i+1].lower - 1)
			} else {
				ranges[i].upper = at(w.hits[len(w.hits)-1])
			}
		}
		var got []int64
		answers := t.OKAll(w.requests(ranges)...)
		for i, e := range answers {
			got = append(got, w.found(ranges[i], e, w.within(ranges[i]))...)
		}
		if slices.Equal(slices.Sorted(slices.Values(got)), w.hits) {
			return
		}
		var alone []int64 // each part by itself: where that is no better, other cases tell why
		for i, r := range w.requests(ranges) {
			alone = append(alone, w.found(ranges[i], t.OK(r), w.within(ranges[i]))...)
		}
		if slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(alone))) {
			return
		}
		t.On(answers...).Expect(got, HaveKeySet(w.hits...), "the parts of a range, scanned at once, make the whole")
	})
})
