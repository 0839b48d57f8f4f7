// The plan of the house, as a test: rooms stand on floors, and a package imports only from floors below its own.

package harness_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors lists the packages of every floor, ground first.
var floors = [][]string{
	{"pipelines", "targets", "internal/exact", "internal/nearest", "internal/place", "internal/hostile", "internal/histogram", "reports"},
	{"specs", "internal/evidence", "internal/target", "internal/reference", "internal/wire", "internal/known"},
	{"internal/requirement", "internal/client", "internal/schema", "internal/measure"},
	{"internal/verdict", "internal/fixture", "internal/specdiff"},
	{"contract", "load", "internal/history"},
	{"internal/report", "internal/live", "contract/gotoaccount", "contract/genesyscloud"},
	{"cmd/harness", "internal/benchload", "internal/peers"},
}

// alone lists packages that import nothing of ours: a server that checked itself with the suites' code would share
// their blind spots.
var alone = []string{"internal/reference", "internal/hostile"}

func floorOf(pkg string) int {
	return slices.IndexFunc(floors, func(rooms []string) bool { return slices.Contains(rooms, pkg) })
}

func TestRoomsStandOnFloors(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && file != "." {
			return filepath.SkipDir
		}
		// Tests may look at anything: they prove rooms together.
		if filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		pkg := path.Dir(filepath.ToSlash(file))
		seen[pkg] = true
		floor := floorOf(pkg)
		if floor < 0 {
			t.Errorf("%s: package %s stands on no floor; give it one in layers_test.go", file, pkg)
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			below, ours := strings.CutPrefix(name, "harness/")
			switch {
			case !ours:
			case slices.Contains(alone, pkg):
				t.Errorf("%s imports %s, but %s imports nothing of ours", file, below, pkg)
			case floorOf(below) >= floor:
				t.Errorf("%s imports %s, which does not stand below %s", file, below, pkg)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, rooms := range floors {
		for _, pkg := range rooms {
			if !seen[pkg] {
				t.Errorf("layers_test.go gives a floor to %s, which does not exist", pkg)
			}
		}
	}
}
