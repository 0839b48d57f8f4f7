package history_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/measure"
	"harness/internal/requirement"
	"harness/internal/verdict"
	"harness/reports"
)

func add(t testing.TB, dir string, s history.Summary) string {
	t.Helper()
	folder, err := history.Add(dir, s, []byte("{}"), func(w io.Writer) error { _, err := io.WriteString(w, "evidence\n"); return err })
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func index(t testing.TB, dir string) ([]history.Stored, []history.Skipped) {
	t.Helper()
	runs, skipped, err := history.Index(dir)
	if err != nil {
		t.Fatal(err)
	}
	return runs, skipped
}

func TestARunIsFoundAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "yet", "there")
	later, earlier := summary(5), summary(1)
	later.Verdict, later.Selection.APIs = verdict.NotExercised, []string{"gotoaccount", "genesyscloud"}
	folder := add(t, dir, later)
	add(t, dir, earlier)
	if want := filepath.Join(dir, "staging", "2026-03-02T15-15-00Z-gotoaccount+genesyscloud-not-exercised-00000005"); folder != want {
		t.Errorf("folder %s\nwant   %s", folder, want)
	}
	runs, skipped := index(t, dir)
	if diff := cmp.Diff([]history.Summary{earlier, later}, []history.Summary{runs[0].Summary, runs[1].Summary}); diff != "" || len(skipped) > 0 {
		t.Errorf("%v (-want +got):\n%s", skipped, diff)
	}
	if !runs[1].Evidence || runs[1].Folder != folder {
		t.Errorf("%+v", runs[1])
	}
	if err := history.DropEvidence(runs[1]); err != nil {
		t.Fatal(err)
	}
	if runs, _ := index(t, dir); runs[1].Evidence || !runs[0].Evidence {
		t.Error("the evidence of one run was dropped, and the index does not say so")
	}
}

func TestWhatQuotesAnswersIsTheOwnersAlone(t *testing.T) {
	folder := add(t, t.TempDir(), summary(1))
	for name, want := range map[string]os.FileMode{history.EvidenceFile: 0o600, history.ReportFile: 0o600, "summary.json": 0o600, ".": 0o755 | os.ModeDir} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %s, want %s", name, info.Mode(), want)
		}
	}
}

func TestNamesOfTargetsStayInTheStore(t *testing.T) {
	dir := t.TempDir()
	names := []string{"../../etc", "..", ".", "a/b", `a\b`, "Größe", "a b", "x\x00y", strings.Repeat("long", 100), strings.Repeat("long", 101), "CON", "a%2Fb"}
	for i, name := range names {
		s := summary(i)
		s.Target = name
		if folder := add(t, dir, s); filepath.Dir(filepath.Dir(folder)) != dir {
			t.Errorf("target %q lies in %s", name, folder)
		}
	}
	runs, skipped := index(t, dir)
	if len(skipped) > 0 || len(runs) != len(names) {
		t.Fatalf("%d runs of %d, skipped %v", len(runs), len(names), skipped)
	}
	for i, name := range names {
		if runs[i].Target != name {
			t.Errorf("target %q came back as %q", name, runs[i].Target)
		}
	}
}

func TestARunJudgedAnewReplacesItself(t *testing.T) {
	dir := t.TempDir()
	s := summary(1)
	add(t, dir, s)
	s.Verdict = verdict.Fail
	add(t, dir, s)
	if runs, _ := index(t, dir); len(runs) != 1 || runs[0].Verdict != verdict.Fail {
		t.Errorf("%+v", runs)
	}
}

func TestARunAppearsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	full := errors.New("no space left on device")
	_, err := history.Add(dir, summary(1), []byte("{}"), func(w io.Writer) error { return full })
	if !errors.Is(err, full) || !strings.HasPrefix(err.Error(), "the store cannot be written") {
		t.Errorf("error %v", err)
	}
	if runs, skipped := index(t, dir); len(runs)+len(skipped) > 0 {
		t.Errorf("something is left: %v %v", runs, skipped)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := history.Add(file, summary(1), nil, nil); err == nil {
		t.Error("a file was taken for a store")
	}
}

