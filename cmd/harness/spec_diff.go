// harness spec diff: what a change of a document means for those who call the API.

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"harness/internal/specdiff"
)

func specDiff(d door) *cobra.Command {
	var formatName, failOn string
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what a change of a document means for those who call the API",
		Long: `diff compares two versions of a document, and the requirements beside them where both have some, and says of
each difference whether it breaks callers: breaking, warning or info. It looks at what OpenAPI can say and at what the
extensions add: permissions, batches, scans, pages, filters.

OLD and NEW are each ` + specdiff.Sources + `.

The exit code is 5 when a change is breaking, or as bad as --fail-on says.`,
		Example: `harness spec diff old.yaml new.yaml
harness spec diff git:main:specs/genesyscloud specs/genesyscloud
harness spec diff genesyscloud theirs.yaml --format markdown`,
		Args: arguments(2, "two documents, the old one and the new one", "each is "+specdiff.Sources),
		RunE: func(c *cobra.Command, args []string) error {
			format, err := specdiff.FormatNamed(formatName)
			if err != nil {
				return err
			}
			gate, err := specdiff.LevelNamed(failOn)
			if err != nil {
				return err
			}
			reading := working(d, "comparing")
			defer reading.clear()
			before, err := specdiff.Open(c.Context(), args[0])
			if err != nil {
				return err
			}
			after, err := specdiff.Open(c.Context(), args[1])
			if err != nil {
				return err
			}
			comparison, err := specdiff.Compare(before, after)
			reading.clear()
			if err != nil {
				return err
			}
			if err := format.Write(d.stdout, comparison, specdiff.Options{Colour: options(d, "", false).Colour}); err != nil {
				return fault{err}
			}
			if comparison.AtLeast(gate) {
				return exit{exitBreaking}
			}
			return nil
		},
	}
	levels := make([]string, len(specdiff.Levels))
	for i, level := range specdiff.Levels {
		levels[i] = string(level)
	}
	formatFlag(c, &formatName, specdiff.FormatNames())
	choiceFlag(c, &failOn, "fail-on", string(specdiff.Breaking), fmt.Sprintf("the `LEVEL` of the mildest change that exits %d", exitBreaking), levels)
	return c
}
