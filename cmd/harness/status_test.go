package main

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// shared is a buffer that two goroutines may use.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestProgressIsToldFromTheFirstSecondOn wants nothing for what is quick, lines in a log for what is not, and on a
// terminal one line that is gone in the end.
func TestProgressIsToldFromTheFirstSecondOn(t *testing.T) {
	var quick, log, screen shared
	d := func(w *shared) door { return door{stderr: w, env: func(string) (string, bool) { return "", false }} }
	working(d(&quick), "reading").clear()
	if quick.String() != "" {
		t.Errorf("a quick command says %q", quick.String())
	}
	inLog := working(d(&log), "reading a run")
	onTerminal := &status{w: &screen, width: 20, interval: 50 * time.Millisecond, started: time.Now(), over: make(chan struct{}), text: "7 of 836 cases  scanLicensesByKey"}
	onTerminal.drawing.Go(onTerminal.draw)
	for deadline := time.Now().Add(10 * time.Second); (log.String() == "" || screen.String() == "") && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	onTerminal.above(func() { _, _ = screen.Write([]byte("survived\n")) })
	inLog.clear()
	onTerminal.clear()
	if !strings.HasPrefix(log.String(), "harness: reading a run  1s\n") {
		t.Errorf("a log has %q", log.String())
	}
	got := screen.String()
	for line := range strings.SplitSeq(got, "\r") {
		if len(strings.TrimSuffix(line, "survived\n")) > 19 {
			t.Errorf("a line of %d on a terminal of 20 columns: %q", len(line), line)
		}
	}
	if !strings.HasPrefix(got, "\r7 of 836 cases  sca") || !strings.Contains(got, "\r                   \rsurvived\n") {
		t.Errorf("a terminal has %q", got)
	}
}
