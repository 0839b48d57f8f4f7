// The pass: one value after another, each held against its node, and only forward.

package schema

import (
	"slices"
	"unicode/utf8"

	"github.com/zeebo/xxh3"

	"harness/internal/exact"
)

// Reading is the state of one pass, and what it took along. A worker keeps one and hands it to every Check, which then
// allocates nothing once it has grown; two workers never share one. The zero Reading is ready.
type Reading struct {
	// Columns are the values of the operation's paths, in their order, valid until the next Check. They are not to be
	// changed: a Memo may hand the same ones to others.
	Columns []Column
	// HandedOver counts the answers that Check went through, because they departed or because something was not compiled.
	HandedOver int

	own       []Column // what Columns is, unless a Memo lent others
	body      []byte
	depth     int
	row       int      // of the first * around here
	hashes    []uint64 // of the names in the objects around here, and of the elements in the arrays that want them unique
	hashing   int      // how many arrays around here want their elements unique
	sum       uint64   // hash of the value just read, where hashing
	gathering bool     // the body is known to be good
	scratch   []byte   // a text without its escapes
	kept      []byte   // such texts that were taken
}

const (
	bad = -1 // in place of the index where the pass goes on

	// deepest is how many levels are read: as many as Check reads.
	deepest = exact.MaxDepth

	// fewNames is up to how many hashes are compared each with each; more are sorted.
	fewNames = 64
)

// begin makes a reading ready for a body.
func (r *Reading) begin(o *Operation, body []byte) {
	r.body, r.depth, r.row, r.hashing, r.gathering = body, 0, 0, 0, false
	r.hashes, r.kept = r.hashes[:0], r.kept[:0]
	if cap(r.own) < o.columns {
		r.own = append(r.own[:cap(r.own)], make([]Column, o.columns-cap(r.own))...)
	}
	r.own = r.own[:o.columns]
	for i := range r.own {
		r.own[i].Values, r.own[i].Rows = r.own[i].Values[:0], 0
	}
	r.Columns = r.own
}

// whole reads the body as one value with nothing after it.
func (r *Reading) whole(n *node) bool {
	i := r.value(n, space(r.body, 0))
	return i >= 0 && space(r.body, i) == len(r.body)
}

