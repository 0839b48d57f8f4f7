// What faults and variants remember from one request to the next. The reference itself leaves it alone.

package reference

import (
	"math"
	"sync"
	"sync/atomic"
)

type mischief struct {
	inFlight    atomic.Int64            // requests being answered
	answers     atomic.Uint64           // answers that a fault may have touched
	lastLicence atomic.Pointer[licence] // the licence that was asked for last
	lastAnswers sync.Map                // operation to *told: the answer before
	lastUser    atomic.Pointer[string]  // the Genesys user that was asked for last
	cursor      atomic.Int64            // where the scan that began last begins
	reads       sync.Map                // licence key to *atomic.Int64: how often it was read
	toggles     sync.Map                // toggle name to bool: what it was set to
	firstToggle atomic.Pointer[string]  // the toggle that was asked for first

	tokenRefused atomic.Bool // TokenThrottled has refused its token
}

// told is an answer and what it was told for.
type told struct {
	request string
	body    []byte
}

// cross returns the answer to another request of the same operation, once in ten thousand answers.
func (m *mischief) cross(op operation, request string, body []byte) []byte {
	other, _ := m.lastAnswers.Swap(op, &told{request, body})
	if m.oneIn(10_000) && other != nil && other.(*told).request != request {
		return other.(*told).body
	}
	return body
}

// readAgain counts a read of a licence and returns how many came before it.
func (m *mischief) readAgain(key int64) int64 {
	n, _ := m.reads.LoadOrStore(key, new(atomic.Int64))
	return n.(*atomic.Int64).Add(1) - 1
}

// oneIn is true for one call in n.
func (m *mischief) oneIn(n uint64) bool { return m.answers.Add(1)%n == 0 }

// throughDouble is what is left of an integer that was kept in a float64.
func throughDouble(k int64) int64 {
	f := float64(k)
	if f >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(f)
}

// sameDouble returns the lowest and highest integer that share a float64 with k: k itself below 2^53, a thousand and more far above.
func sameDouble(k int64) (low, high int64) {
	f := float64(k)
	low, high = k, k
	for low > math.MinInt64 && float64(low-1) == f {
		low--
	}
	for high < math.MaxInt64 && float64(high+1) == f {
		high++
	}
	return low, high
}
