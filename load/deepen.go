// What a scenario needs and discovery did not read.

package load

import (
	"context"
	"slices"
	"strconv"

	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

// Deepen reads what the steps of a scenario need beside what discovery found, in at most a hundred and some requests:
// the products of as many licences as are asked for at once. Requests that fail leave things as they are.
func Deepen(ctx context.Context, s *Scenario, set *fixture.Set, clients map[string]*client.Client) {
	need := 0
	for _, step := range s.Steps {
		if step.API == "gotoaccount" && step.Operation == "getLicenseEntitlementsByKeys" {
			need = max(need, slices.Max(append(slices.Clone(step.Sizes), usualSizes[len(usualSizes)-1])))
		}
	}
	c := clients["gotoaccount"]
	if need == 0 || c == nil {
		return
	}
	op := c.API().Operation("getLicenseProducts")
	g := &set.Gotoaccount
	for from := 0; from < len(g.Licences) && ctx.Err() == nil; {
		_, holders := commonProduct(g)
		if len(holders) >= need || from >= mostDeepened {
			break
		}
		var requests []client.Request
		var keys []int64
		for ; from < len(g.Licences) && len(requests) < need-len(holders); from++ {
			key := g.Licences[from].Key
			if _, read := g.Products[key]; !read {
				keys = append(keys, key)
				requests = append(requests, client.Request{Operation: op, Path: map[string]string{"licenseKey": strconv.FormatInt(key, 10)}})
			}
		}
		for i, e := range c.SendAll(ctx, requests) {
			if e.OK() {
				for _, item := range e.JSON().Items {
					if item.Kind == exact.String {
						g.Products[keys[i]] = append(g.Products[keys[i]], item.Text)
					}
				}
			}
		}
	}
}

// mostDeepened bounds how many licences are read.
const mostDeepened = 300
