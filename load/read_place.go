// Errors that point at their place in a scenario's file.

package load

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// FileError is something wrong at a place in a scenario's file.
type FileError struct {
	File         string
	Line, Column int // from 1; 0 when the whole file is meant
	Message      string
	Source       string // the line
	Hint         string // what to do about it; "" when the message says it
}

// Error writes file:line: message, the line with a caret under the place, and the hint.
func (e *FileError) Error() string {
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

// fail keeps the first error; what follows it is often only its consequence.
func (r *reader) fail(at *token.Token, hint, format string, args ...any) {
	if r.err != nil {
		return
	}
	message := fmt.Sprintf(format, args...)
	if first, rest, ok := strings.Cut(message, "\nhint: "); ok && hint == "" {
		message, hint = first, rest // an error from elsewhere that brings its own
	}
	r.err = &FileError{File: r.file, Message: message, Hint: hint}
	if at != nil && at.Position != nil {
		r.err.Line, r.err.Column = at.Position.Line, at.Position.Column
		if line := at.Position.Line; line >= 1 && line <= len(r.lines) {
			r.err.Source = strings.TrimRight(strings.ReplaceAll(r.lines[line-1], "\t", " "), "\r ")
		}
	}
}
