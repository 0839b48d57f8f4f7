// Strings: where they end, what they say without their escapes, and hashes of them.

package schema

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// text reads the string at i and returns the index after it, or bad.
func (r *Reading) text(n *node, i int) int {
	if n.kinds&text == 0 {
		return bad
	}
	end, escaped := quoted(r.body, i+1)
	if end < 0 {
		return bad
	}
	if n.strings.plain && n.take == 0 && r.hashing == 0 {
		return end + 1
	}
	decoded := r.body[i+1 : end]
	if escaped {
		r.scratch = unescape(r.scratch[:0], decoded)
		decoded = r.scratch
	}
	if !n.strings.plain && !n.strings.allows(decoded) {
		return bad
	}
	if r.hashing > 0 {
		r.sum = mix(uint64(text), xxh3.Hash(decoded))
	}
	if n.take > 0 {
		r.keep(n.take, Value{Text: r.lasting(decoded, escaped)})
	}
	return end + 1
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// quoted finds the quote that ends the text from i on, bad if there is none or something before it may not stand in a
// string. Eight bytes are looked at together: in each of the three differences below the lowest bit set is in the
// lowest byte that is a quote, a backslash, or less than a space; bits above it may be borrowed.
func quoted(b []byte, i int) (end int, escaped bool) {
	for {
		for i+8 <= len(b) {
			x := binary.LittleEndian.Uint64(b[i:])
			quote, slash := x^(ones*'"'), x^(ones*'\\')
			hits := ((quote-ones)&^quote | (slash-ones)&^slash | (x-ones*' ')&^x) & highs
			if hits != 0 {
				i += bits.TrailingZeros64(hits) >> 3
				break
			}
			i += 8
		}
		for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
			i++
		}
		if i >= len(b) || b[i] < ' ' {
			return bad, escaped
		}
		if b[i] == '"' {
			return i, escaped
		}
		if i = escape(b, i); i < 0 {
			return bad, true
		}
		escaped = true
	}
}

// escape passes over the escape at i.
func escape(b []byte, i int) int {
	if i+1 >= len(b) {
		return bad
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if i+6 <= len(b) && hex4(b[i+2:]) >= 0 {
			return i + 6
		}
	}
	return bad
}

// hex4 reads four hexadecimal digits, -1 if they are none.
func hex4(b []byte) rune {
	var value rune
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		value = value<<4 | rune(c)
	}
	return value
}

// unescape appends the text that the inside of a string stands for. Its escapes are known to be good. Half a surrogate
// pair becomes U+FFFD, as in encoding/json, by which Check reads.
func unescape(into, inside []byte) []byte {
	for i := 0; i < len(inside); {
		c := inside[i]
		if c != '\\' {
			into = append(into, c)
			i++
			continue
		}
		switch c = inside[i+1]; c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			code := hex4(inside[i+2:])
			i += 6
			if utf16.IsSurrogate(code) {
				second := rune(-1)
				if i+6 <= len(inside) && inside[i] == '\\' && inside[i+1] == 'u' {
					second = hex4(inside[i+2:])
				}
				if code = utf16.DecodeRune(code, second); code != utf8.RuneError {
					i += 6
				}
			}
			into = utf8.AppendRune(into, code)
			continue
		}
		into = append(into, c)
		i += 2
	}
	return into
}

// mix makes one hash of two, in this order.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^golden, b^0xe7037ed1a0b428db)
	return high ^ low
}
