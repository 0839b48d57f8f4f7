// A histogram of times: what it holds, how it is merged, how it is written.

// Package histogram counts times to three significant digits. Histograms merge exactly, bit for bit, so that the
// figures of a whole run are those of its seconds added up, whoever counted them.
package histogram

import (
	"fmt"
	"slices"
	"sync"
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
//
// One that is counted into keeps a place for every time that there could be, some 190 kB; one that was read or cloned
// keeps what it holds, a few kB, so that the seconds of an hour can be held in memory. Nobody else sees the difference.
type Histogram struct {
	hdr   *hdrhistogram.Histogram
	bars  []Bar // when hdr is nil
	count int64 // of bars
}

// Add counts a time; one below zero counts as zero.
func (h *Histogram) Add(d time.Duration) {
	h.unfold()
	// The value is inside the bounds, and that is the only way to fail.
	_ = h.hdr.RecordValue(int64(min(max(d, 0), longest)))
}

// Merge adds what another histogram counted.
func (h *Histogram) Merge(other *Histogram) {
	if other == nil || other.Count() == 0 {
		return
	}
	h.unfold()
	if other.hdr != nil {
		h.hdr.Merge(other.hdr)
		return
	}
	record(h.hdr, other.bars)
}

// record counts bars. Each is counted where it was counted before, so nothing is lost.
func record(into *hdrhistogram.Histogram, bars []Bar) {
	for _, b := range bars {
		_ = into.RecordValues(int64(b.From), b.Count) // it was inside the bounds
	}
}

// unfold gives the histogram a place for every time.
func (h *Histogram) unfold() {
	if h.hdr == nil {
		h.hdr = newHDR()
		record(h.hdr, h.bars)
		h.bars, h.count = nil, 0
	}
}

// fold keeps only what the histogram holds.
func fold(hdr *hdrhistogram.Histogram) Histogram {
	return Histogram{bars: slices.Clip(bars(hdr)), count: hdr.TotalCount()}
}

func newHDR() *hdrhistogram.Histogram {
	return hdrhistogram.New(int64(resolution), int64(longest), digits)
}

// scratch are histograms to ask the library of what is folded.
var scratch = sync.Pool{New: func() any { return newHDR() }}

// ask hands the histogram over in the library's form, for the time of the call.
func (h *Histogram) ask(question func(*hdrhistogram.Histogram)) {
	if h.hdr != nil {
		question(h.hdr)
		return
	}
	hdr := scratch.Get().(*hdrhistogram.Histogram)
	defer scratch.Put(hdr)
	hdr.Reset()
	record(hdr, h.bars)
	question(hdr)
}

// Clone is a copy of what the histogram holds; nil of nil.
func (h *Histogram) Clone() *Histogram {
	if h == nil {
		return nil
	}
	if h.hdr != nil {
		c := fold(h.hdr)
		return &c
	}
	return &Histogram{bars: slices.Clone(h.bars), count: h.count}
}

// Reset forgets everything and keeps the memory.
func (h *Histogram) Reset() {
	h.bars, h.count = nil, 0
	if h.hdr != nil {
		h.hdr.Reset()
	}
}

// Count is how many times were counted.
func (h *Histogram) Count() int64 {
	switch {
	case h == nil:
		return 0
	case h.hdr == nil:
		return h.count
	}
	return h.hdr.TotalCount()
}

// Quantile is the time within which the share q of all times lies, 0 ≤ q ≤ 1; 0 of an empty histogram.
func (h *Histogram) Quantile(q float64) (at time.Duration) {
	if h.Count() == 0 {
		return 0
	}
	h.ask(func(hdr *hdrhistogram.Histogram) { at = time.Duration(hdr.ValueAtQuantile(q * 100)) })
	return at
}

// Max is the longest time counted, to three digits.
func (h *Histogram) Max() time.Duration {
	switch {
	case h.Count() == 0:
		return 0
	case h.hdr == nil:
		return h.bars[len(h.bars)-1].To
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
	switch {
	case h.Count() == 0:
		return nil
	case h.hdr == nil:
		return slices.Clone(h.bars)
	}
	return bars(h.hdr)
}

func bars(hdr *hdrhistogram.Histogram) []Bar {
	var list []Bar
	for _, b := range hdr.Distribution() {
		if b.Count > 0 {
			list = append(list, Bar{From: time.Duration(b.From), To: time.Duration(b.To), Count: b.Count})
		}
	}
	return list
}

// MarshalText writes the histogram as HdrHistogram's compressed V2 encoding in base64, which tools of that family
// read; "" for an empty one.
func (h *Histogram) MarshalText() (text []byte, err error) {
	if h.Count() == 0 {
		return nil, nil
	}
	h.ask(func(hdr *hdrhistogram.Histogram) { text, err = hdr.Encode(hdrhistogram.V2CompressedEncodingCookieBase) })
	return text, err
}

// UnmarshalText reads what MarshalText wrote.
func (h *Histogram) UnmarshalText(text []byte) error {
	*h = Histogram{}
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
	*h = fold(hdr)
	return nil
}
