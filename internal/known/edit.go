// Changing known-failures.yaml: line by line, so that comments, order and everything that is not touched stay as they
// are. What comes out is read again before anybody gets it.

package known

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Edit is a file that is being changed.
type Edit struct {
	File     string // for errors
	Promises []Promise
	Today    Date
	Data     []byte // the file as it stands now; empty for one that is not there yet
}

const heading = "# Known failures: departures from the contract that somebody has accepted until a day. harness accept writes them.\n"

// Add puts an entry behind the others of its block. One that is listed already is refused.
func (e *Edit) Add(f Failure, quarantine bool) error {
	l, err := parse(e.File, e.Data, e.Promises, e.Today)
	if err != nil {
		return err
	}
	if err := e.acceptable(f, quarantine); err != nil {
		return err
	}
	for _, other := range slices.Concat(l.failures.entries, l.quarantine.entries) {
		if same(other.Failure, f) {
			return fmt.Errorf("%s on %s is listed in %s:%d already, until %s\nhint: --renew gives it more time", f.Requirement, f.Operation, e.File, other.Line, other.Expires)
		}
	}
	if quarantine && len(l.quarantine.entries) >= MostQuarantined {
		return fmt.Errorf("%d cases are in quarantine already, and there is room for %d\nhint: mend or accept one of them", len(l.quarantine.entries), MostQuarantined)
	}
	want := l.list(e.File)
	b, name := l.failures, "failures"
	if quarantine {
		b, name = l.quarantine, "quarantine"
		want.Quarantine = append(want.Quarantine, f)
	} else {
		want.Failures = append(want.Failures, f)
	}
	lines := split(e.Data)
	if len(bytes.TrimSpace(e.Data)) == 0 {
		lines = split([]byte(heading))
	}
	switch at := b.end(lines); {
	case b.key == nil:
		if n := len(lines); n > 0 && strings.TrimSpace(lines[n-1]) != "" {
			lines = append(lines, "")
		}
		lines = append(append(lines, name+":"), written(f, "  ")...)
	case len(b.entries) == 0:
		key := b.key.Position.Line - 1
		comment := ""
		if i := strings.Index(lines[key], " #"); i >= 0 {
			comment = lines[key][i:]
		}
		lines[key] = name + ":" + comment
		lines = slices.Insert(lines, key+1, written(f, "  ")...)
	case flows(b.value):
		return fmt.Errorf("%s:%d: %s is written in brackets\nhint: write one entry a line, each behind a dash", e.File, b.key.Position.Line, name)
	default:
		lines = slices.Insert(lines, at, written(f, strings.Repeat(" ", b.dash(0)))...)
	}
	return e.take(lines, want)
}

// Renew gives the entry of that requirement and operation another term, and what else the failure says: an empty member
// leaves what is there. Where several entries are of that place, target and cause say which is meant.
func (e *Edit) Renew(f Failure, quarantine bool) error {
	l, err := parse(e.File, e.Data, e.Promises, e.Today)
	if err != nil {
		return err
	}
	b := l.failures
	if quarantine {
		b = l.quarantine
	}
	at, err := b.find(f)
	if err != nil {
		return fmt.Errorf("%s: %w", e.File, err)
	}
	old, lines := b.entries[at], split(e.Data)
	renewed := old.Failure
	set := func(key string, into *string, value string) error {
		if value == "" || value == *into {
			return nil
		}
		*into = value
		return replace(lines, old, key, scalar(key, value))
	}
	for _, change := range []struct {
		key   string
		into  *string
		value string
	}{
		{"cause", &renewed.Cause, f.Cause}, {"reason", &renewed.Reason, f.Reason},
		{"owner", &renewed.Owner, f.Owner}, {"ticket", &renewed.Ticket, f.Ticket},
	} {
		if err := set(change.key, change.into, change.value); err != nil {
			return fmt.Errorf("%s:%d: %w", e.File, old.Line, err)
		}
	}
	renewed.Added, renewed.Expires = f.Added, f.Expires
	for key, day := range map[string]Date{"added": f.Added, "expires": f.Expires} {
		if err := replace(lines, old, key, day.String()); err != nil {
			return fmt.Errorf("%s:%d: %w", e.File, old.Line, err)
		}
	}
	if err := e.acceptable(renewed, quarantine); err != nil {
		return err
	}
	want := l.list(e.File)
	if quarantine {
		want.Quarantine[at] = renewed
	} else {
		want.Failures[at] = renewed
	}
	return e.take(lines, want)
}

