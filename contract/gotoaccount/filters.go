// Two lists take roles and includeUsers: the licences of accounts and those of users. What the two parameters promise
// is one law, written once and asked of both.

package gotoaccount

import (
	"fmt"
	"slices"
	"strings"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
	"harness/specs"
)

// filtered is a list that takes roles and includeUsers.
type filtered struct {
	operation string
	noun      string // whose licences are listed, in the plural
	rows      filterRows
	// owners lists the keys whose licences can be asked for, those with most licences first.
	owners func(*T) []int64
	// list reads the licences of one of them; it is a bracketed read.
	list func(*T, int64) []fixture.Licence
	// owns says whether a licence belongs to one of them.
	owns func(fixture.Licence, []int64) bool
}

// filterRows are the requirements behind the rows of the law; "" leaves a row out.
type filterRows struct {
	selects  string // roles selects the licences that grant the role
	either   string // of several roles either is enough
	whole    string // a role is matched as a whole name
	optional string // without roles nothing is filtered
	unknown  string // a role that no licence grants selects none
	odd      string // what unusual lists of roles select
	trims    string // includeUsers cuts userkeys to the listed users
	keeps    string // … and keeps every licence
	leaves   string // … and every other member
	compose  string // both work together
	oddUsers string // what unusual lists of users do
}

// filterLaw registers the rows of the law on the suite of f's operation.
func filterLaw(s *Suite, f filtered) {
	if roles, ok := filterOf(s.Operation, "items"); ok {
		f.roles(s, roles)
		if users, ok := filterOf(s.Operation, "elements"); ok {
			f.users(s, users)
			f.together(s, roles, users)
		}
	}
}

// filterOf names the parameter that drops whole items, or elements of a member.
func filterOf(op *specs.Operation, drops string) (parameter string, ok bool) {
	for _, f := range op.Filters {
		if f.Drops == drops {
			return f.Parameter, true
		}
	}
	return "", false
}

// subject is a list to narrow: whose licences, and what they are unfiltered.
type subject struct {
	t      *T
	f      filtered
	owners []int64
	base   []fixture.Licence
}

// subject reads the list of the one that has most licences, or of the ten that have, whichever suits first.
func (f filtered) subject(t *T, needs string, suits func(subject) bool) subject {
	owners := f.owners(t)
	for _, n := range []int{1, 10} {
		s := subject{t: t, f: f, owners: owners[:min(n, len(owners))]}
		if len(s.owners) == 0 {
			break
		}
		if n > 1 {
			s.base = s.read()
		} else {
			s.base = f.list(t, s.owners[0])
		}
		if suits(s) {
			return s
		}
	}
	t.NotExercised("needs %s with %s", f.noun, needs)
	return subject{}
}

// read reads the whole list without filter; it is a bracketed read.
func (s subject) read() []fixture.Licence {
	return Read(s.t, s.f.operation+" of "+join(s.owners), func() ([]fixture.Licence, string) {
		all := licences(s.t.OK(s.ask()))
		return all, fingerprint(all)
	})
}

// ask asks for the list with the given query.
func (s subject) ask(query ...any) client.Request {
	return s.t.Call(s.f.operation, Path{s.t.Operation(s.f.operation).Batch.Parameter: join(s.owners)}, query...)
}

// all are the keys of the list without filter.
func (s subject) all() []int64 { return sorted(fixture.Keys(s.base)) }

// granting are the keys of those that grant any of the roles.
func (s subject) granting(roles ...string) []int64 {
	return sorted(fixture.Keys(where(s.base, func(l fixture.Licence) bool { return slices.ContainsFunc(roles, l.HasRole) })))
}

// rolesOf lists the roles of licences, the most common first. A name with a comma in it cannot be listed.
func rolesOf(all []fixture.Licence) (roles []string, count map[string]int) {
	g := fixture.Gotoaccount{Licences: all}
	roles, count = g.Roles()
	return slices.DeleteFunc(roles, func(role string) bool { return role == "" || strings.Contains(role, ",") }), count
}

