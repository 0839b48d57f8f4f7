// Tools take turns, so that whatever else the machine does meets them all.

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Result is how a tool fared in one part.
type Result struct {
	Tool    string `json:"tool"`
	Unable  string `json:"unable,omitempty"` // why it has no turns
	Command string `json:"command,omitempty"`
	Input   string `json:"input,omitempty"` // what stands in the file that the command names
	Turns   []Turn `json:"turns,omitempty"`
}

// of is the median of a figure over the turns.
func (r *Result) of(figure func(Turn) float64) float64 {
	if len(r.Turns) == 0 {
		return 0
	}
	values := make([]float64, len(r.Turns))
	for i, t := range r.Turns {
		values[i] = figure(t)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// doubted says whether the tool itself disowned most of its turns.
func (r *Result) doubted() bool {
	return r.of(func(t Turn) float64 {
		if t.Doubted {
			return 1
		}
		return 0
	}) == 1
}

// The figures of a turn, in the units of the tables.
func cpu(t Turn) float64    { return t.CPU * 1e6 / float64(max(t.Requests, 1)) }                   // µs a request
func kinstr(t Turn) float64 { return float64(t.Instructions) / 1e3 / float64(max(t.Requests, 1)) } // thousands a request
func memory(t Turn) float64 { return float64(t.RSS) / 1e6 }                                        // MB
func rate(t Turn) float64   { return t.Rate }                                                      // requests a second
func late(t Turn) float64   { return t.Late * 1e6 }                                                // µs
func glued(t Turn) float64  { return t.Glued * 100 }                                               // %
func p99(t Turn) float64    { return t.P99 * 1e3 }                                                 // ms

// rounds lets each tool do the work in turn, nobody always first. What goes wrong is told on the way, and the tool has no
// turns then: that others are there to be compared is no reason to throw them away.
func (b *bench) rounds(ctx context.Context, rounds int, list []tool, w work, progress io.Writer) ([]Result, error) {
	results := make([]Result, len(list))
	for i, t := range list {
		results[i].Tool = t.name
		switch {
		case b.program(t.program) == "":
			results[i].Unable = "is not here"
		case t.unable != nil:
			results[i].Unable = t.unable(w)
		}
	}
	for round := range rounds {
		for i := range list {
			at := (i + round) % len(list)
			r := &results[at]
			if r.Unable != "" {
				continue
			}
			turn, err := b.turn(ctx, list[at], w)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				fmt.Fprintf(progress, "%s: %v\n", list[at].name, err)
				r.Unable, r.Turns = "failed: "+firstLine(err.Error()), nil
				continue
			}
			r.Turns = append(r.Turns, turn)
			if round == 0 {
				if err := b.describe(r, list[at], w); err != nil {
					return nil, err
				}
			}
		}
	}
	return results, nil
}

// describe keeps how a tool was called, without secrets and without what is this machine's own.
func (b *bench) describe(r *Result, t tool, w work) error {
	line, err := t.command(b, w)
	if err != nil {
		return err
	}
	line[0] = filepath.Base(line[0])
	for i, word := range line {
		if word = b.plain(word, w); strings.ContainsAny(word, " $") {
			word = `"` + word + `"`
		}
		line[i] = word
	}
	r.Command = strings.Join(line, " ")
	if t.input != "" {
		text, err := os.ReadFile(b.file(t.input))
		if err != nil {
			return err
		}
		r.Input = b.plain(string(text), w)
	}
	return nil
}

func (b *bench) plain(text string, w work) string {
	return strings.NewReplacer(w.url, "$URL", b.server.ClientName, "$NAME", b.server.ClientSecret, "$SECRET", b.dir+"/", "").Replace(text)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// named is the result of a tool; one without turns when there is none.
func named(results []Result, name string) *Result {
	if i := slices.IndexFunc(results, func(r Result) bool { return r.Tool == name }); i >= 0 {
		return &results[i]
	}
	return &Result{Unable: "was not measured"}
}

// ratio is a to b, 0 where there is no b.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
