// The server's stalls: seconds in which it answered next to nothing.

package measure

import (
	"slices"

	"harness/internal/evidence"
)

// cycle is what was done between two writings of ticks, which is one second of the clock: not what came due in it, but
// what came to its end.
type cycle struct {
	second, inFlight int
	warmup           bool
	answered, held   int64
	due              int64
}

// cycles reads the ticks in the order in which they were written. Those of older seconds come first; the one that
// carries the generator's health is that of the second itself.
func cycles(ticks []evidence.Tick) []cycle {
	var all []cycle
	var c cycle
	due := map[int]int64{}
	for i := range ticks {
		t := &ticks[i]
		due[t.Second] += t.Due
		for _, p := range t.Operations {
			c.answered += p.Answered
			c.held += p.Held
		}
		if t.Generator != nil {
			c.second, c.inFlight, c.warmup = t.Second, t.Generator.InFlight, t.Warmup
			all = append(all, c)
			c = cycle{}
		}
	}
	for i := range all {
		all[i].due = due[all[i].second]
	}
	return all
}

// stalls finds the seconds in which less than half as much was answered as came due, and as this server answers in most
// seconds, while requests were waiting. One that is always behind is slow and does not stall. In a closed model nothing
// comes due while all are waiting, so there the second measure stands alone.
func stalls(ticks []evidence.Tick, closed bool) []Stall {
	all := cycles(ticks)
	var answered []int64
	for _, c := range all {
		if !c.warmup && c.answered > 0 {
			answered = append(answered, c.answered)
		}
	}
	found := []Stall{}
	if len(answered) == 0 {
		return found
	}
	slices.Sort(answered)
	usual := answered[len(answered)/2]
	open := false
	for _, c := range all {
		want := usual
		if !closed {
			want = min(usual, c.due-c.held)
		}
		if c.warmup || want < fewest || c.answered*2 > want || c.inFlight == 0 || !closed && int64(c.inFlight)*2 < want-c.answered {
			open = false
			continue
		}
		if !open || found[len(found)-1].Second+found[len(found)-1].Seconds != c.second {
			found = append(found, Stall{Second: c.second})
			open = true
		}
		s := &found[len(found)-1]
		s.Seconds, s.Due, s.Answered, s.InFlight = s.Seconds+1, s.Due+c.due, s.Answered+c.answered, c.inFlight
	}
	return found
}
