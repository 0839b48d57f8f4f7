// What judging costs: ours, Check, and kin-openapi alone, on one licence and on a page of a hundred; and that ours
// allocates nothing.

package schema_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"harness/internal/exact"
	"harness/internal/reference"
	"harness/internal/schema"
	"harness/specs"
)

// loads are the two answers that figures are given for: a licence of about 400 bytes, and a page of a hundred of them.
var loads = sync.OnceValue(func() map[string]sample {
	server, err := reference.New(reference.Options{Licenses: 1200})
	if err != nil {
		panic(err)
	}
	get := func(target string) specs.Answer {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Header.Set("ClientName", server.Principals().ClientName)
		r.Header.Set("ClientSecret", server.Principals().ClientSecret)
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		return specs.Answer{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}
	}
	page := sample{"page", "gotoaccount", "scanLicensesByKey", get("/v2/licenses?count=100")}
	o, err := schema.Compile(apis()["gotoaccount"], page.op, "/*")
	if err != nil {
		panic(err)
	}
	var all [][]byte
	var r schema.Reading
	for first := int64(1); ; {
		slice := get(fmt.Sprintf("/v2/licenses?count=100&startInclusive=false&startKey=%d", first))
		if o.Check(slice, &r); len(r.Columns[0].Values) == 0 {
			break
		}
		for _, v := range r.Columns[0].Values {
			all = append(all, v.Text)
			first, _ = exact.Of(string(v.Text)).Get("key").Int64()
		}
	}
	// Those whose length is nearest 400 bytes, the first of them alone.
	slices.SortStableFunc(all, func(a, b []byte) int { return distance(a) - distance(b) })
	page.answer.Body = slices.Concat([]byte("["), bytes.Join(all[:100], []byte(",")), []byte("]"))
	alone := sample{"licence", "gotoaccount", "getLicense", page.answer}
	alone.answer.Body = all[0]
	return map[string]sample{"licence": alone, "page": page}
})

// distance is how far a licence is from 400 bytes.
func distance(licence []byte) int { return max(len(licence)-400, 400-len(licence)) }

// paths are what a load run takes along from each.
var paths = map[string]string{"licence": "/key", "page": "/*/key"}

func TestNothingIsAllocated(t *testing.T) {
	for name, s := range loads() {
		o, err := schema.Compile(apis()[s.api], s.op, paths[name])
		if err != nil {
			t.Fatal(err)
		}
		var r schema.Reading
		memo := schema.NewMemo(1 << 20)
		for range 3 {
			o.Check(s.answer, &r)
			memo.Check(o, s.answer, &r)
		}
		if n := testing.AllocsPerRun(100, func() { o.Check(s.answer, &r) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
		if n := testing.AllocsPerRun(100, func() { memo.Check(o, s.answer, &r) }); n != 0 {
			t.Errorf("%s: %v allocations by the memo", name, n)
		}
		if r.HandedOver != 0 {
			t.Errorf("%s is handed over", name)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	for _, name := range []string{"licence", "page"} {
		s := loads()[name]
		plain := s.compiled()
		taking, err := schema.Compile(apis()[s.api], s.op, paths[name])
		if err != nil {
			b.Fatal(err)
		}
		var r schema.Reading
		run := func(judge string, each func()) {
			b.Run(name+"/"+judge, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(s.answer.Body)))
				for b.Loop() {
					each()
				}
			})
		}
		run("compiled", func() { plain.Check(s.answer, &r) })
		run("compiled-taking", func() { taking.Check(s.answer, &r) })
		memo := schema.NewMemo(1 << 20)
		run("memo", func() { memo.Check(taking, s.answer, &r) })
		run("check", func() { plain.Spec().Check(s.answer) })
		input := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{
				Request: httptest.NewRequest(http.MethodGet, "/", nil),
				Route:   &routers.Route{Spec: apis()[s.api].Doc, Method: http.MethodGet, Operation: plain.Spec().Spec},
			},
			Status: s.answer.Status, Header: s.answer.Header,
			Options: &openapi3filter.Options{MultiError: true, IncludeResponseStatus: true, SkipSettingDefaults: true},
		}
		run("kin-openapi", func() {
			input.Body = io.NopCloser(bytes.NewReader(s.answer.Body))
			if err := openapi3filter.ValidateResponse(context.Background(), input); err != nil {
				b.Fatal(err)
			}
		})
		if r.HandedOver > 0 {
			b.Errorf("%s is handed over", name)
		}
	}
}