// dividing lists the roles that some licences grant and others do not, the most common first.
func dividing(all []fixture.Licence) []string {
	roles, count := rolesOf(all)
	return slices.DeleteFunc(roles, func(role string) bool { return count[role] == len(all) })
}

// exclusive returns two roles each of which some licence grants without the other.
func exclusive(base []fixture.Licence) (a, b string, ok bool) {
	roles := dividing(base)
	only := func(a, b string) bool {
		return slices.ContainsFunc(base, func(l fixture.Licence) bool { return l.HasRole(a) && !l.HasRole(b) })
	}
	for i, a := range roles {
		for _, b := range roles[i+1:] {
			if only(a, b) && only(b, a) {
				return a, b, true
			}
		}
	}
	return "", "", false
}

// noRoles lists names that are made of a role and are none themselves: its beginning, its end, and more than it.
func noRoles(t *T, role string, base []fixture.Licence) []string {
	letters := []rune(role)
	var names []string
	for _, name := range []string{string(letters[:len(letters)-1]), string(letters[1:]), role + "X"} {
		known := func(l fixture.Licence) bool { return l.HasRole(name) }
		if name != "" && !slices.ContainsFunc(base, known) && !slices.ContainsFunc(goods(t).Licences, known) {
			names = append(names, name)
		}
	}
	return names
}

// unheard returns a name that nothing on the target has.
func unheard(t *T, prefix string, length int) string {
	var b strings.Builder
	b.WriteString(prefix)
	for b.Len() < length {
		b.WriteByte(byte('a' + t.Rand.IntN(26)))
	}
	return b.String()
}

