// Known failures for a reader at a terminal: what was accepted, until when, and which entries want an edit.

package report

import (
	"fmt"
	"slices"
	"strings"

	"harness/internal/requirement"
	"harness/internal/verdict"
)

// urgency is the order in which entries are told: what keeps the gate shut first.
var urgency = []verdict.AcceptanceState{verdict.Expired, verdict.OtherCause, verdict.Stale, verdict.Accepted, verdict.Unmet}

// known tells what became of each known failure. Those of other targets are only counted.
func (t *text) known(r Report) {
	if r.KnownFailures == "" {
		return
	}
	elsewhere := 0
	entries := slices.DeleteFunc(slices.Clone(r.Accepted), func(a verdict.Acceptance) bool {
		if a.State == verdict.Elsewhere {
			elsewhere++
		}
		return a.State == verdict.Elsewhere
	})
	slices.SortStableFunc(entries, func(a, b verdict.Acceptance) int {
		return slices.Index(urgency, a.State) - slices.Index(urgency, b.State)
	})
	title := "Known failures: 1 entry in " + r.KnownFailures
	if len(entries) != 1 {
		title = fmt.Sprintf("Known failures: %d entries in %s", len(entries), r.KnownFailures)
	}
	if elsewhere > 0 {
		title += fmt.Sprintf(", and %d of other targets", elsewhere)
	}
	t.title(title)
	var rows [][]string
	for _, a := range entries {
		state := string(a.State)
		if a.Quarantine {
			state += ", quarantine"
		}
		rows = append(rows, []string{state, a.Requirement, a.Operation, until(a), clean(responsible(a))})
	}
	for i, row := range align(rows, "lllll") {
		t.line("  " + row)
		if note := entries[i].Note; note != "" {
			t.prose("    ", fmt.Sprintf("%s (line %d)", clean(note), entries[i].Line), 2)
		}
	}
}

func until(a verdict.Acceptance) string {
	if a.State == verdict.Expired {
		return "expired " + a.Expires.String()
	}
	return "until " + a.Expires.String()
}

// responsible is who sees to it that an entry goes, and where.
func responsible(a verdict.Acceptance) string {
	if a.Ticket != "" {
		return a.Owner + ", " + a.Ticket
	}
	return a.Owner
}

// mark is what a failure's head says of the known failure that it meets, "" for none.
func mark(f verdict.Finding) string {
	a := f.Accepted
	if a == nil {
		return ""
	}
	switch a.State {
	case verdict.Accepted:
		kind := "known"
		if a.Quarantine {
			kind = "in quarantine"
		}
		return clean(fmt.Sprintf("[%s until %s, %s]", kind, a.Expires, a.Owner))
	case verdict.Expired:
		return clean(fmt.Sprintf("[known until %s, which is past]", a.Expires))
	case verdict.OtherCause:
		if a.Quarantine {
			return "[in quarantine, yet it fails every time]"
		}
		return "[known, yet for another cause]"
	}
	return ""
}

// knownOnly counts the requirements of some levels that are broken on no operation but where that is known.
func knownOnly(r Report, levels ...requirement.Level) int {
	known, open := map[string]bool{}, map[string]bool{}
	for _, f := range r.Findings {
		switch {
		case !slices.Contains(levels, f.Level) || f.Verdict < verdict.Flaky:
		case f.Known():
			known[f.Requirement] = true
		default:
			open[f.Requirement] = true
		}
	}
	n := 0
	for id := range known {
		if !open[id] {
			n++
		}
	}
	return n
}

// outdated counts what a list of known failures holds that wants an edit, in words.
func outdated(r Report) string {
	counted := map[verdict.AcceptanceState]int{}
	for _, a := range r.Accepted {
		counted[a.State]++
	}
	var said []string
	if n := counted[verdict.Stale]; n > 0 {
		said = append(said, fmt.Sprintf("%d that no longer fails", n))
	}
	if n := counted[verdict.Expired]; n > 0 {
		said = append(said, fmt.Sprintf("%d past its day", n))
	}
	return r.KnownFailures + " lists " + strings.Join(said, " and ")
}
