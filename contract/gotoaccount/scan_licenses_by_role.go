// scanLicensesByRole: GET /licenses?role={role}.

package gotoaccount

import (
	"fmt"
	"slices"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/fixture"
)

var byRole = scan{
	operation: "scanLicensesByRole",
	id:        shared("GOTO-SCAN-ROLE-03"),
	selects: func(t *T) selection {
		role, ok := selectiveRole(t)
		t.Need(ok, "a role that some licences grant and others do not")
		return selection{query: roleQuery(t, role), holds: grants(role), window: widest(t, grants(role))}
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
	if roles := dividing(goods(t).Licences); len(roles) > 0 {
		return roles[0], true
	}
	return "", false
}

// grants selects the licences that grant a role.
func grants(role string) func(fixture.Licence) bool {
	return func(l fixture.Licence) bool { return l.HasRole(role) }
}

// roleQuery selects by role.
func roleQuery(t *T, role string) []any {
	parameter, _ := filterOf(t.Operation("scanLicensesByRole"), "items")
	return []any{parameter, role}
}

// onWide is the scan by a role over several pages of keys.
func onWide(t *T, role string) setting {
	return byRole.setOn(t, selection{query: roleQuery(t, role), holds: grants(role), window: wide(t)})
}

// variety chooses roles among licences: one that some licence does not name first, the most common, and the rarest.
func variety(all []fixture.Licence) (chosen []string) {
	roles := dividing(all)
	if len(roles) == 0 {
		return nil
	}
	later := func(role string) bool {
		return slices.ContainsFunc(all, func(l fixture.Licence) bool { return l.HasRole(role) && l.Roles[0] != role })
	}
	for _, i := range []int{max(0, slices.IndexFunc(roles, later)), 0, len(roles) - 1} {
		if !slices.Contains(chosen, roles[i]) {
			chosen = append(chosen, roles[i])
		}
	}
	return chosen
}

var _ = describe("scanLicensesByRole", func(s *Suite) {
	byRole.law(s)

	parameter, _ := filterOf(s.Operation, "items")
	scan := s.Operation.Scan
	first := func(t *T, query ...any) client.Request { return t.Call(s.Operation.ID, nil, query...) }
	s.It("returns only licences that grant the role", Covers("GOTO-SCAN-ROLE-01"), func(t *T) {
		roles := variety(goods(t).Licences)
		t.Need(len(roles) > 0, "a role that some licences grant and others do not")
		var requests []client.Request
		for _, role := range roles {
			requests = append(requests, first(t, parameter, role))
		}
		for i, e := range t.OKAll(requests...) {
			shown := indexed(licences(e))
			finds(t, e, func(key int64) bool { return shown[key].HasRole(roles[i]) }, "every licence grants "+roles[i])
		}
	})
	s.It("misses no licence that grants the role, whatever its place among the roles", Covers("GOTO-SCAN-ROLE-02"), func(t *T) {
		roles := variety(window(t, wide(t)))
		t.Need(len(roles) > 0, "a role that some licences grant and others do not")
		for _, role := range roles {
			w := onWide(t, role)
			got, pages := w.whole(closed(w.sel.window.Low, w.sel.window.High))
			t.On(pages...).
				If("only the first role of a licence counts", sorted(fixture.Keys(where(w.all, func(l fixture.Licence) bool { return len(l.Roles) > 0 && l.Roles[0] == role })))).
				If("licences that are disabled are left out", sorted(fixture.Keys(where(w.all, func(l fixture.Licence) bool { return l.HasRole(role) && l.Is("enabled") })))).
				Expect(common(got, w.hits), HaveKeySet(w.hits...), "every licence of the range that grants "+role+" is found")
		}
	})
	s.It("filters before it limits, so that a page is empty only at the end", Covers("GOTO-SCAN-ROLE-03"), func(t *T) {
		all := window(t, wide(t))
		roles := dividing(all)
		t.Need(len(roles) > 0, "a role that some licences grant and others do not")
		slices.SortStableFunc(roles, func(a, b string) int { return slices.IndexFunc(all, grants(b)) - slices.IndexFunc(all, grants(a)) })
		onWide(t, roles[0]).rare("a page is empty only when no licence with " + roles[0] + " is left")
	})
	s.It("matches the role by its whole name", Covers("GOTO-SCAN-ROLE-04"), func(t *T) {
		all := goods(t).Licences
		roles := dividing(all)
		t.Need(len(roles) > 0, "a role")
		names := noRoles(t, roles[0], nil)
		t.Need(len(names) > 0, "a role whose beginning is no role itself")
		var requests []client.Request
		for _, name := range names {
			requests = append(requests, first(t, parameter, name))
		}
		for i, e := range t.SendAll(requests...) {
			if e.Rejected() {
				continue
			}
			t.On(e).Expect(e, Succeed(), names[i]+" is no role that a licence grants")
			shown := indexed(licences(e))
			finds(t, e, func(key int64) bool { return shown[key].HasRole(names[i]) }, names[i]+" is no role that a licence grants")
		}
	})
	s.It("returns nothing for a role that no licence grants", Covers("GOTO-SCAN-ROLE-05"), func(t *T) {
		everything := unfiltered(t)
		e := t.Send(first(t, parameter, unheard(t, "ROLE_", 24)))
		selectsNone(t, e, "an unknown role selects nothing", named{"an unknown role filters nothing", everything})
		if e.Rejected() {
			t.Observe("an unknown role", amounts(t, e))
		}
	})
	s.It("agrees with the licences of an account that grant the role", Covers("GOTO-SCAN-ROLE-06"), bothWays)
	s.It("rejects an empty role", Covers("GOTO-SCAN-ROLE-07"), func(t *T) {
		everything := unfiltered(t)
		rejects(t, t.Send(first(t, parameter, "")), "a scan by role needs a role", named{"an empty role filters nothing", everything})
	})
	s.It("shows what several roles mean here", Covers("GOTO-SCAN-ROLE-08"), func(t *T) {
		roles := dividing(goods(t).Licences)
		t.Need(len(roles) > 1, "two roles that some licences grant and others do not")
		a, b := roles[0], roles[1]
		answers := t.TryAll(first(t, parameter, a), first(t, parameter, a+","+b), first(t, "roles", a))
		everything := unfiltered(t)
		answer := amounts(t, answers[1], named{"as the first alone", keys(answers[0])}, named{"nothing is filtered", everything})
		if shown := licences(answers[1]); len(shown) > 0 && len(where(shown, func(l fixture.Licence) bool { return l.HasRole(a) || l.HasRole(b) })) == len(shown) &&
			len(where(shown, grants(a))) < len(shown) {
			answer = "200, either role"
		}
		t.Observe(parameter+" names two roles", answer)
		t.Observe("roles, the name on the lists of accounts and users", amounts(t, answers[2], named{"nothing is filtered", everything}, named{"as " + parameter, keys(answers[0])}))
	})
	s.It("shows whether the case of a role matters, and whether disabled licences are found", Covers("GOTO-SCAN-ROLE-09"), func(t *T) {
		w := byRole.set(t, 1)
		b := closed(w.sel.window.Low, w.sel.window.High)
		role := fmt.Sprint(w.sel.query[1])
		answers := t.TryAll(w.request(b, w.limit()), t.Call(s.Operation.ID, nil, append([]any{parameter, otherCase(role), scan.Limit, w.limit()}, b.query(scan)...)...))
		t.Observe("a role in another case", amounts(t, answers[1], named{"as in its own", keys(answers[0])}))
		disabled := where(w.all, func(l fixture.Licence) bool { return l.HasRole(role) && !l.Is("enabled") })
		if len(disabled) > 0 {
			answer := "found"
			if len(common(fixture.Keys(disabled), keys(answers[0]))) == 0 {
				answer = "not found"
			}
			t.Observe("disabled licences", answer)
		}
	})
})

var _ = describe("getLicenses", func(s *Suite) {
	s.It("agrees with the scan by role over the same keys", Covers("GOTO-SCAN-ROLE-06"), bothWays)
})

// bothWays asks for the licences of an account that grant a role in the two ways that there are, over one range of
// keys.
func bothWays(t *T) {
	all := window(t, wide(t))
	group := fixture.Gotoaccount{Licences: all}
	for _, owner := range group.AccountKeys() {
		roles := variety(group.ByAccount()[owner])
		if owner == 0 || len(roles) == 0 {
			continue
		}
		// Only what both would show without a role is compared: whether either is whole is another promise.
		known := common(fixture.Keys(account(t, owner)), fixture.Keys(all))
		parameter, _ := filterOf(t.Operation("getLicenses"), "items")
		for _, role := range first(roles, 2) {
			w := onWide(t, role)
			listed := t.OK(t.Call("getLicenses", Path{"accountKeys": owner}, parameter, role))
			got, pages := w.whole(closed(w.sel.window.Low, w.sel.window.High))
			t.On(listed, pages[0]).Expect(common(got, known), HaveKeySet(common(keys(listed), known)...),
				fmt.Sprintf("the scan by %s finds the licences of account %d that its list with the same role holds", role, owner))
		}
		return
	}
	t.NotExercised("needs an account with a role on some of its licences and not on others")
}
