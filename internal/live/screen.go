// A terminal: a few lines that are drawn again each second, in place.

package live

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"harness/internal/evidence"
)

// window is how many seconds the sparklines show.
const window = 60

// Screen draws a run on a terminal. It writes below what stands there, draws over its own lines only, and takes them
// away at the end.
type Screen struct {
	mu     sync.Mutex
	w      io.Writer
	load   evidence.Load
	width  func() int
	colour bool

	moment   moment
	errors   int64 // of the whole run
	violated int64
	p99      []float64 // of the last seconds
	answered []float64
	said     string
	drawn    int // lines
}

// NewScreen shows a scenario on a terminal. width is asked for its columns whenever the screen is drawn.
func NewScreen(w io.Writer, load evidence.Load, width func() int, colour bool) *Screen {
	return &Screen{w: w, load: load, width: width, colour: colour}
}

// Tick draws the screen again when a second is full.
func (s *Screen) Tick(t evidence.Tick) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.moment.add(t) {
		return
	}
	m := &s.moment
	s.errors += m.errors
	s.violated += m.violating
	s.p99 = slide(s.p99, m.response.Quantile(0.99).Seconds())
	s.answered = slide(s.answered, m.rate(m.answered))
	s.draw()
	m.clear()
}

func slide(values []float64, v float64) []float64 {
	values = append(values, v)
	return values[max(0, len(values)-window):]
}

// Say shows a sentence from the next second on.
func (s *Screen) Say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = text
}

// Close takes the lines away and gives the cursor back.
func (s *Screen) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drawn > 0 {
		fmt.Fprintf(s.w, "\x1b[%dF\x1b[J\x1b[?25h", s.drawn)
		s.drawn = 0
	}
}

const (
	plain = "\x1b[0m"
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	red   = "\x1b[31m"
)

// span is a text of one colour; "" for that of the terminal.
type span struct{ colour, text string }

func (s *Screen) draw() {
	m := &s.moment
	alarm := func(n int64) string {
		if n > 0 {
			return red
		}
		return ""
	}
	bad := func(n, all int64, what string) span {
		return span{alarm(all), fmt.Sprintf("%s %s", number(float64(all)), what) + more(n)}
	}
	said := s.said
	if said == "" {
		said = "Ctrl-C stops when all is answered, twice at once"
	}
	lines := [][]span{
		{{bold, s.load.Scenario}, {"", "  " + m.where(s.load)}, {dim, "  " + s.load.Pace}},
		{},
		{{dim, "rate      "}, {"", number(m.rate(m.due)) + "/s due   " + number(m.rate(m.sent)) + "/s sent   " + number(m.rate(m.answered)) + "/s answered"}},
		{{dim, "response  "}, {"", "p50 " + show(&m.response, 0.5) + "   p99 " + show(&m.response, 0.99) + "   max " + show(&m.response, 1)}},
		{{dim, "wrong     "}, bad(m.errors, s.errors, "errors"), {"", "   "}, bad(m.violating, s.violated, "violations"), {"", "   " + number(float64(m.throttled+m.held)) + " throttled"}},
		{{dim, "here      "}, {"", fmt.Sprintf("lag p99 %s   %s in flight   %.1f of %d cores", show(&m.lag, 0.99), number(float64(m.generator.InFlight)), m.generator.CPU, m.generator.Cores)}},
		{},
		{{dim, "p99       "}, {"", spark(s.p99)}, {dim, "  up to " + top(s.p99)}},
		{{dim, "answered  "}, {"", spark(s.answered)}, {dim, "  up to " + number(slices.Max(s.answered)) + "/s"}},
		{},
		{{dim, said}},
	}
	var b strings.Builder
	if s.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dF", s.drawn)
	} else {
		b.WriteString("\x1b[?25l")
	}
	width := max(s.width()-1, 10) // the last column makes some terminals wrap
	for _, line := range lines {
		s.line(&b, line, width)
	}
	s.drawn = len(lines)
	fmt.Fprint(s.w, b.String()) // in one piece, so that it does not flicker
}

// more says how many of a count are new in this second.
func more(n int64) string {
	if n == 0 {
		return ""
	}
	return " (+" + number(float64(n)) + ")"
}

func top(seconds []float64) string {
	return showSeconds(slices.Max(seconds))
}

// line writes one line, cut to the width.
func (s *Screen) line(b *strings.Builder, spans []span, width int) {
	for _, p := range spans {
		text := p.text
		if n := utf8.RuneCountInString(text); n > width {
			text = string([]rune(text)[:width])
		}
		width -= utf8.RuneCountInString(text)
		if s.colour && p.colour != "" && text != "" {
			text = p.colour + text + plain
		}
		b.WriteString(text)
	}
	b.WriteString("\x1b[K\n")
}

var blocks = []rune("▁▂▃▄▅▆▇█")

// spark draws values as blocks, the highest of them in full height.
func spark(values []float64) string {
	highest := slices.Max(values)
	line := make([]rune, len(values))
	for i, v := range values {
		level := 0
		if highest > 0 {
			level = int(v / highest * float64(len(blocks)-1))
		}
		line[i] = blocks[level]
	}
	return string(line)
}
