// fortio: its own HTTP client; each connection has its share of the rate, begun apart (-uniform), and catches up.

package main

import (
	"encoding/json"
	"os"
	"strconv"
	"time"
)

var fortio = tool{
	name: "fortio", program: "fortio", checks: "status",
	command: func(b *bench, w work) ([]string, error) {
		line := []string{
			b.program("fortio"), "load", "-quiet", "-c", strconv.Itoa(w.flight), "-t", w.duration.String(),
			"-qps", strconv.Itoa(w.rate), "-uniform", "-r", "0.0001", "-p", "99", "-json", b.file("fortio.json"),
		}
		return append(append(line, b.headers("-H")...), w.url), nil
	},
	said: func(b *bench, _ string) (said, error) {
		text, err := os.ReadFile(b.file("fortio.json"))
		if err != nil {
			return said{}, err
		}
		var report struct {
			RetCodes          map[string]int64
			DurationHistogram struct {
				Percentiles []struct{ Value float64 }
			}
		}
		if err := json.Unmarshal(text, &report); err != nil {
			return said{}, err
		}
		if len(report.DurationHistogram.Percentiles) == 0 {
			return said{}, errNoReport
		}
		return said{answered: report.RetCodes["200"], p99: time.Duration(report.DurationHistogram.Percentiles[0].Value * 1e9)}, nil
	},
}
