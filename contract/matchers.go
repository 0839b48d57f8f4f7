// Matchers that say the difference instead of dumping both sides.

package contract

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/onsi/gomega/types"

	"harness/internal/client"
	"harness/internal/exact"
)

// matcher is a gomega matcher made of two functions.
type matcher struct {
	match      func(actual any) (bool, error)
	difference func(actual any) (expected, got string)
}

func (m matcher) Match(actual any) (bool, error) { return m.match(actual) }

func (m matcher) Difference(actual any) (string, string) { return m.difference(actual) }

func (m matcher) FailureMessage(actual any) string {
	expected, got := m.difference(actual)
	return "expected " + expected + ", got " + got
}

func (m matcher) NegatedFailureMessage(actual any) string {
	expected, _ := m.difference(actual)
	return "did not expect " + expected
}

// HaveKeys accepts exactly these keys, in this order.
func HaveKeys(want ...int64) types.GomegaMatcher {
	return listed(want, false, func(k int64) string { return strconv.FormatInt(k, 10) })
}

// HaveKeySet accepts exactly these keys, in any order, each as often as it is given.
func HaveKeySet(want ...int64) types.GomegaMatcher {
	return listed(want, true, func(k int64) string { return strconv.FormatInt(k, 10) })
}

// HaveTextSet accepts exactly these texts, in any order.
func HaveTextSet(want ...string) types.GomegaMatcher {
	return listed(want, true, func(s string) string { return strconv.Quote(s) })
}

func listed[E cmp.Ordered](want []E, anyOrder bool, text func(E) string) types.GomegaMatcher {
	return matcher{
		match: func(actual any) (bool, error) {
			got, ok := actual.([]E)
			if !ok {
				return false, fmt.Errorf("a list is compared with %T", actual)
			}
			if anyOrder {
				return slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))), nil
			}
			return slices.Equal(got, want), nil
		},
		difference: func(actual any) (string, string) {
			got, _ := actual.([]E)
			missing, foreign := apart(want, got), apart(got, want)
			notes := []string{}
			if len(missing) > 0 {
				notes = append(notes, "missing "+show(missing, text))
			}
			if len(foreign) > 0 {
				notes = append(notes, "not expected "+show(foreign, text))
			}
			if len(notes) == 0 {
				notes = append(notes, "the same, in another order")
			}
			return strconv.Itoa(len(want)) + ": " + show(want, text), strconv.Itoa(len(got)) + ": " + show(got, text) + " — " + strings.Join(notes, "; ")
		},
	}
}

// apart lists what a holds more often than b.
func apart[E comparable](a, b []E) []E {
	left := map[E]int{}
	for _, e := range b {
		left[e]++
	}
	var rest []E
	for _, e := range a {
		if left[e]--; left[e] < 0 {
			rest = append(rest, e)
		}
	}
	return rest
}

// show lists a few elements and counts the rest.
func show[E any](list []E, text func(E) string) string {
	if len(list) == 0 {
		return "none"
	}
	const few = 4
	var shown []string
	for _, e := range list[:min(few, len(list))] {
		shown = append(shown, text(e))
	}
	if len(list) > few {
		shown = append(shown, fmt.Sprintf("… and %d more", len(list)-few))
	}
	return strings.Join(shown, ", ")
}

// answer makes a matcher on an exchange's status.
func answer(expected string, ok func(*client.Exchange) bool) types.GomegaMatcher {
	return matcher{
		match: func(actual any) (bool, error) {
			e, is := actual.(*client.Exchange)
			if !is {
				return false, fmt.Errorf("an answer is expected, not %T", actual)
			}
			return ok(e), nil
		},
		difference: func(actual any) (string, string) { return expected, got(actual.(*client.Exchange)) },
	}
}

// Succeed accepts an answer of 200 to 299.
func Succeed() types.GomegaMatcher { return answer("a success (2xx)", (*client.Exchange).OK) }

// BeRejected accepts an answer of 400 to 499 other than throttling.
func BeRejected() types.GomegaMatcher {
	return answer("a rejection (4xx)", (*client.Exchange).Rejected)
}

// FindNothing accepts a rejection, and an array without elements.
func FindNothing() types.GomegaMatcher {
	return answer("a rejection (4xx), or an empty array", func(e *client.Exchange) bool {
		v := e.JSON()
		return e.Rejected() || e.OK() && v.Kind == exact.Array && len(v.Items) == 0
	})
}

// NotCrash accepts any answer below 500 that did come back.
func NotCrash() types.GomegaMatcher {
	return answer("an answer below 500", func(e *client.Exchange) bool { return e.Err == nil && e.Status < 500 })
}

// HaveStatus accepts the given statuses.
func HaveStatus(want ...int) types.GomegaMatcher {
	texts := make([]string, len(want))
	for i, status := range want {
		texts[i] = strconv.Itoa(status)
	}
	return answer("status "+strings.Join(texts, " or "), func(e *client.Exchange) bool { return slices.Contains(want, e.Status) })
}

// BeKind accepts a JSON value of that type.
func BeKind(want exact.Kind) types.GomegaMatcher {
	return matcher{
		match: func(actual any) (bool, error) {
			v, ok := actual.(exact.Value)
			return ok && v.Kind == want, nil
		},
		difference: func(actual any) (string, string) {
			v, _ := actual.(exact.Value)
			return article(want), article(v.Kind) + ": " + clip(v.String(), 200)
		},
	}
}

func article(k exact.Kind) string {
	switch k {
	case exact.Array, exact.Object:
		return "an " + k.String()
	case exact.Absent, exact.Null:
		return k.String()
	}
	return "a " + k.String()
}

// EqualJSON accepts a value that is the same JSON value: members in any order, numbers by exact decimal value.
func EqualJSON(want exact.Value) types.GomegaMatcher {
	return matcher{
		match: func(actual any) (bool, error) {
			v, ok := actual.(exact.Value)
			return ok && exact.Equal(v, want), nil
		},
		difference: func(actual any) (string, string) {
			v, _ := actual.(exact.Value)
			if want.Kind == exact.Object && v.Kind == exact.Object {
				return members(want, v), members(v, want)
			}
			return clip(want.String(), 300), clip(v.String(), 300)
		},
	}
}

// members shows the members of an object that another does not have alike.
func members(v, other exact.Value) string {
	var differing []string
	for _, m := range v.Members {
		if !exact.Equal(m.Value, other.Get(m.Name)) {
			differing = append(differing, m.Name+"="+clip(m.Value.String(), 80))
		}
	}
	for _, m := range other.Members {
		if !v.Has(m.Name) {
			differing = append(differing, m.Name+" absent")
		}
	}
	return strings.Join(differing, ", ")
}
