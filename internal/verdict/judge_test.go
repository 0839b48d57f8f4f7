package verdict_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/requirement"
	"harness/internal/verdict"
	"harness/specs"
)

// catalogue is a small one: a MUST on two operations, a SHOULD, an OBSERVE, a row of another API, and the implied
// requirements of two operations.
func catalogue() *requirement.Catalogue {
	return &requirement.Catalogue{All: []requirement.Requirement{
		{ID: "GOTO-A-01", API: "gotoaccount", Level: requirement.Must, Operations: []string{"list", "read"}, Statement: "a promise", Needs: "a licence"},
		{ID: "GOTO-B-01", API: "gotoaccount", Level: requirement.Should, Operations: []string{"list"}, Statement: "a hint"},
		{ID: "GOTO-C-01", API: "gotoaccount", Level: requirement.Observe, Operations: []string{"list"}, Statement: "silence"},
		{ID: "GOTO-D-01", API: "gotoaccount", Level: requirement.Must, Operations: []string{"list"}, Statement: "hidden", Unjudgeable: "nobody sees it over HTTP"},
		{ID: "GOTO-DOC-list", API: "gotoaccount", Level: requirement.Must, Operations: []string{"list"}, Implied: true},
		{ID: "GOTO-DOC-read", API: "gotoaccount", Level: requirement.Must, Operations: []string{"read"}, Implied: true},
		{ID: "GC-A-01", API: "genesyscloud", Level: requirement.Must, Operations: []string{"define"}, Statement: "another promise"},
	}}
}

func outcome(result evidence.Result, requirements ...string) evidence.Outcome {
	o := evidence.Outcome{Case: "list " + string(result), API: "gotoaccount", Operation: "list", Requirements: requirements, Result: result, Tries: 3}
	switch result {
	case evidence.Broken:
		o.Failure = &evidence.Failure{Message: "it is broken", Reproduce: []string{"curl -s 'http://localhost/'"}}
		o.BrokenTries, o.Exchanges = 3, []string{"e-broken"}
	case evidence.Flaky:
		o.Failure = &evidence.Failure{Message: "it is broken at times"}
		o.BrokenTries, o.Exchanges = 1, []string{"e-flaky"}
	case evidence.NotExercised, evidence.Inconclusive:
		o.Reason = "because of " + string(result)
	case evidence.Observed:
		o.Observation = map[string]string{"what": "this"}
	case evidence.Crashed:
		o.Failure = &evidence.Failure{Message: "index out of range"}
	case evidence.Kept:
		o.Exchanges = []string{"e-kept"}
	}
	return o
}

func run(records ...any) *evidence.Run {
	r := &evidence.Run{Footer: &evidence.Footer{}}
	for _, record := range records {
		switch x := record.(type) {
		case evidence.Outcome:
			r.Outcomes = append(r.Outcomes, x)
		case evidence.Exchange:
			r.Exchanges = append(r.Exchanges, x)
		case evidence.Selection:
			r.Header.Selection = x
		}
	}
	return r
}

func find(t *testing.T, j verdict.Judgement, id, operation string) verdict.Finding {
	t.Helper()
	for _, f := range j.Findings {
		if f.Requirement == id && f.Operation == operation {
			return f
		}
	}
	t.Fatalf("no finding for %s on %s", id, operation)
	return verdict.Finding{}
}

