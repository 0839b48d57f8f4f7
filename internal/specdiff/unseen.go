// What OpenAPI says and oasdiff does not see: ranges of statuses, how a list is written, whether an object is open, and
// bounds too great for a double. With them, how long a member's name may be.

package specdiff

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"harness/specs"
)

// unseen compares what oasdiff leaves out.
func (c *comparing) unseen() {
	for _, p := range c.pairs {
		if p.old != nil && p.new != nil {
			c.statusRanges(p)
			c.serialisation(p)
		}
	}
	c.scalars()
}

// statusRanges compares the statuses that a document gives as a range, or as the rest.
func (c *comparing) statusRanges(p pair) {
	was, is := ranges(p.old), ranges(p.new)
	for _, name := range without(is, was) {
		level := Info
		if name == "2XX" {
			level = Warning // successes that callers do not know
		}
		c.add(level, "status-range-added", p, "/responses/"+name, "may answer %s now", quote(name))
	}
	for _, name := range without(was, is) {
		level := Info
		if name == "2XX" {
			level = Breaking
		}
		c.add(level, "status-range-removed", p, "/responses/"+name, "does not answer %s any more", quote(name))
	}
}

func ranges(op *specs.Operation) []string {
	var names []string
	for name := range op.Spec.Responses.Map() {
		if name == "default" || strings.HasSuffix(name, "XX") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// serialisation compares how lists and objects are written into a parameter. A caller that writes them the old way is
// not understood.
func (c *comparing) serialisation(p pair) {
	for _, is := range p.new.Parameters() {
		was := p.old.Parameter(is.Name)
		if was == nil || was.In != is.In || !composed(was) || !composed(is) {
			continue
		}
		before, err := was.SerializationMethod()
		if err != nil {
			continue // no way that OpenAPI knows, which Load refuses
		}
		after, err := is.SerializationMethod()
		if err != nil || *before == *after {
			continue
		}
		c.add(Breaking, "parameter-serialisation-changed", p, "parameter:"+is.Name+"/explode", "%s is written with style %s and explode %s now; it was written with %s and %s",
			quote(is.Name), quote(after.Style), quote(fmt.Sprint(after.Explode)), quote(before.Style), quote(fmt.Sprint(before.Explode)))
	}
}

func composed(p *openapi3.Parameter) bool {
	return p.Schema != nil && (p.Schema.Value.Type.Is(openapi3.TypeArray) || p.Schema.Value.Type.Is(openapi3.TypeObject))
}

// scalars compares scalars of both documents as they are written, pointer by pointer.
func (c *comparing) scalars() {
	const open = "/additionalProperties"
	for _, pointer := range slices.Sorted(maps.Keys(c.new.index.texts)) {
		schema, found := strings.CutSuffix(pointer, open)
		_, had := c.old.index.lines[schema]
		if found && had && c.new.index.texts[pointer] == "false" && c.old.index.texts[pointer] != "false" && !strings.Contains(pointer, "/example") {
			c.found = append(c.found, Change{Warning, "object-closed", fmt.Sprintf("%s holds no members beyond those listed now; it might", quote(schema)), []Site{{Place: c.first(pointer)}}})
		}
	}
	for _, pointer := range slices.Sorted(maps.Keys(c.old.index.texts)) {
		was := c.old.index.texts[pointer]
		is, kept := c.new.index.texts[pointer]
		switch {
		case strings.Contains(pointer, "/example"):
		case strings.HasSuffix(pointer, open) && was == "false" && is != "false":
			if schema := strings.TrimSuffix(pointer, open); c.new.index.lines[schema] > 0 {
				c.found = append(c.found, Change{Info, "object-opened", fmt.Sprintf("%s may hold members beyond those listed now", quote(schema)), []Site{{Place: c.first(pointer)}}})
			}
		case strings.HasSuffix(pointer, "/x-max-name-length/limit"):
			c.nameLength(pointer, was, is, kept)
		case kept && was != is && isBound(pointer):
			c.exactBound(pointer, was, is)
		}
	}
}

// nameLength compares how long the names of members may be in answers: shorter suits every caller, longer may not.
func (c *comparing) nameLength(pointer, was, is string, kept bool) {
	schema := strings.TrimSuffix(pointer, "/x-max-name-length/limit")
	change := Change{Rule: "name-length", Sites: []Site{{Place: c.first(pointer)}}}
	before, a := new(big.Int).SetString(was, 10)
	after, b := new(big.Int).SetString(is, 10)
	switch {
	case !kept:
		change.Level, change.Text = Warning, fmt.Sprintf("names of members of %s may have any length now; the limit was %s", quote(schema), was)
	case was == is || !a || !b:
		return
	case after.Cmp(before) > 0:
		change.Level, change.Text = Warning, fmt.Sprintf("names of members of %s may have %s characters now; the limit was %s", quote(schema), is, was)
	default:
		change.Level, change.Text = Info, fmt.Sprintf("names of members of %s have at most %s characters now; the limit was %s", quote(schema), is, was)
	}
	c.found = append(c.found, change)
}

func isBound(pointer string) bool {
	return strings.HasSuffix(pointer, "/minimum") || strings.HasSuffix(pointer, "/maximum")
}

// exactBound tells a bound that moved by less than a double can tell, which is how oasdiff reads numbers. Bounds of
// that size are those of 64-bit keys, which callers both send and receive, so that either direction breaks one of the
// two.
func (c *comparing) exactBound(pointer, was, is string) {
	before, a := new(big.Float).SetPrec(256).SetString(was)
	after, b := new(big.Float).SetPrec(256).SetString(is)
	if !a || !b || before.Cmp(after) == 0 {
		return
	}
	x, _ := before.Float64()
	y, _ := after.Float64()
	if x != y {
		return // oasdiff sees it
	}
	c.found = append(c.found, Change{Breaking, "exact-bound-changed",
		fmt.Sprintf("the bound %s is %s now; it was %s", quote(pointer), quote(is), quote(was)), []Site{{Place: c.first(pointer)}}})
}

// first is where a pointer stands: in the new document, else in the old one.
func (c *comparing) first(pointer string) Place {
	if place, ok := c.new.at(pointer); ok {
		return place
	}
	place, _ := c.old.at(pointer)
	return place
}
