// Reading YAML node by node: every key is looked up in a table, and every error knows its place.

package target

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"harness/internal/nearest"
	"harness/internal/place"
)

// reader walks one file. Its first error stays.
type reader struct {
	file    string
	lines   []string
	env     func(string) (string, bool)
	anchors map[string]ast.Node
	target  *Target
	err     *place.Error
}

// key is one key that a mapping may have, and what to do with its value.
type key struct {
	name string
	read func(ast.Node)
}

// root parses the file and returns its one document.
func (r *reader) root(data []byte) ast.Node {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		var at yaml.Error
		if errors.As(err, &at) {
			r.fail(at.GetToken(), "", "%s", at.GetMessage())
		} else {
			r.fail(nil, "", "%s", err)
		}
		return nil
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		r.fail(nil, "", "the file is empty; a target has a name and apis")
		return nil
	}
	if len(file.Docs) > 1 && file.Docs[1].Body != nil { // a line of dashes at the end begins nothing
		r.fail(file.Docs[1].Body.GetToken(), "", "a second document; a file holds one target")
	}
	r.anchors = map[string]ast.Node{}
	ast.Walk(r, file.Docs[0].Body)
	return file.Docs[0].Body
}

// Visit collects anchors (ast.Visitor).
func (r *reader) Visit(n ast.Node) ast.Visitor {
	if anchor, ok := n.(*ast.AnchorNode); ok {
		r.anchors[anchor.Name.GetToken().Value] = anchor.Value
	}
	return r
}

// plain looks through anchors, aliases and tags.
func (r *reader) plain(n ast.Node) ast.Node {
	for range 100 { // an alias may stand for an anchor that holds itself
		switch t := n.(type) {
		case *ast.AnchorNode:
			n = t.Value
		case *ast.TagNode:
			n = t.Value
		case *ast.AliasNode:
			name := t.Value.GetToken().Value
			anchored, ok := r.anchors[name]
			if !ok {
				r.fail(t.GetToken(), "", "alias *%s without an anchor &%s", name, name)
				return nil
			}
			n = anchored
		default:
			return n
		}
	}
	r.fail(n.GetToken(), "", "an anchor that holds itself")
	return nil
}

// each calls f with every key and value of a mapping; nothing at all is an empty mapping.
func (r *reader) each(n ast.Node, what string, f func(name string, at *token.Token, value ast.Node)) {
	if r.err != nil {
		return
	}
	switch t := r.plain(n).(type) {
	case nil, *ast.NullNode:
	case *ast.MappingNode:
		for _, entry := range t.Values {
			r.entry(entry, f)
		}
	case *ast.MappingValueNode:
		r.entry(t, f)
	default:
		r.fail(t.GetToken(), "", "%s is %s; it wants a mapping", what, kindOf(t))
	}
}

func (r *reader) entry(entry *ast.MappingValueNode, f func(string, *token.Token, ast.Node)) {
	at := entry.Key.GetToken()
	if entry.Key.IsMergeKey() {
		r.fail(at, "", "<< is not read here; write the keys out")
		return
	}
	f(at.Value, at, entry.Value)
}

// mapping reads a mapping whose keys are known; an unknown one is an error that names the nearest.
func (r *reader) mapping(n ast.Node, what string, keys ...key) {
	r.each(n, what, func(name string, at *token.Token, value ast.Node) {
		var names []string
		for _, k := range keys {
			if k.name == name {
				k.read(value)
				return
			}
			names = append(names, k.name)
		}
		hint := what + " takes " + strings.Join(names, ", ")
		if near := nearest.Name(name, names); near != "" {
			r.fail(at, hint, "unknown key %q; did you mean %s?", name, near)
		} else {
			r.fail(at, hint, "unknown key %q", name)
		}
	})
}

// list calls f with each element of a sequence; nothing at all is an empty one.
func (r *reader) list(n ast.Node, what string, f func(ast.Node)) {
	if r.err != nil {
		return
	}
	switch t := r.plain(n).(type) {
	case nil, *ast.NullNode:
	case *ast.SequenceNode:
		for _, value := range t.Values {
			f(value)
		}
	default:
		r.fail(t.GetToken(), "", "%s is %s; it wants a list [ ]", what, kindOf(t))
	}
}

func kindOf(n ast.Node) string {
	switch n.Type() {
	case ast.MappingType, ast.MappingValueType:
		return "a mapping"
	case ast.SequenceType:
		return "a list"
	}
	return "one value"
}

