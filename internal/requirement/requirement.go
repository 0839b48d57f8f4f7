// Package requirement holds every promise by name: those that a document implies, and those written out beside it.
package requirement

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"harness/internal/nearest"
	"harness/specs"
)

// Level is how firmly a promise is made.
type Level string

// MUST is stated by the document or follows from it. SHOULD is strongly implied, or stated by the vendor elsewhere.
// OBSERVE: the document is silent; what the server does is recorded and drift reported, and no value fails.
const (
	Must    Level = "MUST"
	Should  Level = "SHOULD"
	Observe Level = "OBSERVE"
)

// Levels lists the levels, firmest first.
var Levels = []Level{Must, Should, Observe}

// Fixture is where the data comes from that a requirement is judged on.
type Fixture string

// The fixture classes. Scanned data is found by listing, crawled by a second read of what was listed; occasional
// data is there only if the target happens to hold it; configured data must stand in the target file.
const (
	None       Fixture = "none"
	Scanned    Fixture = "scanned"
	Crawled    Fixture = "crawled"
	Occasional Fixture = "occasional"
	Configured Fixture = "configured"
)

var fixtures = []Fixture{None, Scanned, Crawled, Occasional, Configured}

// Requirement is one promise that can be kept or broken. Ids outlive edits and are never used twice.
type Requirement struct {
	ID         string
	API        string
	Section    string // of the catalogue
	Level      Level
	Operations []string // operationIds, never empty
	Statement  string
	Source     specs.Source
	Fixtures   []Fixture
	Needs      string // what the data must hold, in words its owner understands
	// Implied is set for the requirement that every operation has without being written out.
	Implied bool
	// Unjudgeable says why nobody can judge it from outside; "" for all others.
	Unjudgeable string
}

// Catalogue is every requirement of the APIs under test, in the order of the documents.
type Catalogue struct {
	All []Requirement
}

// Load reads the catalogues of the given APIs and adds the implied requirement of every operation.
func Load(apis ...*specs.API) (*Catalogue, error) {
	c := &Catalogue{}
	for _, api := range apis {
		files, err := fs.Sub(specs.Files, api.Name)
		if err != nil {
			return nil, err
		}
		written, err := Written(api, files)
		if err != nil {
			return nil, fmt.Errorf("specs/%s/%w", api.Name, err)
		}
		c.All = append(c.All, written...)
		for _, op := range api.Operations {
			c.All = append(c.All, implied(op))
		}
	}
	seen := map[string]bool{}
	for _, r := range c.All {
		if seen[r.ID] {
			return nil, fmt.Errorf("requirement %s stands twice", r.ID)
		}
		seen[r.ID] = true
	}
	return c, nil
}

// Written reads the requirements that are written out in requirements/*.yaml of a folder, in the order of the files. It
// returns none where there is no such file. The implied ones are not among them.
func Written(api *specs.API, folder fs.FS) ([]Requirement, error) {
	files, err := fs.Glob(folder, "requirements/*.yaml")
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var all []Requirement
	for _, file := range files {
		data, err := fs.ReadFile(folder, file)
		if err != nil {
			return nil, err
		}
		section, err := read(api, data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, section...)
	}
	return all, nil
}

func implied(op *specs.Operation) Requirement {
	return Requirement{
		ID: specs.Implied(op), API: op.API, Section: "Implied by the document", Level: Must, Operations: []string{op.ID},
		Statement: "Each answer of " + op.ID + " is one that the document allows: its status, its content type, its body.",
		Source:    op.Source, Fixtures: []Fixture{Scanned}, Implied: true,
	}
}

// row is a requirement as it stands in a file.
type row struct {
	ID          string       `yaml:"id"`
	Level       Level        `yaml:"level"`
	Operations  []string     `yaml:"operations"`
	Statement   string       `yaml:"statement"`
	Source      specs.Source `yaml:"source"`
	Fixtures    any          `yaml:"fixtures"`
	Needs       string       `yaml:"needs"`
	Unjudgeable string       `yaml:"unjudgeable"`
}

