// Where a scenario begins and ends: the seconds that count.

package measure

import (
	"slices"
	"time"

	"harness/internal/evidence"
)

// stretch is one level of a scenario, from the first second in which something came due or left to the last. What is
// done later, while the last answers are waited for, is no part of it.
type stretch struct {
	level       string
	first, last int
}

// stretches are the counting levels of some ticks, in the order in which they were played.
func stretches(ticks []evidence.Tick) []stretch {
	var all []stretch
	for i := range ticks {
		t := &ticks[i]
		if !Counting(t) || t.Due == 0 && !slices.ContainsFunc(t.Operations, func(p evidence.TickPart) bool { return p.Sent > 0 }) {
			continue
		}
		at := slices.IndexFunc(all, func(s stretch) bool { return s.level == t.Level })
		if at < 0 {
			all = append(all, stretch{t.Level, t.Second, t.Second})
			continue
		}
		all[at].first, all[at].last = min(all[at].first, t.Second), max(all[at].last, t.Second)
	}
	slices.SortFunc(all, func(a, b stretch) int { return a.first - b.first })
	return all
}

// Span is how long the counting part of a scenario ran, in whole seconds.
func Span(ticks []evidence.Tick) time.Duration {
	seconds := 0
	for _, s := range stretches(ticks) {
		seconds += s.last - s.first + 1
	}
	return time.Duration(seconds) * time.Second
}

// Judged are the ticks that objectives are held against: all of them, but of a search for the highest rate those at the
// rate that it found. Where not one rate held, it is the lowest that was tried: the others were there to fail.
func Judged(ticks []evidence.Tick, search *evidence.Search) []evidence.Tick {
	if search == nil || len(search.Levels) == 0 {
		return ticks
	}
	levels := map[string]bool{}
	var lowest evidence.SearchLevel
	for i, l := range search.Levels {
		if i == 0 || l.Rate <= lowest.Rate {
			lowest = l
		}
		if search.Holds > 0 && l.Held && l.Rate == search.Holds {
			levels[l.Name] = true
		}
	}
	if len(levels) == 0 {
		levels[lowest.Name] = true
	}
	var judged []evidence.Tick
	for _, t := range ticks {
		if t.Level != "" && levels[t.Level] {
			judged = append(judged, t)
		}
	}
	return judged
}
