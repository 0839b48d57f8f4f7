// What could be judged on a target, without sending anything: each case runs up to its first request.

package contract

import (
	"context"

	"harness/internal/evidence"
)

// Planned is what became of a case that was run up to its first request.
type Planned struct {
	Case   Case
	Reason string // why it could not be exercised, "" when it would send something
}

// Plan runs every case up to its first request and says which would not get that far: for want of data, of a
// credential, or of leave to write. What a case only finds out from an answer is not known here.
func Plan(ctx context.Context, cases []Case, env *Environment) []Planned {
	planned := make([]Planned, len(cases))
	for i, c := range cases {
		t := newT(ctx, c, env, 1)
		t.planning = true
		planned[i].Case = c
		if s := t.attempt(); s.result == evidence.NotExercised {
			planned[i].Reason = s.reason
		}
	}
	return planned
}
