// Which side of a constraint a request is on, and what of an exchange is shown.

package report_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/report"
	"harness/internal/requirement"
	"harness/internal/verdict"
	"harness/specs"
)

// asked is a run that sent these requests and got these statuses, judged with the real documents.
func asked(t *testing.T, exchanges ...evidence.Exchange) report.Report {
	t.Helper()
	var apis []*specs.API
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			t.Fatal(err)
		}
		apis = append(apis, api)
	}
	catalogue, err := requirement.Load(apis...)
	if err != nil {
		t.Fatal(err)
	}
	r := run()
	r.Exchanges, r.Outcomes = exchanges, nil
	j := verdict.Judge(catalogue, r, apis...)
	return report.New(r, j, 0, apis...)
}

func request(api, operation, method, path, body string, status int) evidence.Exchange {
	e := evidence.Exchange{ID: path, API: api, Operation: operation, Tries: 1, Request: evidence.Request{Method: method, URL: "http://127.0.0.1:4711" + path, Body: body}}
	if status != 0 {
		e.Response = &evidence.Response{Status: status, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: "[]"}
	}
	return e
}

func constraint(t *testing.T, r report.Report, operation, name string) report.Constraint {
	t.Helper()
	for _, c := range r.Coverage {
		for _, k := range c.Constraints {
			if c.Operation == operation && k.Name == name {
				return k
			}
		}
	}
	t.Fatalf("no constraint %s of %s", name, operation)
	return report.Constraint{}
}

func TestConstraints(t *testing.T) {
	scan := func(query string, status int) evidence.Exchange {
		return request("gotoaccount", "scanLicensesByKey", "GET", "/v2/licenses"+query, "", status)
	}
	batch := func(keys string, status int) evidence.Exchange {
		return request("gotoaccount", "getLicenses", "GET", "/v2/accounts/"+keys+"/licenses", "", status)
	}
	hundred := strings.TrimSuffix(strings.Repeat("7,", 100), ",")
	r := asked(t,
		scan("", 200), scan("?count=1", 200), scan("?count=100", 200), scan("?count=50", 200), scan("?count=50", 0), scan("?count=101", 400),
		scan("?count=0", 400), scan("?count=ten", 400), scan("?count=%zz", 400), scan("?count=+5", 400), scan("?count=2&count=101", 200),
		scan("?startKey=9223372036854775807&startInclusive=false", 200), scan("?startKey=9223372036854775808", 400),
		scan("?startKey=-9223372036854775808", 200), scan("?startInclusive=False", 200),
		batch("7", 200), batch("7,8", 200), batch("7%2C8", 200), batch(hundred, 200), batch(hundred+",7", 400), batch("7,x", 400), batch("", 404),
		request("gotoaccount", "getLicenses", "HEAD", "/v2/accounts/7/licenses", "", 405),
		request("gotoaccount", "getLicenses", "GET", "/accounts/7/licenses", "", 404),
		request("genesyscloud", "postLicenseUsers", "POST", "/api/v2/license/users", `["a","b"]`, 200),
		request("genesyscloud", "postLicenseUsers", "POST", "/api/v2/license/users", `{"a":1}`, 400),
		request("genesyscloud", "postLicenseUsers", "POST", "/api/v2/license/users", ``, 400),
	)
	for _, want := range []struct {
		operation string
		report.Constraint
	}{
		{"scanLicensesByKey", report.Constraint{
			Name: "count", In: "query", Says: "1 to 100; 10 without it",
			LeftOut: report.Tried{"200": 5 - 1, "400": 1}, Least: report.Tried{"200": 1}, Inside: report.Tried{"200": 2, "no answer": 1},
			Most: report.Tried{"200": 1}, Outside: report.Tried{"400": 5},
		}},
		{"scanLicensesByKey", report.Constraint{
			Name: "startKey", In: "query", Says: "a 64-bit integer", LeftOut: report.Tried{"200": 6, "400": 5, "no answer": 1},
			Least: report.Tried{"200": 1}, Inside: report.Tried{}, Most: report.Tried{"200": 1}, Outside: report.Tried{"400": 1},
		}},
		{"scanLicensesByKey", report.Constraint{
			Name: "startInclusive", In: "query", Says: "true or false; true without it", LeftOut: report.Tried{"200": 6, "400": 6, "no answer": 1},
			Inside: report.Tried{"200": 1}, Outside: report.Tried{"200": 1},
		}},
		{"getLicenses", report.Constraint{
			Name: "accountKeys", In: "path", Says: "1 to 100 elements, each a 64-bit integer",
			Least: report.Tried{"200": 1}, Inside: report.Tried{"200": 2}, Most: report.Tried{"200": 1}, Outside: report.Tried{"400": 2, "404": 1},
		}},
		{"postLicenseUsers", report.Constraint{
			Name: "body", In: "body", Says: "a list, each a text",
			LeftOut: report.Tried{"400": 1}, Inside: report.Tried{"200": 1},
		}},
	} {
		if diff := cmp.Diff(want.Constraint, constraint(t, r, want.operation, want.Name)); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", want.operation, want.Name, diff)
		}
	}
}

// What a proxy says of itself when it refuses is not the version of the API.
func TestAVersionIsWhatAnswersSay(t *testing.T) {
	e := request("gotoaccount", "getLicense", "GET", "/v2/licenses/7", "", 200)
	e.Response.Header = map[string][]string{"Server": {"nginx/1.27"}, "X-Api-Version": {"2.14.0"}, "X-Request-Id": {"1"}}
	refused := request("gotoaccount", "getLicense", "GET", "/v2/licenses/7", "", 502)
	refused.Response.Header = map[string][]string{"Server": {"a proxy"}}
	want := []report.Version{{API: "gotoaccount", Header: "Server", Value: "nginx/1.27"}, {API: "gotoaccount", Header: "X-Api-Version", Value: "2.14.0"}}
	if diff := cmp.Diff(want, asked(t, refused, e, e).Versions); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestExchangesAreThoseOfFailuresAndCut(t *testing.T) {
	if r := judge(run()); len(r.Exchanges) != 0 {
		t.Errorf("a green run shows %d exchanges, want none", len(r.Exchanges))
	}
	story := broken()
	for i := range story.Exchanges {
		story.Exchanges[i].Request.URL += "?" + strings.Repeat("é", 5000)
		story.Exchanges[i].Response.Body = strings.Repeat("é", 50000)
	}
	r := judge(story)
	ids := map[string]int{}
	for _, e := range r.Exchanges {
		ids[e.ID]++
		if n := len(e.Response.Body); n > 4<<10 || !e.Response.Truncated || !utf8.ValidString(e.Response.Body) {
			t.Errorf("%s shows %d bytes of its body (cut: %v, UTF-8: %v), want at most 4 KiB, cut, between characters", e.ID, n, e.Response.Truncated, utf8.ValidString(e.Response.Body))
		}
		if n := len(e.Request.URL); n > 2<<10+3 {
			t.Errorf("%s shows a URL of %d bytes, want at most 2 KiB", e.ID, n)
		}
	}
	if ids["7c1e90ab"] != 1 || ids["1e7c90ab"] != 1 {
		t.Errorf("exchanges %v, want those of the failures, each once", ids)
	}
	if story.Exchanges[0].Response.Truncated {
		t.Error("the evidence itself was cut")
	}
}
