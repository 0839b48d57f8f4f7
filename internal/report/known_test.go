package report_test

import (
	"bytes"
	"strings"
	"testing"

	"harness/internal/known"
	"harness/internal/report"
	"harness/internal/verdict"
)

func day(text string) known.Date {
	var d known.Date
	if err := d.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return d
}

// entry is a known failure of the broken run.
func entry(line int, requirement, operation, target, cause, expires string) known.Failure {
	return known.Failure{
		Requirement: requirement, Operation: operation, Target: target, Cause: cause, Reason: "release 4 mends it", Owner: "licensing",
		Ticket: "LIC-12", Added: day("2026-03-01"), Expires: day(expires), Line: line,
	}
}

// accepted judges the broken run with one entry of each kind.
func accepted(failures ...known.Failure) report.Report {
	r := broken()
	j := verdict.Judge(catalogue(), r)
	list := known.List{File: "known-failures.yaml", Failures: failures, Quarantine: []known.Failure{entry(50, "GC-LOAD-00", "getLicenseUsers", "*", "", "2026-03-20")}}
	j.Accept(list, "reference", day("2026-03-14"))
	return report.New(r, j, j.Exit(verdict.FailOnShould))
}

func TestKnownFailures(t *testing.T) {
	var b bytes.Buffer
	r := accepted(
		entry(3, "GOTO-SCAN-KEY-07", "scanLicensesByKey", "*", "", "2026-03-31"),
		entry(12, "GOTO-SCAN-ATT-07", "scanLicensesByAttribute", "reference", "0123456789", "2026-03-31"),
		entry(21, "GOTO-SCAN-ROL-07", "scanLicensesByRole", "reference", "", "2026-03-13"),
		entry(30, "GOTO-GEN-03", "scanLicensesByRole", "*", "", "2026-03-31"),
		entry(35, "GOTO-LIC-08", "getLicense", "*", "", "2026-03-31"),
		entry(40, "GOTO-GEN-03", "getLicense", "production", "", "2026-03-31"),
	)
	if err := report.Text(&b, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "known.txt", b.Bytes())
	b.Reset()
	if err := report.JSON(&b, r, report.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := report.Validate(b.Bytes()); err != nil {
		t.Error(err)
	}
}

func TestTheLastLineCountsKnownFailuresApart(t *testing.T) {
	all := []known.Failure{
		entry(3, "GOTO-SCAN-KEY-07", "scanLicensesByKey", "*", "", "2026-03-31"), entry(4, "GOTO-SCAN-ATT-07", "scanLicensesByAttribute", "*", "", "2026-03-31"),
		entry(5, "GOTO-SCAN-ROL-07", "scanLicensesByRole", "*", "", "2026-03-31"), entry(6, "GOTO-GEN-03", "getLicense", "*", "", "2026-03-31"),
		entry(7, "GOTO-GEN-03", "scanLicensesByKey", "*", "", "2026-03-31"),
	}
	stale := entry(8, "GC-LOAD-01", "getLicenseUsers", "*", "", "2026-03-31")
	for _, test := range []struct {
		name     string
		failures []known.Failure
		want     string
	}{
		{"none but one", nil, "broken: 3 MUST and 1 SHOULD; 1 more known"},
		{"all", all, "green: 0 MUST and 0 SHOULD kept, 5 broken and known; 41 not judged"},
		{"all of one requirement but on one operation", all[:4], "broken: 1 SHOULD; 4 more known"},
		{"past its day", []known.Failure{entry(3, "GOTO-SCAN-KEY-07", "scanLicensesByKey", "*", "", "2026-03-01")}, "broken: 3 MUST and 1 SHOULD; 1 more known"},
		{"one not looked at", append(all[:5:5], stale), "green: 0 MUST and 0 SHOULD kept, 5 broken and known; 41 not judged"},
	} {
		if got := accepted(test.failures...).Conclusion(); got != test.want {
			t.Errorf("%s: %s\nwant %s", test.name, got, test.want)
		}
	}
	r := accepted(all...)
	r.Exit, r.Accepted[0].State, r.Accepted[1].State = verdict.ExitStale, verdict.Stale, verdict.Expired
	if got, want := r.Conclusion(), "out of date: known-failures.yaml lists 1 that no longer fails and 1 past its day"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestAnEntryMayHoldAnyText(t *testing.T) {
	f := entry(3, "GOTO-SCAN-KEY-07", "scanLicensesByKey", "*", "", "2026-03-31")
	f.Owner = "me\x1b[31m"
	var b bytes.Buffer
	if err := report.Text(&b, accepted(f), report.Options{}); err != nil || strings.Contains(b.String(), "\x1b") {
		t.Errorf("%v, an escape sequence comes through: %q", err, b.String())
	}
}
