// The schemas say what the readers say: the same keys at the same places, and every file of the repository fits.

package targets_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"harness/internal/known"
	"harness/internal/target"
	"harness/load"
	"harness/targets"
)

// kind is one kind of file: its schema, its reader, and the least of it that can be read.
type kind struct {
	name   string
	schema []byte
	read   func(data []byte) error
	page   string // that has a row for each key
	least  []string
	files  []string // patterns
}

var kinds = []kind{
	{
		"target", targets.Schema,
		func(data []byte) error {
			_, err := target.Parse("t.yaml", data, func(string) (string, bool) { return "https://value.example", true })
			return err
		}, "targets.md",
		[]string{"apis: {gotoaccount: {url: 'https://a.example', credentials: {default: {bearer: x}}}}", "embedded: {}"},
		[]string{"*.yaml"},
	},
	{
		"known-failures", targets.KnownFailuresSchema,
		func(data []byte) error {
			any := []known.Promise{{Requirement: "*", Operations: []string{"*", "getLicenses", "getLicenseUsers", "x"}}}
			_, err := known.Parse("k.yaml", data, any, known.Day(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)))
			return err
		}, "gate.md",
		[]string{"failures: [{requirement: x, operation: x, target: x, reason: x, owner: x, added: 2026-11-22, expires: 2026-11-23}]"},
		nil,
	},
	{
		"scenario", load.ScenarioSchema,
		func(data []byte) error { _, err := load.Parse("s.yaml", data); return err }, "scenarios.md",
		[]string{"steps: [{operation: getLicense}]\npace: {rate: 1/s, duration: 1s}"},
		[]string{"../load/scenarios/*.yaml"},
	},
}

