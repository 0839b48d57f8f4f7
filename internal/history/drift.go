// What the server was seen to do otherwise than before.

package history

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"harness/internal/verdict"
)

// unlikely is how small the chance must be that a thing is missing from a run by accident alone, before it is told.
const unlikely = 0.01

// drifts lists the answers to questions that differ, then what was seen in one run alone. A thing that the document
// does not speak of is told as soon as it is seen for the first time; other things, and all that is no longer seen,
// only where the run that lacks it had answers enough to show it. Values depend on the data and are never told sooner.
func drifts(base, run Snapshot) []Drift {
	all := []Drift{}
	for _, d := range verdict.Drifts(base.Findings, run.Findings) {
		all = append(all, Drift{
			API: d.API, Operation: d.Operation, What: "observation", Name: d.Question, Requirement: d.Requirement, Was: d.Was, Is: d.Is,
		})
	}
	if !alike(base, run) {
		return all
	}
	for _, is := range run.Behaviour {
		for _, was := range base.Behaviour {
			if was.API != is.API || was.Operation != is.Operation {
				continue
			}
			d := drifting{api: is.API, operation: is.Operation}
			d.compare("status", was.Statuses, is.Statuses, was.Answers, is.Answers)
			d.compare("member", was.Members, is.Members, was.Bodies, is.Bodies)
			d.compare("value", values(was, is), values(is, was), was.Bodies, is.Bodies)
			d.compare("header", was.Headers, is.Headers, was.Successes, is.Successes)
			all = append(all, d.drifts...)
		}
	}
	return all
}

// alike says whether two runs asked alike: what a run was narrowed to decides what it sees.
func alike(base, run Snapshot) bool {
	same := func(a, b []string) bool {
		return fmt.Sprint(a) == fmt.Sprint(b)
	}
	return same(base.Selection.Operations, run.Selection.Operations) &&
		same(base.Selection.Requirements, run.Selection.Requirements) && base.Selection.Requests == run.Selection.Requests
}

// drifting is the comparison of one operation.
type drifting struct {
	api, operation string
	drifts         []Drift
}

// compare sets two sorted lists beside each other, out of so many answers each.
func (d *drifting) compare(what string, was, is []Seen, before, now int) {
	if before == 0 || now == 0 {
		return
	}
	for len(was) > 0 || len(is) > 0 {
		var a, b Seen
		switch order(was, is) {
		case -1:
			a, was = was[0], was[1:]
		case 1:
			b, is = is[0], is[1:]
		default:
			a, b, was, is = was[0], is[0], was[1:], is[1:]
		}
		documented := a.Documented || b.Documented
		fresh := a.Count == 0 && b.Count > 0 && (!documented && what != "value" || missing(b.Count, now, before) < unlikely)
		lost := a.Count > 0 && b.Count == 0 && missing(a.Count, before, now) < unlikely
		if (fresh || lost) && !d.within(what, cmp.Or(a.Name, b.Name), fresh) {
			d.drifts = append(d.drifts, Drift{
				API: d.api, Operation: d.operation, What: what, Name: cmp.Or(a.Name, b.Name), Documented: documented,
				Was: often(a.Count, before), Is: often(b.Count, now),
			})
		}
	}
}

// within says whether a member stands in one that has drifted the same way: that one says it all.
func (d *drifting) within(what, name string, fresh bool) bool {
	return what == "member" && slices.ContainsFunc(d.drifts, func(outer Drift) bool {
		return outer.What == what && strings.HasPrefix(name, outer.Name+"/") && strings.HasPrefix(outer.Was, never) == fresh
	})
}

func order(was, is []Seen) int {
	switch {
	case len(is) == 0:
		return -1
	case len(was) == 0:
		return 1
	}
	return cmp.Compare(was[0].Name, is[0].Name)
}

// missing is the chance that a thing seen in count of so many answers shows in none of others more.
func missing(count, of, others int) float64 {
	return math.Pow(1-float64(count)/float64(max(of, count)), float64(others))
}

// often is how many of how many answers show a thing.
func often(count, of int) string { return fmt.Sprintf("%d of %d", count, of) }

const never = "0 of "

// values are those of the members that take few values in both runs: one that takes few by accident takes others the
// next time.
func values(of, other Behaviour) []Seen {
	few := map[string]bool{}
	for _, v := range other.Values {
		few[v.Member] = true
	}
	var all []Seen
	for _, v := range of.Values {
		if few[v.Member] {
			all = append(all, Seen{Name: v.Member + " = " + v.Value, Documented: v.Documented, Count: v.Count})
		}
	}
	return sorted(all)
}
