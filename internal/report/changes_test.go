package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/report"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// changed has something of everything that can change.
func changed() history.Changes {
	at := time.Date(2026, 3, 13, 9, 0, 0, 0, time.UTC)
	change := func(id string, was, is verdict.Verdict, message string) history.Change {
		return history.Change{Requirement: id, API: "gotoaccount", Operation: "getLicense", Level: requirement.Must, Was: was, Is: is, Message: message}
	}
	known := change("GOTO-LIC-09", verdict.Pass, verdict.Fail, "a float where a key should be")
	known.Accepted = true
	c := history.Changes{
		Base:      history.RunID{Target: "staging", Started: at, Verdict: verdict.Pass, Path: "reports/base"},
		Run:       history.RunID{Target: "staging", Started: at.Add(24 * time.Hour), Verdict: verdict.Fail, Path: "reports/latest"},
		Regressed: []history.Change{change("GOTO-LIC-08", verdict.Pass, verdict.Fail, "the | users\x1b[2J are gone: "+strings.Repeat("and ", 40)), known},
		New:       []history.Change{change("GOTO-LIC-14", verdict.NotExercised, verdict.Flaky, "404 in 1 of 3 tries")},
		Still:     []history.Change{}, Fixed: []history.Change{change("GOTO-GEN-03", verdict.Fail, verdict.Pass, "")},
		Gone: []history.Change{change("GOTO-LIC-01", verdict.Fail, verdict.NotExercised, "no licence was found")},
		Drifted: []history.Drift{
			{API: "gotoaccount", Operation: "getLicense", What: "observation", Name: "an unknown parameter", Requirement: "GOTO-GEN-06", Was: "ignored", Is: "refused"},
			{API: "gotoaccount", Operation: "getLicense", What: "member", Name: "/motto", Was: "0 of 40", Is: "3 of 41"},
			{API: "gotoaccount", Operation: "getLicense", What: "status", Name: "404", Documented: true, Was: "12 of 40", Is: "0 of 41"},
		},
		Measured: []history.Measured{
			{API: "gotoaccount", Operation: "getLicense", Figure: "service time", Unit: "s", Was: history.Estimate{Value: 0.0123, Doubt: "±4%", N: 100}, Is: history.Estimate{Value: 0.0246, Doubt: "±6%", N: 90}, Change: "+100%", P: 0.00001, Verdict: "slower"},
			{API: "gotoaccount", Operation: "getLicenses", Figure: "service time", Unit: "s", Change: "~", P: 0.4, Verdict: "~"},
			{Scenario: "scan-walk", API: "gotoaccount", Operation: "*", Figure: "errors", Was: history.Estimate{Value: 0, N: 1000}, Is: history.Estimate{Value: 0.012, N: 1000}, Change: "from none", P: 0.002, Verdict: "higher"},
			{Scenario: "scan-walk", API: "gotoaccount", Operation: "*", Figure: "response time p99", Unit: "s", Was: history.Estimate{Value: 0.1, Doubt: "±∞", N: 1}, Is: history.Estimate{Value: 0.2, Doubt: "±∞", N: 1}, Change: "~", P: 1, Verdict: "~", Note: "1 and 1 samples are too few to say"},
		},
		Documents: []history.DocumentDrift{{API: "gotoaccount", Was: "10c2f05a10c2f05a", Is: "99c2f05a10c2f05a"}},
	}
	return c
}

func TestChanges(t *testing.T) {
	calm := history.Changes{Base: changed().Base, Run: changed().Base}
	dark := changed()
	dark.Problem = "the run was not judged: it was cut short"
	for _, story := range []struct {
		name string
		c    history.Changes
		exit int
	}{{"changed", changed(), 1}, {"unchanged", calm, 0}, {"uncompared", dark, 3}} {
		for format, extension := range map[string]string{"text": ".txt", "markdown": ".md"} {
			if story.name != "changed" && format == "markdown" {
				continue
			}
			t.Run(story.name+extension, func(t *testing.T) {
				f, err := report.ChangeFormatNamed(format)
				if err != nil {
					t.Fatal(err)
				}
				var b bytes.Buffer
				if err := f.Write(&b, story.c, story.exit, report.Options{}); err != nil {
					t.Fatal(err)
				}
				golden(t, story.name+extension, b.Bytes())
			})
		}
	}
}