func (f filtered) roles(s *Suite, parameter string) {
	divided := func(s subject) bool { return len(dividing(s.base)) > 0 }
	s.It("selects with "+parameter+" exactly the licences that grant the role", Covers(f.rows.selects), func(t *T) {
		sub := f.subject(t, "a role that some of their licences grant and others do not", divided)
		roles := dividing(sub.base)
		roles = slices.Compact([]string{roles[0], roles[len(roles)-1]})
		var requests []client.Request
		for _, role := range roles {
			requests = append(requests, sub.ask(parameter, role))
		}
		for i, e := range t.OKAll(requests...) {
			want := sub.granting(roles[i])
			selects(t, e, want, want, "the licences are those that grant "+roles[i], named{parameter + " is ignored", sub.all()})
		}
	})
	s.It("selects with several "+parameter+" the licences that grant either", Covers(f.rows.either), func(t *T) {
		sub := f.subject(t, "two roles, each granted by a licence that does not grant the other", func(s subject) bool {
			_, _, ok := exclusive(s.base)
			return ok
		})
		a, b, _ := exclusive(sub.base)
		answers := t.OKAll(sub.ask(parameter, a), sub.ask(parameter, b), sub.ask(parameter, a+","+b), sub.ask(parameter, b+","+a))
		first, second := keys(answers[0]), keys(answers[1])
		either := union(first, second)
		for i, e := range answers[2:] {
			first, last := first, second
			if i == 1 {
				first, last = last, first
			}
			selects(t, e, either, either, fmt.Sprintf("%s or %s is enough: the list is what both yield apart", a, b),
				named{"both roles are required", common(first, last)},
				named{"only the first role counts", first}, named{"only the last role counts", last})
		}
	})
	s.It("matches "+parameter+" by whole names", Covers(f.rows.whole), func(t *T) {
		sub := f.subject(t, "a role", func(s subject) bool { return len(dividing(s.base)) > 0 })
		role := dividing(sub.base)[0]
		names := noRoles(t, role, sub.base)
		t.Need(len(names) > 0, "a role whose beginning is no role itself")
		var requests []client.Request
		for _, name := range names {
			requests = append(requests, sub.ask(parameter, name))
		}
		for i, e := range t.SendAll(requests...) {
			selectsNone(t, e, names[i]+" is the name of no role", named{"part of a name is enough", sub.granting(role)}, named{parameter + " is ignored", sub.all()})
		}
	})
	s.It("filters nothing without "+parameter, Covers(f.rows.optional), func(t *T) {
		sub := f.subject(t, "a role that some of their licences grant and others do not", divided)
		roles, _ := rolesOf(sub.base)
		answers := t.OKAll(sub.ask(), sub.ask(parameter, join(roles[:min(20, len(roles))])))
		got := keys(answers[0])
		t.On(answers...).Expect(apart(keys(answers[1]), got), HaveKeySet(), "what roles select is in the list without roles")
		owned := func(roles bool) func(fixture.Licence) bool {
			return func(l fixture.Licence) bool { return f.owns(l, sub.owners) && len(l.Roles) > 0 == roles }
		}
		if len(missing(t, goods(t).Where(owned(true)), got, owned(true))) > 0 {
			return // the list is not whole, whatever roles have to do with it: that is another promise
		}
		plain := missing(t, goods(t).Where(owned(false)), got, owned(false))
		t.On(answers[0]).If("licences without a role are left out", got).
			Expect(sorted(got), HaveKeySet(union(got, fixture.Keys(plain))...), "a licence that grants no role is in the list too")
	})
	s.It("selects nothing for a role that no licence grants", Covers(f.rows.unknown), func(t *T) {
		sub := f.subject(t, "a licence", func(s subject) bool { return len(s.base) > 0 })
		e := t.Send(sub.ask(parameter, unheard(t, "ROLE_", 24)))
		selectsNone(t, e, "no licence grants a role that does not exist", named{"an unknown role filters nothing", sub.all()})
		if e.Rejected() {
			t.Observe(parameter+" names an unknown role", amounts(t, e))
		}
	})
	if f.rows.odd == "" {
		return
	}
	s.It("shows what unusual "+parameter+" select", Covers(f.rows.odd), func(t *T) {
		sub := f.subject(t, "a role that some of their licences grant and others do not", divided)
		role := dividing(sub.base)[0]
		spellings := []struct{ question, value string }{
			{parameter + " is empty", ""}, {parameter + " is a lone comma", ","}, {parameter + " ends in a comma", role + ","},
			{parameter + " in another case", otherCase(role)}, {parameter + " names an unknown role beside a known one", unheard(t, "ROLE_", 24) + "," + role},
		}
		var requests []client.Request
		for _, s := range spellings {
			requests = append(requests, sub.ask(parameter, s.value))
		}
		for i, e := range t.TryAll(requests...) {
			t.Observe(spellings[i].question, amounts(t, e, named{"nothing is filtered", sub.all()}, named{"as the known role", sub.granting(role)}))
		}
	})
}

// otherCase turns lower case into upper case, or upper into lower.
func otherCase(text string) string {
	if lower := strings.ToLower(text); lower != text {
		return lower
	}
	return strings.ToUpper(text)
}

// missing lists the licences met that a list lacks and that are still as they were met: each is read again, a few of
// them at most.
func missing(t *T, met []fixture.Licence, got []int64, as func(fixture.Licence) bool) []fixture.Licence {
	var lost []fixture.Licence
	there := set(got)
	for _, l := range met {
		if len(lost) == 5 {
			break
		}
		if there[l.Key] {
			continue
		}
		if now, ok := still(t, l.Key); ok && as(now) {
			lost = append(lost, now)
		}
	}
	return lost
}

// still reads a licence that was met before, ok false when it is there no more or another one is shown; it is a
// bracketed read.
func still(t *T, key int64) (l fixture.Licence, ok bool) {
	type found struct {
		fixture.Licence
		ok bool
	}
	f := Read(t, fmt.Sprintf("licence %d, if it is there", key), func() (found, string) {
		e := t.Send(t.Call("getLicense", Path{"licenseKey": key}))
		l, ok := fixture.LicenceOf(e.JSON())
		return found{l, ok && e.OK() && l.Key == key}, fmt.Sprint(e.OK(), shape(l))
	})
	return f.Licence, f.ok
}

