// harness report --history: the stored runs, each requirement over time.

package main

import (
	"errors"
	"slices"

	"harness/internal/nearest"
	"harness/internal/report"
)

// historyFormats are the formats of what is told of many runs at once, the default first.
var historyFormats = []string{"text", "json"}

func noHistoryFormat(given string) error { return nearest.Error("format", given, historyFormats, "") }

// drawHistory prints what a store says of its runs, of one target unless target is "". A store without a run is not
// judged.
func drawHistory(d door, dir, target, format string, all bool) error {
	if !slices.Contains(historyFormats, format) {
		return noHistoryFormat(format)
	}
	runs, skipped, err := index(d, dir, target)
	if err != nil {
		return err
	}
	h := report.NewHistory(runs, skipped)
	write := func() error { return report.HistoryText(d.stdout, h, options(d, "", all)) }
	if format == "json" {
		write = func() error { return report.HistoryJSON(d.stdout, h) }
	}
	if err := write(); err != nil {
		return fault{err}
	}
	if len(runs) == 0 {
		tell(d.stderr, errors.New("no run is stored there"))
		return exit{exitNotJudged}
	}
	return nil
}
