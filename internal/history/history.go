// Two runs beside each other: what is compared, and what comes of it.

// Package history remembers earlier runs and says what has changed since. It is pure but for the folder of stored runs.
package history

import (
	"time"

	"harness/internal/evidence"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// Snapshot is what a comparison needs of a run. It can be made of fresh evidence and of a report that was kept after
// its evidence was dropped.
type Snapshot struct {
	RunID
	Exit      int // of its judgement; verdict.ExitNotJudged keeps it from being compared
	Problem   string
	Selection evidence.Selection
	Documents []evidence.Document
	Findings  []verdict.Finding
	Behaviour []Behaviour
	Figures   []Figure // further figures than those of Behaviour, such as a load run's
}

// RunID says which run is meant.
type RunID struct {
	Target  string          `json:"target"`
	Started time.Time       `json:"started"`
	Verdict verdict.Verdict `json:"verdict"`
	Path    string          `json:"path,omitempty"` // as given
}

// Changes is what a run shows otherwise than its baseline. Lists are never nil.
type Changes struct {
	Base RunID `json:"base"`
	Run  RunID `json:"run"`
	// Problem says why the two cannot be compared: one of them was not judged, or they have nothing in common. "" when
	// they can. The lists say what they can all the same.
	Problem   string          `json:"problem"`
	Regressed []Change        `json:"regressed"` // held before, is broken now
	New       []Change        `json:"new"`       // judged for the first time, and broken
	Still     []Change        `json:"still"`     // broken before, and now
	Fixed     []Change        `json:"fixed"`     // was broken, holds now
	Gone      []Change        `json:"gone"`      // was judged, is not judged now; what was broken stands first
	Drifted   []Drift         `json:"drifted"`
	Measured  []Measured      `json:"measured"`
	Documents []DocumentDrift `json:"documents"` // documents whose digest differs
}

// Change is one finding whose verdict is to be told beside the one it had before.
type Change struct {
	Requirement string            `json:"requirement"`
	API         string            `json:"api"`
	Operation   string            `json:"operation"`
	Level       requirement.Level `json:"level"`
	Was         verdict.Verdict   `json:"was"` // untested where the baseline had no such finding
	Is          verdict.Verdict   `json:"is"`
	Message     string            `json:"message,omitempty"`  // what is broken, or why it is not judged
	Accepted    bool              `json:"accepted,omitempty"` // a known failure covers it
}

// Drift is one thing that the server was seen to do otherwise than before.
type Drift struct {
	API         string `json:"api"`
	Operation   string `json:"operation"`
	What        string `json:"what"`                  // status, member, value, header or observation
	Name        string `json:"name"`                  // 404, /*/key, /*/type = USER, X-Request-Id, or the question
	Requirement string `json:"requirement,omitempty"` // of an observation
	Documented  bool   `json:"documented"`            // the document speaks of it; false for an observation
	Was         string `json:"was"`                   // the answer to the question, else how many answers showed it: "3 of 40"
	Is          string `json:"is"`
}

// Measured is one figure of both runs, with its doubt.
type Measured struct {
	Scenario  string   `json:"scenario,omitempty"` // "" for the answers of a contract run
	API       string   `json:"api"`
	Operation string   `json:"operation"` // "*" for a whole scenario
	Figure    string   `json:"figure"`    // such as "service time"
	Unit      string   `json:"unit"`      // "s", "1/s", "" for a share or a count
	Was       Estimate `json:"was"`
	Is        Estimate `json:"is"`
	Change    string   `json:"change"`      // "+12%", or "~" where nothing can be said
	P         float64  `json:"p,omitempty"` // of the test: how likely chance alone makes such a difference; 0 for an exact one
	Verdict   string   `json:"verdict"`     // faster, slower, higher, lower, ~
	Note      string   `json:"note,omitempty"`
}

// Estimate is the middle of a sample and how far the truth may lie from it.
type Estimate struct {
	Value float64 `json:"value"`
	Doubt string  `json:"doubt"` // half the 95 % interval: "±4%"; "±∞" where the sample is too small to say; "" for a count
	N     int     `json:"n"`     // size of the sample
}

// DocumentDrift is a document that the two runs were held against in different versions.
type DocumentDrift struct {
	API string `json:"api"`
	Was string `json:"was"` // digest
	Is  string `json:"is"`
}

// Worse says whether something is broken that was not, and that nobody has accepted.
func (c Changes) Worse() bool {
	for _, list := range [][]Change{c.Regressed, c.New} {
		for _, change := range list {
			if !change.Accepted {
				return true
			}
		}
	}
	return false
}
