package known_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"harness/internal/known"
)

func day(text string) known.Date {
	var d known.Date
	if err := d.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return d
}

var today = day("2026-11-22")

var promises = []known.Promise{
	{Requirement: "GOTO-KEY-06", Operations: []string{"getLicense", "getLicenses"}},
	{Requirement: "GOTO-KEY-07", Operations: []string{"getLicense"}},
	{Requirement: "GOTO-GEN-06", Operations: []string{"getLicense"}, Silent: true},
}

// file is a list as somebody keeps it: comments, an order, quotes.
const file = `# What we live with. Ask licensing before you add to it.
failures:
  # keys travel through a spreadsheet
  - requirement: GOTO-KEY-06
    operation: getLicenses
    target: "*"
    cause: "0123456789" # as seen on 20 November
    reason: keys are rounded; release 4 mends it
    owner: licensing
    ticket: LIC-12
    added: 2026-11-20
    expires: 2026-12-20 # the release

  - requirement: GOTO-KEY-07
    operation: getLicense
    target: staging
    reason: >-
      two lines
      of reason
    owner: "o'hara: team"
    added: 2026-11-01
    expires: "2026-11-30"
    # nobody knows why

# comes and goes
quarantine:
  - {requirement: GOTO-KEY-06, operation: getLicense, target: staging, reason: flaps, owner: me, added: 2026-11-20, expires: 2026-12-01}
`

func entries() known.List {
	return known.List{
		File: "k.yaml",
		Failures: []known.Failure{
			{Requirement: "GOTO-KEY-06", Operation: "getLicenses", Target: "*", Cause: "0123456789", Reason: "keys are rounded; release 4 mends it", Owner: "licensing", Ticket: "LIC-12", Added: day("2026-11-20"), Expires: day("2026-12-20"), Line: 4},
			{Requirement: "GOTO-KEY-07", Operation: "getLicense", Target: "staging", Reason: "two lines of reason", Owner: "o'hara: team", Added: day("2026-11-01"), Expires: day("2026-11-30"), Line: 14},
		},
		Quarantine: []known.Failure{
			{Requirement: "GOTO-KEY-06", Operation: "getLicense", Target: "staging", Reason: "flaps", Owner: "me", Added: day("2026-11-20"), Expires: day("2026-12-01"), Line: 27},
		},
	}
}

