// The shape of an operation's answers: which members they have and which values, out of their bodies and their schema.

package history

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/tidwall/gjson"

	"harness/internal/exact"
)

const (
	fewValues = 12  // a member that takes more is no choice among values
	recurring = 5   // a text that is chosen rather than written comes back: so often on average, in bodies that differ
	deepest   = 10  // members below are not told
	crowded   = 100 // undocumented members of one place; the names of more are data
	nested    = 2   // how often a schema may stand in itself: a licence definition comprises licence definitions
)

// shape is one place of the answers, the root being the body itself.
type shape struct {
	pointer    string
	depth      int
	within     map[*openapi3.Schema]int // how often each schema stands around this place, itself included
	schemas    []*openapi3.Schema       // what the document says of it; empty where it says nothing
	documented bool
	choices    []string // the values that the document lists, if it does
	items      *shape   // elements of a list, and values of members whose names are data
	members    map[string]*shape

	count  int // answers that showed it
	last   int // the last answer that did
	met    int // how often it was there, in bodies that differ
	values map[string]*tally
	many   bool               // it takes more values than are told
	known  map[string]touched // of the root: what each body touches, because most bodies come more than once
}

type tally struct{ count, last int }

// touched is what one body touches.
type touched struct {
	shapes []*shape
	values []*tally
}

func newShape(responses []*openapi3.Response) *shape {
	root := &shape{known: map[string]touched{}, within: map[*openapi3.Schema]int{}}
	for _, r := range responses {
		for _, media := range r.Content {
			if media.Schema != nil {
				root.schemas = append(root.schemas, parts(media.Schema.Value)...)
			}
		}
	}
	root.enter()
	root.expand()
	return root
}

// parts are a schema and those that it is made of.
func parts(s *openapi3.Schema) []*openapi3.Schema {
	all := []*openapi3.Schema{s}
	for _, refs := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		for _, ref := range refs {
			all = append(all, parts(ref.Value)...)
		}
	}
	return all
}

func (s *shape) enter() {
	s.within = maps.Clone(s.within)
	for _, schema := range s.schemas {
		s.within[schema]++
		for _, value := range schema.Enum {
			s.choices = append(s.choices, fmt.Sprint(value))
		}
		if len(schema.Enum) == 0 && schema.Type.Is(openapi3.TypeBoolean) {
			s.choices = append(s.choices, "false", "true")
		}
	}
}

// bottom says whether nothing below a place is told.
func (s *shape) bottom() bool {
	return s.depth >= deepest || slices.ContainsFunc(s.schemas, func(schema *openapi3.Schema) bool { return s.within[schema] > nested })
}

// expand lays out everything that the document says below a place.
func (s *shape) expand() {
	if s.bottom() {
		return
	}
	for _, schema := range s.schemas {
		for name := range schema.Properties {
			s.member(name)
		}
		if schema.Items != nil || schema.AdditionalProperties.Schema != nil {
			s.element()
		}
	}
}

// member is the place of a member.
func (s *shape) member(name string) *shape {
	if next, ok := s.members[name]; ok {
		return next
	}
	var schemas []*openapi3.Schema
	for _, schema := range s.schemas {
		if property, ok := schema.Properties[name]; ok {
			schemas = append(schemas, parts(property.Value)...)
		}
	}
	if len(schemas) == 0 && (s.named() || len(s.members) >= crowded || data.MatchString(name)) {
		return s.element()
	}
	next := s.below(exact.Pointer([]string{name}), schemas)
	if s.members == nil {
		s.members = map[string]*shape{}
	}
	s.members[name] = next
	return next
}

// named says whether the document gives a schema to members whatever they are called: then their names are data.
func (s *shape) named() bool {
	return slices.ContainsFunc(s.schemas, func(schema *openapi3.Schema) bool { return schema.AdditionalProperties.Schema != nil })
}

// data are names that are keys of something: numbers and UUIDs.
var data = regexp.MustCompile(`^([0-9]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27})$`)

