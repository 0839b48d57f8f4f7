package main

import (
	"testing"

	"harness/internal/target"
)

// BenchmarkContract is one whole run of both APIs on the embedded reference server: discovery, every case, judgement
// left out. It reports the requests sent.
func BenchmarkContract(b *testing.B) {
	for b.Loop() {
		chosen, err := choose(nil, nil, nil, nil)
		if err != nil {
			b.Fatal(err)
		}
		s := session{choice: chosen, seed: 1, target: &target.Target{Name: "reference", Embedded: &target.Embedded{}}}
		run, err := s.run(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		requests := 0
		for _, n := range run.Footer.Requests {
			requests += n
		}
		b.ReportMetric(float64(requests), "requests/op")
	}
}
