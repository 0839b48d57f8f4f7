// The pacer: it lets hits go when they are due, and knows whose fault it is when it cannot.

package load

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"harness/internal/histogram"
)

// clock is the time since a scenario began, for everybody who takes part in it.
type clock struct{ began time.Time }

func (c clock) now() time.Duration { return time.Since(c.began) }

// tardy is how far behind its time a hit may leave before anybody is blamed for it.
const tardy = time.Millisecond

// pacer is a vegeta.Pacer for the hits of one attacker: those whose number is its own, modulo the number of attackers.
// It waits itself and returns 0, since vegeta's way of waiting is late by more than half a millisecond.
type pacer struct {
	clock    clock
	schedule Schedule
	first    uint64 // of its hits
	step     uint64 // from one of its hits to the next
	workers  int    // the most requests that its attacker has in flight
	done     *atomic.Int64
	stop     *atomic.Bool

	// dues holds when the last hits were due, for the requests that carry their numbers. A request is looked up while
	// it is in flight, and there are fewer of those than places.
	dues []atomic.Int64

	earliest time.Duration // of a closed model with a bound: no hit before

	behind fault // why it is behind, since it last was not

	mu     sync.Mutex
	pacing histogram.Histogram // how late it woke
	late   int64               // hits that left late though a worker was free
	starve int64               // hits that left late since every worker waited for the server
}

// fault says who is to blame for hits that leave late.
type fault int

const (
	nobody fault = iota
	generator
	server
)

// Pace blocks until the hit is due.
func (p *pacer) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	// The worker that was just given a hit sends it now, on this processor; waking another thread for it would cost more
	// than the request.
	runtime.Gosched()
	due, more := p.schedule.Due(p.first + hits*p.step)
	if !more || p.stop.Load() {
		return 0, true
	}
	now := p.clock.now()
	if c, unpaced := p.schedule.(closed); unpaced {
		if c.every > 0 {
			if now < p.earliest && !p.sleep(p.earliest) {
				return 0, true
			}
			now = p.clock.now()
			p.earliest = now + c.every*time.Duration(p.step) // attackers take turns
		}
		p.note(hits, now)
		return 0, now >= p.schedule.Length()
	}
	p.note(hits, due)
	switch {
	case now < due:
		if !p.sleep(due) {
			return 0, true
		}
		p.woke(p.clock.now() - due)
	case now-due > tardy:
		p.tardy(hits)
	default:
		p.behind = nobody
	}
	return 0, false
}

// Rate is what vegeta's interface asks for.
func (p *pacer) Rate(elapsed time.Duration) float64 {
	return p.schedule.Rate(elapsed) / float64(p.step)
}

// note keeps when a hit is due, for the request that will carry its number.
func (p *pacer) note(hits uint64, due time.Duration) {
	p.dues[hits%uint64(len(p.dues))].Store(int64(due))
}

// due is when the request of that sequence number was due.
func (p *pacer) due(seq uint64) time.Duration {
	return time.Duration(p.dues[seq%uint64(len(p.dues))].Load())
}

func (p *pacer) woke(late time.Duration) {
	p.behind = nobody
	p.mu.Lock()
	p.pacing.Add(late)
	p.mu.Unlock()
}

// tardy counts a hit that leaves late. It stays the fault of whoever brought the pacer behind, until it has caught up.
func (p *pacer) tardy(hits uint64) {
	if int64(hits)-p.done.Load() >= int64(p.workers) {
		p.behind = server
	} else if p.behind == nobody {
		p.behind = generator
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.behind == server {
		p.starve++
	} else {
		p.late++
	}
}

// take hands over what was counted since the last time.
func (p *pacer) take(pacing *histogram.Histogram) (late, starved int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pacing.Merge(&p.pacing)
	p.pacing.Reset()
	late, starved = p.late, p.starve
	p.late, p.starve = 0, 0
	return late, starved
}

// nap is the longest that the pacer sleeps without looking whether it should stop.
const nap = 20 * time.Millisecond

// sleep waits until a time of the clock; false when it was stopped meanwhile.
func (p *pacer) sleep(until time.Duration) bool {
	for {
		left := until - p.clock.now()
		if left <= 0 {
			return true
		}
		sleepToThePoint(min(left, nap))
		if p.stop.Load() {
			return false
		}
	}
}
