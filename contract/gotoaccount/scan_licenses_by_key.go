// scanLicensesByKey: GET /licenses.

package gotoaccount

import (
	"fmt"
	"math"
	"slices"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/fixture"
)

var byKey = scan{
	operation: "scanLicensesByKey",
	id:        func(row string) string { return "GOTO-SCAN-KEY-" + row },
	selects: func(t *T) selection {
		return selection{window: widest(t, anyLicence), holds: anyLicence}
	},
}

var _ = describe("scanLicensesByKey", func(s *Suite) {
	byKey.law(s)

	scan := s.Operation.Scan
	s.It("serves a range whose bounds are the key of a licence", Covers("GOTO-SCAN-KEY-08"), func(t *T) {
		all := goods(t).Licences
		t.Need(len(all) > 0, "at least one licence")
		// The other cases read a range before they ask their own question, and say nothing where that is refused.
		for _, l := range []fixture.Licence{all[0], all[len(all)-1]} {
			e := t.Send(t.Call("scanLicensesByKey", nil, closed(l.Key, l.Key).query(scan)...))
			if e.OK() {
				continue
			}
			there := slices.ContainsFunc(beginning(t), func(shown fixture.Licence) bool { return shown.Key == l.Key })
			if !there && !t.Send(t.Call("getLicense", Path{"licenseKey": l.Key})).OK() {
				t.Inconclusive("licence %d has gone", l.Key)
			}
			t.On(e).Expect(e, Succeed(), fmt.Sprintf("a range may begin and end at %d, the key of a licence", l.Key))
		}
	})
	s.It("shows what a count that is no plain integer does", Covers("GOTO-SCAN-KEY-05"), func(t *T) {
		w := byKey.set(t, 1)
		unbounded := len(w.first(bounds{}))
		spellings := []string{"abc", "1.5", "1e1", "", " 5"}
		var requests []client.Request
		for _, n := range spellings {
			requests = append(requests, w.request(bounds{}, n))
		}
		r, _ := t.Operation("scanLicensesByKey").Range(scan.Limit)
		for i, e := range t.TryAll(requests...) {
			answer := amounts(t, e)
			if shown := len(licences(e)); e.OK() {
				switch {
				case shown > int(r.Default) && shown >= unbounded:
					answer = fmt.Sprintf("%d, no limit", e.Status)
				case shown > 5 || shown == unbounded:
					answer = fmt.Sprintf("%d, the default", e.Status)
				default:
					answer = fmt.Sprintf("%d, fewer than the default", e.Status)
				}
			}
			t.Observe(fmt.Sprintf("%s=%q", scan.Limit, spellings[i]), answer)
		}
	})
	s.It("shows whether a short page comes before the last", Covers("GOTO-SCAN-KEY-20"), func(t *T) {
		w := byKey.set(t, 2)
		const size, pages = 20, 4
		answer := "no"
		b := bounds{lower: at(w.hits[0])}
		short := false
		for range pages {
			page := keys(t.OK(w.request(b, size)))
			if short && len(page) > 0 {
				answer = "yes"
			}
			if len(page) == 0 {
				break
			}
			short = len(page) < size
			b = bounds{lower: at(slices.Max(page)), lowerInclusive: inclusive(false)}
		}
		t.Observe("a page shorter than "+scan.Limit+" comes before one that is not empty", answer)
	})
	s.It("shows what bounds that are no keys do", Covers("GOTO-SCAN-KEY-21"), func(t *T) {
		w := byKey.set(t, 3)
		whole := w.first(bounds{})
		type spelling struct {
			question string
			query    []any
		}
		var spellings []spelling
		for _, bound := range []string{scan.Lower, scan.Upper} {
			for _, text := range []string{"abc", "1.5", "-1", "9223372036854775808", ""} {
				spellings = append(spellings, spelling{fmt.Sprintf("%s=%q", bound, text), []any{bound, text}})
			}
		}
		for _, flag := range []string{scan.LowerInclusive, scan.UpperInclusive} {
			spellings = append(spellings, spelling{flag + "=false without its bound", []any{flag, false}})
		}
		var requests []client.Request
		for _, s := range spellings {
			requests = append(requests, t.Call("scanLicensesByKey", nil, append(s.query, scan.Limit, w.limit())...))
		}
		for i, e := range t.TryAll(requests...) {
			t.Observe(spellings[i].question, amounts(t, e, named{"as without it", whole}))
		}
	})
	s.It("finds by its key every licence that the other routes show", Covers("GOTO-SCAN-KEY-22"), func(t *T) {
		var all []fixture.Licence
		if accounts := accountsMet(t); len(accounts) > 0 {
			all = append(all, account(t, accounts[0])...)
		}
		if users := usersMet(t); len(users) > 0 {
			all = append(all, user(t, users[0])...)
		}
		t.Need(len(all) > 0, "a licence with an account")
		scanned(t, all)
	})
	s.It("shows how much a range moves between two equal scans", Covers("GOTO-SCAN-KEY-23"), func(t *T) {
		w := byKey.set(t, 1)
		now := map[string]bool{}
		for _, l := range licences(t.OK(w.request(closed(w.sel.window.Low, w.sel.window.High), w.limit()))) {
			now[shape(l)] = true
		}
		same := 0
		for _, l := range w.all {
			if now[shape(l)] {
				same++
			}
		}
		answer := "nothing moved"
		if same < len(w.all) || same < len(now) {
			answer = "some licences moved"
		}
		t.Observe("two scans of one range", answer)
	})
})

