// Load runs as they are told: synthetic seconds, the same every time.

package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"harness/internal/evidence"
	"harness/internal/histogram"
	"harness/internal/report"
	"harness/internal/verdict"
)

// spread are n times around a middle, with a tail of one in a hundred that is ten times as long.
func spread(n int64, middle time.Duration) *histogram.Histogram {
	h := &histogram.Histogram{}
	for i := range n {
		d := middle/2 + middle*time.Duration(i%97)/97
		if i%100 == 99 {
			d *= 10
		}
		h.Add(d)
	}
	return h.Clone() // as evidence that is read back has it
}

func part(operation string, size int, n int64, middle, waited time.Duration) evidence.TickPart {
	return evidence.TickPart{
		API: "gotoaccount", Operation: operation, Size: size, Sent: n, Answered: n, Validated: n, Bytes: n * 400, Lag: spread(n, waited+40*time.Microsecond),
		Classes: []evidence.TickClass{{Class: "2xx", Service: spread(n, middle), Response: spread(n, middle+waited)}},
	}
}

// loadTick is a second with these parts.
func loadTick(second int, level string, parts ...evidence.TickPart) evidence.Tick {
	t := evidence.Tick{Scenario: "batch-licenses", Second: second, Level: level, Operations: parts, Generator: &evidence.Generator{
		Pacing: spread(100, 40*time.Microsecond), InFlight: 3, Workers: 16, CPU: 0.4, Machine: 0.5, Cores: 2, RSS: 41 << 20, Files: 30, FileLimit: 1024,
	}}
	for _, p := range parts {
		t.Due += p.Sent
	}
	return t
}

// loadRun is half a minute of two operations, the second in two sizes, after two seconds of warm-up.
func loadRun() *evidence.Run {
	r := run()
	r.Fixtures, r.Exchanges, r.Outcomes = nil, nil, nil
	r.Header.Command = []string{"harness", "load", "batch-licenses"}
	r.Footer.Requests = map[string]int{"GET": 12800}
	r.Loads = []evidence.Load{{
		Scenario: "batch-licenses", Summary: "licences by their keys", Source: "embedded", Model: "open", Pace: "constant 400/s for 30s, evenly", Rate: 400, Seconds: 30, Warmup: 2,
		Workers: 4096, Attackers: 1, Transport: "fast", Validate: "all",
		Operations: []evidence.LoadOperation{{API: "gotoaccount", Operation: "getLicense", Share: 0.5}, {API: "gotoaccount", Operation: scan + "Key", Share: 0.5}},
		Objectives: []evidence.Objective{
			{ID: "p99", Operation: "*", Metric: "p99", Limit: 0.1, Text: "p99 ≤ 100ms"},
			{ID: scan + "Key p99 in 10s", Operation: scan + "Key", Metric: "p99", Limit: 0.02, Window: 10, Text: "p99 ≤ 20ms in every 10s"},
			{ID: "violations", Operation: "*", Metric: "violations", Text: "no violations"},
		},
	}}
	for second := range 32 {
		middle := time.Millisecond * time.Duration(10+second%5) / 10
		t := loadTick(second, "", part("getLicense", 0, 200, middle, 0), part(scan+"Key", 10, 100, 2*middle, 0), part(scan+"Key", 100, 100, 6*middle, 0))
		t.Warmup = second < 2
		r.Ticks = append(r.Ticks, t)
	}
	return r
}

// stormy is the same with a second in which the server stood still, some answers of 500, and some that broke promises.
func stormy() *evidence.Run {
	r := loadRun()
	for i := range r.Ticks {
		t := &r.Ticks[i]
		switch t.Second {
		case 14:
			for j := range t.Operations {
				p := &t.Operations[j]
				p.Classes[0].Response, p.Answered = spread(p.Sent, 600*time.Millisecond), 0
			}
			t.Generator.InFlight = 403
		case 15:
			for j := range t.Operations {
				t.Operations[j].Answered *= 2
			}
		case 20, 21:
			p := &t.Operations[0]
			p.Errors, p.Causes = 9, map[string]int64{"500": 9}
			p.Violating, p.Violations = 9, map[string]int64{"GOTO-GEN-03": 9}
		}
	}
	r.Footer.Stopped = "p99 was 838ms in the 10 s from second 12, and p99 ≤ 500ms in every 10s is meant"
	e := exchange("c0ffee00", "getLicense", evidence.Departure{Requirement: "GOTO-GEN-03", Message: `Content-Type is "text/html", the document has application/json`, Count: 1})
	e.Case = "load batch-licenses"
	r.Exchanges = []evidence.Exchange{e}
	return r
}

// breathless is the same from a generator that could not keep up.
func breathless() *evidence.Run {
	r := stormy()
	for i := range r.Ticks {
		r.Ticks[i].Generator.Late, r.Ticks[i].Generator.Machine = 90, 1
	}
	return r
}

