// What became of the known failures: how each entry of the list met the run.

package verdict

import "harness/internal/known"

// Acceptance is what became of one entry of known-failures.yaml in one run.
type Acceptance struct {
	known.Failure
	State      AcceptanceState `json:"state"`
	Quarantine bool            `json:"quarantine,omitempty"`
	Note       string          `json:"note,omitempty"` // one line: what to do about it; "" when nothing
}

// AcceptanceState is how an entry met the run.
type AcceptanceState string

// The states of an entry, by what the gate makes of them.
const (
	Accepted   AcceptanceState = "accepted"    // it fails as listed: the gate lets it pass
	Stale      AcceptanceState = "stale"       // it passes: the entry is to be taken out
	Expired    AcceptanceState = "expired"     // its day is past: it counts like any other
	OtherCause AcceptanceState = "other cause" // it fails otherwise than listed: it counts like any other
	Unmet      AcceptanceState = "not judged"  // the run says nothing of it
	Elsewhere  AcceptanceState = "elsewhere"   // it is of another target
)
