// Properties: laws that hold whatever the bounds, roles, users, patterns and literals, asked for drawn ones. A failure is
// shrunk to the simplest request that shows it.

package gotoaccount

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	. "harness/contract"
	"harness/internal/exact"
	"harness/internal/fixture"
)

// scanProperties asks a scan for drawn ranges whose bounds are keys; that a bound need not be one is another promise.
func scanProperties(suite *Suite, s scan) {
	suite.It("returns what lies in the range, whatever keys and flags bound it", Covers(s.id("10")), func(t *T) {
		w := s.set(t, 3)
		t.Property(func(r *rapid.T) {
			var b bounds
			low := rapid.IntRange(0, len(w.hits)-1).Draw(r, "lower")
			high := rapid.IntRange(low, len(w.hits)-1).Draw(r, "upper")
			b.lower, b.upper = at(w.hits[low]), at(w.hits[high])
			b.lowerInclusive, b.upperInclusive = drawnFlag(r, "lower inclusive"), drawnFlag(r, "upper inclusive")
			if low == high && (b.lowerInclusive != nil && !*b.lowerInclusive || b.upperInclusive != nil && !*b.upperInclusive) {
				return // one key and an exclusive bound is another promise, which may be refused
			}
			w.expect("a scan returns what lies in its range", []bounds{b}, startFlagIgnored, endFlagIgnored, flagsSwapped, startExclusive, endExclusive)
		})
	})
}

func drawnFlag(r *rapid.T, name string) *bool {
	switch rapid.IntRange(0, 2).Draw(r, name) {
	case 0:
		return nil
	case 1:
		return inclusive(true)
	}
	return inclusive(false)
}

// filterProperties asks a list for drawn roles and drawn users.
func filterProperties(suite *Suite, f filtered) {
	roles, ok := filterOf(suite.Operation, "items")
	if !ok {
		return
	}
	suite.It("selects by either of any roles", Covers(f.rows.either), func(t *T) {
		sub := f.subject(t, "two roles or more that some of their licences grant and others do not", func(s subject) bool { return len(dividing(s.base)) > 1 })
		all := dividing(sub.base)
		t.Property(func(r *rapid.T) {
			chosen := rapid.Permutation(all).Draw(r, "roles")[:rapid.IntRange(2, min(4, len(all))).Draw(r, "how many")]
			want := sub.granting(chosen...)
			selects(t, t.OK(sub.ask(roles, join(chosen))), want, want, fmt.Sprintf("the licences are those that grant any of %d roles", len(chosen)),
				named{"only the first role counts", sub.granting(chosen[0])}, named{"only the last role counts", sub.granting(chosen[len(chosen)-1])})
		})
	})
	users, ok := filterOf(suite.Operation, "elements")
	if !ok {
		return
	}
	suite.It("cuts userkeys to any users", Covers(f.rows.trims), func(t *T) {
		sub := f.subject(t, "a licence of two users or more", func(s subject) bool { return len(usersOf(s.base)) > 1 })
		all := usersOf(sub.base)
		whole := indexed(sub.base)
		t.Property(func(r *rapid.T) {
			chosen := rapid.Permutation(all).Draw(r, "users")[:rapid.IntRange(1, min(5, len(all))).Draw(r, "how many")]
			e := t.OK(sub.ask(users, join(chosen)))
			for _, l := range licences(e) {
				if before, known := whole[l.Key]; known {
					t.On(e).If(users+" is ignored", sorted(before.Users)).
						Expect(sorted(l.Users), HaveKeySet(common(before.Users, chosen)...), fmt.Sprintf("userkeys of licence %d are those listed in %s", l.Key, users))
				}
			}
		})
	})
}

// usersOf lists a few users of licences, each once.
func usersOf(all []fixture.Licence) []int64 {
	var users []int64
	for _, l := range all {
		users = append(users, first(l.Users, 3)...)
	}
	return first(sorted(users), 40)
}

// patternProperties searches for drawn patterns: a value of the account with one or two stretches of it starred out.
func patternProperties(suite *Suite) {
	suite.It("finds by a value with any stretches of it starred out", Covers("GOTO-FIND-04"), func(t *T) {
		s, whole := searchDivided(t)
		texts := slices.DeleteFunc(s.texts(whole.name), func(text string) bool { return text == "" || slices.ContainsFunc([]rune(text), special) })
		t.Need(len(texts) > 0, "a name, or another attribute, without special letters")
		t.Property(func(r *rapid.T) {
			runes := []rune(rapid.SampledFrom(texts).Draw(r, "value"))
			from := rapid.IntRange(0, len(runes)).Draw(r, "from")
			to := rapid.IntRange(from, len(runes)).Draw(r, "to")
			again := rapid.IntRange(to, len(runes)).Draw(r, "again")
			p := pair{whole.name, string(runes[:from]) + "*" + string(runes[to:again])}
			if again < len(runes) {
				p.pattern += "*"
			}
			s.found(t.OK(s.ask(p.text())), p)
		})
	})
}

// literalProperties scans for drawn attributes: any text that some licence carries, written as a JSON literal.
func literalProperties(suite *Suite) {
	suite.It("finds the licences of a window by any text they carry", Covers("GOTO-SCAN-ATTR-02"), func(t *T) {
		w := byAttribute.set(t, 1)
		all := carried(w.all, exact.String)
		t.Need(len(all) > 0, "a custom attribute, a text, that some licences carry and others do not")
		t.Property(func(r *rapid.T) {
			of := byAttribute.setOn(t, attributeSelection(t, rapid.SampledFrom(all).Draw(r, "attribute"), w.sel.window))
			of.expect("a scan by attribute finds every licence that carries it", []bounds{closed(w.sel.window.Low, w.sel.window.High)})
		})
	})
}

var (
	_ = describe("scanLicensesByKey", func(s *Suite) { scanProperties(s, byKey) })
	_ = describe("scanLicensesByRole", func(s *Suite) { scanProperties(s, byRole) })
	_ = describe("scanLicensesByAttribute", func(s *Suite) { scanProperties(s, byAttribute); literalProperties(s) })
	_ = describe("getLicenses", func(s *Suite) { filterProperties(s, accountLists) })
	_ = describe("getUserLicenses", func(s *Suite) { filterProperties(s, userLists) })
	_ = describe("findLicenses", patternProperties)
)