// sought is a search for the highest rate.
func sought() *evidence.Run {
	r := loadRun()
	l := &r.Loads[0]
	l.Pace, l.Seconds, l.Objectives = "breakpoint from 100/s to 1600/s, 5s a step", 0, l.Objectives[:1]
	l.Operations = l.Operations[:1]
	r.Ticks = nil
	search := evidence.Search{Scenario: l.Scenario, Holds: 850, Fails: 900, Confirmed: 2}
	second := 0
	for _, step := range []struct {
		name   string
		rate   int64
		middle time.Duration
	}{
		{"100/s", 100, time.Millisecond}, {"200/s", 200, time.Millisecond}, {"400/s", 400, 2 * time.Millisecond}, {"800/s", 800, 4 * time.Millisecond},
		{"1600/s", 1600, 900 * time.Millisecond}, {"1200/s", 1200, 300 * time.Millisecond}, {"1000/s", 1000, 60 * time.Millisecond}, {"900/s", 900, 20 * time.Millisecond},
		{"850/s", 850, 5 * time.Millisecond}, {"850/s again 1", 850, 5 * time.Millisecond}, {"850/s again 2", 850, 5 * time.Millisecond},
	} {
		level := evidence.SearchLevel{Name: step.name, Rate: float64(step.rate), Held: step.middle <= 5*time.Millisecond}
		if !level.Held {
			level.Reason = "p99 is too long, and p99 ≤ 100ms is meant"
		}
		search.Levels = append(search.Levels, level)
		for range 5 {
			r.Ticks = append(r.Ticks, loadTick(second, step.name, part("getLicense", 0, step.rate, step.middle, 0)))
			second++
		}
	}
	r.Searches = []evidence.Search{search}
	return r
}

var loadStories = []struct {
	name    string
	run     func() *evidence.Run
	options report.Options
	exit    int
}{
	{"load", loadRun, report.Options{}, verdict.ExitGreen},
	{"load-stormy", stormy, report.Options{}, verdict.ExitBroken},
	{"load-invalid", breathless, report.Options{}, verdict.ExitBroken}, // the contract is broken whoever was slow
	{"load-search", sought, report.Options{}, verdict.ExitGreen},
	{"load-nothing", func() *evidence.Run { r := loadRun(); r.Ticks = nil; return r }, report.Options{}, verdict.ExitNotJudged},
}

func TestLoadInEveryFormat(t *testing.T) {
	for _, story := range loadStories {
		t.Run(story.name, func(t *testing.T) {
			r := judge(story.run())
			if r.Exit != story.exit {
				t.Errorf("exit %d (%s), want %d", r.Exit, r.Problem, story.exit)
			}
			var b bytes.Buffer
			if err := report.Text(&b, r, story.options); err != nil {
				t.Fatal(err)
			}
			golden(t, story.name+".txt", b.Bytes())
			for i, line := range strings.Split(b.String(), "\n") {
				if n := len([]rune(line)); n > 100 && !strings.HasPrefix(line, "  reproduce") {
					t.Errorf("line %d has %d columns: %s", i+1, n, line)
				}
			}
			b.Reset()
			if err := report.JSON(&b, r, report.Options{}); err != nil {
				t.Fatal(err)
			}
			if err := report.Validate(b.Bytes()); err != nil {
				t.Error(err)
			}
			back, err := report.Read(b.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r.Load, back.Load, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-6)); diff != "" {
				t.Errorf("the load reads back otherwise (-want +got):\n%s", diff)
			}
			for _, f := range report.Formats {
				var b bytes.Buffer
				if err := f.Write(&b, r, report.Options{}); err != nil || b.Len() == 0 {
					t.Errorf("%s: %v, %d bytes", f.Name, err, b.Len())
				}
			}
		})
	}
}

// The members that others read keep their names.
func TestMeasurementsAreNamedAsAgreed(t *testing.T) {
	var b bytes.Buffer
	if err := report.JSON(&b, judge(loadRun()), report.Options{}); err != nil {
		t.Fatal(err)
	}
	var got struct{ Measurements []map[string]any }
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	whole := got.Measurements[0]
	for name, want := range map[string]any{
		"scenario": "batch-licenses", "operation": "*", "verdict": "pass", "due": 12000., "sent": 12000., "answered": 12000., "errors": 0., "throttled": 0.,
		"validated": 12000., "violations": 0., "seconds": 30.,
	} {
		if whole[name] != want {
			t.Errorf("%s is %v, want %v", name, whole[name], want)
		}
	}
	for _, name := range []string{"responseTime", "serviceTime", "lag"} {
		for _, q := range []string{"p50", "p90", "p99", "p99.9", "max"} {
			if v, _ := whole[name].(map[string]any)[q].(float64); v <= 0 || v > 1 {
				t.Errorf("%s %s is %v s", name, q, v)
			}
		}
	}
}

// Figures that are not the server's are crossed out, in words where there are no colours.
func TestInvalidFiguresAreCrossedOut(t *testing.T) {
	var plain, coloured bytes.Buffer
	r := judge(breathless())
	_ = report.Text(&plain, r, report.Options{})
	_ = report.Text(&coloured, r, report.Options{Colour: true})
	if !strings.Contains(plain.String(), "invalid    the processor was full") || !strings.Contains(coloured.String(), "\x1b[2;9mall of it") {
		t.Errorf("an invalid run is told as\n%s", plain.String())
	}
}

// TestLoadKeepsToTheTerminal draws load runs on terminals that are narrower than their tables.
func TestLoadKeepsToTheTerminal(t *testing.T) {
	for _, story := range loadStories {
		for _, width := range []int{60, 80} {
			var b strings.Builder
			if err := report.Text(&b, judge(story.run()), report.Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width && len(strings.Fields(line)) > 1 && !strings.HasPrefix(line, "  reproduce") { // a name is never broken
					t.Errorf("%s at %d columns: a line has %d: %s", story.name, width, n, line)
				}
			}
		}
	}
}
