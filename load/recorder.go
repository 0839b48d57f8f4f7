// The recorder: samples on one side, a tick of evidence each second on the other, the same memory all along.

package load

import (
	"maps"
	"slices"
	"sync"
	"time"

	"harness/internal/evidence"
	"harness/internal/histogram"
)

// sample is what one request came to. Times are on the run's clock.
type sample struct {
	operation int // index
	size      int
	hit       uint64
	due       time.Duration
	lag       time.Duration // from due to sent
	service   time.Duration // from sent to the last byte
	status    int           // 0 for no answer
	bytes     int
	cause     string // of an error; "" for none
	violated  []string
	sent      bool
	held      bool
	throttled bool
	validated bool
	exhausted bool // this machine had no descriptor or port left
}

// response is the time from due to the last byte.
func (s *sample) response() time.Duration { return s.lag + s.service }

// classes of status, by their first digit.
var classes = [10]string{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx", "6xx", "7xx", "8xx", "9xx"}

// recorder takes samples from many goroutines and turns them into ticks. Samples wait in plain lists, so that a
// request costs an append; the histograms belong to one goroutine.
type recorder struct {
	shards []shard
	spare  []noted
	parts  map[partKey]*part
}

type shard struct {
	mu sync.Mutex
	noted
	_ [64]byte // a cache line of its own
}

// noted are samples as they wait: a second of them is most of what a run has in memory, so they are small, and hold
// nothing that the garbage collector would have to look at. What few samples have stands beside them.
type noted struct {
	plain []plain
	odd   []odd // in the order of the samples
}

// plain is a sample without what only few have.
type plain struct {
	due, lag, service time.Duration
	size, bytes       int32
	operation, status uint16
	marks             marks
}

// odd is the rest of a sample that has one.
type odd struct {
	at       int // which sample it belongs to
	cause    string
	violated []string
}

// marks are the yes and no of a sample.
type marks uint8

const (
	sent marks = 1 << iota
	held
	throttled
	validated
	exhausted
)

func (m *marks) set(which marks, yes bool) {
	if yes {
		*m |= which
	}
}

func (n *noted) add(s *sample) {
	p := plain{
		due: s.due, lag: s.lag, service: s.service, size: int32(s.size), bytes: int32(s.bytes),
		operation: uint16(s.operation), status: uint16(s.status),
	}
	p.marks.set(sent, s.sent)
	p.marks.set(held, s.held)
	p.marks.set(throttled, s.throttled)
	p.marks.set(validated, s.validated)
	p.marks.set(exhausted, s.exhausted)
	if s.cause != "" || len(s.violated) > 0 {
		n.odd = append(n.odd, odd{len(n.plain), s.cause, s.violated})
	}
	n.plain = append(n.plain, p)
}

// each hands the samples out, whole again.
func (n *noted) each(do func(*sample)) {
	odd := n.odd
	var s sample
	for i := range n.plain {
		p := &n.plain[i]
		s = sample{
			operation: int(p.operation), size: int(p.size), due: p.due, lag: p.lag, service: p.service, status: int(p.status), bytes: int(p.bytes),
			sent: p.marks&sent != 0, held: p.marks&held != 0, throttled: p.marks&throttled != 0, validated: p.marks&validated != 0,
			exhausted: p.marks&exhausted != 0,
		}
		if len(odd) > 0 && odd[0].at == i {
			s.cause, s.violated = odd[0].cause, odd[0].violated
			odd = odd[1:]
		}
		do(&s)
	}
}

// reset forgets the samples and keeps their place, but for one that a burst has left too large.
func (n *noted) reset() {
	clear(n.odd) // lets go of what they point to
	n.odd = n.odd[:0]
	if cap(n.plain) > 4*len(n.plain)+1024 {
		n.plain = nil
	}
	n.plain = n.plain[:0]
}

func newRecorder(shards int) *recorder {
	return &recorder{shards: make([]shard, shards), spare: make([]noted, shards), parts: map[partKey]*part{}}
}

func (r *recorder) add(shard int, s *sample) {
	sh := &r.shards[shard%len(r.shards)]
	sh.mu.Lock()
	sh.add(s)
	sh.mu.Unlock()
}

// partKey says which samples make one part of a tick.
type partKey struct{ second, operation, size int }

// part adds samples up. It is used again for another second.
type part struct {
	evidence.TickPart
	classes map[string]*evidence.TickClass
	lag     histogram.Histogram
}

// collect adds up what came since the last time and hands out each second that something came of, the earliest first.
// The parts are valid until the next call.
func (r *recorder) collect(operations []*Operation, each func(second int, parts []evidence.TickPart)) (gone int) {
	used := map[partKey]*part{}
	var free []*part
	for key, p := range r.parts {
		free = append(free, p)
		delete(r.parts, key)
	}
	for i := range r.shards {
		sh := &r.shards[i]
		sh.mu.Lock()
		samples := sh.noted
		sh.noted = r.spare[i]
		sh.mu.Unlock()
		var last partKey
		var p *part
		samples.each(func(s *sample) {
			key := partKey{int(s.due / time.Second), s.operation, s.size}
			if key != last || p == nil {
				last, p = key, used[key]
			}
			if p == nil {
				if n := len(free); n > 0 {
					p, free = free[n-1], free[:n-1]
				} else {
					p = &part{classes: map[string]*evidence.TickClass{}}
				}
				op := operations[s.operation]
				p.reset(op.API.Name, op.ID, s.size)
				used[key] = p
			}
			p.add(s)
			if s.exhausted {
				gone++
			}
		})
		samples.reset()
		r.spare[i] = samples
	}
	keys := slices.SortedFunc(maps.Keys(used), func(a, b partKey) int {
		if a.second != b.second {
			return a.second - b.second
		}
		if a.operation != b.operation {
			return a.operation - b.operation
		}
		return a.size - b.size
	})
	for len(keys) > 0 {
		second := keys[0].second
		var parts []evidence.TickPart
		for len(keys) > 0 && keys[0].second == second {
			parts = append(parts, used[keys[0]].finish())
			keys = keys[1:]
		}
		each(second, parts)
	}
	for key, p := range used {
		r.parts[key] = p
	}
	for i, p := range free {
		if i < 64 { // enough for the next second; a burst of sizes does not stay for ever
			r.parts[partKey{second: -1 - i}] = p
		}
	}
	return gone
}

func (p *part) reset(api, operation string, size int) {
	p.TickPart = evidence.TickPart{API: api, Operation: operation, Size: size}
	for _, c := range p.classes {
		c.Service.Reset()
		c.Response.Reset()
	}
	p.lag.Reset()
}

func (p *part) add(s *sample) {
	if s.held {
		p.Held++
		return
	}
	p.Sent++
	p.lag.Add(s.lag)
	p.Bytes += int64(s.bytes)
	class := "none"
	if s.status > 0 {
		p.Answered++
		class = classes[min(s.status/100, len(classes)-1)]
	}
	if s.throttled {
		p.Throttled++
	}
	if s.cause != "" {
		p.Errors++
		if p.Causes == nil {
			p.Causes = map[string]int64{}
		}
		p.Causes[s.cause]++
	}
	if s.validated {
		p.Validated++
	}
	if len(s.violated) > 0 {
		p.Violating++
		if p.Violations == nil {
			p.Violations = map[string]int64{}
		}
		slices.Sort(s.violated)
		for _, id := range slices.Compact(s.violated) {
			p.Violations[id]++
		}
	}
	c := p.classes[class]
	if c == nil {
		c = &evidence.TickClass{Class: class, Service: &histogram.Histogram{}, Response: &histogram.Histogram{}}
		p.classes[class] = c
	}
	c.Service.Add(s.service)
	c.Response.Add(s.response())
}

// finish is the part as evidence, with the classes that hold something.
func (p *part) finish() evidence.TickPart {
	done := p.TickPart
	done.Classes = []evidence.TickClass{}
	for _, name := range slices.Sorted(maps.Keys(p.classes)) {
		if c := p.classes[name]; c.Response.Count() > 0 {
			done.Classes = append(done.Classes, *c)
		}
	}
	done.Lag = &p.lag
	return done
}