func TestParse(t *testing.T) {
	for name, text := range map[string]string{"LF": file, "CRLF": strings.ReplaceAll(file, "\n", "\r\n")} {
		got, err := known.Parse("k.yaml", []byte(text), promises, today)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(entries(), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, empty := range []string{"", "# nothing\n", "failures:\n", "failures: []\nquarantine:\n", "---\n"} {
		got, err := known.Parse("k.yaml", []byte(empty), promises, today)
		if err != nil || len(got.Failures)+len(got.Quarantine) > 0 {
			t.Errorf("%q: %+v, %v, want nothing in it", empty, got, err)
		}
	}
}

// good is an entry that says all it must, each value to be replaced.
const good = `failures:
  - requirement: GOTO-KEY-06
    operation: getLicense
    target: staging
    reason: why
    owner: who
    added: 2026-11-20
    expires: 2026-12-20
`

func TestParseRefuses(t *testing.T) {
	many := "quarantine:\n"
	for i := range 11 {
		many += strings.ReplaceAll(strings.TrimPrefix(good, "failures:\n"), "staging", "t"+string(rune('a'+i)))
	}
	for _, test := range []struct{ name, old, with, want string }{
		{"a key that there is not", "failures:", "failure:", "k.yaml:1: unknown key \"failure\"; did you mean failures?\n   1 | failure:\n     | ^\nhint: the file takes failures, quarantine"},
		{"a misspelled key", "owner:", "ownr:", `k.yaml:6: unknown key "ownr"; did you mean owner?`},
		{"a key twice", "owner: who", "owner: who\n    owner: me", `k.yaml:7: mapping key "owner" already defined`},
		{"no list", good, "failures: all", "k.yaml:1: failures is no list"},
		{"no mapping", good, "- all", "k.yaml:1: the file is no mapping"},
		{"an entry that is a word", good, "failures:\n  - all", "k.yaml:2: an entry is no mapping"},
		{"an entry of nothing", good, "failures:\n  -\n", "k.yaml:2: an entry without anything in it"},
		{"a list for a value", "why", "[a, b]", "k.yaml:5: reason wants one value"},
		{"no reason", "    reason: why\n", "", "k.yaml:2: the entry has no reason"},
		{"an empty reason", "why", `""`, "k.yaml:5: the entry has no reason"},
		{"no owner", "    owner: who\n", "", "k.yaml:2: the entry has no owner"},
		{"no target", "    target: staging\n", "", "k.yaml:2: the entry has no target"},
		{"no day of expiry", "    expires: 2026-12-20\n", "", "k.yaml:2: the entry has no expires"},
		{"an unknown requirement", "GOTO-KEY-06", "GOTO-KEY-66", "k.yaml:2: no requirement \"GOTO-KEY-66\"; the requirements are [GOTO-KEY-06 GOTO-KEY-07 GOTO-GEN-06]; did you mean GOTO-KEY-06?\n   2 |   - requirement: GOTO-KEY-66\n     |                  ^\nhint: harness list requirements"},
		{"an operation that it is not about", "getLicense", "getLicence", `k.yaml:3: GOTO-KEY-06 is not about operation "getLicence"; it is about [getLicense getLicenses]; did you mean getLicense?`},
		{"what promises nothing", "GOTO-KEY-06", "GOTO-GEN-06", "k.yaml:2: GOTO-GEN-06 promises nothing, so nothing of it can be accepted"},
		{"no date", "2026-12-20", "soon", `k.yaml:8: "soon" is no date; one is written as 2026-11-22`},
		{"a day that there is not", "2026-12-20", "2026-11-31", `k.yaml:8: "2026-11-31" is no date`},
		{"too long", "2026-12-20", "2027-02-19", "k.yaml:8: it expires 91 days after it was added; 90 is the most in failures"},
		{"backwards", "2026-12-20", "2026-11-19", "k.yaml:8: it expires on 2026-11-19, before it was added"},
		{"added in the future, which would make it last", "2026-11-20", "2026-11-24", "k.yaml:7: it was added on 2026-11-24, which is still to come"},
		{"too long in quarantine", "failures:", "quarantine:", "k.yaml:8: it expires 30 days after it was added; 14 is the most in quarantine"},
		{"no fingerprint", "    reason", "    cause: rounding\n    reason", `k.yaml:5: "rounding" is no fingerprint of a cause`},
		{"twice", good, good + strings.TrimPrefix(good, "failures:\n"), "k.yaml:9: GOTO-KEY-06 on getLicense is listed in line 2 already"},
		{"twice, once for every target", good, good + strings.ReplaceAll(strings.TrimPrefix(good, "failures:\n"), "staging", `"*"`), "k.yaml:9: GOTO-KEY-06 on getLicense is listed in line 2 already"},
		{"in both blocks", good, good + strings.ReplaceAll(strings.ReplaceAll(good, "failures", "quarantine"), "12-20", "11-30"), "k.yaml:10: GOTO-KEY-06 on getLicense is listed in line 2 already"},
		{"too many in quarantine", good, strings.ReplaceAll(many, "12-20", "11-30"), "k.yaml:1: 11 cases are in quarantine; there is room for 10"},
		{"a second document", good, good + "---\nfailures: []\n", "a second document"},
		{"no YAML", good, "failures: [", "k.yaml:1: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(good, test.old) {
				t.Fatalf("%q does not stand in the good one", test.old)
			}
			_, err := known.Parse("k.yaml", []byte(strings.Replace(good, test.old, test.with, 1)), promises, today)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) && !strings.Contains(err.Error(), ": "+test.want) {
				t.Errorf("error %v\nwant  %s", err, test.want)
			}
		})
	}
}

func TestSamePlaceWithTwoCausesIsNotTwice(t *testing.T) {
	one := strings.Replace(good, "    reason", "    cause: aaaaaaaaaa\n    reason", 1)
	two := strings.Replace(strings.TrimPrefix(good, "failures:\n"), "    reason", "    cause: bbbbbbbbbb\n    reason", 1)
	if l, err := known.Parse("k.yaml", []byte(one+two), promises, today); err != nil || len(l.Failures) != 2 {
		t.Errorf("%+v, %v, want two entries", l, err)
	}
}

func TestAddedWhereItIsTomorrowAlready(t *testing.T) {
	if _, err := known.Parse("k.yaml", []byte(strings.Replace(good, "2026-11-20", "2026-11-23", 1)), promises, today); err != nil {
		t.Error(err)
	}
}

func TestLoadTellsThatThereIsNone(t *testing.T) {
	_, err := known.Load("nowhere.yaml", promises, today)
	if err == nil || !strings.Contains(err.Error(), "no file of known failures nowhere.yaml") {
		t.Error(err)
	}
}

func TestDay(t *testing.T) {
	evening := time.Date(2026, 11, 22, 23, 30, 0, 0, time.FixedZone("", -5*3600))
	if got := known.Day(evening); got != today {
		t.Errorf("%s, want the date where the moment is: %s", got, today)
	}
	if got := today.Until(today.Plus(90)); got != 90 {
		t.Errorf("%d days, want 90", got)
	}
}

func TestDateAsJSON(t *testing.T) {
	text, err := json.Marshal(known.Failure{Added: today, Expires: today})
	if err != nil || !strings.Contains(string(text), `"expires":"2026-11-22"`) {
		t.Errorf("%s, %v", text, err)
	}
	var back known.Failure
	if err := json.Unmarshal(text, &back); err != nil || back.Expires != today {
		t.Errorf("%+v, %v", back, err)
	}
	for _, wrong := range []string{"3", `"soon"`, "null"} {
		if err := json.Unmarshal([]byte(wrong), &back.Added); err == nil && wrong != "null" {
			t.Errorf("%s is read as a date", wrong)
		}
	}
}

var unplaced = cmpopts.IgnoreFields(known.Failure{}, "Line")
