// Package schema compiles what a document says of an operation's answers into one pass over their bytes, so that every
// answer can be judged under load. It only ever says "fine": whatever it does not find fine, it hands over to
// specs.Operation.Check, whose word stands. So its verdict is that of Check, and what it lacks costs time, not truth.
package schema

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"harness/internal/nearest"
	"harness/specs"
)

// Operation is the answers of one operation, compiled. It does not change, so any number of workers share it.
type Operation struct {
	spec     *specs.Operation
	columns  int
	statuses [500]*response // from 100 on; nil where the document is silent, which Check puts in words
	gather   *node          // takes the values of a good body without judging it
	keywords []string
	fallback []string
}

// response is what the document says of one status.
type response struct {
	silent  bool     // nothing is said of the body, so any is fine
	headers []header // those that the document describes
	content openapi3.Content
	media   []*media
}

// header is a described header by its canonical name. Plain is a string of which nothing more is asked.
type header struct {
	name            string
	plain, required bool
}

// media is one content type of a response. A nil root is a body of which the document says nothing.
type media struct {
	spellings []string // of the content type, as most servers write it
	described *openapi3.MediaType
	root      *node
	id        uint64 // tells judgements apart in a Memo
}

// judgements numbers the media compiled in this process. Steps of the golden ratio spread over all 64 bits.
var judgements atomic.Uint64

const golden = 0x9e3779b97f4a7c15

// Compile prepares the answers of one operation. Each path names values that a Reading takes along (see Column); they
// are looked for in the answers of success. A path that no such answer can have is an error.
func Compile(api *specs.API, id string, paths ...string) (*Operation, error) {
	spec := api.Operation(id)
	if spec == nil {
		return nil, nearest.Error("operation", id, api.OperationIDs(), "")
	}
	steps, err := parsePaths(paths)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	c := newCompiler(api)
	o := &Operation{spec: spec, columns: len(paths), gather: c.node(nil, steps, "")}
	responses := map[*openapi3.Response]*response{}
	for _, name := range slices.Sorted(maps.Keys(spec.Spec.Responses.Map())) {
		described := spec.Spec.Responses.Value(name).Value
		steps := steps
		if !strings.HasPrefix(name, "2") {
			steps = nil
		}
		responses[described] = c.response(name, described, steps)
	}
	for i := range o.statuses {
		ref := spec.Spec.Responses.Status(100 + i)
		if ref == nil {
			ref = spec.Spec.Responses.Default()
		}
		if ref != nil {
			o.statuses[i] = responses[ref.Value]
		}
	}
	if c.misfit != nil {
		return nil, fmt.Errorf("%s: %w", id, c.misfit)
	}
	o.keywords, o.fallback = slices.Sorted(maps.Keys(c.keywords)), c.fallback
	return o, nil
}

// Spec is the operation that was compiled.
func (o *Operation) Spec() *specs.Operation { return o.spec }

// Compiled lists the keywords that the answers use and the pass knows, sorted.
func (o *Operation) Compiled() []string { return o.keywords }

// Fallback lists what is not compiled, each with its place: "200 application/json /items: allOf". Every answer that
// comes to such a place is handed over. It is empty for the documents that the program carries.
func (o *Operation) Fallback() []string { return o.fallback }

// Check returns how an answer departs from the document, nil when it is allowed: what specs.Operation.Check would say,
// and soon where there is nothing to say. The values of the operation's paths are in r.Columns afterwards; the
// columns are empty when the answer departs, or when the document says nothing of its body.
func (o *Operation) Check(a specs.Answer, r *Reading) []specs.Departure {
	if m, ok := o.judged(a); ok {
		return o.check(a, m, r)
	}
	return o.handOver(a, r)
}

// check judges an answer whose status, headers and content type are found fine.
func (o *Operation) check(a specs.Answer, m *media, r *Reading) []specs.Departure {
	if o.passes(a, m, r) {
		return nil
	}
	return o.handOver(a, r)
}

// passes holds the body against its schema, if it has one, in one pass.
func (o *Operation) passes(a specs.Answer, m *media, r *Reading) bool {
	r.begin(o, a.Body)
	return m == nil || utf8.Valid(a.Body) && r.whole(m.root)
}

