package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestRowsKeepToTheTerminal writes the same rows into a pipe, where a row is a line, and on terminals.
func TestRowsKeepToTheTerminal(t *testing.T) {
	for width, want := range map[int]string{
		0: "scan-walk  constant  Page after page through all licences, each from the last key\nmixed      ramp      A bit of everything\n\n2 scenarios\n",
		60: "scan-walk  constant  Page after page through all licences,\n                     each from the last key\n" +
			"mixed      ramp      A bit of everything\n\n2 scenarios\n",
		40: "scan-walk  constant\n    Page after page through all\n    licences, each from the last key\nmixed      ramp\n    A bit of everything\n\n2 scenarios\n",
		15: "scan-walk\n    constant\n    Page after\n    page\n    through all\n    licences,\n    each from\n    the last\n    key\n" +
			"mixed      ramp\n    A bit of\n    everything\n\n2 scenarios\n",
	} {
		var b strings.Builder
		r := table(door{stdout: &b})
		r.width = width
		fmt.Fprintf(r, "scan-walk\tconstant\tPage after page through all licences, each from the last key\nmixed\tramp\tA bit of everything\n\n2 scenarios\n")
		if err := r.Flush(); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("at %d columns:\n%s\nwant\n%s", width, b.String(), want)
		}
	}
}
