// What the requests of a run tried: how often each operation was asked, and on which side of each constraint that its
// document puts on a request.

package report

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"harness/internal/evidence"
	"harness/internal/verdict"
	"harness/specs"
)

// Coverage is how many requests an operation got, discovery and repeated tries included, how its cases came out, and
// what its requests tried. Constraints is empty when the document was not at hand.
type Coverage struct {
	API         string                  `json:"api"`
	Operation   string                  `json:"operation"`
	Requests    int                     `json:"requests"`
	Cases       map[evidence.Result]int `json:"cases"`
	Constraints []Constraint            `json:"constraints"`
}

// Constraint is what a document demands of one parameter or body, and how the requests stood to it. A side that the
// constraint does not have is nil; a side that no request was on is empty.
type Constraint struct {
	Name    string `json:"name"` // of the parameter; "body" for the body
	In      string `json:"in"`   // path, query, header, cookie or body
	Says    string `json:"says"` // in words: "1 to 100", "at most 100, each a 64-bit integer"
	LeftOut Tried  `json:"leftOut"`
	Inside  Tried  `json:"inside"`  // what the document allows, its bounds aside
	Least   Tried  `json:"least"`   // exactly the lower bound
	Most    Tried  `json:"most"`    // exactly the upper bound
	Outside Tried  `json:"outside"` // what the document does not allow
}

// Tried counts requests by how they were answered: a status, or "no answer".
type Tried map[string]int

// Total is the number of requests.
func (t Tried) Total() int {
	n := 0
	for _, of := range t {
		n += of
	}
	return n
}

// coverage has a row for every operation that a finding is about, in the order of the findings. The requests of a load
// run are counted in its ticks.
func coverage(run *evidence.Run, findings []verdict.Finding, documents []*specs.API) []Coverage {
	rows, at := []Coverage{}, map[[2]string]int{}
	rulers := map[[2]string]*ruler{}
	for _, f := range findings {
		key := [2]string{f.API, f.Operation}
		if _, ok := at[key]; !ok && f.Operation != "*" { // an objective of a whole scenario is about no operation
			at[key] = len(rows)
			rows = append(rows, Coverage{API: f.API, Operation: f.Operation, Cases: map[evidence.Result]int{}, Constraints: []Constraint{}})
			rulers[key] = newRuler(run.Header.Target.URLs[f.API], f, documents)
		}
	}
	for i := range run.Exchanges {
		e := &run.Exchanges[i]
		key := [2]string{e.API, e.Operation}
		if i, ok := at[key]; ok {
			if len(run.Loads) == 0 || !strings.HasPrefix(e.Case, "load ") {
				rows[i].Requests += max(e.Tries, 1)
			}
			rulers[key].measure(e)
		}
	}
	for i := range run.Ticks {
		for _, p := range run.Ticks[i].Operations {
			if i, ok := at[[2]string{p.API, p.Operation}]; ok {
				rows[i].Requests += int(p.Sent)
			}
		}
	}
	for _, o := range run.Outcomes {
		if i, ok := at[[2]string{o.API, o.Operation}]; ok {
			rows[i].Cases[o.Result]++
		}
	}
	for key, i := range at {
		rows[i].Constraints = append(rows[i].Constraints, rulers[key].constraints()...)
	}
	return rows
}

// ruler holds requests of one operation against the constraints of its document. Nil measures nothing.
type ruler struct {
	op    *specs.Operation
	base  string // what stands before the path of the operation in a URL
	rules []rule
}

// rule is one constraint with the way to tell on which side of it a request is.
type rule struct {
	Constraint
	schema *openapi3.Schema
	split  bool // the values of a list stand in one text, between commas
}

