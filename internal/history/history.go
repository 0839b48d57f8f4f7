// What changed between two runs, and what the server was seen to do.

// Package history remembers earlier runs and says what has changed since. It is pure but for the folder of stored runs.
package history

import (
	"time"

	"harness/internal/requirement"
	"harness/internal/verdict"
)

// Changes is what a run shows otherwise than its baseline. Lists are never nil.
type Changes struct {
	Base      RunID           `json:"base"`
	Run       RunID           `json:"run"`
	Regressed []Change        `json:"regressed"` // held before, is broken now
	Fixed     []Change        `json:"fixed"`     // was broken, holds now
	New       []Change        `json:"new"`       // judged for the first time, and broken
	Gone      []Change        `json:"gone"`      // was judged, is not judged now
	Drifted   []Drift         `json:"drifted"`
	Measured  []Measured      `json:"measured"`
	Documents []DocumentDrift `json:"documents"` // documents whose digest differs
}

// RunID says which run is meant.
type RunID struct {
	Target  string          `json:"target"`
	Started time.Time       `json:"started"`
	Verdict verdict.Verdict `json:"verdict"`
	Path    string          `json:"path,omitempty"` // as given
}

// Change is one finding whose verdict is another than before.
type Change struct {
	Requirement string            `json:"requirement"`
	API         string            `json:"api"`
	Operation   string            `json:"operation"`
	Level       requirement.Level `json:"level"`
	Was         verdict.Verdict   `json:"was"`
	Is          verdict.Verdict   `json:"is"`
	Message     string            `json:"message,omitempty"`
}

// Drift is one thing that the server was seen to do otherwise than before, where nothing is promised.
type Drift struct {
	API       string `json:"api"`
	Operation string `json:"operation"`
	What      string `json:"what"` // status, member, value, header, or the question of an observation
	Was       string `json:"was"`  // "" for never seen
	Is        string `json:"is"`   // "" for no longer seen
}

// Measured is one figure of both runs, with its doubt.
type Measured struct {
	Scenario  string  `json:"scenario,omitempty"` // "" for the answers of a contract run
	API       string  `json:"api"`
	Operation string  `json:"operation"`
	Figure    string  `json:"figure"` // such as "response time p99"
	Unit      string  `json:"unit"`
	Was       float64 `json:"was"`
	Is        float64 `json:"is"`
	Change    string  `json:"change"`      // "+12 %", or "~" where nothing can be said
	P         float64 `json:"p,omitempty"` // of the test; 0 for an exact one
	Verdict   string  `json:"verdict"`     // faster, slower, higher, lower, ~
}

// DocumentDrift is a document that the two runs were held against in different versions.
type DocumentDrift struct {
	API string `json:"api"`
	Was string `json:"was"` // digest
	Is  string `json:"is"`
}

// Behaviour is what an operation was seen to answer, held beside what its document says. Lists are sorted.
type Behaviour struct {
	API       string   `json:"api"`
	Operation string   `json:"operation"`
	Statuses  []Seen   `json:"statuses"`
	Members   []Seen   `json:"members"` // JSON paths of successful answers, * for indexes
	Values    []Seen   `json:"values"`  // member = value, for members of few values
	Headers   []string `json:"headers"` // names, of successful answers
}

// Seen is one thing, whether the document speaks of it, and how many answers showed it.
type Seen struct {
	Name       string `json:"name"`
	Documented bool   `json:"documented"`
	Count      int    `json:"count"`
}
