// Whatever stands in a stored report, it is refused or drawn, in every format.

package report_test

import (
	"bytes"
	"io"
	"testing"

	"harness/internal/report"
	"harness/internal/verdict"
)

func FuzzStoredReport(f *testing.F) {
	for _, made := range []report.Report{
		report.New(run(), verdict.Judgement{}, 0), report.New(broken(), verdict.Judgement{}, 1), report.New(loadRun(), verdict.Judgement{}, 0),
	} {
		var b bytes.Buffer
		if err := report.JSON(&b, made, report.Options{}); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(`{"schema":1,"changes":{},"load":[{}],"findings":[{}],"measurements":[{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := report.Read(text)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		for _, format := range report.Formats {
			if err := format.Write(io.Discard, r, report.Options{All: true, Width: 80}); err != nil {
				t.Errorf("%s: %v", format.Name, err)
			}
		}
	})
}