// space skips white space.
func space(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// value reads the value at i and returns the index after it, or bad.
func (r *Reading) value(n *node, i int) int {
	b := r.body
	if i >= len(b) {
		return bad
	}
	start := i
	switch b[i] {
	case '"':
		return r.text(n, i)
	case '{':
		i = r.object(n, i)
	case '[':
		i = r.array(n, i)
	case 't':
		i = r.literal(n, i, "true", yes)
	case 'f':
		i = r.literal(n, i, "false", no)
	case 'n':
		i = r.literal(n, i, "null", null)
	default:
		return r.number(n, i)
	}
	if n.take > 0 && i >= 0 {
		r.keep(n.take, Value{Text: b[start:i]})
	}
	return i
}

// literal reads one of the three words.
func (r *Reading) literal(n *node, i int, word string, k kinds) int {
	end := i + len(word)
	if n.kinds&k == 0 || end > len(r.body) || string(r.body[i:end]) != word {
		return bad
	}
	r.sum = uint64(k)
	return end
}

// keep puts a value into its column.
func (r *Reading) keep(column int, v Value) {
	v.Row = r.row
	into := &r.own[column-1]
	into.Values = append(into.Values, v)
}

// end closes the array or object whose elements or members were the rows.
func (r *Reading) end(n *node, rows int) {
	r.row = 0
	for _, column := range n.rows {
		r.own[column].Rows += rows
	}
}

// enter goes one level down; false when that is too deep.
func (r *Reading) enter() bool {
	r.depth++
	return r.depth <= deepest
}

func (r *Reading) array(n *node, i int) int {
	if n.kinds&array == 0 || !r.enter() {
		return bad
	}
	b, item, base := r.body, n.items, len(r.hashes)
	sum := uint64(array)
	count := 0
	if n.unique {
		r.hashing++
	}
	i = space(b, i+1)
	if i < len(b) && b[i] == ']' {
		i++
	} else {
		for {
			if n.rows != nil {
				r.row = count
			}
			if i = r.value(item, i); i < 0 {
				return bad
			}
			count++
			if r.hashing > 0 {
				sum = mix(sum, r.sum)
				if n.unique {
					r.hashes = append(r.hashes, r.sum)
				}
			}
			if i >= len(b) || b[i] <= ' ' {
				if i = space(b, i); i >= len(b) {
					return bad
				}
			}
			if b[i] == ',' {
				i = space(b, i+1)
				continue
			}
			if b[i] == ']' {
				i++
				break
			}
			return bad
		}
	}
	r.depth--
	if n.unique {
		r.hashing--
		if !r.distinct(base) {
			return bad
		}
	}
	if count < n.least || count > n.most {
		return bad
	}
	if n.rows != nil {
		r.end(n, count)
	}
	r.sum = sum
	return i
}

func (r *Reading) object(n *node, i int) int {
	if n.kinds&object == 0 || !r.enter() {
		return bad
	}
	b, base := r.body, len(r.hashes)
	sum := uint64(object)
	count := 0
	var seen uint64
	i = space(b, i+1)
	if i < len(b) && b[i] == '}' {
		i++
	} else {
		for {
			if i >= len(b) || b[i] != '"' {
				return bad
			}
			end, escaped := quoted(b, i+1)
			if end < 0 {
				return bad
			}
			name := b[i+1 : end]
			if escaped {
				r.scratch = unescape(r.scratch[:0], name)
				name = r.scratch
			}
			if len(name) > n.longest && utf8.RuneCount(name) > n.longest {
				return bad
			}
			hash := xxh3.Hash(name)
			next := n.other
			p := n.property(hash, name)
			if p != nil {
				if seen&p.bit != 0 && !r.gathering {
					return bad
				}
				seen |= p.bit
				next = p.node
			}
			if p == nil || p.bit == 0 {
				r.hashes = append(r.hashes, hash)
			}
			if next == nil {
				return bad
			}
			if n.rows != nil {
				r.row = count
			}
			if n.names > 0 {
				r.keep(n.names, Value{Text: r.lasting(name, escaped)})
			}
			count++
			i = end + 1
			if i < len(b) && b[i] <= ' ' {
				i = space(b, i)
			}
			if i >= len(b) || b[i] != ':' {
				return bad
			}
			if i = r.value(next, space(b, i+1)); i < 0 {
				return bad
			}
			if r.hashing > 0 {
				sum += mix(hash, r.sum) // a sum, for members have no order
			}
			if i >= len(b) || b[i] <= ' ' {
				if i = space(b, i); i >= len(b) {
					return bad
				}
			}
			if b[i] == ',' {
				i = space(b, i+1)
				continue
			}
			if b[i] == '}' {
				i++
				break
			}
			return bad
		}
	}
	r.depth--
	if seen&n.required != n.required || count < n.fewest || count > n.maximum || !r.distinct(base) {
		return bad
	}
	if n.rows != nil {
		r.end(n, count)
	}
	r.sum = mix(uint64(object), sum)
	return i
}

// distinct says whether the hashes from base on differ, and drops them. Where two agree the names or elements behind
// them are the same, or Check will find that they are not.
func (r *Reading) distinct(base int) bool {
	own := r.hashes[base:]
	r.hashes = r.hashes[:base]
	if r.gathering {
		return true
	}
	if len(own) > fewNames {
		slices.Sort(own)
		for i := 1; i < len(own); i++ {
			if own[i] == own[i-1] {
				return false
			}
		}
		return true
	}
	for i := 1; i < len(own); i++ {
		if slices.Contains(own[:i], own[i]) {
			return false
		}
	}
	return true
}

// lasting is a decoded text that outlives the scratch.
func (r *Reading) lasting(decoded []byte, escaped bool) []byte {
	if !escaped {
		return decoded
	}
	from := len(r.kept)
	r.kept = append(r.kept, decoded...)
	return r.kept[from:len(r.kept):len(r.kept)]
}
