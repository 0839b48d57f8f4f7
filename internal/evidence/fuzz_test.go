// Whatever stands in a run's file, it is read or refused, and what was read is written so that it reads back the same.

package evidence

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func FuzzEvidence(f *testing.F) {
	f.Add([]byte(`{"header":{"schema":1,"tool":{"name":"harness"},"target":{"name":"t"},"seed":18446744073709551615}}` + "\n" +
		`{"exchange":{"id":"1","request":{"method":"GET","url":"http://localhost:1/?a=1&b=<2>"},"response":{"status":200,"body":"{\"key\":6472352565130037257}"},"tries":1}}` + "\n" +
		`{"outcome":{"case":"c","result":"kept","requirements":["R"]}}` + "\n" + `{"footer":{"cases":1}}` + "\n"))
	f.Add([]byte(`{"header":{"schema":1}}` + "\n" + `{"load":{"scenario":"s","objectives":[{"id":"p99","metric":"p99","limit":0.1}]}}` + "\n" +
		`{"tick":{"scenario":"s","second":0,"due":1,"operations":[{"api":"a","operation":"o","classes":[{"class":"2xx"}]}],"generator":{"cpu":0.5}}}` + "\n" + `{"foo`))
	f.Add([]byte(`{"header":{"schema":2}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		run, err := Read(bytes.NewReader(text))
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		var b bytes.Buffer
		w := NewWriter(&b)
		for record := range run.Records {
			w.Write(record)
		}
		if err := w.Err(); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := Read(&b)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		var first, second bytes.Buffer
		for _, side := range []struct {
			run *Run
			to  *bytes.Buffer
		}{{run, &first}, {again, &second}} {
			w := NewWriter(side.to)
			for record := range side.run.Records {
				w.Write(record)
			}
		}
		if diff := cmp.Diff(first.String(), second.String(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("it reads back otherwise: -first +second\n%s", diff)
		}
	})
}
