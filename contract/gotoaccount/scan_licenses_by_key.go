// scanLicensesByKey: GET /licenses.

package gotoaccount

import (
	. "harness/contract"
	"harness/internal/fixture"
)

var byKey = scan{
	operation: "scanLicensesByKey",
	id:        func(row string) string { return "GOTO-SCAN-KEY-" + row },
	selects: func(t *T) selection {
		return selection{window: widest(t, func(fixture.Licence) bool { return true }), holds: func(fixture.Licence) bool { return true }}
	},
}

var _ = describe("scanLicensesByKey", func(s *Suite) {
	byKey.law(s)
})

// widest returns the window in which most licences are selected, a later one among equals: there keys are long, and
// neither the first nor the last of the target.
func widest(t *T, holds func(fixture.Licence) bool) fixture.Window {
	var best fixture.Window
	most := -1
	for i, w := range goods(t).Windows {
		n := len(where(w.Licences, holds))
		if n > most || n == most && i <= len(goods(t).Windows)/2 {
			best, most = w, n
		}
	}
	t.Need(most >= 0, "at least one licence")
	return best
}
