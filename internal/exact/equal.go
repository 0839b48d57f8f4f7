// Equality of JSON values: members in any order, numbers by their exact decimal value, strings by code points.

package exact

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
)

// Equal says whether two values are the same JSON value, whatever the spelling.
func Equal(a, b Value) bool { return a.Canonical() == b.Canonical() }

// Canonical writes a value in the one spelling that all equal values share: members sorted by name, numbers as
// significant digits and a power of ten, no white space.
func (v Value) Canonical() string {
	var b strings.Builder
	v.write(&b, true)
	return b.String()
}

// String writes the value as JSON in its own order and spelling, for messages.
func (v Value) String() string {
	if v.Kind == Absent {
		return "nothing"
	}
	var b strings.Builder
	v.write(&b, false)
	return b.String()
}

func (v Value) write(b *strings.Builder, canonical bool) {
	switch v.Kind {
	case Null:
		b.WriteString("null")
	case Bool:
		b.WriteString(v.Text)
	case Number:
		if canonical {
			b.WriteString(canonicalNumber(v.Text))
		} else {
			b.WriteString(v.Text)
		}
	case String:
		b.WriteString(quote(v.Text))
	case Array:
		b.WriteByte('[')
		for i, item := range v.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.write(b, canonical)
		}
		b.WriteByte(']')
	case Object:
		members := v.Members
		if canonical {
			members = slices.Clone(members)
			slices.SortStableFunc(members, func(x, y Member) int { return strings.Compare(x.Name, y.Name) })
		}
		b.WriteByte('{')
		for i, m := range members {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quote(m.Name))
			b.WriteByte(':')
			m.Value.write(b, canonical)
		}
		b.WriteByte('}')
	}
}

// longestExponent is how many characters of an exponent are reckoned with. Numbers beyond are the same only when they
// are spelled the same: a million digits of exponent would take minutes, and no licence has them.
const longestExponent = 100

// canonicalNumber writes plain integers as they are and everything else as digits and a power of ten, so that
// 100, 1e2 and 100.0 agree and 1e400 needs no room.
func canonicalNumber(text string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	sign := ""
	if rest, ok := strings.CutPrefix(mantissa, "-"); ok {
		sign, mantissa = "-", rest
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if len(exponent) > longestExponent {
		return text
	}
	power := new(big.Int)
	if exponent != "" {
		power.SetString(strings.TrimPrefix(exponent, "+"), 10)
	}
	power.Sub(power, big.NewInt(int64(len(fraction))))
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return "0"
	}
	kept := strings.TrimRight(digits, "0")
	power.Add(power, big.NewInt(int64(len(digits)-len(kept))))
	if power.Sign() == 0 {
		return sign + kept
	}
	return sign + kept + "e" + power.String()
}

func quote(text string) string {
	if plain(text) {
		return `"` + text + `"`
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

// plain says whether a text stands in JSON as it is: most do, and need no encoder.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
