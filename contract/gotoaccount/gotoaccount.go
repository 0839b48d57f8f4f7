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
	"harness/internal/exact"
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

// shape writes a licence so that equal ones are equal text: roles, user keys and users are sets.
func shape(l fixture.Licence) string { return canonical(l.Value) }

// canonical writes an object so that equal licences are equal text.
func canonical(v exact.Value) string {
	members := slices.Clone(v.Members)
	for i, m := range members {
		if m.Name == "roles" || m.Name == "userkeys" || m.Name == "users" {
			items := slices.Clone(m.Value.Items)
			slices.SortFunc(items, func(a, b value) int { return cmp.Compare(a.Canonical(), b.Canonical()) })
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

// served sends a request that a case needs before it can ask its own question. When it is not served, the try says
// nothing: that it should be is the promise of another case.
func served(t *contract.T, r client.Request) *client.Exchange { return servedAll(t, r)[0] }

// servedAll is served for requests side by side.
func servedAll(t *contract.T, requests ...client.Request) []*client.Exchange {
	answers := t.SendAll(requests...)
	for _, e := range answers {
		if !e.OK() {
			t.Inconclusive("%s: %s", e.Asked(), e.Answered())
		}
	}
	return answers
}

// licence reads one licence by its key; it is a bracketed read.
func licence(t *contract.T, key int64) fixture.Licence {
	return contract.Read(t, "licence "+strconv.FormatInt(key, 10), func() (fixture.Licence, string) {
		e := served(t, t.Call("getLicense", contract.Path{"licenseKey": key}))
		l := single(e)
		if l.Key != key {
			t.Inconclusive("%s: the answer is no licence of that key", e.Asked())
		}
		return l, shape(l)
	})
}

// single is the licence of an answer, which may stand in an array: that it should not is told elsewhere.
func single(e *client.Exchange) fixture.Licence {
	if l, ok := fixture.LicenceOf(e.JSON()); ok {
		return l
	}
	if all := licences(e); len(all) == 1 {
		return all[0]
	}
	return fixture.Licence{}
}

// account reads every licence of an account, each once; it is a bracketed read.
func account(t *contract.T, key int64) []fixture.Licence {
	return contract.Read(t, "account "+strconv.FormatInt(key, 10), func() ([]fixture.Licence, string) {
		all := eachOnce(t, served(t, t.Call("getLicenses", contract.Path{"accountKeys": key})))
		return all, fingerprint(all)
	})
}

// eachOnce is an answer's licences, each once, in the order of the first ones: that one comes twice is told elsewhere.
// Where the two are not alike, nobody can say which of them other answers should agree with, and the try says nothing.
func eachOnce(t *contract.T, e *client.Exchange) []fixture.Licence {
	first := map[int64]fixture.Licence{}
	var all []fixture.Licence
	for _, l := range licences(e) {
		before, again := first[l.Key]
		switch {
		case !again:
			first[l.Key] = l
			all = append(all, l)
		case shape(before) != shape(l):
			t.Inconclusive("%s: licence %d comes twice, and the two are not alike", e.Asked(), l.Key)
		}
	}
	return all
}

// user reads every licence of a user, each once; it is a bracketed read.
func user(t *contract.T, key int64) []fixture.Licence {
	return contract.Read(t, "user "+strconv.FormatInt(key, 10), func() ([]fixture.Licence, string) {
		all := eachOnce(t, served(t, t.Call("getUserLicenses", contract.Path{"userKeys": key})))
		return all, fingerprint(all)
	})
}

// users reads the users of a licence; it is a bracketed read.
func users(t *contract.T, key int64) []int64 {
	return contract.Read(t, "users of licence "+strconv.FormatInt(key, 10), func() ([]int64, string) {
		all := userKeys(served(t, t.Call("getLicenseUsers", contract.Path{"licenseKey": key})))
		return all, join(slices.Sorted(slices.Values(all)))
	})
}

// userKeys lists the keys of an answer that is an array of users, read leniently.
func userKeys(e *client.Exchange) []int64 {
	var all []int64
	for _, item := range items(e.JSON()) {
		if item.Kind == exact.Object {
			item = item.Get("key")
		}
		if key, ok := fixture.Key(item); ok {
			all = append(all, key)
		}
	}
	return all
}

// items are the elements of an array, which may be wrapped in an object: that it should not is told elsewhere.
func items(v exact.Value) []exact.Value {
	if v.Kind == exact.Object && len(v.Members) == 1 {
		return v.Members[0].Value.Items
	}
	return v.Items
}

// products reads the products of a licence; it is a bracketed read.
func products(t *contract.T, key int64) []string {
	return contract.Read(t, "products of licence "+strconv.FormatInt(key, 10), func() ([]string, string) {
		all := names(served(t, t.Call("getLicenseProducts", contract.Path{"licenseKey": key})))
		return all, strings.Join(slices.Sorted(slices.Values(all)), ",")
	})
}

// names lists the texts of an answer that is an array of them, read leniently.
func names(e *client.Exchange) []string {
	var all []string
	for _, item := range items(e.JSON()) {
		if item.Kind == exact.Object {
			item = item.Get("name")
		}
		if item.Text != "" {
			all = append(all, item.Text)
		}
	}
	return all
}

// entitlements reads what a licence grants within a product, Absent when it has no such product; it is a bracketed
// read.
func entitlements(t *contract.T, key int64, product string) value {
	return contract.Read(t, "entitlements of licence "+strconv.FormatInt(key, 10)+" in "+product, func() (value, string) {
		e := t.Send(t.Call("getLicenseEntitlements", contract.Path{"licenseKey": key, "productName": product}))
		if e.Rejected() {
			return value{}, ""
		}
		if !e.OK() {
			t.Inconclusive("%s: %s", e.Asked(), e.Answered())
		}
		return e.JSON(), e.JSON().Canonical()
	})
}

// existing returns at most n licences that are there now and satisfy a condition, those with the longest keys first.
func existing(t *contract.T, n int, holds func(fixture.Licence) bool) []fixture.Licence {
	var found []fixture.Licence
	for _, w := range slices.Backward(goods(t).Windows) {
		if len(where(w.Licences, holds)) == 0 {
			continue // discovery says where to look
		}
		shown := ranged(t, w)
		if shown.refused != "" {
			shown.licences = beginning(t)
		}
		found = append(found, beyondDoubt(shown.licences, holds)...)
		if len(found) >= n || shown.refused != "" {
			return found[:min(n, len(found))]
		}
	}
	inWindow := func(l fixture.Licence) bool {
		return slices.ContainsFunc(goods(t).Windows, func(w fixture.Window) bool { return w.Low <= l.Key && l.Key <= w.High })
	}
	for _, l := range slices.Backward(goods(t).Where(holds)) { // named by the target file
		if len(found) < n && !inWindow(l) {
			found = append(found, where([]fixture.Licence{licence(t, l.Key)}, holds)...)
		}
	}
	return found
}

// anyLicence selects every licence.
func anyLicence(fixture.Licence) bool { return true }

// isBig selects licences whose key a double cannot tell from its neighbours.
func isBig(l fixture.Licence) bool { return beyondDouble(l.Key) }

func beyondDouble(key int64) bool { return key > 1<<53+1 && key < math.MaxInt64-1 }

// unused returns a key that no licence has; it ends the case when none is known, and the try when the scan that
// proves it does not answer.
func unused(t *contract.T) int64 {
	key, ok := goods(t).Unused()
	t.Need(ok, "a range of keys that discovery has read whole")
	return contract.Read(t, "unused key "+strconv.FormatInt(key, 10), func() (int64, string) {
		e := served(t, t.Call("scanLicensesByKey", nil, "startKey", key, "endKey", key))
		if len(e.JSON().Items) > 0 {
			t.Inconclusive("%s was unused and is no longer", strconv.FormatInt(key, 10))
		}
		return key, "unused"
	})
}

// beginning reads what a scan shows that is asked for no range, by key; it is a bracketed read. It shows that licences
// exist where a scan refuses bounds.
func beginning(t *contract.T) []fixture.Licence {
	return contract.Read(t, "the first licences", func() ([]fixture.Licence, string) {
		all := ascending(licences(served(t, t.Call("scanLicensesByKey", nil))))
		return all, fingerprint(all)
	})
}

// beyondDoubt selects licences of a list by key, each key once. Where two come under one key, both must satisfy the
// condition: which of them has that key is for the server to say.
func beyondDoubt(all []fixture.Licence, holds func(fixture.Licence) bool) (chosen []fixture.Licence) {
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].Key == all[0].Key {
			n++
		}
		if len(where(all[:n], holds)) == n {
			chosen = append(chosen, all[0])
		}
		all = all[n:]
	}
	return chosen
}

// keysRead is what a scan showed of a range of keys.
type keysRead struct {
	licences []fixture.Licence // ascending
	refused  string            // the scan refused its bounds, and said this; "" when it did not
}

// window reads every licence of a closed range of keys, ascending; it is a bracketed read.
func window(t *contract.T, w fixture.Window) []fixture.Licence {
	shown := ranged(t, w)
	if shown.refused != "" {
		t.Inconclusive("%s", shown.refused)
	}
	return shown.licences
}

// ranged is window for those who can do without.
func ranged(t *contract.T, w fixture.Window) keysRead {
	return contract.Read(t, "keys "+strconv.FormatInt(w.Low, 10)+" to "+strconv.FormatInt(w.High, 10), func() (keysRead, string) {
		op := t.Operation("scanLicensesByKey")
		var all []fixture.Licence
		b := closed(w.Low, w.High)
		if w.Low == math.MinInt64 {
			b = bounds{upper: at(w.High), upperInclusive: inclusive(true)} // from the beginning on
		}
		for pages := 0; ; pages++ {
			if pages > len(w.Licences)/10+5 {
				t.Inconclusive("keys %d to %d hold far more licences than discovery met there", w.Low, w.High)
			}
			e := t.Send(t.Call(op.ID, nil, append(b.query(op.Scan), op.Scan.Limit, most(t, op.ID))...))
			if e.Rejected() {
				refused := e.Asked() + ": " + e.Answered()
				return keysRead{refused: refused}, refused
			}
			if !e.OK() {
				t.Inconclusive("%s: %s", e.Asked(), e.Answered())
			}
			page := licences(e)
			all = append(all, page...)
			if len(page) == 0 {
				break
			}
			// The highest key of the window ends it; a shorter page may be a short page.
			high := slices.Max(fixture.Keys(page))
			if b.lower != nil && high < *b.lower || high >= w.High {
				break
			}
			b = closed(high+1, w.High)
		}
		all = ascending(all)
		return keysRead{licences: all}, fingerprint(all)
	})
}
