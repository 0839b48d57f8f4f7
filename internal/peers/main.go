//go:build unix

// Command peers runs others' tools against each fault of the reference server, one at a time, and against each server
// that keeps every promise in its own way, and counts what they find: Schemathesis, Specmatic, Dredd and Prism's
// validation proxy, and harness in the same frame. A fault is found when a failure appears that no clean server has
// shown. What was measured is kept, so that an interrupted comparison goes on where it stopped.
//
//	go run ./internal/peers -harness bin/harness -out reports/peers.json -page docs/comparison.md
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// options are what the command was asked for.
type options struct {
	harness, tools, kept string // the program, the folder .ci/install-peers fills, the folder of what was measured
	out, page            string // files that are written
	work                 string // folder of the documents and the tools' own reports; "" is a temporary one
	only                 string // names of tools, separated by commas; "" is all
	faults, variants     int    // how many of each, in shuffled order; 0 is all
	clean                int    // runs on the clean server, each with another seed
	lanes                int
	seed                 uint64 // of the order
	deadline             time.Duration
	write                bool // only write what was measured
}

func main() {
	var o options
	flag.StringVar(&o.harness, "harness", "bin/harness", "the program")
	flag.StringVar(&o.tools, "tools", ".ci/peers", "folder of the others' tools, which .ci/install-peers fills")
	flag.StringVar(&o.kept, "kept", ".ci/peers/kept", "folder of what was measured")
	flag.StringVar(&o.out, "out", "reports/peers.json", "file of the results")
	flag.StringVar(&o.page, "page", "docs/comparison.md", "page whose tables are written")
	flag.StringVar(&o.work, "work", "", "folder that keeps the documents and what the tools wrote; a temporary one if empty")
	flag.StringVar(&o.only, "only", "", "only these tools, separated by commas")
	flag.IntVar(&o.faults, "faults", 0, "how many faults, in shuffled order; 0 is all")
	flag.IntVar(&o.variants, "variants", 0, "how many allowed variants, in shuffled order; 0 is all")
	flag.IntVar(&o.clean, "clean", 6, "runs on the clean server, each with another seed")
	flag.IntVar(&o.lanes, "lanes", 2, "runs side by side")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the order")
	flag.DurationVar(&o.deadline, "deadline", 15*time.Minute, "longest that one tool may take on one server")
	flag.BoolVar(&o.write, "write", false, "measure nothing, and write what was measured")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, log io.Writer) error {
	tools, err := chosen(o)
	if err != nil {
		return err
	}
	kept, err := openKept(o.kept)
	if err != nil {
		return err
	}
	plan := planned(o, tools)
	if !o.write {
		work := o.work
		if work == "" {
			if work, err = os.MkdirTemp("", "peers"); err != nil {
				return err
			}
			defer os.RemoveAll(work)
		}
		if work, err = filepath.Abs(work); err != nil { // tools run in folders of their own
			return err
		}
		kit, err := prepare(ctx, o, work)
		if err != nil {
			return err
		}
		if err := kit.play(ctx, plan, kept, log); err != nil {
			return err
		}
	}
	comparison, err := compare(o, plan, kept)
	if err != nil {
		return err
	}
	if err := comparison.write(o.out); err != nil {
		return err
	}
	return comparison.intoPage(o.page)
}

// chosen are the tools that were asked for.
func chosen(o options) ([]tool, error) {
	if o.only == "" {
		return tools, nil
	}
	var picked []tool
	for name := range strings.SplitSeq(o.only, ",") {
		at := -1
		for i, t := range tools {
			if t.name == name {
				at = i
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("no tool %q; the tools are %s", name, strings.Join(toolNames(), " "))
		}
		picked = append(picked, tools[at])
	}
	return picked, nil
}
