package known_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/known"
)

func edit(data string) *known.Edit {
	return &known.Edit{File: "k.yaml", Promises: promises, Today: today, Data: []byte(data)}
}

// fresh is an entry that no list holds yet.
func fresh() known.Failure {
	return known.Failure{
		Requirement: "GOTO-KEY-07", Operation: "getLicense", Target: "*", Cause: "0123456789", Reason: "why: because #1",
		Owner: "who", Added: today, Expires: day("2026-12-22"),
	}
}

const freshLines = `  - requirement: GOTO-KEY-07
    operation: getLicense
    target: "*"
    cause: "0123456789"
    reason: "why: because #1"
    owner: who
    added: 2026-11-22
    expires: 2026-12-22
`

func TestAdd(t *testing.T) {
	const heading = "# Known failures: departures from the contract that somebody has accepted until a day. harness accept writes them.\n"
	one := strings.TrimPrefix(good, "failures:\n")
	for _, test := range []struct {
		name, before, after string
		quarantine          bool
	}{
		{"a file that is not there", "", heading + "\nfailures:\n" + freshLines, false},
		{"a file of comments", "# ours\n", "# ours\n\nfailures:\n" + freshLines, false},
		{"an empty list", "# ours\nfailures: [] # none yet\nquarantine:\n", "# ours\nfailures: # none yet\n" + freshLines + "quarantine:\n", false},
		{"behind the others", good, good + freshLines, false},
		{"before the comment of what follows", good + "\n# flaky ones\nquarantine: []\n", good + freshLines + "\n# flaky ones\nquarantine: []\n", false},
		{"behind the comments of the last", good + "    # remember\n\n\n# the end\n", good + "    # remember\n" + freshLines + "\n\n# the end\n", false},
		{"no line end at the end", strings.TrimSuffix(good, "\n"), good + freshLines, false},
		{"dashes at the margin", "failures:\n" + outdent(one), "failures:\n" + outdent(one) + outdent(freshLines), false},
		{"deep", "failures:\n" + indent(one), "failures:\n" + indent(one) + indent(freshLines), false},
		{"the other block", good, good + "\nquarantine:\n" + strings.ReplaceAll(freshLines, "12-22", "12-06"), true},
		{"entries in braces", "failures:\n  - {requirement: GOTO-KEY-06, operation: getLicense, target: x, reason: a, owner: b, added: 2026-11-20, expires: 2026-12-01}\n", "failures:\n  - {requirement: GOTO-KEY-06, operation: getLicense, target: x, reason: a, owner: b, added: 2026-11-20, expires: 2026-12-01}\n" + freshLines, false},
		{"CRLF", crlf(good), crlf(good + freshLines), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, f := edit(test.before), fresh()
			if test.quarantine {
				f.Expires = day("2026-12-06")
			}
			if err := e.Add(f, test.quarantine); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.after, string(e.Data)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			l, err := known.Parse("k.yaml", e.Data, promises, today)
			if err != nil {
				t.Fatal(err)
			}
			if all := slices.Concat(l.Failures, l.Quarantine); !slices.ContainsFunc(all, func(got known.Failure) bool { return cmp.Equal(f, got, unplaced) }) {
				t.Errorf("%+v is not among %+v", f, all)
			}
		})
	}
}

func outdent(text string) string {
	return strings.ReplaceAll("\n"+text, "\n  ", "\n")[1:]
}

func indent(text string) string {
	return strings.TrimSuffix(strings.ReplaceAll("      "+text, "\n", "\n      "), "      ")
}

func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

func TestAddKeepsEveryLineThatIsThere(t *testing.T) {
	e := edit(file)
	f := fresh()
	f.Target = "production"
	if err := e.Add(f, false); err != nil {
		t.Fatal(err)
	}
	left := strings.Replace(string(e.Data), strings.Replace(freshLines, `"*"`, "production", 1), "", 1)
	if diff := cmp.Diff(file, left); diff != "" {
		t.Errorf("without the new entry (-want +got):\n%s", diff)
	}
}

