// Well-formed requests of every operation, for data that exists, and what belongs into their answers.

package gotoaccount

import (
	"fmt"
	"slices"
	"strings"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

// operations are those that the document lists; the attribute search within an account stands in an example only.
var operations = slices.Concat(ofLicences, []string{
	"getLicenseUsers", "getLicenseProducts", "getLicenseEntitlements", "getLicenseEntitlementsByKeys",
})

// ofLicences are the operations whose answers are licences.
var ofLicences = slices.Concat([]string{"getLicense", "getLicensesByKeys", "getLicenses", "findLicenses", "getUserLicenses"}, scans)

// scans are the operations that read a range of all licences.
var scans = []string{"scanLicensesByKey", "scanLicensesByAttribute", "scanLicensesByRole"}

// withKeys are the operations that take keys in their path.
var withKeys = slices.DeleteFunc(slices.Clone(operations), func(id string) bool { return slices.Contains(scans, id) })

// everywhere registers a suite for each of several operations.
func everywhere(ids []string, body func(s *Suite)) bool {
	for _, id := range ids {
		describe(id, body)
	}
	return true
}

// example is a well-formed request for data that exists.
type example struct {
	request client.Request
	// belongs says what stands in an answer that is not this request's, "" when nothing does.
	belongs func(e *client.Exchange) string
}

// examples returns at most n different ones of an operation, at least one; it ends the case when the target has no
// data for it.
func examples(t *T, operation string, n int) []example {
	var found []example
	switch operation {
	case "getLicense":
		found = ofEach(t, n, anyLicence, func(l fixture.Licence) example {
			return example{t.Call(operation, Path{"licenseKey": l.Key}), func(e *client.Exchange) string {
				key, _ := fixture.Key(e.JSON().Get("key"))
				return foreign([]int64{key}, []int64{l.Key})
			}}
		})
	case "getLicensesByKeys":
		all := existing(t, max(n+1, 2), anyLicence)
		for i := range min(n, len(all)) {
			pair := sorted(fixture.Keys([]fixture.Licence{all[i], all[(i+1)%len(all)]}))
			found = append(found, example{t.Call(operation, Path{"licenseKeys": join(pair)}, "batch", true), func(e *client.Exchange) string {
				return foreign(keys(e), pair)
			}})
		}
	case "getLicenses":
		for _, a := range first(goods(t).AccountKeys(), n) {
			found = append(found, example{t.Call(operation, Path{"accountKeys": a}), func(e *client.Exchange) string {
				return foreign(accounts(e), []int64{a})
			}})
		}
	case "findLicenses":
		found = ofEach(t, n, func(l fixture.Licence) bool { return searchable(t, l) != "" }, func(l fixture.Licence) example {
			member := searchable(t, l)
			want := l.Value.Get(member).Text
			return example{t.Call(operation, Path{"accountKey": l.Account}, "filter", member+"="+want), func(e *client.Exchange) string {
				for _, got := range licences(e) {
					if v := got.Value.Get(member); v.Text != want {
						return fmt.Sprintf("licence %d whose %s is %s", got.Key, member, v)
					}
				}
				return foreign(accounts(e), []int64{l.Account})
			}}
		})
	case "getUserLicenses":
		for _, u := range first(goods(t).UserKeys(), n) {
			found = append(found, example{t.Call(operation, Path{"userKeys": u}), func(e *client.Exchange) string {
				for _, l := range licences(e) {
					if !l.HasUser(u) {
						return fmt.Sprintf("licence %d, which does not have the user", l.Key)
					}
				}
				return ""
			}})
		}
	case "getLicenseUsers":
		found = ofEach(t, n, func(l fixture.Licence) bool { return len(l.Users) <= 100 }, func(l fixture.Licence) example {
			return example{t.Call(operation, Path{"licenseKey": l.Key}), func(e *client.Exchange) string {
				return foreign(userKeys(e), users(t, l.Key))
			}}
		})
	case "getLicenseProducts":
		found = ofEach(t, n, anyLicence, func(l fixture.Licence) example {
			return example{t.Call(operation, Path{"licenseKey": l.Key}), func(e *client.Exchange) string {
				for _, name := range names(e) {
					if !slices.Contains(products(t, l.Key), name) {
						return "product " + name + ", which the licence does not have"
					}
				}
				return ""
			}}
		})
	case "getLicenseEntitlements":
		for _, g := range granted(t, n) {
			found = append(found, example{t.Call(operation, Path{"licenseKey": g.key, "productName": g.product}), func(e *client.Exchange) string {
				if exact.Equal(e.JSON(), entitlements(t, g.key, g.product)) {
					return ""
				}
				return "entitlements that are not those of the licence"
			}})
		}
	case "getLicenseEntitlementsByKeys":
		for _, g := range granted(t, n) {
			asked := []int64{g.key}
			found = append(found, example{t.Call(operation, Path{"licenseKeys": g.key, "productName": g.product}, "batch", true), func(e *client.Exchange) string {
				listed, _ := entries(e, asked)
				if len(listed) < len(e.JSON().Items) {
					return "an entry of another licence"
				}
				return ""
			}})
		}
	default:
		found = scanExamples(t, scanOf(operation), n)
	}
	t.Need(len(found) > 0, "data that a request of %s could ask for", operation)
	return found
}

// anExample is one request of an operation.
func anExample(t *T, operation string) client.Request { return examples(t, operation, 1)[0].request }

// scanOf returns the scan of that operation.
func scanOf(operation string) scan {
	for _, s := range []scan{byKey, byAttribute, byRole} {
		if s.operation == operation {
			return s
		}
	}
	panic("no scan " + operation)
}

// scanExamples are scans of neighbouring ranges, a few licences each.
func scanExamples(t *T, s scan, n int) []example {
	w := s.set(t, 1)
	size := max(1, len(w.hits)/n)
	var found []example
	for part := range slices.Chunk(w.hits, size) {
		b := bounds{lower: at(part[0]), upper: at(part[len(part)-1])}
		found = append(found, example{w.request(b, w.limit()), func(e *client.Exchange) string {
			for _, l := range licences(e) {
				if !b.holds(l.Key) || !w.sel.holds(l) {
					return fmt.Sprintf("licence %d, which is not in the range or not selected", l.Key)
				}
			}
			return ""
		}})
	}
	return first(found, n)
}

// ofEach writes an example for each of n existing licences of a kind.
func ofEach(t *T, n int, holds func(fixture.Licence) bool, write func(fixture.Licence) example) []example {
	var found []example
	for _, l := range existing(t, n, holds) {
		found = append(found, write(l))
	}
	return found
}

// grant is a licence and one of its products.
type grant struct {
	key     int64
	product string
}

// granted returns at most n of those that discovery met and that are there now.
func granted(t *T, n int) []grant {
	var found []grant
	for _, g := range goods(t).Entitlements {
		if len(found) == n {
			break
		}
		if entitlements(t, g.Key, g.Product).Kind != exact.Absent {
			found = append(found, grant{g.Key, g.Product})
		}
	}
	return found
}

// searchable names a member of a licence that can be searched for as it stands, "" when there is none.
func searchable(t *T, l fixture.Licence) string {
	for _, member := range []string{"name", "sku", "type", "channel", "servicetype", "description"} {
		v := l.Value.Get(member)
		plain := strings.IndexFunc(v.Text, func(c rune) bool {
			return !(c == ' ' || c == '-' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')
		}) < 0
		if v.Kind == exact.String && v.Text != "" && strings.TrimSpace(v.Text) == v.Text && plain && l.Account != 0 &&
			!slices.Contains(t.Operation("findLicenses").Find.Unsearchable, member) {
			return member
		}
	}
	return ""
}

// accounts lists the account of each licence of an answer.
func accounts(e *client.Exchange) []int64 {
	var all []int64
	for _, l := range licences(e) {
		all = append(all, l.Account)
	}
	return all
}

// foreign names the first key that is none of those asked for, "" when there is none.
func foreign(got, asked []int64) string {
	for _, k := range got {
		if !slices.Contains(asked, k) {
			return fmt.Sprintf("%d, which was not asked for", k)
		}
	}
	return ""
}

func first[E any](list []E, n int) []E { return list[:min(n, len(list))] }