var _ = describe("getLicense", func(s *Suite) {
	s.It("shows no licence by its key that the scan does not find", Covers("GOTO-SCAN-KEY-22"), func(t *T) {
		accounts := accountsMet(t)
		t.Need(len(accounts) > 0, "a licence with an account")
		var all []fixture.Licence
		for _, l := range telling(t, account(t, accounts[0])) {
			if now, ok := still(t, l.Key); ok {
				all = append(all, now)
			}
		}
		t.Need(len(all) > 0, "a licence that can be read by its key")
		scanned(t, all)
	})
})

var _ = describe("getLicenses", func(s *Suite) {
	s.It("shows no licence that the scan does not find", Covers("GOTO-ACCT-02", "GOTO-SCAN-KEY-22"), func(t *T) {
		accounts := accountsMet(t)
		t.Need(len(accounts) > 0, "a licence with an account")
		scanned(t, account(t, accounts[0]))
	})
})

var _ = describe("getUserLicenses", func(s *Suite) {
	s.It("shows no licence that the scan does not find", Covers("GOTO-SCAN-KEY-22"), func(t *T) {
		users := usersMet(t)
		t.Need(len(users) > 0, "a licence with a user")
		var all []fixture.Licence
		for _, u := range users[:min(4, len(users))] {
			all = append(all, user(t, u)...)
		}
		scanned(t, all)
	})
})

// telling chooses a few licences that another route shows and a scan may not: those that discovery, which scans, did
// not meet come first, then disabled ones, then ones from all over the list.
func telling(t *T, all []fixture.Licence) []fixture.Licence {
	const few = 4
	met := set(fixture.Keys(goods(t).Licences))
	var chosen []fixture.Licence
	add := func(l fixture.Licence) {
		if len(chosen) < few && !slices.ContainsFunc(chosen, func(c fixture.Licence) bool { return c.Key == l.Key }) {
			chosen = append(chosen, l)
		}
	}
	for _, l := range all {
		if !met[l.Key] {
			add(l)
		}
	}
	for _, l := range where(all, func(l fixture.Licence) bool { return !l.Is("enabled") }) {
		if len(chosen) < few/2 {
			add(l)
		}
	}
	for i := range few {
		if len(all) > 0 {
			add(all[i*len(all)/few])
		}
	}
	return chosen
}

