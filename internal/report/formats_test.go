// The formats for pipelines, each held against what somebody else wrote: parsers and published schemas.

package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/joshdk/go-junit"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/known"
	"harness/internal/measure"
	"harness/internal/report"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// accept marks the finding of a requirement and operation as a known failure in some state.
func accept(r *report.Report, id, operation string, state verdict.AcceptanceState) {
	day := known.Day(time.Date(2026, 4, 30, 0, 0, 0, 0, time.UTC))
	a := verdict.Acceptance{
		Failure: known.Failure{Requirement: id, Operation: operation, Target: "*", Reason: "the vendor knows | of it", Owner: "licences@example.com", Ticket: "LIC-7", Added: day, Expires: day},
		State:   state,
	}
	if state == verdict.Stale {
		a.Note = "it passes: take the entry out"
	}
	r.Accepted = append(r.Accepted, a)
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Requirement == id && f.Operation == operation {
			f.Accepted = &a
		}
	}
}

// eventful is a report with something of everything that a format may have to tell, and few requirements.
func eventful() report.Report {
	run := broken()
	run.Header.Selection.Requirements = []string{"GOTO-*", "GC-LOAD-00"}
	run.Header.Command = []string{"harness", "contract", "--requirement", "GOTO-*"}
	r := judge(run)
	for i, name := range []string{"gotoaccount", "genesyscloud"} {
		r.Documents[i].File = "specs/" + name + "/openapi.yaml"
	}
	r.Documents[0].Lines = map[string]int{scan + "Key": 120, "GOTO-GEN-03": 77}
	accept(&r, "GOTO-SCAN-ROL-07", scan+"Role", verdict.Accepted)
	accept(&r, "GOTO-SCAN-ATT-07", scan+"Attribute", verdict.Expired)
	r.Accepted = append(r.Accepted, verdict.Acceptance{Failure: known.Failure{Requirement: "GOTO-LIC-08", Operation: "getLicense", Target: "reference", Reason: "a bug", Owner: "me", Expires: r.Accepted[0].Expires}, State: verdict.Stale, Note: "it passes: take the entry out"})
	base := history.RunID{Target: "reference", Started: r.Started.Add(-24 * time.Hour), Verdict: verdict.Pass}
	r.Changes = &history.Changes{
		Base:      base,
		Regressed: []history.Change{{Requirement: "GC-LOAD-00", API: "genesyscloud", Operation: "getLicenseUsers", Level: requirement.Should, Was: verdict.Pass, Is: verdict.Flaky, Message: "page 2 holds a user of page 1"}},
		Drifted:   []history.Drift{{API: "gotoaccount", Operation: "getLicense", What: "status", Was: "404", Is: "410"}},
	}
	r.Measurements = []measure.Measurement{
		{Scenario: "steady", Operation: "*", Verdict: measure.Pass, Due: 50, Sent: 50, Answered: 50, Validated: 50, Seconds: 5, ResponseTime: measure.Quantiles{P50: 0.0012, P99: 0.0033, P999: 0.004, Max: 0.00412}},
		{Scenario: "steady", API: "gotoaccount", Operation: "getLicense", Verdict: measure.Invalid, Reason: "the generator lagged behind by 40 ms", Due: 50, Sent: 20, Answered: 20},
	}
	return r
}

// reports are those of every story, and the eventful one.
func reports() map[string]report.Report {
	stale := judge(run())
	stale.Exit = verdict.ExitStale
	accept(&stale, "GOTO-GEN-03", "getLicense", verdict.Stale)
	all := map[string]report.Report{"eventful": eventful(), "stale": stale}
	for _, story := range stories {
		all[story.name] = judge(story.run())
	}
	return all
}

func draw(t testing.TB, name string, r report.Report, o report.Options) []byte {
	t.Helper()
	f, err := report.FormatNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFormatsForPipelines(t *testing.T) {
	for format, file := range map[string]string{
		"markdown": "eventful.md", "junit": "eventful.junit.xml", "sarif": "eventful.sarif", "ctrf": "eventful.ctrf.json", "github": "eventful.github.txt",
	} {
		t.Run(format, func(t *testing.T) {
			golden(t, file, draw(t, format, eventful(), report.Options{Run: "reports/latest"}))
		})
	}
}

func schemaOf(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/schemas", file))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(file, doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestPublishedSchemas(t *testing.T) {
	for format, file := range map[string]string{"sarif": "sarif-2.1.0-rtm.5.json", "ctrf": "ctrf-schema-0.0.json"} {
		schema := schemaOf(t, file)
		for name, r := range reports() {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(draw(t, format, r, report.Options{})))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%s of %s: %v", format, name, err)
			}
		}
		// The schema is one that refuses something.
		if err := schema.Validate(map[string]any{"version": "1", "runs": 1, "results": 1}); err == nil {
			t.Errorf("%s allows anything", file)
		}
	}
}

