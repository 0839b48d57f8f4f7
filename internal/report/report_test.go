package report_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/report"
	"harness/internal/requirement"
	"harness/internal/verdict"
	"harness/specs"
)

var update = flag.Bool("update", false, "write the golden files anew")

const scan = "scanLicensesBy"

// catalogue is small, and holds one of each: a family of three scans, rows on several operations, all levels.
func catalogue() *requirement.Catalogue {
	source := func(section string) specs.Source {
		return specs.Source{Document: "License Endpoints Reference", Section: section, Says: "startInclusive - Include start key in results (default: true)"}
	}
	c := &requirement.Catalogue{All: []requirement.Requirement{
		{ID: "GOTO-GEN-03", API: "gotoaccount", Level: requirement.Should, Operations: []string{scan + "Key", scan + "Role", "getLicense"},
			Statement: "The body of a 2xx is exactly one JSON value, sent as application/json.", Source: specs.Source{Document: "License Endpoints Reference"}},
		{ID: "GOTO-GEN-06", API: "gotoaccount", Level: requirement.Observe, Operations: []string{"getLicense"}, Statement: "An unknown parameter is ignored or refused; which, is recorded."},
		{ID: "GOTO-LIC-08", API: "gotoaccount", Level: requirement.Must, Operations: []string{"getLicense"}, Statement: "A weighted licence shows its users.", Needs: "a weighted licence with users"},
		{ID: "GOTO-LIC-14", API: "gotoaccount", Level: requirement.Should, Operations: []string{"getLicense"}, Statement: "A disabled licence is still read.", Needs: "a disabled licence"},
	}}
	for _, by := range []string{"Key", "Attribute", "Role"} {
		c.All = append(c.All, requirement.Requirement{
			ID: "GOTO-SCAN-" + strings.ToUpper(by)[:3] + "-07", API: "gotoaccount", Level: requirement.Must, Operations: []string{scan + by},
			Statement: "With startInclusive=false a scan leaves its lower bound out, and only the bound: the licences behind it are the same.",
			Source:    source("Scan Licenses By " + by),
		})
	}
	for i := range 40 {
		c.All = append(c.All, requirement.Requirement{ID: fmt.Sprintf("GC-LOAD-%02d", i), API: "genesyscloud", Level: requirement.Should, Operations: []string{"getLicenseUsers"}, Statement: "It is quick."})
	}
	return c
}

func outcome(operation string, result evidence.Result, ids ...string) evidence.Outcome {
	o := evidence.Outcome{Case: operation + " " + ids[0], API: "gotoaccount", Operation: operation, Requirements: ids, Result: result, Tries: 1, Exchanges: []string{"7c1e90ab"}}
	if strings.HasPrefix(ids[0], "GC") {
		o.API = "genesyscloud"
	}
	return o
}

func scanBroken(by, id string) evidence.Outcome {
	o := outcome(scan+by, evidence.Broken, id)
	asked := "/v2/licenses?startKey=6472352565130037257&startInclusive=false&count=3"
	o.Tries, o.BrokenTries = 3, 3
	o.Failure = &evidence.Failure{
		Message:   "the lower bound 6472352565130037257 is still there",
		Asked:     "GET " + asked,
		Expected:  "6472352565130037999, …8104, …8230",
		Got:       "6472352565130037257, …7999, …8104",
		Likely:    "startInclusive is ignored: the answer equals that of startInclusive=true",
		RuledOut:  []string{"data moved (two reads agree)", "throttling (0 × 429)"},
		Reproduce: []string{`curl -s -H "ClientName: $GOTO_CLIENT_NAME" -H "ClientSecret: $GOTO_CLIENT_SECRET" 'http://127.0.0.1:4711` + asked + "'"},
	}
	return o
}

// run has something of everything; a story takes away what it is not about.
func run() *evidence.Run {
	started := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	r := &evidence.Run{
		Header: evidence.Header{
			Schema: 1, Tool: evidence.Tool{Name: "harness", Version: "v0.1.0", Go: "go1.26.0"}, Seed: 18446744073709551615, Started: started,
			Target:  evidence.Target{Name: "reference", URLs: map[string]string{"gotoaccount": "http://127.0.0.1:4711", "genesyscloud": "http://127.0.0.1:4711"}},
			Command: []string{"harness", "contract"},
			Documents: []evidence.Document{
				{API: "gotoaccount", Title: "Account Service", Version: "v2", Digest: "3f9a1c2b5d"}, {API: "genesyscloud", Title: "LicenseApi", Version: "229.1.0", Digest: "0badc0ffee"},
			},
		},
		Fixtures: []evidence.Fixture{
			{API: "gotoaccount", Class: "licence", Found: 40, Sample: []string{"6472352565130037257"}},
			{API: "gotoaccount", Class: "weighted", Reason: "none of 40 licences is weighted"},
		},
		Footer: &evidence.Footer{Finished: started.Add(4200 * time.Millisecond), Requests: map[string]int{"GET": 410, "POST": 2}, Cases: 9},
	}
	weighted := outcome("getLicense", evidence.NotExercised, "GOTO-LIC-08")
	weighted.Reason = "none of 40 licences is weighted"
	restless := outcome("getLicense", evidence.Inconclusive, "GOTO-LIC-14")
	restless.Reason = "the data moved between two reads, five times"
	unknown := outcome("getLicense", evidence.Observed, "GOTO-GEN-06")
	unknown.Observation = map[string]string{"an unknown parameter": "ignored", "a repeated parameter": "first wins"}
	r.Outcomes = []evidence.Outcome{
		outcome("getLicense", evidence.Kept, "GOTO-GEN-03"), weighted, restless, unknown,
		outcome(scan+"Key", evidence.Kept, "GOTO-SCAN-KEY-07"), outcome(scan+"Attribute", evidence.Kept, "GOTO-SCAN-ATT-07"),
		outcome(scan+"Role", evidence.Kept, "GOTO-SCAN-ROL-07"), outcome("getLicenseUsers", evidence.Kept, "GC-LOAD-00"),
	}
	r.Exchanges = []evidence.Exchange{exchange("7c1e90ab", "getLicense"), exchange("90ab7c1e", scan+"Key")}
	return r
}

