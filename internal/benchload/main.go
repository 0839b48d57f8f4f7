// Command benchload measures harness load beside other load tools. All send the same request to one server that stands in
// for an API: it answers quickly, stamps each request as it arrives, and stands still for a while when it is told to.
//
//	benchload cost     what a request costs its sender, a licence and a page, repeated and distinct: make bench-load
//	benchload peers    cost, punctuality, and how true a stall is told, into reports/load-peers.json: make compare-load
//	benchload draw     that file as the table of docs/comparison.md and as docs/load-peers.svg
//
// Measuring and drawing meet in the file alone, so that a table can be drawn again without measuring anew.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "benchload:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("say what is wanted: cost, peers or draw")

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) == 0 {
		return errUsage
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	switch args[0] {
	case "cost":
		rounds, duration := flags.Int("rounds", 5, "how often each tool has its turn"), flags.Duration("duration", 5*time.Second, "of one turn")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		if err := enough(*rounds, *duration, apart); err != nil {
			return err
		}
		return cost(ctx, *rounds, *duration, out)
	case "peers":
		rounds, duration := flags.Int("rounds", 3, "how often each tool has its turn"), flags.Duration("duration", 5*time.Second, "of one turn")
		only := flags.String("part", strings.Join(partNames(), ","), "what is measured; the rest of the file stays")
		file := flags.String("out", reportFile, "where it is written")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		if err := enough(*rounds, *duration, 2*apart+2*stallFor); err != nil {
			return err
		}
		return peers(ctx, *rounds, *duration, strings.Split(*only, ","), *file, out)
	case "draw":
		file := flags.String("in", reportFile, "what was measured")
		page, plot := flags.String("page", pageFile, "the page that holds the table"), flags.String("plot", plotFile, "the drawing")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return draw(*file, *page, *plot)
	case "serve": // started by the others
		return serve(in, out)
	}
	return fmt.Errorf("no %q; %w", args[0], errUsage)
}

// enough refuses what would measure nothing.
func enough(rounds int, duration, least time.Duration) error {
	if rounds < 1 || duration < least {
		return fmt.Errorf("-rounds %d -duration %s; at least 1 and %s are meant", rounds, duration, least)
	}
	return nil
}
