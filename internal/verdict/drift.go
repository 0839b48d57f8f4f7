// Drift: what the server does where nothing is promised, held against what an earlier run saw.

package verdict

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Drifted marks the observations that an earlier run saw otherwise: their verdict becomes Drift, and the message says
// from what to what. A question that only one of the runs asked has not drifted.
func (j *Judgement) Drifted(before Judgement) {
	type place struct{ requirement, operation string }
	earlier := map[place]map[string]string{}
	for _, f := range before.Findings {
		earlier[place{f.Requirement, f.Operation}] = f.Observation
	}
	for i := range j.Findings {
		f := &j.Findings[i]
		var changes []string
		for _, question := range slices.Sorted(maps.Keys(f.Observation)) {
			was, asked := earlier[place{f.Requirement, f.Operation}][question]
			if is := f.Observation[question]; asked && was != is {
				changes = append(changes, fmt.Sprintf("%s: %s → %s", question, was, is))
			}
		}
		if len(changes) > 0 {
			f.Verdict = max(f.Verdict, Drift)
			f.Message = strings.Join(changes, "; ")
		}
	}
	j.Summary = summarise(j.Findings)
	if j.Verdict == Pass && slices.ContainsFunc(j.Findings, func(f Finding) bool { return f.Verdict == Drift }) {
		j.Verdict = Drift
	}
}
