// Whatever stands in a scenario's file, it is read or refused, and what was read can be described and scheduled.

package load_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"harness/load"
)

func FuzzScenarioFile(f *testing.F) {
	files, err := filepath.Glob("scenarios/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal("no scenarios", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("name: a\nsteps: [{operation: getLicense, feed: one}]\npace: {kind: constant, rate: 1e308/s, duration: 2562047h}\nobjectives: [{p99: 1ns}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := load.Parse("s.yaml", text)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		if s.Record() == nil || s.Pace.String() == "" || s.InFlight() < 1 {
			t.Errorf("a scenario that cannot be described: %+v", s)
		}
		if highest := s.Pace.Highest(); math.IsNaN(highest) || math.IsInf(highest, 0) || highest < 0 {
			t.Errorf("the highest rate is %g", highest)
		}
		if length := s.Warmup + s.Pace.Length(); length < 0 || length > 1000*24*time.Hour {
			t.Errorf("it lasts %s", length)
		}
		s.Pace.Schedule(1)
	})
}
