// Flags that several commands have, so that they are called and told the same everywhere.

package main

import (
	"strings"

	"github.com/spf13/cobra"

	"harness/internal/report"
	"harness/internal/verdict"
)

// targetFlag is --target where it names a file.
func targetFlag(c *cobra.Command, into *string, usage string) {
	c.Flags().StringVar(into, "target", "", usage)
	_ = c.RegisterFlagCompletionFunc("target", yamlFiles) // an error says that there is no such flag
}

// choiceFlag takes one of a few words, which its usage goes on with. What is given is checked where it is used.
func choiceFlag(c *cobra.Command, into *string, name, value, usage string, words []string) {
	c.Flags().StringVar(into, name, value, usage+": "+strings.Join(words, ", "))
	_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// formatFlag is --format, the default first.
func formatFlag(c *cobra.Command, into *string, names []string) {
	choiceFlag(c, into, "format", names[0], "`FORMAT` to print", names)
}

// gateFlag is --fail-on.
func gateFlag(c *cobra.Command, into *string) {
	gates := []string{string(verdict.FailOnMust), string(verdict.FailOnShould), string(verdict.FailOnDrift)}
	choiceFlag(c, into, "fail-on", string(verdict.FailOnShould), "the `LEVEL` that fails the gate", gates)
}

func seedFlag(c *cobra.Command, into *string) {
	c.Flags().StringVar(into, "seed", "", "`SEED` of every random choice; the report names the one that was used")
}

// runFlagValues are where the flags go that every command has which sends requests and judges.
type runFlagValues struct {
	out, store, baseline, format, failOn *string
	write                                *[]string
	known                                *knownFile
	noBodies, all                        *bool
}

// runFlags say what becomes of a run: where it is kept, how it is judged, how it is told.
func runFlags(c *cobra.Command, v runFlagValues) {
	flags := c.Flags()
	flags.StringVar(v.out, "out", "", "`FOLDER` that receives run.jsonl, the evidence, and report.json")
	flags.StringVar(v.store, "store", "", "`FOLDER` of stored runs that takes this one in; see harness store")
	flags.BoolVar(v.noBodies, "redact-bodies", false, "leave the bodies of requests and answers out of the evidence: they may hold personal data")
	flags.StringVar(v.baseline, "baseline", "", "an earlier `RUN`, its folder or run.jsonl: say what has changed since")
	gateFlag(c, v.failOn)
	knownFlag(c, v.known)
	formatFlag(c, v.format, report.FormatNames())
	writeFlag(c, v.write)
	flags.BoolVar(v.all, "all", false, "print observed behaviours one by one as well")
}
