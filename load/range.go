// Ranges of keys, as a scan bounds them.

package load

import (
	"math"
	"strconv"

	"harness/specs"
)

// flag says whether a bound belongs to its range.
type flag uint8

const (
	byDefault flag = iota // left out, which means yes
	yes
	no
)

// bound is one end of a range; the zero bound is open.
type bound struct {
	key       int64
	given     bool
	inclusive flag
}

// span is a range of keys.
type span struct{ lower, upper bound }

// ends are the least and the greatest key that can lie in the range; low is above high when none can.
func (s *span) ends() (low, high int64) {
	low, high = math.MinInt64, math.MaxInt64
	if s.lower.given {
		low = s.lower.key
	}
	if s.upper.given {
		high = s.upper.key
	}
	if s.lower.given && s.lower.inclusive == no {
		if low == math.MaxInt64 {
			return 1, 0
		}
		low++
	}
	if s.upper.given && s.upper.inclusive == no {
		if high == math.MinInt64 {
			return 1, 0
		}
		high--
	}
	return low, high
}

// empty says whether no key can lie in the range. A server may refuse such a range, so none is asked for.
func (s *span) empty() bool {
	low, high := s.ends()
	return low > high
}

// append writes the range as the parameters of a scan, each behind a separator.
func (s *span) append(text []byte, spec *specs.Scan) []byte {
	text = s.lower.append(text, spec.Lower, spec.LowerInclusive)
	return s.upper.append(text, spec.Upper, spec.UpperInclusive)
}

func (b *bound) append(text []byte, name, inclusive string) []byte {
	if !b.given {
		return text
	}
	text = append(append(append(text, '&'), name...), '=')
	text = strconv.AppendInt(text, b.key, 10)
	if b.inclusive != byDefault {
		text = append(append(append(text, '&'), inclusive...), '=')
		text = strconv.AppendBool(text, b.inclusive == yes)
	}
	return text
}

// String writes the range as mathematicians do: (3 … 9].
func (s *span) String() string {
	left, right := "[", "]"
	if s.lower.inclusive == no {
		left = "("
	}
	if s.upper.inclusive == no {
		right = ")"
	}
	text := left
	if s.lower.given {
		text += strconv.FormatInt(s.lower.key, 10)
	}
	text += " … "
	if s.upper.given {
		text += strconv.FormatInt(s.upper.key, 10)
	}
	return text + right
}
