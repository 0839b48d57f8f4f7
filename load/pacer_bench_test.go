// How punctual the pacer is, and how true the time that a stall took is told.

package load

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// BenchmarkPacing tells, for rates of 200 to 20,000 a second, how late half of the hits are let go (µs), and which share
// is glued to the hit before it (less than a tenth of the distance), beside vegeta's own way of waiting.
func BenchmarkPacing(b *testing.B) {
	for _, rate := range []int{200, 1000, 5000, 20000} {
		b.Run(fmt.Sprintf("%d/s", rate), func(b *testing.B) {
			for b.Loop() {
				var done atomic.Int64
				p := &pacer{
					clock: clock{time.Now()}, schedule: Pace{Kind: "constant", Rate: float64(rate), Duration: time.Second}.Schedule(1),
					step: 1, workers: 1 << 20, done: &done, stop: &atomic.Bool{}, dues: make([]atomic.Int64, 64),
				}
				report(b, rate, p.clock, func(hit uint64) bool {
					_, stop := p.Pace(0, hit)
					return !stop
				})
			}
		})
		b.Run(fmt.Sprintf("%d/s as vegeta waits", rate), func(b *testing.B) {
			for b.Loop() {
				c, pace := clock{time.Now()}, vegeta.Rate{Freq: rate, Per: time.Second}
				report(b, rate, c, func(hit uint64) bool {
					wait, stop := pace.Pace(c.now(), hit)
					time.Sleep(wait)
					return !stop && c.now() < time.Second
				})
			}
		})
	}
}

// report lets the hits of a second go and tells how punctual they were.
func report(b *testing.B, rate int, c clock, next func(hit uint64) bool) {
	every := time.Second / time.Duration(rate)
	var late []time.Duration
	last, glued := -time.Second, 0
	for hit := uint64(0); next(hit); hit++ {
		now := c.now()
		late = append(late, now-time.Duration(hit)*every)
		if now-last < every/10 {
			glued++
		}
		last = now
	}
	slices.Sort(late)
	b.ReportMetric(float64(late[len(late)/2].Microseconds()), "µs-late")
	b.ReportMetric(100*float64(glued)/float64(len(late)), "%-glued")
}
