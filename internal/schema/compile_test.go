// Documents that are not ours: keywords that ours do not use, and what is not compiled.

package schema_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/schema"
	"harness/specs"
)

// document is one operation whose answer has the schema given, in YAML's flow style.
func document(t *testing.T, answerSchema, more string) *specs.API {
	t.Helper()
	text := fmt.Sprintf(`
openapi: 3.0.3
info: {title: Things, version: "1"}
paths:
  /things:
    get:
      operationId: things
      responses:
        '200':
          description: Things.
          %s
          content:
            application/json: {schema: %s}
components:
  schemas:
    Tree: {type: object, required: [name], properties: {name: {type: string}, twigs: {type: array, items: {$ref: '#/components/schemas/Tree'}}}}
`, more, answerSchema)
	api, err := specs.Load("gotoaccount", "things.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%s: %v", answerSchema, err)
	}
	return api
}

// values are tried on every schema below.
var values = []string{
	`null`, `true`, `false`, `""`, `"a"`, `"ab"`, `"abc"`, `"é"`, `"éé"`, `"\u00e9"`, `"\ud83d\ude00"`, `"2026-01-31"`, `"2026-13-31"`, `"2026-01-31T10:00:00Z"`, `"10"`,
	`0`, `-0`, `1`, `2`, `3`, `-1`, `1.0`, `1.5`, `2.5`, `1e0`, `1e2`, `10`, `100`, `2147483648`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775809`, `1e400`, `-1e400`,
	strings.Repeat("9", 299), strings.Repeat("9", 400), `0.` + strings.Repeat("1", 400), `1e-400`,
	`[]`, `[1]`, `[1,1]`, `[1,2]`, `[1,2,3]`, `["a"]`, `[null]`, `[[1],[1]]`, `[{"a":1,"b":2},{"b":2,"a":1}]`, `["a","\u0061"]`,
	`{}`, `{"a":1}`, `{"a":"x"}`, `{"a":null}`, `{"b":1}`, `{"a":1,"b":2}`, `{"a":1,"b":2,"c":3}`, `{"a":1,"a":2}`, `{"\u0061":"x"}`, `{"éé":1}`, `{"ééé":1}`,
	`{"name":"x"}`, `{"name":"x","twigs":[]}`, `{"name":"x","twigs":[{"name":"y","twigs":[{}]}]}`, `{"name":"x","twigs":[{"name":"y","twigs":[{"name":"z"}]}]}`,
}

func TestSameVerdictOnOtherDocuments(t *testing.T) {
	for _, tc := range []struct {
		schema string
		lacks  string // what is not compiled, "" for nothing
	}{
		{`{}`, ""},
		{`{nullable: true}`, ""},
		{`{type: boolean, enum: [false]}`, ""},
		{`{type: string, enum: [a, abc]}`, ""},
		{`{type: string, nullable: true, enum: [a, null]}`, ""},
		{`{type: integer, enum: [1, 100]}`, ""},
		{`{type: number, enum: [1.5, 100]}`, ""},
		{`{enum: [a, 1, true]}`, ""},
		{`{type: object, enum: [{a: 1}]}`, "enum"},
		{`{type: string, minLength: 2}`, ""},
		{`{type: string, maxLength: 2}`, ""},
		{`{type: string, minLength: 2, maxLength: 2}`, ""},
		{`{type: string, pattern: '^a'}`, ""},
		{`{type: string, pattern: '^\u00E9'}`, "pattern"},
		{`{type: string, format: date}`, ""},
		{`{type: string, format: date-time}`, ""},
		{`{type: string, format: nothing-registered}`, ""},
		{`{type: string, format: binary}`, "format binary"},
		{`{type: integer}`, ""},
		{`{type: integer, format: int32}`, ""},
		{`{type: integer, format: int64}`, ""},
		{`{type: integer, minimum: 1, maximum: 3}`, ""},
		{`{type: integer, minimum: 1, maximum: 3, exclusiveMinimum: true, exclusiveMaximum: true}`, ""},
		{`{type: number}`, ""},
		{`{type: number, minimum: 1.5}`, ""},
		{`{type: number, maximum: 1.5, exclusiveMaximum: true}`, ""},
		{`{type: number, format: double}`, ""},
		{`{type: integer, multipleOf: 2}`, "multipleOf"},
		{`{minimum: 1}`, ""},
		{`{minLength: 2}`, ""},
		{`{type: array, items: {}}`, ""},
		{`{type: array, items: {type: integer}}`, ""},
		{`{type: array, items: {type: integer}, minItems: 1, maxItems: 2}`, ""},
		{`{type: array, items: {}, uniqueItems: true}`, ""},
		{`{type: array, items: {nullable: true}, uniqueItems: true}`, ""},
		{`{items: {type: integer}}`, ""},
		{`{type: object}`, ""},
		{`{type: object, additionalProperties: false}`, ""},
		{`{type: object, properties: {a: {}}, additionalProperties: false}`, ""},
		{`{type: object, properties: {a: {type: integer}}, required: [a]}`, ""},
		{`{type: object, required: [a, b]}`, ""},
		{`{type: object, additionalProperties: false, required: [a]}`, ""},
		{`{type: object, additionalProperties: {type: integer}}`, ""},
		{`{type: object, additionalProperties: {type: integer}, required: [b], properties: {a: {type: string}}}`, ""},
		{`{type: object, minProperties: 1, maxProperties: 2}`, ""},
		{`{type: object, properties: {a: {type: integer, readOnly: true}}, required: [a]}`, ""},
		{`{type: object, properties: {a: {type: integer, writeOnly: true}}, required: [a]}`, ""},
		{`{type: object, properties: {a: {type: integer, writeOnly: true, nullable: true}}}`, ""},
		{`{type: object, x-max-name-length: {limit: 2, requirement: GOTO-NAMES}}`, ""},
		{`{properties: {a: {type: integer}}}`, ""},
		{`{$ref: '#/components/schemas/Tree'}`, ""},
		{`{type: array, items: {$ref: '#/components/schemas/Tree'}}`, ""},
		{`{allOf: [{type: object, required: [a]}, {type: object, required: [b]}]}`, "allOf"},
		{`{oneOf: [{type: integer}, {type: string}]}`, "oneOf"},
		{`{anyOf: [{type: integer}, {type: string}]}`, "anyOf"},
		{`{not: {type: integer}}`, "not"},
		{`{type: object, properties: {a: {oneOf: [{type: integer}, {type: string}]}}}`, "oneOf"},
		{`{type: object, required: [` + letters(70) + `]}`, "required"},
		{`{type: object, properties: {` + strings.ReplaceAll(letters(70), ",", ": {}, ") + `: {}}}`, ""},
	} {
		t.Run(tc.schema[:min(len(tc.schema), 60)], func(t *testing.T) {
			o, err := schema.Compile(document(t, tc.schema, ""), "things")
			if err != nil {
				t.Fatal(err)
			}
			if lacks := strings.Join(o.Fallback(), "; "); (lacks == "") != (tc.lacks == "") || !strings.Contains(lacks, tc.lacks) {
				t.Errorf("fallback %q, want it to hold %q", lacks, tc.lacks)
			}
			var r schema.Reading
			for _, value := range values {
				for _, body := range []string{value, " " + value + "\n"} {
					a := answer(200, "application/json", body)
					_, want := o.Spec().Check(a)
					if diff := cmp.Diff(want, o.Check(a, &r)); diff != "" {
						t.Errorf("%.80s (-Check +compiled):\n%s", body, diff)
					}
					if tc.lacks == "" && o.Passes(a, &r) != (want == nil) {
						t.Errorf("%.80s: the pass says %t, Check %v", body, want != nil, want)
					}
				}
			}
		})
	}
}

// letters are n names: a, b, … and then two letters each.
func letters(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = strings.Repeat(string(rune('a'+i%26)), 1+i/26)
	}
	return strings.Join(names, ",")
}

func TestManyMembersAreToldApart(t *testing.T) {
	o, err := schema.Compile(document(t, `{type: object, properties: {`+strings.ReplaceAll(letters(70), ",", ": {type: integer}, ")+`: {type: integer}}}`, ""), "things")
	if err != nil {
		t.Fatal(err)
	}
	var r schema.Reading
	for _, n := range []int{1, 63, 64, 65, 70, 300} {
		var members []string
		for i := range n {
			name := fmt.Sprintf("m%d", i)
			if i < 70 {
				name = strings.Split(letters(70), ",")[i]
			}
			members = append(members, fmt.Sprintf("%q:%d", name, i))
		}
		good := answer(200, "application/json", "{"+strings.Join(members, ",")+"}")
		if !o.Passes(good, &r) {
			t.Errorf("%d members do not pass", n)
		}
		for i := range members {
			twice := answer(200, "application/json", "{"+strings.Join(append(members[:n:n], members[i]), ",")+"}")
			if o.Passes(twice, &r) {
				t.Fatalf("%d members and %s again pass", n, members[i])
			}
		}
	}
}

func TestHeadersAreJudged(t *testing.T) {
	for _, tc := range []struct {
		header string
		plain  bool
	}{
		{`X-Thing: {schema: {type: string}}`, true},
		{`X-Thing: {required: true, schema: {type: string}}`, true},
		{`X-Thing: {schema: {type: integer}}`, false},
		{`X-Thing: {required: true, schema: {type: string, minLength: 2}}`, false},
		{`Content-Type: {required: true, schema: {type: integer}}`, true},
	} {
		o, err := schema.Compile(document(t, `{type: object}`, `headers: {`+tc.header+`}`), "things")
		if err != nil {
			t.Fatal(err)
		}
		if plain := len(o.Fallback()) == 0; plain != tc.plain {
			t.Errorf("%s: fallback %v", tc.header, o.Fallback())
		}
		var r schema.Reading
		for _, values := range [][]string{{"absent"}, nil, {}, {""}, {"x"}, {"xx"}, {"1"}, {"1", "x"}} {
			a := answer(200, "application/json", `{}`)
			a.Header["X-Thing"] = values
			if len(values) == 1 && values[0] == "absent" {
				a.Header = http.Header{"Content-Type": {"application/json"}}
			}
			_, want := o.Spec().Check(a)
			if diff := cmp.Diff(want, o.Check(a, &r)); diff != "" {
				t.Errorf("%s: %q (-Check +compiled):\n%s", tc.header, values, diff)
			}
			if passes := o.Passes(a, &r); passes && want != nil || tc.plain && passes != (want == nil) {
				t.Errorf("%s: %q: the pass says %t, Check %v", tc.header, values, passes, want)
			}
		}
	}
}

func TestLaterDocumentsAreHandedOver(t *testing.T) {
	text := `{openapi: 3.1.0, info: {title: t, version: v}, paths: {/things: {get: {operationId: things, responses: {'200': {description: d, content: {application/json: {schema: {type: [integer, "null"]}}}}}}}}}`
	api, err := specs.Load("gotoaccount", "later.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o, err := schema.Compile(api, "things")
	if err != nil || len(o.Fallback()) == 0 {
		t.Fatalf("fallback %v, %v", o.Fallback(), err)
	}
	var r schema.Reading
	for _, body := range values {
		a := answer(200, "application/json", body)
		_, want := o.Spec().Check(a)
		if diff := cmp.Diff(want, o.Check(a, &r)); diff != "" {
			t.Errorf("%.80s (-Check +compiled):\n%s", body, diff)
		}
	}
}
