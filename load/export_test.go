// What tests of this package may change.

package load

import "time"

// SetSettled lets what moves settle sooner, and returns what puts the usual time back.
func SetSettled(d time.Duration) func() {
	usual := settled
	settled = d
	return func() { settled = usual }
}
