// The search for the highest rate that holds: doubling up, halving in, confirming twice.

package load

import (
	"fmt"
	"math"
)

// breakpointSteps bounds a search, confirmations included.
const breakpointSteps = 16

// closeEnough ends a search: the rate that failed is at most so much above the one that held.
const closeEnough = 1.1

// Search looks for the highest rate at which objectives and contract hold. It is a value without a clock: ask Next for
// the rate to try, tell Note how it went.
type Search struct {
	From, To float64 // requests a second: tried first, and at the latest

	low, high float64 // held; failed
	confirmed int     // times that low was tried again and held
	steps     int
	ended     string
}

// confirmations is how often the answer is tried again before it is believed.
const confirmations = 2

// Next is the rate to try, and a name for the try; false when the search is over.
func (s *Search) Next() (rate float64, name string, more bool) {
	if s.ended != "" || s.steps >= breakpointSteps {
		return 0, "", false
	}
	switch {
	case s.low == 0 && s.high == 0:
		rate = s.From
	case s.low == 0: // not even the first rate held
		rate = math.Floor(s.high / 2)
		if rate < 1 {
			return 0, "", false
		}
	case s.settled():
		if s.confirmed >= confirmations {
			return 0, "", false
		}
		return s.low, fmt.Sprintf("%g/s again %d", s.low, s.confirmed+1), true
	case s.high == 0:
		rate = math.Min(s.low*2, s.To)
	default:
		rate = math.Round((s.low + s.high) / 2)
	}
	return rate, fmt.Sprintf("%g/s", rate), true
}

// settled says whether low is the answer, as far as it was tried.
func (s *Search) settled() bool {
	if s.low == 0 {
		return false
	}
	if s.high == 0 {
		return s.low >= s.To
	}
	return s.high <= s.low*closeEnough || s.high-s.low <= 1
}

// Note takes in how a rate went.
func (s *Search) Note(rate float64, held bool) {
	s.steps++
	switch {
	case held && rate == s.low:
		s.confirmed++
	case held:
		s.low, s.confirmed = rate, 0
	default:
		s.high = rate
		if rate == s.low { // held once, and did not hold again: the answer lies below
			s.low, s.confirmed = 0, 0
		}
	}
}

// End ends the search: the generator gave out, or somebody stopped it.
func (s *Search) End(reason string) { s.ended = reason }

// Found is what the search came to.
type Found struct {
	Holds     float64 `json:"holds"` // the highest rate that held; 0 for none
	Fails     float64 `json:"fails"` // the lowest that did not; 0 when none failed
	Confirmed int     `json:"confirmed"`
	Ended     string  `json:"ended,omitempty"`
}

// Found says how far the search has come.
func (s *Search) Found() Found {
	return Found{Holds: s.low, Fails: s.high, Confirmed: s.confirmed, Ended: s.ended}
}