// cut chooses users to keep, so that a licence keeps some of its users and loses others, and another loses all of
// its users or has none. It keeps two of one licence where there is one with three, so that the second shows too, and
// users that are not asked for themselves come first.
func (s subject) cut() (users []int64, ok bool) {
	for _, least := range []int{3, 2} {
		for _, l := range s.base {
			if len(l.Users) < least || len(l.Users) > 50 {
				continue
			}
			users = slices.SortedStableFunc(slices.Values(l.Users), func(a, b int64) int {
				return rank(slices.Contains(s.owners, a)) - rank(slices.Contains(s.owners, b))
			})
			users = users[:least-1]
			if slices.ContainsFunc(s.base, func(l fixture.Licence) bool { return !slices.ContainsFunc(users, l.HasUser) }) {
				return users, true
			}
		}
	}
	return nil, false
}

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}

func (f filtered) users(s *Suite, parameter string) {
	needs := "a licence of two users or more, and one without them"
	cuts := func(s subject) bool { _, ok := s.cut(); return ok }
	s.It("cuts userkeys to the users of "+parameter, Covers(f.rows.trims), func(t *T) {
		sub := f.subject(t, needs, cuts)
		users, _ := sub.cut()
		e := t.OK(sub.ask(parameter, join(users)))
		whole := indexed(sub.base)
		for _, l := range licences(e) {
			before, known := whole[l.Key]
			if !known {
				continue // which licences come back is another promise
			}
			t.On(e).
				If(parameter+" is ignored", sorted(before.Users)).
				If("the listed users are left out, the others are kept", sorted(apart(before.Users, users))).
				If("only the first listed user counts", common(before.Users, users[:1])).
				If("only the users that were asked for are kept", common(common(before.Users, users), sub.owners)).
				Expect(sorted(l.Users), HaveKeySet(common(before.Users, users)...), fmt.Sprintf("userkeys of licence %d are those of its users that %s lists", l.Key, parameter))
		}
	})
	s.It("returns the same licences with "+parameter+" as without", Covers(f.rows.keeps), func(t *T) {
		sub := f.subject(t, needs, cuts)
		users, _ := sub.cut()
		e := t.OK(sub.ask(parameter, join(users)))
		selects(t, e, sub.all(), sub.all(), parameter+" never changes which licences come back", named{"licences without such a user are dropped",
			fixture.Keys(where(sub.base, func(l fixture.Licence) bool { return slices.ContainsFunc(users, l.HasUser) }))})
	})
	s.It("leaves every member but userkeys as it is with "+parameter, Covers(f.rows.leaves), func(t *T) {
		sub := f.subject(t, needs, cuts)
		users, _ := sub.cut()
		e := t.OK(sub.ask(parameter, join(users)))
		whole := indexed(sub.base)
		for _, l := range licences(e) {
			if before, known := whole[l.Key]; known {
				t.On(e).Expect(stripped(l, "userkeys", "users"), EqualJSON(stripped(before, "userkeys", "users")),
					fmt.Sprintf("licence %d is the same but for its userkeys", l.Key))
			}
		}
	})
	if f.rows.oddUsers == "" {
		return
	}
	s.It("shows what unusual "+parameter+" do", Covers(f.rows.oddUsers), func(t *T) {
		sub := f.subject(t, needs, cuts)
		users, _ := sub.cut()
		known := goods(t).UserKeys()
		spellings := []struct{ question, value string }{
			{parameter + " is empty", ""}, {parameter + " is malformed", "abc"}, {parameter + " names an unknown user", fmt.Sprint(t.Rand.Int64())},
			{parameter + " names a user twice", join([]int64{users[0], users[0]})},
		}
		if most := sub.t.Operation(f.operation).Batch.Limit; len(known) > most {
			spellings = append(spellings, struct{ question, value string }{fmt.Sprintf("%s names more than %d users", parameter, most), join(known[:most+1])})
		}
		var requests []client.Request
		for _, s := range spellings {
			requests = append(requests, sub.ask(parameter, s.value))
		}
		for i, e := range t.TryAll(requests...) {
			t.Observe(spellings[i].question, sub.shown(e, spellings[i].value))
		}
		f.details(t, sub, parameter)
	})
}

