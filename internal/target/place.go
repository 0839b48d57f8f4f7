// What is said of a place in a target's file: errors and warnings.

package target

import (
	"fmt"

	"github.com/goccy/go-yaml/token"

	"harness/internal/place"
)

// fail keeps the first error; what follows it is often only its consequence.
func (r *reader) fail(at *token.Token, hint, format string, args ...any) {
	if r.err == nil {
		r.err = place.At(r.file, r.lines, at, hint, fmt.Sprintf(format, args...))
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
