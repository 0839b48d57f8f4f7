// What a request costs its sender, and what it costs to look at the answer.

package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// cost measures three works: a small body, a large one that comes again and again, and large ones of which no two are the
// same. All keep the same number of requests in flight and send as fast as they are answered, so that nobody's way of
// waiting counts.
func cost(ctx context.Context, rounds int, duration time.Duration, out io.Writer) error {
	b, stop, err := open(ctx)
	if err != nil {
		return err
	}
	defer stop()
	const flight = 64
	const walks = " (a walk reads the page for the key from which it goes on, checked or not)"
	for _, c := range []struct {
		name, note string
		work       work
	}{
		{"one licence of about 400 bytes", "", work{url: b.licence, feed: oneLicence}},
		{"a page of 100 licences, about 40 KB, the same ones again and again", walks, work{url: b.page, feed: pages}},
		{"a page of 100 licences, about 40 KB, no two bodies the same", walks, work{url: b.page, feed: pages, order: order{Distinct: true}}},
	} {
		c.work.flight, c.work.duration = flight, duration
		results, err := b.rounds(ctx, rounds, []tool{harnessAll, harnessNone, vegeta, wrk, k6}, c.work, out)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s, %d in flight for %s, medians of %d rounds\n", c.name, flight, duration, rounds)
		b.costs(results, c.note, out)
	}
	return nil
}

// The steps of a scenario that ask for the same as the others do.
const (
	oneLicence = "{operation: getLicense}"
	pages      = "{operation: scanLicensesByKey, feed: walk, sizes: [100]}"
)

func (b *bench) costs(results []Result, note string, out io.Writer) {
	theirs := named(results, vegeta.name).of(cpu)
	fmt.Fprintf(out, "  %-30s %10s %10s %10s %9s  %s\n", "", "CPU µs", "of vegeta", "kinstr", "RSS MB", "checked")
	for i, t := range []tool{harnessAll, harnessNone, vegeta, wrk, k6} {
		r := &results[i]
		if len(r.Turns) == 0 {
			fmt.Fprintf(out, "  %-30s %s\n", t.name, r.Unable)
			continue
		}
		instructions := "–"
		if b.counting {
			instructions = fmt.Sprintf("%.1f", r.of(kinstr))
		}
		fmt.Fprintf(out, "  %-30s %10.1f %9.0f%% %10s %9.0f  %s\n", t.name, r.of(cpu), 100*ratio(r.of(cpu), theirs), instructions, r.of(memory), t.checks)
	}
	if all, none := named(results, harnessAll.name), named(results, harnessNone.name); len(all.Turns) > 0 && len(none.Turns) > 0 {
		figure := cpu
		if b.counting {
			figure = kinstr
		}
		fmt.Fprintf(out, "  checking every answer costs %+.0f%%%s\n\n", 100*(ratio(all.of(figure), none.of(figure))-1), note)
	}
}
