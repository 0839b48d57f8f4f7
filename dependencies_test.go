// What the program is made of, against the page that owns up to it: docs/dependencies.md.

package harness_test

import (
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"
)

// rows returns the first n cells of each row of a table, joined by a space, in the part of a page between two lines.
func rows(t *testing.T, page, from, to string, n int) []string {
	t.Helper()
	_, part, found := strings.Cut(page, "\n"+from+"\n")
	part, _, ended := strings.Cut(part, "\n"+to+"\n")
	if !found || !ended {
		t.Fatalf("docs/dependencies.md has no part between %q and %q", from, to)
	}
	var all []string
	for line := range strings.Lines(part) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|-") || len(cells) < n {
			continue
		}
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
		}
		all = append(all, strings.Join(cells[:n], " "))
	}
	if len(all) < 2 {
		t.Fatalf("docs/dependencies.md has no table between %q and %q", from, to)
	}
	return slices.Sorted(slices.Values(all[1:])) // the first is the heading
}

func page(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestEveryModuleOfTheProgramIsListed wants each module that is built in on any platform, at its version and with a
// licence, and no other.
func TestEveryModuleOfTheProgramIsListed(t *testing.T) {
	built := map[string]bool{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", "./cmd/harness")
		list.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		list.Stderr = os.Stderr
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list for %s: %v", system, err)
		}
		for line := range strings.Lines(string(out)) {
			built[strings.TrimSpace(line)] = true
		}
	}
	listed := rows(t, page(t), "<!-- table: make licences -->", "<!-- end of the table -->", 2)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(built)), listed); diff != "" {
		t.Errorf("docs/dependencies.md is not what is built in; make licences writes it (-built +listed):\n%s", diff)
	}
	licence := regexp.MustCompile(` [A-Z][A-Za-z0-9.-]+(, [A-Z][A-Za-z0-9.-]+)*$`)
	for _, row := range rows(t, page(t), "<!-- table: make licences -->", "<!-- end of the table -->", 3) {
		if !licence.MatchString(row) {
			t.Errorf("%s: no licence", row)
		}
	}
}

// TestEveryChoiceHasAReason wants a reason for each module that somebody chose: what our packages and their tests import
// themselves, and the tools.
func TestEveryChoiceHasAReason(t *testing.T) {
	list := exec.Command("go", "list", "-e", "-f", `{{join .Imports " "}} {{join .TestImports " "}} {{join .XTestImports " "}}`, "./...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	chosen := map[string]bool{}
	choose := func(mod *modfile.File, pkg string) {
		module := "" // that of the longest path is the package's
		for _, r := range mod.Require {
			if within(pkg, r.Mod.Path) && len(r.Mod.Path) > len(module) {
				module = r.Mod.Path
			}
		}
		if module != "" {
			chosen[module] = true
		}
	}
	for _, name := range []string{"go.mod", "tools/go.mod"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		mod, err := modfile.Parse(name, data, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, tool := range mod.Tool {
			choose(mod, tool.Path)
		}
		if name == "go.mod" {
			for _, pkg := range strings.Fields(string(out)) {
				choose(mod, pkg)
			}
		}
	}
	reasons := rows(t, page(t), "## Why each is there", "## What is built in", 1)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(chosen)), reasons); diff != "" {
		t.Errorf("docs/dependencies.md gives reasons for others than are there (-there +with a reason):\n%s", diff)
	}
}

// within says whether a path is a folder, or inside it.
func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

// TestWhatWasCopiedHasItsLicence wants the licence beside whatever was copied into the repository, and a row for it.
func TestWhatWasCopiedHasItsLicence(t *testing.T) {
	listed := rows(t, page(t), "## Copied into the repository", "## Fetched by scripts", 1)
	for _, row := range listed {
		if _, err := os.Stat(row); err != nil {
			t.Errorf("docs/dependencies.md: %v", err)
		}
	}
	out, err := exec.Command("git", "ls-files", "*/LICENSE", "*.min.js", "*.min.css").Output()
	if err != nil {
		t.Skip("no checkout: ", err)
	}
	for _, file := range strings.Fields(string(out)) {
		if !slices.ContainsFunc(listed, func(row string) bool { return within(file, row) }) {
			t.Errorf("docs/dependencies.md does not list %s", file)
		}
	}
}
