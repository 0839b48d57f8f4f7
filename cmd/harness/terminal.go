// What standard output and standard error are: a terminal of some width, or a pipe or file.

package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"harness/internal/report"
)

// terminal says whether a writer is a terminal, and how wide it is.
func terminal(w io.Writer) (width int, ok bool) {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width == 0 {
		width = 100
	}
	return width, true
}

// redraws says whether what was written on a terminal can be written over: a dumb one, as an editor has it, only adds.
func redraws(d door, w io.Writer) bool {
	_, ok := terminal(w)
	kind, _ := d.env("TERM")
	return ok && kind != "dumb"
}

// coloured says whether colours are wanted: on a terminal that has some, unless NO_COLOR says otherwise.
func coloured(d door, w io.Writer) bool {
	none, _ := d.env("NO_COLOR")
	return redraws(d, w) && none == ""
}

// options are what the terminal, if it is one, asks of a report.
func options(d door, stored string, all bool) report.Options {
	o := report.Options{All: all, Run: stored, Colour: coloured(d, d.stdout)}
	o.Width, _ = terminal(d.stdout)
	return o
}
