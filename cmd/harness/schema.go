// harness schema: the JSON Schemas of the files that harness reads and writes, as the program carries them.

package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"harness/internal/nearest"
	"harness/load"
	"harness/reports"
	"harness/targets"
)

// schemas are those that there are, with the file that each is about.
var schemas = []struct {
	name, of string
	text     []byte
}{
	{"scenario", "the file of a scenario, which harness load plays", load.ScenarioSchema},
	{"target", "the file of a target", targets.Schema},
	{"known-failures", "the list of known failures", targets.KnownFailuresSchema},
	{"report", "report.json, what a run came to", reports.Schema},
	{"summary", "summary.json, which a store keeps of each run", reports.SummarySchema},
}

func schemaNames() []string {
	var names []string
	for _, s := range schemas {
		names = append(names, s.name+"\t"+s.of)
	}
	return names
}

func newSchema(d door) *cobra.Command {
	var names []string
	long := "schema prints the JSON Schema (2020-12) of a file, which completes it in an editor and checks it in a program:\n"
	for _, s := range schemas {
		names = append(names, s.name)
		long += "\n    " + s.name + strings.Repeat(" ", 16-len(s.name)) + s.of
	}
	return &cobra.Command{
		Use: "schema SCHEMA", Short: "Print the JSON Schema of a file",
		Long: long,
		Example: `harness schema scenario > scenario.schema.json    # then, as first line of a scenario:
                                                  # yaml-language-server: $schema=scenario.schema.json`,
		Args: arguments(1, "the name of one schema", "harness schema --help"),
		RunE: func(_ *cobra.Command, args []string) error {
			i := slices.Index(names, args[0])
			if i < 0 {
				return nearest.Error("schema", args[0], names, "")
			}
			_, err := d.stdout.Write(schemas[i].text)
			return err
		},
	}
}