// scalar is the text of one value as it was written, ok false where there is none: null, or an error.
func (r *reader) scalar(n ast.Node, what string) (text string, at *token.Token, ok bool) {
	if r.err != nil {
		return "", nil, false
	}
	switch t := r.plain(n).(type) {
	case nil, *ast.NullNode:
		return "", nil, false
	case *ast.StringNode:
		return t.Value, t.GetToken(), true
	case *ast.LiteralNode:
		return strings.TrimRight(t.Value.Value, "\n"), t.GetToken(), true
	case ast.ScalarNode:
		// Numbers and booleans as they were written: 007 is no 7 to an API, and 2^63-1 is no float.
		return t.GetToken().Value, t.GetToken(), true
	default:
		r.fail(t.GetToken(), "", "%s is %s; it wants one value", what, kindOf(t))
		return "", nil, false
	}
}

// expanded is a value with its variables put in; one that is not set is an error.
func (r *reader) expanded(n ast.Node, what string) (string, *token.Token, bool) {
	text, at, ok := r.scalar(n, what)
	if !ok {
		return "", at, false
	}
	parts, err := parseText(text)
	if err != nil {
		r.fail(at, "", "%s: %s", what, err)
		return "", at, false
	}
	value, unset := parts.resolve(r.env)
	if len(unset) > 0 {
		r.unset(at, unset)
		return "", at, false
	}
	return value, at, true
}

// unset is the error of variables without a value, one hint for all of them.
func (r *reader) unset(at *token.Token, unset []string) {
	name, state, _ := strings.Cut(strings.TrimPrefix(unset[0], "$"), " ")
	r.fail(at, "export "+name+", or run without --target to test the embedded reference server", "${%s} %s", name, state)
}

func (r *reader) text(n ast.Node, what string, into *string) {
	if value, _, ok := r.expanded(n, what); ok {
		*into = value
	}
}

func (r *reader) texts(n ast.Node, what string, into *[]string) {
	r.list(n, what, func(item ast.Node) {
		if value, _, ok := r.expanded(item, what); ok {
			*into = append(*into, value)
		}
	})
}

// keys reads 64-bit integers, written with or without quotes.
func (r *reader) keys(n ast.Node, what string, into *[]int64) {
	r.list(n, what, func(item ast.Node) {
		value, at, ok := r.expanded(item, what)
		if !ok {
			return
		}
		key, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			r.fail(at, "", "%s: %q is no key; a key is a 64-bit integer", what, value)
			return
		}
		*into = append(*into, key)
	})
}

func (r *reader) boolean(n ast.Node, what string, into *bool) {
	value, at, ok := r.expanded(n, what)
	switch {
	case !ok:
	case value == "true" || value == "false":
		*into = value == "true"
	default:
		r.fail(at, "", "%s is %q; it wants true or false", what, value)
	}
}

// count reads a whole number of at least least.
func (r *reader) count(n ast.Node, what string, least int, into *int) {
	value, at, ok := r.expanded(n, what)
	if !ok {
		return
	}
	number, err := strconv.Atoi(value)
	if err != nil || number < least {
		r.fail(at, "", "%s is %q; it wants a whole number of at least %d", what, value, least)
		return
	}
	*into = number
}

// duration reads 50ms, 30s, 10m. Nothing shorter than least is taken.
func (r *reader) duration(n ast.Node, what string, least time.Duration, into *time.Duration) {
	value, at, ok := r.expanded(n, what)
	if !ok {
		return
	}
	d, err := time.ParseDuration(value)
	if err != nil {
		r.fail(at, "write a number and a unit: 50ms, 30s, 10m", "%s is %q, which is no duration", what, value)
		return
	}
	if d < least {
		r.fail(at, "", "%s is %s; it wants at least %s", what, value, least)
		return
	}
	*into = d
}

var rateUnits = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}

// rate reads 5/s, 300/m, 1000/h.
func (r *reader) rate(n ast.Node, what string, into *Rate) {
	value, at, ok := r.expanded(n, what)
	if !ok {
		return
	}
	const hint = "write a number and a unit: 5/s, 300/m, 1000/h"
	digits, unit, _ := strings.Cut(value, "/")
	count, err := strconv.Atoi(strings.TrimSpace(digits))
	per, known := rateUnits[strings.TrimSpace(unit)]
	switch {
	case err != nil || !known:
		r.fail(at, hint, "%s is %q, which is no rate", what, value)
	case count < 0:
		r.fail(at, hint, "%s is %q; a rate is not negative", what, value)
	case count == 0:
		r.fail(at, "leave "+what+" out for no limit", "%s is %q, which would send nothing", what, value)
	default:
		*into = Rate{Count: count, Per: per}
	}
}
