// How often the collector runs while a load run lasts: by how much garbage there is, not by how much lives.

package main

import (
	"math"
	"runtime/debug"
	"runtime/metrics"
)

// garbage is how much of it gathers before the collector runs: at some kilobytes a request, every few thousand
// requests. The usual rule, as much as lives, would have it run ten times as often, since little lives; and it would
// double what a burst of requests takes.
const garbage = 24 << 20

// loadMemory is a soft bound; when thousands of long answers are in flight there is no other way than to hold them.
const loadMemory = 512 << 20

// collector keeps the garbage at its bound while the run lasts.
type collector struct {
	live    []metrics.Sample
	percent int
	before  int   // percent
	limit   int64 // before
}

func newCollector() *collector {
	c := &collector{live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}, percent: 400, limit: debug.SetMemoryLimit(-1)}
	c.before = debug.SetGCPercent(c.percent)
	if c.limit == usualMemory { // nobody else has set it
		debug.SetMemoryLimit(loadMemory)
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