func newRuler(base string, f verdict.Finding, documents []*specs.API) *ruler {
	for _, api := range documents {
		op := api.Operation(f.Operation)
		if api.Name != f.API || op == nil {
			continue
		}
		r := &ruler{op: op, base: strings.TrimSuffix(base, "/") + api.BasePath}
		for _, p := range op.Parameters() {
			if p.Schema == nil || p.Schema.Value == nil {
				continue
			}
			_, selects := op.Selects[p.Name]
			r.add(p.Name, p.In, p.Schema.Value, !selects && p.In != openapi3.ParameterInPath, 0)
		}
		if body := op.Spec.RequestBody; body != nil && body.Value != nil {
			if media := body.Value.Content.Get("application/json"); media != nil && media.Schema != nil {
				most := 0
				if op.Batch != nil && op.Batch.Parameter == "" {
					most = op.Batch.Limit
				}
				r.add("body", "body", media.Schema.Value, true, most)
			}
		}
		return r
	}
	return nil
}

// add takes in a constraint; most is a greatest number of elements that the schema itself does not name, 0 for none.
func (r *ruler) add(name, in string, schema *openapi3.Schema, omissible bool, most int) {
	if most > 0 && schema.MaxItems == nil {
		limited, n := *schema, uint64(most)
		limited.MaxItems = &n
		schema = &limited
	}
	c := Constraint{Name: name, In: in, Says: says(schema), Inside: Tried{}}
	if omissible {
		c.LeftOut = Tried{}
	}
	low, high := bounds(schema)
	if low {
		c.Least = Tried{}
	}
	if high {
		c.Most = Tried{}
	}
	if refusable(schema) {
		c.Outside = Tried{}
	}
	r.rules = append(r.rules, rule{Constraint: c, schema: schema, split: in != "body" && schema.Type.Is(openapi3.TypeArray)})
}

func (r *ruler) constraints() []Constraint {
	if r == nil {
		return nil
	}
	all := make([]Constraint, len(r.rules))
	for i := range r.rules {
		all[i] = r.rules[i].Constraint
	}
	return all
}

// measure counts a request on its side of every constraint. A request by another method, or whose path is not the
// operation's, is about something else.
func (r *ruler) measure(e *evidence.Exchange) {
	if r == nil || e.Request.Method != r.op.Method {
		return
	}
	rest, ok := strings.CutPrefix(e.Request.URL, r.base)
	if !ok {
		return
	}
	path, query, _ := strings.Cut(rest, "?")
	in, ok := segments(r.op.Path, path)
	if !ok {
		return
	}
	asked := queryValues(query)
	answer := "no answer"
	if e.Response != nil {
		answer = strconv.Itoa(e.Response.Status)
	}
	for i := range r.rules {
		c := &r.rules[i]
		var text string
		given := false
		switch c.In {
		case openapi3.ParameterInPath:
			text, given = in[c.Name]
		case openapi3.ParameterInQuery:
			text, given = asked[c.Name]
		case openapi3.ParameterInHeader:
			for name, values := range e.Request.Header {
				if strings.EqualFold(name, c.Name) && len(values) > 0 {
					text, given = values[0], true
				}
			}
		case "body":
			text, given = e.Request.Body, e.Request.Body != ""
		}
		if side := c.side(text, given); side != nil {
			side[answer] += max(e.Tries, 1)
		}
	}
}

// side is where a value stands; nil where the constraint has no such side.
func (r *rule) side(text string, given bool) Tried {
	if !given {
		return r.LeftOut
	}
	switch stands(r.schema, text, r.split) {
	case outside:
		return r.Outside
	case least:
		return r.Least
	case most:
		return r.Most
	}
	return r.Inside
}

// The sides of a constraint.
const (
	inside = iota
	least
	most
	outside
)

