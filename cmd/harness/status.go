// How far a run has come: one line that redraws on a terminal, plain lines now and then elsewhere, on standard error.

package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// status shows progress on anything that takes longer than a second.
type status struct {
	w        io.Writer
	width    int // columns of the terminal; 0 when there is none
	started  time.Time
	last     time.Time
	drawn    bool
	interval time.Duration
}

func newStatus(d door) *status {
	s := &status{w: d.stderr, started: time.Now(), interval: 5 * time.Second}
	if redraws(d, d.stderr) {
		s.width, _ = terminal(d.stderr)
		s.interval = 100 * time.Millisecond
	}
	return s
}

func (s *status) show(p progress) {
	now := time.Now()
	if now.Sub(s.started) < time.Second || now.Sub(s.last) < s.interval {
		return
	}
	s.last = now
	line := fmt.Sprintf("%d of %d cases  %s  %s", p.done, p.total, now.Sub(s.started).Round(time.Second), p.what)
	if s.width == 0 {
		fmt.Fprintln(s.w, "harness: "+line)
		return
	}
	s.drawn = true
	fmt.Fprint(s.w, "\r"+line[:min(len(line), s.width-1)]+strings.Repeat(" ", max(0, s.width-1-len(line))))
}

// clear takes the line away again.
func (s *status) clear() {
	if s.drawn {
		fmt.Fprint(s.w, "\r"+strings.Repeat(" ", s.width-1)+"\r")
	}
}
