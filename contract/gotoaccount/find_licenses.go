// findLicenses: GET /accounts/{accountKey}/licenses?filter={filter}.

package gotoaccount

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/exact"
	"harness/internal/fixture"
)

// capped is how many licences a find may return at most: other documents of the vendor say so, this one says nothing.
const capped = 100

// pair is one condition of a filter.
type pair struct{ name, pattern string }

// text is the pair as a filter writes it.
func (p pair) text() string { return p.name + "=" + p.pattern }

// search is an account to search in, with all its licences.
type search struct {
	t       *T
	account int64
	base    []fixture.Licence
}

// searched lists the attributes of licences that texts are searched in, best known first.
var searched = []string{"name", "sku", "channel", "description", "servicetype", "type"}

// searchIn reads accounts, those with most licences met first, until one suits.
func searchIn(t *T, needs string, suits func(search) bool) search {
	keys := accountsMet(t)
	for _, key := range keys[:min(4, len(keys))] {
		if s := (search{t, key, account(t, key)}); suits(s) {
			return s
		}
	}
	t.NotExercised("needs an account with %s", needs)
	return search{}
}

// searchDivided is searchIn for an account where a whole value selects some licences and not others.
func searchDivided(t *T) (s search, whole pair) {
	s = searchIn(t, "a name, or another attribute, that some of its licences have and others have not", func(s search) bool { return len(s.pairs()) > 0 })
	return s, s.pairs()[0]
}

// ask searches with a filter.
func (s search) ask(filter string, more ...any) client.Request {
	op := s.t.Operation("findLicenses")
	return s.t.Call(op.ID, Path{"accountKey": s.account}, append([]any{op.Find.Parameter, filter}, more...)...)
}

// raw searches with a filter that is sent letter for letter.
func (s search) raw(filter string) client.Request {
	r := s.ask("")
	r.Raw = fmt.Sprintf("/accounts/%d/licenses?%s=%s", s.account, r.Operation.Find.Parameter, filter)
	return r
}

// all are the keys of the account's licences.
func (s search) all() []int64 { return sorted(fixture.Keys(s.base)) }

// matching are the keys of the licences that satisfy a condition.
func (s search) matching(holds func(fixture.Licence) bool) []int64 {
	return sorted(fixture.Keys(where(s.base, holds)))
}

// exactly selects the licences whose attribute matches to the letter; leniently, those that match when case does
// not count, about which the document is silent.
func exactly(p pair) func(fixture.Licence) bool {
	return func(l fixture.Licence) bool {
		v := l.Value.Get(p.name)
		return v.Kind == exact.String && v.Text != "" && glob(p.pattern, v.Text)
	}
}

func leniently(p pair) func(fixture.Licence) bool {
	return func(l fixture.Licence) bool {
		v := l.Value.Get(p.name)
		return glob(strings.ToLower(p.pattern), strings.ToLower(v.Text)) || p.pattern == "*"
	}
}

// glob matches a whole text; a star stands for any characters, or none.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, parts[0])
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(text, part)
		text, ok = after, ok && found
	}
	return ok && strings.HasSuffix(text, parts[len(parts)-1])
}

// found holds an answer against the licences that match. A licence that the list of the account lacks may be found all
// the same, if it shows itself that it matches.
func (s search) found(e *client.Exchange, p pair, likely ...named) {
	must := s.matching(exactly(p))
	if got := keys(e); len(must) > capped && len(got) == capped {
		must = common(must, got) // cut, which is observed elsewhere
	}
	may := fixture.Keys(where(licences(e), leniently(p)))
	selects(s.t, e, must, may, fmt.Sprintf("the licences are those of account %d that match %s", s.account, p.text()), likely...)
}

// ours says whether a licence belongs to the account, as far as it shows.
func (s search) ours(l fixture.Licence) bool {
	return l.Account == s.account || !l.Value.Has("accountkey")
}

