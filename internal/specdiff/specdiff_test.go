// Cases as data: an edit of an embedded document, and what it means for callers.

package specdiff

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"harness/specs"
)

// scenario is one comparison.
type scenario struct {
	Case string `yaml:"case"`
	API  string `yaml:"api"`
	Old  []edit `yaml:"old"`
	New  []edit `yaml:"new"`
	Want []want `yaml:"want"`
}

// edit changes one file of a folder: every Find becomes With, or what lies from Cut up to To goes.
type edit struct {
	File string `yaml:"file"` // "" is the document
	Find string `yaml:"find"`
	With string `yaml:"with"`
	Cut  string `yaml:"cut"`
	To   string `yaml:"to"`
}

// want is a change. At is what the line holds that its first place points to, and may begin in the middle.
type want struct {
	Level      Level  `yaml:"level"`
	Rule       string `yaml:"rule"`
	Operations any    `yaml:"operations"` // a list, or "all"
	Text       string `yaml:"text"`
	At         string `yaml:"at"`
}

func TestHistory(t *testing.T)      { play(t, "history.yaml", nil) }
func TestPromises(t *testing.T)     { play(t, "promises.yaml", nil) }
func TestRequirements(t *testing.T) { play(t, "requirements.yaml", []string{"05-pages.yaml"}) }

func TestDocumentDoesNotDifferFromItself(t *testing.T) {
	for _, api := range specs.Names {
		before, err := Open(t.Context(), api)
		if err != nil {
			t.Fatal(err)
		}
		after, err := Open(t.Context(), "embedded:"+api)
		if err != nil {
			t.Fatal(err)
		}
		if c := compare(t, before, after); len(c.Changes)+len(c.Notes) > 0 {
			t.Errorf("%s differs from itself: %v %v", api, c.Changes, c.Notes)
		}
	}
}

// play runs every case of a file on folders that hold the embedded document and the given catalogues.
func play(t *testing.T, file string, catalogues []string) {
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all []scenario
	if err := yaml.UnmarshalWithOptions(data, &all, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	untouched := map[string]*Document{} // read once: most cases edit one side only
	for _, s := range all {
		before, after := edited(t, s.API, catalogues, s.Old), edited(t, s.API, catalogues, s.New)
		for _, side := range []string{"old", "new"} {
			if untouched[side+s.API] == nil {
				untouched[side+s.API] = document(t, side, edited(t, s.API, catalogues, nil))
			}
		}
		t.Run(s.Case, func(t *testing.T) {
			t.Parallel()
			was, is := untouched["old"+s.API], untouched["new"+s.API]
			if len(s.Old) > 0 {
				was = document(t, "old", before)
			}
			if len(s.New) > 0 {
				is = document(t, "new", after)
			}
			c := compare(t, was, is)
			var got []want
			for _, change := range c.Changes {
				got = append(got, want{
					Level: change.Level, Rule: change.Rule, Text: change.Text,
					Operations: strings.Join(change.Operations(), " "), At: lineAt(t, before, after, change.Places()[0]),
				})
			}
			var expected []want
			for i, w := range s.Want {
				w.Operations = operations(c, w.Operations)
				if i < len(got) && w.At != "" && strings.Contains(got[i].At, w.At) {
					w.At = got[i].At
				}
				expected = append(expected, w)
			}
			if diff := cmp.Diff(expected, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func operations(c *Comparison, want any) string {
	var ids []string
	switch w := want.(type) {
	case string:
		for _, op := range c.Operations {
			ids = append(ids, op.ID)
		}
	case []any:
		for _, id := range w {
			ids = append(ids, id.(string))
		}
	}
	return strings.Join(ids, " ")
}

// edited is the folder of an API with changes made to it.
func edited(t *testing.T, api string, catalogues []string, edits []edit) fstest.MapFS {
	t.Helper()
	folder := fstest.MapFS{}
	data, err := fs.ReadFile(specs.Files, api+"/"+documentFile)
	if err != nil {
		t.Fatal(err)
	}
	folder[documentFile] = &fstest.MapFile{Data: data}
	for _, name := range catalogues {
		if data, err = os.ReadFile("testdata/" + name); err != nil {
			t.Fatal(err)
		}
		folder["requirements/"+name] = &fstest.MapFile{Data: data}
	}
	for _, e := range edits {
		if e.File == "" {
			e.File = documentFile
		}
		text := string(folder[e.File].Data)
		if e.Cut != "" {
			e.Find = from(t, text, e.Cut, e.To)
		}
		if e.Find == "" || !strings.Contains(text, e.Find) {
			t.Fatalf("%s does not hold %q", e.File, e.Find)
		}
		folder[e.File].Data = []byte(strings.ReplaceAll(text, e.Find, e.With))
	}
	return folder
}

func from(t *testing.T, text, begin, end string) string {
	t.Helper()
	i := strings.Index(text, begin)
	if i < 0 {
		t.Fatalf("nothing begins with %q", begin)
	}
	n := strings.Index(text[i:], end)
	if n < 0 {
		t.Fatalf("nothing ends before %q", end)
	}
	return text[i : i+n]
}

func document(t *testing.T, side string, folder fs.FS) *Document {
	t.Helper()
	d, err := read("the "+side+" one", side, folder)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func compare(t *testing.T, before, after *Document) *Comparison {
	t.Helper()
	c, err := Compare(before, after)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lineAt is the line that a place points to.
func lineAt(t *testing.T, before, after fs.FS, p Place) string {
	t.Helper()
	side, file, _ := strings.Cut(p.File, "/")
	folder := after
	if side == "old" {
		folder = before
	}
	data, err := fs.ReadFile(folder, file)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(string(data)))
	if p.Line < 1 || p.Line > len(lines) {
		return fmt.Sprintf("%s, which is no line", p)
	}
	return strings.TrimSpace(lines[p.Line-1])
}
