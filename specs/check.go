// Is an answer one that the document allows? kin-openapi judges the schemas; strict.go what it lets pass.

package specs

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"

	"harness/internal/exact"
)

// Answer is what came back for a request: plain values, the body whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Departure is one way in which an answer is not what the document allows. Requirement is the promise that it
// breaks: the one named by the nearest schema or response, else the operation's implied one. Pointer is the first
// place in the body, "" for the answer as a whole; Count how many places depart alike.
type Departure struct {
	Requirement string `json:"requirement"`
	Pointer     string `json:"pointer,omitempty"`
	Message     string `json:"message"`
	Count       int    `json:"count,omitempty"`
}

func (d Departure) String() string {
	text := d.Message
	if d.Pointer != "" {
		text = d.Pointer + ": " + text
	}
	if d.Count > 1 {
		text += fmt.Sprintf(" (and %d more places)", d.Count-1)
	}
	return text
}

// Implied is the id of the requirement that every operation has: each of its answers is one the document allows.
func Implied(op *Operation) string { return Prefix[op.API] + "-DOC-" + op.ID }

// extension names the catalogue row that a schema or response bears.
const extension = "x-requirement"

// Check holds an answer against the document and returns how it departs, nil when it is allowed, and the body as it
// was read on the way: Absent where the document says nothing of it, or it is no JSON. The body is read once exactly
// and once by kin-openapi; what both say of one place is told once.
func (op *Operation) Check(a Answer) (exact.Value, []Departure) {
	var value exact.Value
	departures := op.CheckRead(a, func() (exact.Value, []exact.Flaw) {
		var flaws []exact.Flaw
		value, flaws = exact.Read(a.Body)
		return value, flaws
	})
	return value, departures
}

// CheckRead is Check for a caller who reads bodies itself, perhaps once for many operations. read is called once at
// most, and only where the document says something of the body.
func (op *Operation) CheckRead(a Answer, read func() (exact.Value, []exact.Flaw)) []Departure {
	response := op.response(a.Status)
	if response == nil {
		return []Departure{{Requirement: Implied(op), Count: 1, Message: fmt.Sprintf("status %d is none of those in the document: %s", a.Status, strings.Join(op.Statuses(), " "))}}
	}
	if len(response.Content) == 0 {
		return nil // the document says nothing of this body
	}
	c := check{op: op, bearer: bearer(response.Extensions, Implied(op))}
	media := response.Content.Get(a.Header.Get("Content-Type"))
	if media == nil {
		c.depart(c.bearer, "", fmt.Sprintf("Content-Type is %q, the document has %s", a.Header.Get("Content-Type"), strings.Join(mediaTypes(response), ", ")))
		return c.departures
	}
	if media.Schema == nil {
		return nil
	}
	schema := media.Schema.Value
	if a.Status >= 400 {
		c.bearer = bearer(schema.Extensions, c.bearer)
	}
	if charset := parameter(a.Header.Get("Content-Type"), "charset"); charset != "" && !strings.EqualFold(charset, "utf-8") {
		c.depart(c.bearer, "", fmt.Sprintf("charset is %q, JSON is exchanged as UTF-8 (RFC 8259)", charset))
	}
	value, flaws := read()
	for _, flaw := range flaws {
		c.depart(c.bearer, flaw.Pointer, flaw.Message)
		if flaw.Fatal {
			return c.departures
		}
	}
	c.strict(nil, schema, value, c.bearer)
	c.schemas(schema, a)
	return c.departures
}

// response finds what the document says of a status: the status itself, its range, or the default.
func (op *Operation) response(status int) *openapi3.Response {
	ref := op.Spec.Responses.Status(status)
	if ref == nil {
		ref = op.Spec.Responses.Default()
	}
	if ref == nil {
		return nil
	}
	return ref.Value
}

// Statuses lists the statuses, ranges and default of the document, sorted.
func (op *Operation) Statuses() []string {
	var statuses []string
	for status := range op.Spec.Responses.Map() {
		statuses = append(statuses, status)
	}
	slices.Sort(statuses)
	return statuses
}

type check struct {
	op         *Operation
	bearer     string // requirement of the answer as a whole
	departures []Departure
	seen       map[string]int   // place with indices blanked, and kind of departure → index into departures
	places     map[string][]int // requirement → indices into departures
}

// mostPlaces is how many places of an answer are told for one requirement; further ones are only counted.
const mostPlaces = 50

