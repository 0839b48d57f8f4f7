// JUnit XML, for the test pages of pipelines: one test case for each requirement and operation, and one for the run.

package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"harness/internal/measure"
	"harness/internal/verdict"
)

// JUnit writes the report as JUnit XML. A test case's class is its API and operation, its name the requirement's id:
// both outlive edits, so that a pipeline can follow a test through time. What was not judged, and what the gate lets
// pass, is skipped with the reason. The suite harness has a case named run, which fails unless the run was judged as a
// whole: a run that was cut short has few failures, and must not look well for that.
func JUnit(w io.Writer, r Report, _ Options) error {
	doc := junitSuites{Name: r.Tool.Name, Timestamp: r.Started.UTC().Format(time.RFC3339)}
	if r.Finished != nil {
		doc.Time = seconds(r.Finished.Sub(r.Started))
	}
	own := junitSuite{Name: r.Tool.Name, Properties: &junitBag{junitProperties(r)}}
	own.add(junitRun(r))
	for _, a := range r.Accepted {
		own.add(junitKnown(a, r.Tool.Name))
	}
	doc.add(own)
	for _, api := range apisOf(r.Findings) {
		suite := junitSuite{Name: api}
		for _, f := range r.Findings {
			if f.API == api {
				suite.add(junitFinding(r, f))
			}
		}
		doc.add(suite)
	}
	load := junitSuite{Name: "load"}
	for _, m := range r.Measurements {
		load.add(junitMeasurement(m))
	}
	if len(load.Cases) > 0 {
		doc.add(load)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitSuites struct {
	XMLName   xml.Name     `xml:"testsuites"`
	Name      string       `xml:"name,attr"`
	Tests     int          `xml:"tests,attr"`
	Failures  int          `xml:"failures,attr"`
	Errors    int          `xml:"errors,attr"`
	Skipped   int          `xml:"skipped,attr"`
	Time      string       `xml:"time,attr,omitempty"` // seconds
	Timestamp string       `xml:"timestamp,attr"`
	Suites    []junitSuite `xml:"testsuite"`
}

func (d *junitSuites) add(s junitSuite) {
	d.Suites = append(d.Suites, s)
	d.Tests += s.Tests
	d.Failures += s.Failures
	d.Errors += s.Errors
	d.Skipped += s.Skipped
}

type junitSuite struct {
	Name       string      `xml:"name,attr"`
	Tests      int         `xml:"tests,attr"`
	Failures   int         `xml:"failures,attr"`
	Errors     int         `xml:"errors,attr"`
	Skipped    int         `xml:"skipped,attr"`
	Properties *junitBag   `xml:"properties"`
	Cases      []junitCase `xml:"testcase"`
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
}

type junitBag struct {
	Properties []junitProperty `xml:"property"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Failure *junitDetail `xml:"failure"`
	Error   *junitDetail `xml:"error"`
	Skipped *junitDetail `xml:"skipped"`
	Output  *junitText   `xml:"system-out"`
}

type junitDetail struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

// junitText is text whose lines stay lines in the file; see clean for what may not stand in it.
type junitText struct {
	Text string `xml:",cdata"`
}

func output(text string) *junitText {
	if text == "" {
		return nil
	}
	return &junitText{text}
}

func junitProperties(r Report) []junitProperty {
	all := []junitProperty{
		{"verdict", r.Verdict.String()}, {"exit", fmt.Sprint(r.Exit)}, {"target", r.Target.Name},
		{"version", r.Tool.Version}, {"seed", fmt.Sprint(r.Seed)}, {"command", strings.Join(r.Command, " ")},
	}
	for _, d := range r.Documents {
		all = append(all, junitProperty{d.API, fmt.Sprintf("%s %s, sha256 %s", d.Title, d.Version, d.Digest)})
	}
	return all
}

// junitRun is the run as a whole. That promises were seen broken is told by their own cases.
func junitRun(r Report) junitCase {
	c := junitCase{Class: r.Tool.Name, Name: "run", Output: output(clean(r.Conclusion()))}
	problem, hint, _ := strings.Cut(r.Problem, "\n")
	switch {
	case r.Exit == verdict.ExitFault:
		c.Error = &junitDetail{Message: clean(r.Conclusion()), Type: "fault of the harness", Text: clean(hint)}
	case problem != "":
		c.Failure = &junitDetail{Message: "not judged: " + clean(problem), Type: "not judged", Text: clean(hint)}
	}
	return c
}

func junitKnown(a verdict.Acceptance, tool string) junitCase {
	c := junitCase{Class: tool + ".known", Name: strings.Join([]string{a.Requirement, a.Operation, a.Target}, " "), Output: output(acceptance(a))}
	switch a.State {
	case verdict.Stale, verdict.Expired:
		c.Failure = &junitDetail{Message: clean(cmp.Or(a.Note, string(a.State))), Type: string(a.State)}
	}
	return c
}

func junitFinding(r Report, f verdict.Finding) junitCase {
	c := junitCase{Class: f.API + "." + f.Operation, Name: f.Requirement}
	broken := &junitDetail{Message: clean(f.Message), Type: fmt.Sprintf("%s %s", f.Level, f.Verdict), Text: account(f)}
	switch {
	case f.Verdict == verdict.Error:
		c.Error = broken
	case r.fails(f):
		c.Failure = broken
	case f.Verdict >= verdict.Flaky:
		c.Skipped = &junitDetail{Message: letPass(r, f) + ": " + clean(f.Message), Type: broken.Type}
		c.Output = output(broken.Text)
	case !f.Verdict.Judged():
		c.Skipped = &junitDetail{Message: unjudged(f), Type: f.Verdict.String()}
	default:
		c.Output = output(observed(f))
	}
	return c
}

func junitMeasurement(m measure.Measurement) junitCase {
	c := junitCase{Class: "load." + m.Scenario, Name: measured(m), Output: output(figures(m))}
	switch m.Verdict {
	case measure.Pass:
	case measure.Fail:
		c.Failure = &junitDetail{Message: clean(m.Reason), Type: "objective missed"}
	default: // the figures are not the server's, so they are no pass
		c.Error = &junitDetail{Message: clean(m.Reason), Type: m.Verdict}
	}
	return c
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
