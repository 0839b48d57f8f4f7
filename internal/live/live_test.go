// What is shown of a run is what its ticks say, on a terminal, in a log and for Prometheus.

package live_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/histogram"
	"harness/internal/live"
)

var scenario = evidence.Load{Scenario: "scan-walk", Pace: "constant 1000/s for 8s, evenly", Seconds: 8, Warmup: 2}

// tick is a second in which n requests were answered in so many milliseconds, one of them wrong, one after a second.
func tick(second int, n int64, milliseconds int) evidence.Tick {
	response, lag := &histogram.Histogram{}, &histogram.Histogram{}
	for range n - 1 {
		response.Add(time.Duration(milliseconds) * time.Millisecond)
		lag.Add(20 * time.Microsecond)
	}
	response.Add(time.Second)
	return evidence.Tick{
		Scenario: "scan-walk", Second: second, Warmup: second < 2, Due: n + 1,
		Operations: []evidence.TickPart{{
			API: "gotoaccount", Operation: "scanLicensesByKey", Sent: n + 1, Answered: n, Errors: 1, Throttled: 0, Validated: n, Violating: 1,
			Violations: map[string]int64{"GOTO-SCAN-KEY-07": 1}, Causes: map[string]int64{"timeout": 1}, Bytes: 400 * n,
			Classes: []evidence.TickClass{{Class: "2xx", Response: response, Service: response}}, Lag: lag,
		}},
		Generator: &evidence.Generator{Pacing: lag, InFlight: 3, Workers: 16, CPU: 0.4, Cores: 2},
	}
}

// late is what came afterwards of an earlier second: it has no generator.
func late(second int, n int64) evidence.Tick {
	t := tick(second, n, 900)
	t.Due, t.Generator = 0, nil
	return t
}

func TestALineForEveryFiveSeconds(t *testing.T) {
	var b strings.Builder
	lines := live.NewLines(&b, scenario)
	for second := range 9 {
		if second == 7 {
			lines.Tick(late(6, 10))
		}
		lines.Tick(tick(second, 1000, 2))
		if second == 0 {
			lines.Say("metrics on http://127.0.0.1:9102/metrics")
		}
	}
	lines.Close()
	want := `harness: metrics on http://127.0.0.1:9102/metrics
harness: scan-walk: 5s of 10s · 1,001/s due · 1,000/s answered · p50 2ms · p99 2ms · 5 errors · 5 violations · lag p99 20µs · 3 in flight
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	lines.Tick(tick(9, 1000, 2))
	if got := strings.Count(b.String(), "\n"); got != 3 || !strings.Contains(b.String(), "10s of 10s · 1,001/s due · 1,002/s answered") {
		t.Errorf("what came late counts when it came; got\n%s", b.String())
	}
}

// frames are what was drawn, one after the other, without what moves the cursor.
func frames(text string) []string {
	text = strings.NewReplacer("\x1b[K", "", "\x1b[?25l", "").Replace(text)
	return strings.Split(text, "\x1b[11F")
}

func TestTheScreenIsDrawnInPlaceAndTakenAway(t *testing.T) {
	var b strings.Builder
	screen := live.NewScreen(&b, scenario, func() int { return 60 }, false)
	screen.Tick(tick(1, 1000, 4))
	screen.Say("stopping")
	screen.Tick(tick(2, 500, 2))
	got := frames(b.String())
	if len(got) != 2 {
		t.Fatalf("%d frames, want 2:\n%q", len(got), b.String())
	}
	want := `scan-walk  3s of 10s  constant 1000/s for 8s, evenly

rate      501/s due   501/s sent   500/s answered
response  p50 2ms   p99 2ms   max 1s
wrong     2 errors (+1)   2 violations (+1)   0 throttled
here      lag p99 20µs   3 in flight   0.4 of 2 cores

p99       █▄  up to 4ms
answered  █▄  up to 1,000/s

stopping
`
	if diff := cmp.Diff(want, got[1]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !strings.Contains(got[0], "warming up") {
		t.Errorf("the warm-up is not told:\n%s", got[0])
	}
	for _, line := range strings.Split(got[1], "\n") {
		if n := len([]rune(line)); n > 59 {
			t.Errorf("%d columns on a terminal of 60: %q", n, line)
		}
	}
	b.Reset()
	screen.Close()
	screen.Close()
	if want := "\x1b[11F\x1b[J\x1b[?25h"; b.String() != want {
		t.Errorf("closed with %q, want %q", b.String(), want)
	}
}

func TestANarrowTerminalAndColour(t *testing.T) {
	var b strings.Builder
	width := 30
	screen := live.NewScreen(&b, scenario, func() int { return width }, true)
	screen.Tick(tick(0, 1000, 4))
	width = 12
	screen.Tick(tick(1, 1000, 4))
	if !strings.Contains(b.String(), "\x1b[31m") {
		t.Error("errors are not red")
	}
	for n, frame := range frames(b.String()) {
		for _, code := range []string{"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m"} {
			frame = strings.ReplaceAll(frame, code, "")
		}
		for _, line := range strings.Split(frame, "\n") {
			if got, most := len([]rune(line)), []int{29, 11}[n]; got > most {
				t.Errorf("frame %d: %d columns, at most %d: %q", n, got, most, line)
			}
		}
	}
}

// A view that shows nothing yet, closed, leaves the terminal alone.
func TestNothingDrawnNothingTakenAway(t *testing.T) {
	var b strings.Builder
	live.NewScreen(&b, scenario, func() int { return 80 }, true).Close()
	if b.Len() > 0 {
		t.Errorf("wrote %q", b.String())
	}
}

func scrape(t *testing.T, m *live.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil || w.Code != 200 {
		t.Fatalf("status %d, %v", w.Code, err)
	}
	return string(body)
}

func TestMetricsCountEveryTick(t *testing.T) {
	m := live.NewMetrics(scenario)
	scrape(t, m)
	m.Tick(tick(0, 100, 4))
	m.Tick(late(0, 50))
	m.Tick(tick(1, 100, 4))
	got := scrape(t, m)
	const labels = `{operation="scanLicensesByKey",scenario="scan-walk"}`
	const answers = `{class="2xx",operation="scanLicensesByKey",scenario="scan-walk"`
	for _, want := range []string{
		`harness_load_due_total{scenario="scan-walk"} 202`,
		`harness_load_errors_total{cause="timeout",operation="scanLicensesByKey",scenario="scan-walk"} 3`,
		`harness_load_violations_total{operation="scanLicensesByKey",requirement="GOTO-SCAN-KEY-07",scenario="scan-walk"} 3`,
		`harness_load_violating_total` + labels + ` 3`,
		`harness_load_validated_total` + labels + ` 250`,
		`harness_load_body_bytes_total` + labels + ` 100000`,
		`harness_load_response_seconds_count` + answers + `} 250`,
		`harness_load_response_seconds_bucket` + answers + `,le="0.0025"} 0`,
		`harness_load_response_seconds_bucket` + answers + `,le="0.005"} 198`,
		`harness_load_response_seconds_bucket` + answers + `,le="1"} 247`,
		`harness_load_response_seconds_bucket` + answers + `,le="+Inf"} 250`,
		`harness_load_in_flight{scenario="scan-walk"} 3`,
		`harness_load_second{scenario="scan-walk"} 1`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("no line %s", want)
		}
	}
	if t.Failed() {
		t.Logf("got\n%s", got)
	}
	if strings.Contains(got, "http://") || strings.Contains(got, "/licenses") {
		t.Error("a label holds a URL")
	}
}
