// Reading this process and the machine on Linux.

package load

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"time"
)

func ownTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// machineTime counts the ticks of all cores since the machine started.
type machineTime struct{ total, busy, steal int64 }

// readMachineTime reads /proc/stat; zeroes where it cannot, which say nothing.
func readMachineTime() machineTime {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return machineTime{}
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	var m machineTime
	for i, field := range bytes.Fields(line)[1:] {
		n, _ := strconv.ParseInt(string(field), 10, 64)
		switch i { // user nice system idle iowait irq softirq steal; guest time is in user already
		case 3, 4:
			m.total += n
		case 7:
			m.total, m.steal = m.total+n, n
		case 0, 1, 2, 5, 6:
			m.total, m.busy = m.total+n, m.busy+n
		}
	}
	return m
}

// residentBytes is what the process holds in memory now.
func residentBytes() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize())
}

// openFiles counts this process's descriptors, and how many it may have.
func openFiles() (open, limit int) {
	if dir, err := os.Open("/proc/self/fd"); err == nil {
		names, _ := dir.Readdirnames(-1)
		open = len(names) - 1 // the folder itself
		_ = dir.Close()       // it was only read
	}
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) == nil {
		limit = int(min(l.Cur, 1<<30))
	}
	return open, limit
}
