// What is said of a place in a scenario's file.

package load

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
