package contract

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/target"
	"harness/specs"
)

// tries makes a case whose nth try does what the nth function says; the last one goes on.
func tries(each ...func(*T)) Case {
	n := 0
	return Case{API: "api", Operation: "op", Text: "promise", Requirements: []string{"R-01"}, body: func(t *T) {
		n++ // before it, since a case ends by panicking
		each[min(n, len(each))-1](t)
	}}
}

func keep(*T) {}

func breaks(t *T) { t.On().Expect(1, gomega.Equal(2), "one is two") }

func TestTriesAreWeighed(t *testing.T) {
	moving := 0
	for _, tc := range []struct {
		name   string
		c      Case
		result evidence.Result
		broken int
		reason string
	}{
		{"kept", tries(keep), evidence.Kept, 0, ""},
		{"broken each time", tries(breaks), evidence.Broken, 3, ""},
		{"broken once", tries(breaks, keep), evidence.Flaky, 1, ""},
		{"broken at last", tries(breaks, keep, breaks), evidence.Flaky, 2, ""},
		{"observed", tries(func(t *T) { t.Observe("colour", "red") }), evidence.Observed, 0, ""},
		{"no data", tries(func(t *T) { t.Need(false, "a licence") }), evidence.NotExercised, 0, "needs a licence"},
		{"no answer", tries(func(t *T) { t.Inconclusive("503") }), evidence.Inconclusive, 0, "503"},
		{"no answer once", tries(func(t *T) { t.Inconclusive("503") }, keep), evidence.Kept, 0, ""},
		{"a defect of the case", tries(func(*T) { panic("index out of range") }), evidence.Crashed, 0, "index out of range"},
		{"broken while the data moves", tries(func(t *T) {
			Read(t, "list", func() (int, string) { moving++; return moving, string(rune('a' + moving%26)) })
			breaks(t)
		}), evidence.Inconclusive, 0, "the data moved while it was looked at: list"},
		{"broken on data that holds still", tries(func(t *T) {
			Read(t, "still", func() (int, string) { return 1, "same" })
			breaks(t)
		}), evidence.Broken, 3, ""},
		{"changed by somebody else while it was watched", tries(func(t *T) { t.Watching(); breaks(t) }, func(t *T) { t.Watching() }), evidence.Inconclusive, 1, "changed once"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := run(t.Context(), tc.c, &Environment{})
			if o.Result != tc.result || !strings.Contains(o.Reason, tc.reason) {
				t.Errorf("got %s (%s), want %s (%s)", o.Result, o.Reason, tc.result, tc.reason)
			}
			if told := o.Failure != nil; told != (tc.result == evidence.Broken || tc.result == evidence.Flaky) {
				t.Errorf("failure told: %v", told)
			}
			if o.Failure != nil && o.BrokenTries != tc.broken {
				t.Errorf("broken in %d tries, want %d", o.BrokenTries, tc.broken)
			}
		})
	}
}

