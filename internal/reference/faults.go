// Faults: promises that the server breaks on purpose, as values.

package reference

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// The names of the two APIs, as the whole project uses them.
const (
	accountAPI = "gotoaccount"
	genesysAPI = "genesyscloud"
)

// Fault is one way to break promises. It is subtle: requests that merely ask whether the server is there still succeed.
type Fault struct {
	Name    string   // kebab-case, unique: start-inclusive-ignored
	API     string   // gotoaccount or genesyscloud
	Summary string   // what a client sees, in one line
	Breaks  []string // ids of the requirements that fail when it is on, and only those
}

// touches are requirements that a fault may break besides, by chance, as patterns: such a fault shows only when requests
// meet on the server, and nobody can say which do.
var touches = map[string][]string{
	SharedCursor:         {"GOTO-SCAN-*", "GOTO-KEY-*", "GOTO-ROUTE-*", "GOTO-ACCT-*", "GOTO-USER-*", "GOTO-LIC-*", "GOTO-LOAD-01", "GOTO-GEN-0?"},
	CrosstalkRare:        {"GOTO-*"},
	Crosstalk:            {"GOTO-GET-01", "GOTO-KEY-*", "GOTO-LIC-*", "GOTO-LUSR-*", "GOTO-GEN-04", "GOTO-BATCH-14", "GOTO-USER-*"},
	GenesysCrosstalk:     {"GC-USR-*", "GC-BUSR-*", "GC-GEN-04"},
	GetConsumes:          {"GOTO-LIC-*"},
	AccountKeyDrifts:     {"GOTO-LIC-*", "GOTO-GEN-04", "GOTO-KEY-03"},
	EntitlementsUnstable: {"GOTO-SCAN-ATTR-13", "GOTO-ENTB-0?", "GOTO-GEN-04"},
}

// MayBreak says whether a requirement that is not among Breaks may fail all the same, by chance.
func (f Fault) MayBreak(requirement string) bool {
	return slices.ContainsFunc(touches[f.Name], func(pattern string) bool {
		ok, _ := path.Match(pattern, requirement) // the patterns are well-formed
		return ok
	})
}

// rare are faults that show in so few answers that the suites, which are kind to a target, would not meet them.
var rare = map[string]bool{CrosstalkRare: true}

// Rare says whether a fault shows in so few answers that only a load run meets it.
func (f Fault) Rare() bool { return rare[f.Name] }

var faults = slices.Concat(gotoObjectFaults, gotoListFaults, gotoScanFaults, genesysFaults)

// Faults returns every fault once, grouped by API and operation. The caller may change the slice, not the lists in it.
func Faults() []Fault { return slices.Clone(faults) }

// FaultNamed returns the fault of that name. The error for an unknown one lists the nearest names.
func FaultNamed(name string) (Fault, error) {
	names := make([]string, len(faults))
	for i, f := range faults {
		if f.Name == name {
			return f, nil
		}
		names[i] = f.Name
	}
	return Fault{}, fmt.Errorf("no fault %q; the nearest are [%s]", name, strings.Join(nearest(name, names, 3), " "))
}

// nearest sorts the names by their edits to the given one, a part of a name counting as near, and returns the first n.
func nearest(name string, names []string, n int) []string {
	far := make(map[string]int)
	for _, known := range names {
		far[known] = edits(name, known)
		if name != "" && strings.Contains(known, name) {
			far[known] = 1
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return far[a] - far[b] })
	return names[:n]
}

// edits is the Levenshtein distance.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
