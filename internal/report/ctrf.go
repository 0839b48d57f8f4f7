// CTRF, the Common Test Report Format, for tools that read JSON where JUnit is XML.

package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"harness/internal/measure"
	"harness/internal/verdict"
)

// ctrfVersion is that of the format, whose schema this file is held against in a test.
const ctrfVersion = "0.0.0"

// CTRF writes the report in the Common Test Report Format: one test for each requirement and operation, and one named
// run that fails unless the run was judged as a whole; one for each known failure, which fails when it is out of date. What was not judged is skipped; what is broken and let pass has
// the status other. rawStatus always holds the verdict.
func CTRF(w io.Writer, r Report, _ Options) error {
	doc := ctrfReport{Format: "CTRF", Version: ctrfVersion, Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05Z"), By: strings.TrimSpace(r.Tool.Name + " " + r.Tool.Version)}
	doc.Results.Tool.Name, doc.Results.Tool.Version = r.Tool.Name, r.Tool.Version
	doc.Results.add(ctrfRun(r))
	for _, a := range r.Accepted {
		doc.Results.add(ctrfKnown(a, r.Tool.Name))
	}
	for _, f := range r.Findings {
		doc.Results.add(ctrfFinding(r, f))
	}
	for _, m := range r.Measurements {
		doc.Results.add(ctrfMeasurement(m))
	}
	s := &doc.Results.Summary
	s.Start = r.Started.UnixMilli()
	s.Stop = s.Start
	if r.Finished != nil {
		s.Stop = r.Finished.UnixMilli()
	}
	s.Duration = s.Stop - s.Start
	s.Suites = len(apisOf(r.Findings)) + 1
	var names, versions []string
	for _, d := range r.Documents {
		names, versions = append(names, d.Title), append(versions, d.Version)
	}
	doc.Results.Environment = ctrfEnvironment{
		App: strings.Join(names, ", "), AppVersion: strings.Join(versions, ", "), Environment: r.Target.Name, Healthy: r.Exit == verdict.ExitGreen,
		Extra: map[string]any{"urls": r.Target.URLs, "documents": r.Documents},
	}
	doc.Results.Extra = map[string]any{
		"verdict": r.Verdict, "exit": r.Exit, "gate": r.Gate, "conclusion": r.Conclusion(), "seed": fmt.Sprint(r.Seed), "command": r.Command,
		"notJudged": r.NotJudged,
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(doc)
}

type ctrfReport struct {
	Format    string      `json:"reportFormat"`
	Version   string      `json:"specVersion"`
	Timestamp string      `json:"timestamp"`
	By        string      `json:"generatedBy"`
	Results   ctrfResults `json:"results"`
}

type ctrfResults struct {
	Tool struct {
		Name    string `json:"name"`
		Version string `json:"version,omitempty"`
	} `json:"tool"`
	Summary     ctrfSummary     `json:"summary"`
	Tests       []ctrfTest      `json:"tests"`
	Environment ctrfEnvironment `json:"environment"`
	Extra       map[string]any  `json:"extra"`
}

func (r *ctrfResults) add(t ctrfTest) {
	r.Tests = append(r.Tests, t)
	r.Summary.Tests++
	switch t.Status {
	case ctrfPassed:
		r.Summary.Passed++
	case ctrfFailed:
		r.Summary.Failed++
	case ctrfSkipped:
		r.Summary.Skipped++
	case ctrfOther:
		r.Summary.Other++
	}
}

// ctrfSummary counts the tests by status; times are in milliseconds. Nothing here is ever pending.
type ctrfSummary struct {
	Tests    int   `json:"tests"`
	Passed   int   `json:"passed"`
	Failed   int   `json:"failed"`
	Skipped  int   `json:"skipped"`
	Pending  int   `json:"pending"`
	Other    int   `json:"other"`
	Suites   int   `json:"suites"`
	Start    int64 `json:"start"`
	Stop     int64 `json:"stop"`
	Duration int64 `json:"duration"`
}

const (
	ctrfPassed  = "passed"
	ctrfFailed  = "failed"
	ctrfSkipped = "skipped"
	ctrfOther   = "other"
)

// ctrfTest is one test. Duration is required and nought: a finding is judged on many answers, which take no time of
// its own.
type ctrfTest struct {
	ID       string         `json:"testId"`
	Name     string         `json:"name"`
	Status   string         `json:"status"`
	Raw      string         `json:"rawStatus"`
	Duration int64          `json:"duration"`
	Suite    []string       `json:"suite"`
	Message  string         `json:"message,omitempty"`
	Trace    string         `json:"trace,omitempty"`
	Tags     []string       `json:"tags,omitempty"`
	File     string         `json:"filePath,omitempty"`
	Line     int            `json:"line,omitempty"`
	Extra    map[string]any `json:"extra,omitempty"`
}

type ctrfEnvironment struct {
	App         string         `json:"appName,omitempty"`
	AppVersion  string         `json:"appVersion,omitempty"`
	Environment string         `json:"testEnvironment"`
	Healthy     bool           `json:"healthy"`
	Extra       map[string]any `json:"extra"`
}

func ctrfRun(r Report) ctrfTest {
	t := ctrfTest{ID: r.Tool.Name + ".run", Name: "run", Status: ctrfPassed, Raw: r.Verdict.String(), Suite: []string{r.Tool.Name}, Message: r.Conclusion()}
	if r.Problem != "" || r.Exit == verdict.ExitFault {
		t.Status, t.Trace = ctrfFailed, clean(r.Problem)
	}
	return t
}

// ctrfKnown is an entry of the known failures: it fails when it is to be taken out or renewed.
func ctrfKnown(a verdict.Acceptance, tool string) ctrfTest {
	name := strings.Join([]string{a.Requirement, a.Operation, a.Target}, " ")
	t := ctrfTest{
		ID: tool + ".known." + name, Name: "known " + name, Status: ctrfPassed, Raw: string(a.State), Suite: []string{tool, "known"},
		Message: acceptance(a), Extra: map[string]any{"accepted": a},
	}
	if a.State == verdict.Stale || a.State == verdict.Expired {
		t.Status = ctrfFailed
	}
	return t
}

func ctrfFinding(r Report, f verdict.Finding) ctrfTest {
	t := ctrfTest{
		ID: strings.Join([]string{f.API, f.Operation, f.Requirement}, "."), Name: f.Requirement + " " + f.Operation,
		Status: ctrfPassed, Raw: f.Verdict.String(), Suite: []string{f.API, f.Operation}, Tags: []string{string(f.Level)},
	}
	t.File, t.Line = r.place(f)
	switch {
	case f.Verdict == verdict.Error || r.fails(f):
		t.Status, t.Message, t.Trace = ctrfFailed, clean(f.Message), account(f)
	case f.Verdict >= verdict.Flaky:
		t.Status, t.Message, t.Trace = ctrfOther, letPass(r, f)+": "+clean(f.Message), account(f)
	case !f.Verdict.Judged():
		t.Status, t.Message = ctrfSkipped, unjudged(f)
	default:
		t.Message = observed(f)
	}
	if f.Accepted != nil {
		t.Extra = map[string]any{"accepted": f.Accepted}
	}
	return t
}

func ctrfMeasurement(m measure.Measurement) ctrfTest {
	t := ctrfTest{
		ID: "load." + m.Scenario + "." + measured(m), Name: m.Scenario + " " + measured(m), Status: ctrfFailed, Raw: m.Verdict,
		Duration: int64(m.Seconds * 1000), Suite: []string{"load", m.Scenario}, Message: clean(m.Reason), Trace: figures(m),
	}
	if m.Verdict == measure.Pass {
		t.Status, t.Message = ctrfPassed, figures(m)
		t.Trace = ""
	}
	return t
}
