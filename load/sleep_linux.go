// Sleeping to the point on Linux.

package load

import (
	"time"

	"golang.org/x/sys/unix"
)

// sleepToThePoint blocks the thread, which wakes sooner than a goroutine does. The kernel lets sleeps end up to 50 µs
// late unless a thread says otherwise, and one never knows on which thread a goroutine runs: so it is said each time.
// Where it may not be said, sleeps stay as they are, and the evidence shows how late the pacer woke.
func sleepToThePoint(d time.Duration) {
	_, _, _ = unix.RawSyscall(unix.SYS_PRCTL, unix.PR_SET_TIMERSLACK, 1, 0)
	left := unix.NsecToTimespec(int64(d))
	for unix.Nanosleep(&left, &left) == unix.EINTR {
	}
}
