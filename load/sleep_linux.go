// Sleeping to the point on Linux.

package load

import (
	"time"

	"golang.org/x/sys/unix"
)

// fineTimer lets this thread's sleeps end within a nanosecond of their time; the kernel's own slack is 50 µs. Where it
// may not be set, sleeps stay as they are, and the evidence shows how late the pacer woke.
func fineTimer() { _ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) }

// nanosleep blocks the thread, which wakes sooner than a goroutine does.
func nanosleep(d time.Duration) {
	left := unix.NsecToTimespec(int64(d))
	for unix.Nanosleep(&left, &left) == unix.EINTR {
	}
}
