// What docs/comparison.md says of the figures: the table, and how it came about.

package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// section is what the page says of the figures.
func (r Report) section() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured %s on %s; medians of %d rounds of %s in which the tools took turns.\n\n%s", r.Measured, r.Machine, r.rounds(), r.seconds(), r.table())
	if doubted := r.disowned(); doubted != "" {
		fmt.Fprintf(&b, "\n† %s\n", doubted)
	}
	b.WriteString("\n" + r.versions() + "\n")
	b.WriteString("\nThe commands, at 1000 requests a second where a tool has a rate, and what stands in the files that they name:\n\n```sh\n")
	inputs, seen := "", map[string]bool{}
	for _, t := range r.Tools {
		called := r.called(t.Name)
		if called.Command == "" {
			continue
		}
		b.WriteString(called.Command + "\n")
		if file := t.input(); called.Input != "" && !seen[file] {
			seen[file] = true
			inputs += fmt.Sprintf("\n`%s`:\n\n```%s\n%s```\n", file, strings.TrimPrefix(filepath.Ext(file), "."), called.Input)
		}
	}
	return b.String() + "```\n" + inputs
}

// rounds is the most that any tool had.
func (r Report) rounds() int {
	most := 0
	for _, p := range r.Parts {
		for _, result := range p.Results {
			most = max(most, len(result.Turns))
		}
	}
	return most
}

// seconds is the length of a turn, or the shortest and the longest.
func (r Report) seconds() string {
	if len(r.Parts) == 0 {
		return "0 s"
	}
	by := func(a, b Part) int { return cmp.Compare(a.Seconds, b.Seconds) }
	least, most := slices.MinFunc(r.Parts, by).Seconds, slices.MaxFunc(r.Parts, by).Seconds
	if least == most {
		return fmt.Sprintf("%g s", most)
	}
	return fmt.Sprintf("%g to %g s", least, most)
}

// versions says what was measured, and what was not to be had.
func (r Report) versions() string {
	var here, missing []string
	for _, t := range r.Tools {
		switch {
		case t.Version == "":
			missing = append(missing, t.Name)
		case strings.HasPrefix(t.Name, harnessAll.name): // this tree is its version
		default:
			here = append(here, t.Name+" "+t.Version)
		}
	}
	text := "Beside harness as it was that day: " + strings.Join(here, ", ") + "."
	if missing != nil {
		text += " Not to be had: " + strings.Join(missing, ", ") + "."
	}
	return text
}

// input is the name of the file that says what the tool sends.
func (t Tool) input() string {
	for _, known := range tools {
		if known.name == t.Name {
			return known.input
		}
	}
	return ""
}

// called is the part that best shows how a tool is called.
func (r Report) called(name string) *Result {
	if paced := named(r.part(slow).Results, name); paced.Command != "" {
		return paced
	}
	return named(r.part(closed).Results, name)
}

// disowned says whose figures of a stall the tool itself called its own and not the server's.
func (r Report) disowned() string {
	var names []string
	for _, p := range r.Parts {
		for _, result := range p.Results {
			if p.Stall > 0 && result.doubted() && !slices.Contains(names, result.Tool) {
				names = append(names, result.Tool)
			}
		}
	}
	if names == nil {
		return ""
	}
	return strings.Join(names, " and ") + " said of this run that the machine was the bottleneck."
}

// The part of the page that draw writes.
const (
	pageBegin = "<!-- load: make compare-load -->\n"
	pageEnd   = "<!-- end of load -->\n"
)

// draw draws the file as a table and as a picture.
func draw(file, page, picture string) error {
	report, err := read(file)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	drawn, err := report.within(text)
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	if err := os.WriteFile(page, drawn, 0o644); err != nil {
		return err
	}
	return os.WriteFile(picture, report.plot(), 0o644)
}

// within is the page with the figures of the report.
func (r Report) within(page []byte) ([]byte, error) {
	before, rest, begins := bytes.Cut(page, []byte(pageBegin))
	_, after, ends := bytes.Cut(rest, []byte(pageEnd))
	if !begins || !ends {
		return nil, fmt.Errorf("has no lines %q and %q to write between", strings.TrimSpace(pageBegin), strings.TrimSpace(pageEnd))
	}
	return bytes.Join([][]byte{before, []byte(pageBegin + "\n" + r.section() + "\n" + pageEnd), after}, nil), nil
}
