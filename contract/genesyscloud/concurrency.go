// With many requests in flight every answer still belongs to its own request.

package genesyscloud

import (
	"slices"
	"strconv"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
)

// crowd is how many requests of an operation are sent side by side.
const crowd = 5

// told is a request and the texts by which its answer can be told from that of another one. Nothing is told where
// the answer bears no such text.
type told struct {
	request client.Request
	belongs []string
	read    func(e *client.Exchange) (texts []string, ok bool)
}

// crowds makes distinct requests of an operation.
var crowds = map[string]func(t *T) []told{
	"getLicenseDefinition": func(t *T) (all []told) {
		for _, id := range spread(definitionIDs(t), crowd) {
			all = append(all, told{t.Call("getLicenseDefinition", Path{"licenseId": id}), []string{id}, member("id")})
		}
		return all
	},
	"getLicenseDefinitions": func(t *T) (all []told) {
		var want []string
		for _, d := range definitions(t) {
			want = append(want, d.Get("id").Text)
		}
		for range crowd {
			all = append(all, told{t.Call("getLicenseDefinitions", nil), want, func(e *client.Exchange) ([]string, bool) {
				return ids(e.JSON()), e.JSON().Kind == exact.Array
			}})
		}
		return all
	},
	"getLicenseToggle": func(t *T) (all []told) {
		for range crowd {
			name := "crowd-" + uuid(t)
			all = append(all, told{t.Call("getLicenseToggle", Path{"featureName": name}), []string{name}, member("featureName")})
		}
		return all
	},
	"getLicenseUser": func(t *T) (all []told) {
		// More than of the others: this is the read whose mistake would show somebody else's data.
		for _, u := range spread(goods(t).Users, 6*crowd) {
			all = append(all, told{t.Call("getLicenseUser", Path{"userId": u.ID}), []string{u.ID}, member("id")})
		}
		return all
	},
	"getLicenseUsers": func(t *T) (all []told) {
		for n := 1; n <= crowd; n++ {
			all = append(all, told{page(t, 1+n%3, n), []string{strconv.Itoa(n)}, func(e *client.Exchange) ([]string, bool) {
				echo := e.JSON().Get("pageNumber")
				return []string{strconv.FormatInt(whole(echo.Text), 10)}, echo.Kind == exact.Number
			}})
		}
		return all
	},
	"postLicenseInfer": func(t *T) (all []told) {
		needRoles(t, 1)
		for i := range crowd {
			role := asked(t)[i%min(3, len(asked(t)))]
			all = append(all, told{post(t, "postLicenseInfer", role), inferred(t, []string{role}), func(e *client.Exchange) ([]string, bool) {
				return set(ids(e.JSON())), e.JSON().Kind == exact.Array
			}})
		}
		return all
	},
	"postLicenseUsers": func(t *T) (all []told) {
		for i, u := range spread(goods(t).Users, crowd) {
			pair := set([]string{u.ID, goods(t).Users[i].ID})
			all = append(all, told{post(t, "postLicenseUsers", pair...), pair, func(e *client.Exchange) ([]string, bool) {
				return e.JSON().Names(), e.JSON().Kind == exact.Object
			}})
		}
		return all
	},
}

// member reads the text of a member, where there is one.
func member(name string) func(*client.Exchange) ([]string, bool) {
	return func(e *client.Exchange) ([]string, bool) {
		v := e.JSON().Get(name)
		return []string{v.Text}, v.Kind == exact.String
	}
}

var _ = describeEach(reads, func(s *Suite) {
	s.It("answers every one of many simultaneous requests for itself", Covers("GC-LOAD-01"), func(t *T) {
		all := crowds[s.Operation.ID](t)
		t.Need(len(all) >= 2, "at least two things to ask for at once")
		var requests []client.Request
		for _, one := range all {
			requests = append(requests, one.request)
		}
		for i, e := range t.OKAll(requests...) {
			texts, ok := all[i].read(e)
			if !ok || slices.Equal(set(texts), set(all[i].belongs)) {
				continue
			}
			// What is wrong even when it is sent alone is no matter of many requests at once.
			if alone, ok := all[i].read(t.OK(e.Request)); !ok || !slices.Equal(set(alone), set(all[i].belongs)) {
				t.Inconclusive("%s is answered otherwise than expected when it is sent alone as well", e.Asked())
			}
			t.On(e).Expect(set(texts), HaveTextSet(set(all[i].belongs)...), "an answer belongs to its own request, whatever else is in flight")
		}
	})
})
