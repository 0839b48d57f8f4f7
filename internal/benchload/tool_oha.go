// oha: with a rate it is asked to count from when a request was due (--latency-correction).

package main

import (
	"encoding/json"
	"strconv"
	"time"
)

var oha = tool{
	name: "oha", program: "oha", checks: "status",
	command: func(b *bench, w work) ([]string, error) {
		line := []string{b.program("oha"), "--no-tui", "--output-format", "json", "-c", strconv.Itoa(w.flight), "-z", inSeconds(w.duration)}
		if w.rate > 0 {
			line = append(line, "-q", strconv.Itoa(w.rate), "--latency-correction")
		}
		return append(append(line, b.headers("-H")...), w.url), nil
	},
	said: func(_ *bench, text string) (said, error) {
		var report struct {
			Percentiles struct{ P99 float64 } `json:"latencyPercentiles"`
			Codes       map[string]int64      `json:"statusCodeDistribution"`
		}
		err := json.Unmarshal([]byte(text), &report)
		return said{answered: report.Codes["200"], p99: time.Duration(report.Percentiles.P99 * 1e9)}, err
	},
}