func exchange(id, operation string, departures ...evidence.Departure) evidence.Exchange {
	return evidence.Exchange{
		ID: id, API: "gotoaccount", Operation: operation, Tries: 1, Departures: departures, Curl: `curl -s -H "ClientName: $GOTO_CLIENT_NAME" 'http://127.0.0.1:4711/v2/licenses/6472352565130037257'`,
		Request:  evidence.Request{Method: "GET", URL: "http://127.0.0.1:4711/v2/licenses/6472352565130037257", Header: map[string][]string{"ClientName": {"$GOTO_CLIENT_NAME"}}},
		Response: &evidence.Response{Status: 200, Header: map[string][]string{"Content-Type": {"text/html"}}, Body: `{"key":6472352565130037257,"seats":5}`},
	}
}

func broken() *evidence.Run {
	r := run()
	r.Outcomes = append(r.Outcomes, scanBroken("Key", "GOTO-SCAN-KEY-07"), scanBroken("Attribute", "GOTO-SCAN-ATT-07"), scanBroken("Role", "GOTO-SCAN-ROL-07"))
	flaky := outcome("getLicenseUsers", evidence.Flaky, "GC-LOAD-00")
	flaky.Tries, flaky.BrokenTries, flaky.Failure = 3, 1, &evidence.Failure{Message: "page 2 holds a user of page 1"}
	r.Outcomes = append(r.Outcomes, flaky)
	html := evidence.Departure{Requirement: "GOTO-GEN-03", Message: `Content-Type is "text/html", the document has application/json`, Count: 1}
	r.Exchanges = append(r.Exchanges, exchange("ab90ab7c", "getLicense", html), exchange("1e7c90ab", scan+"Key", html))
	return r
}

var stories = []struct {
	name    string
	run     func() *evidence.Run
	options report.Options
}{
	{"green", run, report.Options{}},
	{"broken", broken, report.Options{}},
	{"everything", run, report.Options{All: true, Width: 80}},
	{"cut-short", func() *evidence.Run { r := broken(); r.Footer = nil; return r }, report.Options{}},
	{"fault", func() *evidence.Run {
		r := run()
		crashed := outcome("getLicense", evidence.Crashed, "GOTO-GEN-03")
		crashed.Failure = &evidence.Failure{Message: "index out of range [3] with length 3", Got: "contract/gotoaccount/get_license.go:41"}
		r.Outcomes = append(r.Outcomes, crashed)
		return r
	}, report.Options{}},
	{"empty", func() *evidence.Run {
		r := run()
		r.Fixtures, r.Exchanges, r.Outcomes, r.Footer.Requests = nil, nil, nil, nil
		r.Header.Selection = evidence.Selection{Requirements: []string{"GOTO-LIC-*"}}
		r.Footer.Problem = "nothing answers at http://127.0.0.1:4711\nhint: harness serve"
		return r
	}, report.Options{}},
}

func judge(r *evidence.Run) report.Report {
	j := verdict.Judge(catalogue(), r)
	return report.New(r, j, j.Exit(verdict.FailOnShould))
}

func TestText(t *testing.T) {
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := report.Text(&b, judge(story.run()), story.options); err != nil {
				t.Fatal(err)
			}
			golden(t, story.name+".txt", b.Bytes())
		})
	}
}

