// Package evidence is what a run leaves behind: a stream of records, one JSON object a line, opened by a header and
// closed by a footer. Those who test write it; those who judge and tell read it; nothing else passes between them.
package evidence

import "time"

// Schema is the version of the record format. Readers refuse a newer one.
const Schema = 1

// Record is one line of a run. Exactly one member is set.
type Record struct {
	Header   *Header   `json:"header,omitempty"`
	Fixture  *Fixture  `json:"fixture,omitempty"`
	Exchange *Exchange `json:"exchange,omitempty"`
	Outcome  *Outcome  `json:"outcome,omitempty"`
	Load     *Load     `json:"load,omitempty"`
	Tick     *Tick     `json:"tick,omitempty"`
	Search   *Search   `json:"search,omitempty"`
	Footer   *Footer   `json:"footer,omitempty"`
}

// Header says how the run was made, so that it can be made again.
type Header struct {
	Schema    int        `json:"schema"`
	Tool      Tool       `json:"tool"`
	Target    Target     `json:"target"`
	Documents []Document `json:"documents"`
	Seed      uint64     `json:"seed"`
	Command   []string   `json:"command"`
	Started   time.Time  `json:"started"`
	// Selection is what the run was narrowed to; empty lists mean everything.
	Selection Selection `json:"selection"`
}

// Tool is the program that made the run.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Go      string `json:"go"`
}

// Target is where the run went: a name, and a URL for each API. It never holds a credential.
type Target struct {
	Name string            `json:"name"`
	URLs map[string]string `json:"urls"`
}

// Document is one OpenAPI document that the run was held against.
type Document struct {
	API     string `json:"api"`
	Title   string `json:"title"`
	Version string `json:"version"`
	Digest  string `json:"digest"` // SHA-256, hex
}

// Selection narrows a run.
type Selection struct {
	APIs         []string `json:"apis,omitempty"`
	Operations   []string `json:"operations,omitempty"`
	Requirements []string `json:"requirements,omitempty"`
	// Requests is the most that the run might send, the firmest promises first; 0 is no bound.
	Requests int `json:"requests,omitempty"`
	// Excluded are operations that need not be served for the run to say enough.
	Excluded []Exclusion `json:"excluded,omitempty"`
}

// Exclusion is an operation that a run is not asked to see served, and why.
type Exclusion struct {
	API       string `json:"api"`
	Operation string `json:"operation"`
	Reason    string `json:"reason"`
}

// Whole says whether the run was to judge all that its APIs promise.
func (s Selection) Whole() bool {
	return len(s.Operations) == 0 && len(s.Requirements) == 0 && s.Requests == 0
}

// Fixture is a class of data that discovery looked for: how much it found, with a sample, or why none.
type Fixture struct {
	API    string   `json:"api"`
	Class  string   `json:"class"`
	Found  int      `json:"found"`
	Sample []string `json:"sample,omitempty"` // keys as decimal strings
	Reason string   `json:"reason,omitempty"` // why nothing was found
}

// Exchange is one request and what came back. Bodies are text; a body that is not UTF-8 stands in base64.
type Exchange struct {
	ID         string      `json:"id"` // unique in the run
	API        string      `json:"api"`
	Operation  string      `json:"operation"`
	Case       string      `json:"case,omitempty"` // "" for discovery
	Credential string      `json:"credential,omitempty"`
	Request    Request     `json:"request"`
	Response   *Response   `json:"response,omitempty"` // nil when nothing came back
	Error      string      `json:"error,omitempty"`    // why nothing came back
	Departures []Departure `json:"departures,omitempty"`
	Curl       string      `json:"curl,omitempty"` // sends it again from a shell, secrets as variables; for departures only
	Started    time.Time   `json:"started"`
	Seconds    float64     `json:"seconds"`
	Tries      int         `json:"tries"` // 1 unless throttled or failed on the way
}

