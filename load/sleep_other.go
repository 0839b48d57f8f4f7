//go:build !linux

// Sleeping where there is nothing finer than the runtime's timer.

package load

import "time"

func sleepToThePoint(d time.Duration) { time.Sleep(d) }
