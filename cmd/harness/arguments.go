// Words of a command line that are wrong in themselves: an argument too many, a flag that there is not, a value that is
// no number. The command's own words are told apart from the library's.

package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"harness/internal/nearest"
)

// noArguments is for commands that take flags alone.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no argument, and was given %q\nhint: %s --help", called(c), args[0], c.CommandPath())
	}
	return nil
}

// arguments wants exactly so many; what says which, and the hint where to find them.
func arguments(n int, what, hint string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		text := fmt.Sprintf("%s takes %s", called(c), what)
		switch {
		case len(args) > n:
			text += fmt.Sprintf(", and was given %q as well", args[n])
		case n > 1 && len(args) > 0:
			text += fmt.Sprintf(", and was given %q alone", args[0])
		}
		return fmt.Errorf("%s\nhint: %s", text, hint)
	}
}

// unknownCommand is the error for a word that is no command of c.
func unknownCommand(c *cobra.Command, given string) error {
	names := commandNames(c)
	if len(names) == 0 {
		return fmt.Errorf("%s has no commands, and %q would be one\nhint: %s --help", called(c), given, c.CommandPath())
	}
	return nearest.Error("command", given, names, c.CommandPath()+" --help")
}

// commandNames are the names of the commands below one.
func commandNames(c *cobra.Command) []string {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return names
}

// flagError says in our words what the parser of flags did not like.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	hint := "\nhint: " + c.CommandPath() + " --help"
	switch {
	case errors.As(err, &unknown):
		given, dashed := unknown.GetSpecifiedName(), "--"+unknown.GetSpecifiedName()
		if letters := unknown.GetSpecifiedShortnames(); letters != "" {
			given, dashed = letters, "-"+letters
		}
		text := fmt.Sprintf("%s has no flag %s", called(c), dashed)
		if name := nearest.Name(given, flagNames(c)); name != "" {
			text += fmt.Sprintf("; did you mean --%s?", name)
		}
		return errors.New(text + hint)
	case errors.As(err, &bare):
		kind := kindOf(bare.GetFlag())
		return fmt.Errorf("--%s wants a value: --%s %s%s", bare.GetFlag().Name, bare.GetFlag().Name, kind, hint)
	case errors.As(err, &wrong):
		return fmt.Errorf("--%s %q: %s%s", wrong.GetFlag().Name, wrong.GetValue(), meant(wrong), hint)
	}
	return fmt.Errorf("%w%s", err, hint)
}

// meant says what the value of a flag should have been.
func meant(wrong *pflag.InvalidValueError) string {
	switch wrong.GetFlag().Value.Type() {
	case "int":
		return "a whole number is meant"
	case "uint64":
		return "a whole number is meant, 0 or more"
	case "duration":
		return "a span of time is meant, such as 30s or 10m"
	case "bool":
		return "true or false is meant, or no value at all"
	}
	return strings.TrimSpace(wrong.Unwrap().Error())
}

// checkValues refuses what no flag can mean, before anything is done: an empty value, which is what a variable that
// nobody has set leaves behind, a file where a folder is meant, a folder where a file is.
func checkValues(c *cobra.Command, _ []string) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, value := range values {
			kind := kindOf(f)
			info, missing := os.Stat(value)
			switch {
			case err != nil:
			case value == "" && f.Name != knownFlagName: // which is a list, and "" is none
				err = fmt.Errorf("--%s is empty, and %s is meant\nhint: leave it out, or look at the variable that it came from", f.Name, kind)
			case missing != nil:
			case kind == "FOLDER" && !info.IsDir():
				err = fmt.Errorf("--%s %s is a file; a folder is meant", f.Name, value)
			case kind == "FILE" && info.IsDir():
				err = fmt.Errorf("--%s %s is a folder; a file is meant", f.Name, value)
			}
		}
	})
	return err
}

// flagNames are the flags that a command has, without the hidden ones.
func flagNames(c *cobra.Command) []string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// called is what a command is called in an error, which names the program already.
func called(c *cobra.Command) string {
	return strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ")
}