func TestJUnitAsOthersReadIt(t *testing.T) {
	for name, r := range reports() {
		suites, err := junit.Ingest(draw(t, "junit", r, report.Options{}))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		tests, totals := map[string]junit.Test{}, map[junit.Status]int{}
		for _, suite := range suites {
			for _, test := range suite.Tests {
				id := test.Classname + " " + test.Name
				if _, twice := tests[id]; twice {
					t.Errorf("%s: test %s stands twice", name, id)
				}
				tests[id] = test
				totals[test.Status]++
			}
		}
		if want := len(r.Findings) + 1 + len(r.Accepted) + len(r.Measurements); len(tests) != want {
			t.Errorf("%s: %d tests, want %d", name, len(tests), want)
		}
		for _, f := range r.Findings {
			test, ok := tests[f.API+"."+f.Operation+" "+f.Requirement]
			want := junit.StatusPassed
			switch {
			case f.Verdict == verdict.Error:
				want = junit.StatusError
			case f.Accepted != nil && f.Accepted.State == verdict.Accepted:
				want = junit.StatusSkipped
			case f.Verdict == verdict.Fail || f.Verdict == verdict.Flaky:
				want = junit.StatusFailed
			case !f.Verdict.Judged():
				want = junit.StatusSkipped
			}
			if !ok || test.Status != want {
				t.Errorf("%s: %s on %s is %s: test %q, want %q", name, f.Requirement, f.Operation, f.Verdict, test.Status, want)
			}
			if want != junit.StatusPassed && test.Message == "" && test.Error == nil {
				t.Errorf("%s: %s on %s does not say why it is %s", name, f.Requirement, f.Operation, test.Status)
			}
		}
		run := tests["harness run"].Status
		if judged := r.Exit != verdict.ExitNotJudged && r.Exit != verdict.ExitFault; judged != (run == junit.StatusPassed) {
			t.Errorf("%s: exit %d, the test named run is %q", name, r.Exit, run)
		}
		if green := totals[junit.StatusFailed]+totals[junit.StatusError] == 0; green != (r.Exit == verdict.ExitGreen) {
			t.Errorf("%s: exit %d, yet %d failed and %d errors", name, r.Exit, totals[junit.StatusFailed], totals[junit.StatusError])
		}
	}
}

// TestNothingGreenUnlessTheRunIs holds what each format says of the whole against the exit code.
func TestNothingGreenUnlessTheRunIs(t *testing.T) {
	cut := run() // nothing is broken in it, yet it was cut short
	cut.Footer = nil
	all := reports()
	all["cut short with nothing broken"] = judge(cut)
	for name, r := range all {
		green := r.Exit == verdict.ExitGreen
		var sarif struct {
			Runs []struct {
				Results     []struct{ Suppressions []any }
				Invocations []struct {
					ExecutionSuccessful bool
					ExitCode            int
				}
			}
		}
		if err := json.Unmarshal(draw(t, "sarif", r, report.Options{}), &sarif); err != nil {
			t.Fatal(err)
		}
		i := sarif.Runs[0].Invocations[0]
		if judged := r.Exit != verdict.ExitNotJudged && r.Exit != verdict.ExitFault; i.ExecutionSuccessful != judged || i.ExitCode != r.Exit {
			t.Errorf("%s: exit %d, SARIF says %d, successful %v", name, r.Exit, i.ExitCode, i.ExecutionSuccessful)
		}
		var ctrf struct {
			Results struct {
				Summary struct{ Tests, Passed, Failed, Skipped, Pending, Other int }
				Tests   []struct{ Status string }
				Env     struct{ Healthy bool } `json:"environment"`
			}
		}
		if err := json.Unmarshal(draw(t, "ctrf", r, report.Options{}), &ctrf); err != nil {
			t.Fatal(err)
		}
		s := ctrf.Results.Summary
		if sum := s.Passed + s.Failed + s.Skipped + s.Pending + s.Other; sum != s.Tests || s.Tests != len(ctrf.Results.Tests) {
			t.Errorf("%s: CTRF counts %d of %d tests, %d are there", name, sum, s.Tests, len(ctrf.Results.Tests))
		}
		if ctrf.Results.Env.Healthy != green || (s.Failed == 0) != green {
			t.Errorf("%s: exit %d, CTRF says healthy %v, %d failed", name, r.Exit, ctrf.Results.Env.Healthy, s.Failed)
		}
		first, _, _ := strings.Cut(string(draw(t, "github", r, report.Options{})), "\n")
		if strings.HasPrefix(first, "::notice ") != green || !strings.Contains(first, fmt.Sprintf("exit %d", r.Exit)) {
			t.Errorf("%s: exit %d, GitHub is told %s", name, r.Exit, first)
		}
		head, _, _ := strings.Cut(string(draw(t, "markdown", r, report.Options{})), "\n\n")
		if strings.HasPrefix(head, "# harness: green") != green {
			t.Errorf("%s: exit %d, the page begins %s", name, r.Exit, head)
		}
	}
}

