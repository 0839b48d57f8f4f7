//go:build unix

// Writes the tables of the page between its two marks; the words around them are people's.

package main

import (
	"fmt"
	"os"
	"strings"
)

const (
	beginning = "<!-- written by make compare-peers, from reports/peers.json -->"
	end       = "<!-- end of what make compare-peers writes -->"
)

func (c *comparison) intoPage(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(data), beginning)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return fmt.Errorf("%s: the marks are missing between which the tables stand:\n%s\n%s", file, beginning, end)
	}
	return os.WriteFile(file, []byte(before+beginning+"\n\n"+strings.TrimRight(c.tables(), "\n")+"\n\n"+end+after), 0o644)
}

func (c *comparison) tables() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured %s; faults and allowed variants in the order of seed %d.\n\n", c.Date, c.Seed)
	b.WriteString("| | " + strings.Join(c.names(), " | ") + " |\n|---|" + strings.Repeat("---:|", len(c.Tools)) + "\n")
	row := func(name string, cell func(toolResult) string) {
		fmt.Fprintf(&b, "| %s |", name)
		for _, t := range c.Tools {
			fmt.Fprintf(&b, " %s |", cell(t))
		}
		b.WriteByte('\n')
	}
	row("**faults found**", func(t toolResult) string { return "**" + t.Faults.String() + "**" })
	row("of those that all were run on", func(t toolResult) string { return c.shared(t.Name).String() })
	for _, k := range c.Classes {
		row(fmt.Sprintf("%s: %s", k.Name, k.Says), func(t toolResult) string { return t.Classes[k.Name].String() })
	}
	row("**alarms on allowed variants**", func(t toolResult) string { return t.Variants.String() })
	row("clean runs with a failure", func(t toolResult) string { return t.Clean.String() })
	row("kinds of failure on the clean server", func(t toolResult) string { return fmt.Sprint(t.CleanShown) })
	row("CPU a run, median", func(t toolResult) string { return fmt.Sprintf("%.1f s", t.CPU) })
	row("time a run, median", func(t toolResult) string { return fmt.Sprintf("%.1f s", t.Seconds) })
	b.WriteString("\n" + c.missed() + "\n\n### How each was asked\n\n")
	for _, t := range c.Tools {
		fmt.Fprintf(&b, "**%s**: `%s`. %s", strings.TrimSpace(t.Name+" "+t.Version), t.Command, t.Configured)
		if t.NotMadeFor != "" {
			fmt.Fprintf(&b, " Not made for: %s", t.NotMadeFor)
		}
		b.WriteString("\n\n")
	}
	return b.String()
}

func (c *comparison) names() []string {
	var names []string
	for _, t := range c.Tools {
		names = append(names, t.Name)
	}
	return names
}

// shared is the score of a tool on the faults that every tool was run on.
func (c *comparison) shared(tool string) score {
	var s score
	for _, row := range c.Found {
		if len(row.By) == len(c.Tools) {
			s.count(row.By[tool].Found)
		}
	}
	return s
}

// missed says which faults another tool found and harness did not.
func (c *comparison) missed() string {
	var names []string
	for _, row := range c.Found {
		ours, run := row.By["harness"]
		for _, t := range c.Tools {
			if run && !ours.Found && row.By[t.Name].Found {
				names = append(names, fmt.Sprintf("`%s` (%s)", row.Fault, t.Name))
			}
		}
	}
	if names == nil {
		return "No fault was found by another tool and missed by harness."
	}
	return "Found by another tool and missed by harness: " + strings.Join(names, ", ") + "."
}

// String is the score with its share: 12 of 48, 25 %. Nothing measured is a dash.
func (s score) String() string {
	if s.Of == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d, %d %%", s.Hits, s.Of, (100*s.Hits+s.Of/2)/s.Of)
}