// stands says on which side of a schema a value is: the text of a parameter, or a body. A list in a parameter is
// split at its commas.
func stands(s *openapi3.Schema, text string, split bool) int {
	switch {
	case len(s.Enum) > 0:
		if slices.ContainsFunc(s.Enum, func(allowed any) bool { return fmt.Sprint(allowed) == text }) {
			return inside
		}
		return outside
	case s.Type.Is(openapi3.TypeBoolean):
		if text == "true" || text == "false" {
			return inside
		}
		return outside
	case s.Type.Is(openapi3.TypeInteger):
		return standsInteger(s, text)
	case s.Type.Is(openapi3.TypeArray):
		items := strings.Split(text, ",")
		if !split {
			var ok bool
			if items, ok = elements(text); !ok {
				return outside
			}
		}
		return standsList(s, items)
	case s.Type.Is(openapi3.TypeObject):
		var object map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &object) != nil || object == nil {
			return outside
		}
		return inside
	case s.Type.Is(openapi3.TypeString):
		n := uint64(utf8.RuneCountInString(text))
		switch {
		case n < s.MinLength || s.MaxLength != nil && n > *s.MaxLength:
			return outside
		case s.MinLength > 0 && n == s.MinLength:
			return least
		case s.MaxLength != nil && n == *s.MaxLength:
			return most
		}
	}
	return inside
}

// elements are those of a JSON array: texts without their quotes, everything else as it is written.
func elements(text string) ([]string, bool) {
	var raw []json.RawMessage
	if json.Unmarshal([]byte(text), &raw) != nil || raw == nil {
		return nil, false
	}
	items := make([]string, len(raw))
	for i := range raw {
		if json.Unmarshal(raw[i], &items[i]) != nil {
			items[i] = string(raw[i])
		}
	}
	return items, true
}

func standsList(s *openapi3.Schema, items []string) int {
	n := uint64(len(items))
	if n < s.MinItems || s.MaxItems != nil && n > *s.MaxItems {
		return outside
	}
	if s.Items != nil && s.Items.Value != nil {
		for _, item := range items {
			if stands(s.Items.Value, item, false) == outside {
				return outside
			}
		}
	}
	switch {
	case s.MinItems > 0 && n == s.MinItems:
		return least
	case s.MaxItems != nil && n == *s.MaxItems:
		return most
	}
	return inside
}

// standsInteger reads a number exactly, whatever its size: many keys lie beyond what a double holds.
func standsInteger(s *openapi3.Schema, text string) int {
	n, ok := new(big.Int).SetString(text, 10)
	if !ok || strings.HasPrefix(text, "+") {
		return outside
	}
	low, high := lower(s), upper(s)
	switch {
	case low != nil && n.Cmp(low) < 0 || high != nil && n.Cmp(high) > 0:
		return outside
	case low != nil && n.Cmp(low) == 0:
		return least
	case high != nil && n.Cmp(high) == 0:
		return most
	}
	return inside
}

// lower and upper are the bounds of a whole number, those of its format where the schema sets none or a wider one.
func lower(s *openapi3.Schema) *big.Int {
	bound := whole(s.Min, math.Ceil)
	if low, _, ok := format(s); ok && (bound == nil || bound.Cmp(low) < 0) {
		bound = low
	}
	return bound
}

func upper(s *openapi3.Schema) *big.Int {
	bound := whole(s.Max, math.Floor)
	if _, high, ok := format(s); ok && (bound == nil || bound.Cmp(high) > 0) {
		bound = high
	}
	return bound
}

func whole(bound *float64, round func(float64) float64) *big.Int {
	if bound == nil {
		return nil
	}
	n, _ := big.NewFloat(round(*bound)).Int(nil)
	return n
}

func format(s *openapi3.Schema) (low, high *big.Int, ok bool) {
	switch s.Format {
	case "int32":
		return big.NewInt(math.MinInt32), big.NewInt(math.MaxInt32), true
	case "int64":
		return big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64), true
	}
	return nil, nil, false
}

