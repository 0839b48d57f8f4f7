// What a load run shows while it goes on, whoever looks: a terminal, a log, a collector of metrics.

// Package live shows a load run while it goes on. It reads the ticks that go into the evidence, as they come, and
// judges nothing: the report says what they amount to.
package live

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"harness/internal/evidence"
	"harness/internal/histogram"
	"harness/internal/measure"
)

// View shows ticks as they come. It is safe for concurrent use.
type View interface {
	// Tick takes the next tick of the evidence; it is not kept.
	Tick(evidence.Tick)
	// Say shows a sentence about the run, such as that it is being stopped.
	Say(string)
	// Close takes the view away again, and leaves the terminal as it was.
	Close()
}

// moment is what was seen since the last time that something was shown. Requests are counted when they are done.
type moment struct {
	second    int // newest
	level     string
	warmup    bool
	seconds   int // that the moment covers
	due       int64
	sent      int64
	answered  int64
	errors    int64
	throttled int64
	held      int64
	violating int64
	response  histogram.Histogram // of requests that were done, from when they were due
	lag       histogram.Histogram
	generator evidence.Generator
}

// add takes a tick in. It is true when the tick is the one that closes a second.
func (m *moment) add(t evidence.Tick) bool {
	m.due += t.Due
	for i := range t.Operations {
		p := &t.Operations[i]
		m.sent += p.Sent
		m.answered += p.Answered
		m.errors += p.Errors
		m.throttled += p.Throttled
		m.held += p.Held
		m.violating += p.Violating
		m.lag.Merge(p.Lag)
		for _, c := range p.Classes {
			m.response.Merge(c.Response)
		}
	}
	if t.Generator == nil {
		return false
	}
	m.seconds++
	m.second, m.level, m.warmup = t.Second, t.Level, t.Warmup
	m.generator = *t.Generator
	m.generator.Pacing = nil // belongs to the tick
	return true
}

// clear begins the next moment, and keeps the memory.
func (m *moment) clear() {
	response, lag := m.response, m.lag
	response.Reset()
	lag.Reset()
	*m = moment{response: response, lag: lag}
}

// rate is a count of the moment in requests a second.
func (m *moment) rate(n int64) float64 { return float64(n) / float64(max(m.seconds, 1)) }

// where says how far the run has come: 12s of 30s, warming up.
func (m *moment) where(load evidence.Load) string {
	text := fmt.Sprintf("%ds of %s", m.second+1, length(load))
	switch {
	case m.warmup:
		text += ", warming up"
	case m.level != "":
		text = fmt.Sprintf("%ds at %s", m.second+1, m.level)
	}
	return text
}

// length is how long a scenario takes, warm-up included.
func length(load evidence.Load) time.Duration {
	return time.Duration((load.Seconds + load.Warmup) * float64(time.Second)).Round(time.Second)
}

// show writes a time as the report does; a dash when there was none.
func show(h *histogram.Histogram, q float64) string {
	if h.Count() == 0 {
		return "–"
	}
	return showSeconds(h.Quantile(q).Seconds())
}

func showSeconds(s float64) string { return measure.Show("p50", s) }

// number writes a count or a rate: whole, with commas, and one digit behind the point below ten.
func number(x float64) string {
	if x < 10 && x != math.Trunc(x) {
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	digits := strconv.FormatInt(int64(math.Round(x)), 10)
	var b strings.Builder
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}
