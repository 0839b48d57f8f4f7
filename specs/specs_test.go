package specs_test

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"harness/specs"
)

func load(t *testing.T, name string) *specs.API {
	t.Helper()
	api, err := specs.Embedded(name)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func TestEmbeddedDocumentsHoldEveryOperation(t *testing.T) {
	want := map[string][]string{
		"gotoaccount":  {"findLicenses", "getLicense", "getLicenseEntitlements", "getLicenseEntitlementsByKeys", "getLicenseProducts", "getLicenseUsers", "getLicenses", "getLicensesByKeys", "getUserLicenses", "scanAccountLicensesByAttribute", "scanLicensesByAttribute", "scanLicensesByKey", "scanLicensesByRole"},
		"genesyscloud": {"getLicenseDefinition", "getLicenseDefinitions", "getLicenseToggle", "getLicenseUser", "getLicenseUsers", "postLicenseInfer", "postLicenseOrganization", "postLicenseToggle", "postLicenseUsers"},
	}
	for _, name := range specs.Names {
		got := load(t, name).OperationIDs()
		slices.Sort(got)
		if !slices.Equal(got, want[name]) {
			t.Errorf("%s: got %v, want %v; an operation that is new on purpose is listed in this test", name, got, want[name])
		}
	}
}

func TestMatchPicksTheVariantWithMostConditions(t *testing.T) {
	api := load(t, "gotoaccount")
	for target, want := range map[string]string{
		"/licenses":                              "scanLicensesByKey",
		"/licenses?startKey=1&count=5":           "scanLicensesByKey",
		"/licenses?role=R":                       "scanLicensesByRole",
		"/licenses?name=tier&value=%22x%22":      "scanLicensesByAttribute",
		"/licenses?name=tier":                    "scanLicensesByKey",
		"/licenses/1":                            "getLicense",
		"/licenses/1,2?batch=true":               "getLicensesByKeys",
		"/licenses/1,2?batch=True":               "getLicensesByKeys",
		"/licenses/1,2?batch=false":              "getLicense",
		"/accounts/1/licenses":                   "getLicenses",
		"/accounts/1/licenses?filter=name=J*":    "findLicenses",
		"/accounts/1/licenses?name=a&value=1":    "scanAccountLicensesByAttribute",
		"/licenses/1/products/jive":              "getLicenseEntitlements",
		"/licenses/1,2/products/jive?batch=true": "getLicenseEntitlementsByKeys",
		"/nothing/here":                          "",
	} {
		path, query, _ := strings.Cut(target, "?")
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if op := api.Match(http.MethodGet, path, values); op != nil {
			got = op.ID
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", target, got, want)
		}
	}
}

func TestExtensionsSayWhatOpenAPICannot(t *testing.T) {
	api := load(t, "gotoaccount")
	scan := api.Operation("scanLicensesByRole")
	if scan.Scan == nil || scan.Scan.Lower != "startKey" || scan.Scan.Limit != "count" {
		t.Errorf("scanLicensesByRole: scan = %+v", scan.Scan)
	}
	for op, limit := range map[string]int{"getLicensesByKeys": 100, "getLicenses": 100, "getUserLicenses": 100, "getLicenseEntitlementsByKeys": 100} {
		if b := api.Operation(op).Batch; b == nil || b.Limit != limit {
			t.Errorf("%s: batch = %+v, want a limit of %d", op, b, limit)
		}
	}
	if f := api.Operation("findLicenses").Find; f == nil || len(f.Unsearchable) != 7 {
		t.Errorf("findLicenses: find = %+v", f)
	}
	if r, ok := scan.Range("count"); !ok || r.Min != 1 || r.Max != 100 || r.Default != 10 || !r.HasDefault {
		t.Errorf("count: %+v", r)
	}
	gc := load(t, "genesyscloud")
	for op, effect := range map[string]specs.Effect{"postLicenseInfer": specs.EffectRead, "postLicenseUsers": specs.EffectRead, "postLicenseToggle": specs.EffectNone, "postLicenseOrganization": specs.EffectWrite} {
		if got := gc.Operation(op).Effect; got != effect {
			t.Errorf("%s: effect %q, want %q", op, got, effect)
		}
	}
	if p := gc.Operation("getLicenseUsers").Permissions; p == nil || len(p.AnyOf) != 0 {
		t.Errorf("getLicenseUsers: permissions = %+v, want none", p)
	}
	if p := gc.Operation("postLicenseOrganization").Permissions; p == nil || !slices.Equal(p.AnyOf, []string{"authorization:grant:add"}) {
		t.Errorf("postLicenseOrganization: permissions = %+v", p)
	}
}

func TestBoundariesMoveWithTheDocument(t *testing.T) {
	data, err := specs.Files.ReadFile("gotoaccount/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	copied, err := specs.Load("gotoaccount", "copy.yaml", bytes.ReplaceAll(data, []byte("maximum: 100"), []byte("maximum: 200")))
	if err != nil {
		t.Fatal(err)
	}
	r, _ := copied.Operation("scanLicensesByKey").Range("count")
	if want := []int64{1, 2, 9, 10, 11, 100, 199, 200}; !slices.Equal(r.Inside(), want) {
		t.Errorf("inside: got %v, want %v", r.Inside(), want)
	}
	if above := r.Above(); above[0] != "201" {
		t.Errorf("above: got %v", above)
	}
}

// licence is a good answer; tests change one thing in it.
const licence = `{"key":6472352565130037257,"accountkey":7,"seats":10,"remaining":9,"enabled":true,"roles":["A"],"userkeys":[6472352565130037300]}`

func TestCheckGivesEachDepartureToItsRequirement(t *testing.T) {
	api := load(t, "gotoaccount")
	replace := func(old, new string) string {
		if !strings.Contains(licence, old) {
			t.Fatalf("%s is not in the licence", old)
		}
		return strings.Replace(licence, old, new, 1)
	}
	for _, tc := range []struct {
		name, op    string
		status      int
		contentType string
		body        string
		want        string // requirement and pointer of each departure
	}{
		{"good", "getLicense", 200, "application/json", licence, ""},
		{"charset", "getLicense", 200, "application/json; charset=UTF-8", licence, ""},
		{"unlimited", "getLicense", 200, "application/json", replace(`"seats":10,"remaining":9`, `"seats":null,"remaining":null`), ""},
		{"unlimited by absence", "getLicense", 200, "application/json", replace(`"seats":10,"remaining":9,`, ``), ""},
		{"extra member", "getLicense", 200, "application/json", replace(`"key"`, `"tier":{"a":[1.5,null]},"key"`), ""},
		{"string key", "getLicense", 200, "application/json", replace(`6472352565130037257`, `"6472352565130037257"`), "GOTO-KEY-01 /key"},
		{"key with a fraction", "getLicense", 200, "application/json", replace(`6472352565130037257`, `6472352565130037257.0`), "GOTO-KEY-01 /key"},
		{"key with an exponent", "getLicense", 200, "application/json", replace(`6472352565130037257`, `6.4e18`), "GOTO-KEY-01 /key"},
		{"key of 2^63", "getLicense", 200, "application/json", replace(`6472352565130037257`, `9223372036854775808`), "GOTO-KEY-01 /key"},
		{"string user key", "getLicense", 200, "application/json", replace(`[6472352565130037300]`, `["1"]`), "GOTO-KEY-02 /userkeys/0"},
		{"roles joined", "getLicense", 200, "application/json", replace(`["A"]`, `"A,B"`), "GOTO-LIC-02 /roles"},
		{"userkeys null", "getLicense", 200, "application/json", replace(`[6472352565130037300]`, `null`), "GOTO-LIC-03 /userkeys"},
		{"member missing", "getLicense", 200, "application/json", replace(`"userkeys"`, `"userKeys"`), "GOTO-LIC-01 "},
		{"seats negative", "getLicense", 200, "application/json", replace(`"seats":10`, `"seats":-1`), "GOTO-LIC-04 /seats"},
		{"enabled a number", "getLicense", 200, "application/json", replace(`true`, `1`), "GOTO-LIC-09 /enabled"},
		{"long name", "getLicense", 200, "application/json", replace(`"key"`, `"`+strings.Repeat("é", 65)+`":1,"key"`), "GOTO-LIC-13 "},
		{"duplicate member", "getLicense", 200, "application/json", replace(`"key"`, `"enabled":true,"key"`), "GOTO-GEN-03 /enabled"},
		{"two values", "getLicense", 200, "application/json", licence + licence, "GOTO-GEN-03 "},
		{"html", "getLicense", 200, "text/html", "<p>", "GOTO-GEN-03 "},
		{"array for object", "getLicense", 200, "application/json", "[" + licence + "]", "GOTO-LIC-01 "},
		{"undocumented status", "getLicense", 204, "", "", "GOTO-DOC-getLicense "},
		{"redirect", "getLicense", 307, "", "", "GOTO-DOC-getLicense "},
		{"error with any body", "getLicense", 404, "text/html", "<p>", ""},
		{"many alike", "scanLicensesByKey", 200, "application/json", "[" + strings.Repeat(replace(`6472352565130037257`, `"1"`)+",", 3) + licence + "]", "GOTO-KEY-01 /0/key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			header := http.Header{}
			if tc.contentType != "" {
				header.Set("Content-Type", tc.contentType)
			}
			var got []string
			_, departures := api.Operation(tc.op).Check(specs.Answer{Status: tc.status, Header: header, Body: []byte(tc.body)})
			for _, d := range departures {
				got = append(got, d.Requirement+" "+d.Pointer)
			}
			if strings.Join(got, "; ") != tc.want {
				t.Errorf("got  %v\nwant %s", got, tc.want)
			}
		})
	}
}

func TestLoadRefusesABrokenDocument(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"not YAML":       {"openapi: [", "broken.yaml: "},
		"no operationId": {"openapi: 3.0.3\ninfo: {title: t, version: v}\npaths: {/a: {get: {responses: {'200': {description: d}}}}}", "no operationId"},
		"unknown word":   {"openapi: 3.0.3\ninfo: {title: t, version: v}\npaths: {/a: {get: {operationId: a, x-scan: {mumber: key}, responses: {'200': {description: d}}}}}", "mumber"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := specs.Load("gotoaccount", "broken.yaml", []byte(tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "broken.yaml: ") {
				t.Errorf("got %v, want it to begin with the file and hold %q", err, tc.want)
			}
		})
	}
}
