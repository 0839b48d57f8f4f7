// Numbers, never by way of a float where they are integers.

package schema

import (
	"strconv"
	"unsafe"

	"github.com/zeebo/xxh3"
)

const (
	// exactDigits is how many decimal digits always fit an unsigned 64-bit integer.
	exactDigits = 19
	// finiteDigits is how long a number without exponent may be and surely be finite as a double.
	finiteDigits = 300
)

// number reads the number at i and returns the index after it, or bad.
func (r *Reading) number(n *node, i int) int {
	if n.kinds&number == 0 {
		return bad
	}
	b, start := r.body, i
	negative := b[i] == '-'
	if negative {
		i++
	}
	first := i
	var magnitude uint64 // wrong beyond exactDigits
	for i < len(b) && b[i]-'0' <= 9 {
		magnitude = magnitude*10 + uint64(b[i]-'0')
		i++
	}
	count := i - first
	if count == 0 || b[first] == '0' && count > 1 {
		return bad
	}
	whole, power := true, false
	if i < len(b) && (b[i] == '.' || b[i]|0x20 == 'e') {
		whole = false
		if i, power = fraction(b, i); i < 0 {
			return bad
		}
	}
	fits := whole && count <= exactDigits
	if !n.free && !n.numbers.holds(b[start:i], magnitude, negative, whole, fits, power) {
		return bad
	}
	if r.hashing > 0 {
		r.sum = mix(uint64(number), xxh3.Hash(b[start:i]))
	}
	if n.take > 0 {
		v := Value{Text: b[start:i]}
		switch {
		case !fits:
		case negative && magnitude <= 1<<63:
			v.Int, v.Integer = int64(-magnitude), true
		case !negative && magnitude < 1<<63:
			v.Int, v.Integer = int64(magnitude), true
		}
		r.keep(n.take, v)
	}
	return i
}

// fraction passes over what follows the digits of an integer, from the point or the e on, and says whether there is an
// exponent.
func fraction(b []byte, i int) (end int, power bool) {
	if b[i] == '.' {
		after := run(b, i+1)
		if after == i+1 {
			return bad, false
		}
		i = after
	}
	if i >= len(b) || b[i]|0x20 != 'e' {
		return i, false
	}
	i++
	if i < len(b) && (b[i] == '+' || b[i] == '-') {
		i++
	}
	after := run(b, i)
	if after == i {
		return bad, true
	}
	return after, true
}

// run passes over digits.
func run(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

// holds says whether a number is one that is asked for. Fits says that the magnitude is that of the digits.
func (d *digits) holds(digits []byte, magnitude uint64, negative, whole, fits, power bool) bool {
	if d.integer {
		if !whole {
			return false
		}
		if d.greatest != 0 {
			greatest := d.greatest
			if negative {
				greatest++
			}
			if !fits || magnitude > greatest {
				return false
			}
		}
	}
	if !d.bounded && d.enum == nil && (!d.finite || fits || !power && len(digits) <= finiteDigits) {
		return true
	}
	var value float64
	if fits {
		if value = float64(magnitude); negative {
			value = -value
		}
	} else {
		var err error
		// The digits are lent for the length of the call.
		if value, err = strconv.ParseFloat(unsafe.String(unsafe.SliceData(digits), len(digits)), 64); err != nil {
			return false
		}
	}
	return d.allows(value)
}
