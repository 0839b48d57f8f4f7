// What is taken along, and which paths are refused.

package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"harness/internal/schema"
)

// told writes columns as "path: row=value …; of rows", integers plain, all else in brackets.
func told(columns []schema.Column) string {
	var all []string
	for _, c := range columns {
		var values []string
		for _, v := range c.Values {
			if v.Integer {
				values = append(values, fmt.Sprintf("%d=%d", v.Row, v.Int))
			} else {
				values = append(values, fmt.Sprintf("%d=<%s>", v.Row, v.Text))
			}
		}
		all = append(all, fmt.Sprintf("%s of %d", strings.Join(values, " "), c.Rows))
	}
	return strings.Join(all, "; ")
}

func TestValuesAreTakenAlong(t *testing.T) {
	one := licence(`"t\u0069er":"pr\u00e9mium"`)
	two := strings.Replace(licence(`"tier":{"a":[1, 2]}`), "6472352565130037257", "9223372036854775807", 1)
	for _, tc := range []struct {
		api, op, body string
		paths         []string
		want          string
	}{
		{"gotoaccount", "getLicense", one, []string{"/key", "/userkeys/*", "/tier", "/none"}, "0=6472352565130037257 of 0; 0=6472352565130037300 of 1; 0=<prémium> of 0;  of 0"},
		{"gotoaccount", "scanLicensesByKey", "[]", []string{"/*/key"}, " of 0"},
		{"gotoaccount", "scanLicensesByKey", "[" + one + " ,\n" + two + "]", []string{"/*/key", "/*/accountkey", "/*/roles/*", "/*/userkeys/*", "/*/tier", "/*/none", "/*/enabled"},
			`0=6472352565130037257 1=9223372036854775807 of 2; 0=7 1=7 of 2; 0=<A> 1=<A> of 2; 0=6472352565130037300 1=6472352565130037300 of 2; 0=<prémium> 1=<{"a":[1, 2]}> of 2;  of 2; 0=<true> 1=<true> of 2`},
		{"gotoaccount", "getLicenseUsers", "[3,-9223372036854775808]", []string{"/*"}, "0=3 1=-9223372036854775808 of 2"},
		{"gotoaccount", "getLicenseProducts", `["g2m","j\/i\nve"]`, []string{"/*"}, "0=<g2m> 1=<j/i\nve> of 2"},
		{"gotoaccount", "getLicenseEntitlements", `{"a":18446744073709551616,"b":1.0,"c":-1e3,"d":-5}`, []string{"/*", "/*#"}, "0=<18446744073709551616> 1=<1.0> 2=<-1e3> 3=-5 of 4; 0=<a> 1=<b> 2=<c> 3=<d> of 4"},
		{"gotoaccount", "getLicenseEntitlementsByKeys", `[{"key":1,"x":{"key":2}},{"key":"2"},{}]`, []string{"/*/key"}, "0=1 1=<2> of 3"},
		{"genesyscloud", "getLicenseUsers", `{"entities":[{"id":"x","licenses":["a","b"]},{"id":"y"}],"total":7}`, []string{"/entities/*/id", "/entities/*/licenses/*", "/total"}, "0=<x> 1=<y> of 2; 0=<a> 0=<b> of 2; 0=7 of 0"},
		{"genesyscloud", "postLicenseUsers", `{"u\u0031":{"licenses":[]},"u2":[]}`, []string{"/*#", "/*"}, `0=<u1> 1=<u2> of 2; 0=<{"licenses":[]}> 1=<[]> of 2`},
		{"genesyscloud", "getLicenseDefinition", `{"id":"a","comprises":[{"id":"b","comprises":[{"id":"c"}]}]}`, []string{"/id", "/comprises/*/id"}, "0=<a> of 0; 0=<b> of 1"},
	} {
		o, err := schema.Compile(apis()[tc.api], tc.op, tc.paths...)
		if err != nil {
			t.Errorf("%s: %v", tc.op, err)
			continue
		}
		var r schema.Reading
		for range 2 { // a reading that was used before gives the same
			if departures := o.Check(answer(200, "application/json", tc.body), &r); departures != nil {
				t.Errorf("%s: %v", tc.op, departures)
			}
			if got := told(r.Columns); got != tc.want {
				t.Errorf("%s %v:\ngot  %s\nwant %s", tc.op, tc.paths, got, tc.want)
			}
		}
		if r.HandedOver != 0 {
			t.Errorf("%s is handed over", tc.op)
		}
		departing := tc.body + "x"
		if o.Check(answer(200, "application/json", departing), &r); strings.Trim(told(r.Columns), " of0;") != "" {
			t.Errorf("%s: %s departs, and yet %s is taken", tc.op, departing, told(r.Columns))
		}
		if o.Check(answer(404, "application/json", `{"message":"m","code":"c","status":404,"key":1,"id":"x"}`), &r); strings.Trim(told(r.Columns), " of0;") != "" {
			t.Errorf("%s: %s is taken from an error", tc.op, told(r.Columns))
		}
	}
}

// TestValuesAreTakenWhereNothingIsCompiled: what is handed over and comes back fine still has its values.
func TestValuesAreTakenWhereNothingIsCompiled(t *testing.T) {
	o, err := schema.Compile(document(t, `{type: array, items: {type: object, properties: {key: {anyOf: [{type: integer}, {type: string}]}}}}`, ""), "things", "/*/key")
	if err != nil {
		t.Fatal(err)
	}
	var r schema.Reading
	if departures := o.Check(answer(200, "application/json", `[{"key":9223372036854775807},{"a":[{"key":3}]},{"key":"x"}]`), &r); departures != nil {
		t.Error(departures)
	}
	if got, want := told(r.Columns), "0=9223372036854775807 2=<x> of 3"; got != want || r.HandedOver != 1 {
		t.Errorf("got %s, want %s; %d handed over", got, want, r.HandedOver)
	}
}

func TestPathsThatLeadNowhereAreRefused(t *testing.T) {
	for _, tc := range []struct{ op, paths, want string }{
		{"getLicense", "key", `getLicense: path "key" does not begin with a slash, as in /*/key`},
		{"getLicense", "/key,/key", `getLicense: path "/key" stands twice`},
		{"getLicense", "/roles//x", `getLicense: path "/roles//x" has an empty step`},
		{"getLicense", "/*#/x", `getLicense: path "/*#/x" goes on after *#, and a name has nothing below it`},
		{"getLicense", "/key,/*", `getLicense: path "/*" has * where another has key; at one place it is either * or names`},
		{"getLicense", "/*,/key", `getLicense: path "/key" has key where another has *; at one place it is either * or names`},
		{"getLicense", "/key/*", `getLicense: path "/key/*" goes on where the answer has nothing below`},
		{"getLicense", "/enabled/x", `getLicense: path "/enabled/x" names a member where the answer has no object`},
		{"scanLicensesByKey", "/key", `scanLicensesByKey: path "/key" names a member where the answer has no object`},
		{"scanLicensesByKey", "/*#", `scanLicensesByKey: path "/*#" names a member where the answer has no object`},
		{"scanLicensesByKei", "/*", `no operation "scanLicensesByKei"`},
	} {
		_, err := schema.Compile(apis()["gotoaccount"], tc.op, strings.Split(tc.paths, ",")...)
		if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s %s:\ngot  %v\nwant %s", tc.op, tc.paths, err, tc.want)
		}
	}
	_, err := schema.Compile(document(t, `{type: object, properties: {a: {type: string}}, additionalProperties: false}`, ""), "things", "/b")
	if err == nil || err.Error() != `things: path "/b": the answer has no member "b" there` {
		t.Error(err)
	}
}
