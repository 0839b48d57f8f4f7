// Package gotoaccount asks the licence endpoints of the GoTo Account Service whether they keep their promises: one
// file an operation, one file a law that crosses operations.
package gotoaccount

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"harness/contract"
	"harness/internal/client"
	"harness/internal/fixture"
)

const api = "gotoaccount"

// describe registers a suite of this API.
func describe(operation string, body func(*contract.Suite)) bool {
	return contract.Describe(api, operation, body)
}

// goods are the fixtures of this API.
func goods(t *contract.T) *fixture.Gotoaccount { return &t.Fixtures.Gotoaccount }

// licences reads every licence of an answer, in its order.
func licences(e *client.Exchange) []fixture.Licence { return fixture.Licences(e.JSON()) }

// keys lists the keys of an answer's licences, in their order.
func keys(e *client.Exchange) []int64 { return fixture.Keys(licences(e)) }

// join writes keys as a comma-separated list.
func join[K int64 | string](list []K) string {
	texts := make([]string, len(list))
	for i, k := range list {
		switch v := any(k).(type) {
		case int64:
			texts[i] = strconv.FormatInt(v, 10)
		case string:
			texts[i] = v
		}
	}
	return strings.Join(texts, ",")
}

// sorted returns keys in ascending order, each once.
func sorted(list []int64) []int64 {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// fingerprint changes when any of the licences does, whatever their order.
func fingerprint(all []fixture.Licence) string {
	var b strings.Builder
	for _, l := range ascending(all) {
		b.WriteString(shape(l))
		b.WriteByte('\n')
	}
	return b.String()
}

// shape writes a licence so that equal ones are equal text: roles and user keys are sets.
func shape(l fixture.Licence) string {
	v := l.Value
	members := slices.Clone(v.Members)
	for i, m := range members {
		if m.Name == "roles" || m.Name == "userkeys" {
			items := slices.Clone(m.Value.Items)
			slices.SortFunc(items, func(a, b value) int { return cmp.Compare(a.Text, b.Text) })
			members[i].Value.Items = items
		}
	}
	v.Members = members
	return v.Canonical()
}

// ascending returns the licences by key.
func ascending(all []fixture.Licence) []fixture.Licence {
	return slices.SortedFunc(slices.Values(all), func(a, b fixture.Licence) int { return cmp.Compare(a.Key, b.Key) })
}

// where selects licences.
func where(all []fixture.Licence, holds func(fixture.Licence) bool) []fixture.Licence {
	var chosen []fixture.Licence
	for _, l := range all {
		if holds(l) {
			chosen = append(chosen, l)
		}
	}
	return chosen
}

// licence reads one licence by its key; it is a bracketed read.
func licence(t *contract.T, key int64) fixture.Licence {
	return contract.Read(t, "licence "+strconv.FormatInt(key, 10), func() (fixture.Licence, string) {
		e := t.OK(t.Call("getLicense", contract.Path{"licenseKey": key}))
		l, _ := fixture.LicenceOf(e.JSON())
		return l, shape(l)
	})
}

// account reads every licence of an account; it is a bracketed read.
func account(t *contract.T, key int64) []fixture.Licence {
	return contract.Read(t, "account "+strconv.FormatInt(key, 10), func() ([]fixture.Licence, string) {
		all := licences(t.OK(t.Call("getLicenses", contract.Path{"accountKeys": key})))
		return all, fingerprint(all)
	})
}

// user reads every licence of a user; it is a bracketed read.
func user(t *contract.T, key int64) []fixture.Licence {
	return contract.Read(t, "user "+strconv.FormatInt(key, 10), func() ([]fixture.Licence, string) {
		all := licences(t.OK(t.Call("getUserLicenses", contract.Path{"userKeys": key})))
		return all, fingerprint(all)
	})
}

// window reads every licence of a closed range of keys, ascending; it is a bracketed read.
func window(t *contract.T, w fixture.Window) []fixture.Licence {
	return contract.Read(t, "keys "+strconv.FormatInt(w.Low, 10)+" to "+strconv.FormatInt(w.High, 10), func() ([]fixture.Licence, string) {
		var all []fixture.Licence
		query := []any{"startKey", w.Low, "endKey", w.High, "count", 100}
		for last := int64(math.MinInt64); ; {
			page := licences(t.OK(t.Call("scanLicensesByKey", nil, query...)))
			all = append(all, page...)
			// A page that holds what discovery met is the whole range; a shorter one may be a short page.
			if len(page) == 0 || len(all) >= len(w.Licences) {
				break
			}
			high := slices.Max(fixture.Keys(page))
			if high <= last || high >= w.High {
				break
			}
			last = high
			query = []any{"startKey", high + 1, "endKey", w.High, "count", 100}
		}
		all = ascending(all)
		return all, fingerprint(all)
	})
}