func TestJSON(t *testing.T) {
	r := broken()
	r.Header.Selection = evidence.Selection{Requirements: []string{"GOTO-GEN-03", "GOTO-SCAN-KEY-07", "GOTO-LIC-08"}}
	var b bytes.Buffer
	if err := report.JSON(&b, judge(r), report.Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", b.Bytes())
}

func TestEveryReportObeysItsSchema(t *testing.T) {
	for _, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := report.JSON(&b, judge(story.run()), report.Options{}); err != nil {
				t.Fatal(err)
			}
			if err := report.Validate(b.Bytes()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSchemaRefuses(t *testing.T) {
	var b bytes.Buffer
	if err := report.JSON(&b, judge(broken()), report.Options{}); err != nil {
		t.Fatal(err)
	}
	for old, with := range map[string]string{
		`"exit": 1`:          `"exit": 2`,
		`"verdict": "fail",`: `"verdict": "failed",`,
		`"tries": "3/3"`:     `"tries": "3"`,
		`"evidence": [`:      `"proof": [`,
		`"needs": []`:        `"needs": null`,
		`"seed": 1844`:       `"seed": -1`,
		`"cutShort": false,`: ``,
		`"started": "2026`:   `"started": "in 2026`,
	} {
		if !strings.Contains(b.String(), old) {
			t.Errorf("the report does not hold %s", old)
			continue
		}
		if err := report.Validate([]byte(strings.Replace(b.String(), old, with, 1))); err == nil {
			t.Errorf("a report with %s in place of %s obeys the schema", with, old)
		}
	}
}

func TestNumbersOfSixtyFourBitsStayExact(t *testing.T) {
	var b bytes.Buffer
	if err := report.JSON(&b, judge(broken()), report.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"seed": 18446744073709551615`, `"6472352565130037257"`, `startKey=6472352565130037257&startInclusive=false`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("report.json does not hold %s", want)
		}
	}
}

// A failure is read in a terminal, where a wall of text is no text.
func TestAFailureKeepsToItsRoom(t *testing.T) {
	r := run()
	o := scanBroken("Key", "GOTO-SCAN-KEY-07")
	keys := strings.Repeat("6472352565130037257,", 100)
	o.Failure.Asked, o.Failure.Expected, o.Failure.Got = "GET /v2/licenses/"+keys, keys, strings.Repeat("a line\n", 50)
	o.Failure.Likely, o.Failure.RuledOut = strings.Repeat("perhaps ", 200), []string{keys, keys}
	o.Failure.Reproduce = []string{"curl 1", "curl 2", "curl 3"}
	o.Requirements = []string{"GOTO-SCAN-KEY-07", "GOTO-LIC-08"}
	r.Outcomes = append(r.Outcomes, o)
	for _, width := range []int{1, 60, 100, 200} {
		var b bytes.Buffer
		if err := report.Text(&b, judge(r), report.Options{Width: width}); err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(b.String(), "FAIL  ")
		block, _, _ := strings.Cut(after, "\n\n")
		lines := strings.Split("FAIL  "+block, "\n")
		most := 20
		if width < 100 {
			most = 35 // as much text, in shorter lines
		}
		if len(lines) > most {
			t.Errorf("at width %d a failure takes %d lines, want at most %d:\n%s", width, len(lines), most, block)
		}
		for i, line := range lines {
			if n := utf8.RuneCountInString(line); n > max(width, 60) {
				t.Errorf("at width %d line %d has %d columns: %s", width, i+1, n, line)
			}
		}
	}
}

func TestARunThatSaysTooLittleSaysWhy(t *testing.T) {
	r := run()
	r.Outcomes = r.Outcomes[1:2] // nothing but a case that found no data
	got := judge(r)
	if want := "nothing was judged: none of 40 licences is weighted"; got.Problem != want || got.Exit != verdict.ExitNotJudged {
		t.Errorf("problem %q, exit %d, want %q, exit 3", got.Problem, got.Exit, want)
	}
	if diff := cmp.Diff([]string{"a weighted licence with users"}, got.NotJudged[0].Needs); diff != "" {
		t.Errorf("what the owner could add (-want +got):\n%s", diff)
	}
}

func TestColoursOnlyWhenAsked(t *testing.T) {
	var plain, coloured bytes.Buffer
	_ = report.Text(&plain, judge(broken()), report.Options{})
	_ = report.Text(&coloured, judge(broken()), report.Options{Colour: true})
	if strings.Contains(plain.String(), "\x1b") {
		t.Error("colours although nobody asked")
	}
	if !strings.Contains(coloured.String(), "\x1b[1;31mFAIL ") {
		t.Error("FAIL is not red although asked")
	}
	stripped := coloured.String()
	for _, code := range []string{"\x1b[1;31m", "\x1b[1;32m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m"} {
		stripped = strings.ReplaceAll(stripped, code, "")
	}
	if diff := cmp.Diff(plain.String(), stripped); diff != "" {
		t.Errorf("colours change more than the colour (-plain +coloured):\n%s", diff)
	}
}

func TestFormatNamed(t *testing.T) {
	for _, f := range report.Formats {
		if got, err := report.FormatNamed(f.Name); err != nil || got.Name != f.Name || got.Write == nil || got.Summary == "" {
			t.Errorf("%s: %+v, %v", f.Name, got, err)
		}
	}
	_, err := report.FormatNamed("jsn")
	if want := fmt.Sprintf(`no format "jsn"; the formats are %v; did you mean json?`, report.FormatNames()); err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

func TestAWriterThatFailsIsTold(t *testing.T) {
	for _, f := range report.Formats {
		if err := f.Write(full{}, judge(broken()), report.Options{}); err == nil {
			t.Errorf("%s: no error from a full disk", f.Name)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, fmt.Errorf("no space left on device") }

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got), refresh with -update:\n%s", file, diff)
	}
}
