// The vegeta command: attack writes each result to a file, report reads it.

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"time"
)

var vegeta = tool{
	name: "vegeta", program: "vegeta", checks: "status",
	command: func(b *bench, w work) ([]string, error) {
		targets := b.file("vegeta.txt")
		if err := os.WriteFile(targets, []byte("GET "+w.url+"\n"), 0o600); err != nil {
			return nil, err
		}
		flight := strconv.Itoa(w.flight)
		line := []string{
			b.program("vegeta"), "attack", "-targets", targets, "-rate", strconv.Itoa(w.rate), "-duration", w.duration.String(),
			"-workers", flight, "-max-workers", flight, "-connections", flight, "-output", b.file("vegeta.bin"),
		}
		return append(line, b.headers("-header")...), nil
	},
	said: func(b *bench, _ string) (said, error) {
		text, err := exec.Command(b.program("vegeta"), "report", "-type", "json", b.file("vegeta.bin")).Output()
		if err != nil {
			return said{}, err
		}
		var report struct {
			Codes     map[string]int64 `json:"status_codes"`
			Latencies struct {
				P99 time.Duration `json:"99th"`
			} `json:"latencies"`
		}
		err = json.Unmarshal(text, &report)
		return said{answered: report.Codes["200"], p99: report.Latencies.P99}, err
	},
}

// headers are the headers of each request, as most tools take them.
func (b *bench) headers(flag string) []string {
	var line []string
	for _, h := range b.header {
		line = append(line, flag, h[0]+": "+h[1])
	}
	return line
}