// scanned scans from the key of each of a few licences to itself, and expects to find it.
func scanned(t *T, all []fixture.Licence) {
	chosen := telling(t, all)
	var requests []client.Request
	op := t.Operation("scanLicensesByKey")
	for _, l := range chosen {
		requests = append(requests, t.Call(op.ID, nil, closed(l.Key, l.Key).query(op.Scan)...))
	}
	for i, e := range t.OKAll(requests...) {
		l := chosen[i]
		if slices.Contains(keys(e), l.Key) {
			continue
		}
		f := evidence.Failure{
			Message: "a licence that another route shows is found by the scan from its key to its key", Expected: fmt.Sprintf("licence %d", l.Key), Got: fmt.Sprintf("%d licences", len(keys(e))),
		}
		if !l.Is("enabled") {
			f.Likely = "scans leave out licences that are disabled"
		}
		t.On(e).Fail(f)
	}
}

// unfiltered reads the first page of the scan without any parameter; it is a bracketed read. It ends the case when
// there is nothing to filter.
func unfiltered(t *T) []int64 {
	page := Read(t, "first page of all", func() ([]int64, string) {
		page := sorted(keys(served(t, t.Call("scanLicensesByKey", nil))))
		return page, fmt.Sprint(page)
	})
	t.Need(len(page) > 0, "at least one licence")
	return page
}

// widest returns the window to look at: one with enough selected licences, if there is one, and rather one whose keys
// differ in length, so that comparing them as text shows; else the one with most.
func widest(t *T, holds func(fixture.Licence) bool) fixture.Window {
	const enough = 10
	var best fixture.Window
	score := []int{-1, 0, 0}
	for i := range goods(t).Windows {
		w := stretch(goods(t).Windows[i:], int(most(t, "scanLicensesByKey"))-1)
		n := len(where(w.Licences, holds))
		mixed := len(fmt.Sprint(w.Low)) != len(fmt.Sprint(w.High))
		if i == 0 {
			w.Low = math.MinInt64 // nothing is known to lie below, and a server without order may have hidden it
		}
		if now := []int{min(n, enough), rank(mixed), n}; slices.Compare(now, score) > 0 {
			best, score = w, now
		}
	}
	t.Need(score[0] >= 0, "at least one licence")
	return best
}

// wide returns a range of keys over several pages: that of the first windows, which discovery met page after page.
func wide(t *T) fixture.Window {
	t.Need(len(goods(t).Windows) > 0, "at least one licence")
	return stretch(goods(t).Windows, 3*int(most(t, "scanLicensesByKey")))
}

// stretch joins windows that follow each other, from the first on, as long as they hold no more than a number of
// licences. Pages of a walk follow each other closely; between windows at random places lies more than in them.
func stretch(windows []fixture.Window, most int) fixture.Window {
	w := windows[0]
	for _, next := range windows[1:] {
		apart := uint64(next.Low) - uint64(w.High)
		if len(w.Licences)+len(next.Licences) > most || next.Low <= w.High || apart > uint64(w.High)-uint64(w.Low)+uint64(next.High)-uint64(next.Low) {
			break
		}
		w.High, w.Licences = next.High, slices.Concat(w.Licences, next.Licences)
	}
	return w
}

// whole reads a closed range of keys page by page with a scan's selection, until nothing is left of it. It is the
// walk of a client that trusts nothing but an empty page.
func (w setting) whole(b bounds) (found []int64, pages []*client.Exchange) {
	last := int64(math.MinInt64)
	for range len(w.hits) + 5 {
		e := w.t.OK(w.request(b, w.limit()))
		pages = append(pages, e)
		page := keys(e)
		found = append(found, page...)
		if len(page) == 0 || slices.Max(page) <= last || slices.Max(page) >= *b.upper {
			break
		}
		last = slices.Max(page)
		b = after(last, *b.upper)
	}
	return found, pages
}
