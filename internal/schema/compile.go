// From a schema of the document to nodes. What is not known here is never guessed: it makes a node that refuses.

package schema

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"harness/internal/exact"
	"harness/specs"
)

// compiler makes the nodes of one operation.
type compiler struct {
	later    bool // the document is OpenAPI 3.1 or later, whose keywords mean other things
	nodes    map[place]*node
	keywords map[string]bool
	fallback []string
	misfit   error // the first path that leads nowhere
}

// place is a schema and the paths that lead through it: the same schema elsewhere is another node where other values
// are taken from it. A nil schema asks for nothing.
type place struct {
	schema *openapi3.Schema
	step   *step
}

func newCompiler(api *specs.API) *compiler {
	return &compiler{later: api.Doc.IsOpenAPI31OrLater(), nodes: map[place]*node{}, keywords: map[string]bool{}}
}

// refuse notes that something is not compiled.
func (c *compiler) refuse(where, keyword string) {
	c.fallback = append(c.fallback, strings.TrimSpace(where)+": "+keyword)
}

// annotations are fields of a schema that nobody judges an answer by. A discriminator only serves oneOf and anyOf.
var annotations = []string{
	"Extensions", "Origin", "Title", "Description", "Default", "Example", "ExternalDocs", "Deprecated",
	"ReadOnly", "AllowEmptyValue", "XML", "Discriminator",
}

// known are the keywords that node compiles.
var known = []string{
	"type", "nullable", "enum", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
	"minLength", "maxLength", "pattern", "items", "minItems", "maxItems", "uniqueItems",
	"properties", "required", "additionalProperties", "minProperties", "maxProperties", "writeOnly",
}

// keywordsOf lists the keywords that a schema uses, by their names in the document. It looks at the fields themselves,
// so that one which a later kin-openapi learns is not passed over.
func keywordsOf(schema *openapi3.Schema) []string {
	var used []string
	fields := reflect.ValueOf(schema).Elem()
	for i := range fields.NumField() {
		field := fields.Type().Field(i)
		if fields.Field(i).IsZero() || slices.Contains(annotations, field.Name) {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			name = field.Name
		}
		used = append(used, name)
	}
	return used
}

// node returns the node of a place, made at the first visit.
func (c *compiler) node(schema *openapi3.Schema, s *step, where string) *node {
	at := place{schema, s}
	if n := c.nodes[at]; n != nil {
		return n
	}
	n := &node{kinds: anything, free: true, most: unbounded, maximum: unbounded, longest: unbounded}
	n.strings = content{plain: true, longest: unbounded}
	n.numbers = digits{low: math.Inf(-1), high: math.Inf(1)}
	c.nodes[at] = n
	if s != nil {
		n.take, n.names, n.rows = s.take, s.names, s.rows
	}
	if schema == nil {
		n.items = c.node(nil, s.item(), where)
		c.members(n, nil, s, where)
		return n
	}
	n.free = false
	if !c.knows(schema, where) {
		n.kinds = 0 // nothing gets past a node that is not compiled
		return n
	}
	c.types(n, schema)
	c.number(n, schema)
	c.text(n, schema)
	c.enum(n, schema, where)
	n.least, n.most, n.unique = int(schema.MinItems), limit(schema.MaxItems), schema.UniqueItems
	if n.kinds&array != 0 {
		var items *openapi3.Schema
		if schema.Items != nil {
			items = schema.Items.Value
		}
		n.items = c.node(items, s.item(), where+"/*")
	}
	n.fewest, n.maximum = int(schema.MinProps), limit(schema.MaxProps)
	if bound, ok := specs.MaxNameLength(schema); ok {
		n.longest = bound.Limit
	}
	if n.kinds&object != 0 {
		c.members(n, schema, s, where)
	}
	c.fits(n, s)
	return n
}

// knows says whether every keyword of a schema is compiled, and notes each that is not.
func (c *compiler) knows(schema *openapi3.Schema, where string) bool {
	if c.later {
		c.refuse(where, "a schema of OpenAPI 3.1 or later")
		return false
	}
	ok := true
	lacks := func(keyword string) {
		ok = false
		c.refuse(where, keyword)
	}
	for _, keyword := range keywordsOf(schema) {
		switch {
		case !slices.Contains(known, keyword):
			lacks(keyword)
		case keyword == "type" && len(schema.Type.Slice()) != 1,
			keyword == "exclusiveMinimum" && schema.ExclusiveMin.Value != nil,
			keyword == "exclusiveMaximum" && schema.ExclusiveMax.Value != nil:
			lacks(keyword + " of a later OpenAPI")
		case keyword == "pattern" && !compilable(schema.Pattern):
			lacks(keyword)
		case keyword == "format" && !c.knowsFormat(schema):
			lacks("format " + schema.Format)
		default:
			c.keywords[keyword] = true
		}
	}
	return ok
}

// compilable says whether a pattern means the same to Go's regexp as it stands. kin-openapi rewrites \u escapes first.
func compilable(pattern string) bool {
	_, err := regexp.Compile(pattern)
	return err == nil && !strings.Contains(pattern, `\u`)
}

// knowsFormat says whether the format is compiled wherever it is judged. A format that nobody registered is a remark.
func (c *compiler) knowsFormat(schema *openapi3.Schema) bool {
	format := schema.Format
	if format == "binary" {
		return false // the body is no JSON then
	}
	if schema.Type.Is(openapi3.TypeInteger) {
		_, registered := openapi3.SchemaIntegerFormats[format]
		return !registered || format == "int32" || format == "int64"
	}
	_, registered := openapi3.SchemaNumberFormats[format]
	return !registered || !schema.Type.Permits(openapi3.TypeNumber)
}

