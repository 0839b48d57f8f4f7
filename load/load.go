// What a load run is made of: a scenario, its operations, and the requests that it asks.

// Package load plays scenarios at a target: requests that are due whether or not the API keeps up, each answer held
// against its document and against what only its request knows. What it measures goes into the evidence, second by
// second; it judges nothing.
package load

import (
	"net/http"
	"time"

	"harness/internal/evidence"
	"harness/internal/schema"
	"harness/specs"
)

// Scenario is a shape of traffic, as its file has it. See docs/scenarios.md for the file.
type Scenario struct {
	Name       string
	Summary    string // one line
	Source     string // the file; "embedded" for one that comes with the program
	Digest     string // SHA-256 of the file, hex
	Steps      []Step
	Pace       Pace
	Warmup     time.Duration // played first, and not counted
	Workers    int           // the most requests in flight; 0 lets the engine choose
	Objectives []evidence.Objective
}

// Step is one kind of request of a scenario.
type Step struct {
	Feed      string   // the name of a feed; see Feeds
	Operation string   // operationId
	API       string   // the API that the operation belongs to
	Weight    float64  // share of the requests, in proportion to the other steps
	Sizes     []int    // keys, users or counts to choose from; empty for the feed's own
	Ranges    int      // ranges walked at once, for feeds that walk
	Which     []string // what to choose from: rare, common; empty for both
	Line      int      // in the file, 1-based
}

// Operation is one operation of a scenario, ready to be asked.
type Operation struct {
	*specs.Operation
	API *specs.API
	// Paths lead to the values of an answer that the feed wants; see schema.Column.
	Paths []string
	// Check holds an answer against its document, and reads the Paths; Compile makes it. Workers share it, each with a
	// Reading of its own.
	Check func(specs.Answer, *schema.Reading) []specs.Departure
	Share float64 // of the requests, 0 to 1

	index int
}

// Compile makes Check. All operations of a run share a memo, so that a body that comes again costs little; nil goes
// without one.
func (o *Operation) Compile(memo *schema.Memo) error {
	compiled, err := schema.Compile(o.API, o.ID, o.Paths...)
	if err != nil {
		return err
	}
	o.Check = compiled.Check
	if memo != nil {
		o.Check = func(a specs.Answer, r *schema.Reading) []specs.Departure { return memo.Check(compiled, a, r) }
	}
	return nil
}

// Ask is one request that is due, and what its answer must hold. A feed fills it; it is used again for another
// request once it is done.
type Ask struct {
	Operation *Operation
	Size      int    // keys, users or count asked for; 0 where there is no such thing
	Target    string // path and query below the API's base path, as sent
	Body      []byte // nil for none
	Refusal   bool   // an answer of 4xx is what is asked for, and no error

	// Expect holds an answer against what only its request knows. nil expects nothing.
	Expect func(*Ask, *Answer) []specs.Departure
	// Back hands the answer to the feed, which may have waited for it to go on; it is called once for every Ask, with a
	// Status of 0 when there was no answer or the request was not sent. nil for feeds that do not wait.
	Back func(*Ask, *Answer)
	// Session is the feed's own.
	Session any
}

// Answer is what came back. It is valid until Expect and Back return.
type Answer struct {
	Status int // 0 for no answer
	Header http.Header
	Body   []byte
	Length int64 // as the answer itself says it; below 0 where it does not

	Columns []schema.Column // the values of the operation's Paths, in their order; empty unless Allowed
	Allowed bool            // the document allows the answer
}

// Feed fills the next request. Feeds are called one at a time, and give the same requests for the same seed and the
// same answers.
type Feed interface {
	Next(*Ask)
}
