// What changed, in the HTML report: a line for each requirement, the firmest first.

package report

import (
	"slices"

	"harness/internal/history"
	"harness/internal/requirement"
)

// htmlChanges is one list of changes: the first few requirements, and the rest.
type htmlChanges struct {
	Title       string
	N           int // requirements
	First, Rest []htmlChange
}

// htmlChange is one requirement that changed in the same way on some operations.
type htmlChange struct {
	history.Change // the first of them
	Operations     []string
}

// shownChanges is how many requirements of a list are shown without being asked for: what needs action stands below.
const shownChanges = 8

func newHTMLChanges(title string, changes []history.Change) htmlChanges {
	var all []htmlChange
	for _, c := range changes {
		i := slices.IndexFunc(all, func(h htmlChange) bool {
			return h.Requirement == c.Requirement && h.Was == c.Was && h.Is == c.Is && h.Accepted == c.Accepted
		})
		if i < 0 {
			i = len(all)
			all = append(all, htmlChange{Change: c})
		}
		all[i].Operations = append(all[i].Operations, c.Operation)
	}
	slices.SortStableFunc(all, func(a, b htmlChange) int {
		return slices.Index(requirement.Levels, a.Level) - slices.Index(requirement.Levels, b.Level)
	})
	first := min(len(all), shownChanges)
	return htmlChanges{title, len(all), all[:first], all[first:]}
}

// htmlDrift is one thing that some operations do otherwise than before.
type htmlDrift struct {
	history.Drift // the first of them
	Operations    []string
}

func htmlDrifted(drifts []history.Drift) []htmlDrift {
	var all []htmlDrift
	for _, d := range drifts {
		i := slices.IndexFunc(all, func(h htmlDrift) bool {
			return h.API == d.API && h.What == d.What && h.Name == d.Name && h.Requirement == d.Requirement && h.Was == d.Was && h.Is == d.Is
		})
		if i < 0 {
			i = len(all)
			all = append(all, htmlDrift{Drift: d})
		}
		all[i].Operations = append(all[i].Operations, d.Operation)
	}
	return all
}
