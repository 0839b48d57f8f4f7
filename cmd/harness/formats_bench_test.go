package main

import (
	"bytes"
	"testing"

	"harness/internal/report"
	"harness/internal/target"
	"harness/internal/verdict"
)

// BenchmarkFormats draws a whole run that broke on several faults, out of the evidence that it stored: reading it,
// judging it, and every format, together and one by one. Bytes are the size of a report.
func BenchmarkFormats(b *testing.B) {
	chosen, err := choose(nil, nil, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	s := session{choice: chosen, seed: 1, out: dir, target: &target.Target{Name: "reference", Embedded: &target.Embedded{
		Faults: []string{"start-inclusive-ignored", "content-type-html", "error-status-500"},
	}}}
	if _, err := s.run(b.Context()); err != nil {
		b.Fatal(err)
	}
	drawn := func() report.Report {
		run, err := readRun(dir)
		if err != nil {
			b.Fatal(err)
		}
		j := verdict.Judge(chosen.catalogue, run, chosen.apis...)
		return report.New(run, j, j.Exit(verdict.FailOnShould), chosen.apis...)
	}
	draw := func(f report.Format, r report.Report) int {
		var w bytes.Buffer
		if err := f.Write(&w, r, report.Options{Run: dir}); err != nil {
			b.Fatal(err)
		}
		return w.Len()
	}
	b.Run("stored", func(b *testing.B) {
		for b.Loop() {
			drawn()
		}
	})
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			r := drawn()
			for _, f := range report.Formats {
				draw(f, r)
			}
		}
	})
	r := drawn()
	for _, f := range report.Formats {
		b.Run(f.Name, func(b *testing.B) {
			size := 0
			for b.Loop() {
				size = draw(f, r)
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
