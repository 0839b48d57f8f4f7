// How much a run must have seen at the least: one success of every operation under test.

package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"harness/specs"
)

// Unserved is an operation that gave no success in a run, though it was under test.
type Unserved struct {
	API       string
	Operation string
	Reason    string // what came instead
}

// unserved lists the operations of which the run saw no success (2xx), in the order of the findings. An operation is
// under test when the requirement that its document implies is in the selection; of a run that was narrowed to other
// requirements, nothing more is asked than what they ask. Exempt are operations that the run's header excludes, and those
// that stand only in an example of their document, which nobody has promised to serve.
func (b *bench) unserved(findings []Finding, documents []*specs.API) []Unserved {
	var all []Unserved
	tested := apis(b.run, findings)
	for _, f := range findings {
		at := [2]string{f.API, f.Operation}
		if b.implied[at] != f.Requirement || b.served[at] || !slices.Contains(tested, f.API) || b.excluded(f.API, f.Operation) != "" {
			continue
		}
		if op := operation(documents, at); op != nil && op.ExampleOnly {
			continue
		}
		all = append(all, Unserved{f.API, f.Operation, cmp.Or(f.Reason, "no 2xx answer")})
	}
	return all
}

// excluded says why the run's header excludes an operation, "" if it does not.
func (b *bench) excluded(api, operation string) string {
	for _, x := range b.run.Header.Selection.Excluded {
		if x.API == api && x.Operation == operation {
			return cmp.Or(x.Reason, "no reason is given")
		}
	}
	return ""
}

// tooLittle is why a run with such operations says too little of the server, with a hint; "" when there are none.
func tooLittle(unserved []Unserved) string {
	const most = 4
	var shown []string
	for _, u := range unserved[:min(most, len(unserved))] {
		shown = append(shown, fmt.Sprintf("%s (%s)", u.Operation, firstLine(u.Reason)))
	}
	if more := len(unserved) - most; more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	what := "1 operation was never served: "
	switch n := len(unserved); {
	case n == 0:
		return ""
	case n > 1:
		what = fmt.Sprintf("%d operations were never served: ", n)
	}
	return what + strings.Join(shown, ", ") + "\nhint: see to data and permissions for it, or list it under excluded in the target's file, with the reason"
}
