// Memory while a load run lasts: how often the collector runs, and how much is too much.

package main

import (
	"fmt"
	"math"
	"runtime/debug"
	"runtime/metrics"

	"harness/internal/evidence"
)

// garbage is how much of it gathers before the collector runs: at two kilobytes a request, every eight thousand
// requests. The usual rule, as much as lives, would have it run ten times as often, since little lives; and it would
// double what a burst of requests takes.
const garbage = 16 << 20

// loadMemory is a soft bound, with as much on top for each request in flight: when thousands of pages are, there is no
// other way than to hold them.
const (
	loadMemory = 192 << 20
	perRequest = 64 << 10
)

// tooMuch is how much memory a run takes before it is given up. Nothing but answers without end takes so much, and the
// machine may be somebody else's as well.
const tooMuch = 1 << 30

// swollen says why a run that takes too much memory is given up; "" while it does not.
func swollen(t evidence.Tick) string {
	if t.Generator == nil || t.Generator.RSS < tooMuch {
		return ""
	}
	return fmt.Sprintf("given up: the answers to %d requests in flight took %d MB of memory", t.Generator.InFlight, t.Generator.RSS>>20)
}

// collector keeps the garbage at its bound while the run lasts.
type collector struct {
	live    []metrics.Sample
	percent int
	before  int   // percent
	limit   int64 // before
}

func newCollector(inFlight int) *collector {
	c := &collector{live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}, percent: 400, limit: debug.SetMemoryLimit(-1)}
	c.before = debug.SetGCPercent(c.percent)
	debug.FreeOSMemory()        // what reading the documents and looking for data has left
	if c.limit == usualMemory { // nobody else has set it
		debug.SetMemoryLimit(loadMemory + int64(inFlight)*perRequest)
	}
	c.adapt()
	return c
}

// adapt looks at how much lives, once a second.
func (c *collector) adapt() {
	metrics.Read(c.live)
	live := max(c.live[0].Value.Uint64(), 1<<20)
	percent := int(math.Round(float64(garbage) / float64(live) * 100))
	percent = min(max(percent, 50), 400)
	if percent*5 < c.percent*4 || percent*4 > c.percent*5 { // each change stops the world for a moment
		debug.SetGCPercent(percent)
		c.percent = percent
	}
}

func (c *collector) restore() {
	debug.SetGCPercent(c.before)
	debug.SetMemoryLimit(c.limit)
}
