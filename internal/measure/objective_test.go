// Objectives and doubts, as tables.

package measure_test

import (
	"strings"
	"testing"
	"time"

	"harness/internal/evidence"
	"harness/internal/measure"
)

func TestHold(t *testing.T) {
	const ms = time.Millisecond
	quick, slow := second(0, 100, 5*ms), second(1, 100, 300*ms)
	with := func(change func(*evidence.Tick, *evidence.TickPart)) []evidence.Tick {
		return []evidence.Tick{second(0, 100, 5*ms, change)}
	}
	for _, test := range []struct {
		name         string
		metric       string
		limit        float64
		window       float64
		ticks        []evidence.Tick
		judged, kept bool
		shown        string
	}{
		{"half of them slow: the middle", "p50", 0.1, 0, []evidence.Tick{quick, slow}, true, true, "5ms"},
		{"half of them slow: the tail", "p99", 0.1, 0, []evidence.Tick{quick, slow}, true, false, "300ms"},
		{"the longest", "max", 0.3, 0, []evidence.Tick{quick, slow}, true, false, "300ms"},
		{"nothing", "p99", 1, 0, nil, false, true, ""},
		{"nine requests", "p99", 1, 0, []evidence.Tick{second(0, 9, ms)}, false, true, ""},
		{"two in a hundred refused at once", "p99", 0.1, 0, with(func(_ *evidence.Tick, p *evidence.TickPart) { p.Answered = 98 }), true, false, "without an answer"},
		{"one in a hundred", "p99", 0.1, 0, with(func(_ *evidence.Tick, p *evidence.TickPart) { p.Answered = 99 }), true, true, "5ms"},
		{"a window that is cut is no window", "p50", 0.1, 2, []evidence.Tick{quick, second(1, 100, 5*ms), second(2, 100, 300*ms)}, true, true, "5ms"},
		{"a window", "p50", 0.1, 1, []evidence.Tick{quick, slow, second(2, 100, 5*ms)}, true, false, "5ms"},
		{"windows keep to their level", "p50", 0.1, 2, []evidence.Tick{second(0, 150, 300*ms, level("a")), second(1, 100, 5*ms, level("b")), second(2, 100, 5*ms, level("b"))}, true, true, "5ms"},
		{"errors at their limit", "errors", 0.02, 0, with(func(_ *evidence.Tick, p *evidence.TickPart) { p.Errors = 2 }), true, true, "2%"},
		{"errors above it", "errors", 0.02, 0, with(func(_ *evidence.Tick, p *evidence.TickPart) { p.Errors = 3 }), true, false, "3%"},
		{"throttled, and held back for it", "throttled", 0.1, 0, with(func(_ *evidence.Tick, p *evidence.TickPart) { p.Throttled, p.Held = 1, 10 }), true, false, "11%"},
		{"one violation", "violations", 0, 0, with(func(_ *evidence.Tick, p *evidence.TickPart) { p.Violating = 1 }), true, false, "1000 in 100,000"},
		{"nothing validated", "violations", 0, 0, with(func(_ *evidence.Tick, p *evidence.TickPart) { p.Validated = 0 }), false, true, ""},
		{"rate at its limit", "rate", 0.5, 0, with(func(t *evidence.Tick, _ *evidence.TickPart) { t.Due = 200 }), true, true, "50%"},
		{"rate below it", "rate", 0.5, 0, with(func(t *evidence.Tick, _ *evidence.TickPart) { t.Due = 201 }), true, false, "49.8%"},
	} {
		h := measure.Hold(evidence.Objective{Operation: "*", Metric: test.metric, Limit: test.limit, Window: test.window}, test.ticks)
		if h.Judged != test.judged || h.Kept != test.kept || h.Judged && measure.Show(test.metric, h.Value) != test.shown {
			t.Errorf("%s: judged %t, kept %t, %s", test.name, h.Judged, h.Kept, measure.Show(test.metric, h.Value))
		}
	}
}

func TestHoldOfOneOperation(t *testing.T) {
	ticks := []evidence.Tick{second(0, 100, time.Millisecond), second(1, 100, time.Second, of("read", 0))}
	for operation, kept := range map[string]bool{"*": false, "list": true, "read": false} {
		if h := measure.Hold(evidence.Objective{Operation: operation, Metric: "p99", Limit: 0.1}, ticks); !h.Judged || h.Kept != kept {
			t.Errorf("%s: judged %t, kept %t", operation, h.Judged, h.Kept)
		}
	}
}

func TestDoubt(t *testing.T) {
	run := func(change func(*evidence.Generator)) []evidence.Tick {
		var ticks []evidence.Tick
		for at := range 10 {
			ticks = append(ticks, second(at, 100, time.Millisecond, func(t *evidence.Tick, _ *evidence.TickPart) { change(t.Generator) }))
		}
		return ticks
	}
	for _, test := range []struct {
		name   string
		change func(*evidence.Generator)
		want   string // "" for figures that can be believed
	}{
		{"all is well", func(*evidence.Generator) {}, ""},
		{"the processor is full, and nothing was late", func(g *evidence.Generator) { g.Machine, g.CPU = 1, 2 }, ""},
		{"waiting for the server's answers is no lateness of ours", func(g *evidence.Generator) { g.Starved = 90 }, ""},
		{"one in a hundred late", func(g *evidence.Generator) { g.Late = 1 }, ""},
		{"two in a hundred late", func(g *evidence.Generator) { g.Late = 2 }, "2% of the requests left late by the generator's own fault"},
		{"late, the processor full", func(g *evidence.Generator) { g.Late, g.Machine = 2, 0.99 }, "the processor was full in 10 of 10 seconds"},
		{"late, others on the machine", func(g *evidence.Generator) { g.Late, g.Steal = 2, 0.3 }, "other guests took up to 30%"},
		{"late, collecting", func(g *evidence.Generator) { g.Late, g.GCPause = 2, 0.2 }, "the collector stopped the generator"},
		{"no port left", func(g *evidence.Generator) { g.Exhausted = 1 }, "10 requests found no descriptor or port"},
		{"woken late", func(g *evidence.Generator) { g.Pacing = times(100, 20*time.Millisecond) }, "p99 of its waking 20"},
	} {
		if got := measure.Doubt(run(test.change)); test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	// Waking 20 ms late says little where answers take a second.
	var ticks []evidence.Tick
	for at := range 10 {
		ticks = append(ticks, second(at, 100, time.Second, func(t *evidence.Tick, _ *evidence.TickPart) { t.Generator.Pacing = times(100, 20*time.Millisecond) }))
	}
	if got := measure.Doubt(ticks); got != "" {
		t.Errorf("slow answers: %q", got)
	}
	if got := measure.Doubt([]evidence.Tick{second(0, 100, time.Millisecond, warmup, func(t *evidence.Tick, _ *evidence.TickPart) { t.Generator.Late = 100 })}); got != "" {
		t.Errorf("warm-up: %q", got)
	}
}
