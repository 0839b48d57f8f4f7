// What of a report is compared with another run, and what is remembered of it.

package report

import (
	"encoding/json"
	"fmt"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/measure"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// Snapshot is what a comparison needs of the report; path is where its run is stored, as it is to be named. Ticks are
// those of a load run's evidence; without them little can be said of its times.
func (r Report) Snapshot(path string, ticks []evidence.Tick) history.Snapshot {
	var played []measure.Series
	for _, l := range r.Load {
		played = append(played, l.Series)
	}
	s := history.Snapshot{
		RunID: history.RunID{Target: r.Target.Name, Started: r.Started, Verdict: r.Verdict, Path: path},
		Exit:  r.Exit, Problem: r.Problem, Selection: r.Selection, Findings: r.Findings, Behaviour: r.Behaviour,
		Figures: history.LoadFigures(ticks, r.Measurements, played...),
	}
	for _, d := range r.Documents {
		s.Documents = append(s.Documents, d.Document)
	}
	return s
}

// Summarise is what is remembered of the report at a glance.
func (r Report) Summarise(run *evidence.Run) (history.Summary, error) {
	id, err := history.RunIdentity(run.Header)
	if err != nil {
		return history.Summary{}, err
	}
	s := history.Summary{
		Schema: history.SummarySchema, ID: id, Target: r.Target.Name, URLs: r.Target.URLs, Started: r.Started, Finished: r.Finished,
		Tool: r.Tool, Seed: r.Seed, Command: r.Command, Selection: r.Selection, Verdict: r.Verdict, Exit: r.Exit, Gate: r.Gate,
		CutShort: run.Footer == nil || run.Footer.Problem != "", Problem: r.Problem, APIs: []history.APISummary{},
		Requirements: map[string]map[string]verdict.Verdict{}, Broken: []history.Broken{}, Measured: []history.MeasuredSummary{},
	}
	for _, d := range r.Documents {
		s.APIs = append(s.APIs, history.APISummary{
			API: d.API, Title: d.Title, Version: d.Version, Digest: d.Digest, Broken: map[requirement.Level]int{},
		})
	}
	for _, c := range causes(r.Findings) {
		s.Add(c.finding)
		for _, f := range c.also {
			s.Add(f)
		}
	}
	for _, f := range r.Findings {
		if f.Verdict < verdict.Flaky {
			s.Add(f)
		}
	}
	s.Measure(r.Measurements)
	return s, nil
}

// Read reads a report.json. Readers refuse a newer schema.
func Read(data []byte) (Report, error) {
	var version struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return Report{}, fmt.Errorf("no report: %w", err)
	}
	if version.Schema < 1 || version.Schema > Schema {
		return Report{}, fmt.Errorf("a report of schema %d; this harness reads up to %d", version.Schema, Schema)
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return Report{}, fmt.Errorf("no report: %w", err)
	}
	for _, l := range r.Load {
		if flaw := l.Series.Flaw(); flaw != "" {
			return Report{}, fmt.Errorf("no report: load of scenario %s: %s", l.Scenario, flaw)
		}
	}
	return r, nil
}