// bounds says whether a schema has a lower and an upper bound that a value can stand on.
func bounds(s *openapi3.Schema) (low, high bool) {
	switch {
	case len(s.Enum) > 0:
		return false, false
	case s.Type.Is(openapi3.TypeInteger):
		return lower(s) != nil, upper(s) != nil
	case s.Type.Is(openapi3.TypeArray):
		return s.MinItems > 0, s.MaxItems != nil
	case s.Type.Is(openapi3.TypeString):
		return s.MinLength > 0, s.MaxLength != nil
	}
	return false, false
}

// refusable says whether there is a value that a schema does not allow, as far as stands can tell.
func refusable(s *openapi3.Schema) bool {
	low, high := bounds(s)
	bounded := low || high
	if s.Type.Is(openapi3.TypeString) && len(s.Enum) == 0 {
		return bounded
	}
	if s.Type.Is(openapi3.TypeArray) && !bounded {
		return s.Items != nil && s.Items.Value != nil && refusable(s.Items.Value)
	}
	return s.Type != nil || len(s.Enum) > 0
}

// says puts a schema into words.
func says(s *openapi3.Schema) string {
	text := "any"
	switch {
	case len(s.Enum) > 0:
		var values []string
		for _, value := range s.Enum {
			values = append(values, fmt.Sprint(value))
		}
		text = "one of " + strings.Join(values, ", ")
	case s.Type.Is(openapi3.TypeBoolean):
		text = "true or false"
	case s.Type.Is(openapi3.TypeInteger):
		text = saysInteger(s)
	case s.Type.Is(openapi3.TypeArray):
		text = saysList(s)
	case s.Type.Is(openapi3.TypeObject):
		text = "an object"
	case s.Type.Is(openapi3.TypeString):
		text = "a text"
		if s.MinLength > 0 || s.MaxLength != nil {
			text += " of " + extent(s.MinLength, s.MaxLength, "character")
		}
	}
	if s.Default != nil {
		text += fmt.Sprintf("; %v without it", s.Default)
	}
	return text
}

func saysInteger(s *openapi3.Schema) string {
	switch {
	case s.Min != nil && s.Max != nil:
		return fmt.Sprintf("%s to %s", lower(s), upper(s))
	case s.Min != nil:
		return fmt.Sprintf("%s or more", lower(s))
	case s.Max != nil:
		return fmt.Sprintf("%s or less", upper(s))
	}
	switch s.Format {
	case "int32", "int64":
		return "a " + strings.TrimPrefix(s.Format, "int") + "-bit integer"
	}
	return "an integer"
}

func saysList(s *openapi3.Schema) string {
	text := "a list"
	if s.MinItems > 0 || s.MaxItems != nil {
		text = extent(s.MinItems, s.MaxItems, "element")
	}
	if s.Items != nil && s.Items.Value != nil {
		text += ", each " + says(s.Items.Value)
	}
	return text
}

func extent(least uint64, most *uint64, what string) string {
	switch {
	case most == nil:
		return fmt.Sprintf("%d or more %ss", least, what)
	case least == 0:
		return fmt.Sprintf("at most %d %ss", *most, what)
	}
	return fmt.Sprintf("%d to %d %ss", least, *most, what)
}

// segments reads the parameters out of a path; ok is false when it has another shape than its template.
func segments(template, path string) (map[string]string, bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	values := map[string]string{}
	for i := range want {
		if name, ok := strings.CutPrefix(want[i], "{"); ok {
			values[strings.TrimSuffix(name, "}")] = unescape(got[i], url.PathUnescape)
		} else if want[i] != got[i] {
			return nil, false
		}
	}
	return values, true
}

// queryValues are the parameters of a query, of a repeated one the first. What is no proper escape stands as it is:
// cases send such things on purpose.
func queryValues(query string) map[string]string {
	values := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name = unescape(name, url.QueryUnescape); name == "" {
			continue
		}
		if _, repeated := values[name]; !repeated {
			values[name] = unescape(value, url.QueryUnescape)
		}
	}
	return values
}

func unescape(text string, by func(string) (string, error)) string {
	if plain, err := by(text); err == nil {
		return plain
	}
	return text
}
