// Reading known-failures.yaml: strictly, because an entry that says something else than was meant lets through what it
// should not.

package known

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"harness/internal/nearest"
	"harness/internal/place"
)

// Load reads a list. Promises are all that it may name; today bounds the days on which entries were added.
func Load(file string, promises []Promise, today Date) (List, error) {
	data, err := place.Read("file of known failures", file, "harness accept writes one")
	if err != nil {
		return List{}, err
	}
	return Parse(file, data, promises, today)
}

// Parse reads a list out of the bytes of a file. Every error is a *place.Error that names its place.
func Parse(file string, data []byte, promises []Promise, today Date) (List, error) {
	l, err := parse(file, data, promises, today)
	if err != nil {
		return List{}, err
	}
	return l.list(file), nil
}

// laid is a file as it is laid out: both blocks, with the places of their entries.
type laid struct {
	failures, quarantine block
}

// block is one of the two lists in a file.
type block struct {
	key     *token.Token // nil when the file does not have it
	value   ast.Node
	entries []entry
}

// entry is one mapping of a block, and where its values stand.
type entry struct {
	Failure
	values map[string]*token.Token // by key
}

func (l laid) list(file string) List {
	list := List{File: file}
	for _, e := range l.failures.entries {
		list.Failures = append(list.Failures, e.Failure)
	}
	for _, e := range l.quarantine.entries {
		list.Quarantine = append(list.Quarantine, e.Failure)
	}
	return list
}

func parse(file string, data []byte, promises []Promise, today Date) (laid, error) {
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")) // the parser counts such a line end as two
	r := &reader{file: file, lines: strings.Split(string(data), "\n"), promises: promises, today: today}
	r.whole(data)
	if r.err != nil {
		return laid{}, r.err
	}
	return r.laid, nil
}

// reader walks one file. Its first error stays.
type reader struct {
	file     string
	lines    []string
	promises []Promise
	today    Date
	laid     laid
	err      *place.Error
}

// keys of an entry, in the order in which they are written; those that an entry may lack come with optional.
var (
	keys     = []string{"requirement", "operation", "target", "cause", "reason", "owner", "ticket", "added", "expires"}
	optional = []string{"cause", "ticket"}
)

func (r *reader) whole(data []byte) {
	parsed, err := parser.ParseBytes(data, 0)
	var at yaml.Error
	switch {
	case errors.As(err, &at):
		r.fail(at.GetToken(), "", "%s", at.GetMessage())
		return
	case err != nil:
		r.fail(nil, "", "%s", err)
		return
	case len(parsed.Docs) > 1 && parsed.Docs[1].Body != nil:
		r.fail(parsed.Docs[1].Body.GetToken(), "", "a second document; a file holds one list")
		return
	case len(parsed.Docs) == 0 || parsed.Docs[0].Body == nil:
		return // nothing is accepted
	}
	names := []string{"failures", "quarantine"}
	r.mapping(parsed.Docs[0].Body, "the file", names, func(name string, at *token.Token, value ast.Node) {
		b := &r.laid.failures
		if name == "quarantine" {
			b = &r.laid.quarantine
		}
		*b = block{key: at, value: value}
		r.entries(b, name)
	})
	r.overlaps()
}

// mapping calls f with the keys and values of a mapping. A key that is not among the names is an error; one that stands
// twice is one to the parser.
func (r *reader) mapping(n ast.Node, what string, names []string, f func(name string, at *token.Token, value ast.Node)) {
	var pairs []*ast.MappingValueNode
	switch t := n.(type) {
	case *ast.MappingNode:
		pairs = t.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{t}
	default:
		r.fail(n.GetToken(), what+" takes "+strings.Join(names, ", "), "%s is no mapping", what)
		return
	}
	for _, pair := range pairs {
		at := pair.Key.GetToken()
		switch near := nearest.Name(at.Value, names); {
		case slices.Contains(names, at.Value):
			f(at.Value, at, pair.Value)
		case near != "":
			r.fail(at, what+" takes "+strings.Join(names, ", "), "unknown key %q; did you mean %s?", at.Value, near)
		default:
			r.fail(at, what+" takes "+strings.Join(names, ", "), "unknown key %q", at.Value)
		}
	}
}

func (r *reader) entries(b *block, name string) {
	switch t := b.value.(type) {
	case nil, *ast.NullNode:
	case *ast.SequenceNode:
		for _, value := range t.Values {
			r.entry(b, name, value)
		}
	default:
		r.fail(t.GetToken(), "an entry begins with - requirement: …", "%s is no list", name)
	}
	if name == "quarantine" && len(b.entries) > MostQuarantined {
		r.fail(b.key, "mend or accept one of them", "%d cases are in quarantine; there is room for %d", len(b.entries), MostQuarantined)
	}
}