// What a defect says may be about what a server said, and that about a secret.
func TestADefectOfACaseKeepsSecrets(t *testing.T) {
	const secret = "hush7xQ+hush"
	api, err := specs.Embedded("gotoaccount")
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(client.Options{API: api, Target: &target.Target{Name: "t", APIs: map[string]*target.API{"gotoaccount": {
		URL: "http://127.0.0.1:1", Credentials: map[string]target.Credential{"default": {Headers: map[string]string{"ClientSecret": secret}}},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	env := &Environment{Clients: map[string]*client.Client{"api": c}}
	for name, body := range map[string]func(*T){
		"a panic": func(*T) { panic("no number: " + url.QueryEscape(secret)) },
		"a read that moved": func(t *T) {
			times := 0
			Read(t, "list", func() (int, string) {
				if times++; times > 1 {
					panic(secret)
				}
				return 1, "a"
			})
			breaks(t)
		},
	} {
		if o := run(t.Context(), tries(body), env); o.Reason == "" || strings.Contains(o.Reason, "hush7xQ") {
			t.Errorf("%s: %s: %.300q", name, o.Result, o.Reason)
		}
	}
}

func TestRunAndPlayTellEveryCaseInOrder(t *testing.T) {
	var cases []Case
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		cases = append(cases, Case{API: "api", Operation: "op " + name[:1], Text: name, Requirements: []string{"R-01"}, body: keep})
	}
	for name, play := range map[string]func(context.Context, []Case, *Environment) error{"Run": Run, "Play": Play} {
		for range 2 { // as often as wanted in one process
			var recorder evidence.Recorder
			if err := play(t.Context(), cases, &Environment{Sink: recorder.Write, Shards: 3}); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range recorder.Run().Outcomes {
				got = append(got, o.Case)
			}
			slices.Sort(got)
			if diff := cmp.Diff([]string{"op a a", "op b b", "op c c", "op d d", "op e e"}, got); diff != "" {
				t.Errorf("%s: -want +got\n%s", name, diff)
			}
		}
	}
}

func TestACaseThatWritesRunsAlone(t *testing.T) {
	var running, most atomic.Int32
	beside := func(t *T) {
		most.Store(max(most.Load(), running.Add(1)))
		time.Sleep(time.Millisecond)
		running.Add(-1)
	}
	var cases []Case
	for range 20 {
		cases = append(cases, Case{API: "api", Operation: "op", Requirements: []string{"R-01"}, body: beside})
	}
	var company atomic.Bool
	cases[10].Alone = true
	cases[10].body = func(*T) {
		for range 20 {
			company.Store(company.Load() || running.Load() > 0)
			time.Sleep(time.Millisecond / 4)
		}
	}
	if err := Play(t.Context(), cases, &Environment{Shards: 4}); err != nil {
		t.Fatal(err)
	}
	if company.Load() {
		t.Error("another case ran beside the one that writes")
	}
	if most.Load() < 2 {
		t.Error("no two cases ran side by side, so nothing was shown")
	}
}

func TestARunThatIsStoppedTellsNoOutcomeForTheRest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stopping := Case{API: "api", Operation: "op", Text: "stops", Requirements: []string{"R-01"}, body: func(*T) { cancel() }}
	var recorder evidence.Recorder
	err := Play(ctx, []Case{stopping, tries(keep)}, &Environment{Sink: recorder.Write})
	if err == nil || len(recorder.Run().Outcomes) != 1 {
		t.Errorf("error %v and %d outcomes, want an error and one outcome", err, len(recorder.Run().Outcomes))
	}
}

func TestPropertyShrinksWithinItsBudget(t *testing.T) {
	asked, first := 0, 0
	o := run(t.Context(), tries(func(t *T) {
		t.Property(func(r *rapid.T) {
			asked++
			n := rapid.IntRange(0, 1_000_000).Draw(r, "n")
			if first == 0 {
				first = n
			}
			t.On().Expect(n, gomega.BeZero(), "nothing")
		})
	}), &Environment{Seed: 1})
	if o.Result != evidence.Broken {
		t.Fatalf("got %s: %s", o.Result, o.Reason)
	}
	if got, err := strconv.Atoi(o.Failure.Got); err != nil || got == 0 || got > first/4 {
		t.Errorf("it first broke over %d and is told over %s, want something simpler", first, o.Failure.Got)
	}
	if most := 3*draws + shrinks + 10; asked > most {
		t.Errorf("asked %d times, want at most %d", asked, most)
	}
	if o := run(t.Context(), tries(func(t *T) {
		t.Property(func(r *rapid.T) { rapid.Bool().Draw(r, "b") })
	}), &Environment{Seed: 1}); o.Result != evidence.Kept {
		t.Errorf("a property that holds came out %s: %s", o.Result, o.Reason)
	}
}

func TestLikelyCauseIsNamedWhenItExplainsTheValue(t *testing.T) {
	c := tries(func(t *T) {
		t.On().If("the flag is ignored", []int64{1, 2}).If("the bound is ignored", []int64{1, 2, 3}).
			Expect([]int64{1, 2, 3}, HaveKeySet(2, 3), "the range")
	})
	f := run(t.Context(), c, &Environment{}).Failure
	want := &evidence.Failure{
		Message: "the range", Expected: "2: 2, 3", Got: "3: 1, 2, 3 — not expected 1", Likely: "the bound is ignored",
	}
	f.RuledOut = nil
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