func TestAddWritesAnyText(t *testing.T) {
	for _, text := range []string{"yes", "a: b", "- x", "#1", "'", `"q" \ t`, "ünï 🎉", "*", "&a", "two\nlines", "0123", "1e9", "null", "~", "tab\there", "a #b", "[x]", "{y}", "% a", "<b>&"} {
		e, f := edit(file), fresh()
		f.Target, f.Reason, f.Owner, f.Ticket = "production", text, text, text
		if err := e.Add(f, false); err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		l, err := known.Parse("k.yaml", e.Data, promises, today)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(f, l.Failures[2], unplaced); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestAddRefuses(t *testing.T) {
	for _, test := range []struct {
		name, file string
		change     func(*known.Failure)
		quarantine bool
		want       string
	}{
		{"an unknown requirement", "", func(f *known.Failure) { f.Requirement = "GOTO-KEY-7" }, false, `no requirement "GOTO-KEY-7"`},
		{"an unknown operation", "", func(f *known.Failure) { f.Operation = "getLicenses" }, false, `GOTO-KEY-07 is not about operation "getLicenses"`},
		{"what promises nothing", "", func(f *known.Failure) { f.Requirement = "GOTO-GEN-06" }, false, "GOTO-GEN-06 promises nothing"},
		{"no reason", "", func(f *known.Failure) { f.Reason = " " }, false, "a reason is missing"},
		{"no owner", "", func(f *known.Failure) { f.Owner = "" }, false, "an owner is missing"},
		{"no target", "", func(f *known.Failure) { f.Target = "" }, false, "a target is missing"},
		{"no fingerprint", "", func(f *known.Failure) { f.Cause = "rounding" }, false, `"rounding" is no fingerprint`},
		{"a past day", "", func(f *known.Failure) { f.Expires = day("2026-11-21") }, false, "2026-11-21 is past"},
		{"too far", "", func(f *known.Failure) { f.Expires = day("2027-02-21") }, false, "2027-02-21 is 91 days ahead; a known failure is accepted for at most 90, until 2027-02-20"},
		{"too far for quarantine", "", func(f *known.Failure) {}, true, "2026-12-22 is 30 days ahead; a case is in quarantine for at most 14, until 2026-12-06"},
		{"what is listed", file, func(f *known.Failure) { f.Target = "staging" }, false, "GOTO-KEY-07 on getLicense is listed in k.yaml:14 already, until 2026-11-30\nhint: --renew gives it more time"},
		{"what is listed for one target", file, func(*known.Failure) {}, false, "is listed in k.yaml:14 already"},
		{"what is in quarantine", file, func(f *known.Failure) { f.Requirement, f.Target = "GOTO-KEY-06", "staging" }, false, "is listed in k.yaml:27 already"},
		{"a list in brackets", "failures: [{requirement: GOTO-KEY-06, operation: getLicense, target: x, reason: a, owner: b, added: 2026-11-20, expires: 2026-12-01}]\n", func(*known.Failure) {}, false, "k.yaml:1: failures is written in brackets"},
		{"a file that is wrong", "failures: 3", func(*known.Failure) {}, false, "k.yaml:1: failures is no list"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, f := edit(test.file), fresh()
			test.change(&f)
			err := e.Add(f, test.quarantine)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v\nwant  %s", err, test.want)
			}
			if string(e.Data) != test.file {
				t.Errorf("the file has changed all the same:\n%s", e.Data)
			}
		})
	}
}

func TestQuarantineHasLittleRoom(t *testing.T) {
	e := edit("")
	for i := range known.MostQuarantined + 1 {
		f := fresh()
		f.Target, f.Expires = "t"+string(rune('a'+i)), day("2026-12-06")
		err := e.Add(f, true)
		if full := i == known.MostQuarantined; full != (err != nil) {
			t.Fatalf("case %d: %v", i+1, err)
		}
	}
}

