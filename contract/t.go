// T is what a case is given while it runs: the way to the API, the fixtures, and the ways to come out.

package contract

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/exact"
	"harness/internal/fixture"
	"harness/specs"
)

// T is handed to a case while it runs, as testing.T is to a test. A case that returns has kept its promise, unless
// it observed something, which then is its result.
type T struct {
	Fixtures *fixture.Set
	Rand     *rand.Rand // seeded from the run's seed and the case's name

	ctx         context.Context
	env         *Environment
	c           Case
	api         *client.Client
	try         int // 1 for the first
	exchanges   []seen
	received    int // bytes of answers
	observation map[string]string
	reads       map[string]*read
	planning    bool // end at the first request instead of sending it
	watching    bool // the case compares the data at two times
}

// seen is what a try remembers of an exchange. The answer itself may be large, and is let go with the case's own hold.
type seen struct {
	id    string
	tries int
}

// stop ends a try from within; it travels as a panic and is caught by the runner.
type stop struct {
	result  evidence.Result
	reason  string
	failure *evidence.Failure
	about   []*client.Exchange
}

// Path holds the values of path parameters by name, written with fmt.Sprint.
type Path map[string]any

// Call writes a request of an operation of the case's API; query holds names and values in turn.
func (t *T) Call(operation string, path Path, query ...any) client.Request {
	op := t.api.API().Operation(operation)
	if op == nil {
		panic("no operation " + operation)
	}
	r := client.Request{Operation: op, Query: client.Query(query...)}
	if len(path) > 0 {
		r.Path = map[string]string{}
		for name, value := range path {
			r.Path[name] = fmt.Sprint(value)
		}
	}
	return r
}

// Operation returns an operation of the case's API.
func (t *T) Operation(id string) *specs.Operation { return t.api.API().Operation(id) }

// Try sends a request and returns what came back, whatever it is.
func (t *T) Try(r client.Request) *client.Exchange { return t.TryAll(r)[0] }

// TryAll sends requests side by side and returns the answers in their order, whatever they are. A credential that
// the target does not have ends the case as not exercised.
func (t *T) TryAll(requests ...client.Request) []*client.Exchange {
	for i := range requests {
		requests[i].Case = t.c.Name()
		if name := requests[i].Credential; name != "" && !t.api.Has(name) {
			t.NotExercised("credential %s of %s: %s", name, t.c.API, t.api.Why(name))
		}
	}
	if t.planning {
		panic(stop{result: evidence.Kept})
	}
	answers := t.api.SendAll(t.ctx, requests)
	for _, e := range answers {
		t.exchanges = append(t.exchanges, seen{e.ID, e.Tries})
		t.received += len(e.Body)
		if e.OK() && !e.Request.Odd {
			t.env.answered(t.c.API, e.Request.Operation.ID)
		}
	}
	return answers
}

// Undo sends a request that puts back what the case changed. It is sent though the run was interrupted.
func (t *T) Undo(r client.Request) *client.Exchange {
	ctx := t.ctx
	defer func() { t.ctx = ctx }()
	t.ctx = context.WithoutCancel(ctx)
	return t.Try(r)
}

// Send sends a request whose answer must say something about the API: no answer at all, throttling or a gateway
// that could not reach it end the try as inconclusive.
func (t *T) Send(r client.Request) *client.Exchange { return t.SendAll(r)[0] }

// SendAll is Send for requests side by side.
func (t *T) SendAll(requests ...client.Request) []*client.Exchange {
	answers := t.TryAll(requests...)
	for _, e := range answers {
		if !e.Judgeable() {
			t.Inconclusive("%s: %s", e.Asked(), e.Answered())
		}
	}
	return answers
}

// OK sends a well-formed request that the API promises to serve, and breaks the case if it does not. When the
// operation has not served anything yet in this run, that is reported once, by the case of its positive promise,
// and the try is inconclusive here.
func (t *T) OK(r client.Request) *client.Exchange { return t.OKAll(r)[0] }

// OKAll is OK for requests side by side.
func (t *T) OKAll(requests ...client.Request) []*client.Exchange {
	answers := t.SendAll(requests...)
	for _, e := range answers {
		if e.OK() {
			continue
		}
		if !t.env.hasAnswered(t.c.API, e.Request.Operation.ID) {
			t.Inconclusive("%s has not been served at all in this run: %s: %s", e.Request.Operation.ID, e.Asked(), e.Answered())
		}
		t.On(e).Fail(evidence.Failure{
			Message: "a well-formed request is not served", Expected: "a success (2xx)", Got: got(e),
		})
	}
	return answers
}

// NotExercised ends the case: the target has no data or credential for it. Say what its owner could add.
func (t *T) NotExercised(format string, args ...any) {
	panic(stop{result: evidence.NotExercised, reason: bounded(fmt.Sprintf(format, args...))})
}

// Need ends the case as not exercised unless the target has what it needs.
func (t *T) Need(ok bool, format string, args ...any) {
	if !ok {
		t.NotExercised("needs "+format, args...)
	}
}

// Inconclusive ends the try: it says nothing about the promise.
func (t *T) Inconclusive(format string, args ...any) {
	panic(stop{result: evidence.Inconclusive, reason: bounded(fmt.Sprintf(format, args...))})
}

// Watching says that the case compares the data before its requests with the data after them. What somebody else
// changes meanwhile looks like an effect of the requests, but only once: when other tries keep the promise, the case
// is inconclusive where another would be flaky.
func (t *T) Watching() { t.watching = true }

// Observe records what the server does where nothing is promised. Keep answers small and stable: they are compared
// from run to run.
func (t *T) Observe(question, answer string) {
	if t.observation == nil {
		t.observation = map[string]string{}
	}
	t.observation[bounded(question)] = bounded(answer)
}

// Client is the way to the case's API, for what Send does not cover.
func (t *T) Client() *client.Client { return t.api }

// Environment tells the case where it runs.
func (t *T) Environment() *Environment { return t.env }

// redact takes secrets out of a text before it is cut: half a secret would not be found. A case that can send nothing has
// nothing to hide.
func (t *T) redact(text string) string {
	if t.api == nil {
		return text
	}
	return t.api.Redact(text)
}

func got(e *client.Exchange) string {
	text := e.Answered()
	if body := clip(string(e.Body[:min(len(e.Body), longestText)]), 200); body != "" {
		text += ": " + body
	}
	return text
}

// longestText is how much of a text of the server is looked at for a message, in bytes.
const longestText = 4 << 10

// clip cuts a text for a message, and makes it one line that can be shown.
func clip(text string, limit int) string {
	if len(text) > longestText {
		text = strings.ToValidUTF8(text[:longestText], "") + "…"
	}
	text = exact.Printable(strings.Join(strings.Fields(text), " "))
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return text
}

// bounded cuts what an outcome quotes of the server: names, values and texts may be as long as an answer.
func bounded(text string) string {
	if len(text) <= longestText {
		return text
	}
	return strings.ToValidUTF8(text[:longestText], "") + fmt.Sprintf(" … (%d bytes in all)", len(text))
}
