// What the server was seen to do, beside what its document says.

package history

import (
	"encoding/base64"
	"math"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"harness/internal/evidence"
	"harness/specs"
)

// Behaviour is what an operation was seen to answer, held beside what its document says. A thing with Count 0 is
// documented and was never seen. Lists are sorted and never nil. HEAD and OPTIONS are left out: the documents say
// nothing of them.
type Behaviour struct {
	API       string  `json:"api"`
	Operation string  `json:"operation"`
	Answers   int     `json:"answers"`
	Successes int     `json:"successes"` // those of 2xx; members, values and headers are of these alone
	Bodies    int     `json:"bodies"`    // those of them that were kept whole, which members and values are read from
	Statuses  []Seen  `json:"statuses"`  // a range such as 4XX, or default, stands only while nothing in it was seen
	Members   []Seen  `json:"members"`   // JSON pointers; * for indexes, and for names that are data
	Values    []Value `json:"values"`    // of members that take few values
	Headers   []Seen  `json:"headers"`   // names; those of the connection rather than of the answer are left out
	// Seconds is how long successful answers took, in the order of the run: a sample of at most 100, spread evenly.
	// Those that were asked for more than once are left out, because their time holds the wait between.
	Seconds []float64 `json:"seconds"`
}

// Seen is one thing, whether the document speaks of it, and how many answers showed it.
type Seen struct {
	Name       string `json:"name"`
	Documented bool   `json:"documented"`
	Count      int    `json:"count"`
}

// Value is one value of a member.
type Value struct {
	Member     string `json:"member"` // JSON pointer, as in Members
	Value      string `json:"value"`
	Documented bool   `json:"documented"` // the document lists it
	Count      int    `json:"count"`      // answers
}

// Observe says what each operation was seen to answer, in the order of the documents. Operations without an answer
// are left out.
func Observe(run *evidence.Run, documents ...*specs.API) []Behaviour {
	answers := map[[2]string][]*evidence.Exchange{}
	for i := range run.Exchanges {
		e := &run.Exchanges[i]
		if e.Response == nil || e.Request.Method == http.MethodHead || e.Request.Method == http.MethodOptions {
			continue
		}
		at := [2]string{e.API, e.Operation}
		answers[at] = append(answers[at], e)
	}
	all := []Behaviour{}
	for _, api := range documents {
		for _, op := range api.Operations {
			if of := answers[[2]string{api.Name, op.ID}]; len(of) > 0 {
				all = append(all, observe(op, of))
			}
		}
	}
	return all
}

func observe(op *specs.Operation, answers []*evidence.Exchange) Behaviour {
	b := Behaviour{API: op.API, Operation: op.ID, Answers: len(answers), Seconds: []float64{}}
	statuses, headers := map[string]int{}, map[string]int{}
	root := newShape(successes(op))
	for i, e := range answers {
		r := e.Response
		statuses[strconv.Itoa(r.Status)]++
		if r.Status < 200 || r.Status > 299 {
			continue
		}
		b.Successes++
		for name := range r.Header {
			if name = textproto.CanonicalMIMEHeaderKey(name); !slices.Contains(ofTheConnection, name) {
				headers[name]++
			}
		}
		if e.Tries <= 1 {
			b.Seconds = append(b.Seconds, math.Round(e.Seconds*1e6)/1e6)
		}
		if body, ok := whole(r); ok {
			b.Bodies++
			root.answer(i+1, body)
		}
	}
	b.Statuses = statusesSeen(op, statuses)
	b.Headers = headersSeen(op, headers)
	b.Members, b.Values = root.seen()
	b.Seconds = spread(b.Seconds, 100)
	return b
}

// whole returns the body of an answer that was kept whole and is text.
func whole(r *evidence.Response) (string, bool) {
	if r.Truncated {
		return "", false
	}
	if !r.Base64 {
		return r.Body, true
	}
	body, err := base64.StdEncoding.DecodeString(r.Body)
	return string(body), err == nil
}

// successes lists what the document says of 2xx answers.
func successes(op *specs.Operation) []*openapi3.Response {
	var all []*openapi3.Response
	for _, status := range op.Statuses() {
		if strings.HasPrefix(status, "2") {
			all = append(all, op.Spec.Responses.Value(status).Value)
		}
	}
	return all
}

// ofTheConnection lists headers that say how an answer travelled; a proxy or a longer body changes them.
var ofTheConnection = []string{
	"Age", "Alt-Svc", "Connection", "Content-Length", "Date", "Keep-Alive", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
}

// statusesSeen sets the statuses beside those of the document.
func statusesSeen(op *specs.Operation, count map[string]int) []Seen {
	documented := op.Statuses()
	covered := map[string]bool{}
	all := []Seen{}
	for status, n := range count {
		by := ""
		for _, name := range []string{status, status[:1] + "XX", "default"} {
			if slices.Contains(documented, name) {
				by = name
				break
			}
		}
		covered[by] = true
		all = append(all, Seen{Name: status, Documented: by != "", Count: n})
	}
	for _, name := range documented {
		if !covered[name] {
			all = append(all, Seen{Name: name, Documented: true})
		}
	}
	return sorted(all)
}

func headersSeen(op *specs.Operation, count map[string]int) []Seen {
	documented := map[string]bool{}
	for _, response := range successes(op) {
		if len(response.Content) > 0 {
			documented["Content-Type"] = true
		}
		for name := range response.Headers {
			documented[textproto.CanonicalMIMEHeaderKey(name)] = true
		}
	}
	all := []Seen{}
	for name, n := range count {
		all = append(all, Seen{Name: name, Documented: documented[name], Count: n})
		delete(documented, name)
	}
	for name := range documented {
		all = append(all, Seen{Name: name, Documented: true})
	}
	return sorted(all)
}

func sorted(seen []Seen) []Seen {
	slices.SortFunc(seen, func(a, b Seen) int { return strings.Compare(a.Name, b.Name) })
	return seen
}

// spread keeps at most so many of the items, evenly.
func spread(items []float64, most int) []float64 {
	if len(items) <= most {
		return items
	}
	kept := make([]float64, most)
	for i := range kept {
		kept[i] = items[i*len(items)/most]
	}
	return kept
}