func read(api *specs.API, data []byte) ([]Requirement, error) {
	var file struct {
		Section      string `yaml:"section"`
		Requirements []row  `yaml:"requirements"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return nil, err
	}
	var all []Requirement
	for _, row := range file.Requirements {
		r, err := row.requirement(api, file.Section)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.ID, err)
		}
		all = append(all, r)
	}
	return all, nil
}

func (row row) requirement(api *specs.API, section string) (Requirement, error) {
	r := Requirement{
		ID: row.ID, API: api.Name, Section: section, Level: row.Level, Statement: strings.TrimSpace(row.Statement),
		Source: row.Source, Needs: strings.TrimSpace(row.Needs), Unjudgeable: strings.TrimSpace(row.Unjudgeable),
	}
	if !strings.HasPrefix(r.ID, specs.Prefix[api.Name]+"-") {
		return r, fmt.Errorf("an id of %s begins with %s-", api.Name, specs.Prefix[api.Name])
	}
	if !slices.Contains(Levels, r.Level) {
		return r, fmt.Errorf("no level %q; the levels are %v", r.Level, Levels)
	}
	if r.Statement == "" || r.Source.Document == "" {
		return r, fmt.Errorf("a requirement needs a statement and a source")
	}
	for _, name := range row.Operations {
		switch {
		case name == "all":
			for _, op := range api.Operations {
				if !op.ExampleOnly {
					r.Operations = append(r.Operations, op.ID)
				}
			}
		case api.Operation(name) == nil:
			return r, nearest.Error("operation", name, api.OperationIDs(), "")
		default:
			r.Operations = append(r.Operations, name)
		}
	}
	if len(r.Operations) == 0 {
		return r, fmt.Errorf("no operations")
	}
	names, ok := row.Fixtures.([]any)
	if !ok {
		names = []any{row.Fixtures}
	}
	for _, name := range names {
		fixture := Fixture(fmt.Sprint(name))
		if !slices.Contains(fixtures, fixture) {
			return r, fmt.Errorf("no fixture class %q; the classes are %v", fixture, fixtures)
		}
		r.Fixtures = append(r.Fixtures, fixture)
	}
	return r, nil
}

// ByID returns the requirement of that id; the error names the nearest.
func (c *Catalogue) ByID(id string) (Requirement, error) {
	for _, r := range c.All {
		if strings.EqualFold(r.ID, id) {
			return r, nil
		}
	}
	ids := make([]string, len(c.All))
	for i, r := range c.All {
		ids[i] = r.ID
	}
	return Requirement{}, nearest.Error("requirement", id, ids, "harness list requirements")
}

// Select returns the requirements whose id is one of the given or matches one of them as a pattern, where * stands
// for any text; nothing given selects all. A name that selects nothing is an error.
func (c *Catalogue) Select(patterns []string) ([]Requirement, error) {
	if len(patterns) == 0 {
		return c.All, nil
	}
	chosen := map[string]bool{}
	for _, pattern := range patterns {
		if !strings.ContainsAny(pattern, "*?[") {
			r, err := c.ByID(pattern)
			if err != nil {
				return nil, err
			}
			chosen[r.ID] = true
			continue
		}
		hit := false
		for _, r := range c.All {
			ok, err := path.Match(strings.ToUpper(pattern), strings.ToUpper(r.ID))
			if err != nil {
				return nil, fmt.Errorf("the pattern %q does not parse: a [ needs its ]", pattern)
			}
			if ok {
				hit, chosen[r.ID] = true, true
			}
		}
		if !hit {
			return nil, fmt.Errorf("no requirement matches %q\nhint: harness list requirements", pattern)
		}
	}
	return slices.DeleteFunc(slices.Clone(c.All), func(r Requirement) bool { return !chosen[r.ID] }), nil
}
