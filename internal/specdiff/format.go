// The table of formats: usage text and error text are made from it.

package specdiff

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"harness/internal/nearest"
)

// Format is one way to tell a comparison.
type Format struct {
	Name    string
	Summary string // one line for the usage text
	Write   func(io.Writer, *Comparison, Options) error
}

// Options are for formats that people read; others ignore them.
type Options struct{ Colour bool }

// Formats lists every format, the default first.
var Formats = []Format{
	{Name: "text", Summary: "for a terminal: what changed, by operation, with the line it stands on", Write: Text},
	{Name: "markdown", Summary: "for a comment on a change: what breaks first, the rest folded away", Write: Markdown},
	{Name: "json", Summary: "for programs: every change with all its operations and lines", Write: JSON},
}

// FormatNames lists the names of the formats.
func FormatNames() []string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = f.Name
	}
	return names
}

// FormatNamed returns the format of that name; the error names the nearest.
func FormatNamed(name string) (Format, error) {
	for _, f := range Formats {
		if f.Name == name {
			return f, nil
		}
	}
	return Format{}, nearest.Error("format", name, FormatNames(), "")
}

// JSON writes the comparison as it is.
func JSON(w io.Writer, c *Comparison, _ Options) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(c)
}

// group is the changes that the same operations feel.
type group struct {
	operations []string // empty: the document as a whole
	changes    []Change
}

// groups puts changes together by the operations that feel them: the document as a whole first, then what several
// operations share, then one operation after the other.
func (c *Comparison) groups() []group {
	var all []group
	for _, change := range c.Changes {
		ids := change.Operations()
		i := slices.IndexFunc(all, func(g group) bool { return slices.Equal(g.operations, ids) })
		if i < 0 {
			i = len(all)
			all = append(all, group{operations: ids})
		}
		all[i].changes = append(all[i].changes, change)
	}
	position := func(g group) int {
		if len(g.operations) == 0 {
			return -2
		}
		if len(g.operations) > 1 {
			return -1
		}
		return slices.IndexFunc(c.Operations, func(op Operation) bool { return op.ID == g.operations[0] })
	}
	slices.SortStableFunc(all, func(a, b group) int {
		if p, q := position(a), position(b); p != q {
			return p - q
		}
		return len(b.operations) - len(a.operations)
	})
	return all
}

// heading names the operations of a group.
func (c *Comparison) heading(g group) string {
	switch {
	case len(g.operations) == 0:
		return "the document as a whole"
	case len(g.operations) == len(c.Operations) && len(c.Operations) > 1:
		return fmt.Sprintf("every operation (%d)", len(c.Operations))
	case len(g.operations) > 1:
		return fmt.Sprintf("%d operations: %s", len(g.operations), strings.Join(g.operations, ", "))
	}
	i := slices.IndexFunc(c.Operations, func(op Operation) bool { return op.ID == g.operations[0] })
	return fmt.Sprintf("%s: %s %s", c.Operations[i].ID, c.Operations[i].Method, c.Operations[i].Template)
}

// where tells the place of a change, the first of several.
func where(change Change) string {
	places := change.Places()
	text := places[0].String()
	if more := len(places) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// summary counts the changes.
func (c *Comparison) summary() string {
	if len(c.Changes) == 0 {
		return "nothing changed for callers"
	}
	return fmt.Sprintf("%d breaking · %d warning · %d info", c.Count(Breaking), c.Count(Warning), c.Count(Info))
}