// handOver lets Check judge, and takes the values out of what it finds fine.
func (o *Operation) handOver(a specs.Answer, r *Reading) []specs.Departure {
	r.HandedOver++
	_, departures := o.spec.Check(a)
	r.begin(o, a.Body)
	if departures == nil && o.columns > 0 && o.says(a) {
		r.gathering = true
		if !r.whole(o.gather) {
			r.begin(o, nil)
		}
	}
	return departures
}

// says tells whether the document describes the body of an answer: only then is it known to be JSON.
func (o *Operation) says(a specs.Answer) bool {
	if a.Status < 200 || a.Status >= 300 {
		return false
	}
	described := o.statuses[a.Status-100]
	if described == nil || described.silent {
		return false
	}
	media := described.content.Get(contentType(a.Header))
	return media != nil && media.Schema != nil
}

// judged finds the schema that an answer is to be held against; nil where the document says nothing of the body. It
// is false unless status, headers and content type are fine.
func (o *Operation) judged(a specs.Answer) (*media, bool) {
	if a.Status < 100 || a.Status >= 100+len(o.statuses) {
		return nil, false
	}
	described := o.statuses[a.Status-100]
	if described == nil {
		return nil, false
	}
	if described.silent {
		return nil, true
	}
	m := described.find(contentType(a.Header))
	if m == nil {
		return nil, false
	}
	if m.root == nil {
		return nil, true
	}
	for _, h := range described.headers {
		values, present := a.Header[h.name]
		if present && (!h.plain || len(values) == 0) || !present && h.required {
			return nil, false
		}
	}
	return m, true
}

// contentType is the first Content-Type, without the search for another spelling that Header.Get begins with.
func contentType(h http.Header) string {
	if values := h["Content-Type"]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// find returns the media that a content type stands for, nil if there is none, or none that is compiled, or if its
// charset is not UTF-8.
func (r *response) find(contentType string) *media {
	for _, m := range r.media {
		for _, spelling := range m.spellings {
			if spelling == contentType {
				return m
			}
		}
	}
	described := r.content.Get(contentType)
	for _, m := range r.media {
		if m.described == described && (m.root == nil || isJSON(contentType)) {
			return m
		}
	}
	return nil
}

// isJSON says whether a body of this content type is read as JSON in UTF-8.
func isJSON(contentType string) bool {
	base, _, more := strings.Cut(contentType, ";")
	base = strings.ToLower(strings.TrimSpace(base))
	if base != "application/json" && !strings.HasSuffix(base, "+json") {
		return false
	}
	if !more {
		return true
	}
	_, parameters, err := mime.ParseMediaType(contentType)
	charset := parameters["charset"]
	return err != nil || charset == "" || strings.EqualFold(charset, "utf-8")
}

// response compiles one response of the document.
func (c *compiler) response(status string, described *openapi3.Response, steps *step) *response {
	r := &response{silent: len(described.Content) == 0, content: described.Content}
	if r.silent {
		return r
	}
	for _, name := range slices.Sorted(maps.Keys(described.Headers)) {
		if name == "Content-Type" {
			continue // described by the content
		}
		h := described.Headers[name].Value
		plain := plainHeader(h)
		if !plain {
			c.refuse(status+" header "+name, "more than a plain string")
		}
		r.headers = append(r.headers, header{name: http.CanonicalHeaderKey(name), plain: plain, required: h.Required})
	}
	for _, name := range slices.Sorted(maps.Keys(described.Content)) {
		m := &media{described: described.Content[name], id: judgements.Add(1) * golden}
		r.media = append(r.media, m)
		if m.described.Schema == nil {
			continue
		}
		m.root = c.node(m.described.Schema.Value, steps, status+" "+name+" ")
		if lower := strings.ToLower(name); lower == name && isJSON(name) && !strings.ContainsAny(name, "*,; ") {
			for _, parameter := range []string{"", "; charset=utf-8", ";charset=utf-8", "; charset=UTF-8", ";charset=UTF-8"} {
				// Only what the whole list resolves to this very type: another may be spelled out with its charset.
				if described.Content.Get(name+parameter) == m.described {
					m.spellings = append(m.spellings, name+parameter)
				}
			}
		}
	}
	return r
}

// plainHeader says whether all that is asked of a header is that it is a string, which it always is.
func plainHeader(h *openapi3.Header) bool {
	if h.Content != nil || h.Schema == nil || h.Schema.Value == nil {
		return false
	}
	schema := h.Schema.Value
	return schema.Type.Is(openapi3.TypeString) && slices.Equal(keywordsOf(schema), []string{"type"})
}
