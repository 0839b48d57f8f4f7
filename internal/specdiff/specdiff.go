// Package specdiff says what a change of a document means for those who call the API.
//
// It compares two versions of one document: what OpenAPI can say by oasdiff, what the vendor extensions say (batches,
// permissions, scans, pages, filters) and the catalogue of requirements beside it by itself. A change of mere words is
// none.
package specdiff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"harness/internal/nearest"
	"harness/specs"
)

// Level is what a change does to a caller that was written for the old document.
type Level string

// Breaking: a caller that kept to the old document may fail. Warning: one that leaned on what the old document said
// without promising it may fail. Info: none fails.
const (
	Breaking Level = "breaking"
	Warning  Level = "warning"
	Info     Level = "info"
)

// Levels lists the levels, worst first.
var Levels = []Level{Breaking, Warning, Info}

// LevelNamed returns the level of that name; the error names the nearest.
func LevelNamed(name string) (Level, error) {
	names := make([]string, len(Levels))
	for i, l := range Levels {
		if string(l) == name {
			return l, nil
		}
		names[i] = string(l)
	}
	return "", nearest.Error("level", name, names, "")
}

// Place is a line of a document. Line counts from 1; 0 means the file as a whole.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
}

func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Site is where a change is felt. Operation is an operationId, the new one where it changed; "" means the document as
// a whole. Place is in the new document; where something is gone, it is where it stood in the old one.
type Site struct {
	Operation string `json:"operation,omitempty"`
	Place     Place  `json:"place"`
}

// Change is one thing that is different for callers.
type Change struct {
	Level Level  `json:"level"`
	Rule  string `json:"rule"` // which comparison found it: an id of oasdiff's, or one of our own
	Text  string `json:"text"` // one line; names and values stand between backquotes
	Sites []Site `json:"sites"`
}

// Operations lists the operations that feel a change, each once; empty when the document as a whole does.
func (c Change) Operations() []string {
	var ids []string
	for _, s := range c.Sites {
		if s.Operation != "" && !slices.Contains(ids, s.Operation) {
			ids = append(ids, s.Operation)
		}
	}
	return ids
}

// Places lists the lines of a change, each once.
func (c Change) Places() []Place {
	var places []Place
	for _, s := range c.Sites {
		if !slices.Contains(places, s.Place) {
			places = append(places, s.Place)
		}
	}
	return places
}

// Operation is one operation of either document.
type Operation struct {
	ID       string `json:"id"`
	Method   string `json:"method"`
	Template string `json:"template"` // path and the query that chooses it: /licenses/{licenseKeys}?batch=true
}

// Side is one of the two documents.
type Side struct {
	File    string `json:"file"`
	Title   string `json:"title"`
	Version string `json:"version"`
	Digest  string `json:"sha256"` // of the document's bytes, in hex
}

// Comparison is everything that is different between two documents.
type Comparison struct {
	API        string      `json:"api"` // "" where the documents are of neither API that the program knows
	Old        Side        `json:"old"`
	New        Side        `json:"new"`
	Operations []Operation `json:"operations"` // of the new document in its order, then those that are gone
	Changes    []Change    `json:"changes"`    // worst first, then in the order of the operations
	Notes      []string    `json:"notes"`      // what could not be compared, and why
}

// Count returns how many changes there are of a level.
func (c *Comparison) Count(level Level) int {
	n := 0
	for _, change := range c.Changes {
		if change.Level == level {
			n++
		}
	}
	return n
}

// AtLeast says whether there is a change of that level or a worse one.
func (c *Comparison) AtLeast(level Level) bool {
	return slices.ContainsFunc(c.Changes, func(change Change) bool { return rank(change.Level) <= rank(level) })
}

func rank(l Level) int { return slices.Index(Levels, l) }

