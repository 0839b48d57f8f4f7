// getLicensesByKeys: GET /licenses/{licenseKeys}?batch=true.

package gotoaccount

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

// byKeys is the list of licences.
var byKeys = batch{
	noun:  "licences",
	rows:  batchRows{union: "GOTO-BATCH-01", limit: "GOTO-BATCH-02", beyond: "GOTO-BATCH-03", refuse: "GOTO-BATCH-04"},
	keys:  func(t *T, n int) []int64 { return fixture.Keys(existing(t, n, anyLicence)) },
	holds: func(t *T, key int64) []int64 { return []int64{key} }, // existing has just read it
	request: func(t *T, list string) client.Request {
		return t.Call("getLicensesByKeys", Path{"licenseKeys": list}, "batch", true)
	},
	lists: licenceKeys,
	serves: func(e *client.Exchange, asked []int64) []int64 {
		return slices.DeleteFunc(sorted(keys(e)), func(k int64) bool { return !slices.Contains(asked, k) })
	},
}

var _ = describe("getLicensesByKeys", func(s *Suite) {
	batchLaw(s, byKeys)
	s.It("answers one key with an array of one", Covers("GOTO-BATCH-05"), func(t *T) {
		asked := byKeys.need(t, 1)
		e := t.OK(byKeys.request(t, join(asked)))
		t.On(e).Expect(e.JSON(), BeKind(exact.Array), "with batch=true a single key is a batch as well")
		t.On(e).Expect(keys(e), HaveKeys(asked...), "the array holds the licence asked for")
	})
	for _, text := range []string{"false", "0", "banana"} {
		s.It("serves no batch for batch="+text, Covers("GOTO-BATCH-06"), func(t *T) {
			asked := byKeys.need(t, 2)
			e := t.Send(odd(replaced(byKeys.request(t, join(asked)), "batch", text)))
			t.On(e).If("any batch is taken for true", 2).Expect(len(keys(e)), gomega.BeNumerically("<", 2), "batch must be true for a batch")
		})
	}
	s.It("holds nothing but what was asked for", Covers("GOTO-BATCH-07"), func(t *T) {
		all := fixture.Keys(existing(t, 40, anyLicence))
		t.Need(len(all) >= 5, "five licences")
		slices.Sort(all)
		asked := []int64{all[0], all[len(all)/2], all[len(all)-1]}
		e := t.OK(byKeys.request(t, join(asked)))
		got := sorted(keys(e))
		t.On(e).If("the batch holds everything from its least to its greatest key", all).
			Expect(apart(got, asked), HaveKeys(), "a batch holds no licence between or beside its keys")
	})
	s.It("shows each licence as it is shown alone", Covers("GOTO-BATCH-14"), func(t *T) {
		v := view(t, "getLicensesByKeys")
		t.Need(len(v.licences) > 0, "at least one licence")
		own := view(t, "getLicense")
		for _, key := range v.keys() {
			if alone, ok := own.licences[key]; ok && shape(alone) != shape(v.licences[key]) {
				t.On(v.answers[key], own.answers[key]).Expect(v.licences[key].Value, EqualJSON(alone.Value), remark(alone, "is the same in a batch and alone"))
			}
		}
	})
	s.It("loses no licence to an unused key beside it", Covers("GOTO-BATCH-14"), func(t *T) {
		asked := byKeys.need(t, 2)
		answers := t.SendAll(byKeys.request(t, join(asked)), odd(byKeys.request(t, join([]int64{asked[0], unused(t), asked[1]}))))
		e := answers[1]
		if e.OK() && slices.Equal(sorted(keys(answers[0])), sorted(asked)) { // refusing the whole is sane as well
			t.On(answers...).If("one unused key empties the batch", []int64{}).
				Expect(sorted(keys(e)), HaveKeys(sorted(asked)...), "the licences that exist are there, whatever else was asked for")
		}
	})
	s.It("tells what it makes of unused keys", Covers("GOTO-BATCH-08", "GOTO-BATCH-09"), func(t *T) {
		asked, free := byKeys.need(t, 2), unused(t)
		answers := tryOdd(t, byKeys.request(t, join([]int64{asked[0], free, asked[1]})), byKeys.request(t, join([]int64{free})))
		mixed := summary(answers[0])
		if answers[0].OK() {
			kept := len(apart(asked, keys(answers[0]))) == 0
			mixed = fmt.Sprintf("%d elements for two used keys and an unused one, both licences there: %t", len(answers[0].JSON().Items), kept)
		}
		t.Observe("an unused key among used ones", mixed)
		t.Observe("an unused key alone", summary(answers[1]))
	})
	s.It("tells in which order it answers", Covers("GOTO-BATCH-10"), func(t *T) {
		asked := byKeys.need(t, 5)
		slices.Sort(asked)
		descending := slices.Clone(asked)
		slices.Reverse(descending)
		shuffled := slices.Clone(asked)
		t.Rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for name, list := range map[string][]int64{"keys descending": descending, "keys shuffled": shuffled} {
			t.Observe(name, order(keys(t.Try(byKeys.request(t, join(list)))), list))
		}
	})
	s.It("tells how it counts a key that is named again", Covers("GOTO-BATCH-11"), func(t *T) {
		asked := byKeys.need(t, 2)
		limit := s.Operation.Batch.Limit
		answers := tryOdd(t,
			byKeys.request(t, join([]int64{asked[0], asked[0], asked[1]})),
			byKeys.request(t, strings.TrimSuffix(strings.Repeat(strconv.FormatInt(asked[0], 10)+",", limit+1), ",")),
		)
		t.Observe("A,A,B", sized(answers[0]))
		t.Observe(fmt.Sprintf("A named %d times", limit+1), sized(answers[1]))
	})
	s.It("tells what it makes of elements that are no keys", Covers("GOTO-BATCH-12", "GOTO-BATCH-13"), func(t *T) {
		asked := byKeys.need(t, 2)
		a, b := strconv.FormatInt(asked[0], 10), strconv.FormatInt(asked[1], 10)
		var questions []question
		for _, q := range [][2]string{{"A,,B", a + ",," + b}, {",A", "," + a}, {"A,", a + ","}, {",", ","}, {"A,abc,B", a + ",abc," + b}} {
			questions = append(questions, question{q[0], byKeys.request(t, q[1])})
		}
		observe(t, sized, questions...)
	})
})
