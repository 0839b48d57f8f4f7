// What Tab completes: every name that a flag or an argument can take, with what it means.

package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"harness/internal/hostile"
	"harness/internal/reference"
	"harness/internal/report"
	"harness/internal/requirement"
	"harness/load"
	"harness/specs"
)

// completed says, for the word that stands for a value in the usage of a flag or of a command, what there is to choose
// from. FILE and RUN are files and folders, which the shell knows best.
var completed = map[string]func() []string{
	"API":         apiNames,
	"OPERATION":   operationNames,
	"REQUIREMENT": requirementNames,
	"LEVEL":       levelNames,
	"SCENARIO":    scenarioNames,
	"FAULT":       faultNames,
	"VARIANT":     variantNames,
	"WAY":         hostileNames,
	"FORMAT=FILE": formatFiles,
	"API=FILE":    func() []string { return suffixed(specs.Names, "=") },
	"API=URL":     func() []string { return suffixed(specs.Names, "=") },
	"API=KIND":    credentialKinds,
	"SCHEMA":      schemaNames,
	"SHELL":       shellNames,
}

// left is what only its user knows: there is nothing to complete.
var left = []string{
	"ADDRESS", "AGE", "DAY", "EXCHANGE", "FINGERPRINT", "NAME", "NUMBER", "OBJECTIVE", "RATE", "SEED", "SENTENCE", "SOURCE", "TICKET", "TIME", "WHO",
}

// complete gives every flag and argument of the commands below c what Tab completes it with.
func complete(c *cobra.Command) {
	for _, sub := range c.Commands() {
		complete(sub)
	}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if _, given := c.GetFlagCompletionFunc(f.Name); given {
			return
		}
		kind := kindOf(f)
		if fill := filler(kind); fill != nil {
			_ = c.RegisterFlagCompletionFunc(f.Name, fill) // an error says that there is no such flag
		}
	})
	if c.ValidArgsFunction != nil || c.HasSubCommands() {
		return
	}
	_, words, _ := strings.Cut(c.Use, " ")
	c.ValidArgsFunction = argument(strings.Fields(words))
}

// filler is what completes a value of a kind; nil leaves it to the shell, which completes files.
func filler(kind string) cobra.CompletionFunc {
	if names := completed[kind]; names != nil {
		return func(_ *cobra.Command, _ []string, given string) ([]string, cobra.ShellCompDirective) {
			all := slices.DeleteFunc(names(), func(name string) bool { return !strings.HasPrefix(name, given) })
			directive := cobra.ShellCompDirectiveNoFileComp
			if strings.Contains(kind, "=") && kind != "API=KIND" {
				directive |= cobra.ShellCompDirectiveNoSpace
			}
			if kind == "SCENARIO" {
				directive = cobra.ShellCompDirectiveDefault // or a file
			}
			return all, directive
		}
	}
	if kind == "FOLDER" {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
	}
	if slices.Contains(left, kind) {
		return cobra.NoFileCompletions
	}
	return nil
}

// argument completes the words of a command's usage, one after the other; one that ends in … may come again.
func argument(words []string) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, given string) ([]string, cobra.ShellCompDirective) {
		n := len(args)
		if len(words) > 0 && strings.HasSuffix(words[len(words)-1], "...") {
			n = min(n, len(words)-1)
		}
		if n >= len(words) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		fill := filler(strings.Trim(strings.TrimSuffix(words[n], "..."), "[]"))
		if fill == nil {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return fill(c, args, given)
	}
}

// yamlFiles completes files that may be a target or a scenario.
func yamlFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

// described is a name with what it means, as cobra wants it.
func described(name, meaning string) string { return name + "\t" + firstSentence(meaning) }

func suffixed(names []string, suffix string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = name + suffix
	}
	return all
}

func apiNames() []string {
	var all []string
	for _, name := range specs.Names {
		if api, err := specs.Embedded(name); err == nil {
			all = append(all, described(name, api.Title))
		}
	}
	return all
}

func operationNames() []string {
	var all []string
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			continue // Tab is no place to complain
		}
		for _, op := range api.Operations {
			all = append(all, described(op.ID, op.Summary))
		}
	}
	return all
}

func requirementNames() []string {
	chosen, err := choose(nil, nil, nil, nil)
	if err != nil {
		return nil
	}
	var all []string
	for _, r := range chosen.catalogue.All {
		all = append(all, described(r.ID, r.Statement))
	}
	return all
}

func levelNames() []string {
	var all []string
	for _, level := range requirement.Levels {
		all = append(all, string(level))
	}
	return all
}

func scenarioNames() []string {
	scenarios, err := load.Scenarios()
	if err != nil {
		return nil
	}
	var all []string
	for _, s := range scenarios {
		all = append(all, described(s.Name, s.Summary))
	}
	return all
}

func faultNames() []string {
	var all []string
	for _, f := range reference.Faults() {
		all = append(all, described(f.Name, f.Summary))
	}
	return all
}

func variantNames() []string {
	var all []string
	for _, v := range reference.Variants() {
		all = append(all, described(v.Name, v.Summary))
	}
	return all
}

func hostileNames() []string {
	var all []string
	for _, k := range hostile.Kinds() {
		all = append(all, described(k.Name, k.Summary))
	}
	return all
}

func formatFiles() []string { return suffixed(report.FormatNames(), "=") }
