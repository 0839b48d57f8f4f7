// Assertions: gomega's matchers, with our own failure beside them.

package contract

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"harness/internal/client"
	"harness/internal/evidence"
)

// Assertion is about one or more exchanges.
type Assertion struct {
	t          *T
	about      []*client.Exchange
	hypotheses []hypothesis
}

// hypothesis is a likely cause and the value that it would have led to.
type hypothesis struct {
	cause   string
	wouldBe any
}

// On says which exchanges an assertion is about: they are shown and reproduced when it fails.
func (t *T) On(exchanges ...*client.Exchange) Assertion { return Assertion{t: t, about: exchanges} }

// If names a likely cause and the value that the answer would have if it were so; a failure whose value is that one
// names the cause.
func (a Assertion) If(cause string, wouldBe any) Assertion {
	a.hypotheses = append(slices.Clone(a.hypotheses), hypothesis{cause, wouldBe})
	return a
}

// Differ is a matcher that can say what it expected and what it got without repeating the whole of both.
type Differ interface {
	Difference(actual any) (expected, got string)
}

// Expect breaks the case unless the matcher accepts the value. The promise says in one line what does not hold then.
func (a Assertion) Expect(actual any, matcher types.GomegaMatcher, promise string) {
	ok, err := matcher.Match(actual)
	if ok && err == nil {
		return
	}
	failure := evidence.Failure{Message: promise}
	switch differ, can := matcher.(Differ); {
	case err != nil:
		failure.Expected, failure.Got = promise, err.Error()
	case actual == true || actual == false: // that it is not so says nothing: the answer does
		failure.Expected, failure.Got = promise, got(a.about[0])
	case can:
		failure.Expected, failure.Got = differ.Difference(actual)
	default:
		failure.Expected = clip(a.t.redact(wanted(matcher.FailureMessage(actual))), 600)
		failure.Got = clip(a.t.redact(fmt.Sprint(actual)), 300)
	}
	for _, h := range a.hypotheses {
		if same(h.wouldBe, actual) {
			failure.Likely = h.cause
			break
		}
	}
	a.Fail(failure)
}

// wanted is what a matcher's message asks for: without the value that it got, which stands beside it, and without the
// Go types of both. A message of another shape stays as it is.
func wanted(message string) string {
	lines := strings.Split(message, "\n")
	if lines[0] != "Expected" {
		return message
	}
	after := slices.IndexFunc(lines[1:], func(line string) bool { return !strings.HasPrefix(line, " ") })
	if after < 0 {
		return message
	}
	words := lines[1+after:]
	for i, line := range words {
		words[i] = goType.ReplaceAllString(strings.TrimSpace(line), "")
	}
	return strings.Join(words, " ")
}

// goType is how gomega's messages name the type of a value: <[]int64 | len:1, cap:1>:
var goType = regexp.MustCompile(`^<[^>]*>: `)

// same compares two values; lists of keys are the same in any order when both are.
func same(a, b any) bool {
	x, ok1 := a.([]int64)
	y, ok2 := b.([]int64)
	if ok1 && ok2 {
		return slices.Equal(x, y)
	}
	return reflect.DeepEqual(a, b)
}

// Fail breaks the case with a failure that says more than a matcher could.
func (a Assertion) Fail(f evidence.Failure) {
	if f.Asked == "" {
		var asked []string
		for _, e := range a.about {
			asked = append(asked, e.Asked())
		}
		if len(asked) > 4 {
			asked = append(asked[:4], fmt.Sprintf("and %d more", len(asked)-4))
		}
		f.Asked = strings.Join(asked, "\n")
	}
	panic(stop{result: evidence.Broken, failure: &f, about: a.about})
}
