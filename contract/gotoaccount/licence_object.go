// The licence object: what its numbers mean, and that it is the same object whoever shows it.

package gotoaccount

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/onsi/gomega"

	. "harness/contract"
	"harness/internal/exact"
	"harness/internal/fixture"
)

var _ = everywhere(ofLicences, func(s *Suite) {
	id := s.Operation.ID
	for _, m := range []struct{ member, row string }{
		{"accountkey", "GOTO-KEY-03"}, {"roles", "GOTO-LIC-02"}, {"userkeys", "GOTO-LIC-03"}, {"enabled", "GOTO-LIC-09"},
	} {
		s.It("shows "+m.member+" in every licence", Covers(m.row), func(t *T) {
			eachShown(t, id, "of any kind", anyLicence, func(a Assertion, l fixture.Licence) {
				a.Expect(isNothing(l.Value.Get(m.member)), gomega.BeFalse(), remark(l, "has a member "+m.member+", whatever is in it"))
			})
		})
	}
	s.It("tells remaining wherever it tells seats", Covers("GOTO-LIC-05"), func(t *T) {
		eachShown(t, id, "with a number of seats", hasSeats, func(a Assertion, l fixture.Licence) {
			a.Expect(l.Value.Get("remaining"), BeKind(exact.Number), remark(l, "has seats, so it has a number of remaining ones"))
		})
	})
	s.It("counts as remaining what is not assigned", Covers("GOTO-LIC-06"), func(t *T) {
		truth := agreed(t) // who the users are is another promise: here they are those that most operations show
		eachShown(t, id, "with a number of seats, neither weighted nor concurrent", summable, func(a Assertion, l fixture.Licence) {
			seats, _ := fixture.Key(l.Value.Get("seats"))
			remaining, ok := fixture.Key(l.Value.Get("remaining"))
			if !ok || truth[l.Key].Value.Get("userkeys").Kind != exact.Array {
				return // that something is missing is told by another case
			}
			users := int64(len(sorted(truth[l.Key].Users)))
			if named := int64(len(l.Users)); named > int64(len(sorted(l.Users))) && remaining == seats-named {
				return // right for users of whom one is named twice, which is told by another case
			}
			a.If("remaining is seats", seats).If("remaining is the number of users", users).If("remaining is one assignment behind", seats-users+1).
				Expect(remaining, gomega.Equal(seats-users), remark(l, fmt.Sprintf("has %d seats and %d users, so %d remain", seats, users, seats-users)))
		})
	})
	s.It("keeps remaining between 0 and seats", Covers("GOTO-LIC-07"), func(t *T) {
		eachShown(t, id, "with a number of seats", hasSeats, func(a Assertion, l fixture.Licence) {
			seats, _ := fixture.Key(l.Value.Get("seats"))
			remaining, ok := fixture.Key(l.Value.Get("remaining"))
			if !ok || remaining == seats-int64(len(l.Users)) {
				return // more users than seats is a matter of data when the sum is right
			}
			a.Expect(remaining, gomega.And(gomega.BeNumerically(">=", 0), gomega.BeNumerically("<=", seats)), remark(l, "has no fewer than 0 and no more than all its seats left"))
		})
	})
	s.It("tells what remains of unlimited seats", Covers("GOTO-LIC-08"), func(t *T) {
		tally(t, id, "unlimited seats", fixture.Licence.Unlimited, func(l fixture.Licence) map[string]string {
			return map[string]string{"seats": l.Value.Get("seats").Kind.String(), "remaining": l.Value.Get("remaining").Kind.String()}
		})
	})
	s.It("tells the kinds of licences", Covers("GOTO-LIC-11"), func(t *T) {
		tally(t, id, "any kind", anyLicence, func(l fixture.Licence) map[string]string {
			kinds := map[string]string{}
			for _, name := range []string{"type", "channel", "servicetype"} {
				kinds[name] = l.Value.Get(name).String()
			}
			return kinds
		})
	})
	s.It("shows the custom attributes that other operations show", Covers("GOTO-LIC-12"), func(t *T) {
		truth := agreed(t)
		eachShown(t, id, "with a custom attribute", func(l fixture.Licence) bool { return len(truth[l.Key].Custom()) > 0 }, func(a Assertion, l fixture.Licence) {
			for _, m := range truth[l.Key].Custom() {
				a.Expect(l.Value.Get(m.Name), EqualJSON(m.Value), remark(l, fmt.Sprintf("has the attribute %q", m.Name)))
			}
		})
	})
	s.It("shows the same object as other operations", Covers("GOTO-LIC-14"), func(t *T) {
		truth := agreed(t)
		eachShown(t, id, "that other operations show", anyLicence, func(a Assertion, l fixture.Licence) {
			if want := truth[l.Key]; shape(l) != shape(want) {
				a.Expect(l.Value, EqualJSON(want.Value), remark(l, "is one object, whoever shows it"))
			}
		})
	})
	s.It("names no role and no user twice", Covers("GOTO-LIC-15"), func(t *T) {
		eachShown(t, id, "with a role or a user", func(l fixture.Licence) bool { return len(l.Roles)+len(l.Users) > 0 }, func(a Assertion, l fixture.Licence) {
			a.Expect(l.Roles, HaveTextSet(slices.Compact(slices.Sorted(slices.Values(l.Roles)))...), remark(l, "names each role once"))
			a.Expect(l.Users, HaveKeySet(sorted(l.Users)...), remark(l, "names each user once"))
		})
	})
	s.It("tells what a weighted licence shows of its users", Covers("GOTO-LIC-16"), func(t *T) {
		tally(t, id, "weights", func(l fixture.Licence) bool { return l.Is("weighted") }, func(l fixture.Licence) map[string]string {
			var named []int64
			for _, u := range l.Value.Get("users").Items {
				if key, ok := fixture.Key(u.Get("key")); ok {
					named = append(named, key)
				}
			}
			seats, _ := fixture.Key(l.Value.Get("seats"))
			remaining, counted := fixture.Key(l.Value.Get("remaining"))
			answers := map[string]string{
				"users":                    l.Value.Get("users").Kind.String(),
				"keys in users = userkeys": fmt.Sprint(slices.Equal(sorted(named), sorted(l.Users))),
			}
			if counted && hasSeats(l) {
				answers["remaining = seats - users"] = fmt.Sprint(remaining == seats-int64(len(l.Users)))
			}
			return answers
		})
	})
	s.It("keeps every digit of the numbers in attributes", Covers("GOTO-LIC-19"), func(t *T) {
		truth := agreed(t)
		eachShown(t, id, "with a number in an attribute that a double cannot hold", func(l fixture.Licence) bool {
			return slices.ContainsFunc(truth[l.Key].Custom(), func(m exact.Member) bool { return inexactInDouble(m.Value) })
		}, func(a Assertion, l fixture.Licence) {
			for _, m := range truth[l.Key].Custom() {
				if want, got := numbers(m.Value), numbers(l.Value.Get(m.Name)); len(want) == len(got) && l.Value.Get(m.Name).Kind == m.Value.Kind {
					a.Expect(equalNumbers(got, want), gomega.BeTrue(), remark(l, fmt.Sprintf("has the numbers %s in %q", strings.Join(want, " "), m.Name)))
				}
			}
		})
	})
	s.It("tells whether members and elements come in one order", Covers("GOTO-LIC-18"), func(t *T) {
		a, b := plain(t, id), t.Try(anExample(t, id))
		t.Need(a.OK() && b.OK() && content(a) == content(b), "an answer that is the same twice")
		t.Observe("order over repeats", map[bool]string{true: "stable", false: "varies"}[a.JSON().String() == b.JSON().String()])
	})
})

