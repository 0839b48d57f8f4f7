// What the exchanges say: every answer was held against the document when it came, whatever case had asked for it.

package verdict

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"harness/internal/evidence"
	"harness/internal/requirement"
	"harness/specs"
)

// answers is what is known of one operation's answers.
type answers struct {
	success string            // id of the first 2xx answer
	met     map[string]string // requirement → id of the first answer that met it
	others  []string          // what came instead of a 2xx, each once
	bears   map[int][]string  // status → requirements that the document names there
}

// exchanges gives every departure to its requirement, and lets the answers that depart in nothing vouch for what the
// document bears. Of a load run only those that depart were kept: its counts vouch for the others.
func (b *bench) exchanges(documents []*specs.API) {
	seen := map[[2]string]*answers{}
	var order [][2]string
	for i := range b.run.Exchanges {
		e := &b.run.Exchanges[i]
		b.departures(e)
		at := [2]string{e.API, e.Operation}
		if seen[at] == nil {
			seen[at] = &answers{met: map[string]string{}, bears: map[int][]string{}}
			order = append(order, at)
		}
		seen[at].take(e, operation(documents, at))
	}
	for _, at := range order {
		b.served[at] = seen[at].success != ""
		if len(b.run.Loads) > 0 {
			continue
		}
		b.vouch(at, seen[at], operation(documents, at))
	}
}

func operation(documents []*specs.API, at [2]string) *specs.Operation {
	for _, api := range documents {
		if api.Name == at[0] {
			return api.Operation(at[1])
		}
	}
	return nil
}

func (a *answers) take(e *evidence.Exchange, op *specs.Operation) {
	if e.Request.Method == http.MethodHead || e.Request.Method == http.MethodOptions {
		return // the document says nothing of these answers
	}
	if e.Response == nil {
		a.other("no answer")
		return
	}
	status := e.Response.Status
	if status < 200 || status > 299 {
		a.other(strconv.Itoa(status))
	} else if a.success == "" {
		a.success = e.ID
	}
	if op == nil {
		return
	}
	if _, known := a.bears[status]; !known {
		a.bears[status] = op.BearsAt(status)
	}
	// One answer vouches as well as a thousand, and most bodies need not be read again.
	unmet := func(id string) bool { return a.met[id] == "" }
	if !slices.ContainsFunc(a.bears[status], unmet) {
		return
	}
	for _, id := range met(op, e.Response) {
		if unmet(id) {
			a.met[id] = e.ID
		}
	}
}

func (a *answers) other(what string) {
	if !slices.Contains(a.others, what) {
		a.others = append(a.others, what)
	}
}

// met lists the requirements that an answer met. Of a body that was too long to keep nothing can be read again: the
// client held all of it against the document, and so long a body is taken to hold something of everything.
func met(op *specs.Operation, r *evidence.Response) []string {
	if r.Truncated {
		return op.BearsAt(r.Status)
	}
	body := []byte(r.Body)
	if r.Base64 {
		decoded, err := base64.StdEncoding.DecodeString(r.Body)
		if err != nil {
			return nil
		}
		body = decoded
	}
	return op.Met(specs.Answer{Status: r.Status, Header: r.Header, Body: body})
}

// vouch passes what the answers of an operation keep, or says why they keep nothing. Departures are told already, and
// a verdict only gets worse.
func (b *bench) vouch(at [2]string, a *answers, op *specs.Operation) {
	slices.Sort(a.others)
	silence := contribution{verdict: NotExercised, reason: "no 2xx answer, only " + strings.Join(a.others, ", ")}
	if id := b.implied[at]; id != "" {
		switch {
		case a.success != "":
			b.say(place{id, at[0], at[1]}, kept(a.success))
		case len(a.others) > 0:
			b.say(place{id, at[0], at[1]}, silence)
		}
	}
	if op == nil {
		return
	}
	for _, id := range op.Bears() {
		p := place{id, at[0], at[1]}
		switch {
		case !b.asks(p):
			// The document names it in a schema that this operation shares; nothing is promised here.
		case a.met[id] != "":
			b.say(p, kept(a.met[id]))
		case len(b.said[p]) > 0:
			// A case has judged it; answers that say nothing take nothing away from that.
		case a.success != "":
			b.say(p, contribution{verdict: NotExercised, reason: "no answer held anything that it speaks of"})
		case len(a.others) > 0:
			b.say(p, silence)
		}
	}
}

func kept(id string) contribution {
	return contribution{verdict: Pass, evidence: []string{id}}
}

// asks says whether the catalogue promises that requirement of that operation.
func (b *bench) asks(p place) bool {
	return b.known[p] && b.byID[p.requirement].Level != requirement.Observe
}

// departures gives each departure of an exchange to the requirement that it names; where the catalogue does not ask
// that of this operation, to the operation's implied one. Alike departures of an operation are one failure.
func (b *bench) departures(e *evidence.Exchange) {
	for _, d := range e.Departures {
		p := b.placeOf(e, d)
		status := 0
		if e.Response != nil {
			status = e.Response.Status
		}
		alike := fmt.Sprintf("%d %s", status, blank(d.Pointer))
		if i := slices.IndexFunc(b.said[p], func(c contribution) bool { return c.failure != nil && c.alike == alike }); i >= 0 {
			b.said[p][i].evidence = append(b.said[p][i].evidence, e.ID)
			continue
		}
		message := d.Message
		if d.Pointer != "" {
			message = d.Pointer + ": " + message
		}
		if d.Count == 2 {
			message += " (and in one more place)"
		} else if d.Count > 2 {
			message += fmt.Sprintf(" (and in %d more places)", d.Count-1)
		}
		f := &evidence.Failure{
			Message: message, Asked: asked(e), Expected: allowed, Got: got(e, d.Pointer),
		}
		if line := e.Curl; line != "" {
			f.Reproduce = []string{line}
		}
		b.say(p, contribution{verdict: Fail, failure: f, evidence: []string{e.ID}, alike: alike})
	}
}

func (b *bench) placeOf(e *evidence.Exchange, d evidence.Departure) place {
	p := place{d.Requirement, e.API, e.Operation}
	if b.asks(p) {
		return p
	}
	if r, ok := b.byID[d.Requirement]; ok && r.Implied {
		return place{r.ID, r.API, r.Operations[0]} // a request written by hand may be another operation's
	}
	if id := b.implied[[2]string{e.API, e.Operation}]; id != "" {
		p.requirement = id
	}
	return p
}

// blank writes * for every index of a pointer, so that the same flaw in two elements is one.
func blank(pointer string) string {
	tokens := strings.Split(pointer, "/")
	for i, token := range tokens {
		if token != "" && strings.Trim(token, "0123456789") == "" {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}
