// k6: a script without checks that throws the bodies away, which is the least that it can do.

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

var k6 = tool{
	name: "k6", program: "k6", checks: "nothing", input: "k6.js",
	command: func(b *bench, w work) ([]string, error) {
		executor := fmt.Sprintf("executor: 'constant-vus', vus: %d", w.flight)
		if w.rate > 0 {
			executor = fmt.Sprintf("executor: 'constant-arrival-rate', rate: %d, timeUnit: '1s', preAllocatedVUs: %d, maxVUs: %d", w.rate, w.flight, w.flight)
		}
		var headers []string
		for _, h := range b.header {
			headers = append(headers, fmt.Sprintf("%q: %q", h[0], h[1]))
		}
		script := fmt.Sprintf(`import http from 'k6/http';
export const options = {
  discardResponseBodies: true,
  summaryTrendStats: ['p(99)'],
  scenarios: {bench: {%s, duration: '%s'}},
};
const params = {headers: {%s}};
export default function () { http.get('%s', params); }
export function handleSummary(data) {
  const m = data.metrics;
  return {stdout: JSON.stringify({requests: m.http_reqs.values.count, failed: m.http_req_failed.values.passes, p99: m.http_req_duration.values['p(99)']})};
}
`, executor, w.duration, strings.Join(headers, ", "), w.url)
		file := b.file("k6.js")
		return []string{b.program("k6"), "run", "--quiet", "--no-usage-report", file}, os.WriteFile(file, []byte(script), 0o600)
	},
	said: func(_ *bench, text string) (said, error) {
		at := strings.Index(text, `{"requests"`) // warnings come before
		if at < 0 {
			return said{}, errNoReport
		}
		var report struct {
			Requests, Failed int64
			P99              float64 // ms
		}
		err := json.NewDecoder(strings.NewReader(text[at:])).Decode(&report)
		return said{answered: report.Requests - report.Failed, p99: time.Duration(report.P99 * 1e6)}, err
	},
}
