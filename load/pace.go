// When requests are due: a schedule is a pure function from the number of a hit to its time.

package load

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Pace says when requests are due, as a scenario's file has it.
type Pace struct {
	Kind     string        // constant, stages, spike, soak, sine, breakpoint or closed
	Arrival  string        // even or poisson
	Rate     float64       // requests a second: constant and soak; the mean of a sine; the base of a spike
	Peak     float64       // of a spike or a sine; where a breakpoint search ends at the latest
	Duration time.Duration // of the whole; of one step of a breakpoint search
	Period   time.Duration // of a sine; how long a spike lasts
	Stages   []Stage       // of stages
	Workers  int           // of a closed model: requests in flight at any time
	Most     float64       // requests a second that a closed model keeps below, however fast the answers come; 0 is no bound
}

// Stage is a stretch of time in which the rate goes evenly from where it was to Rate.
type Stage struct {
	Rate     float64
	Duration time.Duration
	Jump     bool // the rate is there at once
}

// Schedule says when each hit is due, counted from the beginning. Hits are numbered from 0, and Due never falls.
type Schedule interface {
	// Due is when a hit is due; false when the schedule ends before it.
	Due(hit uint64) (time.Duration, bool)
	// Rate is how many requests a second come due at that time.
	Rate(at time.Duration) float64
	// Length is how long the schedule lasts.
	Length() time.Duration
}

// segment is a stretch in which the rate changes evenly.
type segment struct {
	from, to   float64 // requests a second
	begin, end float64 // seconds
	before     float64 // hits due before it
}

func (s segment) rate(at float64) float64 {
	return s.from + (s.to-s.from)*(at-s.begin)/(s.end-s.begin)
}

func (s segment) hits() float64 { return (s.from + s.to) / 2 * (s.end - s.begin) }

// time is when n hits have come due since the segment began: the root of from·t + slope/2·t² = n.
func (s segment) time(n float64) float64 {
	slope := (s.to - s.from) / (s.end - s.begin)
	switch {
	case n == 0:
		return s.begin
	case slope == 0:
		return s.begin + n/s.from
	}
	// This form of the root loses no digits when the slope is small.
	return s.begin + 2*n/(s.from+math.Sqrt(max(0, s.from*s.from+2*slope*n)))
}

// linear is a schedule of segments, hits evenly spread.
type linear []segment

func newLinear(start float64, stages []Stage) linear {
	var all linear
	rate, at, hits := start, 0.0, 0.0
	for _, stage := range stages {
		s := segment{from: rate, to: stage.Rate, begin: at, end: at + stage.Duration.Seconds(), before: hits}
		if stage.Jump {
			s.from = stage.Rate
		}
		rate, at, hits = stage.Rate, s.end, hits+s.hits()
		all = append(all, s)
	}
	return all
}

// Due finds the segment that holds the hit.
func (l linear) Due(hit uint64) (time.Duration, bool) {
	n := float64(hit)
	for _, s := range l {
		if n < s.before+s.hits()-1e-9 {
			return seconds(s.time(n - s.before)), true
		}
	}
	return 0, false
}

// Rate is that of the segment.
func (l linear) Rate(at time.Duration) float64 {
	for _, s := range l {
		if at.Seconds() < s.end {
			return s.rate(at.Seconds())
		}
	}
	return 0
}

// Length is the end of the last segment.
func (l linear) Length() time.Duration {
	if len(l) == 0 {
		return 0
	}
	return seconds(l[len(l)-1].end)
}

// sine swings between mean−(peak−mean) and peak.
type sine struct {
	mean, swing float64
	period      float64
	length      time.Duration
}

// hits that come due up to t: the integral of mean + swing·sin(2πt/period).
func (s sine) hits(t float64) float64 {
	w := 2 * math.Pi / s.period
	return s.mean*t + s.swing/w*(1-math.Cos(w*t))
}

// Due finds the time by halving: hits never falls.
func (s sine) Due(hit uint64) (time.Duration, bool) {
	n := float64(hit)
	low, high := 0.0, s.length.Seconds()
	if n >= s.hits(high)-1e-9 {
		return 0, false
	}
	for range 60 {
		if mid := (low + high) / 2; s.hits(mid) < n {
			low = mid
		} else {
			high = mid
		}
	}
	return seconds(high), true
}

// Rate is the height of the curve.
func (s sine) Rate(at time.Duration) float64 {
	return s.mean + s.swing*math.Sin(2*math.Pi*at.Seconds()/s.period)
}

// Length is the whole.
func (s sine) Length() time.Duration { return s.length }

// poisson spreads the hits of another schedule by chance, as independent callers do: hit k is due when a Poisson
// process of rate 1 has come to its k-th event, on the other schedule's clock. It is pure too: the same seed gives the
// same times, in whatever order they are asked for; asking in rising order is cheap.
type poisson struct {
	Schedule
	seed   uint64
	chance *rand.Rand
	next   uint64  // the hit that the next draw is for
	at     float64 // events of the process so far
}

func newPoisson(s Schedule, seed uint64) *poisson {
	p := &poisson{Schedule: s, seed: seed}
	p.rewind()
	return p
}