func TestOutcomeBecomesVerdict(t *testing.T) {
	for _, test := range []struct {
		name       string
		id         string
		results    []evidence.Result
		want       verdict.Verdict
		tries      string
		message    string
		reason     string
		lenCases   int
		lenFailure int
	}{
		{name: "nobody looked", id: "GOTO-A-01", want: verdict.Untested, reason: "no case covered it"},
		{name: "nobody can look", id: "GOTO-D-01", want: verdict.Untested, reason: "nobody sees it over HTTP"},
		{name: "kept", id: "GOTO-A-01", results: []evidence.Result{evidence.Kept}, want: verdict.Pass, lenCases: 1},
		{name: "broken", id: "GOTO-A-01", results: []evidence.Result{evidence.Broken}, want: verdict.Fail, tries: "3/3", message: "it is broken", lenCases: 1, lenFailure: 1},
		{name: "flaky", id: "GOTO-A-01", results: []evidence.Result{evidence.Flaky}, want: verdict.Flaky, tries: "1/3", message: "it is broken at times", lenCases: 1, lenFailure: 1},
		{name: "observed", id: "GOTO-C-01", results: []evidence.Result{evidence.Observed}, want: verdict.Observed, lenCases: 1},
		{name: "not exercised", id: "GOTO-A-01", results: []evidence.Result{evidence.NotExercised}, want: verdict.NotExercised, reason: "because of not-exercised", lenCases: 1},
		{name: "inconclusive", id: "GOTO-A-01", results: []evidence.Result{evidence.Inconclusive}, want: verdict.Inconclusive, reason: "because of inconclusive", lenCases: 1},
		{name: "crashed", id: "GOTO-A-01", results: []evidence.Result{evidence.Crashed}, want: verdict.Error, message: "index out of range", lenCases: 1, lenFailure: 1},
		{name: "a result that there is none of", id: "GOTO-A-01", results: []evidence.Result{"fine"}, want: verdict.Error,
			message: `the case ended as "fine", which is no result`, lenCases: 1, lenFailure: 1},
		{name: "it only gets worse: a case that looked at nothing outranks one that passed", id: "GOTO-A-01",
			results: []evidence.Result{evidence.NotExercised, evidence.Kept}, want: verdict.NotExercised, reason: "because of not-exercised", lenCases: 2},
		{name: "it only gets worse: broken outranks flaky, and its failure leads", id: "GOTO-A-01",
			results: []evidence.Result{evidence.Kept, evidence.Flaky, evidence.Broken}, want: verdict.Fail, tries: "3/3", message: "it is broken", lenCases: 3, lenFailure: 2},
		{name: "what nobody promised cannot be broken", id: "GOTO-C-01", results: []evidence.Result{evidence.Broken}, want: verdict.Error,
			message: "the case fails a behaviour that nobody promised: it is broken", lenCases: 1, lenFailure: 1},
		{name: "nor flaky", id: "GOTO-C-01", results: []evidence.Result{evidence.Flaky}, want: verdict.Error,
			message: "the case fails a behaviour that nobody promised: it is broken at times", lenCases: 1, lenFailure: 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := run()
			for _, result := range test.results {
				r.Outcomes = append(r.Outcomes, outcome(result, test.id))
			}
			f := find(t, verdict.Judge(catalogue(), r), test.id, "list")
			got := []any{f.Verdict, f.Tries, f.Message, f.Reason, len(f.Cases), len(f.Failures)}
			want := []any{test.want, test.tries, test.message, test.reason, test.lenCases, test.lenFailure}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("verdict, tries, message, reason, cases, failures (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFindingCarriesTheEvidenceOfTheWorst(t *testing.T) {
	f := find(t, verdict.Judge(catalogue(), run(outcome(evidence.Kept, "GOTO-A-01"), outcome(evidence.Broken, "GOTO-A-01"))), "GOTO-A-01", "list")
	if diff := cmp.Diff([]string{"e-broken"}, f.Evidence); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"curl -s 'http://localhost/'"}, f.Reproduce); diff != "" {
		t.Errorf("reproduce (-want +got):\n%s", diff)
	}
}

func TestEveryPlaceHasOneFindingInTheOrderOfTheCatalogue(t *testing.T) {
	var got []string
	for _, f := range verdict.Judge(catalogue(), run()).Findings {
		got = append(got, f.Requirement+" "+f.Operation)
	}
	want := []string{
		"GOTO-A-01 list", "GOTO-A-01 read", "GOTO-B-01 list", "GOTO-C-01 list", "GOTO-D-01 list",
		"GOTO-DOC-list list", "GOTO-DOC-read read", "GC-A-01 define",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestNothingThatWasSeenGetsLost(t *testing.T) {
	elsewhere := outcome(evidence.Broken, "GOTO-B-01")
	elsewhere.Operation = "search"
	unknown := outcome(evidence.Kept, "GOTO-Z-99")
	j := verdict.Judge(catalogue(), run(elsewhere, unknown))
	if f := find(t, j, "GOTO-B-01", "search"); f.Verdict != verdict.Fail || f.Level != requirement.Should {
		t.Errorf("a case on an operation that the catalogue does not list: %s %s, want fail SHOULD", f.Verdict, f.Level)
	}
	f := find(t, j, "GOTO-Z-99", "list")
	if f.Verdict != verdict.Error || f.Message != "the case covers GOTO-Z-99, which the catalogue does not have" {
		t.Errorf("a case of an unknown requirement: %s %q, want an error that says so", f.Verdict, f.Message)
	}
}

func TestSelectionLeavesTheRestOut(t *testing.T) {
	for _, test := range []struct {
		name      string
		selection evidence.Selection
		want      []string
		problem   string
	}{
		{"api", evidence.Selection{APIs: []string{"genesyscloud"}}, []string{"GC-A-01 define"}, ""},
		{"operation", evidence.Selection{Operations: []string{"read"}}, []string{"GOTO-A-01 read", "GOTO-DOC-read read"}, ""},
		{"pattern", evidence.Selection{Requirements: []string{"GOTO-[AB]-*"}}, []string{"GOTO-A-01 list", "GOTO-A-01 read", "GOTO-B-01 list"}, ""},
		{"both", evidence.Selection{Requirements: []string{"goto-a-01"}, Operations: []string{"list"}}, []string{"GOTO-A-01 list"}, ""},
		{"a name that is not there", evidence.Selection{Requirements: []string{"NO-*"}}, nil,
			"the run was narrowed to what is not there: no requirement matches \"NO-*\"\nhint: harness list requirements"},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := verdict.Judge(catalogue(), run(test.selection, outcome(evidence.Broken, "GOTO-A-01")))
			var got []string
			for _, f := range j.Findings {
				got = append(got, f.Requirement+" "+f.Operation)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if j.Problem != test.problem {
				t.Errorf("problem %q, want %q", j.Problem, test.problem)
			}
		})
	}
}

func TestSummaryCountsRequirementsByTheirWorstOperation(t *testing.T) {
	read := outcome(evidence.Kept, "GOTO-A-01")
	read.Operation = "read"
	s := verdict.Judge(catalogue(), run(outcome(evidence.Broken, "GOTO-A-01"), read, outcome(evidence.Observed, "GOTO-C-01"))).Summary
	if got := s[requirement.Must]; got[verdict.Fail] != 1 || got[verdict.Pass] != 0 || got[verdict.Untested] != 4 {
		t.Errorf("MUST: %v, want 1 fail, 4 untested", got)
	}
	if got := s[requirement.Observe][verdict.Observed]; got != 1 {
		t.Errorf("OBSERVE observed: %d, want 1", got)
	}
	text, err := json.Marshal(s[requirement.Should])
	want := `{"drift":0,"error":0,"fail":0,"flaky":0,"inconclusive":0,"not exercised":0,"observed":0,"pass":0,"untested":1}`
	if err != nil || string(text) != want {
		t.Errorf("as JSON: %s, %v\nwant %s", text, err, want)
	}
}

func TestVerdictReadsBack(t *testing.T) {
	for _, v := range verdict.Verdicts {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var back verdict.Verdict
		if err := json.Unmarshal(text, &back); err != nil || back != v {
			t.Errorf("%s reads back as %s, %v", text, back, err)
		}
	}
	var v verdict.Verdict
	if err := v.UnmarshalText([]byte("falky")); err == nil {
		t.Error("falky is read as a verdict")
	}
}

const document = `
openapi: 3.0.3
info: {title: Things, version: "1"}
paths:
  /list:
    get:
      operationId: list
      responses:
        '200':
          description: The things.
          content:
            application/json:
              schema: {type: array, items: {type: object, x-requirement: GOTO-A-01, properties: {seats: {type: integer, x-requirement: GOTO-C-01}}}}
        '404':
          description: None.
          x-requirement: GOTO-B-01
  /read:
    get:
      operationId: read
      responses:
        '200': {description: A thing., content: {application/json: {schema: {type: object, x-requirement: GOTO-B-01}}}}
`

func exchange(id string, status int, body string, departures ...evidence.Departure) evidence.Exchange {
	e := evidence.Exchange{
		ID: id, API: "gotoaccount", Operation: "list", Departures: departures, Curl: `curl -s -H "ClientName: $GOTO_CLIENT_NAME" 'http://localhost:1/v2/list?n=1'`, Tries: 1,
		Request: evidence.Request{Method: "GET", URL: "http://localhost:1/v2/list?n=1", Header: map[string][]string{"ClientName": {"$GOTO_CLIENT_NAME"}}},
	}
	if status == 0 {
		e.Error = "connection refused"
		return e
	}
	e.Response = &evidence.Response{Status: status, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: body, Size: len(body)}
	return e
}

func TestWhatTheExchangesSay(t *testing.T) {
	api, err := specs.Load("gotoaccount", "document.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	head := exchange("h", 200, "")
	head.Request.Method = "HEAD"
	long := exchange("l", 200, `[{"key`)
	long.Response.Truncated = true
	type verdicts map[string]verdict.Verdict
	for _, test := range []struct {
		name    string
		records []any
		want    verdicts // on list; what is left out stays untested
	}{
		{"no exchange", nil, verdicts{}},
		{"an answer with items keeps both", []any{exchange("1", 200, `[{"seats":1}]`)}, verdicts{"GOTO-DOC-list": verdict.Pass, "GOTO-A-01": verdict.Pass}},
		{"an empty list vouches for no item", []any{exchange("1", 200, `[]`)}, verdicts{"GOTO-DOC-list": verdict.Pass, "GOTO-A-01": verdict.NotExercised, "GOTO-B-01": verdict.NotExercised}},
		{"an error answer vouches for what errors bear", []any{exchange("1", 404, `no`)},
			verdicts{"GOTO-DOC-list": verdict.NotExercised, "GOTO-A-01": verdict.NotExercised, "GOTO-B-01": verdict.Pass}},
		{"no answer", []any{exchange("1", 0, "")},
			verdicts{"GOTO-DOC-list": verdict.NotExercised, "GOTO-A-01": verdict.NotExercised, "GOTO-B-01": verdict.NotExercised}},
		{"HEAD is held against nothing", []any{head}, verdicts{}},
		{"a body too long to keep was held against the document whole", []any{long}, verdicts{"GOTO-DOC-list": verdict.Pass, "GOTO-A-01": verdict.Pass}},
		{"a case outranks answers that say nothing", []any{exchange("1", 200, `[]`), outcome(evidence.Kept, "GOTO-A-01")},
			verdicts{"GOTO-DOC-list": verdict.Pass, "GOTO-A-01": verdict.Pass}},
		{"answers do not heal what a case saw broken", []any{exchange("1", 200, `[{}]`), outcome(evidence.Broken, "GOTO-A-01")},
			verdicts{"GOTO-DOC-list": verdict.Pass, "GOTO-A-01": verdict.Fail}},
		{"a departure breaks its own requirement alone", []any{exchange("1", 200, `[3]`, evidence.Departure{Requirement: "GOTO-A-01", Pointer: "/0", Message: "no object"}), exchange("2", 200, `[{}]`)},
			verdicts{"GOTO-DOC-list": verdict.Pass, "GOTO-A-01": verdict.Fail}},
		{"a departure of the operation itself", []any{exchange("1", 418, ``, evidence.Departure{Requirement: "GOTO-DOC-list", Message: "status 418"}), exchange("2", 200, `[{}]`)},
			verdicts{"GOTO-DOC-list": verdict.Fail, "GOTO-A-01": verdict.Pass}},
		{"a departure that names what is not asked here", []any{exchange("1", 200, `[{}]`, evidence.Departure{Requirement: "GOTO-Z-99", Message: "odd"})},
			verdicts{"GOTO-DOC-list": verdict.Fail, "GOTO-A-01": verdict.Pass}},
		{"a departure that names what nobody promised", []any{exchange("1", 200, `[{}]`, evidence.Departure{Requirement: "GOTO-C-01", Message: "odd"})},
			verdicts{"GOTO-DOC-list": verdict.Fail, "GOTO-A-01": verdict.Pass}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := verdicts{}
			for _, f := range verdict.Judge(catalogue(), run(test.records...), api).Findings {
				if f.Verdict == verdict.Untested {
					continue
				}
				if f.Operation != "list" {
					t.Errorf("%s on %s: %s, want nothing", f.Requirement, f.Operation, f.Verdict)
				}
				got[f.Requirement] = f.Verdict
			}
			// What a 404 bears is not exercised by answers that are none; only the cases that say so are about it.
			if _, told := test.want["GOTO-B-01"]; !told && got["GOTO-B-01"] == verdict.NotExercised {
				delete(got, "GOTO-B-01")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDepartureByARequestOfAnotherOperation(t *testing.T) {
	j := verdict.Judge(catalogue(), run(exchange("1", 200, `{}`, evidence.Departure{Requirement: "GOTO-DOC-read", Message: "odd"})))
	if f := find(t, j, "GOTO-DOC-read", "read"); f.Verdict != verdict.Fail {
		t.Errorf("the operation that answered: %s, want fail", f.Verdict)
	}
	if f := find(t, j, "GOTO-DOC-list", "list"); f.Verdict != verdict.Pass {
		t.Errorf("the operation that was meant: %s, want pass", f.Verdict)
	}
}

func TestAlikeDeparturesAreOneFailure(t *testing.T) {
	d := func(pointer string) evidence.Departure {
		return evidence.Departure{Requirement: "GOTO-A-01", Pointer: pointer, Message: "1.0 is not written as an integer", Count: 2}
	}
	f := find(t, verdict.Judge(catalogue(), run(
		exchange("1", 200, `[{"key":6472352565130037257,"seats":1.0}]`, d("/0/seats")),
		exchange("2", 200, `[{},{"seats":1.0}]`, d("/1/seats")),
		exchange("3", 200, `[{"seats":2,"size":1.0}]`, d("/0/size")),
	)), "GOTO-A-01", "list")
	want := []evidence.Failure{
		{
			Message: "/0/seats: 1.0 is not written as an integer (and in one more place)", Asked: "GET /v2/list?n=1",
			Expected: "an answer that the document allows", Got: "200 application/json, /0/seats holds 1.0",
			Reproduce: []string{`curl -s -H "ClientName: $GOTO_CLIENT_NAME" 'http://localhost:1/v2/list?n=1'`},
		},
		{
			Message: "/0/size: 1.0 is not written as an integer (and in one more place)", Asked: "GET /v2/list?n=1",
			Expected: "an answer that the document allows", Got: "200 application/json, /0/size holds 1.0",
			Reproduce: []string{`curl -s -H "ClientName: $GOTO_CLIENT_NAME" 'http://localhost:1/v2/list?n=1'`},
		},
	}
	if diff := cmp.Diff(want, f.Failures); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1", "2", "3"}, f.Evidence); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
}
