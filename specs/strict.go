// The strict layer: what kin-openapi lets pass because it reads numbers as float64. An integer is written as one, and
// fits its format exactly; attribute names are no longer than the document says.

package specs

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"harness/internal/exact"
)

// maxNameLength is the extension that bounds the names of an open object's members, in code points.
const maxNameLength = "x-max-name-length"

func (c *check) strict(path []string, schema *openapi3.Schema, value exact.Value, outer string) {
	outer = bearer(schema.Extensions, outer)
	switch value.Kind {
	case exact.Number:
		if message := integerFlaw(schema, value.Text); message != "" {
			c.depart(outer, exact.Pointer(path), message)
		}
	case exact.Array:
		if !schema.Type.Is(openapi3.TypeArray) || schema.Items == nil {
			return
		}
		for i, item := range value.Items {
			c.strict(append(path, strconv.Itoa(i)), schema.Items.Value, item, outer)
		}
	case exact.Object:
		c.names(path, schema, value)
		if schema.Type.Is(openapi3.TypeArray) {
			return
		}
		for _, member := range value.Members {
			if next := child(schema, member.Name); next != nil {
				c.strict(append(path, member.Name), next, member.Value, outer)
			}
		}
	}
}

// integerFlaw says what is wrong with the digits of a number where the schema wants an integer, "" if nothing is.
func integerFlaw(schema *openapi3.Schema, digits string) string {
	if !schema.Type.Is(openapi3.TypeInteger) {
		return ""
	}
	if !exact.IsInteger(digits) {
		return fmt.Sprintf("%s is not written as an integer", digits)
	}
	bits := 0
	switch schema.Format {
	case "int32":
		bits = 32
	case "int64":
		bits = 64
	default:
		return ""
	}
	if _, err := strconv.ParseInt(digits, 10, bits); err != nil {
		return fmt.Sprintf("%s does not fit %d bits", digits, bits)
	}
	return ""
}

// NameBound is how long the names of an object's members may be, in code points, and the requirement that a longer one
// breaks: x-max-name-length: {limit: 64, requirement: ID}.
type NameBound struct {
	Limit       int    `json:"limit"`
	Requirement string `json:"requirement"`
}

// MaxNameLength reads the bound that a schema sets to the names of its members; ok is false where it sets none.
func MaxNameLength(schema *openapi3.Schema) (bound NameBound, ok bool) {
	return nameBound(schema.Extensions)
}

func nameBound(extensions map[string]any) (bound NameBound, ok bool) {
	ok = extensions[maxNameLength] != nil && decode(extensions, maxNameLength, &bound) == nil
	return bound, ok
}

// names holds member names against the bound of their object.
func (c *check) names(path []string, schema *openapi3.Schema, value exact.Value) {
	bound, ok := MaxNameLength(schema)
	if !ok {
		return
	}
	for _, member := range value.Members {
		if n := utf8.RuneCountInString(member.Name); n > bound.Limit {
			c.depart(bound.Requirement, exact.Pointer(path), fmt.Sprintf("member name %q has %d characters, at most %d are allowed", member.Name, n, bound.Limit))
		}
	}
}
