// The comparison: the same tools at the same works, kept in a file.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"time"
)

// Where the comparison is kept, and where it is told.
const (
	reportFile = "reports/load-peers.json"
	pageFile   = "docs/comparison.md"
	plotFile   = "docs/load-peers.svg"
)

// The parts by name. In a stall the server answers for two seconds, stands still for one, and answers again.
const (
	closed    = "closed"
	slow      = "1000"
	fast      = "5000"
	stallFew  = "stall-few"
	stallMany = "stall-many"
)

const stallFor = time.Second

// shape is what a part asks for.
type shape struct {
	name         string
	rate, flight int
	stall        bool
}

var shapes = []shape{
	{closed, 0, 64, false},
	{slow, 1000, 64, false},
	{fast, 5000, 64, false},
	{stallFew, 1000, 10, true},
	{stallMany, 1000, 1100, true},
}

func partNames() []string {
	var names []string
	for _, s := range shapes {
		names = append(names, s.name)
	}
	return names
}

// peers measures some parts, and puts them in the place of those in the file.
func peers(ctx context.Context, rounds int, duration time.Duration, only []string, file string, out io.Writer) error {
	for _, name := range only {
		if !slices.Contains(partNames(), name) {
			return fmt.Errorf("no part %q; the parts are %q", name, partNames())
		}
	}
	report, err := read(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	b, stop, err := open(ctx)
	if err != nil {
		return err
	}
	defer stop()
	report.Measured = time.Now().UTC().Format(time.DateOnly)
	report.Machine = fmt.Sprintf("%s/%s, %d cores", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	report.Tools = nil
	for _, t := range tools {
		entry := Tool{Name: t.name, Checks: t.checks}
		if path := b.program(t.program); path != "" {
			entry.Version = version(path)
		} else {
			fmt.Fprintf(out, "%s is not here and is left out; .ci/install-load-peers builds it\n", t.name)
		}
		report.Tools = append(report.Tools, entry)
	}
	for _, s := range shapes {
		if !slices.Contains(only, s.name) {
			continue
		}
		w := work{url: b.licence, feed: oneLicence, rate: s.rate, flight: s.flight, duration: duration}
		part := Part{Name: s.name, Rate: s.rate, Flight: s.flight, Seconds: duration.Seconds()}
		if s.stall {
			w.order = order{StallAt: 2 * s.rate, StallFor: stallFor}
			part.Stall, part.Truth = stallFor.Seconds(), truth(s.rate, duration, stallFor).Seconds()
		}
		if part.Results, err = b.rounds(ctx, rounds, tools, w, out); err != nil {
			return err
		}
		report.put(part)
		if err := write(file, report); err != nil { // what is measured stays, whatever becomes of the next part
			return err
		}
	}
	fmt.Fprint(out, report.table())
	return nil
}