// special says whether a letter means something in a filter, or is taken to by a careless server.
func special(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' && r != '-' }

// pairs lists whole values that some licences of the account have and others do not, none with a special letter. Those that are part of no other come first: a careless comparison takes the part for the
// whole, and that is a promise of its own.
func (s search) pairs() []pair {
	var all []pair
	for _, name := range searched {
		texts := s.texts(name)
		part := func(v string) bool {
			return slices.ContainsFunc(texts, func(w string) bool { return w != v && strings.Contains(w, v) })
		}
		values := slices.DeleteFunc(slices.Sorted(slices.Values(texts)), func(v string) bool { return len(v) < 2 || strings.ContainsFunc(v, special) })
		slices.SortStableFunc(values, func(a, b string) int { return rank(part(a)) - rank(part(b)) })
		for _, v := range values {
			if n := len(s.matching(leniently(pair{name, v}))); n < len(s.base) && n <= capped {
				all = append(all, pair{name, v})
			}
		}
	}
	return all
}

var _ = describe("findLicenses", func(s *Suite) {
	finding(s)
	patterns(s)
	forbidden(s)
	findOddities(s)
})

// finding registers what a search finds: all that match, in one account, by every pair.
func finding(s *Suite) {
	s.It("returns only licences of the account that match", Covers("GOTO-FIND-01"), func(t *T) {
		in, whole := searchDivided(t)
		e := t.OK(in.ask(whole.text()))
		shown := indexed(licences(e))
		finds(t, e, func(key int64) bool { return in.ours(shown[key]) }, fmt.Sprintf("every licence found belongs to account %d", in.account))
		finds(t, e, func(key int64) bool { return leniently(whole)(shown[key]) }, fmt.Sprintf("every licence found has %s", whole.text()), named{"the filter is ignored", in.all()})
	})
	s.It("returns every licence of the account that matches", Covers("GOTO-FIND-02"), func(t *T) {
		in, _ := searchDivided(t)
		// The value with most matches tells a list from its first element.
		pairs := in.pairs()
		whole := slices.MaxFunc(pairs, func(a, b pair) int { return cmp.Compare(len(in.matching(exactly(a))), len(in.matching(exactly(b)))) })
		e := t.OK(in.ask(whole.text()))
		in.found(e, whole, named{"the filter is ignored", in.all()})
		strangers := where(licences(e), func(l fixture.Licence) bool { return !in.ours(l) })
		t.On(e).Expect(fixture.Keys(strangers), HaveKeys(), fmt.Sprintf("nothing but licences of account %d is found", in.account))
	})
	s.It("requires every pair of several", Covers("GOTO-FIND-05"), func(t *T) {
		type choice struct {
			a, b                   pair
			both, either, of1, of2 []int64
		}
		choose := func(s search) (c choice, ok bool) {
			pairs := s.pairs()
			for _, a := range pairs {
				for _, b := range pairs {
					c = choice{a: a, b: b, of1: s.matching(exactly(a)), of2: s.matching(exactly(b))}
					c.both, c.either = common(c.of1, c.of2), union(c.of1, c.of2)
					if a.name != b.name && len(c.both) > 0 && len(c.both) < len(c.of1) && len(c.both) < len(c.of2) {
						return c, true
					}
				}
			}
			return c, false
		}
		in := searchIn(t, "two attributes that select different licences, some of which satisfy both", func(s search) bool { _, ok := choose(s); return ok })
		c, _ := choose(in)
		e := t.OK(in.ask(c.a.text() + "," + c.b.text()))
		may := fixture.Keys(where(licences(e), func(l fixture.Licence) bool { return leniently(c.a)(l) && leniently(c.b)(l) }))
		selects(t, e, c.both, may, fmt.Sprintf("the licences satisfy %s and %s", c.a.text(), c.b.text()),
			named{"only the first pair counts", c.of1}, named{"only the last pair counts", c.of2}, named{"either pair is enough", c.either}, named{"the filter is ignored", in.all()})
	})
	s.It("matches the whole value where there is no star", Covers("GOTO-FIND-08"), func(t *T) {
		in, whole := searchDivided(t)
		letters := []rune(whole.pattern)
		part := pair{whole.name, string(letters[:len(letters)-1])}
		t.Need(len(in.matching(leniently(part))) == 0, "a value whose beginning is no value itself")
		e := t.Send(in.ask(part.text()))
		selectsNone(t, e, fmt.Sprintf("%s is no licence's %s", part.pattern, part.name),
			named{"the beginning of a value is enough", in.matching(exactly(pair{part.name, part.pattern + "*"}))},
			named{"any part of a value is enough", in.matching(exactly(pair{part.name, "*" + part.pattern + "*"}))}, named{"the filter is ignored", in.all()})
	})
	s.It("means the same filter by raw and encoded spellings", Covers("GOTO-FIND-14"), func(t *T) {
		in, whole := searchDivided(t)
		letters := []rune(whole.pattern)
		begin := pair{whole.name, string(letters[:min(3, len(letters)-1)]) + "*"}
		raw, encoded := begin.text(), strings.NewReplacer("=", "%3D", "*", "%2A").Replace(begin.text())
		if simple(begin.pattern) {
			answers := t.OKAll(in.raw(encoded), in.raw(raw))
			selects(t, answers[1], keys(answers[0]), nil, fmt.Sprintf("%s is the same as %s", raw, encoded),
				named{"the second = ends the filter", in.all()})
		}
		spaced := slices.IndexFunc(in.pairs(), func(p pair) bool {
			return strings.Contains(p.pattern, " ") && simple(strings.ReplaceAll(p.pattern, " ", ""))
		})
		if spaced < 0 {
			t.Need(simple(begin.pattern), "a value of letters and digits")
			return
		}
		p := in.pairs()[spaced]
		percent, plus := strings.ReplaceAll(p.text(), " ", "%20"), strings.ReplaceAll(p.text(), " ", "+")
		answers := t.SendAll(in.raw(strings.Replace(percent, "=", "%3D", 1)), in.raw(strings.Replace(plus, "=", "%3D", 1)))
		t.On(answers[0]).Expect(answers[0], Succeed(), "a filter with %20 for a space is served")
		t.On(answers[1]).Expect(answers[1], Succeed(), "a filter with + for a space is served")
		selects(t, answers[1], keys(answers[0]), nil, fmt.Sprintf("%s is the same as %s", plus, percent))
	})
	s.It("does not take an empty filter for one that everything matches", Covers("GOTO-FIND-11"), func(t *T) {
		in, _ := searchDivided(t)
		e := t.Send(in.ask(""))
		selectsNone(t, e, "an empty filter matches nothing", named{"an empty filter matches everything", in.all()})
		if e.OK() {
			t.Observe("an empty filter", amounts(t, e))
		}
	})
}

// simple says whether a text, stars aside, is the same raw and encoded.
func simple(text string) bool {
	return alphanumeric(strings.NewReplacer("*", "", "-", "").Replace(text))
}

// reading is a way in which a server may take a pattern that is not the document's.
type reading struct {
	text    string
	matches func(pattern, text string) bool
}

var readings = []reading{
	{"a star is taken for itself", func(pattern, text string) bool { return pattern == text }},
	{"a star does not match nothing", func(pattern, text string) bool {
		return glob(pattern, text) && len(text) > len(strings.ReplaceAll(pattern, "*", ""))
	}},
	{"only a star at the end counts, as in the lists of other resources", func(pattern, text string) bool {
		head, ok := strings.CutSuffix(pattern, "*")
		return pattern == text || ok && strings.HasPrefix(text, head)
	}},
	{"a pattern may match any part of the value", func(pattern, text string) bool { return glob("*"+pattern+"*", text) }},
}

// misread lists what an account would yield in each wrong reading of a pattern.
func (s search) misread(p pair) []named {
	var all []named
	for _, r := range readings {
		all = append(all, named{r.text, s.matching(func(l fixture.Licence) bool {
			v := l.Value.Get(p.name)
			return v.Kind == exact.String && r.matches(p.pattern, v.Text)
		})})
	}
	return all
}

// best chooses, of the patterns that a shape makes out of values, the one that most wrong readings are told by.
func (s search) best(shape func(string) []string) (chosen pair, ok bool) {
	most := 0
	for _, whole := range first(s.pairs(), 16) {
		texts := first(s.texts(whole.name), 100)
		for _, pattern := range spread(shape(whole.pattern), 24) {
			matched := func(matches func(pattern, text string) bool) (some []string) {
				for _, text := range texts {
					if matches(pattern, text) {
						some = append(some, text)
					}
				}
				return some
			}
			right := matched(glob)
			if len(right) == 0 || len(right) == len(texts) && pattern != "*" {
				continue
			}
			told := 1
			for _, r := range readings {
				if !slices.Equal(right, matched(r.matches)) {
					told++
				}
			}
			if told > most {
				chosen, most, ok = pair{whole.name, pattern}, told, true
			}
			if told > len(readings) {
				return chosen, true
			}
		}
	}
	return chosen, ok
}

// texts lists what the licences of the account have for an attribute, each text once.
func (s search) texts(name string) (all []string) {
	for _, l := range s.base {
		if v := l.Value.Get(name); v.Kind == exact.String && !slices.Contains(all, v.Text) {
			all = append(all, v.Text)
		}
	}
	return all
}

// spread takes at most n elements from all over a list.
func spread[E any](list []E, n int) []E {
	if len(list) <= n {
		return list
	}
	some := make([]E, n)
	for i := range some {
		some[i] = list[i*len(list)/n]
	}
	return some
}

// cuts yields every way to cut a value in two or three parts that are not empty.
func cuts(value string, parts int) (all [][]string) {
	letters := []rune(value)
	for i := 1; i < len(letters); i++ {
		head, tail := string(letters[:i]), string(letters[i:])
		if parts == 2 {
			all = append(all, []string{head, tail})
			continue
		}
		for _, rest := range cuts(tail, 2) {
			all = append(all, append([]string{head}, rest...))
		}
	}
	return all
}

// shapes are the patterns that stars make, by where they stand.
var shapes = []struct {
	text, row string
	of        func(value string) []string
}{
	{"at the end of a value, where it matches nothing too", "GOTO-FIND-03", func(v string) []string { return []string{v + "*"} }},
	{"at the end of a value", "GOTO-FIND-03", func(v string) (all []string) {
		for _, c := range cuts(v, 2) {
			all = append(all, c[0]+"*")
		}
		return all
	}},
	{"at the beginning of a value", "GOTO-FIND-04", func(v string) (all []string) {
		for _, c := range cuts(v, 2) {
			all = append(all, "*"+c[1])
		}
		return append(all, "*"+v)
	}},
	{"inside a value", "GOTO-FIND-04", func(v string) (all []string) {
		for _, c := range cuts(v, 3) {
			all = append(all, c[0]+"*"+c[2])
		}
		return all
	}},
	{"several times", "GOTO-FIND-04", func(v string) (all []string) {
		for _, c := range cuts(v, 3) {
			all = append(all, "*"+c[1]+"*", "*"+c[0]+"*"+c[2]+"*")
		}
		return all
	}},
	{"alone", "GOTO-FIND-04", func(string) []string { return []string{"*"} }},
}

// patterns registers what stars match, wherever they stand, and that nothing else is special.
func patterns(s *Suite) {
	for _, shape := range shapes {
		s.It("takes a star "+shape.text+" for any text", Covers(shape.row), func(t *T) {
			var p pair
			in := searchIn(t, "an attribute that some of its licences have and others have not", func(s search) (ok bool) { p, ok = s.best(shape.of); return ok })
			in.found(t.OK(in.ask(p.text())), p, append(in.misread(p), named{"the filter is ignored", in.all()})...)
		})
	}
	s.It("takes every letter but the star for itself", Covers("GOTO-FIND-09"), func(t *T) {
		in, whole := searchDivided(t)
		letters := []rune(whole.pattern)
		middle := len(letters) / 2
		head, tail := string(letters[:middle]), string(letters[middle+1:])
		values := []string{head + "%" + tail, head + "_" + tail, head + "." + tail, head + string(letters[middle]) + "?" + tail,
			head + "[" + string(letters[middle]) + "]" + tail, "(" + whole.pattern + ")", head + `\` + string(letters[middle:]), whole.pattern + "'", head + "["}
		for _, v := range in.texts(whole.name) {
			if strings.ContainsFunc(v, special) && !strings.ContainsAny(v, `,=*\"'`) {
				values = append(values, v)
			}
		}
		values = first(values, 20)
		var requests []client.Request
		for _, v := range values {
			requests = append(requests, in.ask(pair{whole.name, v}.text()))
		}
		for i, e := range t.SendAll(requests...) {
			p := pair{whole.name, values[i]}
			t.On(e).Expect(e, NotCrash(), fmt.Sprintf("%s is a value like any other", p.pattern))
			if !e.OK() {
				continue
			}
			shown := indexed(licences(e))
			finds(t, e, func(key int64) bool { return leniently(p)(shown[key]) }, fmt.Sprintf("nothing but %s matches %s", p.pattern, p.text()))
			if want := in.matching(exactly(p)); len(want) > 0 && len(common(want, keys(e))) == 0 {
				selects(t, e, want, want, fmt.Sprintf("%s matches itself", p.pattern))
			}
		}
	})
}

