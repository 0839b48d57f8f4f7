// Whatever stands in a list of known failures, it is read or refused, and read the same twice.

package known_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"harness/internal/known"
)

func FuzzKnownFailures(f *testing.F) {
	f.Add([]byte(file))
	f.Add([]byte("failures: []\nquarantine: []\n"))
	f.Add([]byte("failures:\n  - &a {requirement: GOTO-KEY-06, operation: getLicense, target: '*', reason: r, owner: o, added: 2026-11-20, expires: 2026-12-20}\n  - *a\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := known.Parse("k.yaml", text, promises, today)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		again, err := known.Parse("k.yaml", text, promises, today)
		if diff := cmp.Diff(list, again, cmpopts.EquateEmpty(), cmp.AllowUnexported(known.Date{})); diff != "" || err != nil {
			t.Errorf("it reads otherwise the second time: %v\n%s", err, diff)
		}
	})
}
