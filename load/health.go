// The health of the generator: what tells afterwards whether the figures are the server's.

package load

import (
	"errors"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"syscall"
	"time"

	"harness/internal/evidence"
)

// health samples this process and the machine once a second.
type health struct {
	at      time.Time
	own     time.Duration // CPU time of this process
	machine machineTime
	paused  float64 // seconds
	samples []metrics.Sample
}

const gcPauses = "/sched/pauses/total/gc:seconds"

func newHealth() *health {
	h := &health{samples: []metrics.Sample{{Name: gcPauses}}}
	h.sample(&evidence.Generator{})
	return h
}

// sample fills in what this process and the machine did since the last time.
func (h *health) sample(g *evidence.Generator) {
	now, own, machine := time.Now(), ownTime(), readMachineTime()
	if span := now.Sub(h.at).Seconds(); !h.at.IsZero() && span > 0 {
		g.CPU = round((own - h.own).Seconds() / span)
		if all := machine.total - h.machine.total; all > 0 {
			g.Machine = round(float64(machine.busy-h.machine.busy) / float64(all))
			g.Steal = round(float64(machine.steal-h.machine.steal) / float64(all))
		}
	}
	h.at, h.own, h.machine = now, own, machine
	metrics.Read(h.samples)
	paused := h.samples[0].Value.Float64Histogram()
	sum := 0.0
	for i, n := range paused.Counts {
		if n > 0 {
			// The upper end of the bucket: a pause is never told too short.
			if upper := paused.Buckets[i+1]; !math.IsInf(upper, 0) {
				sum += float64(n) * upper
			}
		}
	}
	g.GCPause = round(sum - h.paused)
	h.paused = sum
	g.Cores = runtime.GOMAXPROCS(0)
	g.RSS = residentBytes()
	g.Files, g.FileLimit = openFiles()
}

func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// cause names the kind of an error, in few words and without an address; exhausted says that this machine had nothing
// left to send it with.
func cause(err error) (kind string, exhausted bool) {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "no descriptor left here", true
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "no port left here", true
	case errors.Is(err, errStopped):
		return "stopped", false
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout", false
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused", false
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset", false
	case errors.Is(err, errLong), errors.Is(err, errMany):
		return "body too long", false
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout", false
	}
	return "broken answer", false
}
