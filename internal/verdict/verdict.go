// Package verdict turns evidence into judgement. It is pure: no clock, no network, no file; the same evidence gives
// the same judgement.
package verdict

import (
	"fmt"

	"harness/internal/nearest"
)

// Verdict is how a requirement fared. The order is a ladder that is only climbed: of several verdicts on one
// requirement the greatest stands. The zero value says that nobody looked.
type Verdict int

// The ladder. Absence has names of its own, and none of them is Pass.
const (
	Untested     Verdict = iota // no case looked at it
	Pass                        // it was seen to hold
	Observed                    // nothing was promised; what the server does was recorded
	Drift                       // nothing was promised, and the server does other than it did before
	NotExercised                // the target lacks the data or the credential
	Inconclusive                // the data moved, or the target did not answer
	Flaky                       // seen to hold and seen not to hold
	Fail                        // seen not to hold
	Error                       // the harness itself went wrong
)

// Verdicts is the ladder from its foot.
var Verdicts = []Verdict{Untested, Pass, Observed, Drift, NotExercised, Inconclusive, Flaky, Fail, Error}

var names = [...]string{"untested", "pass", "observed", "drift", "not exercised", "inconclusive", "flaky", "fail", "error"}

func (v Verdict) String() string {
	if v < 0 || int(v) >= len(names) {
		return fmt.Sprintf("verdict %d", int(v))
	}
	return names[v]
}

// MarshalText writes the verdict as its name, in values and in keys.
func (v Verdict) MarshalText() ([]byte, error) {
	if v < 0 || int(v) >= len(names) {
		return nil, fmt.Errorf("no verdict %d", int(v))
	}
	return []byte(names[v]), nil
}

// UnmarshalText reads a verdict by its name.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range names {
		if name == string(text) {
			*v = Verdict(i)
			return nil
		}
	}
	return nearest.Error("verdict", string(text), names[:], "")
}

// Judged says whether the verdict is one on the server; the others say why there is none.
func (v Verdict) Judged() bool {
	switch v {
	case Pass, Observed, Drift, Flaky, Fail:
		return true
	}
	return false
}
