// Drift: what the server does where nothing is promised, held against what an earlier run saw.

package verdict

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Drifting is a question that two runs asked, and got different answers to.
type Drifting struct {
	Requirement, API, Operation string
	Question                    string
	Was, Is                     string
}

// Drifts lists the questions whose answers differ, in the order of the later findings. A question that only one of the
// runs asked has not drifted.
func Drifts(before, now []Finding) []Drifting {
	earlier := map[place]map[string]string{}
	for _, f := range before {
		earlier[place{f.Requirement, f.API, f.Operation}] = f.Observation
	}
	var all []Drifting
	for _, f := range now {
		for _, question := range slices.Sorted(maps.Keys(f.Observation)) {
			was, asked := earlier[place{f.Requirement, f.API, f.Operation}][question]
			if is := f.Observation[question]; asked && was != is {
				all = append(all, Drifting{f.Requirement, f.API, f.Operation, question, was, is})
			}
		}
	}
	return all
}

// Drifted marks the observations that an earlier run saw otherwise: their verdict becomes Drift, and the message says
// from what to what.
func (j *Judgement) Drifted(before Judgement) {
	changes := map[place][]string{}
	for _, d := range Drifts(before.Findings, j.Findings) {
		p := place{d.Requirement, d.API, d.Operation}
		changes[p] = append(changes[p], fmt.Sprintf("%s: %s → %s", d.Question, d.Was, d.Is))
	}
	for i := range j.Findings {
		f := &j.Findings[i]
		if said := changes[place{f.Requirement, f.API, f.Operation}]; len(said) > 0 {
			f.Verdict = max(f.Verdict, Drift)
			f.Message = strings.Join(said, "; ")
		}
	}
	j.Summary = summarise(j.Findings)
	if j.Verdict == Pass && slices.ContainsFunc(j.Findings, func(f Finding) bool { return f.Verdict == Drift }) {
		j.Verdict = Drift
	}
}
