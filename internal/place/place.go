// An error at a place in a file: what is wrong, the line with a caret under it, and a way out.

// Package place points at what is wrong in a YAML file that a person wrote.
package place

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// Error is something wrong at a place in a file.
type Error struct {
	File         string
	Line, Column int // from 1; 0 when the whole file is meant
	Message      string
	Source       string // the line, what follows a secret's key left out
	Hint         string // what to do about it, "" when the message says it
}

// At makes an Error at a token of a file; lines are the file's. A message that brings its own hint, on a line that begins
// with "hint: ", is taken apart.
func At(file string, lines []string, at *token.Token, hint, message string) *Error {
	if first, rest, ok := strings.Cut(message, "\nhint: "); ok && hint == "" {
		message, hint = first, rest
	}
	e := &Error{File: file, Message: message, Hint: hint}
	if at != nil && at.Position != nil {
		e.Line, e.Column = at.Position.Line, at.Position.Column
		e.Source = excerpt(lines, e.Line)
	}
	return e
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
