// What is asked of one value: a schema, laid out for the pass.

package schema

import (
	"bytes"
	"math"
	"math/bits"
	"regexp"
	"unicode/utf8"
	"unsafe"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/zeebo/xxh3"
)

// kinds is a set of JSON types, with the two booleans apart so that an enum of one of them is a set like any other.
type kinds uint8

const (
	null kinds = 1 << iota
	yes
	no
	number
	text
	array
	object
	anything = null | yes | no | number | text | array | object
)

// node is what is asked of one value, and what is taken from it. One that asks for nothing is free: below it only JSON
// itself is asked for. Nodes refer to each other, in circles where schemas do.
type node struct {
	kinds kinds
	free  bool

	numbers digits
	strings content
	items   *node // of an array
	least   int   // elements of an array
	most    int
	unique  bool

	members  []property // of an object: an open hash table, a power of two long, at most half full
	required uint64     // bits of the properties that must be there
	other    *node      // any further member, nil where none is allowed
	fewest   int        // members
	maximum  int
	longest  int // name, in code points

	take  int   // the column that takes this value, counted from 1; 0 is none
	names int   // the column that takes the names of the members, likewise
	rows  []int // columns whose rows are the elements or members of this value, counted from 0
}

// property is one place of an object's table; a nil name is an empty one. A nil node is a member that is not allowed.
type property struct {
	hash uint64
	name []byte
	bit  uint64 // in the set of members seen; 0 where the set is full
	node *node
}

// property looks a name up.
func (n *node) property(hash uint64, name []byte) *property {
	if len(n.members) == 0 {
		return nil
	}
	mask := len(n.members) - 1
	for at := int(hash) & mask; n.members[at].name != nil; at = (at + 1) & mask {
		if p := &n.members[at]; p.hash == hash && bytes.Equal(p.name, name) {
			return p
		}
	}
	return nil
}

// tabulate lays properties out by the hash of their names.
func tabulate(properties []property) []property {
	if len(properties) == 0 {
		return nil
	}
	table := make([]property, 1<<bits.Len(uint(2*len(properties)-1)))
	for _, p := range properties {
		p.hash = xxh3.Hash(p.name)
		at := int(p.hash) & (len(table) - 1)
		for table[at].name != nil {
			at = (at + 1) & (len(table) - 1)
		}
		table[at] = p
	}
	return table
}

// digits is what is asked of a number.
type digits struct {
	integer  bool   // written without fraction and exponent
	greatest uint64 // magnitude of an integer that its format holds, one more below zero; 0 is without bound
	finite   bool   // as a double
	bounded  bool   // the next four say something
	low      float64
	high     float64
	above    bool // low itself is out
	below    bool // high itself is out
	enum     []float64
}

// allows holds a number against the bounds and the enum, as the double that kin-openapi compares.
func (d *digits) allows(value float64) bool {
	if d.bounded && (value < d.low || value > d.high || d.above && value == d.low || d.below && value == d.high) {
		return false
	}
	if d.enum == nil {
		return true
	}
	for _, each := range d.enum {
		if each == value {
			return true
		}
	}
	return false
}

// content is what is asked of a string. Plain asks for nothing, so that its text need not be looked at.
type content struct {
	plain    bool
	shortest int // in code points
	longest  int
	pattern  *regexp.Regexp
	format   openapi3.StringFormatValidator
	enum     []string
}

// allows holds a decoded text against all of it.
func (c *content) allows(decoded []byte) bool {
	if len(decoded) < c.shortest || c.shortest > 1 && utf8.RuneCount(decoded) < c.shortest {
		return false
	}
	if len(decoded) > c.longest && utf8.RuneCount(decoded) > c.longest {
		return false
	}
	if c.pattern != nil && !c.pattern.Match(decoded) {
		return false
	}
	// The validators and comparisons below only read, so the text is lent to them rather than copied.
	lent := unsafe.String(unsafe.SliceData(decoded), len(decoded))
	if c.format != nil && c.format.Validate(lent) != nil {
		return false
	}
	if c.enum == nil {
		return true
	}
	for _, each := range c.enum {
		if each == lent {
			return true
		}
	}
	return false
}

// unbounded are the limits of a node that sets none.
const unbounded = math.MaxInt