// TestHostileXML: what a server says stays text.
func TestHostileXML(t *testing.T) {
	r := hostile(8)
	suites, err := junit.Ingest(draw(t, "junit", r, report.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	tests := 0
	for _, suite := range suites {
		tests += len(suite.Tests)
	}
	if want := len(r.Findings) + 1 + len(r.Accepted) + len(r.Measurements); tests != want {
		t.Errorf("%d tests, want %d", tests, want)
	}
}

// TestGateLetsPass: with --fail-on must a broken SHOULD is told, and does not colour a pipeline red.
func TestGateLetsPass(t *testing.T) {
	r := run()
	html := evidence.Departure{Requirement: "GOTO-GEN-03", Message: `Content-Type is "text/html"`, Count: 1}
	r.Exchanges = append(r.Exchanges, exchange("ab90ab7c", "getLicense", html))
	j := verdict.Judge(catalogue(), r)
	lenient := report.New(r, j, j.Exit(verdict.FailOnMust))
	lenient.Gate = verdict.FailOnMust
	suites, err := junit.Ingest(draw(t, "junit", lenient, report.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	skipped := ""
	for _, suite := range suites {
		if suite.Totals.Failed+suite.Totals.Error > 0 {
			t.Errorf("suite %s has failures", suite.Name)
		}
		for _, test := range suite.Tests {
			if test.Name == "GOTO-GEN-03" && test.Status == junit.StatusSkipped {
				skipped += test.Message
			}
		}
	}
	const want = `broken, and let pass by the gate "must"`
	if !strings.Contains(skipped, want) {
		t.Errorf("JUnit: %q, want it to say %s", skipped, want)
	}
	for _, format := range []string{"markdown", "ctrf", "github"} {
		got := strings.ReplaceAll(string(draw(t, format, lenient, report.Options{})), `\"`, `"`)
		if !strings.Contains(got, want) {
			t.Errorf("%s does not say: %s", format, want)
		}
		if strings.Contains(got, "::error") {
			t.Errorf("%s: an error in a run that is green:\n%s", format, got)
		}
	}
}

// hostile is a report whose values were chosen by a server that would rather not be reported.
func hostile(findings int) report.Report {
	const evil = "</code></pre>` <script>alert(1)</script>\r\n::error::forged\n```\n# Green\n| x | y |\n[click](https://evil.example) ![](https://evil.example/x.png) @everyone <img src=x onerror=alert(1)> ]]> \x1b[2J\x00\u202e\xff `` ` % && $(rm) --> "
	r := judge(broken())
	template := r.Findings[0]
	r.Findings = nil
	for i := range findings {
		f := template
		f.Requirement, f.Operation, f.Verdict, f.Level = fmt.Sprintf("GOTO-EVIL-%04d", i), fmt.Sprintf("op%d", i), verdict.Fail, requirement.Must
		f.Message, f.Statement, f.Reason, f.Needs = evil, evil, evil, evil
		f.Failures = []evidence.Failure{{Message: evil, Asked: evil, Expected: strings.Repeat(evil, 30), Got: evil, Likely: evil, RuledOut: []string{evil}, Reproduce: []string{evil}}}
		f.Observation = map[string]string{evil: evil}
		switch i % 4 {
		case 1:
			f.Verdict = verdict.Inconclusive
		case 2:
			f.Verdict = verdict.Drift
		}
		r.Findings = append(r.Findings, f)
		if i%4 == 1 {
			r.NotJudged = append(r.NotJudged, report.NotJudged{Verdict: verdict.Inconclusive, Reason: evil, Needs: []string{evil}, Requirements: []string{f.Requirement}})
		}
		r.Accepted = append(r.Accepted, verdict.Acceptance{Failure: known.Failure{Requirement: f.Requirement, Operation: evil, Reason: evil, Owner: evil}, State: verdict.Stale, Note: evil})
		r.Measurements = append(r.Measurements, measure.Measurement{Scenario: evil, API: evil, Operation: evil, Verdict: measure.Fail, Reason: evil})
	}
	r.Problem, r.Target.Name, r.Command = evil, evil, []string{"harness", "\n```\n" + evil}
	r.Target.URLs = map[string]string{evil: evil}
	r.Documents[0].Title, r.Documents[0].File = evil, evil
	r.Changes = &history.Changes{New: []history.Change{{Requirement: evil, Operation: evil, Message: evil}}, Drifted: []history.Drift{{What: evil, Was: evil, Is: evil}}}
	return r
}

func TestHostileMarkdown(t *testing.T) {
	text := draw(t, "markdown", hostile(8), report.Options{Run: "reports/latest"})
	var page bytes.Buffer
	raw := goldmark.WithRendererOptions(html.WithUnsafe()) // as it is written; what a site takes out is the site's
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM), raw).Convert(text, &page); err != nil {
		t.Fatal(err)
	}
	// In a span or block of code nothing is live.
	live := regexp.MustCompile(`(?s)<code.*?</code>`).ReplaceAllString(page.String(), "")
	for _, bad := range []string{"<script", "<img", "<a ", "evil.example\"", "@everyone"} {
		if at := strings.Index(live, bad); at >= 0 {
			t.Errorf("%q is live in the page: …%q…", bad, live[max(0, at-80):min(len(live), at+80)])
		}
	}
	for _, bad := range []string{"\x1b", "\x00", "\u202e"} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("%q stands in the page", bad)
		}
	}
	// Only our own headings, and no row has more cells than its table's head.
	for _, heading := range regexp.MustCompile(`<h[1-6][^>]*>(.*?)</h`).FindAllStringSubmatch(page.String(), -1) {
		if heading[1] == "Green" {
			t.Errorf("the server has written a heading: %s", heading[0])
		}
	}
	if strings.Contains(page.String(), "<td>y") {
		t.Error("the server has written a row of a table")
	}
}

