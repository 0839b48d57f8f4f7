// What a load run would send, without sending it.

package main

import (
	"fmt"
	"strings"
)

// dryRun says what the scenario is made of, how fast, for how long, and what it is held against.
func (l *loading) dryRun(d door) error {
	s := l.scenario
	where := "the reference server, in a process of its own,"
	if l.target.Embedded == nil {
		where = "target " + l.target.Name
	}
	fmt.Fprintf(d.stdout, "scenario %s at %s would be played; nothing was sent\n\n", s.Name, where)
	w := table(d)
	fmt.Fprintf(w, "  summary\t%s\n", s.Summary)
	fmt.Fprintf(w, "  pace\t%s\n", s.Pace)
	if s.Warmup > 0 {
		fmt.Fprintf(w, "  warm-up\t%s, not counted\n", s.Warmup)
	}
	fmt.Fprintf(w, "  requests\t%s\n", l.howMany())
	fmt.Fprintf(w, "  in flight\tat most %d\n", s.InFlight())
	fmt.Fprintf(w, "  transport\t%s\n", l.transport)
	fmt.Fprintf(w, "  validated\t%s\n", l.validate)
	for i, o := range s.Objectives {
		fmt.Fprintf(w, "  %s\t%s", map[bool]string{true: "objectives", false: ""}[i == 0], o.Text)
		if o.Operation != "*" {
			fmt.Fprintf(w, " for %s", o.Operation)
		}
		fmt.Fprintln(w)
	}
	if l.watchdog != nil {
		fmt.Fprintf(w, "  ends early\tonce this is lost: %s\n", l.watchdog.Objective.Text)
	}
	fmt.Fprintln(w)
	shares := l.scenario.Record().Operations
	for _, share := range shares {
		for _, api := range l.apis {
			if op := api.Operation(share.Operation); op != nil && api.Name == share.API {
				var feeds []string
				for _, step := range s.Steps {
					if step.Operation == op.ID && step.API == api.Name {
						feeds = append(feeds, step.Feed)
					}
				}
				fmt.Fprintf(w, "  %s\t%s %s%s\t%.3g%%\t%s\n", op.ID, op.Method, api.BasePath, op.Template(), share.Share*100, strings.Join(feeds, ", "))
			}
		}
	}
	return w.Flush()
}

// howMany says how many requests there would be, as far as anybody can know.
func (l *loading) howMany() string {
	s := l.scenario
	switch s.Pace.Kind {
	case "closed":
		return "as many as are answered"
	case "breakpoint":
		return fmt.Sprintf("at most %.0f: the search ends when it knows enough", s.Pace.Highest()*s.Pace.Length().Seconds())
	}
	text := fmt.Sprintf("about %.0f", s.Pace.Requests())
	if s.Warmup > 0 {
		text += " and the warm-up"
	}
	return text
}
