// What changed from one run to the next.

package history

import (
	"cmp"
	"slices"

	"harness/internal/verdict"
)

// Compare says what a run shows otherwise than its baseline. It is pure. What neither run was narrowed to is not told.
func Compare(base, run Snapshot) Changes {
	c := Changes{
		Base: base.RunID, Run: run.RunID, Problem: incomparable(base, run),
		Regressed: []Change{}, New: []Change{}, Still: []Change{}, Fixed: []Change{}, Gone: []Change{},
		Drifted: drifts(base, run), Measured: measured(base, run), Documents: []DocumentDrift{},
	}
	before := byPlace(base.Findings)
	for _, f := range run.Findings {
		was, there := before[placeOf(f)]
		c.put(was, there, f, run)
	}
	now := byPlace(run.Findings)
	for _, f := range base.Findings {
		// Outside its selection a run says nothing; inside it, what has no finding is no longer in the catalogue.
		if _, there := now[placeOf(f)]; !there && held(f.Verdict)+broken(f.Verdict) > 0 && run.Selection.Whole() && under(run, f.API) {
			c.Gone = append(c.Gone, change(f, f.Verdict, verdict.Untested, "no longer in the catalogue"))
		}
	}
	slices.SortStableFunc(c.Gone, func(a, b Change) int { return broken(b.Was) - broken(a.Was) })
	for _, is := range run.Documents {
		for _, was := range base.Documents {
			if was.API == is.API && was.Digest != is.Digest {
				c.Documents = append(c.Documents, DocumentDrift{API: is.API, Was: was.Digest, Is: is.Digest})
			}
		}
	}
	return c
}

// put gives a finding to the list that it belongs to, if to any.
func (c *Changes) put(was verdict.Finding, there bool, f verdict.Finding, run Snapshot) {
	to := change(f, was.Verdict, f.Verdict, f.Message)
	switch {
	case broken(f.Verdict) > 0 && broken(was.Verdict) > 0:
		c.Still = append(c.Still, to)
	case broken(f.Verdict) > 0 && held(was.Verdict) > 0:
		c.Regressed = append(c.Regressed, to)
	case broken(f.Verdict) > 0:
		c.New = append(c.New, to)
	case held(f.Verdict) > 0:
		if broken(was.Verdict) > 0 {
			c.Fixed = append(c.Fixed, to)
		}
	case there && held(was.Verdict)+broken(was.Verdict) > 0:
		if f.Verdict == verdict.Untested && run.Selection.Requests > 0 {
			return // a bounded run leaves most things out
		}
		to.Message = cmp.Or(f.Reason, f.Message)
		c.Gone = append(c.Gone, to)
	}
}

func change(f verdict.Finding, was, is verdict.Verdict, message string) Change {
	return Change{
		Requirement: f.Requirement, API: f.API, Operation: f.Operation, Level: f.Level, Was: was, Is: is, Message: message,
		Accepted: f.Known(),
	}
}

// broken is 1 for a verdict that says so. A flaky promise is a broken one that is harder to see.
func broken(v verdict.Verdict) int {
	if v == verdict.Fail || v == verdict.Flaky {
		return 1
	}
	return 0
}

// held is 1 for a verdict on the server that finds nothing broken.
func held(v verdict.Verdict) int {
	if v.Judged() && broken(v) == 0 {
		return 1
	}
	return 0
}

type place struct{ requirement, api, operation string }

func placeOf(f verdict.Finding) place { return place{f.Requirement, f.API, f.Operation} }

func byPlace(findings []verdict.Finding) map[place]verdict.Finding {
	m := make(map[place]verdict.Finding, len(findings))
	for _, f := range findings {
		m[placeOf(f)] = f
	}
	return m
}

// under says whether a run was to judge an API.
func under(s Snapshot, api string) bool {
	return len(s.Selection.APIs) == 0 || slices.Contains(s.Selection.APIs, api)
}

// incomparable says why two runs cannot be compared, "" when they can.
func incomparable(base, run Snapshot) string {
	for _, side := range []struct {
		name string
		s    Snapshot
	}{{"baseline", base}, {"run", run}} {
		if side.s.Exit == verdict.ExitNotJudged || side.s.Exit == verdict.ExitFault {
			return "the " + side.name + " was not judged: " + cmp.Or(side.s.Problem, "a fault of the harness")
		}
	}
	before := byPlace(base.Findings)
	measured := len(base.Figures) > 0 && len(run.Figures) > 0
	if !measured && !slices.ContainsFunc(run.Findings, func(f verdict.Finding) bool {
		return f.Verdict.Judged() && before[placeOf(f)].Verdict.Judged()
	}) {
		return "the two have no judged requirement in common"
	}
	return ""
}
