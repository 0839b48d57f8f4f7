// Where there is no terminal: one plain line every few seconds, for a log.

package live

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"harness/internal/evidence"
)

// every is how many seconds a line covers.
const every = 5

// Lines writes a plain line for every five seconds of a run.
type Lines struct {
	mu     sync.Mutex
	w      io.Writer
	load   evidence.Load
	moment moment
}

// NewLines shows a scenario on w.
func NewLines(w io.Writer, load evidence.Load) *Lines { return &Lines{w: w, load: load} }

// Tick writes a line when five seconds are full.
func (l *Lines) Tick(t evidence.Tick) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.moment.add(t) && l.moment.seconds == every {
		l.write()
	}
}

func (l *Lines) write() {
	m := &l.moment
	parts := []string{
		m.where(l.load), number(m.rate(m.due)) + "/s due", number(m.rate(m.answered)) + "/s answered",
		"p50 " + show(&m.response, 0.5), "p99 " + show(&m.response, 0.99),
		number(float64(m.errors)) + " errors", number(float64(m.violating)) + " violations",
	}
	if m.throttled+m.held > 0 {
		parts = append(parts, number(float64(m.throttled+m.held))+" throttled")
	}
	parts = append(parts, "lag p99 "+show(&m.lag, 0.99), number(float64(m.generator.InFlight))+" in flight")
	fmt.Fprintf(l.w, "harness: %s: %s\n", l.load.Scenario, strings.Join(parts, " · "))
	m.clear()
}

// Say writes a sentence.
func (l *Lines) Say(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(l.w, "harness: "+text)
}

// Close does nothing: a line that covers less would look like one that covers five seconds.
func (l *Lines) Close() {}
