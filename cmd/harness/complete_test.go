package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestEveryValueIsCompletedOrLeftOnPurpose wants for each flag and argument to be said what it takes: names, files,
// folders, or what only its user knows.
func TestEveryValueIsCompletedOrLeftOnPurpose(t *testing.T) {
	// What the shell completes best.
	files := []string{"FILE", "RUN", "JOURNAL", "BASE", "OLD", "NEW", "COMMAND"}
	known := func(kind string) bool {
		return completed[kind] != nil || slices.Contains(left, kind) || slices.Contains(files, kind) || kind == "FOLDER"
	}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			kind := kindOf(f)
			_, given := c.GetFlagCompletionFunc(f.Name)
			if f.Value.Type() != "bool" && !known(kind) && !given {
				t.Errorf("%s --%s takes a %q, which nothing completes", c.CommandPath(), f.Name, kind)
			}
			if strings.ToUpper(kind) != kind {
				t.Errorf("%s --%s takes a %q: its usage names what, between backquotes and in capitals", c.CommandPath(), f.Name, kind)
			}
		})
		_, words, _ := strings.Cut(c.Use, " ")
		for _, word := range strings.Fields(words) {
			if kind := strings.Trim(strings.TrimSuffix(word, "..."), "[]"); !known(kind) {
				t.Errorf("%s takes a %q, which nothing completes", c.CommandPath(), kind)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(quietRoot())
}

// TestEveryCommandSaysWhatItDoes wants a place, a line that fits beside the others on a terminal of 80 columns, and
// texts that no terminal of that width has to break in an example's middle without need.
func TestEveryCommandSaysWhatItDoes(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.Short == "" || strings.HasSuffix(sub.Short, ".") || len(sub.Short) > 80 {
				t.Errorf("%s: %q", sub.CommandPath(), sub.Short)
			}
			if c == c.Root() && sub.GroupID == "" {
				t.Errorf("%s stands in no group", sub.CommandPath())
			}
			walk(sub)
		}
		for _, width := range []int{60, 80} {
			var b strings.Builder
			writeHelp(&b, c, width)
			_, after, _ := strings.Cut(b.String(), "\nFlags:\n")
			before, _, _ := strings.Cut(b.String(), "\nUsage:\n")
			for line := range strings.Lines(before + after) {
				if len([]rune(strings.TrimRight(line, "\n"))) > width && !strings.HasPrefix(line, "  ") {
					t.Errorf("%s at %d columns: %s", c.CommandPath(), width, line)
				}
			}
		}
	}
	walk(quietRoot())
}