func TestMarkdownFits(t *testing.T) {
	for _, findings := range []int{0, 40, 1500} {
		for name, r := range map[string]report.Report{"hostile": hostile(findings), "plain": manyBroken(findings)} {
			page := draw(t, "markdown", r, report.Options{Run: "reports/latest"})
			if len(page) > 60_000 {
				t.Errorf("%s: %d findings make a page of %d bytes", name, findings, len(page))
			}
			if findings < 1500 {
				continue
			}
			if !bytes.Contains(page, []byte("more stand in report.json")) {
				t.Errorf("%s: what was left out is not counted", name)
			}
			for _, want := range []string{"## What is broken", "## Requirements", "## To see it again"} {
				if !bytes.Contains(page, []byte(want)) {
					t.Errorf("%s: the page has no %q", name, want)
				}
			}
		}
	}
}

// manyBroken is a report with that many causes, no two alike.
func manyBroken(n int) report.Report {
	r := judge(broken())
	f := r.Findings[0]
	for i := range n {
		f.Requirement, f.Operation, f.Message, f.Verdict = fmt.Sprintf("GOTO-MANY-%04d", i), fmt.Sprintf("%c%cOf", 'a'+i%26, 'a'+i/26%26), strings.Repeat("broken ", i%50), verdict.Fail
		r.Findings = append(r.Findings, f)
	}
	return r
}

// command is one workflow command, as GitHub's runner reads it.
var command = regexp.MustCompile(`^::(error|warning|notice) ((?:[a-z]+=[^,:\r\n]*)(?:,[a-z]+=[^,:\r\n]*)*)::([^\r\n]*)$`)

func TestGitHubAnnotations(t *testing.T) {
	all := reports()
	all["hostile"], all["many"] = hostile(40), manyBroken(40)
	for name, r := range all {
		out := string(draw(t, "github", r, report.Options{}))
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if len(lines) > 10 {
			t.Errorf("%s: %d annotations, and GitHub shows ten", name, len(lines))
		}
		for _, line := range lines {
			if !command.MatchString(line) {
				t.Errorf("%s: not one command on one line: %q", name, line)
			}
		}
	}
	if out := string(draw(t, "github", manyBroken(40), report.Options{})); !strings.Contains(strings.SplitN(out, "\n", 2)[0], "more causes in the report") {
		t.Errorf("what is left out is not counted:\n%s", out)
	}
}

func TestAnnotationsStandWhereThePromiseDoes(t *testing.T) {
	out := string(draw(t, "github", eventful(), report.Options{}))
	for _, want := range []string{
		"file=specs/gotoaccount/openapi.yaml,line=120,title=GOTO-SCAN-KEY-07 MUST scanLicensesByKey::", // at the operation
		"file=specs/gotoaccount/openapi.yaml,line=77,title=GOTO-GEN-03 SHOULD scanLicensesByKey::",     // at the schema that bears it
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no annotation has %s:\n%s", want, out)
		}
	}
	lines := strings.Split(out, "\n")
	if at := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "::new: ") }); at < 0 || at > 3 {
		t.Errorf("what is new stands in line %d, behind other failures:\n%s", at+1, out)
	}
}
