// Reading YAML node by node: every key is looked up, every unit is named, and every error knows its place.

package load

import (
	"errors"
	"math"
	"slices"
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
	file     string
	lines    []string
	scenario *Scenario
	named    []*token.Token // what each objective names, for what can only be said at the end
	err      *place.Error
}

// key is one key that a mapping may have, and what to do with its value.
type key struct {
	name string
	read func(ast.Node)
}

// root parses the file and returns its one document, nil after an error.
func (r *reader) root(data []byte) ast.Node {
	file, err := parser.ParseBytes(data, 0)
	var at yaml.Error
	switch {
	case errors.As(err, &at):
		r.fail(at.GetToken(), "", "%s", at.GetMessage())
	case err != nil:
		r.fail(nil, "", "%s", err)
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
		r.fail(nil, "", "the file is empty; a scenario has steps and a pace")
	case len(file.Docs) > 1 && file.Docs[1].Body != nil:
		r.fail(file.Docs[1].Body.GetToken(), "", "a second document; a file holds one scenario")
	default:
		return file.Docs[0].Body
	}
	return nil
}

// mapping reads a mapping whose keys are known; an unknown one is an error that names the nearest.
func (r *reader) mapping(n ast.Node, what string, keys ...key) {
	var pairs []*ast.MappingValueNode
	switch t := n.(type) {
	case *ast.MappingNode:
		pairs = t.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{t}
	default:
		r.fail(n.GetToken(), "", "%s is %s; it wants a mapping", what, kindOf(n))
		return
	}
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	for _, pair := range pairs {
		at := pair.Key.GetToken()
		if i := slices.Index(names, at.Value); i >= 0 {
			keys[i].read(pair.Value)
			continue
		}
		hint := what + " takes " + strings.Join(names, ", ")
		if near := nearest.Name(at.Value, names); near != "" {
			r.fail(at, hint, "unknown key %q; did you mean %s?", at.Value, near)
		} else {
			r.fail(at, hint, "unknown key %q", at.Value)
		}
	}
}

// list calls f with each element of a sequence.
func (r *reader) list(n ast.Node, what string, f func(ast.Node)) {
	t, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fail(n.GetToken(), "", "%s is %s; it wants a list [ ]", what, kindOf(n))
		return
	}
	for _, value := range t.Values {
		f(value)
	}
}

func kindOf(n ast.Node) string {
	switch n.Type() {
	case ast.MappingType, ast.MappingValueType:
		return "a mapping"
	case ast.SequenceType:
		return "a list"
	case ast.NullType:
		return "empty"
	case ast.AnchorType, ast.AliasType, ast.TagType:
		return "an anchor, an alias or a tag, which are not read here"
	}
	return "one value"
}

// scalar is the text of one value as it was written; ok is false after an error.
func (r *reader) scalar(n ast.Node, what string) (text string, at *token.Token, ok bool) {
	switch t := n.(type) {
	case *ast.StringNode:
		return t.Value, t.GetToken(), true
	case *ast.LiteralNode:
		return strings.TrimRight(t.Value.Value, "\n"), t.GetToken(), true
	case *ast.NullNode:
		r.fail(n.GetToken(), "", "%s is empty", what)
	case ast.ScalarNode:
		return t.GetToken().Value, t.GetToken(), true
	default:
		r.fail(n.GetToken(), "", "%s is %s; it wants one value", what, kindOf(n))
	}
	return "", nil, false
}

// line reads a text of one line.
func (r *reader) line(n ast.Node, what string, into *string) {
	if value, _, ok := r.scalar(n, what); ok {
		*into = strings.Join(strings.Fields(value), " ")
	}
}

// one reads a value that is one of a few.
func (r *reader) one(n ast.Node, what, kind string, of []string, into *string) {
	value, at, ok := r.scalar(n, what)
	if !ok {
		return
	}
	if !slices.Contains(of, value) {
		r.fail(at, "", "%s: %s", what, nearest.Error(kind, value, of, ""))
		return
	}
	*into = value
}

// whole reads a whole number between two bounds.
func (r *reader) whole(n ast.Node, what string, least, most int, into *int) {
	value, at, ok := r.scalar(n, what)
	if !ok {
		return
	}
	number, err := strconv.Atoi(value)
	if err != nil || number < least || number > most {
		r.fail(at, "", "%s is %q; it wants a whole number from %d to %d", what, value, least, most)
		return
	}
	*into = number
}

// number reads a number of at least 0.
func (r *reader) number(n ast.Node, what string, into *float64) {
	value, at, ok := r.scalar(n, what)
	if !ok {
		return
	}
	number, err := strconv.ParseFloat(value, 64)
	if err != nil || !(number >= 0) || math.IsInf(number, 0) {
		r.fail(at, "", "%s is %q; it wants a number, 0 or more", what, value)
		return
	}
	*into = number
}

// duration reads 50ms, 30s, 10m. Nothing shorter than least is taken.
func (r *reader) duration(n ast.Node, what string, least time.Duration, into *time.Duration) {
	value, at, ok := r.scalar(n, what)
	if !ok {
		return
	}
	d, err := time.ParseDuration(value)
	switch {
	case err != nil:
		r.fail(at, "write a number and a unit: 50ms, 30s, 10m", "%s is %q, which is no duration", what, value)
	case d < least:
		r.fail(at, "", "%s is %s; it wants at least %s", what, value, least)
	default:
		*into = d
	}
}

// rate reads 500/s, 300/m, 1000/h, in requests a second. least says whether 0 will do.
func (r *reader) rate(n ast.Node, what string, zero bool, into *float64) {
	value, at, ok := r.scalar(n, what)
	if !ok {
		return
	}
	rate, err := ParseRate(value)
	if err == nil && !zero {
		err = checkRate(rate)
	}
	if err != nil {
		r.fail(at, "", "%s: %s", what, err)
		return
	}
	*into = rate
}

// share reads 0.1%, as a share of 1.
func (r *reader) share(n ast.Node, what string, into *float64) {
	value, at, ok := r.scalar(n, what)
	if !ok {
		return
	}
	digits, percent := strings.CutSuffix(value, "%")
	number, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if err != nil || !percent || !(number >= 0 && number <= 100) {
		r.fail(at, "", "%s is %q; it wants a share from 0%% to 100%%, such as 0.1%%", what, value)
		return
	}
	*into = number / 100
}