func (r *reader) entry(b *block, name string, n ast.Node) {
	e := entry{values: map[string]*token.Token{}}
	if n.Type() == ast.NullType {
		r.fail(n.GetToken(), "an entry takes "+strings.Join(keys, ", "), "an entry without anything in it")
		return
	}
	text := map[string]string{}
	first := n.GetToken()
	r.mapping(n, "an entry", keys, func(key string, at *token.Token, value ast.Node) {
		if first == n.GetToken() || at.Position.Line < first.Position.Line {
			first = at
		}
		text[key], e.values[key] = r.scalar(key, value)
	})
	if r.err != nil {
		return
	}
	for _, key := range keys {
		if text[key] == "" && !slices.Contains(optional, key) {
			at := cmp.Or(e.values[key], first)
			r.fail(at, "an entry takes "+strings.Join(keys, ", "), "the entry has no %s", key)
			return
		}
	}
	e.Failure = Failure{
		Requirement: text["requirement"], Operation: text["operation"], Target: text["target"], Cause: text["cause"],
		Reason: text["reason"], Owner: text["owner"], Ticket: text["ticket"], Line: first.Position.Line,
	}
	r.date(&e.Added, text["added"], e.values["added"])
	r.date(&e.Expires, text["expires"], e.values["expires"])
	if r.err == nil {
		r.promised(e)
		r.bounds(e, name)
	}
	b.entries = append(b.entries, e)
}

// scalar is the text of one value as it was written; a fingerprint of digits alone is no number.
func (r *reader) scalar(key string, n ast.Node) (string, *token.Token) {
	switch t := n.(type) {
	case nil, *ast.NullNode:
		return "", nil
	case *ast.StringNode:
		return strings.TrimSpace(t.Value), t.GetToken()
	case *ast.LiteralNode:
		return strings.TrimSpace(t.Value.Value), t.GetToken()
	case ast.ScalarNode:
		return strings.TrimSpace(t.GetToken().Value), t.GetToken()
	default:
		r.fail(n.GetToken(), "", "%s wants one value", key)
		return "", nil
	}
}

func (r *reader) date(into *Date, text string, at *token.Token) {
	if err := into.UnmarshalText([]byte(text)); err != nil {
		r.fail(at, "", "%s", err)
	}
}

// promised holds an entry against the promises.
func (r *reader) promised(e entry) {
	if key, err := named(e.Failure, r.promises); err != nil {
		r.fail(e.values[key], "", "%s", err)
	}
}

// named says whether there is such a promise; otherwise which key of the entry is wrong, and how.
func named(f Failure, promises []Promise) (key string, err error) {
	var ids []string
	for _, p := range promises {
		if begins, open := strings.CutSuffix(p.Requirement, "*"); open {
			if strings.HasPrefix(f.Requirement, begins) && !slices.ContainsFunc(promises, func(p Promise) bool { return p.Requirement == f.Requirement }) {
				p.Requirement = f.Requirement
			}
		} else {
			ids = append(ids, p.Requirement)
		}
		switch {
		case p.Requirement != f.Requirement:
		case p.Silent:
			return "requirement", fmt.Errorf("%s promises nothing, so nothing of it can be accepted\nhint: a newer --baseline takes in what has drifted", p.Requirement)
		case !slices.Contains(p.Operations, f.Operation):
			err := fmt.Sprintf("%s is not about operation %q; it is about %v", p.Requirement, f.Operation, p.Operations)
			if near := nearest.Name(f.Operation, p.Operations); near != "" {
				err += fmt.Sprintf("; did you mean %s?", near)
			}
			return "operation", errors.New(err)
		default:
			return "", nil
		}
	}
	return "requirement", nearest.Error("requirement", f.Requirement, ids, "harness list requirements")
}

// fingerprint is how a cause is written in a report.
var fingerprint = regexp.MustCompile(`^[0-9a-f]{8,12}$`)

// bounds holds the cause and the days of an entry against what can be accepted.
func (r *reader) bounds(e entry, name string) {
	most := MostDays
	if name == "quarantine" {
		most = MostQuarantineDays
	}
	days := e.Added.Until(e.Expires)
	switch {
	case e.Cause != "" && !fingerprint.MatchString(e.Cause):
		r.fail(e.values["cause"], "a report names the cause of each failure; without one whatever the cause is accepted", "%q is no fingerprint of a cause", e.Cause)
	case days < 0:
		r.fail(e.values["expires"], "", "it expires on %s, before it was added", e.Expires)
	case days > most:
		r.fail(e.values["expires"], "", "it expires %d days after it was added; %d is the most in %s", days, most, name)
	case r.today.Until(e.Added) > 1: // somewhere it is tomorrow already
		r.fail(e.values["added"], "", "it was added on %s, which is still to come", e.Added)
	}
}

// overlaps refuses entries that speak of the same: which of them would hold?
func (r *reader) overlaps() {
	all := slices.Concat(r.laid.failures.entries, r.laid.quarantine.entries)
	for i, b := range all {
		for _, a := range all[:i] {
			if same(a.Failure, b.Failure) {
				r.fail(b.values["requirement"], "", "%s on %s is listed in line %d already", b.Requirement, b.Operation, a.Line)
			}
		}
	}
}

// same says whether two failures could both be met by one finding.
func same(a, b Failure) bool {
	return a.Requirement == b.Requirement && a.Operation == b.Operation &&
		(a.Target == b.Target || a.Target == AnyTarget || b.Target == AnyTarget) &&
		(a.Cause == b.Cause || a.Cause == "" || b.Cause == "")
}
