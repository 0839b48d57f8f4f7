//go:build unix

// What was measured, compared: which fault was found by whom, and what it cost.

package main

import (
	"encoding/json"
	"os"
	"slices"
	"time"

	"harness/internal/reference"
)

// comparison is reports/peers.json.
type comparison struct {
	Date    string       `json:"date"`
	Seed    uint64       `json:"seed"` // of the order
	Classes []class      `json:"classes"`
	Tools   []toolResult `json:"tools"`
	Found   []faultRow   `json:"found"`
}

// class is a class of faults, and how many there are.
type class struct {
	Name   string `json:"name"`
	Says   string `json:"says"`
	Faults int    `json:"faults"`
}

// toolResult is what one tool came to. Its sample is the servers that it was run on.
type toolResult struct {
	Name       string `json:"name"`
	Version    string `json:"version,omitempty"`
	Command    string `json:"command"`
	Configured string `json:"configured"`
	NotMadeFor string `json:"notMadeFor,omitempty"`
	Faults     score  `json:"faults"`
	// Classes holds the score of each class, by its name.
	Classes map[string]score `json:"classes"`
	// Variants counts the allowed variants on which it complained of something that no clean run showed.
	Variants score `json:"variants"`
	// Clean counts the failures, each shape once, that the clean servers showed, and the clean runs that showed any.
	Clean      score   `json:"clean"`
	CleanShown int     `json:"cleanShown"`
	CPU        float64 `json:"cpu"`     // median of a run, seconds
	Seconds    float64 `json:"seconds"` // median of a run by the clock, on a machine that had other work as well
	Problems   int     `json:"problems"`
	// Alarms are the variants it complained of, and what it said first.
	Alarms []finding `json:"alarms"`
}

// score is how many of how many.
type score struct {
	Of   int `json:"of"`
	Hits int `json:"hits"`
}

func (s *score) count(hit bool) {
	s.Of++
	if hit {
		s.Hits++
	}
}

// faultRow is one fault, and what each tool said of it.
type faultRow struct {
	Fault   string             `json:"fault"`
	API     string             `json:"api"`
	Class   string             `json:"class"`
	Summary string             `json:"summary"`
	By      map[string]finding `json:"by"` // tool → what it said; a tool that was not run on it is absent
}

// finding is whether a tool found something, and the first failure that no clean run has.
type finding struct {
	Server  string `json:"server,omitempty"`
	Found   bool   `json:"found"`
	Why     string `json:"why,omitempty"`
	Problem string `json:"problem,omitempty"`
}

func compare(o options, plan []job, kept *keptFile) (*comparison, error) {
	c := &comparison{Date: time.Now().UTC().Format(time.DateOnly), Seed: o.seed}
	faults := map[string]reference.Fault{}
	perClass := map[string]int{}
	for _, f := range reference.Faults() {
		faults[f.Name] = f
	}
	rows := map[string]*faultRow{}
	var order []string
	for _, j := range plan {
		if f := faults[j.server.Name]; j.server.Kind == fault && rows[f.Name] == nil {
			rows[f.Name] = &faultRow{Fault: f.Name, API: f.API, Class: classOf(f.Breaks), Summary: f.Summary, By: map[string]finding{}}
			order = append(order, f.Name)
			perClass[rows[f.Name].Class]++
		}
	}
	for _, k := range classes {
		c.Classes = append(c.Classes, class{k.name, k.says, perClass[k.name]})
	}
	for _, t := range tools {
		r := toolResult{Name: t.name, Version: t.version, Command: t.command, Configured: t.configured, NotMadeFor: t.notMadeFor, Classes: map[string]score{}}
		baseline := map[string]map[string]bool{} // API → failures of clean runs
		var cpu, seconds []float64
		for _, o := range kept.of(plan, t.name, clean) {
			if baseline[o.API] == nil {
				baseline[o.API] = map[string]bool{}
			}
			for _, f := range o.Failures {
				baseline[o.API][f] = true
			}
			if o.Problem != "" { // what it said counts as known, that it said no more counts for nothing
				r.Problems++
				continue
			}
			r.Clean.count(len(o.Failures) > 0)
		}
		for _, shown := range baseline {
			r.CleanShown += len(shown)
		}
		for _, o := range kept.of(plan, t.name, fault) {
			new := beyond(o, baseline[o.API])
			row := rows[o.Name]
			row.By[t.name] = finding{Found: new != "", Why: new, Problem: o.Problem}
			r.Faults.count(new != "")
			s := r.Classes[row.Class]
			s.count(new != "")
			r.Classes[row.Class] = s
			cpu, seconds = append(cpu, o.CPU), append(seconds, o.Seconds)
			if o.Problem != "" {
				r.Problems++
			}
		}
		for _, o := range kept.of(plan, t.name, variant) {
			new := beyond(o, baseline[o.API])
			r.Variants.count(new != "")
			if new != "" {
				r.Alarms = append(r.Alarms, finding{Server: o.Name + " " + o.API, Found: true, Why: new})
			}
		}
		r.CPU, r.Seconds = median(cpu), median(seconds)
		c.Tools = append(c.Tools, r)
	}
	for _, name := range order {
		if len(rows[name].By) > 0 {
			c.Found = append(c.Found, *rows[name])
		}
	}
	return c, nil
}

// of lists what a tool said of the servers of a kind, in the order of the plan.
func (k *keptFile) of(plan []job, tool, kind string) []outcome {
	var all []outcome
	for _, j := range plan {
		if o, ok := k.by[key(tool, j.server)]; ok && j.tool.name == tool && j.server.Kind == kind {
			all = append(all, o)
		}
	}
	return all
}

// beyond is the first failure that no clean run has, "" for none.
func beyond(o outcome, baseline map[string]bool) string {
	for _, f := range o.Failures {
		if !baseline[f] {
			return f
		}
	}
	return ""
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func (c *comparison) write(file string) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}
