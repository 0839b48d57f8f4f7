// What a command says of itself: --help, at the width of the terminal.

package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// groups are the commands by what somebody wants, as harness alone shows them.
var groups = []*cobra.Group{
	{ID: "begin", Title: "Begin"},
	{ID: "test", Title: "Test"},
	{ID: "tell", Title: "Tell what was found, and decide"},
	{ID: "look", Title: "Look things up"},
	{ID: "prove", Title: "Try it on a server of its own"},
	{ID: "program", Title: "The program"},
}

// grouped puts commands into a group.
func grouped(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
	}
	root.AddCommand(commands...)
}

// family makes a command that only has others below it: alone it shows them, and a wrong name is told.
func family(c *cobra.Command, members ...*cobra.Command) *cobra.Command {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(c, args[0])
		}
		return c.Help()
	}
	c.AddCommand(members...)
	return c
}

// settle ends what is said of flags: they stand in the order in which they were made, which is by what belongs together,
// and the word for their value, between backquotes in the usage, becomes a word of the sentence.
func settle(c *cobra.Command) {
	c.Flags().SortFlags = false
	c.Flags().VisitAll(func(f *pflag.Flag) {
		kind, usage := pflag.UnquoteUsage(f)
		if kind != "API" && !strings.Contains(kind, "=") {
			usage = strings.Replace(usage, kind, strings.ToLower(kind), 1)
		}
		f.Usage = usage
		_ = c.Flags().SetAnnotation(f.Name, kindAnnotation, []string{kind}) // an error says that there is no such flag
	})
	for _, sub := range c.Commands() {
		settle(sub)
	}
}

// kindAnnotation is where a flag keeps the word for its value once settle has taken it out of the usage.
const kindAnnotation = "kind"

// kindOf is the word for the value of a flag: FILE. "" for one that takes none.
func kindOf(f *pflag.Flag) string {
	if kind := f.Annotations[kindAnnotation]; len(kind) > 0 {
		return kind[0]
	}
	return ""
}

// newHelp is harness help COMMAND, which says what harness COMMAND --help says.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]...", Short: "Show what a command does, and its flags",
		Example: "harness help contract\nharness help store add",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return unknownCommand(about, rest[0])
			}
			return about.Help()
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return commandNames(about), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// Widths of help: that of the terminal, within these; without a terminal the smaller one.
const (
	helpWidth     = 80
	mostHelpWidth = 100
)

// showHelp is cobra's help function for every command.
func showHelp(d door) func(*cobra.Command, []string) {
	return func(c *cobra.Command, _ []string) {
		width := helpWidth
		if columns, ok := terminal(d.stdout); ok {
			width = min(columns, mostHelpWidth)
		}
		writeHelp(d.stdout, c, width)
	}
}

// writeHelp says what a command does, how it is called, and which commands and flags it has.
func writeHelp(w io.Writer, c *cobra.Command, width int) {
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	fmt.Fprintln(w, reflow(text, width))
	fmt.Fprintf(w, "\nUsage:\n  %s\n", usageLine(c))
	if c.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n%s\n", indented(c.Example, "  "))
	}
	for _, part := range parts(c) {
		fmt.Fprintf(w, "\n%s:\n", part.title)
		columns(w, part.rows, width)
	}
	if rows := flagRows(c.LocalFlags()); len(rows) > 0 {
		fmt.Fprintf(w, "\nFlags:\n")
		columns(w, rows, width)
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s COMMAND --help says more.\n", c.CommandPath())
	}
}

// usageLine is how a command is called.
func usageLine(c *cobra.Command) string {
	line := c.CommandPath()
	if _, arguments, ok := strings.Cut(c.Use, " "); ok {
		line += " " + arguments
	}
	if c.HasAvailableSubCommands() {
		return line + " COMMAND"
	}
	if len(flagRows(c.LocalFlags())) > 0 {
		line += " [flags]"
	}
	return line
}

// part is one block of names with what they mean.
type part struct {
	title string
	rows  [][2]string
}

// parts are the commands below one, by group where it has groups.
func parts(c *cobra.Command) []part {
	var all []part
	for _, g := range c.Groups() {
		all = append(all, part{g.Title, commandRows(c, g.ID)})
	}
	if rest := commandRows(c, ""); len(rest) > 0 {
		all = append(all, part{"Commands", rest})
	}
	return all
}

func commandRows(c *cobra.Command, group string) [][2]string {
	var rows [][2]string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.GroupID == group {
			rows = append(rows, [2]string{sub.Name(), sub.Short})
		}
	}
	return rows
}

// flagRows are the flags of a command, with the kind of their value and what they do. --help is everybody's and not
// worth a line.
func flagRows(flags *pflag.FlagSet) [][2]string {
	var rows [][2]string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		name, usage := "--"+f.Name, f.Usage
		if kind := kindOf(f); kind != "" {
			name += " " + kind
		}
		if value := f.DefValue; value != "" && value != "false" && value != "[]" && value != "0" && value != "0s" {
			usage += " (default " + value + ")"
		}
		rows = append(rows, [2]string{name, usage})
	})
	return rows
}

// columns writes names with their meaning beside them, or below a name that leaves it no room.
func columns(w io.Writer, rows [][2]string, width int) {
	const margin, gap = 2, 2
	left := 0
	for _, row := range rows {
		if n := len([]rune(row[0])); margin+n+gap <= width*2/5 {
			left = max(left, n)
		}
	}
	indent := margin + left + gap
	for _, row := range rows {
		head := strings.Repeat(" ", margin) + row[0]
		if n := len([]rune(row[0])); n <= left {
			head += strings.Repeat(" ", left-n+gap)
		} else {
			head += "\n" + strings.Repeat(" ", indent)
		}
		fmt.Fprintln(w, head+foldTo(row[1], indent, width))
	}
}

// reflow breaks the paragraphs of a text anew; lines that are indented stay as they are.
func reflow(text string, width int) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		if !strings.HasPrefix(p, " ") {
			paragraphs[i] = foldTo(p, 0, width)
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// indented puts every line of a text further in.
func indented(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by)
}