// shown says what an unusual list of users did to the list.
func (s subject) shown(e *client.Exchange, listed string) string {
	text := amounts(s.t, e, named{"every licence", s.all()})
	if !e.OK() {
		return text
	}
	var users, kept, expected int
	whole := indexed(s.base)
	for _, l := range licences(e) {
		users += len(whole[l.Key].Users)
		kept += len(l.Users)
		for _, u := range whole[l.Key].Users {
			if slices.Contains(strings.Split(listed, ","), fmt.Sprint(u)) {
				expected++
			}
		}
	}
	switch kept {
	case expected:
		return text + ", the listed users"
	case users:
		return text + ", every user"
	case 0:
		return text + ", no user"
	}
	return text + ", other users"
}

// details says whether users, the details of weighted licences, are cut as userkeys are.
func (f filtered) details(t *T, sub subject, parameter string) {
	for _, l := range sub.base {
		if details := l.Value.Get("users").Items; len(details) > 1 && len(details) < 50 && len(l.Users) == len(details) {
			answer := "left as they are"
			for _, now := range licences(t.OK(sub.ask(parameter, l.Users[0]))) {
				if now.Key == l.Key && len(now.Value.Get("users").Items) < len(details) {
					answer = "cut too"
				}
			}
			t.Observe("users of a weighted licence", answer)
			return
		}
	}
}

func (f filtered) together(s *Suite, roles, users string) {
	s.It("applies "+roles+" and "+users+" together, in either order", Covers(f.rows.compose), func(t *T) {
		sub := f.subject(t, "a role that some of their licences grant and others do not, and a licence of two users or more among the first", func(s subject) bool {
			_, _, ok := s.both()
			return ok
		})
		role, list, _ := sub.both()
		answers := t.OKAll(sub.ask(roles, role), sub.ask(users, join(list)), sub.ask(roles, role, users, join(list)), sub.ask(users, join(list), roles, role))
		cut := indexed(licences(answers[1]))
		want := common(keys(answers[0]), keys(answers[1]))
		for _, e := range answers[2:] {
			selects(t, e, want, want, "the licences are those that "+roles+" selects", named{roles + " is ignored where " + users + " is given", keys(answers[1])})
			for _, l := range licences(e) {
				if alone, known := cut[l.Key]; known {
					t.On(e, answers[1]).If(users+" is ignored where "+roles+" is given", sorted(indexed(sub.base)[l.Key].Users)).
						Expect(sorted(l.Users), HaveKeySet(sorted(alone.Users)...), fmt.Sprintf("userkeys of licence %d are those that %s keeps", l.Key, users))
				}
			}
		}
	})
}

// both chooses a role and users so that each narrows the list in its own way, and the users cut a licence of the role.
func (s subject) both() (role string, users []int64, ok bool) {
	for _, role := range dividing(s.base) {
		with := s
		with.base = where(s.base, func(l fixture.Licence) bool { return l.HasRole(role) })
		if users, ok := with.cut(); ok {
			return role, users, true
		}
	}
	return "", nil, false
}

// indexed finds licences by key.
func indexed(all []fixture.Licence) map[int64]fixture.Licence {
	found := map[int64]fixture.Licence{}
	for _, l := range all {
		found[l.Key] = l
	}
	return found
}

// stripped is a licence without some members, its roles in order: they are a set.
func stripped(l fixture.Licence, names ...string) exact.Value {
	v := exact.Value{Kind: exact.Object, Members: []exact.Member{}}
	for _, m := range l.Value.Members {
		if slices.Contains(names, m.Name) {
			continue
		}
		if m.Name == "roles" {
			m.Value.Items = slices.SortedFunc(slices.Values(m.Value.Items), func(a, b value) int { return strings.Compare(a.Text, b.Text) })
		}
		v.Members = append(v.Members, m)
	}
	return v
}