func (p *poisson) rewind() {
	p.chance, p.next, p.at = rand.New(rand.NewPCG(p.seed, 0x706f6973736f6e)), 0, 0
}

// Due is not safe for concurrent use: each attacker has a poisson of its own.
func (p *poisson) Due(hit uint64) (time.Duration, bool) {
	if hit+1 < p.next {
		p.rewind()
	}
	for p.next <= hit {
		p.at += p.chance.ExpFloat64()
		p.next++
	}
	whole := uint64(p.at)
	from, ok := p.Schedule.Due(whole)
	if !ok {
		return 0, false
	}
	to, ok := p.Schedule.Due(whole + 1)
	if !ok {
		to = p.Length()
	}
	return from + time.Duration((p.at-float64(whole))*float64(to-from)), true
}

// closed has no times: a request is due when a worker is free. Rate is 0.
type closed struct {
	length time.Duration
	every  time.Duration // least time from one request to the next; 0 for none
}

// Due is at once, for as long as the schedule lasts; the pacer watches the clock.
func (c closed) Due(uint64) (time.Duration, bool) { return 0, true }

// Rate is unknown before the server has answered.
func (c closed) Rate(time.Duration) float64 { return 0 }

// Length is the whole.
func (c closed) Length() time.Duration { return c.length }

// Schedule makes the schedule of a pace; a breakpoint search has one for each of its steps. Each call makes one of its
// own, for one goroutine.
func (p Pace) Schedule(seed uint64) Schedule {
	var s Schedule
	switch p.Kind {
	case "closed":
		c := closed{length: p.Duration}
		if p.Most > 0 {
			c.every = seconds(1 / p.Most)
		}
		return c
	case "sine":
		s = sine{mean: p.Rate, swing: p.Peak - p.Rate, period: p.Period.Seconds(), length: p.Duration}
	case "spike":
		rest := (p.Duration - p.Period) / 2
		s = newLinear(p.Rate, []Stage{{Rate: p.Rate, Duration: rest}, {Rate: p.Peak, Duration: p.Period, Jump: true}, {Rate: p.Rate, Duration: rest, Jump: true}})
	case "stages":
		s = newLinear(0, p.Stages)
	default:
		s = newLinear(p.Rate, []Stage{{Rate: p.Rate, Duration: p.Duration}})
	}
	if p.Arrival == "poisson" {
		return newPoisson(s, seed)
	}
	return s
}

// Highest is the highest rate that comes due, requests a second; 0 for a closed model.
func (p Pace) Highest() float64 {
	switch p.Kind {
	case "closed":
		return 0
	case "sine", "spike", "breakpoint":
		return max(p.Rate, p.Peak)
	case "stages":
		highest := 0.0
		for _, stage := range p.Stages {
			highest = max(highest, stage.Rate)
		}
		return highest
	}
	return p.Rate
}

// Length is how long the pace lasts, warm-up not counted; for a breakpoint search the most that it may.
func (p Pace) Length() time.Duration {
	switch p.Kind {
	case "stages":
		var sum time.Duration
		for _, stage := range p.Stages {
			sum += stage.Duration
		}
		return sum
	case "breakpoint":
		return p.Duration * breakpointSteps
	}
	return p.Duration
}

// String says the pace in words: constant 1000/s for 30s, evenly.
func (p Pace) String() string {
	arrival := ", evenly"
	if p.Arrival == "poisson" {
		arrival = ", as by independent callers"
	}
	switch p.Kind {
	case "closed":
		bound := ""
		if p.Most > 0 {
			bound = fmt.Sprintf(", at most %g/s", p.Most)
		}
		return fmt.Sprintf("closed, %d in flight for %s%s", p.Workers, p.Duration, bound)
	case "sine":
		return fmt.Sprintf("sine around %g/s up to %g/s every %s for %s%s", p.Rate, p.Peak, p.Period, p.Duration, arrival)
	case "spike":
		return fmt.Sprintf("spike from %g/s to %g/s for %s of %s%s", p.Rate, p.Peak, p.Period, p.Duration, arrival)
	case "stages":
		return fmt.Sprintf("%d stages up to %g/s for %s%s", len(p.Stages), p.Highest(), p.Length(), arrival)
	case "breakpoint":
		return fmt.Sprintf("breakpoint search from %g/s to at most %g/s, %s a step%s", p.Rate, p.Peak, p.Duration, arrival)
	}
	return fmt.Sprintf("%s %g/s for %s%s", p.Kind, p.Rate, p.Duration, arrival)
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * 1e9)) }

// Requests is about how many requests come due; 0 where nobody can know: in a closed model, in a search.
func (p Pace) Requests() float64 {
	if p.Kind == "closed" || p.Kind == "breakpoint" {
		return 0
	}
	p.Arrival = ""
	schedule := p.Schedule(0)
	const pieces = 10_000
	piece := schedule.Length() / pieces
	sum := 0.0
	for i := range time.Duration(pieces) {
		sum += schedule.Rate(piece*i+piece/2) * piece.Seconds()
	}
	return math.Round(sum)
}