// Request is what was sent. Secret header values are replaced by $NAME.
type Request struct {
	Method string              `json:"method"`
	URL    string              `json:"url"`
	Header map[string][]string `json:"header,omitempty"`
	Body   string              `json:"body,omitempty"`
}

// Response is what came back. Size is that of the whole body in bytes; Body may be cut, and Truncated says so.
type Response struct {
	Status    int                 `json:"status"`
	Header    map[string][]string `json:"header,omitempty"`
	Body      string              `json:"body,omitempty"`
	Base64    bool                `json:"base64,omitempty"`
	Truncated bool                `json:"truncated,omitempty"`
	Size      int                 `json:"size"`
}

// Departure is one way in which an answer was not what the document allows; see specs.Departure.
type Departure struct {
	Requirement string `json:"requirement"`
	Pointer     string `json:"pointer,omitempty"`
	Message     string `json:"message"`
	Count       int    `json:"count,omitempty"`
}

// Result is how a case came out. It is a fact, not yet a verdict.
type Result string

// The results of a case.
const (
	Kept         Result = "kept"          // the promise was seen to hold
	Broken       Result = "broken"        // it was seen not to hold, every time it was tried
	Flaky        Result = "flaky"         // broken in some tries, kept in others
	Observed     Result = "observed"      // nothing was promised; what the server does is in Observation
	NotExercised Result = "not-exercised" // the target has no data or credential for it
	Inconclusive Result = "inconclusive"  // the data moved, or the target did not answer
	Crashed      Result = "crashed"       // the case itself went wrong
)

// Outcome is how one case came out for the requirements that it covers, all of them on one operation.
type Outcome struct {
	Case         string   `json:"case"` // operation and text, unique in its API
	API          string   `json:"api"`
	Operation    string   `json:"operation"`
	Requirements []string `json:"requirements"`
	Result       Result   `json:"result"`
	// Reason says why a case was not exercised or inconclusive.
	Reason      string            `json:"reason,omitempty"`
	Failure     *Failure          `json:"failure,omitempty"`
	Observation map[string]string `json:"observation,omitempty"` // question → answer, small and stable
	Tries       int               `json:"tries"`
	BrokenTries int               `json:"brokenTries,omitempty"`
	Exchanges   []string          `json:"exchanges,omitempty"` // ids, those of the failure first
	Seconds     float64           `json:"seconds"`
	Where       string            `json:"where,omitempty"` // file:line of the case
}

// Failure is what was asked, expected and got, in words and values that need no log beside them.
type Failure struct {
	Message  string   `json:"message"` // one line
	Asked    string   `json:"asked,omitempty"`
	Expected string   `json:"expected,omitempty"`
	Got      string   `json:"got,omitempty"`
	Likely   string   `json:"likely,omitempty"`
	RuledOut []string `json:"ruledOut,omitempty"`
	// Reproduce holds lines for a shell, secrets as variables.
	Reproduce []string `json:"reproduce,omitempty"`
}

// Footer closes a run. A stream without one was cut short.
type Footer struct {
	Finished time.Time      `json:"finished"`
	Requests map[string]int `json:"requests"` // by method, tries included
	Cases    int            `json:"cases"`
	// Written says what the run changed on the target; nil for nothing.
	Written *Written `json:"written,omitempty"`
	// Problem says why the run ended before its end: the target was out of reach, every credential was refused,
	// the run was interrupted. "" for a run that went through.
	Problem string `json:"problem,omitempty"`
	// Stopped says why a load run ended before its schedule did, though nothing was wrong with the run: an objective was
	// lost that was to end it. What was measured until then is judged as it stands.
	Stopped string `json:"stopped,omitempty"`
}

// Written is what a run changed on its target, on the one user and licence that it was allowed to change.
type Written struct {
	API     string `json:"api"`
	User    string `json:"user"`
	License string `json:"license"`
	Cases   int    `json:"cases"`  // that changed it
	Undone  int    `json:"undone"` // of them, those that put it back
	// Journal is the file that harness target restore takes; "" when everything was undone.
	Journal string `json:"journal,omitempty"`
}