// forbidden registers the attributes that cannot be searched.
func forbidden(s *Suite) {
	for _, name := range s.Operation.Find.Unsearchable {
		s.It("finds nothing by "+name+", which cannot be searched", Covers("GOTO-FIND-06"), func(t *T) {
			in := searchIn(t, "a licence that has "+name, func(s search) bool { _, ok := s.valueOf(name); return ok })
			v, _ := in.valueOf(name)
			e := t.Send(in.ask(name + "=" + v))
			if e.Rejected() {
				return
			}
			t.On(e).Expect(e, Succeed(), "a filter by "+name+" is refused or finds nothing")
			selects(t, e, nil, nil, "a filter by "+name+" is refused or finds nothing", named{"the filter is passed over, and everything found", in.all()})
			t.Observe("a filter by "+name, amounts(t, e))
		})
	}
	s.It("applies no attribute that cannot be searched beside one that can", Covers("GOTO-FIND-07"), func(t *T) {
		unsearchable := s.Operation.Find.Unsearchable
		t.Need(slices.Contains(unsearchable, "enabled"), "enabled among the attributes that cannot be searched")
		suits := func(s search) (p pair, ok bool) {
			for _, p := range s.pairs() {
				on := s.matching(func(l fixture.Licence) bool { return exactly(p)(l) && l.Is("enabled") })
				if len(on) > 0 && len(on) < len(s.matching(exactly(p))) {
					return p, true
				}
			}
			return p, false
		}
		in := searchIn(t, "licences of one name of which some are enabled and others are not", func(s search) bool { _, ok := suits(s); return ok })
		p, _ := suits(in)
		e := t.Send(in.ask(p.text() + ",enabled=true"))
		if !e.OK() {
			t.On(e).Expect(e, BeRejected(), "a filter by enabled is refused, or does nothing")
			return
		}
		got := keys(e)
		off := in.matching(func(l fixture.Licence) bool { return leniently(p)(l) && !l.Is("enabled") })
		if len(got) > 0 && len(common(got, off)) == 0 {
			t.On(e).Fail(evidence.Failure{
				Message: "enabled cannot be searched, and is not applied beside what can be", Expected: "a rejection, nothing, or the licences that match " + p.text() + " whether enabled or not",
				Got: fmt.Sprintf("%d licences, all enabled; %d that are not are left out", len(got), len(off)), Likely: "enabled=true is applied in silence",
			})
		}
		t.Observe("enabled beside another attribute", amounts(t, e, named{"ignored", in.matching(exactly(p))}))
	})
}

// valueOf returns a value of an attribute, written as a filter would, that licences of the account have.
func (s search) valueOf(name string) (text string, ok bool) {
	for _, l := range s.base {
		switch v := l.Value.Get(name); v.Kind {
		case exact.Number, exact.Bool, exact.String:
			if v.Text != "" && !strings.ContainsAny(v.Text, ",=*") {
				return v.Text, true
			}
		case exact.Array:
			if len(v.Items) > 0 && v.Items[0].Text != "" && !strings.ContainsAny(v.Items[0].Text, ",=*") {
				return v.Items[0].Text, true
			}
		}
	}
	return "", false
}
