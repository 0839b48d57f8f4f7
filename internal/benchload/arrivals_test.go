package main

import (
	"slices"
	"testing"
	"time"
)

// even are n moments at equal distances, each moved by what shift says.
func even(n int, every time.Duration, shift func(i int) time.Duration) []time.Duration {
	stamps := make([]time.Duration, n)
	for i := range stamps {
		stamps[i] = time.Second + time.Duration(i)*every + shift(i)
	}
	return stamps
}

func TestArrivalsAreHeldAgainstAnEvenSchedule(t *testing.T) {
	for name, tc := range map[string]struct {
		stamps []time.Duration
		late   time.Duration
		glued  float64
	}{
		"on time":               {even(4000, time.Millisecond, func(int) time.Duration { return 40 * time.Microsecond }), 0, 0},
		"evenly too slow":       {even(4000, 1010*time.Microsecond, func(int) time.Duration { return 0 }), 0, 0},
		"one in four is not":    {even(4000, time.Millisecond, func(i int) time.Duration { return time.Duration((3-i%4)/3) * -700 * time.Microsecond }), 700 * time.Microsecond, 0},
		"one in three is glued": {even(4000, time.Millisecond, func(i int) time.Duration { return -time.Duration(i%3/2) * 950 * time.Microsecond }), 950 * time.Microsecond, 1.0 / 3},
		"a second is lost":      {slices.Concat(even(1500, time.Millisecond, func(int) time.Duration { return 0 }), even(2500, time.Millisecond, func(int) time.Duration { return 2500 * time.Millisecond })), 0, 0},
		"the first is a call":   {slices.Concat([]time.Duration{0, 1, 2, 3}, even(4000, time.Millisecond, func(int) time.Duration { return 0 })), 0, 0},
		"nothing came":          {nil, 0, 0},
	} {
		late, glued := punctual(tc.stamps, 3*time.Second)
		if (late-tc.late).Abs() > 5*time.Microsecond || glued < tc.glued-0.001 || glued > tc.glued+0.001 {
			t.Errorf("%s: %s late, %.3f glued, want %s and %.3f", name, late, glued, tc.late, tc.glued)
		}
	}
}

func TestTheTruthOfAStall(t *testing.T) {
	// Of 6000 callers 1000 wait, evenly up to a second; 60 wait longer than 99 in a hundred do.
	if got := truth(1000, 6*time.Second, time.Second); got != 940*time.Millisecond {
		t.Errorf("p99 %s", got)
	}
	if got := truth(1000, 6*time.Second, 50*time.Millisecond); got != 0 {
		t.Errorf("p99 %s of a stall that meets fewer than one in a hundred", got)
	}
}