func (k kind) compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(k.schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(k.name, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(k.name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func held(schema *jsonschema.Schema, text []byte) error {
	data, err := yaml.YAMLToJSON(text)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// TestFilesFitTheirSchema holds every file, and every example of the manual, against its schema and its reader.
func TestFilesFitTheirSchema(t *testing.T) {
	for _, k := range kinds {
		schema := k.compile(t)
		texts := map[string][]byte{}
		for _, pattern := range k.files {
			files, err := filepath.Glob(pattern)
			if err != nil || len(files) == 0 {
				t.Fatal(pattern, err)
			}
			for _, file := range files {
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				texts[file] = data
			}
		}
		for i, text := range k.least {
			texts[fmt.Sprintf("least %d", i+1)] = []byte(text)
		}
		page, err := os.ReadFile("../docs/" + k.page)
		if err != nil {
			t.Fatal(err)
		}
		examples := 0
		for _, block := range regexp.MustCompile("(?s)\n```yaml\n(.*?)```").FindAllSubmatch(page, -1) {
			examples++
			text := block[1]
			if k.name == "target" && !bytes.Contains(text, []byte("apis:")) && !bytes.Contains(text, []byte("embedded:")) {
				text = append([]byte(k.least[0]+"\n"), text...) // a part of a file
			}
			texts[fmt.Sprintf("docs/%s example %d", k.page, examples)] = text
		}
		if examples == 0 {
			t.Errorf("docs/%s has no example", k.page)
		}
		for name, text := range texts {
			if err := held(schema, text); err != nil {
				t.Errorf("%s does not fit the schema: %v", name, err)
			}
			if err := k.read(text); err != nil {
				t.Errorf("%s is not read: %v", name, err)
			}
		}
	}
}

// TestSchemasHaveTheKeysOfTheReaders asks the reader at each place of the schema which keys it takes there, by one that
// it does not: an error names them all. Neither may know a key that the other does not, nor the manual lack one.
func TestSchemasHaveTheKeysOfTheReaders(t *testing.T) {
	for _, k := range kinds {
		var root map[string]any
		if err := json.Unmarshal(k.schema, &root); err != nil {
			t.Fatal(err)
		}
		page, err := os.ReadFile("../docs/" + k.page)
		if err != nil {
			t.Fatal(err)
		}
		schema, places := k.compile(t), 0
		walk(root, root, nil, func(path []string, properties map[string]any) {
			places++
			want := slices.Sorted(maps.Keys(properties))
			text := at(path, "zzqq: 1", properties)
			err := k.read([]byte(text))
			if err == nil {
				t.Errorf("%s takes an unknown key at %s:\n%s", k.name, strings.Join(path, "."), text)
				return
			}
			if held(schema, []byte(text)) == nil {
				t.Errorf("the schema of %s takes an unknown key at %s", k.name, strings.Join(path, "."))
			}
			for _, name := range want {
				if !regexp.MustCompile("`(?:[a-z]+\\.)*" + regexp.QuoteMeta(name) + "`|\\b" + regexp.QuoteMeta(name) + ":").Match(page) {
					t.Errorf("docs/%s says nothing of %s.%s", k.page, strings.Join(path, "."), name)
				}
			}
			_, takes, told := strings.Cut(err.Error(), " takes ")
			if !told {
				// A place whose keys are the names of APIs is read by name.
				if !strings.Contains(err.Error(), fmt.Sprintf("%v", target.APINames())) || !slices.Equal(want, slices.Sorted(slices.Values(target.APINames()))) {
					t.Errorf("%s at %s: the reader does not say what it takes: %v", k.name, strings.Join(path, "."), err)
				}
				return
			}
			got := strings.Split(strings.TrimSpace(takes), ", ")
			slices.Sort(got)
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("%s at %s, -reader +schema:\n%s", k.name, strings.Join(path, "."), diff)
			}
		})
		if least := map[string]int{"target": 12, "known-failures": 3, "scenario": 5}[k.name]; places < least {
			t.Errorf("%s: only %d places with keys were found", k.name, places)
		}
	}
}

// walk calls f with each place of a schema that has keys: the path to it, of which [] is an element of a list and NAME a
// key that is free.
func walk(root, schema map[string]any, path []string, f func([]string, map[string]any)) {
	if ref, ok := schema["$ref"].(string); ok {
		schema = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	for _, each := range slices.Concat(list(schema["anyOf"]), list(schema["oneOf"])) {
		if _, whole := each["additionalProperties"]; whole {
			walk(root, each, path, f)
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	if schema["additionalProperties"] == false && properties != nil {
		f(path, properties)
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if below, ok := properties[name].(map[string]any); ok {
			walk(root, below, append(slices.Clone(path), name), f)
		}
	}
	if free, ok := schema["additionalProperties"].(map[string]any); ok {
		walk(root, free, append(slices.Clone(path), "NAME"), f)
	}
	if items, ok := schema["items"].(map[string]any); ok {
		walk(root, items, append(slices.Clone(path), "[]"), f)
	}
}

func list(v any) []map[string]any {
	var all []map[string]any
	elements, _ := v.([]any)
	for _, e := range elements {
		all = append(all, e.(map[string]any))
	}
	return all
}

// at writes a file that has text at a path. Where a pace is meant its kind, which decides what it takes, stands beside.
func at(path []string, text string, properties map[string]any) string {
	if kind, ok := properties["kind"].(map[string]any); ok && kind["const"] != nil {
		text = fmt.Sprintf("kind: %s, %s", kind["const"], text)
	}
	out := "{" + text + "}"
	for _, name := range slices.Backward(path) {
		if name == "[]" {
			out = "[" + out + "]"
		} else if strings.Join(path, ".") == "pace.stages.[]" && name == "pace" {
			out = "{pace: {kind: stages, " + strings.Trim(out, "{}") + "}}"
		} else if name == "credentials" { // is read once there is somewhere to go
			out = "{url: 'https://a.example', credentials: " + out + "}"
		} else {
			out = "{" + name + ": " + out + "}"
		}
	}
	return out
}

// TestSchemasRefuseWhatReadersRefuse changes one value at a time: what both take, and what neither does.
func TestSchemasRefuseWhatReadersRefuse(t *testing.T) {
	texts := map[string]map[bool][]string{
		"target": {
			true: {
				"limits: {rate: 300/m, concurrency: 1, timeout: 1m30s}", "limits: {rate: '${RATE}x'}", "writes: {allow: false}", "fixtures: {gotoaccount: {licenseKeys: [9223372036854775807, '12']}}",
				"excluded: {gotoaccount: {getLicense: why}}", "tls: {insecure: true, ca: own.pem}",
			},
			false: {
				"limits: {rate: 5}", "limits: {rate: 0/s}", "limits: {timeout: 30}", "limits: {load: {rate: 5/s}}", "limits: {concurrency: 0}", "writes: {allow: true}", "writes: {allow: perhaps}",
				"fixtures: {gotoaccount: {licenseKeys: [a]}}", "excluded: {gotoaccount: {getLicense: ''}}", "tls: {insecure: 1}", "embedded: {}", "name: {a: b}", "embedded: {users: many}",
			},
		},
		"known-failures": {
			true:  {"quarantine: []", "quarantine:"},
			false: {"quarantine: 1", "quarantine: [{requirement: x}]", "quarantine: [{requirement: x, operation: y, target: x, reason: x, owner: x, added: yesterday, expires: 2026-11-23}]"},
		},
	}
	for _, k := range kinds {
		schema := k.compile(t)
		for taken, each := range texts[k.name] {
			for _, text := range each {
				text = k.least[0] + "\n" + text
				fits, read := held(schema, []byte(text)), k.read([]byte(strings.ReplaceAll(text, "'${RATE}x'", "5/s")))
				if (fits == nil) != taken || (read == nil) != taken {
					t.Errorf("schema: %v\nreader: %v\nboth should take it: %t\n%s", fits, read, taken, text)
				}
			}
		}
	}
}