// types sets the JSON types that a schema allows.
func (c *compiler) types(n *node, schema *openapi3.Schema) {
	n.kinds = 0
	for name, k := range map[string]kinds{
		openapi3.TypeBoolean: yes | no, openapi3.TypeNumber: number, openapi3.TypeInteger: number,
		openapi3.TypeString: text, openapi3.TypeArray: array, openapi3.TypeObject: object,
	} {
		if schema.Type.Permits(name) {
			n.kinds |= k
		}
	}
	if schema.PermitsNull() {
		n.kinds |= null
	}
}

func (c *compiler) number(n *node, schema *openapi3.Schema) {
	d := &n.numbers
	d.finite = !schema.IsEmpty() // kin-openapi looks at nothing below an empty schema
	if schema.Type.Is(openapi3.TypeInteger) {
		d.integer = true
		switch schema.Format {
		case "int32":
			d.greatest = math.MaxInt32
		case "int64":
			d.greatest = math.MaxInt64
		}
	}
	if schema.Min != nil {
		d.bounded, d.low = true, *schema.Min
		d.above = schema.ExclusiveMin.Bool != nil && *schema.ExclusiveMin.Bool
	}
	if schema.Max != nil {
		d.bounded, d.high = true, *schema.Max
		d.below = schema.ExclusiveMax.Bool != nil && *schema.ExclusiveMax.Bool
	}
}

func (c *compiler) text(n *node, schema *openapi3.Schema) {
	s := &n.strings
	s.shortest, s.longest = int(schema.MinLength), limit(schema.MaxLength)
	if schema.Pattern != "" {
		s.pattern = regexp.MustCompile(schema.Pattern) // knows has tried it
	}
	if schema.Format != "" {
		s.format = openapi3.SchemaStringFormats[schema.Format]
	}
	s.plain = s.shortest == 0 && schema.MaxLength == nil && s.pattern == nil && s.format == nil
}

// enum narrows a node to the values listed. Null is not among them: nullable alone allows it.
func (c *compiler) enum(n *node, schema *openapi3.Schema, where string) {
	if len(schema.Enum) == 0 {
		return
	}
	allowed := n.kinds & null
	for _, value := range schema.Enum {
		switch v := value.(type) {
		case nil:
		case bool:
			if v {
				allowed |= yes
			} else {
				allowed |= no
			}
		case string:
			allowed |= text
			n.strings.enum, n.strings.plain = append(n.strings.enum, v), false
		case float64:
			allowed |= number
			n.numbers.enum = append(n.numbers.enum, v)
		default:
			c.refuse(where, fmt.Sprintf("enum with %T", value))
		}
	}
	n.kinds &= allowed
}

// members lays out what is asked of an object's members.
func (c *compiler) members(n *node, schema *openapi3.Schema, s *step, where string) {
	described := map[string]*openapi3.Schema{} // by name; nil where nothing is asked of the member
	var required []string
	var other *openapi3.Schema
	closed := false
	if schema != nil {
		for name, ref := range schema.Properties {
			described[name] = ref.Value
		}
		for _, name := range schema.Required {
			if ref := schema.Properties[name]; ref == nil || !ref.Value.WriteOnly {
				required = append(required, name)
			}
		}
		if ref := schema.AdditionalProperties.Schema; ref != nil {
			other = ref.Value
		}
		closed = schema.AdditionalProperties.Has != nil && !*schema.AdditionalProperties.Has
	}
	if !closed {
		n.other = c.node(other, s.item(), where+"/*")
	}
	names := map[string]bool{}
	for name := range described {
		names[name] = true
	}
	for _, name := range required {
		names[name] = true
	}
	if s != nil {
		for name := range s.members {
			names[name] = true
		}
	}
	// Required ones come first, so that theirs are the bits if there are more names than bits.
	order := slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		if x, y := slices.Contains(required, a), slices.Contains(required, b); x != y {
			if x {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	var properties []property
	for i, name := range order {
		p := property{name: []byte(name)}
		if i < 64 {
			p.bit = 1 << i
		}
		if slices.Contains(required, name) {
			if p.bit == 0 {
				c.refuse(where, "more than 64 required members")
				n.kinds &^= object
			}
			n.required |= p.bit
		}
		below := where + exact.Pointer([]string{name})
		own, ok := described[name]
		switch {
		case ok && own.WriteOnly:
			p.node = c.unsent(own)
		case ok:
			p.node = c.node(own, s.member(name), below)
		case !closed:
			p.node = c.node(other, s.member(name), below)
		}
		properties = append(properties, p)
	}
	n.members = tabulate(properties)
}

// unsent is the node of a member that no answer may hold. Null is let through where null is allowed.
func (c *compiler) unsent(schema *openapi3.Schema) *node {
	c.keywords["writeOnly"] = true
	n := &node{}
	if schema.PermitsNull() && c.knows(schema, "") {
		n.kinds = null
	}
	return n
}

// fits notes a path that goes on where the schema has nothing below.
func (c *compiler) fits(n *node, s *step) {
	if s == nil || c.misfit != nil {
		return
	}
	if s.every != nil && n.kinds&(object|array) == 0 {
		c.misfit = fmt.Errorf("path %q goes on where the answer has nothing below", s.every.paths[0])
	}
	if (s.names > 0 || len(s.members) > 0) && n.kinds&object == 0 {
		c.misfit = fmt.Errorf("path %q names a member where the answer has no object", s.paths[0])
	}
	for _, p := range n.members {
		if next := s.members[string(p.name)]; next != nil && p.node == nil {
			c.misfit = fmt.Errorf("path %q: the answer has no member %q there", next.paths[0], p.name)
		}
	}
}

func limit(most *uint64) int {
	if most == nil || *most > math.MaxInt {
		return unbounded
	}
	return int(*most)
}
