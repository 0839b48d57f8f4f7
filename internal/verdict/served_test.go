package verdict_test

import (
	"strings"
	"testing"

	"harness/internal/evidence"
	"harness/internal/verdict"
	"harness/specs"
)

func TestAnOperationOfAnExampleNeedNotBeServed(t *testing.T) {
	const of = "operationId: read"
	api, err := specs.Load("gotoaccount", "document.yaml", []byte(strings.Replace(document, of, of+"\n      x-example-only: true", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if !api.Operation("read").ExampleOnly {
		t.Fatal("the document does not say that the operation is one of an example")
	}
	records := []any{outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.Kept), served()[0]}
	if got := verdict.Judge(catalogue(), run(records...), api); got.Unjudged != "" {
		t.Errorf("unjudged: %s", got.Unjudged)
	}
}

func TestWhatIsLeftOutSaysSo(t *testing.T) {
	selection := evidence.Selection{Excluded: []evidence.Exclusion{{API: "gotoaccount", Operation: "read", Reason: "not rolled out"}}}
	j := verdict.Judge(catalogue(), run(selection, outcome(evidence.Kept, "GOTO-A-01")))
	if got := find(t, j, "GOTO-A-01", "read"); got.Verdict != verdict.Untested || got.Reason != "left out: not rolled out" {
		t.Errorf("%s, %q", got.Verdict, got.Reason)
	}
}

func TestManyUnservedOperationsAreCounted(t *testing.T) {
	c := catalogue()
	for i := range c.All {
		if c.All[i].Implied {
			c.All[i].Operations = []string{"a", "b", "c", "d", "e", "f"}
		}
	}
	j := verdict.Judge(c, run(outcome(evidence.Kept, "GOTO-A-01"), genesys(evidence.Kept)))
	want := "6 operations were never served: a (no request was sent to it), b (no request was sent to it), c (no request was sent to it), d (no request was sent to it), and 2 more\n"
	if !strings.HasPrefix(j.Unjudged, want) {
		t.Errorf("%s\nwant %s", j.Unjudged, want)
	}
}