// Compare says what is different. The error means that the two are not versions of one document.
func Compare(before, after *Document) (*Comparison, error) {
	c, err := match(before, after)
	if err != nil {
		return nil, err
	}
	c.promises()
	if err := c.openapi(); err != nil {
		return nil, err
	}
	c.unseen()
	c.requirements()
	result := &Comparison{
		API: after.API.Name, Old: before.side(), New: after.side(),
		Operations: []Operation{}, Changes: []Change{}, Notes: append([]string{}, c.notes...),
	}
	for _, p := range c.pairs {
		result.Operations = append(result.Operations, Operation{p.id(), p.any().Method, p.any().Template()})
	}
	result.Changes = append(result.Changes, c.joined()...)
	return result, nil
}

// comparing is a comparison under way.
type comparing struct {
	old, new *Document
	pairs    []pair
	found    []Change
	claimed  map[claim]bool
	notes    []string
}

// pair is one operation as it was and as it is; one of them is nil where it is gone or new.
type pair struct{ old, new *specs.Operation }

func (p pair) any() *specs.Operation {
	if p.new != nil {
		return p.new
	}
	return p.old
}

func (p pair) id() string { return p.any().ID }

// match finds the operations that both documents have: those of the same method, path and choosing query. The names of
// path parameters do not count, nor does the operationId.
func match(before, after *Document) (*comparing, error) {
	c := &comparing{old: before, new: after, claimed: map[claim]bool{}}
	left := map[string]*specs.Operation{}
	for _, op := range before.API.Operations {
		left[identity(op.Method, op.Path, op.Selects)] = op
	}
	shared := 0
	for _, op := range after.API.Operations {
		key := identity(op.Method, op.Path, op.Selects)
		if left[key] != nil {
			shared++
		}
		c.pairs = append(c.pairs, pair{old: left[key], new: op})
		delete(left, key)
	}
	for _, op := range before.API.Operations {
		if left[identity(op.Method, op.Path, op.Selects)] != nil {
			c.pairs = append(c.pairs, pair{old: op})
		}
	}
	switch known := before.API.Name != ""; {
	case before.API.Name != after.API.Name:
		return nil, fmt.Errorf("%s describes %s and %s describes %s; two versions of one document are meant", before.Name, before.describe(), after.Name, after.describe())
	case !known && shared == 0:
		return nil, fmt.Errorf("%s and %s share no operation; two versions of one document are meant", before.Name, after.Name)
	}
	return c, nil
}

// add notes a change that one pair of operations feels, at the first of the pointers that either document has: the new
// one is asked first. A pointer is relative to the operation.
func (c *comparing) add(level Level, rule string, p pair, pointer, format string, args ...any) {
	c.found = append(c.found, Change{level, rule, fmt.Sprintf(format, args...), []Site{{p.id(), c.place(p, pointer)}}})
}

// place is where a part of an operation stands: in the new document, else in the old one, else what is nearest to it.
func (c *comparing) place(p pair, pointer string) Place {
	if p.new == nil {
		place, _ := c.old.part(p.old, pointer)
		return place
	}
	place, ok := c.new.part(p.new, pointer)
	if !ok && p.old != nil {
		if was, ok := c.old.part(p.old, pointer); ok {
			return was
		}
	}
	return place
}

// joined puts changes together that read the same, and sorts them.
func (c *comparing) joined() []Change {
	order := map[string]int{"": -1}
	for i, p := range c.pairs {
		order[p.id()] = i
	}
	type key struct {
		level      Level
		rule, text string
	}
	at := map[key]int{}
	var all []Change
	for _, change := range c.found {
		k := key{change.Level, change.Rule, change.Text}
		i, known := at[k]
		if !known {
			i, at[k] = len(all), len(all)
			all = append(all, Change{Level: change.Level, Rule: change.Rule, Text: change.Text})
		}
		for _, site := range change.Sites {
			if !slices.Contains(all[i].Sites, site) {
				all[i].Sites = append(all[i].Sites, site)
			}
		}
	}
	for _, change := range all {
		slices.SortStableFunc(change.Sites, func(a, b Site) int { return cmp.Compare(order[a.Operation], order[b.Operation]) })
	}
	slices.SortStableFunc(all, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(rank(a.Level), rank(b.Level)),
			cmp.Compare(order[a.Sites[0].Operation], order[b.Sites[0].Operation]),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.Text, b.Text),
		)
	})
	return all
}