func TestRunsThatAreStoredTogether(t *testing.T) {
	dir := t.TempDir()
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() { add(t, dir, summary(i)) })
	}
	wait.Wait()
	if runs, skipped := index(t, dir); len(runs) != 16 || len(skipped) > 0 {
		t.Errorf("%d runs, skipped %v", len(runs), skipped)
	}
}

func TestWhatIsNoRunIsSaidAndSkipped(t *testing.T) {
	dir := t.TempDir()
	add(t, dir, summary(1))
	write := func(name, text string) {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	good, err := json.Marshal(summary(9))
	if err != nil {
		t.Fatal(err)
	}
	write("README.md", "read me")
	write(".git/objects/00/x", "")
	write("staging/notes/notes.txt", "")
	write("staging/.storing-123/run.jsonl.gz", "")
	write("staging/cut/summary.json", string(good[:100]))
	write("staging/newer/summary.json", `{"schema": 2, "what": "ever"}`)
	write("staging/none/summary.json", `{"schema": 1}`)
	write("staging/list/summary.json", `[]`)
	write("staging/verdict/summary.json", strings.Replace(string(good), `"verdict":"pass"`, `"verdict":"fine"`, 1))
	write("staging/moved-00000010/summary.json", string(good))
	write("production/2026-03-02T19-15-00Z-gotoaccount-pass-00000009/summary.json", string(good))
	runs, skipped := index(t, dir)
	if len(runs) != 1 {
		t.Errorf("%d runs, want 1", len(runs))
	}
	got := map[string]string{}
	for _, s := range skipped {
		name, err := filepath.Rel(dir, s.Folder)
		if err != nil {
			t.Fatal(err)
		}
		got[filepath.ToSlash(name)] = s.Reason
	}
	for name, want := range map[string]string{
		"staging/notes":          "no run: there is no summary.json",
		"staging/.storing-123":   "a run is being stored here, or its storing was broken off",
		"staging/cut":            "summary.json does not read: unexpected end of JSON input",
		"staging/newer":          "summary.json is of schema 2; this harness reads up to 1",
		"staging/none":           "summary.json does not say which run it is of",
		"staging/list":           "summary.json does not read: json: cannot unmarshal array",
		"staging/verdict":        `no verdict "fine"`,
		"staging/moved-00000010": "it lies where another run belongs: summary.json is of staging/",
		"production/2026-03-02T19-15-00Z-gotoaccount-pass-00000009": "it lies where another run belongs: summary.json is of staging/",
	} {
		if !strings.Contains(got[name], want) {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("also skipped: %v", got)
	}
	if _, _, err := history.Index(filepath.Join(dir, "nowhere")); err == nil || !strings.HasPrefix(err.Error(), "no store at ") {
		t.Errorf("a store that is not there: %v", err)
	}
}

func TestWhoseEvidenceMayGo(t *testing.T) {
	whole := func(hours int, brokenMusts int) history.Stored {
		return stored(hours, func(s *history.Summary) {
			if brokenMusts > 0 {
				s.APIs[0].Broken[requirement.Must] = brokenMusts
			}
		})
	}
	narrowed := func(hours int) history.Stored {
		return stored(hours, func(s *history.Summary) { s.Selection.Requirements = []string{"GOTO-LIC-01"} })
	}
	dropped := func(run history.Stored) history.Stored { run.Evidence = false; return run }
	day := 24 * time.Hour
	for name, test := range map[string]struct {
		runs []history.Stored
		want []int // hours
	}{
		"the only run stays, however old":              {[]history.Stored{whole(0, 0)}, nil},
		"the newest whole run stays":                   {[]history.Stored{whole(0, 0), whole(1, 0)}, []int{0}},
		"the newest broken run stays as well":          {[]history.Stored{whole(0, 1), whole(1, 1), whole(2, 0)}, []int{0}},
		"the newest green run stays under broken ones": {[]history.Stored{whole(0, 0), whole(1, 0), whole(2, 1), whole(3, 1)}, []int{0, 2}},
		"a narrowed run does not stay":                 {[]history.Stored{whole(0, 0), narrowed(1)}, []int{1}},
		"what is gone is not dropped again":            {[]history.Stored{dropped(whole(0, 0)), whole(1, 0)}, nil},
		"what is young stays":                          {[]history.Stored{whole(24*60, 0), whole(24*60+1, 0), whole(24*60+2, 0)}, nil},
		"each target has a newest run of its own":      {[]history.Stored{whole(0, 0), stored(1, func(s *history.Summary) { s.Target = "production" })}, nil},
		"a run that was cut short is not the newest":   {[]history.Stored{whole(0, 0), stored(1, func(s *history.Summary) { s.CutShort = true })}, []int{1}},
		"no runs": {nil, nil},
		"the oldest are dropped first, in their order": {[]history.Stored{whole(0, 0), whole(1, 0), whole(2, 0)}, []int{0, 1}},
	} {
		var got []int
		for _, run := range history.Droppable(test.runs, 30*day, monday.Add(61*day)) {
			got = append(got, int(run.Started.Sub(monday)/time.Hour))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestTheIdentityOfARun(t *testing.T) {
	h := evidence.Header{Schema: 1, Started: monday, Seed: 1}
	a, err := history.RunIdentity(h)
	if err != nil || len(a) != 8 {
		t.Fatalf("%q, %v", a, err)
	}
	h.Started = h.Started.Add(time.Nanosecond)
	if b, _ := history.RunIdentity(h); a == b {
		t.Error("two runs have one identity")
	}
}

// worst is the largest summary there can be: everything broken, with long texts, and load measured as well.
func worst(hours int) history.Summary {
	s := summary(hours)
	s.Broken, s.Requirements = []history.Broken{}, map[string]map[string]verdict.Verdict{}
	for i := range 300 {
		f := finding(fmt.Sprintf("GOTO-SCAN-ATTR-%03d", i), verdict.Fail)
		f.Operation, f.Message = "scanAccountLicensesByAttribute", strings.Repeat("ö<&", 200)
		s.Add(f)
	}
	var measured []measure.Measurement
	for range 60 {
		measured = append(measured, measure.Measurement{
			Scenario: "genesys-batch-users", API: "genesyscloud", Operation: "postLicenseOrganization", Verdict: "invalid", Answered: 1234567, Seconds: 3599.9,
			ResponseTime: measure.Quantiles{P50: 0.123456789, P99: 1.123456789}, Errors: 123456, Violations: 123456,
		})
	}
	s.Measure(measured)
	return s
}

func TestASummaryIsSmallAndObeysItsSchema(t *testing.T) {
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(reports.SummarySchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("summary.schema.json", raw); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("summary.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, s := range map[string]history.Summary{"plain": summary(1), "worst": worst(2)} {
		data, err := os.ReadFile(filepath.Join(add(t, dir, s), "summary.json"))
		if err != nil {
			t.Fatal(err)
		}
		if limit := 30 << 10; len(data) > limit {
			t.Errorf("the %s summary has %d bytes, want at most %d", name, len(data), limit)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("the %s summary: %v", name, err)
		}
		if !bytes.Contains(data, []byte(`"seed":18446744073709551615`)) {
			t.Errorf("the seed of the %s summary is not exact", name)
		}
	}
	if s := worst(1); s.Further != 270 || s.APIs[0].Broken[requirement.Must] != 300 || len(s.Broken) != history.MostBroken {
		t.Errorf("%d further, %v broken, %d listed", s.Further, s.APIs[0].Broken, len(s.Broken))
	}
}

// BenchmarkIndex1000 reads a store of a thousand runs and follows every requirement through them.
func BenchmarkIndex1000(b *testing.B) {
	dir := b.TempDir()
	for i := range 1000 {
		s := worst(i)
		s.Target = fmt.Sprintf("target-%d", i%5)
		if _, err := history.Add(dir, s, []byte("{}"), nil); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		runs, skipped, err := history.Index(dir)
		if err != nil || len(runs) != 1000 || len(skipped) > 0 {
			b.Fatal(len(runs), skipped, err)
		}
		if rows := history.Matrix(history.Trends(runs)); len(rows) != 300 {
			b.Fatal(len(rows))
		}
	}
}
