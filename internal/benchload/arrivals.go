// What the server's stamps say of a tool, and what a stall truly took: pure.

package main

import (
	"math"
	"slices"
	"time"
)

// stretch is how much of a run is looked at at once, so that a moment in which the machine did something else is one of
// many.
const stretch = time.Second / 2

// punctual says how far arrivals are behind an even schedule at the median, and which share of them is glued to the one
// before: less than a tenth of the distance. Both are the medians of stretches. Only the last span counts: connections
// are opened before, and data is looked for.
func punctual(stamps []time.Duration, span time.Duration) (late time.Duration, glued float64) {
	if len(stamps) == 0 {
		return 0, 0
	}
	stamps = slices.Sorted(slices.Values(stamps))
	var lates []time.Duration
	var shares []float64
	for end := stamps[len(stamps)-1]; span >= stretch; end, span = end-stretch, span-stretch {
		from, _ := slices.BinarySearch(stamps, end-stretch)
		to, _ := slices.BinarySearch(stamps, end)
		if to-from < 2 {
			continue
		}
		l, g := behind(stamps[from:to])
		lates, shares = append(lates, l), append(shares, g)
	}
	if len(lates) == 0 {
		return 0, 0
	}
	slices.Sort(lates)
	slices.Sort(shares)
	return lates[len(lates)/2], shares[len(shares)/2]
}

// behind looks at one stretch. Its schedule has the rate at which requests came, so one that is evenly too slow is not
// late; its rate tells that. And it begins where no request is early, so the time that every request takes to the server
// is left out.
func behind(stamps []time.Duration) (late time.Duration, glued float64) {
	every := distance(stamps)
	off := make([]float64, len(stamps))
	near := 0
	for i, at := range stamps {
		off[i] = float64(at) - float64(i)*every
		if i > 0 && float64(at-stamps[i-1]) < every/10 {
			near++
		}
	}
	slices.Sort(off)
	return time.Duration(off[len(off)/2] - off[0]), float64(near) / float64(len(stamps))
}

// distance is how far apart moments are that would be even, by least squares.
func distance(stamps []time.Duration) float64 {
	n := float64(len(stamps))
	var above, below float64
	for i, at := range stamps {
		off := float64(i) - (n-1)/2
		above += off * float64(at-stamps[0])
		below += off * off
	}
	if below == 0 {
		return 0
	}
	return above / below
}

// sustained is how many requests a second arrived in the last span.
func sustained(stamps []time.Duration, span time.Duration) float64 {
	if len(stamps) == 0 {
		return 0
	}
	last := slices.Max(stamps)
	n := 0
	for _, at := range stamps {
		if at > last-span {
			n++
		}
	}
	return float64(n) / span.Seconds()
}

// truth is the p99 of the time that evenly spaced callers wait for a server that stands still once and otherwise answers
// at once: one who comes at a moment of the stall waits for the rest of it, whoever else waits.
func truth(rate int, duration, stall time.Duration) time.Duration {
	if rate <= 0 || stall <= 0 {
		return 0
	}
	every := time.Second / time.Duration(rate)
	waits := make([]time.Duration, int(duration/every))
	for i := range waits {
		waits[i] = max(0, stall-time.Duration(i)*every)
	}
	slices.Sort(waits)
	return waits[int(math.Ceil(0.99*float64(len(waits))))-1]
}
