// What is remembered of a run at a glance: small, so that a thousand of them are read at once.

package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"harness/internal/evidence"
	"harness/internal/known"
	"harness/internal/measure"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// SummarySchema is the version of summary.json. Readers refuse a newer one.
const SummarySchema = 1

// Summary is a stored run at a glance; summary.json is this type as it stands. Lists are never nil.
type Summary struct {
	Schema    int                `json:"schema"`
	ID        string             `json:"id"` // of the run: 8 hex digits, the same however often it is judged
	Target    string             `json:"target"`
	URLs      map[string]string  `json:"urls"`
	Started   time.Time          `json:"started"`
	Finished  *time.Time         `json:"finished"` // null for a run without a footer
	Tool      evidence.Tool      `json:"tool"`
	Seed      uint64             `json:"seed"`
	Command   []string           `json:"command"`
	Selection evidence.Selection `json:"selection"`
	Verdict   verdict.Verdict    `json:"verdict"`
	Exit      int                `json:"exit"`
	Gate      verdict.FailOn     `json:"gate"`
	CutShort  bool               `json:"cutShort"` // it ended before its end; Problem says why
	Problem   string             `json:"problem"`  // why it is not judged as a whole; "" when it is
	APIs      []APISummary       `json:"apis"`
	// Requirements holds, for each API, each requirement by the worst of its operations.
	Requirements map[string]map[string]verdict.Verdict `json:"requirements"`
	Broken       []Broken                              `json:"broken"`   // the first MostBroken, the worst first
	Further      int                                   `json:"further"`  // broken findings that are not listed
	Measured     []MeasuredSummary                     `json:"measured"` // the first MostMeasured
}

// MostBroken and MostMeasured bound the lists of a summary, so that the worst run still has a small one.
const (
	MostBroken   = 30
	MostMeasured = 40
)

// APISummary is how one API fared.
type APISummary struct {
	API     string `json:"api"`
	Title   string `json:"title"`
	Version string `json:"version"`
	Digest  string `json:"digest"` // of its document
	// Broken counts findings that nobody has accepted, by level; Judged those with a verdict on the server.
	Broken map[requirement.Level]int `json:"broken"`
	Judged int                       `json:"judged"`
	// Accepted counts findings that are let pass as known failures, the first of which expires on Expires; Stale those
	// known failures that no longer fail.
	Accepted int         `json:"accepted"`
	Expires  *known.Date `json:"expires"`
	Stale    int         `json:"stale"`
}

// Broken is one finding that is broken.
type Broken struct {
	Requirement string            `json:"requirement"`
	API         string            `json:"api"`
	Operation   string            `json:"operation"`
	Level       requirement.Level `json:"level"`
	Verdict     verdict.Verdict   `json:"verdict"`
	Message     string            `json:"message"` // at most 120 characters
	Accepted    bool              `json:"accepted"`
}

// MeasuredSummary is one measurement of a load run; times in seconds.
type MeasuredSummary struct {
	Scenario   string  `json:"scenario"`
	API        string  `json:"api"`
	Operation  string  `json:"operation"`
	Verdict    string  `json:"verdict"`
	Rate       float64 `json:"rate"` // answered in a second
	P50        float64 `json:"p50"`  // of the response time
	P99        float64 `json:"p99"`
	Errors     int64   `json:"errors"`
	Violations int64   `json:"violations"`
}

// Failed counts what of an API fails a gate: broken findings that nobody accepted, and, where the gate is about them,
// requirements that have drifted.
func (s Summary) Failed(api string, gate verdict.FailOn) int {
	n := 0
	if a := s.API(api); a != nil {
		for level, broken := range a.Broken {
			if gate.Fails(verdict.Finding{Level: level, Verdict: verdict.Fail}) {
				n += broken
			}
		}
	}
	for _, v := range s.Requirements[api] {
		if v == verdict.Drift && gate.Fails(verdict.Finding{Verdict: v}) {
			n++
		}
	}
	return n
}

// API returns how an API fared, nil when the run was not of it.
func (s Summary) API(name string) *APISummary {
	for i := range s.APIs {
		if s.APIs[i].API == name {
			return &s.APIs[i]
		}
	}
	return nil
}

// Add counts a finding.
func (s *Summary) Add(f verdict.Finding) {
	of := s.Requirements[f.API]
	if of == nil {
		of = map[string]verdict.Verdict{}
		s.Requirements[f.API] = of
	}
	of[f.Requirement] = max(of[f.Requirement], f.Verdict)
	accepted := f.Known()
	if a := s.API(f.API); a != nil {
		a.add(f, accepted)
	}
	if broken(f.Verdict) == 0 {
		return
	}
	if len(s.Broken) == MostBroken {
		s.Further++
		return
	}
	s.Broken = append(s.Broken, Broken{
		Requirement: f.Requirement, API: f.API, Operation: f.Operation, Level: f.Level, Verdict: f.Verdict,
		Message: short(f.Message, 120), Accepted: accepted,
	})
}

func (a *APISummary) add(f verdict.Finding, accepted bool) {
	if f.Verdict.Judged() {
		a.Judged++
	}
	switch {
	case f.Accepted != nil && f.Accepted.State == verdict.Stale:
		a.Stale++
	case broken(f.Verdict) == 0:
	case accepted:
		a.Accepted++
		if expires := f.Accepted.Expires; a.Expires == nil || expires.Before(a.Expires.Time) {
			a.Expires = &expires
		}
	default:
		a.Broken[f.Level]++
	}
}

// Measure takes measurements in.
func (s *Summary) Measure(measurements []measure.Measurement) {
	for _, m := range measurements[:min(len(measurements), MostMeasured)] {
		rate := 0.0
		if m.Seconds > 0 {
			rate = float64(m.Answered) / m.Seconds
		}
		s.Measured = append(s.Measured, MeasuredSummary{
			Scenario: m.Scenario, API: m.API, Operation: m.Operation, Verdict: m.Verdict, Rate: rate,
			P50: m.ResponseTime.P50, P99: m.ResponseTime.P99, Errors: m.Errors, Violations: m.Violations,
		})
	}
}

func short(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// write encodes a summary as summary.json has it: one line, nothing escaped for HTML.
func (s Summary) write() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	return b.Bytes(), err
}

// readSummary reads summary.json.
func readSummary(data []byte) (Summary, error) {
	var s Summary
	if err := json.Unmarshal(data, &s); err != nil {
		// What a newer harness wrote may not read for that reason; its version does.
		var version struct {
			Schema int `json:"schema"`
		}
		if json.Unmarshal(data, &version) != nil || version.Schema <= SummarySchema {
			return s, fmt.Errorf("%s does not read: %w", summaryFile, err)
		}
		s.Schema = version.Schema
	}
	if s.Schema < 1 || s.Schema > SummarySchema {
		return s, fmt.Errorf("%s is of schema %d; this harness reads up to %d", summaryFile, s.Schema, SummarySchema)
	}
	if s.ID == "" || s.Target == "" || s.Started.IsZero() {
		return s, errors.New(summaryFile + " does not say which run it is of")
	}
	return s, nil
}
