// What was measured, as it is kept in reports/load-peers.json.

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// Report is what was measured.
type Report struct {
	Measured string `json:"measured"` // the day
	Machine  string `json:"machine"`
	Tools    []Tool `json:"tools"`
	Parts    []Part `json:"parts"`
}

// Tool is one that took part, or would have.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"` // "" for one that was not to be had
	Checks  string `json:"checks"`
}

// Part is one work that all were asked to do. Times are in seconds.
type Part struct {
	Name    string   `json:"name"`
	Rate    int      `json:"rate,omitempty"` // 0 for as fast as answers come
	Flight  int      `json:"inFlight"`
	Seconds float64  `json:"seconds"`
	Stall   float64  `json:"stall,omitempty"`
	Truth   float64  `json:"truth,omitempty"` // the p99 of those who come at an even rate
	Results []Result `json:"results"`
}

// put puts a part in its place.
func (r *Report) put(p Part) {
	r.Parts = append(slices.DeleteFunc(r.Parts, func(old Part) bool { return old.Name == p.Name }), p)
	names := partNames()
	slices.SortFunc(r.Parts, func(a, b Part) int { return slices.Index(names, a.Name) - slices.Index(names, b.Name) })
}

// part is a part by name; one without results when it was not measured.
func (r *Report) part(name string) Part {
	for _, p := range r.Parts {
		if p.Name == name {
			return p
		}
	}
	return Part{Name: name}
}

func read(file string) (r Report, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("%s: %w", file, err)
	}
	return r, nil
}

func write(file string, r Report) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}
