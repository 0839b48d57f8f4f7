// Whether the figures of a run are the server's, or those of the machine that sent the requests.

package measure

import (
	"cmp"
	"fmt"
	"time"

	"harness/internal/evidence"
	"harness/internal/histogram"
)

// Bounds of a generator that can be believed.
const (
	believableLate   = 0.01                 // share of requests that left late by the generator's own fault
	believablePacing = 2 * time.Millisecond // p99 of how late the pacer woke, unless the answers take ten times as long
	believableCPU    = 0.95                 // of the cores, in more than a fifth of the seconds, while the pacer is late
	believableSteal  = 0.10                 // share of the machine taken by other guests
	believablePause  = 0.1                  // seconds that the collector stopped the generator in one second
)

// Doubt says why the figures of a run are not the server's but the generator's, and what to change; "" when they can
// be believed.
func Doubt(ticks []evidence.Tick) string {
	var pacing histogram.Histogram
	var late, starved, exhausted int64
	var busy, stolen, seconds, paused int
	steal := 0.0
	for i := range ticks {
		g := ticks[i].Generator
		if g == nil || ticks[i].Warmup {
			continue
		}
		seconds++
		pacing.Merge(g.Pacing)
		late += g.Late
		starved += g.Starved
		exhausted += int64(g.Exhausted)
		if g.Machine >= believableCPU || g.Cores > 0 && g.CPU >= believableCPU*float64(g.Cores) {
			busy++
		}
		if g.Steal > believableSteal {
			stolen++
			steal = max(steal, g.Steal)
		}
		if g.GCPause > believablePause {
			paused++
		}
	}
	s := Total(ticks, Key{}, Counting)
	p99 := pacing.Quantile(0.99)
	unpunctual := pacing.Count() >= fewest && p99 > believablePacing && p99 > s.Response.Quantile(0.99)/10
	tooLate := s.Due > 0 && float64(late) > believableLate*float64(s.Due)
	switch {
	case exhausted > 0:
		return fmt.Sprintf("%d requests found no descriptor or port on this machine; raise ulimit -n, or ask for fewer workers", exhausted)
	case paused > 0 && tooLate:
		return fmt.Sprintf("the collector stopped the generator for more than %g s in %s; give it more memory, or ask for less", believablePause, of(paused, seconds))
	case (unpunctual || tooLate) && stolen*5 > seconds:
		return fmt.Sprintf("other guests took up to %.0f%% of this machine, and requests left late; use a quieter one", steal*100)
	case (unpunctual || tooLate) && busy*5 > seconds:
		return fmt.Sprintf("the processor was full in %s, and %s; use a machine with more cores, or a lower rate", of(busy, seconds), lateness(late, s.Due, p99))
	case tooLate || unpunctual:
		return lateness(late, s.Due, p99) + "; lower the rate, or use a quieter machine"
	}
	return ""
}

func of(n, all int) string { return fmt.Sprintf("%d of %d seconds", n, all) }

func lateness(late, due int64, p99 time.Duration) string {
	return fmt.Sprintf("%.2g%% of the requests left late by the generator's own fault (p99 of its waking %s)",
		100*float64(late)/float64(cmp.Or(due, 1)), p99.Round(10*time.Microsecond))
}
