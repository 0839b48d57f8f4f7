// What an answer amounts to: in a few words that stay the same from run to run where nothing is promised, and held
// against the likely causes where something is.

package gotoaccount

import (
	"fmt"
	"slices"
	"strconv"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/evidence"
)

// named is a list of keys that an answer may turn out to be, with what that would mean.
type named struct {
	text string
	keys []int64
}

// amounts names what came back where nothing is promised: the status of a refusal, or which of the known lists a
// success is, the first that fits. An answer that says nothing of the API ends the try.
func amounts(t *T, e *client.Exchange, known ...named) string {
	switch {
	case e.Status == 0:
		return "no answer"
	case !e.Judgeable():
		t.Inconclusive("%s: %s", e.Asked(), e.Answered())
	case !e.OK():
		return strconv.Itoa(e.Status)
	}
	got := sorted(keys(e))
	for _, n := range known {
		if slices.Equal(got, sorted(n.keys)) {
			return fmt.Sprintf("%d, %s", e.Status, n.text)
		}
	}
	if len(got) == 0 {
		return fmt.Sprintf("%d, no licence", e.Status)
	}
	return fmt.Sprintf("%d, other licences", e.Status)
}

// rejects expects a rejection. What was served in its place is held against lists that name the likely cause.
func rejects(t *T, e *client.Exchange, promise string, likely ...named) {
	if !e.OK() {
		t.On(e).Expect(e, BeRejected(), promise)
		return
	}
	got := sorted(keys(e))
	f := evidence.Failure{Message: promise, Expected: "a rejection (4xx)", Got: fmt.Sprintf("%d with %d licences", e.Status, len(got))}
	for _, n := range likely {
		if slices.Equal(got, sorted(n.keys)) {
			f.Likely = n.text
			break
		}
	}
	t.On(e).Fail(f)
}

// selects holds an answer against the licences that it has to hold and those that it may hold as well, because the
// document leaves them open.
func selects(t *T, e *client.Exchange, must, may []int64, promise string, likely ...named) {
	got := sorted(keys(e))
	a := t.On(e)
	for _, n := range likely {
		a = a.If(n.text, sorted(n.keys))
	}
	a.Expect(got, HaveKeySet(union(must, common(got, may))...), promise)
}

// finds holds an answer to nothing but what it shows: each licence has to satisfy the condition.
func finds(t *T, e *client.Exchange, holds func(key int64) bool, promise string, likely ...named) {
	got := sorted(keys(e))
	a := t.On(e)
	for _, n := range likely {
		a = a.If(n.text, sorted(n.keys))
	}
	a.Expect(got, HaveKeySet(slices.DeleteFunc(slices.Clone(got), func(key int64) bool { return !holds(key) })...), promise)
}

// selectsNone accepts a rejection or an answer without licences, for a selection that nothing satisfies.
func selectsNone(t *T, e *client.Exchange, promise string, likely ...named) {
	if e.Rejected() {
		return
	}
	t.On(e).Expect(e, Succeed(), promise)
	selects(t, e, nil, nil, promise, likely...)
}

// union lists the keys of either list, ascending, each once.
func union(a, b []int64) []int64 { return sorted(slices.Concat(a, b)) }

// common lists the keys of both lists, ascending, each once.
func common(a, b []int64) []int64 {
	in := set(b)
	return sorted(slices.DeleteFunc(slices.Clone(a), func(k int64) bool { return !in[k] }))
}

func set(keys []int64) map[int64]bool {
	in := make(map[int64]bool, len(keys))
	for _, k := range keys {
		in[k] = true
	}
	return in
}
