// What a load run leaves behind: what it was to do, and a tick for each second of it.

package evidence

import (
	"maps"
	"slices"

	"harness/internal/histogram"
)

// Load is one scenario as it was to be played, written before its first request.
type Load struct {
	Scenario   string          `json:"scenario"`
	Summary    string          `json:"summary"`
	Source     string          `json:"source"` // the scenario's file; "embedded" for one that comes with the program
	Digest     string          `json:"digest"` // SHA-256 of the file, hex
	Model      string          `json:"model"`  // open: requests are due whether or not the API keeps up; closed: a new one when an old one is answered
	Pace       string          `json:"pace"`   // in words: "constant 1000/s for 30s, evenly"
	Rate       float64         `json:"rate"`   // the highest rate that comes due, requests a second; 0 for a closed model
	Seconds    float64         `json:"seconds"`
	Warmup     float64         `json:"warmup"`  // seconds before the first that counts
	Workers    int             `json:"workers"` // the most requests in flight
	Attackers  int             `json:"attackers"`
	Transport  string          `json:"transport"`      // fast or std; what was used, not what was asked for
	Note       string          `json:"note,omitempty"` // why another transport was used than was asked for; what the target has no data for
	Validate   string          `json:"validate"`       // all, sample=N or none
	Operations []LoadOperation `json:"operations"`
	Objectives []Objective     `json:"objectives"`
}

// LoadOperation is one operation of a scenario, with its share of the requests.
type LoadOperation struct {
	API       string  `json:"api"`
	Operation string  `json:"operation"`
	Share     float64 `json:"share"` // 0 to 1
}

// Objective is a limit that a measurement is held against.
type Objective struct {
	ID        string  `json:"id"`               // unique in its scenario, outlives edits of the limit: "scanLicensesByKey p99"
	Operation string  `json:"operation"`        // "*" for all of the scenario
	Metric    string  `json:"metric"`           // p50 p90 p95 p99 p99.9 max: response time in seconds; errors, throttled, rate: shares; violations: in 100,000 answers
	Limit     float64 `json:"limit"`            // the most; for rate the least
	Window    float64 `json:"window,omitempty"` // seconds: it must hold in each such window too; 0 holds it over the whole alone
	Text      string  `json:"text"`             // as written: "p99 ≤ 100ms in every 10s"
}

// Tick is something of what happened to the requests of one second of a scenario. A request belongs to the second in
// which it was due, or, in a closed model, in which it was sent. Ticks add up: requests that were done later than their
// second stand in a later tick of the same second.
type Tick struct {
	Scenario   string     `json:"scenario"`
	Second     int        `json:"second"`           // since the scenario began, warm-up included
	Warmup     bool       `json:"warmup,omitempty"` // does not count
	Level      string     `json:"level,omitempty"`  // the step of a pace that has steps: "800/s", "800/s again"
	Due        int64      `json:"due"`              // by the schedule; in a closed model those sent
	Operations []TickPart `json:"operations"`
	Generator  *Generator `json:"generator,omitempty"`
}

// Clone is a copy that stays as it is, whatever becomes of the tick: the one who measures uses its memory again.
func (t *Tick) Clone() Tick {
	c := *t
	c.Operations = slices.Clone(t.Operations)
	for i := range c.Operations {
		p := &c.Operations[i]
		p.Violations, p.Causes = maps.Clone(p.Violations), maps.Clone(p.Causes)
		p.Lag = p.Lag.Clone()
		p.Classes = slices.Clone(p.Classes)
		for j := range p.Classes {
			p.Classes[j].Service, p.Classes[j].Response = p.Classes[j].Service.Clone(), p.Classes[j].Response.Clone()
		}
	}
	if t.Generator != nil {
		g := *t.Generator
		g.Pacing = g.Pacing.Clone()
		c.Generator = &g
	}
	return c
}

// TickPart is what happened to the requests of one operation and size.
type TickPart struct {
	API        string               `json:"api"`
	Operation  string               `json:"operation"`
	Size       int                  `json:"size,omitempty"` // keys, users or count asked for; 0 where there is no such thing
	Sent       int64                `json:"sent"`
	Answered   int64                `json:"answered"`
	Errors     int64                `json:"errors"`         // no answer, or one of 5xx, or 4xx that was not asked for
	Throttled  int64                `json:"throttled"`      // 429, and 503 that says when to come back
	Held       int64                `json:"held,omitempty"` // due while the server had asked to be left alone, and not sent
	Validated  int64                `json:"validated"`
	Violations map[string]int64     `json:"violations,omitempty"` // by requirement; an answer may count for several
	Violating  int64                `json:"violating,omitempty"`  // answers with at least one violation
	Bytes      int64                `json:"bytes"`                // of bodies, as they came
	Causes     map[string]int64     `json:"causes,omitempty"`     // of errors: status or kind
	Classes    []TickClass          `json:"classes"`
	Lag        *histogram.Histogram `json:"lag"` // from due to sent
}

// TickClass holds the times of the answers of one class of status.
type TickClass struct {
	Class    string               `json:"class"` // 2xx, 3xx, 4xx, 5xx, none
	Service  *histogram.Histogram `json:"service"`
	Response *histogram.Histogram `json:"response"`
}

// Generator is how the program itself fared in a second. It tells whether the figures are the server's.
type Generator struct {
	Pacing    *histogram.Histogram `json:"pacing"`   // how late the pacer woke when nothing kept it
	Late      int64                `json:"late"`     // requests sent late though a worker was free
	Starved   int64                `json:"starved"`  // requests that waited because every worker was waiting for the server
	InFlight  int                  `json:"inFlight"` // at the end of the second
	Workers   int                  `json:"workers"`  // started so far
	Backlog   int                  `json:"backlog"`  // results not yet consumed
	CPU       float64              `json:"cpu"`      // of this process, in cores
	Machine   float64              `json:"machine"`  // share of the machine's time that was busy, 0 to 1
	Steal     float64              `json:"steal"`    // share taken by other guests, 0 to 1
	Cores     int                  `json:"cores"`
	GCPause   float64              `json:"gcPause"` // seconds stopped in this second
	RSS       int64                `json:"rss"`     // bytes
	Files     int                  `json:"files"`   // open descriptors
	FileLimit int                  `json:"fileLimit"`
	Exhausted int                  `json:"exhausted,omitempty"` // requests for which this machine had no descriptor or port left
	Opened    int64                `json:"opened"`              // connections opened in this second
}

// Search is what a search for the highest rate came to. Each rate that was tried is a level of its own in the ticks.
type Search struct {
	Scenario  string        `json:"scenario"`
	Holds     float64       `json:"holds"` // the highest rate that held, requests a second; 0 for none
	Fails     float64       `json:"fails"` // the lowest rate that did not; 0 when none failed
	Confirmed int           `json:"confirmed"`
	Ended     string        `json:"ended,omitempty"` // why the search ended before it was done
	Levels    []SearchLevel `json:"levels"`          // in the order in which they were played
}

// SearchLevel is one rate that was tried.
type SearchLevel struct {
	Name   string  `json:"name"` // Level of its ticks
	Rate   float64 `json:"rate"`
	Held   bool    `json:"held"`
	Reason string  `json:"reason,omitempty"` // why it did not hold: the objective that was missed, the contract, the generator
}
