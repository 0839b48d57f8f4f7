// A finding in plain words, for the formats that machines carry to people.

package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"harness/internal/evidence"
	"harness/internal/measure"
	"harness/internal/verdict"
)

// account is everything that is known of a broken promise, a line each: what was promised, what was found, how to see
// it again. Lines of evidence are whole.
func account(f verdict.Finding) string {
	failure := evidence.Failure{Message: f.Message}
	if len(f.Failures) > 0 {
		failure = f.Failures[0]
	}
	message := f.Message
	if more := len(f.Failures) - 1; more > 0 {
		message += fmt.Sprintf(" (and %s)", count(more, "other failure"))
	}
	var b strings.Builder
	line := func(name, value string) {
		indent := strings.Repeat(" ", label-2)
		for part := range strings.SplitSeq(strings.TrimSpace(value), "\n") {
			if part != "" {
				fmt.Fprintf(&b, "%-*s%s\n", label-2, name, clean(part))
				name = indent
			}
		}
	}
	line("promise", f.Statement)
	line("source", source(f))
	line("broken", message)
	line("tries", f.Tries)
	line("asked", failure.Asked)
	line("expected", failure.Expected)
	line("got", failure.Got)
	line("likely", failure.Likely)
	line("ruled out", strings.Join(failure.RuledOut, " · "))
	line("reproduce", strings.Join(failure.Reproduce, "\n"))
	return b.String()
}

// observed is what the server does where nothing is promised, and what of it has drifted; "" for a promise.
func observed(f verdict.Finding) string {
	var lines []string
	for _, question := range slices.Sorted(maps.Keys(f.Observation)) {
		lines = append(lines, clean(question+": "+f.Observation[question]))
	}
	if f.Verdict == verdict.Drift {
		lines = append(lines, clean("drifted: "+f.Message))
	}
	return strings.Join(lines, "\n")
}

// unjudged says why there is no verdict on the server, and what its owner could add.
func unjudged(f verdict.Finding) string {
	said := f.Verdict.String()
	if f.Reason != "" {
		said += ": " + f.Reason
	}
	if f.Verdict == verdict.NotExercised && f.Needs != "" {
		said += "; needs " + f.Needs
	}
	return clean(said)
}

// letPass says why a broken promise does not fail the gate.
func letPass(r Report, f verdict.Finding) string {
	if a := f.Accepted; a != nil && a.State == verdict.Accepted {
		return clean(acceptance(*a))
	}
	return fmt.Sprintf("broken, and let pass by the gate %q", r.Gate)
}

// acceptance is one known failure: how it stands, until when, who owns it, and why it was accepted.
func acceptance(a verdict.Acceptance) string {
	kind := "known failure"
	if a.Quarantine {
		kind = "in quarantine"
	}
	said := fmt.Sprintf("%s until %s (%s): %s", kind, a.Expires, strings.Join(slices.DeleteFunc([]string{a.Owner, a.Ticket}, func(s string) bool { return s == "" }), ", "), a.Reason)
	if a.State != verdict.Accepted {
		said = fmt.Sprintf("%s; %s", cmp.Or(a.Note, string(a.State)), said)
	}
	return clean(said)
}

// measured names what a measurement is of.
func measured(m measure.Measurement) string {
	if m.Operation == "*" {
		return "whole scenario"
	}
	return m.API + "." + m.Operation
}

// figures are a measurement in one line.
func figures(m measure.Measurement) string {
	return fmt.Sprintf("%d of %d sent, %d answered, %d errors, %d throttled, %d of %d violate; response time p50 %s, p99 %s, p99.9 %s, max %s",
		m.Sent, m.Due, m.Answered, m.Errors, m.Throttled, m.Violations, m.Validated,
		span(m.ResponseTime.P50), span(m.ResponseTime.P99), span(m.ResponseTime.P999), span(m.ResponseTime.Max))
}

func span(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(10 * time.Microsecond).String()
}

// apisOf lists the APIs of the findings in their order.
func apisOf(findings []verdict.Finding) []string {
	var all []string
	for _, f := range findings {
		if !slices.Contains(all, f.API) {
			all = append(all, f.API)
		}
	}
	return all
}

// clean makes characters visible that a page or a terminal would obey: control characters, and those that turn the
// direction of writing; and those that XML has no way to write. Servers choose what stands in a report, and must not
// choose how it is shown. Line breaks stay.
func clean(s string) string {
	return strings.Map(func(c rune) rune {
		if c != '\n' && (unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || unicode.Is(unicode.Noncharacter_Code_Point, c)) {
			return utf8.RuneError
		}
		return c
	}, s)
}

// worstFirst lists what is broken, one finding for each cause: what is new since the baseline first, then what fails
// the gate, then what it lets pass. Drift is listed where the gate fails on it. A known failure never stands for a
// finding that is not known, nor the other way round.
func (r Report) worstFirst() []cause {
	var ranks [3][]verdict.Finding
	for _, f := range r.Findings {
		switch {
		case r.fails(f) && r.isNew(f):
			ranks[0] = append(ranks[0], f)
		case r.fails(f) || f.Verdict == verdict.Error:
			ranks[1] = append(ranks[1], f)
		case f.Verdict >= verdict.Flaky:
			ranks[2] = append(ranks[2], f)
		}
	}
	var all []cause
	for _, findings := range ranks {
		all = append(all, causes(findings)...)
		for _, f := range findings {
			if f.Verdict == verdict.Drift {
				all = append(all, cause{finding: f})
			}
		}
	}
	return all
}

// fails says whether a finding fails the gate: a known failure in force does not.
func (r Report) fails(f verdict.Finding) bool {
	return (f.Accepted == nil || f.Accepted.State != verdict.Accepted) && r.Gate.Fails(f)
}

// isNew says whether a finding is broken now and was not in the baseline.
func (r Report) isNew(f verdict.Finding) bool {
	if r.Changes == nil {
		return false
	}
	for _, c := range slices.Concat(r.Changes.Regressed, r.Changes.New) {
		if c.Requirement == f.Requirement && c.API == f.API && c.Operation == f.Operation {
			return true
		}
	}
	return false
}
