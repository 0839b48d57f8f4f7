// Long answers: how long one may be, and that they are judged one after another, so that no server decides how much
// memory a run takes and when it ends.

package load

import (
	"errors"
	"fmt"
	"time"

	"harness/internal/client"
)

// LongestAnswer is the most that is read of one answer, in bytes: a page of 100 licences takes 40 kB. There may be
// thousands of answers in flight, so it is less than a contract run reads.
const LongestAnswer = 4 << 20

var errLong = fmt.Errorf("the body is longer than %d MiB", LongestAnswer>>20)

// errMany says that an answer holds more values than are read of one.
var errMany = errors.New("the body holds too many values")

// longAnswer is the length from which on answers are judged one after another, in bytes: to say what is wrong with one
// takes ten times its room.
const longAnswer = 256 << 10

// grace is how long judging may go on behind the last answer that can come.
const grace = time.Second

// turn waits until a long answer may be judged, and is false when the run is over by then: it stays unjudged, and is
// counted as that. An answer that another one waited for has often been judged with it.
func (r *run) turn() (done func(), ok bool) {
	select {
	case r.judging <- struct{}{}:
		return func() { <-r.judging }, r.judged.Err() == nil
	case <-r.judged.Done():
		return func() {}, false
	}
}

// stop has no more requests leave; those in flight are waited for, and judged as long as that takes at most.
func (r *run) stop() {
	if !r.halt.Swap(true) {
		time.AfterFunc(r.options.Timeout+grace, r.enough)
	}
}

// fits says whether an answer may be read as JSON at all.
func fits(body []byte) bool { return client.Values(body) <= client.MaxValues }
