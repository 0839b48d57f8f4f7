// How far a command has come: one line that redraws on a terminal, plain lines now and then elsewhere, on standard error.

package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// status shows progress on anything that takes longer than a second.
type status struct {
	w        io.Writer
	width    int // columns of the terminal; 0 when there is none
	interval time.Duration
	started  time.Time
	over     chan struct{}
	drawing  sync.WaitGroup

	mu    sync.Mutex
	text  string
	drawn bool // a line stands on the terminal
}

// working says what a command is at, from the first second on, until clear.
func working(d door, text string) *status {
	s := &status{w: d.stderr, interval: 5 * time.Second, started: time.Now(), over: make(chan struct{}), text: text}
	if redraws(d, d.stderr) {
		s.width, _ = terminal(d.stderr)
		s.interval = 200 * time.Millisecond
	}
	s.drawing.Go(s.draw)
	return s
}

// say changes what the command is at.
func (s *status) say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = text
}

// counting is say for a run of cases.
func (s *status) counting(what string) func(progress) {
	return func(p progress) { s.say(fmt.Sprintf("%d of %d %s  %s", p.done, p.total, what, p.what)) }
}

// above prints where the line stands, which comes again below.
func (s *status) above(print func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
	print()
}

// erase takes the line away; s.mu is held.
func (s *status) erase() {
	if s.drawn {
		fmt.Fprint(s.w, "\r"+strings.Repeat(" ", s.width-1)+"\r")
		s.drawn = false
	}
}

func (s *status) draw() {
	for wait := time.Second; ; wait = s.interval {
		select {
		case <-s.over:
			s.mu.Lock()
			defer s.mu.Unlock()
			s.erase()
			return
		case <-time.After(wait):
			s.line()
		}
	}
}

// line shows the line as it is now.
func (s *status) line() {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := s.text + "  " + time.Since(s.started).Round(time.Second).String()
	if s.width == 0 {
		fmt.Fprintln(s.w, "harness: "+line)
		return
	}
	runes := []rune(line)
	runes = runes[:min(len(runes), s.width-1)]
	fmt.Fprint(s.w, "\r"+string(runes)+strings.Repeat(" ", s.width-1-len(runes)))
	s.drawn = true
}

// clear ends it, and takes the line away again. Whoever prints to the same terminal does so behind it.
func (s *status) clear() {
	select {
	case <-s.over:
	default:
		close(s.over)
	}
	s.drawing.Wait()
}