func (s *shape) element() *shape {
	if s.items == nil {
		var schemas []*openapi3.Schema
		for _, schema := range s.schemas {
			if schema.Items != nil {
				schemas = append(schemas, parts(schema.Items.Value)...)
			}
			if additional := schema.AdditionalProperties.Schema; additional != nil {
				schemas = append(schemas, parts(additional.Value)...)
			}
		}
		s.items = s.below("/*", schemas)
	}
	return s.items
}

func (s *shape) below(token string, schemas []*openapi3.Schema) *shape {
	next := &shape{pointer: s.pointer + token, depth: s.depth + 1, within: s.within, schemas: schemas, documented: len(schemas) > 0}
	next.enter()
	next.expand()
	return next
}

// answer takes a body in; n tells the answers apart.
func (s *shape) answer(n int, body string) {
	p, known := s.known[body]
	if !known && gjson.Valid(body) {
		p = touched{}
		s.walk(gjson.Parse(body), &p)
	}
	s.known[body] = p
	for _, place := range p.shapes {
		if place.last != n {
			place.count, place.last = place.count+1, n
		}
	}
	for _, value := range p.values {
		if value.last != n {
			value.count, value.last = value.count+1, n
		}
	}
}

// walk notes what a value touches.
func (s *shape) walk(v gjson.Result, p *touched) {
	if !slices.Contains(p.shapes, s) {
		p.shapes = append(p.shapes, s)
	}
	s.met++
	s.value(v, p)
	if s.bottom() {
		return
	}
	v.ForEach(func(name, value gjson.Result) bool {
		switch {
		case v.IsArray():
			s.element().walk(value, p)
		case v.IsObject():
			s.member(name.String()).walk(value, p)
		}
		return true
	})
}

// A text may be a choice among values when it is one word; what holds spaces, is long, or counts was written for one
// item.
var (
	word     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.:/+-]{0,39}$`)
	counting = regexp.MustCompile(`[0-9]{3}`)
)

func (s *shape) value(v gjson.Result, p *touched) {
	if s.many || v.Type == gjson.JSON {
		return
	}
	text := v.Raw
	switch {
	case len(s.choices) > 0:
		if v.Type == gjson.String {
			text = v.Str
		}
	case v.Type == gjson.True, v.Type == gjson.False:
	case v.Type == gjson.String && word.MatchString(v.Str) && !counting.MatchString(v.Str):
		text = v.Str
	case v.Type == gjson.String:
		s.many = true
		return
	default:
		return
	}
	if s.values[text] == nil {
		if len(s.values) >= fewValues+len(s.choices) {
			s.many = true
		}
		if s.many {
			return
		}
		if s.values == nil {
			s.values = map[string]*tally{}
		}
		s.values[text] = &tally{}
	}
	if value := s.values[text]; !slices.Contains(p.values, value) {
		p.values = append(p.values, value)
	}
}

// seen lists the members below the body and the values of those that take few, sorted.
func (s *shape) seen() ([]Seen, []Value) {
	members, values := []Seen{}, []Value{}
	s.tell(&members, &values)
	slices.SortStableFunc(values, func(a, b Value) int {
		if a.Member != b.Member {
			return strings.Compare(a.Member, b.Member)
		}
		return strings.Compare(a.Value, b.Value)
	})
	return sorted(members), values
}

func (s *shape) tell(members *[]Seen, values *[]Value) {
	// Of what the document lays out below a place that was never seen, the place itself says enough.
	if s.pointer != "" {
		if !strings.HasSuffix(s.pointer, "/*") {
			*members = append(*members, Seen{Name: s.pointer, Documented: s.documented, Count: s.count})
		}
		if s.count == 0 {
			return
		}
		s.tellValues(values)
	}
	if s.items != nil {
		s.items.tell(members, values)
	}
	for _, name := range slices.Sorted(maps.Keys(s.members)) {
		s.members[name].tell(members, values)
	}
}

func (s *shape) tellValues(values *[]Value) {
	if s.many || len(s.choices) == 0 && s.met < recurring*len(s.values) {
		return
	}
	for text, value := range s.values {
		*values = append(*values, Value{Member: s.pointer, Value: text, Documented: slices.Contains(s.choices, text), Count: value.count})
	}
	for _, text := range s.choices {
		if s.values[text] == nil {
			*values = append(*values, Value{Member: s.pointer, Value: text, Documented: true})
		}
	}
}
