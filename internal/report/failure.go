// A failure as its reader needs it: verdict, promise, difference, likely cause, how to see it again, what it is not.

package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"harness/internal/evidence"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// cause is one thing that is wrong: the finding that shows it, and the others that say the same.
type cause struct {
	finding verdict.Finding
	also    []verdict.Finding
}

// failures tells each cause once, the worst first: faults of the harness, then what is broken by level, then what is
// flaky; what is known comes behind all of them.
func (t *text) failures(r Report) {
	all := causes(r.Findings)
	slices.SortStableFunc(all, func(a, b cause) int {
		switch known := a.finding.Known(); {
		case known == b.finding.Known():
			return 0
		case known:
			return 1
		}
		return -1
	})
	for _, c := range all {
		t.line("")
		t.failure(c)
	}
}

func causes(findings []verdict.Finding) []cause {
	worst := slices.DeleteFunc(slices.Clone(findings), func(f verdict.Finding) bool { return f.Verdict < verdict.Flaky })
	slices.SortStableFunc(worst, func(a, b verdict.Finding) int {
		if a.Verdict != b.Verdict {
			return int(b.Verdict) - int(a.Verdict)
		}
		return slices.Index(requirement.Levels, a.Level) - slices.Index(requirement.Levels, b.Level)
	})
	var all []cause
	var seen []sign
	for _, f := range worst {
		is := signOf(f)
		i := slices.IndexFunc(seen, is.alike)
		if i < 0 {
			all, seen = append(all, cause{finding: f}), append(seen, is)
			continue
		}
		all[i].also = append(all[i].also, f)
	}
	return all
}

// sign is what can be told from outside of the cause of a finding.
type sign struct {
	api, requirement, family, message, likely, known string
	verdict                                          verdict.Verdict
}

func signOf(f verdict.Finding) sign {
	return sign{api: f.API, requirement: f.Requirement, family: family(f.Operation), message: fingerprint(f.Message), likely: likely(f), known: mark(f), verdict: f.Verdict}
}

// alike says whether two findings have one cause, as far as can be told from outside: the same likely cause, or the
// same message but for its numbers and quoted values, on one requirement or on operations of one family. What is known
// and what is not are never one.
func (a sign) alike(b sign) bool {
	return a.api == b.api && a.verdict == b.verdict && a.known == b.known &&
		(a.requirement == b.requirement || a.family == b.family) &&
		(a.message == b.message || a.likely != "" && a.likely == b.likely)
}

func likely(f verdict.Finding) string {
	if len(f.Failures) == 0 {
		return ""
	}
	return f.Failures[0].Likely
}

var particular = regexp.MustCompile(`"[^"]*"|[0-9]+`)

func fingerprint(message string) string { return particular.ReplaceAllString(message, "#") }

// family is the verb of an operation: the three scans of scanLicensesByKey are one family.
func family(operation string) string {
	if i := strings.IndexFunc(operation, unicode.IsUpper); i > 0 {
		return operation[:i]
	}
	return operation
}

// label is the width of the column of names.
const label = 14

func (t *text) failure(c cause) {
	f := c.finding
	word := strings.ToUpper(f.Verdict.String())
	head := fmt.Sprintf("%-5s %s  %s  %s", word, f.Requirement, f.Level, f.Operation)
	if known := mark(f); known != "" {
		head += "  " + known
	}
	if f.Tries != "" {
		confirmed := "confirmed " + f.Tries
		if f.Verdict == verdict.Flaky {
			confirmed = "broken in " + f.Tries
		}
		// At the right edge where there is room, for the eye that runs down the page.
		gap := min(t.width, defaultWidth) - utf8.RuneCountInString(head) - len(confirmed)
		head += strings.Repeat(" ", max(gap, 2)) + confirmed
	}
	t.heading(bold+";"+red, head, 6)
	failure := evidence.Failure{Message: f.Message}
	if len(f.Failures) > 0 {
		failure = f.Failures[0]
	}
	found := f.Message
	if more := len(f.Failures) - 1; more > 0 {
		found += fmt.Sprintf(" (and %s)", count(more, "other failure"))
	}
	t.field("promise", f.Statement, 2)
	t.field("source", source(f), 2)
	t.field("broken", found, 2)
	t.asked(failure.Asked)
	t.field("expected", failure.Expected, 2)
	t.field("got", failure.Got, 3)
	t.field("likely", failure.Likely, 2)
	for i, line := range failure.Reproduce[:min(len(failure.Reproduce), 2)] {
		// Whole, however long: it is there to be copied.
		t.line(fmt.Sprintf("  %-*s%s", label-2, []string{"reproduce", ""}[i], line))
	}
	if len(f.Evidence) > 0 && t.run != "" {
		t.field("replay", "harness replay "+f.Evidence[0]+" --run "+t.run, 1)
	}
	t.field("ruled out", strings.Join(failure.RuledOut, " · "), 2)
	if len(c.also) > 0 {
		t.field(fmt.Sprintf("+ %d more", len(c.also)), others(c), 2)
	}
}

// asked writes requests letter for letter: a long one goes on where the line ends, with no regard to words.
func (t *text) asked(requests string) {
	width := max(t.width-label, 20)
	var broken []string
	for line := range strings.SplitSeq(requests, "\n") {
		for runes := []rune(line); len(runes) > 0; runes = runes[min(width, len(runes)):] {
			broken = append(broken, string(runes[:min(width, len(runes))]))
		}
	}
	t.field("asked", strings.Join(broken, "\n"), 3)
}

func source(f verdict.Finding) string {
	if f.Source.Document == "" {
		return ""
	}
	return f.Source.String()
}

// others names the findings that are folded into a cause: by operation where the requirement is the same, else by
// requirement.
func others(c cause) string {
	var names []string
	for _, f := range c.also {
		name := f.Requirement
		if f.Requirement == c.finding.Requirement {
			name = f.Operation
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// heading writes a line in a colour. Where a terminal is narrower, its rest stands below, further in; into a pipe it goes
// as one line, which is easier to find.
func (t *text) heading(colour, line string, indent int) {
	part := ""
	for _, word := range spaced.FindAllString(line, -1) {
		if t.terminal && part != "" && utf8.RuneCountInString(part+word) > t.width {
			t.line(t.paint(colour, part))
			part, word = strings.Repeat(" ", indent), strings.TrimLeft(word, " ")
		}
		part += word
	}
	t.line(t.paint(colour, part))
}

// spaced is a word with the room before it.
var spaced = regexp.MustCompile(` *[^ ]+`)

// field writes a name and its value, in at most that many lines; an empty value is left out.
func (t *text) field(name, value string, most int) {
	if value == "" {
		return
	}
	t.prose(fmt.Sprintf("  %-*s", label-2, name), value, most)
}

// prose writes a text behind its indent, later lines under the first; what does not fit ends in an ellipsis. A narrow
// terminal gets as much of it, in more lines.
func (t *text) prose(indent, value string, most int) {
	if t.width < defaultWidth && most > 1 {
		most = (most*defaultWidth + t.width - 1) / t.width
	}
	width := t.width - utf8.RuneCountInString(indent)
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(value), "\n") {
		lines = append(lines, wrap(line, width)...)
	}
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = cut(lines[most-1]+" …", width)
	}
	for _, line := range lines {
		t.line(indent + line)
		indent = strings.Repeat(" ", utf8.RuneCountInString(indent))
	}
}
