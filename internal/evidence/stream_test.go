package evidence

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func written(t *testing.T) (Run, string) {
	t.Helper()
	at := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	run := Run{
		Header:    Header{Schema: Schema, Target: Target{Name: "t", URLs: map[string]string{"gotoaccount": "http://localhost:1"}}, Seed: 1<<64 - 1, Started: at},
		Fixtures:  []Fixture{{API: "gotoaccount", Class: "licences", Found: 1, Sample: []string{"6472352565130037257"}}},
		Exchanges: []Exchange{{ID: "1", Request: Request{Method: "GET", URL: "http://localhost:1/?a=1&b=<2>"}, Response: &Response{Status: 200, Body: `{"key":6472352565130037257}`}, Started: at, Tries: 1}},
		Outcomes:  []Outcome{{Case: "c", Result: Kept, Requirements: []string{"R"}}},
		Footer:    &Footer{Finished: at, Requests: map[string]int{"GET": 1}, Cases: 1},
	}
	var b bytes.Buffer
	w := NewWriter(&b)
	w.Write(Record{Header: &run.Header})
	w.Write(Record{Fixture: &run.Fixtures[0]})
	w.Write(Record{Exchange: &run.Exchanges[0]})
	w.Write(Record{Outcome: &run.Outcomes[0]})
	w.Write(Record{Footer: run.Footer})
	if err := w.Err(); err != nil {
		t.Fatal(err)
	}
	return run, b.String()
}

func TestARunIsReadBackAsItWasWritten(t *testing.T) {
	want, text := written(t)
	got, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !strings.Contains(text, "?a=1&b=<2>") {
		t.Error("URLs are escaped, so nobody can read them")
	}
}

// Wherever a run is cut, it is read up to its last whole line, and has no footer.
func TestARunThatWasCutShortIsReadable(t *testing.T) {
	_, text := written(t)
	header := strings.IndexByte(text, '\n') + 1
	for cut := header; cut < len(text)-1; cut++ {
		run, err := Read(strings.NewReader(text[:cut]))
		if err != nil {
			t.Fatalf("cut at byte %d: %v", cut, err)
		}
		if run.Footer != nil {
			t.Fatalf("cut at byte %d: the run has a footer", cut)
		}
	}
}

func TestReadRefusesWhatIsNoRun(t *testing.T) {
	_, text := written(t)
	lines := strings.SplitAfter(text, "\n")
	for name, tc := range map[string]struct{ text, want string }{
		"empty":             {"", "no header"},
		"not JSON":          {"hello\n", "line 1 is no evidence record"},
		"no header":         {lines[1], "line 1 is no header"},
		"broken in between": {lines[0] + "{]\n" + lines[4], "line 2 is no evidence record"},
		"newer":             {`{"header":{"schema":99}}` + "\n", "evidence of schema 99; this harness reads up to 1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestRecordsFromManyGoroutinesStayWhole(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	w.Write(Record{Header: &Header{Schema: Schema}})
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { w.Write(Record{Outcome: &Outcome{Case: strings.Repeat("x", 1000)}}) })
	}
	all.Wait()
	run, err := Read(&b)
	if err != nil || len(run.Outcomes) != 50 {
		t.Errorf("error %v and %d outcomes, want 50", err, len(run.Outcomes))
	}
}

type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestTheFirstErrorOfWritingIsKept(t *testing.T) {
	w := NewWriter(&full{left: 1})
	for range 3 {
		w.Write(Record{Header: &Header{Schema: Schema}})
	}
	if err := w.Err(); err == nil || err.Error() != "no space left" {
		t.Errorf("got %v", err)
	}
}
