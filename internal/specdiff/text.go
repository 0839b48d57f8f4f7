// The text for a terminal: one line a change, under the operations that feel it.

package specdiff

import (
	"bufio"
	"fmt"
	"io"
	"unicode/utf8"
)

// marks are how a level looks at a glance; the word stands beside it, for those who see no colour.
var marks = map[Level]struct{ sign, colour string }{Breaking: {"✗", "31"}, Warning: {"!", "35"}, Info: {"·", ""}}

// Text writes the comparison for a reader at a terminal.
func Text(w io.Writer, c *Comparison, o Options) error {
	b := bufio.NewWriter(w)
	paint := func(code, s string) string {
		if !o.Colour || code == "" {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	name := c.API
	if name == "" {
		name = c.New.Title
	}
	line("%s", paint("1", fmt.Sprintf("%s: %s to %s", name, c.Old.Version, c.New.Version)))
	width := max(utf8.RuneCountInString(c.Old.File), utf8.RuneCountInString(c.New.File))
	line("  old  %-*s  sha256 %.8s", width, c.Old.File, c.Old.Digest)
	line("  new  %-*s  sha256 %.8s", width, c.New.File, c.New.Digest)
	for _, g := range c.groups() {
		line("\n%s", paint("1", c.heading(g)))
		for _, change := range g.changes {
			mark := marks[change.Level]
			line("  %s  %s  [%s]", paint(mark.colour, fmt.Sprintf("%s %-8s", mark.sign, change.Level)), change.Text, where(change))
		}
	}
	line("")
	for _, note := range c.Notes {
		line("note: %s", note)
	}
	line("%s", c.summary())
	return b.Flush()
}
