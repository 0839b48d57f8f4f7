// Views of one licence: eight operations show the same object. A few licences of every class are looked at through
// each of them, once, and the promises about the object are held against what they show.

package gotoaccount

import (
	"slices"
	"strconv"
	"strings"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
)

// viewing is what one operation shows of the chosen licences.
type viewing struct {
	licences map[int64]fixture.Licence
	answers  map[int64]*client.Exchange // where each was shown
}

// keys lists the licences that are shown, ascending.
func (v viewing) keys() []int64 {
	var all []int64
	for k := range v.licences {
		all = append(all, k)
	}
	return slices.Sorted(slices.Values(all))
}

// view reads the chosen licences as an operation shows them; it is a bracketed read.
func view(t *T, operation string) viewing {
	chosen := classes(t)
	t.Need(len(chosen) > 0, "at least one licence")
	return Read(t, "licences as "+operation+" shows them", func() (viewing, string) {
		v := viewing{map[int64]fixture.Licence{}, map[int64]*client.Exchange{}}
		var requests []client.Request
		for _, l := range chosen {
			if r, ok := showing(t, operation, l); ok {
				requests = append(requests, r)
			}
		}
		var shown []fixture.Licence
		for _, e := range t.SendAll(oncePerTarget(requests)...) {
			if !e.OK() {
				continue
			}
			all := licences(e)
			if l, ok := fixture.LicenceOf(e.JSON()); ok && len(all) == 0 {
				all = []fixture.Licence{l}
			}
			for _, l := range all {
				if _, again := v.licences[l.Key]; !again && slices.ContainsFunc(chosen, func(c fixture.Licence) bool { return c.Key == l.Key }) {
					v.licences[l.Key], v.answers[l.Key] = l, e
					shown = append(shown, l)
				}
			}
		}
		return v, fingerprint(shown)
	})
}

// showing is a request in whose answer a licence stands, ok false when an operation cannot be made to show it.
func showing(t *T, operation string, l fixture.Licence) (r client.Request, ok bool) {
	one := []any{"startKey", l.Key, "endKey", l.Key}
	switch operation {
	case "getLicense":
		return t.Call(operation, Path{"licenseKey": l.Key}), true
	case "getLicensesByKeys":
		return t.Call(operation, Path{"licenseKeys": join(fixture.Keys(classes(t)))}, "batch", true), true
	case "getLicenses":
		return t.Call(operation, Path{"accountKeys": l.Account}), l.Account != 0
	case "findLicenses":
		member := searchable(t, l)
		return t.Call(operation, Path{"accountKey": l.Account}, "filter", member+"="+l.Value.Get(member).Text), member != ""
	case "getUserLicenses":
		if len(l.Users) == 0 {
			return r, false
		}
		return t.Call(operation, Path{"userKeys": l.Users[0]}), true
	case "scanLicensesByKey":
		return t.Call(operation, nil, one...), true
	case "scanLicensesByAttribute":
		for _, m := range l.Custom() {
			return t.Call(operation, nil, append([]any{"name", m.Name, "value", m.Value.String()}, one...)...), true
		}
	case "scanLicensesByRole":
		for _, role := range l.Roles {
			return t.Call(operation, nil, append([]any{"role", role}, one...)...), true
		}
	}
	return r, false
}

// oncePerTarget leaves out requests that ask for the same as an earlier one.
func oncePerTarget(requests []client.Request) []client.Request {
	seen := map[string]bool{}
	return slices.DeleteFunc(requests, func(r client.Request) bool {
		again := seen[r.Target()]
		seen[r.Target()] = true
		return again
	})
}

// classes chooses a licence of every class among those met, of most classes the first in the middle of the key space.
func classes(t *T) []fixture.Licence {
	all := goods(t).Licences
	custom := func(holds func(value) bool) func(fixture.Licence) bool {
		return func(l fixture.Licence) bool {
			return slices.ContainsFunc(l.Custom(), func(m exact.Member) bool { return holds(m.Value) })
		}
	}
	var chosen []fixture.Licence
	for _, holds := range []func(fixture.Licence) bool{
		isBig,
		custom(func(v value) bool { return v.Kind == exact.Object || v.Kind == exact.Array }),
		custom(inexactInDouble),
		custom(func(v value) bool { return v.Kind == exact.String }),
		func(l fixture.Licence) bool { return l.Value.Get("enabled").Text == "false" && len(l.Users) > 0 },
		func(l fixture.Licence) bool { return l.Is("weighted") && len(l.Users) > 0 },
		func(l fixture.Licence) bool { return l.Value.Get("type").Text == "concurrent" },
		fixture.Licence.Unlimited,
		func(l fixture.Licence) bool { return summable(l) && len(l.Users) > 1 },
		func(l fixture.Licence) bool { return summable(l) && isFull(l) },
		func(l fixture.Licence) bool { return len(l.Users) == 0 },
		func(l fixture.Licence) bool { return len(l.Roles) > 1 },
	} {
		for i := range all {
			l := all[(i+len(all)/2)%len(all)]
			if holds(l) && len(l.Users) <= 100 && !slices.ContainsFunc(chosen, func(c fixture.Licence) bool { return c.Key == l.Key }) {
				chosen = append(chosen, l)
				break
			}
		}
	}
	return chosen
}

// inexactInDouble says whether a number stands somewhere in a value that a double cannot hold.
func inexactInDouble(v value) bool {
	return slices.ContainsFunc(numbers(v), func(n string) bool { return !equalNumbers([]string{n}, []string{nearestDouble(n)}) })
}

// nearestDouble writes what is left of a number that was kept in a double.
func nearestDouble(number string) string {
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return "0" // beyond all doubles
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// numbers lists every number in a value, in its order and spelling.
func numbers(v value) []string {
	var all []string
	if v.Kind == exact.Number {
		all = append(all, v.Text)
	}
	for _, item := range v.Items {
		all = append(all, numbers(item)...)
	}
	members := slices.Clone(v.Members)
	slices.SortStableFunc(members, func(a, b exact.Member) int { return strings.Compare(a.Name, b.Name) })
	for _, m := range members {
		all = append(all, numbers(m.Value)...)
	}
	return all
}

// summable says whether remaining should be seats minus users: seats are counted, and neither weights nor sessions
// count instead.
func summable(l fixture.Licence) bool {
	return hasSeats(l) && !l.Is("weighted") && l.Value.Get("type").Text != "concurrent"
}

// isFull says whether every seat is taken.
func isFull(l fixture.Licence) bool {
	seats, _ := fixture.Key(l.Value.Get("seats"))
	return len(l.Users) > 0 && seats == int64(len(l.Users))
}

// agreed is, for each chosen licence, the object that most views show; where two are shown equally often, that of
// getLicense.
func agreed(t *T) map[int64]fixture.Licence {
	votes := map[int64]map[string]int{}
	objects := map[string]fixture.Licence{}
	for _, operation := range ofLicences {
		for key, l := range view(t, operation).licences {
			text := shape(l)
			if votes[key] == nil {
				votes[key] = map[string]int{}
			}
			votes[key][text]++
			objects[text] = l
		}
	}
	own := view(t, "getLicense").licences
	truth := map[int64]fixture.Licence{}
	for key, texts := range votes {
		best, most := "", 0
		for text, n := range texts {
			if n > most || n == most && own[key].Key == key && text == shape(own[key]) {
				best, most = text, n
			}
		}
		truth[key] = objects[best]
	}
	return truth
}
