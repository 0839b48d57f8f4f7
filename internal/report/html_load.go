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

// Times are the quantiles of the response time, in the order of the columns.
func (m htmlMeasured) Times() []string {
	q := m.ResponseTime
	return []string{milliseconds(q.P50), milliseconds(q.P90), milliseconds(q.P99), milliseconds(q.P999), milliseconds(q.Max)}
}