// find returns the entry that a renewal means.
func (b block) find(f Failure) (int, error) {
	var of, exact []int
	for i, old := range b.entries {
		if old.Requirement != f.Requirement || old.Operation != f.Operation || f.Target != "" && old.Target != f.Target {
			continue
		}
		of = append(of, i)
		if old.Cause == f.Cause {
			exact = append(exact, i)
		}
	}
	switch {
	case len(of) == 1:
		return of[0], nil
	case len(exact) == 1:
		return exact[0], nil
	case len(of) > 1:
		return 0, fmt.Errorf("%s on %s is listed %d times\nhint: --target and --cause say which is meant", f.Requirement, f.Operation, len(of))
	case f.Target != "":
		return 0, fmt.Errorf("%s on %s is not listed for target %q\nhint: leave --renew out to list it", f.Requirement, f.Operation, f.Target)
	}
	return 0, fmt.Errorf("%s on %s is not listed\nhint: leave --renew out to list it", f.Requirement, f.Operation)
}

// Drop takes entries out, with the comments that stand directly above them; lines are those that List gives.
func (e *Edit) Drop(at ...int) error {
	l, err := parse(e.File, e.Data, e.Promises, e.Today)
	if err != nil {
		return err
	}
	want, lines := l.list(e.File), split(e.Data)
	keep := func(f Failure) bool { return slices.Contains(at, f.Line) }
	want.Failures, want.Quarantine = slices.DeleteFunc(want.Failures, keep), slices.DeleteFunc(want.Quarantine, keep)
	gone := map[int]bool{}
	for _, b := range []block{l.failures, l.quarantine} {
		for i, old := range b.entries {
			if !slices.Contains(at, old.Line) {
				continue
			}
			if flows(b.value) {
				return fmt.Errorf("%s:%d: the list is written in brackets\nhint: write one entry a line, each behind a dash", e.File, b.key.Position.Line)
			}
			first, last := b.span(i, lines)
			for n := first; n < last; n++ {
				gone[n] = true
			}
		}
	}
	var left []string
	for n, line := range lines {
		if !gone[n] {
			left = append(left, line)
		}
	}
	return e.take(left, want)
}

// acceptable holds an entry that is about to be written against the promises and the bounds.
func (e *Edit) acceptable(f Failure, quarantine bool) error {
	most, what := MostDays, "a known failure is accepted"
	if quarantine {
		most, what = MostQuarantineDays, "a case is in quarantine"
	}
	_, err := named(f, e.Promises)
	switch days := e.Today.Until(f.Expires); {
	case err != nil:
		return err
	case strings.TrimSpace(f.Reason) == "":
		return fmt.Errorf("a reason is missing: why is it right to let this pass?")
	case strings.TrimSpace(f.Owner) == "":
		return fmt.Errorf("an owner is missing: who sees to it that this ends?")
	case strings.TrimSpace(f.Target) == "":
		return fmt.Errorf("a target is missing: its name, or %q for every one", AnyTarget)
	case f.Cause != "" && !fingerprint.MatchString(f.Cause):
		return fmt.Errorf("%q is no fingerprint of a cause\nhint: a report names the cause of each failure", f.Cause)
	case days < 0:
		return fmt.Errorf("%s is past", f.Expires)
	case days > most:
		return fmt.Errorf("%s is %d days ahead; %s for at most %d, until %s", f.Expires, days, what, most, e.Today.Plus(most))
	}
	return nil
}

// take reads what has become of the file, and takes it if it says what was wanted and nothing else.
func (e *Edit) take(lines []string, want List) error {
	end := "\n"
	if bytes.Contains(e.Data, []byte("\r\n")) {
		end = "\r\n"
	}
	data := []byte(strings.ReplaceAll(strings.Join(lines, "\n")+"\n", "\n", end))
	got, err := Parse(e.File, data, e.Promises, e.Today)
	if err != nil {
		return fmt.Errorf("the file cannot be changed by itself; please edit it: %w", err)
	}
	if !reflect.DeepEqual(unplaced(got), unplaced(want)) {
		return fmt.Errorf("%s is laid out in a way that cannot be changed by itself; please edit it", e.File)
	}
	e.Data = data
	return nil
}

func unplaced(l List) List {
	out := List{File: l.File}
	for _, f := range l.Failures {
		f.Line = 0
		out.Failures = append(out.Failures, f)
	}
	for _, f := range l.Quarantine {
		f.Line = 0
		out.Quarantine = append(out.Quarantine, f)
	}
	return out
}

