// How the generator fared over a whole scenario.

package measure

import (
	"harness/internal/evidence"
	"harness/internal/histogram"
)

// Health is how the generator fared. Times are in seconds.
type Health struct {
	Pacing   float64 `json:"pacing"`  // p99 of how late the pacer woke when nothing kept it
	Late     int64   `json:"late"`    // requests sent late though a worker was free
	Starved  int64   `json:"starved"` // requests that waited because every worker was waiting for the server
	CPU      float64 `json:"cpu"`     // of this process, in cores, at its most
	Machine  float64 `json:"machine"` // share of the machine's time that was busy, at its most
	Steal    float64 `json:"steal"`   // share taken by other guests, at its most
	Cores    int     `json:"cores"`
	Pause    float64 `json:"pause"`    // the longest that the collector stopped it in one second
	RSS      int64   `json:"rss"`      // bytes, at its most
	InFlight int     `json:"inFlight"` // at the end of a second, at its most
	Workers  int     `json:"workers"`  // started
	Files    int     `json:"files"`    // open descriptors, at their most
	Limit    int     `json:"limit"`    // of descriptors
	Opened   int64   `json:"opened"`   // connections
}

func healthOf(ticks []evidence.Tick) Health {
	var h Health
	var pacing histogram.Histogram
	for i := range ticks {
		g := ticks[i].Generator
		if g == nil || ticks[i].Warmup {
			continue
		}
		pacing.Merge(g.Pacing)
		h.Late += g.Late
		h.Starved += g.Starved
		h.Opened += g.Opened
		h.CPU, h.Machine, h.Steal, h.Pause = max(h.CPU, g.CPU), max(h.Machine, g.Machine), max(h.Steal, g.Steal), max(h.Pause, g.GCPause)
		h.Cores, h.RSS, h.InFlight, h.Workers = max(h.Cores, g.Cores), max(h.RSS, g.RSS), max(h.InFlight, g.InFlight), max(h.Workers, g.Workers)
		h.Files, h.Limit = max(h.Files, g.Files), max(h.Limit, g.FileLimit)
	}
	h.Pacing = pacing.Quantile(0.99).Seconds()
	return h
}