var _ = describe("getLicense", func(s *Suite) {
	s.It("has seats and remaining unless seats are unlimited", Covers("GOTO-LIC-01"), func(t *T) {
		eachShown(t, "getLicense", "with a number of remaining seats", func(l fixture.Licence) bool { return !isNothing(l.Value.Get("remaining")) || hasSeats(l) },
			func(a Assertion, l fixture.Licence) {
				if hasSeats(l) {
					a.Expect(l.Value.Has("remaining"), gomega.BeTrue(), remark(l, "is limited and has a member remaining"))
				}
			})
	})
})

var _ = everywhere(slices.DeleteFunc(slices.Clone(ofLicences), func(id string) bool { return id == "getLicense" || id == "getLicensesByKeys" }), func(s *Suite) {
	s.It("tells whether it shows disabled licences", Covers("GOTO-LIC-17"), func(t *T) {
		var disabled []fixture.Licence
		for _, l := range classes(t) {
			if _, asked := showing(t, s.Operation.ID, l); asked && l.Value.Get("enabled").Text == "false" {
				disabled = append(disabled, l)
			}
		}
		t.Need(len(disabled) > 0, "a disabled licence that %s can be asked for", s.Operation.ID)
		shown := view(t, s.Operation.ID).licences
		n := len(where(disabled, func(l fixture.Licence) bool { return shown[l.Key].Key == l.Key }))
		t.Observe("disabled licences shown", share(n, len(disabled)))
	})
})

// eachShown judges every chosen licence of a kind that an operation shows; it ends the case when there is none.
func eachShown(t *T, operation, kind string, holds func(fixture.Licence) bool, judge func(Assertion, fixture.Licence)) {
	v := view(t, operation)
	judged := 0
	for _, key := range v.keys() {
		if l := v.licences[key]; holds(l) {
			judged++
			judge(t.On(v.answers[key]), l)
		}
	}
	t.Need(judged > 0, "a licence %s that %s shows", kind, operation)
}

// tally observes the answers that licences of a kind give to some questions, each answer once.
func tally(t *T, operation, kind string, holds func(fixture.Licence) bool, answers func(fixture.Licence) map[string]string) {
	seen := map[string][]string{}
	v := view(t, operation)
	for _, key := range v.keys() {
		if l := v.licences[key]; holds(l) {
			for question, answer := range answers(l) {
				seen[question] = append(seen[question], answer)
			}
		}
	}
	t.Need(len(seen) > 0, "a licence with %s that %s shows", kind, operation)
	for question := range maps.Keys(seen) {
		t.Observe(question, strings.Join(slices.Compact(slices.Sorted(slices.Values(seen[question]))), ", "))
	}
}

func remark(l fixture.Licence, what string) string {
	return "licence " + strconv.FormatInt(l.Key, 10) + " " + what
}

func hasSeats(l fixture.Licence) bool {
	seats, ok := fixture.Key(l.Value.Get("seats"))
	return ok && seats >= 0
}

func isNothing(v value) bool { return v.Kind == exact.Null || v.Kind == exact.Absent }

// equalNumbers compares numbers by their exact value, whatever their spelling.
func equalNumbers(a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool {
		return exact.Equal(value{Kind: exact.Number, Text: x}, value{Kind: exact.Number, Text: y})
	})
}
