package history_test

import (
	"fmt"
	"testing"
	"time"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/requirement"
	"harness/internal/verdict"
	"harness/specs"
)

// document is small and has one of each: a list of objects that hold themselves, an object whose names are data, an
// enumeration, ranges of statuses.
const document = `
openapi: 3.0.3
info: {title: Things, version: "1"}
paths:
  /things:
    get:
      operationId: listThings
      responses:
        "200":
          description: all
          headers:
            X-Total: {schema: {type: integer}}
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Thing"}}
        "404": {description: none}
        "5XX": {description: broken}
        default: {description: whatever}
  /labels:
    get:
      operationId: getLabels
      responses:
        "200":
          description: by key
          content:
            application/json:
              schema: {type: object, additionalProperties: {type: object, properties: {text: {type: string}}}}
components:
  schemas:
    Thing:
      type: object
      properties:
        key: {type: integer}
        kind: {type: string, enum: [SMALL, LARGE]}
        active: {type: boolean}
        note: {type: string}
        holds: {type: array, items: {$ref: "#/components/schemas/Thing"}}
`

func things(t testing.TB) *specs.API {
	t.Helper()
	api, err := specs.Load("gotoaccount", "things.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// answer is an exchange that came back.
func answer(operation string, status int, body string, header ...string) evidence.Exchange {
	e := evidence.Exchange{
		API: "gotoaccount", Operation: operation, Tries: 1, Seconds: 0.002, Request: evidence.Request{Method: "GET"},
		Response: &evidence.Response{Status: status, Body: body, Header: map[string][]string{"Content-Type": {"application/json"}, "Date": {"today"}}},
	}
	for _, name := range header {
		e.Response.Header[name] = []string{"x"}
	}
	return e
}

func times(n int, e evidence.Exchange) []evidence.Exchange {
	all := make([]evidence.Exchange, n)
	for i := range all {
		all[i] = e
	}
	return all
}

var monday = time.Date(2026, 3, 2, 10, 15, 0, 0, time.UTC)

// finding is one requirement of the operation listThings.
func finding(id string, v verdict.Verdict) verdict.Finding {
	f := verdict.Finding{Requirement: id, API: "gotoaccount", Operation: "listThings", Level: requirement.Must, Verdict: v}
	switch v {
	case verdict.Fail, verdict.Flaky, verdict.Error:
		f.Message = "it is broken"
	case verdict.NotExercised, verdict.Inconclusive, verdict.Untested:
		f.Reason = "no data"
	}
	return f
}

func snap(findings ...verdict.Finding) history.Snapshot {
	return history.Snapshot{RunID: history.RunID{Target: "staging", Started: monday}, Findings: findings}
}

// stored is a run in a store, so many hours after Monday.
func stored(hours int, change func(*history.Summary)) history.Stored {
	s := summary(hours)
	if change != nil {
		change(&s)
	}
	return history.Stored{Summary: s, Folder: "reports/history/" + s.Folder(), Evidence: true}
}

func summary(hours int) history.Summary {
	started := monday.Add(time.Duration(hours) * time.Hour)
	finished := started.Add(time.Minute)
	return history.Summary{
		Schema: history.SummarySchema, ID: fmt.Sprintf("%08x", hours), Target: "staging", URLs: map[string]string{"gotoaccount": "https://api.example"},
		Started: started, Finished: &finished, Tool: evidence.Tool{Name: "harness", Version: "v0.1.0", Go: "go1.26.0"}, Seed: 1<<64 - 1,
		Command: []string{"harness", "contract"}, Selection: evidence.Selection{APIs: []string{"gotoaccount"}}, Verdict: verdict.Pass,
		Gate: verdict.FailOnShould,
		APIs: []history.APISummary{{
			API: "gotoaccount", Title: "Account Service", Version: "v2", Digest: "10c2f05a", Broken: map[requirement.Level]int{}, Judged: 2,
		}},
		Requirements: map[string]map[string]verdict.Verdict{"gotoaccount": {"GOTO-LIC-01": verdict.Pass, "GOTO-LIC-02": verdict.Observed}},
		Broken:       []history.Broken{}, Measured: []history.MeasuredSummary{},
	}
}
