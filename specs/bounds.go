// Boundary values of a parameter, read off its schema, so that cases move with the document.

package specs

import (
	"math"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// Range is the whole-number range of a parameter. HasMin and HasMax say whether the document sets the bound;
// Default is 0 and HasDefault false where it sets none.
type Range struct {
	Min, Max, Default          int64
	HasMin, HasMax, HasDefault bool
}

// Range returns the range of an integer parameter; ok is false if there is no such parameter or it is no integer.
func (op *Operation) Range(parameter string) (r Range, ok bool) {
	p := op.Parameter(parameter)
	if p == nil || p.Schema == nil || !p.Schema.Value.Type.Is(openapi3.TypeInteger) {
		return r, false
	}
	s := p.Schema.Value
	if s.Min != nil {
		r.Min, r.HasMin = int64(math.Ceil(*s.Min)), true
	}
	if s.Max != nil {
		r.Max, r.HasMax = int64(math.Floor(*s.Max)), true
	}
	switch d := s.Default.(type) {
	case float64:
		r.Default, r.HasDefault = int64(d), true
	case int64:
		r.Default, r.HasDefault = d, true
	case uint64:
		r.Default, r.HasDefault = int64(d), true
	case int:
		r.Default, r.HasDefault = int64(d), true
	}
	return r, true
}

// Inside lists the values worth asking for: both bounds, their neighbours inside, those around the default, and the
// middle; ascending, each once.
func (r Range) Inside() []int64 {
	values := []int64{r.Min, r.Min + 1, r.Default - 1, r.Default, r.Default + 1, (r.Min + r.Max) / 2, r.Max - 1, r.Max}
	slices.Sort(values)
	return slices.DeleteFunc(slices.Compact(values), func(n int64) bool {
		return r.HasMin && n < r.Min || r.HasMax && n > r.Max || !r.HasDefault && n < 1
	})
}

// Above lists texts of numbers beyond the upper bound: the next one, ten times the bound, and the edges of 32 and
// 64 bits. Empty where there is no bound.
func (r Range) Above() []string {
	if !r.HasMax {
		return nil
	}
	return []string{strconv.FormatInt(r.Max+1, 10), strconv.FormatInt(r.Max*10, 10), "2147483647", "9223372036854775808"}
}

// Below lists texts of numbers under the lower bound: the one before it, and minus one.
func (r Range) Below() []string {
	if !r.HasMin {
		return nil
	}
	below := []string{strconv.FormatInt(r.Min-1, 10), "-1"}
	return slices.Compact(below)
}
