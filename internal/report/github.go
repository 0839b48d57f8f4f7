// GitHub annotations: workflow commands that GitHub shows beside the lines of a change.

package report

import (
	"fmt"
	"io"
	"strings"

	"harness/internal/verdict"
)

// annotations is how many GitHub shows of one step; what comes after is dropped without a word, so none is written.
const annotations = 10

// GitHub writes at most ten workflow commands, one a line: the verdict on the run first, then one for each cause, the
// worst first, at the line of the document that makes the promise.
func GitHub(w io.Writer, r Report, _ Options) error {
	var notes []annotation
	for _, a := range r.Accepted {
		if a.State == verdict.Stale || a.State == verdict.Expired {
			notes = append(notes, annotation{kind: "error", title: strings.Join([]string{a.Requirement, a.Operation}, " "), message: acceptance(a)})
		}
	}
	for _, c := range r.worstFirst() {
		notes = append(notes, r.annotate(c))
	}
	for _, m := range r.Measurements {
		if m.Reason != "" {
			notes = append(notes, annotation{kind: "error", title: m.Scenario + " " + measured(m), message: m.Verdict + ": " + clean(m.Reason)})
		}
	}
	whole := annotation{kind: "error", title: r.Tool.Name + ": " + r.Target.Name, message: fmt.Sprintf("%s · exit %d", r.Conclusion(), r.Exit)}
	if r.Exit == verdict.ExitGreen {
		whole.kind = "notice"
	}
	if more := len(notes) - (annotations - 1); more > 0 {
		notes = notes[:annotations-1]
		whole.message += fmt.Sprintf("\n%s in the report", count(more, "more cause"))
	}
	for _, a := range append([]annotation{whole}, notes...) {
		if _, err := io.WriteString(w, a.String()+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func (r Report) annotate(c cause) annotation {
	f := c.finding
	a := annotation{kind: "error", title: fmt.Sprintf("%s %s %s", f.Requirement, f.Level, f.Operation)}
	a.file, a.line = r.place(f)
	lines := []string{f.Message}
	if r.isNew(f) {
		lines[0] = "new: " + lines[0]
	}
	switch {
	case f.Verdict == verdict.Error || r.fails(f):
	case f.Accepted != nil:
		a.kind = "notice"
		lines = append(lines, letPass(r, f))
	default:
		a.kind = "warning"
		lines = append(lines, letPass(r, f))
	}
	if len(f.Failures) > 0 {
		first := f.Failures[0]
		for _, part := range []struct{ name, value string }{
			{"asked", first.Asked}, {"expected", first.Expected}, {"got", first.Got}, {"likely", first.Likely},
		} {
			if part.value != "" {
				lines = append(lines, part.name+": "+cut(part.value, 300))
			}
		}
	}
	if len(c.also) > 0 {
		lines = append(lines, "the same: "+others(c))
	}
	a.message = clean(strings.Join(lines, "\n"))
	return a
}

// annotation is one workflow command.
type annotation struct {
	kind    string // error, warning or notice
	file    string // "" for one that stands nowhere
	line    int    // 1-based; 0 for the whole file
	title   string
	message string
}

// String writes the command on one line. What has a meaning there is escaped, so that no server can end a command and
// begin another.
func (a annotation) String() string {
	var properties []string
	if a.file != "" {
		properties = append(properties, "file="+property.Replace(a.file))
		if a.line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", a.line))
		}
	}
	properties = append(properties, "title="+property.Replace(clean(a.title)))
	return fmt.Sprintf("::%s %s::%s", a.kind, strings.Join(properties, ","), message.Replace(a.message))
}

var (
	message  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