func TestManyChangesAreBounded(t *testing.T) {
	c := changed()
	for i := range 5000 {
		d := c.Drifted[1]
		d.Name = fmt.Sprintf("/member%d", i)
		c.Drifted = append(c.Drifted, d)
	}
	for _, f := range report.ChangeFormats {
		var b bytes.Buffer
		if err := f.Write(&b, c, 1, report.Options{}); err != nil {
			t.Fatal(err)
		}
		if whole := strings.Contains(b.String(), "/member4999"); whole != (f.Name == "json") || f.Name != "json" && b.Len() > 20<<10 {
			t.Errorf("%s: %d bytes, the last one in it: %v", f.Name, b.Len(), whole)
		}
	}
}

func TestChangesObeyTheSchemaOfReports(t *testing.T) {
	r := judge(run())
	c := changed()
	r.Changes = &c
	r.Behaviour = []history.Behaviour{{
		API: "gotoaccount", Operation: "getLicense", Answers: 3, Successes: 2, Bodies: 2, Statuses: []history.Seen{{Name: "200", Documented: true, Count: 2}},
		Members: []history.Seen{{Name: "/key", Documented: true, Count: 2}}, Values: []history.Value{{Member: "/type", Value: "named", Count: 2}},
		Headers: []history.Seen{}, Seconds: []float64{0.1, 0.2},
	}}
	r.Selection.Requests = 200
	var b bytes.Buffer
	if err := report.JSON(&b, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := report.Validate(b.Bytes()); err != nil {
		t.Error(err)
	}
	back, err := report.Read(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := report.JSON(&again, back, report.Options{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("a report that was read is not the one that was written")
	}
}

func TestReadRefusesWhatIsNoReport(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "no report: ",
		"[]":                               "no report: ",
		`{}`:                               "a report of schema 0; this harness reads up to 1",
		`{"schema": 2}`:                    "a report of schema 2; this harness reads up to 1",
		`{"schema": 1, "verdict": "fine"}`: "no report: ",
	} {
		if _, err := report.Read([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

// remembered are runs of the given courses of one requirement, an hour apart, as a store has them.
func remembered(t *testing.T, target string, results ...evidence.Result) []history.Stored {
	t.Helper()
	var runs []history.Stored
	for i, result := range results {
		r := run()
		r.Header.Target.Name = target
		r.Header.Started = r.Header.Started.Add(time.Duration(i) * time.Hour)
		r.Header.Selection.APIs = []string{"gotoaccount", "genesyscloud"}
		if result == evidence.Broken {
			r.Outcomes = append(r.Outcomes, scanBroken("Key", "GOTO-SCAN-KEY-07"))
		}
		if result == evidence.NotExercised {
			r.Outcomes = append(r.Outcomes, outcome(scan+"Key", result, "GOTO-SCAN-KEY-07"))
		}
		if result == "" {
			r.Footer = nil
		}
		summary, err := judge(r).Summarise(r)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, history.Stored{Summary: summary, Folder: summary.Folder()})
	}
	return runs
}

func TestHistory(t *testing.T) {
	kept, broken, dark := evidence.Kept, evidence.Broken, evidence.NotExercised
	runs := append(remembered(t, "staging", kept, broken, dark, broken, kept), remembered(t, "production", kept, "")...)
	h := report.NewHistory(runs, []history.Skipped{{Folder: "history/x", Reason: "no run"}})
	var b bytes.Buffer
	if err := report.HistoryText(&b, h, report.Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "history.txt", b.Bytes())
	if err := report.HistoryText(full{}, h, report.Options{}); err == nil {
		t.Error("no error from a full disk")
	}
}

func TestSummarise(t *testing.T) {
	r := broken()
	r.Header.Selection.APIs = []string{"gotoaccount"}
	s, err := judge(r).Summarise(r)
	if err != nil {
		t.Fatal(err)
	}
	of := s.API("gotoaccount")
	if of == nil || of.Broken[requirement.Must] != 3 || of.Broken[requirement.Should] != 2 || s.Failed("gotoaccount", verdict.FailOnMust) != 3 || s.CutShort {
		t.Errorf("%+v, cut short %v", of, s.CutShort)
	}
	if s.Broken[0].Verdict != verdict.Fail || s.Broken[0].Level != requirement.Must {
		t.Errorf("the worst stands first, not %+v", s.Broken[0])
	}
	r.Footer.Problem = "interrupted: context canceled"
	if s, err = judge(r).Summarise(r); err != nil || !s.CutShort || !strings.Contains(s.Folder(), "-gotoaccount-cut-short-") {
		t.Errorf("%v, %v, %s", s.CutShort, err, s.Folder())
	}
}
