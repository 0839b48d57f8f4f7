// Errors that point at their place in a file.

package target

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// Error is something wrong at a place in a target's file.
type Error struct {
	File         string
	Line, Column int // from 1; 0 when the whole file is meant
	Message      string
	Source       string // the line, what follows a secret's key left out
	Hint         string // what to do about it, "" when the message says it
}

// Error writes file:line: message, the line with a caret under the place, and the hint.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": " + e.Message)
	if e.Source != "" {
		number := fmt.Sprintf("%4d", e.Line)
		caret := min(e.Column-1, len([]rune(e.Source)))
		fmt.Fprintf(&b, "\n%s | %s\n%s | %s^", number, e.Source, strings.Repeat(" ", len(number)), strings.Repeat(" ", caret))
	}
	if e.Hint != "" {
		b.WriteString("\nhint: " + e.Hint)
	}
	return b.String()
}

// sensitive finds what must not be shown in an excerpt: whatever follows the key of a secret, or a password in a URL.
var sensitive = regexp.MustCompile(`(?i)(bearer|secret|token|authorization|password|apikey|api-key)[^:]*:|://[^/\s]*@`)

// excerpt is a line of the file, tabs as spaces, cut behind the first key of a secret.
func excerpt(lines []string, line int) string {
	if line < 1 || line > len(lines) {
		return ""
	}
	text := strings.TrimRight(strings.ReplaceAll(lines[line-1], "\t", " "), "\r ")
	if at := sensitive.FindStringIndex(text); at != nil {
		end := at[1]
		if strings.HasPrefix(text[at[0]:], "://") {
			end = at[0] + len("://")
		}
		text = text[:end] + " …"
	}
	return text
}

// errorAt makes an Error at a token.
func (r *reader) errorAt(at *token.Token, hint, format string, args ...any) *Error {
	e := &Error{File: r.file, Message: fmt.Sprintf(format, args...), Hint: hint}
	if at != nil && at.Position != nil {
		e.Line, e.Column = at.Position.Line, at.Position.Column
		e.Source = excerpt(r.lines, e.Line)
	}
	return e
}

// fail keeps the first error; what follows it is often only its consequence.
func (r *reader) fail(at *token.Token, hint, format string, args ...any) {
	if r.err == nil {
		r.err = r.errorAt(at, hint, format, args...)
	}
}

// warn notes something unwise at a place.
func (r *reader) warn(at *token.Token, hint, format string, args ...any) {
	text := fmt.Sprintf("%s:%d: %s", r.file, at.Position.Line, fmt.Sprintf(format, args...))
	if hint != "" {
		text += "\nhint: " + hint
	}
	r.target.Warnings = append(r.target.Warnings, text)
}