// depart notes a departure; alike ones at other indices of an array are counted, and the strict layer's word stands
// where kin-openapi has another for the same place.
func (c *check) depart(requirement, pointer, message string) {
	pointer, message = clip(pointer), clip(message)
	if c.seen == nil {
		c.seen, c.places = map[string]int{}, map[string][]int{}
	}
	place := requirement + " " + blankIndices(pointer)
	if i, ok := c.seen[place]; ok {
		if c.departures[i].Pointer != pointer {
			c.departures[i].Count++
		}
		return
	}
	if of := c.places[requirement]; len(of) >= mostPlaces {
		c.departures[of[len(of)-1]].Count++
		return
	}
	c.seen[place] = len(c.departures)
	c.places[requirement] = append(c.places[requirement], len(c.departures))
	c.departures = append(c.departures, Departure{Requirement: requirement, Pointer: pointer, Message: message, Count: 1})
}

// clip cuts what a departure quotes: names, numbers and texts may be as long as the body.
func clip(text string) string {
	const most = 1000 // bytes
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + fmt.Sprintf(" … (%d bytes in all)", len(text))
}

// blankIndices writes * for every array index of a pointer.
func blankIndices(pointer string) string {
	tokens := strings.Split(pointer, "/")
	for i, token := range tokens {
		if token != "" && strings.Trim(token, "0123456789") == "" {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}

// longBody is the size of a body, in bytes, from which on kin-openapi stops at the first thing that is wrong: each
// takes it half a kilobyte, and a body of a million wrong elements would cost as much as it likes.
const longBody = 1 << 20

// schemas lets kin-openapi judge the body and gives each of its errors to the requirement of its place.
func (c *check) schemas(schema *openapi3.Schema, a Answer) {
	options := &openapi3filter.Options{MultiError: len(a.Body) <= longBody, IncludeResponseStatus: true, SkipSettingDefaults: true}
	options.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string { return err.Reason })
	request, err := http.NewRequest(c.op.Method, "http://localhost/", nil)
	if err != nil {
		c.depart(Implied(c.op), "", err.Error())
		return
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, Route: c.op.route, Options: options},
		Status:                 a.Status,
		Header:                 a.Header,
		Body:                   io.NopCloser(bytes.NewReader(a.Body)),
		Options:                options,
	})
	if err != nil {
		c.kin(schema, err)
	}
}

// kin takes kin-openapi's errors apart, which nest lists in errors in lists.
func (c *check) kin(schema *openapi3.Schema, err error) {
	switch e := err.(type) {
	case openapi3.MultiError:
		for _, each := range e {
			c.kin(schema, each)
		}
	case *openapi3filter.ResponseError:
		if e.Err != nil {
			c.kin(schema, e.Err)
			return
		}
		c.depart(c.bearer, "", e.Reason)
	case *openapi3.SchemaError:
		if nested, ok := e.Origin.(openapi3.MultiError); ok {
			c.kin(schema, nested)
			return
		}
		path, message := e.JSONPointer(), e.Reason
		if e.SchemaField == "required" && len(path) > 0 {
			// kin-openapi points at the missing member; it is the object that lacks it.
			message = fmt.Sprintf("member %q is missing", path[len(path)-1])
			path = path[:len(path)-1]
		}
		c.depart(requirementAt(schema, path, c.bearer), exact.Pointer(path), message)
	default:
		c.depart(c.bearer, "", err.Error())
	}
}

// requirementAt walks a schema along a path in the body and returns the requirement of the innermost schema that
// names one.
func requirementAt(schema *openapi3.Schema, path []string, outer string) string {
	outer = bearer(schema.Extensions, outer)
	if len(path) == 0 {
		return outer
	}
	if next := child(schema, path[0]); next != nil {
		return requirementAt(next, path[1:], outer)
	}
	return outer
}

// child returns the schema of one element or member, nil where the schema is silent about it.
func child(schema *openapi3.Schema, token string) *openapi3.Schema {
	if schema.Type.Is(openapi3.TypeArray) {
		if schema.Items == nil {
			return nil
		}
		return schema.Items.Value
	}
	if property, ok := schema.Properties[token]; ok {
		return property.Value
	}
	for _, part := range schema.AllOf {
		if next := child(part.Value, token); next != nil {
			return next
		}
	}
	if additional := schema.AdditionalProperties.Schema; additional != nil {
		return additional.Value
	}
	return nil
}

func bearer(extensions map[string]any, outer string) string {
	if id, ok := extensions[extension].(string); ok {
		return id
	}
	return outer
}

func mediaTypes(r *openapi3.Response) []string {
	var types []string
	for name := range r.Content {
		types = append(types, name)
	}
	slices.Sort(types)
	return types
}

func parameter(contentType, name string) string {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return parameters[name]
}
