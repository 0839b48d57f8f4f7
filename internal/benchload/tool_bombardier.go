// bombardier: fasthttp, its default; the rate is a bound, and each connection waits for its answer.

package main

import (
	"encoding/json"
	"strconv"
	"time"
)

var bombardier = tool{
	name: "bombardier", program: "bombardier", checks: "status",
	command: func(b *bench, w work) ([]string, error) {
		line := []string{
			b.program("bombardier"), "--connections", strconv.Itoa(w.flight), "--duration", w.duration.String(),
			"--latencies", "--print", "result", "--format", "json",
		}
		if w.rate > 0 {
			line = append(line, "--rate", strconv.Itoa(w.rate))
		}
		return append(append(line, b.headers("--header")...), w.url), nil
	},
	said: func(_ *bench, text string) (said, error) {
		var report struct {
			Result struct {
				Answered int64 `json:"req2xx"`
				Latency  struct {
					Percentiles map[string]float64 // µs
				}
			}
		}
		err := json.Unmarshal([]byte(text), &report)
		return said{answered: report.Result.Answered, p99: time.Duration(report.Result.Latency.Percentiles["99"] * 1e3)}, err
	},
}