func TestRenew(t *testing.T) {
	e := edit(file)
	f := known.Failure{Requirement: "GOTO-KEY-06", Operation: "getLicenses", Target: "*", Reason: "release 5 mends it", Added: today, Expires: day("2027-01-31")}
	if err := e.Renew(f, false); err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer(
		"reason: keys are rounded; release 4 mends it", "reason: release 5 mends it",
		"    added: 2026-11-20\n    expires: 2026-12-20 # the release", "    added: 2026-11-22\n    expires: 2027-01-31 # the release",
	).Replace(file)
	if diff := cmp.Diff(want, string(e.Data)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// What an entry lacks is put in, and braces are no hindrance.
	second := known.Failure{Requirement: "GOTO-KEY-07", Operation: "getLicense", Ticket: "LIC-9", Added: today, Expires: day("2026-12-31")}
	if err := e.Renew(second, false); err != nil {
		t.Fatal(err)
	}
	third := known.Failure{Requirement: "GOTO-KEY-06", Operation: "getLicense", Target: "staging", Owner: "you", Added: today, Expires: day("2026-12-05")}
	if err := e.Renew(third, true); err != nil {
		t.Fatal(err)
	}
	want = strings.NewReplacer(
		"    added: 2026-11-01\n    expires: \"2026-11-30\"", "    added: 2026-11-22\n    ticket: LIC-9\n    expires: 2026-12-31",
		"owner: me, added: 2026-11-20, expires: 2026-12-01}", "owner: you, added: 2026-11-22, expires: 2026-12-05}",
	).Replace(want)
	if diff := cmp.Diff(want, string(e.Data)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRenewRefuses(t *testing.T) {
	for _, test := range []struct {
		name       string
		failure    known.Failure
		quarantine bool
		want       string
	}{
		{"what is not listed", known.Failure{Requirement: "GOTO-KEY-06", Operation: "getLicense", Target: "*"}, false, "is not listed for target \"*\"\nhint: leave --renew out"},
		{"the other block", known.Failure{Requirement: "GOTO-KEY-07", Operation: "getLicense", Target: "staging"}, true, "is not listed"},
		{"what is listed nowhere", known.Failure{Requirement: "GOTO-KEY-09", Operation: "getLicense"}, false, "GOTO-KEY-09 on getLicense is not listed\nhint"},
		{"too far", known.Failure{Requirement: "GOTO-KEY-07", Operation: "getLicense", Target: "staging", Added: today, Expires: day("2027-03-01")}, false, "99 days ahead"},
		{"a text of several lines", known.Failure{Requirement: "GOTO-KEY-07", Operation: "getLicense", Target: "staging", Reason: "new", Added: today, Expires: day("2026-12-01")}, false, "please edit"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := edit(file)
			err := e.Renew(test.failure, test.quarantine)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v\nwant  %s", err, test.want)
			}
			if string(e.Data) != file {
				t.Errorf("the file has changed all the same:\n%s", e.Data)
			}
		})
	}
}

func TestRenewWhereSeveralAreMeant(t *testing.T) {
	one := strings.Replace(good, "    reason", "    cause: aaaaaaaaaa\n    reason", 1)
	two := strings.Replace(strings.TrimPrefix(good, "failures:\n"), "    reason", "    cause: bbbbbbbbbb\n    reason", 1)
	f := known.Failure{Requirement: "GOTO-KEY-06", Operation: "getLicense", Added: today, Expires: day("2027-01-01")}
	e := edit(one + two)
	if err := e.Renew(f, false); err == nil || !strings.Contains(err.Error(), "is listed 2 times\nhint: --target and --cause") {
		t.Errorf("error %v", err)
	}
	f.Cause = "bbbbbbbbbb"
	if err := e.Renew(f, false); err != nil {
		t.Fatal(err)
	}
	if want := one + strings.NewReplacer("2026-11-20", "2026-11-22", "2026-12-20", "2027-01-01").Replace(two); string(e.Data) != want {
		t.Errorf("-want +got:\n%s", cmp.Diff(want, string(e.Data)))
	}
}

func TestDrop(t *testing.T) {
	lines := strings.SplitAfter(file, "\n")
	without := func(from, to int) string { return strings.Join(lines[:from-1], "") + strings.Join(lines[to:], "") }
	for _, test := range []struct {
		name string
		at   []int
		want string
	}{
		{"nothing", nil, file},
		{"the first, but not what stands under the key", []int{4}, without(4, 12)},
		{"the last of a block, with its comments", []int{14}, without(14, 23)},
		{"one in braces", []int{27}, without(27, 27)},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := edit(file)
			if err := e.Drop(test.at...); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(e.Data)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	e := edit(good + "  # goes with it\n" + strings.TrimPrefix(strings.ReplaceAll(good, "staging", "production"), "failures:\n"))
	if err := e.Drop(10); err != nil || string(e.Data) != good {
		t.Errorf("%v\n%s", err, e.Data)
	}
}
