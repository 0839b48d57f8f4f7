// From samples to evidence: a tick for each second, written while the run goes on.

package load

import (
	"maps"
	"slices"
	"time"

	"harness/internal/evidence"
	"harness/internal/histogram"
)

// record writes a tick for each second, until every request is done.
func (r *run) record(landed, abandon <-chan struct{}, lanes []*lane, level Level, schedule Schedule) Outcome {
	o := Outcome{Seconds: int((schedule.Length() + time.Second - 1) / time.Second)}
	due := &dues{schedule: schedule, unpaced: r.unpaced}
	health := newHealth()
	timer := time.NewTimer(time.Until(r.clock.began.Add(time.Second)))
	defer timer.Stop()
	for second := 0; ; second++ {
		last := false
		select {
		case <-timer.C:
		case <-landed:
			last = true
		case <-abandon:
			abandon = nil
			r.stop()
			r.giveUp()
			second--
			continue
		}
		now := r.clock.now()
		reason := r.write(lanes, level, due, health, second, now, last)
		if last {
			if r.halt.Load() && o.Problem == "" {
				o.Problem = "interrupted"
			}
			if r.halt.Load() {
				o.Seconds = min(o.Seconds, second+1)
			}
			return o
		}
		if storm := r.storm(); storm != "" && reason == "" {
			reason = storm
		}
		if reason != "" && o.Problem == "" {
			o.Problem = reason
			r.stop()
		}
		if err := r.sign(r.sending); err != nil && o.Problem == "" {
			o.Problem = err.Error()
			r.stop()
		}
		timer.Reset(time.Until(r.clock.began.Add(time.Duration(second+2) * time.Second)))
	}
}

// write writes the ticks of what was done since the last time. The newest second carries the generator's health, even
// when nothing was done in it.
func (r *run) write(lanes []*lane, level Level, due *dues, health *health, second int, now time.Duration, last bool) (reason string) {
	g := &evidence.Generator{Pacing: &histogram.Histogram{}}
	for _, l := range lanes {
		late, starved := l.pacer.take(g.Pacing)
		g.Late += late
		g.Starved += starved
		l.mu.Lock()
		g.Workers += len(l.all)
		g.InFlight += len(l.all) - len(l.free)
		l.mu.Unlock()
	}
	health.sample(g)
	if r.options.Opened != nil {
		opened := r.options.Opened()
		g.Opened, r.opened = opened-r.opened, opened
	}
	until := min(now, time.Duration(second+1)*time.Second)
	switch halted := r.halt.Load(); {
	case halted && !last:
		until = 0 // what comes due after the stop is nobody's debt
	case last && !halted:
		until = schedulesEnd
	}
	counts := due.until(until)
	ticks := map[int]*evidence.Tick{}
	tick := func(second int) *evidence.Tick {
		if ticks[second] == nil {
			ticks[second] = &evidence.Tick{
				Scenario: r.plan.Scenario.Name, Second: level.From + second, Warmup: level.Warmup, Level: level.Name,
				Operations: []evidence.TickPart{},
			}
		}
		return ticks[second]
	}
	if second >= 0 {
		tick(second).Generator = g
	}
	for s, n := range counts {
		tick(s).Due += n
	}
	sent := map[string]int{}
	g.Exhausted = r.recorder.collect(r.plan.Operations, func(s int, parts []evidence.TickPart) {
		t := tick(s)
		t.Operations = parts
		for i := range parts {
			op := r.plan.Operations[slices.IndexFunc(r.plan.Operations, func(o *Operation) bool { return o.ID == parts[i].Operation && o.API.Name == parts[i].API })]
			sent[op.Method] += int(parts[i].Sent)
			if r.unpaced {
				t.Due += parts[i].Sent
			}
		}
	})
	for method, n := range sent {
		r.options.Limiter.Count(method, n)
	}
	for _, s := range slices.Sorted(maps.Keys(ticks)) {
		r.options.Sink(evidence.Record{Tick: ticks[s]})
		if r.options.Watch != nil {
			if why := r.options.Watch(*ticks[s]); why != "" && reason == "" {
				reason = why
			}
		}
	}
	return reason
}

// dues counts how many hits come due in each second.
type dues struct {
	schedule Schedule
	unpaced  bool // nothing is due before it is sent
	next     uint64
}

// schedulesEnd is later than any schedule.
const schedulesEnd = time.Duration(1<<63 - 1)

// until counts the hits that are due before a time and were not counted yet.
func (d *dues) until(end time.Duration) map[int]int64 {
	counts := map[int]int64{}
	if d.unpaced {
		return counts
	}
	for {
		at, more := d.schedule.Due(d.next)
		if !more || at >= end {
			return counts
		}
		counts[int(at/time.Second)]++
		d.next++
	}
}
