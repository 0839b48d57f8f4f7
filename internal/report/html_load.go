// The load section of the HTML report: what a load run measured.

package report

import "harness/internal/measure"

// htmlLoad is the section of a load run: a scenario with its figures. Style sheets and scripts are those that the
// section wants beside the page's own; each enters the page's policy by its hash.
type htmlLoad struct {
	Rows            []htmlMeasured
	styles, scripts []htmlAsset
}

// htmlMeasured is one measurement as it is shown.
type htmlMeasured struct {
	measure.Measurement
	Tone string
}

// newHTMLLoad is nil for a run that measured nothing: such a page has no such section.
func newHTMLLoad(r Report) *htmlLoad {
	if len(r.Measurements) == 0 {
		return nil
	}
	l := &htmlLoad{}
	for _, m := range r.Measurements {
		l.Rows = append(l.Rows, htmlMeasured{m, map[string]string{measure.Pass: "ok", measure.Fail: "bad"}[m.Verdict]})
	}
	return l
}

// Rate is how many requests were sent in a second.
func (m htmlMeasured) Rate() string {
	if m.Seconds <= 0 {
		return "–"
	}
	return figure(int64(float64(m.Sent)/m.Seconds + 0.5))
}

// Times are the quantiles of the response time, in the order of the columns; a dash where nothing was timed.
func (m htmlMeasured) Times() []string {
	q := m.ResponseTime
	var times []string
	for _, seconds := range []float64{q.P50, q.P90, q.P99, q.P999, q.Max} {
		if q.Max == 0 {
			times = append(times, "–")
			continue
		}
		times = append(times, milliseconds(seconds))
	}
	return times
}
