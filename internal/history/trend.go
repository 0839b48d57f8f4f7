// Requirements over time: how each fared from run to run, and how each fares on every target now.

package history

import (
	"maps"
	"slices"
	"time"

	"harness/internal/verdict"
)

// Trend is how one requirement fared on one target, from run to run.
type Trend struct {
	Target      string  `json:"target"`
	API         string  `json:"api"`
	Requirement string  `json:"requirement"`
	Points      []Point `json:"points"` // the oldest first; of the runs that were to judge it
	// Latest is the last verdict on the server; untested when there never was one.
	Latest verdict.Verdict `json:"latest"`
	// FirstBroken is when it was first seen broken, BrokenSince when it was last seen to hold no longer; null when it
	// never was, or is not now.
	FirstBroken *time.Time `json:"firstBroken"`
	BrokenSince *time.Time `json:"brokenSince"`
	// Flips counts how often it went from held to broken or back; runs that did not judge it are passed over.
	Flips int `json:"flips"`
}

// Point is one run of a trend.
type Point struct {
	Run     string          `json:"run"` // id
	Started time.Time       `json:"started"`
	Verdict verdict.Verdict `json:"verdict"`
}

// Changed says whether the trend has something to tell: it is or was broken, or what it does has drifted.
func (t Trend) Changed() bool {
	return t.FirstBroken != nil || slices.ContainsFunc(t.Points, func(p Point) bool { return p.Verdict == verdict.Drift || p.Verdict == verdict.Error })
}

// Trends follows every requirement through the runs, which are sorted by time, the oldest first. They are sorted by
// target, API and requirement.
func Trends(runs []Stored) []Trend {
	type key struct{ target, api, requirement string }
	byKey := map[key]*Trend{}
	for _, run := range runs {
		for api, verdicts := range run.Requirements {
			for id, v := range verdicts {
				k := key{run.Target, api, id}
				if byKey[k] == nil {
					byKey[k] = &Trend{Target: run.Target, API: api, Requirement: id}
				}
				byKey[k].take(Point{run.ID, run.Started, v})
			}
		}
	}
	all := make([]Trend, 0, len(byKey))
	for _, k := range slices.SortedFunc(maps.Keys(byKey), func(a, b key) int {
		return slices.Compare([]string{a.target, a.api, a.requirement}, []string{b.target, b.api, b.requirement})
	}) {
		all = append(all, *byKey[k])
	}
	return all
}

// take adds the next run.
func (t *Trend) take(p Point) {
	t.Points = append(t.Points, p)
	if !p.Verdict.Judged() {
		return
	}
	is := broken(p.Verdict) > 0
	was := broken(t.Latest) > 0
	if t.Latest.Judged() && is != was {
		t.Flips++
	}
	switch {
	case !is:
		t.BrokenSince = nil
	case !was:
		t.BrokenSince = &p.Started
	}
	if is && t.FirstBroken == nil {
		t.FirstBroken = &p.Started
	}
	t.Latest = p.Verdict
}

// Row is one requirement of a matrix: its latest verdict on every target.
type Row struct {
	API         string                     `json:"api"`
	Requirement string                     `json:"requirement"`
	Targets     map[string]verdict.Verdict `json:"targets"` // those that were to judge it
}

// Matrix sets the latest verdicts of all targets beside each other, sorted by API and requirement.
func Matrix(trends []Trend) []Row {
	type key struct{ api, requirement string }
	at := map[key]int{}
	rows := []Row{}
	for _, t := range trends {
		k := key{t.API, t.Requirement}
		i, there := at[k]
		if !there {
			i = len(rows)
			at[k] = i
			rows = append(rows, Row{API: t.API, Requirement: t.Requirement, Targets: map[string]verdict.Verdict{}})
		}
		rows[i].Targets[t.Target] = t.Latest
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return slices.Compare([]string{a.API, a.Requirement}, []string{b.API, b.Requirement})
	})
	return rows
}
