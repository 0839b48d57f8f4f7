// A histogram of times: what it holds, how it is merged, how it is written.

// Package histogram counts times to three significant digits. Histograms merge exactly, bit for bit, so that the
// figures of a whole run are those of its seconds added up, whoever counted them.
package histogram

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Bounds of what is counted: shorter times count as the resolution, longer ones as the longest.
const (
	resolution = time.Microsecond
	longest    = time.Hour
	digits     = 3
)

// Histogram counts times. The zero value is ready. It is not safe for concurrent use.
type Histogram struct{ hdr *hdrhistogram.Histogram }

// Add counts a time; one below zero counts as zero.
func (h *Histogram) Add(d time.Duration) {
	if h.hdr == nil {
		h.hdr = hdrhistogram.New(int64(resolution), int64(longest), digits)
	}
	// The value is inside the bounds, and that is the only way to fail.
	_ = h.hdr.RecordValue(int64(min(max(d, 0), longest)))
}

// Merge adds what another histogram counted.
func (h *Histogram) Merge(other *Histogram) {
	if other == nil || other.Count() == 0 {
		return
	}
	if h.hdr == nil {
		h.hdr = hdrhistogram.New(int64(resolution), int64(longest), digits)
	}
	h.hdr.Merge(other.hdr)
}

// Reset forgets everything and keeps the memory.
func (h *Histogram) Reset() {
	if h.hdr != nil {
		h.hdr.Reset()
	}
}

// Count is how many times were counted.
func (h *Histogram) Count() int64 {
	if h == nil || h.hdr == nil {
		return 0
	}
	return h.hdr.TotalCount()
}

// Quantile is the time within which the share q of all times lies, 0 ≤ q ≤ 1; 0 of an empty histogram.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.Count() == 0 {
		return 0
	}
	return time.Duration(h.hdr.ValueAtQuantile(q * 100))
}

// Max is the longest time counted, to three digits.
func (h *Histogram) Max() time.Duration {
	if h.Count() == 0 {
		return 0
	}
	return time.Duration(h.hdr.Max())
}

// Bar is how many times lie above From and up to To.
type Bar struct {
	From, To time.Duration
	Count    int64
}

// Bars returns the bars that hold something, shortest times first.
func (h *Histogram) Bars() []Bar {
	if h.Count() == 0 {
		return nil
	}
	var bars []Bar
	for _, b := range h.hdr.Distribution() {
		if b.Count > 0 {
			bars = append(bars, Bar{From: time.Duration(b.From), To: time.Duration(b.To), Count: b.Count})
		}
	}
	return bars
}

// MarshalText writes the histogram as HdrHistogram's compressed V2 encoding in base64, which tools of that family
// read; "" for an empty one.
func (h *Histogram) MarshalText() ([]byte, error) {
	if h.Count() == 0 {
		return nil, nil
	}
	return h.hdr.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
}

// UnmarshalText reads what MarshalText wrote.
func (h *Histogram) UnmarshalText(text []byte) error {
	h.hdr = nil
	if len(text) == 0 {
		return nil
	}
	hdr, err := hdrhistogram.Decode(text)
	if err != nil {
		return fmt.Errorf("no histogram: %w", err)
	}
	if hdr.LowestTrackableValue() != int64(resolution) || hdr.SignificantFigures() != digits {
		return fmt.Errorf("a histogram from %d on with %d digits; one from %d on with %d is meant",
			hdr.LowestTrackableValue(), hdr.SignificantFigures(), int64(resolution), digits)
	}
	h.hdr = hdr
	return nil
}
