// scanLicensesByRole: GET /licenses?role={role}.

package gotoaccount

import (
	"fmt"

	. "harness/contract"
	"harness/internal/fixture"
)

var byRole = scan{
	operation: "scanLicensesByRole",
	id:        shared("GOTO-SCAN-ROLE-03"),
	selects: func(t *T) selection {
		role, ok := selectiveRole(t)
		t.Need(ok, "a role that some licences of a window grant and others do not")
		holds := func(l fixture.Licence) bool { return l.HasRole(role) }
		return selection{query: []any{"role", role}, holds: holds, window: widest(t, holds)}
	},
}

// implied are the rows of the law that the document only implies; they keep their own id in every scan.
var implied = map[string]bool{"04": true, "11": true, "12": true, "13": true, "14": true, "18": true, "19": true}

// shared gives the stated rows of the law one id, and leaves the implied ones theirs.
func shared(stated string) func(string) string {
	return func(row string) string {
		if implied[row] {
			return fmt.Sprintf("GOTO-SCAN-KEY-%s", row)
		}
		return stated
	}
}

// selectiveRole returns the most common role that not every licence met grants.
func selectiveRole(t *T) (role string, ok bool) {
	roles, count := goods(t).Roles()
	for _, role := range roles {
		if count[role] < len(goods(t).Licences) {
			return role, true
		}
	}
	return "", false
}

var _ = describe("scanLicensesByRole", func(s *Suite) {
	byRole.law(s)
})
