// Small, stable answers to questions that nobody promised anything about: they are compared from run to run.

package gotoaccount

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
)

// summary is an answer's status and, where it was a success, the type of its body: "404", "200 object".
func summary(e *client.Exchange) string {
	switch {
	case e.Err != nil:
		return "no answer"
	case !e.OK():
		return strconv.Itoa(e.Status)
	case e.JSON().Kind == exact.Array && len(e.JSON().Items) == 0:
		return fmt.Sprintf("%d empty array", e.Status)
	}
	return fmt.Sprintf("%d %s", e.Status, e.JSON().Kind)
}

// sized is summary with the number of an array's elements.
func sized(e *client.Exchange) string {
	if n := len(e.JSON().Items); e.OK() && n > 0 {
		return fmt.Sprintf("%s of %d", summary(e), n)
	}
	return summary(e)
}

// against says how an answer relates to others that it may be equal to: "200 array, as without it".
func against(e *client.Exchange, same ...likeness) string {
	for _, s := range same {
		if e.OK() && s.e.OK() && content(e) == content(s.e) {
			return s.name
		}
	}
	return summary(e)
}

// likeness is an answer that another may be equal to, and what that would mean.
type likeness struct {
	name string
	e    *client.Exchange
}

// content is what an answer says, whatever the order of what nobody promised an order of.
func content(e *client.Exchange) string {
	v := e.JSON()
	if all := licences(e); v.Kind == exact.Array && len(all) > 0 {
		return fingerprint(all)
	}
	switch v.Kind {
	case exact.Array:
		var items []string
		for _, item := range v.Items {
			items = append(items, item.Canonical())
		}
		slices.Sort(items)
		return "[" + strings.Join(items, ",") + "]"
	case exact.Object:
		return canonical(v)
	}
	return v.Canonical()
}

// order says how a list is ordered, given the order in which it was asked for.
func order(got, asked []int64) string {
	switch {
	case len(got) < 2:
		return "too few to tell"
	case slices.Equal(got, asked):
		return "as asked"
	case slices.IsSorted(got):
		return "ascending"
	case slices.IsSortedFunc(got, func(a, b int64) int { return cmp.Compare(b, a) }):
		return "descending"
	}
	return "none"
}

// observe asks several things side by side and notes each answer.
func observe(t *T, note func(e *client.Exchange) string, questions ...question) {
	var requests []client.Request
	for _, q := range questions {
		requests = append(requests, q.request)
	}
	for i, e := range tryOdd(t, requests...) {
		t.Observe(questions[i].text, note(e))
	}
}

// question is what is to be observed, and the request that answers it.
type question struct {
	text    string
	request client.Request
}

// tryOdd sends requests of which the document says nothing, side by side: whatever comes back departs from nothing.
func tryOdd(t *T, requests ...client.Request) []*client.Exchange {
	for i := range requests {
		requests[i] = odd(requests[i])
	}
	return t.TryAll(requests...)
}

// odd marks a request of which the document says nothing.
func odd(r client.Request) client.Request {
	r.Odd = true
	return r
}

// plain reads the answer to an example of an operation, whatever it is, to hold odd ones against; it is a bracketed
// read.
func plain(t *T, operation string) *client.Exchange {
	good := anExample(t, operation)
	return Read(t, "example of "+operation, func() (*client.Exchange, string) {
		e := t.Try(good)
		return e, summary(e) + content(e)
	})
}

// with adds query parameters to a request.
func with(r client.Request, namesAndValues ...any) client.Request {
	r.Query = append(slices.Clone(r.Query), client.Query(namesAndValues...)...)
	return r
}

// raw writes a request letter for letter in place of its path and query.
func raw(r client.Request, target string) client.Request {
	r.Raw = target
	return r
}

// as sends a request with another credential.
func as(r client.Request, credential string) client.Request {
	r.Credential = credential
	return r
}
