// Histograms keep three digits, merge exactly, and come back from text as they were.

package histogram_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"harness/internal/histogram"
)

func TestQuantilesKeepThreeDigits(t *testing.T) {
	var h histogram.Histogram
	chance := rand.New(rand.NewPCG(1, 2))
	var all []time.Duration
	for range 100_000 {
		d := time.Duration(math.Exp(chance.NormFloat64()*2) * float64(time.Millisecond))
		all = append(all, d)
		h.Add(d)
	}
	slices.Sort(all)
	for _, q := range []float64{0.01, 0.5, 0.9, 0.99, 0.999, 1} {
		want := all[max(int(math.Ceil(q*float64(len(all))))-1, 0)]
		if got := h.Quantile(q); math.Abs(float64(got-want)) > float64(want)/1000+1000 {
			t.Errorf("quantile %g is %s, want %s", q, got, want)
		}
	}
}

func TestMergingIsExact(t *testing.T) {
	var whole, sum histogram.Histogram
	chance := rand.New(rand.NewPCG(3, 4))
	for range 10 {
		var part histogram.Histogram
		for range 1000 {
			d := time.Duration(chance.Int64N(int64(2 * time.Second)))
			whole.Add(d)
			part.Add(d)
		}
		text, err := part.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back histogram.Histogram
		if err := back.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		sum.Merge(&back)
	}
	want, _ := whole.MarshalText()
	got, _ := sum.MarshalText()
	if string(got) != string(want) {
		t.Error("ten parts, written, read and merged, are not the whole")
	}
}

func TestWhatIsOutsideTheBoundsStillCounts(t *testing.T) {
	var h histogram.Histogram
	h.Add(-time.Second)
	h.Add(48 * time.Hour)
	if h.Count() != 2 || h.Max() < 59*time.Minute {
		t.Errorf("%d times, the longest %s", h.Count(), h.Max())
	}
}

func TestTextThatIsNoHistogram(t *testing.T) {
	var h histogram.Histogram
	for _, text := range []string{"x", "HISTFAAAAA", "////"} {
		if err := h.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	if err := h.UnmarshalText(nil); err != nil || h.Count() != 0 {
		t.Errorf("the empty text: %v, %d times", err, h.Count())
	}
}

func BenchmarkAdd(b *testing.B) {
	var h histogram.Histogram
	for b.Loop() {
		h.Add(700 * time.Microsecond)
	}
}

// A histogram that was read or cloned says what the one says that was counted into, and takes little.
func TestFoldedHistogramsSayTheSame(t *testing.T) {
	chance := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 2, 7, 1000} {
		var counted histogram.Histogram
		for range n {
			counted.Add(time.Duration(chance.Int64N(int64(3*time.Second)) >> chance.IntN(30)))
		}
		if n == 7 {
			counted.Add(5 * time.Hour)
		}
		folded := counted.Clone()
		if folded.Count() != counted.Count() || folded.Max() != counted.Max() || !slices.Equal(folded.Bars(), counted.Bars()) {
			t.Errorf("%d times: folded %d up to %s, counted %d up to %s", n, folded.Count(), folded.Max(), counted.Count(), counted.Max())
		}
		for q := 0.0; q <= 1; q += 0.01 {
			if got, want := folded.Quantile(q), counted.Quantile(q); got != want {
				t.Errorf("%d times: quantile %g is %s folded and %s counted", n, q, got, want)
			}
		}
		got, _ := folded.MarshalText()
		want, _ := counted.MarshalText()
		if string(got) != string(want) {
			t.Errorf("%d times are written in two ways", n)
		}
		folded.Add(time.Second)
		counted.Add(time.Second)
		folded.Merge(&counted)
		counted.Merge(counted.Clone())
		if folded.Count() != counted.Count() || folded.Quantile(0.5) != counted.Quantile(0.5) {
			t.Errorf("%d times and more: %d folded, %d counted", n, folded.Count(), counted.Count())
		}
	}
}
