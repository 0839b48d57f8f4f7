//go:build unix

// The documents as the others' tools can read them: operations that share a path and are told apart by their query stand
// in documents of their own, because OpenAPI has no other place for them, and the examples are of data that exists.

package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"harness/specs"
)

type object = map[string]any

// operation is one operation of a document, as far as a request needs it.
type operation struct {
	api, method, base, template string
	part                        int // of the documents of its API
	query                       []string
}

// path is the path and query of a request with these parameters, below the base.
func (op operation) path(parameters map[string]any) string {
	path := op.template
	for name, value := range parameters {
		path = strings.ReplaceAll(path, "{"+name+"}", spelled(value))
	}
	var query []string
	for _, name := range op.query {
		if value, ok := parameters[name]; ok {
			query = append(query, url.QueryEscape(name)+"="+strings.ReplaceAll(url.QueryEscape(spelled(value)), "%2C", ","))
		}
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	return path
}

var braces = regexp.MustCompile(`\{[^}]*\}`)

// methods that the documents use.
var methods = []string{"get", "post"}

// split reads the document of an API and returns it as documents without shared paths, and their operations.
func split(api, base string) ([]object, map[string]operation, error) {
	data, err := fs.ReadFile(specs.Files, api+"/openapi.yaml")
	if err != nil {
		return nil, nil, err
	}
	lifted, err := specs.Lifted(data)
	if err != nil {
		return nil, nil, err
	}
	var whole object
	if err := yaml.Unmarshal(lifted, &whole); err != nil {
		return nil, nil, err
	}
	paths := whole["paths"].(object)
	var parts []object
	taken := []map[string]bool{} // by part: templates without the names of their parameters
	operations := map[string]operation{}
	for _, lifted := range slices.Sorted(maps.Keys(paths)) {
		template, _, _ := strings.Cut(lifted, "#")
		shape := braces.ReplaceAllString(template, "{}")
		part := slices.IndexFunc(taken, func(t map[string]bool) bool { return !t[shape] })
		if part < 0 {
			part = len(parts)
			parts = append(parts, copied(whole))
			parts[part]["paths"] = object{}
			taken = append(taken, map[string]bool{})
		}
		taken[part][shape] = true
		item := paths[lifted].(object)
		parts[part]["paths"].(object)[template] = item
		for _, method := range methods {
			op, ok := item[method].(object)
			if !ok {
				continue
			}
			o := operation{api: api, method: strings.ToUpper(method), base: base, template: template, part: part}
			for _, p := range parametersOf(whole, op) {
				if p["in"] == "query" {
					o.query = append(o.query, p["name"].(string))
				}
			}
			operations[api+" "+op["operationId"].(string)] = o
		}
	}
	return parts, operations, nil
}

// parametersOf are the parameters of an operation, references followed.
func parametersOf(document, op object) []object {
	var all []object
	list, _ := op["parameters"].([]any)
	for _, raw := range list {
		p := raw.(object)
		if ref, ok := p["$ref"].(string); ok {
			name := strings.TrimPrefix(ref, "#/components/parameters/")
			p = document["components"].(object)["parameters"].(object)[name].(object)
		}
		all = append(all, p)
	}
	return all
}

// copied is a deep copy.
func copied(o object) object {
	data, err := json.Marshal(o)
	if err != nil {
		panic(err) // what YAML held is JSON as well
	}
	var c object
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	if err := decoder.Decode(&c); err != nil {
		panic(err)
	}
	return c
}

// dialect is how a tool wants the documents.
type dialect struct {
	// single: one example each, under `example`, and answers of success alone; otherwise all of them, by name, under
	// `examples`.
	single bool
	// spelledOut: statuses by number, where the document says 4XX.
	spelledOut bool
	// plain: answers of declared members, for a tool that makes a schema of an example or holds it against one closely.
	plain bool
	// wide: integers without int64, for a tool that takes the format to end where doubles are exact.
	wide bool
	// lists: lists in paths and queries are one string with commas, for a tool that cannot send them.
	lists bool
	// texts: what stands in paths is a string, for a tool that would round integers of 64 bits; and lists are as well.
	texts bool
}

// documents writes the documents of an API in a dialect and returns their files.
func (k *kit) documents(api, tool string, d dialect) ([]string, error) {
	var files []string
	for i, part := range k.parts[api] {
		c := copied(part)
		for _, item := range c["paths"].(object) {
			for _, method := range methods {
				if op, ok := item.(object)[method].(object); ok {
					k.exemplify(api, c, op, d)
				}
			}
		}
		for _, written := range []string{"examples", "parameters", "responses"} { // each stands where it is used by now
			delete(c["components"].(object), written)
		}
		if d.wide {
			without(c, "int64")
		}
		data, err := json.MarshalIndent(c, "", " ")
		if err != nil {
			return nil, err
		}
		file := filepath.Join(k.work, fmt.Sprintf("%s-%s-%d.json", tool, api, i+1))
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// exemplify puts the examples of an operation where a tool looks for them.
func (k *kit) exemplify(api string, document, op object, d dialect) {
	var mine []example
	for _, e := range k.examples {
		if e.api == api && e.operation == op["operationId"] && (!d.single || e.status < 300 && len(mine) == 0) {
			mine = append(mine, e)
		}
	}
	var parameters []any
	for _, p := range parametersOf(document, op) {
		p = copied(p)
		delete(p, "example")
		values := object{}
		for _, e := range mine {
			if value, ok := e.parameters[p["name"].(string)]; ok {
				values[e.name] = value
			}
		}
		if list := p["schema"].(object)["type"] == "array"; d.texts && (list || p["in"] == "path") || d.lists && list {
			p["schema"] = object{"type": "string"}
			delete(p, "style")
			delete(p, "explode")
			for name, value := range values {
				values[name] = spelled(value)
			}
		}
		give(p, values, d)
		parameters = append(parameters, p)
	}
	delete(op, "parameters")
	if parameters != nil {
		op["parameters"] = parameters
	}
	if body, ok := op["requestBody"].(object); ok {
		values := object{}
		for _, e := range mine {
			if e.body != nil {
				values[e.name] = e.body
			}
		}
		content := body["content"].(object)["application/json"].(object)
		delete(content, "example")
		give(content, values, d)
	}
	k.answers(document, op, mine, d)
}

// answers puts the answers of a clean server beside the responses they belong to.
func (k *kit) answers(document, op object, mine []example, d dialect) {
	responses := object{}
	for status, raw := range op["responses"].(object) {
		if d.single && status[0] != '2' {
			continue
		}
		r := raw.(object)
		if ref, ok := r["$ref"].(string); ok {
			name := strings.TrimPrefix(ref, "#/components/responses/")
			r = document["components"].(object)["responses"].(object)[name].(object)
		}
		r = copied(r)
		if content, ok := r["content"].(object); ok {
			values := object{}
			for _, e := range mine {
				if fmt.Sprint(e.status) == status {
					values[e.name] = e.answer
					if d.plain {
						values[e.name] = plain(document, copied(object{"answer": e.answer})["answer"])
					}
				}
			}
			media := content["application/json"].(object)
			if status[0] == '2' || len(values) > 0 {
				delete(media, "example")
				delete(media, "examples")
				give(media, values, d)
			}
		}
		if d.spelledOut && strings.HasSuffix(status, "XX") {
			for _, s := range map[byte][]string{'4': {"400", "401", "404"}, '5': {"500"}}[status[0]] {
				responses[s] = r
			}
			continue
		}
		responses[status] = r
	}
	op["responses"] = responses
}

// give puts values where examples stand.
func give(at object, values object, d dialect) {
	if len(values) == 0 {
		return
	}
	if d.single {
		for _, value := range values {
			at["example"] = value
		}
		return
	}
	examples := object{}
	for name, value := range values {
		examples[name] = object{"value": value}
	}
	at["examples"] = examples
}

// plain is an answer without what a licence holds beyond its declared members, and lists without members that only some
// of their elements have. What entitlements hold follows no schema; texts and booleans of them stay.
func plain(document object, value any) any {
	declared := object{}
	if schema, ok := document["components"].(object)["schemas"].(object)["License"].(object); ok {
		declared = schema["properties"].(object)
	}
	switch v := value.(type) {
	case object:
		_, licence := v["accountkey"]
		c := object{}
		for name, member := range v {
			switch _, known := declared[name]; {
			case known && (licence || name == "key"), len(declared) == 0:
				c[name] = member
			case !licence:
				if nested, ok := member.(object); ok {
					c[name] = plain(document, nested)
				} else if kind := fmt.Sprintf("%T", member); kind == "string" || kind == "bool" {
					c[name] = member
				}
			}
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i := range v {
			c[i] = plain(document, v[i])
		}
		for _, element := range c {
			for _, other := range c {
				leaveCommon(element, other)
			}
		}
		return c
	}
	return value
}

// leaveCommon takes the members out of an object that another one does not have.
func leaveCommon(one, other any) {
	a, ok := one.(object)
	b, both := other.(object)
	if !ok || !both {
		return
	}
	maps.DeleteFunc(a, func(name string, _ any) bool { _, has := b[name]; return !has })
}

// without takes a format out of every schema in a value.
func without(value any, format string) {
	switch v := value.(type) {
	case object:
		if v["format"] == format {
			delete(v, "format")
		}
		for _, member := range v {
			without(member, format)
		}
	case []any:
		for _, element := range v {
			without(element, format)
		}
	}
}
