// The run as a whole: what it amounts to, and how the program ends for it.

package verdict

import (
	"errors"
	"fmt"
	"slices"

	"harness/internal/evidence"
	"harness/internal/nearest"
	"harness/internal/requirement"
)

// The exit codes of judgement, one meaning each.
const (
	ExitGreen     = 0
	ExitBroken    = 1 // the contract is violated
	ExitNotJudged = 3
	ExitStale     = 4 // known-failures.yaml holds what is no longer so, or is past its day
	ExitFault     = 6 // of the harness itself
)

// FailOn is the weakest thing that fails the gate.
type FailOn string

// FailOnMust fails on broken MUSTs alone; FailOnShould on SHOULDs as well; FailOnDrift on drift as well.
const (
	FailOnMust   FailOn = "must"
	FailOnShould FailOn = "should"
	FailOnDrift  FailOn = "drift"
)

// FailOns lists the gates, the most lenient first.
var FailOns = []FailOn{FailOnMust, FailOnShould, FailOnDrift}

// FailOnNamed returns the gate of that name; the error names the nearest.
func FailOnNamed(name string) (FailOn, error) {
	var names []string
	for _, gate := range FailOns {
		if string(gate) == name {
			return gate, nil
		}
		names = append(names, string(gate))
	}
	return "", nearest.Error("gate", name, names, "")
}

// Fails says whether a finding fails the gate. A flaky promise is a broken one that is harder to see; one that is known,
// by an entry in force, fails no gate.
func (g FailOn) Fails(f Finding) bool {
	if f.Known() {
		return false
	}
	switch f.Verdict {
	case Fail, Flaky:
		return g != FailOnMust || f.Level == requirement.Must
	case Drift:
		return g == FailOnDrift
	}
	return false
}

// Exit is how the program ends. A fault of the harness comes before everything; then a run that ended early, of which
// the broken promises may be the smaller part; then the gate; then a run that says too little; and when nothing else is
// wrong, a list of known failures that is out of date.
func (j Judgement) Exit(gate FailOn) int {
	switch {
	case slices.ContainsFunc(j.Findings, func(f Finding) bool { return f.Verdict == Error }):
		return ExitFault
	case j.CutShort || j.Problem != "":
		return ExitNotJudged
	case slices.ContainsFunc(j.Findings, gate.Fails):
		return ExitBroken
	case j.Unjudged != "":
		return ExitNotJudged
	case slices.ContainsFunc(j.Accepted, func(a Acceptance) bool { return a.State == Stale || a.State == Expired }):
		return ExitStale
	}
	return ExitGreen
}

// worst is the verdict of the run as a whole.
func (j Judgement) worst(run *evidence.Run) Verdict {
	v := Pass
	for _, f := range j.Findings {
		if f.Verdict >= Flaky || f.Verdict == Drift {
			v = max(v, f.Verdict)
		}
	}
	switch {
	case v >= Flaky:
	case j.CutShort || j.Problem != "":
		v = Inconclusive
	case len(run.Outcomes) == 0 && len(run.Loads) == 0:
		v = Untested
	case j.Unjudged != "":
		v = NotExercised
	}
	return v
}

// unjudged says why a run says too little of the server, "" when it says enough: some case looked, something was
// seen, and of every API under test.
func unjudged(run *evidence.Run, findings []Finding) string {
	if len(run.Outcomes) == 0 {
		return "no case was run"
	}
	if len(findings) == 0 {
		return "nothing is in the selection"
	}
	if !slices.ContainsFunc(findings, func(f Finding) bool { return f.Verdict.Judged() }) {
		return "nothing was judged" + because(run.Outcomes)
	}
	for _, api := range apis(run, findings) {
		of := slices.DeleteFunc(slices.Clone(run.Outcomes), func(o evidence.Outcome) bool { return o.API != api })
		if len(of) == 0 {
			return "no case of " + api + " was run"
		}
		if !slices.ContainsFunc(of, exercised) {
			return "no case of " + api + " could be exercised" + because(of)
		}
	}
	return ""
}

func exercised(o evidence.Outcome) bool {
	return o.Result != evidence.NotExercised && o.Result != evidence.Inconclusive
}

// because is the reason that most outcomes give.
func because(outcomes []evidence.Outcome) string {
	count, most := map[string]int{}, ""
	for _, o := range outcomes {
		if o.Reason == "" {
			continue
		}
		count[o.Reason]++
		if count[o.Reason] > count[most] {
			most = o.Reason
		}
	}
	if most == "" {
		return ""
	}
	return ": " + firstLine(most)
}

// apis lists the APIs that the run was to judge: those of its target, as far as the selection leaves something of
// them.
func apis(run *evidence.Run, findings []Finding) []string {
	var all []string
	for _, f := range findings {
		_, there := run.Header.Target.URLs[f.API]
		if !slices.Contains(all, f.API) && (there || len(run.Header.Target.URLs) == 0) {
			all = append(all, f.API)
		}
	}
	return all
}

// selected says which findings are inside the selection. A name that selects nothing is an error: the evidence is of
// other promises than the catalogue's.
func selected(c *requirement.Catalogue, s evidence.Selection) (func(Finding) bool, error) {
	chosen, err := map[string]bool{}, error(nil)
	for _, pattern := range s.Requirements {
		requirements, e := c.Select([]string{pattern})
		if e != nil {
			err = errors.Join(err, fmt.Errorf("the run was narrowed to what is not there: %w", e))
		}
		for _, r := range requirements {
			chosen[r.ID] = true
		}
	}
	return func(f Finding) bool {
		return (len(s.APIs) == 0 || slices.Contains(s.APIs, f.API)) &&
			(len(s.Operations) == 0 || slices.Contains(s.Operations, f.Operation)) &&
			(len(s.Requirements) == 0 || chosen[f.Requirement])
	}, err
}

// summarise counts requirements by level and verdict. Every level and verdict stands, so that a reader need not ask
// whether one is missing or nought.
func summarise(findings []Finding) map[requirement.Level]map[Verdict]int {
	worst, level := map[string]Verdict{}, map[string]requirement.Level{}
	for _, f := range findings {
		worst[f.Requirement] = max(worst[f.Requirement], f.Verdict)
		level[f.Requirement] = f.Level
	}
	summary := map[requirement.Level]map[Verdict]int{}
	for _, l := range requirement.Levels {
		summary[l] = map[Verdict]int{}
		for _, v := range Verdicts {
			summary[l][v] = 0
		}
	}
	for id, v := range worst {
		summary[level[id]][v]++
	}
	return summary
}
