// getLicense: GET /licenses/{licenseKey}.

package gotoaccount

import (
	"strconv"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/exact"
	"harness/internal/fixture"
)

var _ = describe("getLicense", func(s *Suite) {
	s.It("answers an existing key with that one licence", Covers("GOTO-GET-01"), func(t *T) {
		all := existing(t, 6, anyLicence)
		t.Need(len(all) > 0, "at least one licence")
		for i, e := range present(t, fixture.Keys(all)) {
			t.On(e).Expect(e, HaveStatus(200), "an existing licence is answered with 200")
			t.On(e).Expect(e.JSON(), BeKind(exact.Object), "one licence is one object, in no array")
			key := single(e).Key
			a := t.On(e)
			for _, other := range goods(t).ByAccount()[all[i].Account] {
				a = a.If("the answer is another licence of the same account", other.Key)
			}
			a.If("keys go through a double", throughDouble(all[i].Key)).Expect(key, gomega.Equal(all[i].Key), "the licence is the one asked for")
		}
	})
	s.It("tells what batch does to one key when it is not true", Covers("GOTO-GET-02"), func(t *T) {
		good := anExample(t, "getLicense")
		observe(t, summary,
			question{"batch=false", with(good, "batch", false)},
			question{"batch=", with(good, "batch", "")},
			question{"batch", raw(good, rawWith(good, "batch"))},
		)
	})
})

var _ = everywhere([]string{"getLicense", "getLicensesByKeys"}, func(s *Suite) {
	s.It("takes no list without batch=true for its first key", Covers("GOTO-GET-03"), func(t *T) {
		keys := fixture.Keys(existing(t, 3, anyLicence))
		t.Need(len(keys) >= 2, "two licences")
		if s.Operation.ID == "getLicensesByKeys" {
			keys[0], keys[1] = keys[1], keys[0]
		}
		e := t.Send(odd(t.Call("getLicense", Path{"licenseKey": join(keys)})))
		shown := licences(e)
		if l, ok := fixture.LicenceOf(e.JSON()); ok {
			shown = []fixture.Licence{l}
		}
		if e.OK() && len(shown) < 2 {
			t.On(e).If("the list is read up to its first comma", "["+strconv.FormatInt(keys[0], 10)+"]").
				Expect("["+join(fixture.Keys(shown))+"]", gomega.Equal("a rejection (4xx)"), "a list is not answered with one of its licences")
		}
	})
})
