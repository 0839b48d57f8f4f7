// The memo gives the judgements of Check, within its bytes, to any number of workers.

package schema_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/schema"
	"harness/specs"
)

func scan(t testing.TB) *schema.Operation {
	t.Helper()
	o, err := schema.Compile(apis()["gotoaccount"], "scanLicensesByKey", "/*/key", "/*/roles/*")
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// pageOf is a scan's body whose keys begin at one.
func pageOf(first, licences int) []byte {
	all := make([]string, licences)
	for i := range all {
		all[i] = strings.Replace(licence(`"n":1`), "6472352565130037257", fmt.Sprint(first+i), 1)
	}
	return []byte("[" + strings.Join(all, ",") + "]")
}

func TestMemoRemembers(t *testing.T) {
	o, other := scan(t), scan(t)
	for _, tc := range []struct {
		name string
		a    specs.Answer
	}{
		{"good", answer(200, "application/json", string(pageOf(1, 3)))},
		{"departing", answer(200, "application/json", `[{"key":"x"}]`)},
		{"not JSON", answer(200, "application/json", `<p>`)},
		{"wrong content type", answer(200, "text/html", string(pageOf(1, 3)))},
		{"of which nothing is said", answer(404, "text/html", `<p>`)},
		{"undocumented", answer(302, "application/json", `[]`)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			memo := schema.NewMemo(1 << 16)
			var plain, r schema.Reading
			want := o.Check(tc.a, &plain)
			for try := range 5 {
				// Each try has bytes of its own, so that nothing may live on in the body.
				a := tc.a
				a.Body = append([]byte(nil), tc.a.Body...)
				if diff := cmp.Diff(want, memo.Check(o, a, &r)); diff != "" {
					t.Errorf("try %d (-Check +memo):\n%s", try, diff)
				}
				clear(a.Body)
				if try > 1 && plain.Columns[0].Rows > 0 {
					if diff := cmp.Diff(told(plain.Columns), told(r.Columns)); diff != "" {
						t.Errorf("try %d (-Check +memo):\n%s", try, diff)
					}
				}
			}
			if r.HandedOver > 2 && tc.name != "wrong content type" && tc.name != "undocumented" {
				t.Errorf("handed over %d times of 5", r.HandedOver)
			}
			// The same bytes with another status, content type or operation are another matter.
			for _, a := range []specs.Answer{answer(200, "text/plain", string(tc.a.Body)), answer(500, "application/json", string(tc.a.Body)), answer(302, "application/json", string(tc.a.Body))} {
				if diff := cmp.Diff(o.Check(a, &plain), memo.Check(o, a, &r)); diff != "" {
					t.Errorf("status %d, %s (-Check +memo):\n%s", a.Status, a.Header.Get("Content-Type"), diff)
				}
			}
			before := r.HandedOver
			if diff := cmp.Diff(want, memo.Check(other, tc.a, &r)); diff != "" || want != nil && r.HandedOver == before {
				t.Errorf("another operation gets what was remembered of the first: %s", diff)
			}
		})
	}
}

func TestMemoStaysWithinItsBytes(t *testing.T) {
	o := scan(t)
	for _, limit := range []int64{0, 1 << 14, 1 << 18} {
		memo := schema.NewMemo(limit)
		var group sync.WaitGroup
		for worker := range 4 {
			group.Go(func() {
				var r, plain schema.Reading
				rng := rand.New(rand.NewPCG(3, uint64(worker)))
				for range 1500 {
					a := answer(200, "application/json", string(pageOf(1+rng.IntN(60), rng.IntN(8))))
					if departures := memo.Check(o, a, &r); departures != nil {
						t.Errorf("%v", departures)
					}
					if o.Check(a, &plain); told(plain.Columns) != told(r.Columns) {
						t.Errorf("limit %d: got %s, want %s", limit, told(r.Columns), told(plain.Columns))
						return
					}
					if n := memo.Bytes(); n > max(limit, 4096) {
						t.Errorf("%d bytes, the limit is %d", n, limit)
						return
					}
				}
			})
		}
		group.Wait()
		if memo.Bytes() < max(limit, 4096)/4 {
			t.Errorf("limit %d: %d bytes are used; nothing is remembered", limit, memo.Bytes())
		}
	}
}