// split is a file in lines, without their ends and without empty ones at its end.
func split(data []byte) []string {
	text := strings.TrimRight(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// flows says whether a list is written in brackets.
func flows(n ast.Node) bool {
	s, ok := n.(*ast.SequenceNode)
	return ok && s.IsFlowStyle
}

// dash is the column, from 0, of the dash before an entry.
func (b block) dash(i int) int {
	s := b.value.(*ast.SequenceNode)
	if i < len(s.Entries) && s.Entries[i].Start != nil {
		return s.Entries[i].Start.Position.Column - 1
	}
	return s.Start.Position.Column - 1
}

// end is the line, from 0, behind the last entry of a block: behind its own comments, before those of what follows.
func (b block) end(lines []string) int {
	if b.key == nil || len(b.entries) == 0 || flows(b.value) {
		return len(lines)
	}
	_, end := b.span(len(b.entries)-1, lines)
	return end
}

// span is the lines of an entry, from 0: from the comments directly above it to the line behind its last one.
func (b block) span(i int, lines []string) (first, last int) {
	dash := b.dash(i)
	start := b.entries[i].Line - 1
	for start > 0 && !begins(lines[start], dash) {
		start--
	}
	first = start
	for first-1 > b.key.Position.Line-1 && commentAt(lines[first-1], dash) {
		first--
	}
	if first == b.key.Position.Line { // what stands under the key is about the whole list
		first = start
	}
	last = start + 1
	for n := last; n < len(lines); n++ {
		line := lines[n]
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case strings.TrimSpace(line) == "":
		case indent > dash:
			last = n + 1
		default:
			return first, last
		}
	}
	return first, last
}

// begins says whether an entry begins in a line: a dash at that column.
func begins(line string, dash int) bool {
	return len(line) > dash && strings.TrimSpace(line[:dash]) == "" && line[dash] == '-'
}

func commentAt(line string, dash int) bool {
	return strings.HasPrefix(line, strings.Repeat(" ", dash)+"#")
}

// written is an entry as lines.
func written(f Failure, indent string) []string {
	values := map[string]string{
		"requirement": f.Requirement, "operation": f.Operation, "target": f.Target, "cause": f.Cause, "reason": f.Reason,
		"owner": f.Owner, "ticket": f.Ticket,
	}
	var lines []string
	begin := indent + "- "
	for _, key := range keys {
		value := scalar(key, values[key])
		switch {
		case key == "added":
			value = f.Added.String()
		case key == "expires":
			value = f.Expires.String()
		case values[key] == "":
			continue
		}
		lines = append(lines, begin+key+": "+value)
		begin = indent + "  "
	}
	return lines
}

// plain is text that YAML reads as it stands, whoever reads it.
var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 ._/@()+-]*$`)

// scalar writes one value. All but the plainest is quoted as in JSON, which is YAML too; a fingerprint may look like a
// number.
func scalar(key, value string) string {
	switch strings.ToLower(value) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
	default:
		if key != "cause" && plain.MatchString(value) {
			return strings.TrimSpace(value)
		}
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value) // a text is always written
	return strings.TrimSpace(b.String())
}

// replace writes another value in the line of an entry's key, its comment kept; a key that is not there goes above the
// day of expiry.
func replace(lines []string, e entry, key, value string) error {
	at := e.values[key]
	if at == nil {
		expires := e.values["expires"]
		line := lines[expires.Position.Line-1]
		i := strings.Index(line, "expires")
		if strings.TrimSpace(line[:i]) != "" {
			return fmt.Errorf("%s cannot be put into an entry that is written this way; please edit it", key)
		}
		lines[expires.Position.Line-1] = line[:i] + key + ": " + value + "\n" + line
		return nil
	}
	if at.Type == token.LiteralType || at.Type == token.FoldedType || strings.Contains(strings.TrimSpace(at.Origin), "\n") {
		return fmt.Errorf("%s takes several lines; please edit it", key)
	}
	line := lines[at.Position.Line-1]
	i := strings.Index(line, key+":")
	if i < 0 {
		return fmt.Errorf("%s does not stand in one line with its value; please edit it", key)
	}
	rest := strings.TrimLeft(line[i+len(key)+1:], " ")
	comment := ""
	if old := strings.TrimSpace(at.Origin); strings.HasPrefix(rest, old) {
		comment = rest[len(old):]
	} else if n := strings.Index(rest, " #"); n >= 0 {
		comment = rest[n:]
	}
	lines[at.Position.Line-1] = line[:i] + key + ": " + value + comment
	return nil
}
