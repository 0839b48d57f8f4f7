// Markdown for a comment on a change: what breaks and what may break in the open, the rest folded away.

package specdiff

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// markdownLimit keeps a comment below what the hosts of repositories take, 65,536 characters, with room for a frame.
const markdownLimit = 60_000

// Markdown writes the comparison as Markdown. What would make it longer than such a comment may be is only counted.
func Markdown(w io.Writer, c *Comparison, _ Options) error {
	b := bufio.NewWriter(w)
	name := c.API
	if name == "" {
		name = c.New.Title
	}
	fmt.Fprintf(b, "### %s: %s to %s\n\n", plain(name), plain(c.Old.Version), plain(c.New.Version))
	fmt.Fprintf(b, "**%s**\n\n", c.summary())
	fmt.Fprintf(b, "Old: `%s` (sha256 `%.8s`) · new: `%s` (sha256 `%.8s`)\n", c.Old.File, c.Old.Digest, c.New.File, c.New.Digest)
	left := markdownLimit - 2_000 // for what frames the changes
	written, all := 0, len(c.Changes)
	for _, folded := range []bool{false, true} {
		var part strings.Builder
		for _, g := range c.groups() {
			var lines []string
			for _, change := range g.changes {
				if (change.Level == Info) != folded {
					continue
				}
				text := fmt.Sprintf("- **%s** %s (%s)\n", change.Level, plain(change.Text), quote(where(change)))
				cost := len(text)
				if len(lines) == 0 {
					cost += len(plain(c.heading(g))) + len("\n#### \n\n")
				}
				if cost <= left {
					lines = append(lines, text)
					left -= cost
				}
			}
			if len(lines) > 0 {
				fmt.Fprintf(&part, "\n#### %s\n\n%s", plain(c.heading(g)), strings.Join(lines, ""))
				written += len(lines)
			}
		}
		switch {
		case part.Len() == 0:
		case folded:
			fmt.Fprintf(b, "\n<details><summary>%d changes that break nobody</summary>\n%s\n</details>\n", c.Count(Info), part.String())
		default:
			b.WriteString(part.String())
		}
	}
	if cut := all - written; cut > 0 {
		fmt.Fprintf(b, "\n%d more changes do not fit here; the text and JSON formats hold them all.\n", cut)
	}
	for _, note := range c.Notes {
		fmt.Fprintf(b, "\n%s\n", plain(note))
	}
	return b.Flush()
}

var signs = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", "&lt;", "[", `\[`, "|", `\|`, "#", `\#`)

// plain keeps the signs of a text from being taken for Markdown or HTML; what stands between backquotes stays as it is.
func plain(text string) string {
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = signs.Replace(parts[i])
	}
	return strings.Join(parts, "`")
}
