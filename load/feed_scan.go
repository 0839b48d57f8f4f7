// Feeds of the three scans: pages of licences between two keys, walked or at random.

package load

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"harness/internal/client"
	"harness/internal/fixture"
	"harness/specs"
)

// scanFeed asks a scan for pages.
type scanFeed struct {
	scanLaw
	op         *Operation
	selections []*selection
	sizes      []int
	chance     *rand.Rand
	began      time.Time
	turn       int // of the selections

	random func(*page) // makes a page that is asked for once; nil where pages are walked
	start  func() []walker
	fresh  int // walkers that were made

	doubts doubts
	mu     sync.Mutex
	free   []*walker // those that are waiting for nothing, longest first

	expecting func(*Ask, *Answer) []specs.Departure // expect and back, bound once
	returning func(*Ask, *Answer)
}

// selection is what a scan selects by: a role, an attribute, or nothing.
type selection struct {
	target string // path and query up to the range
	column int    // of the values that must match; -1 where nothing does
	wants  string // what they must be, in words
	match  func(text []byte) bool
	census *census // nil where the licences that are selected may change
}

// page is one request of a scan, and what its answer is held against.
type page struct {
	of     *selection
	span   span
	count  int
	sent   time.Duration // on the feed's clock
	again  doubt         // what is looked for again; no keys for anything else
	walker *walker       // nil for a page that is asked for once
}

// walker goes through a range, page after page.
type walker struct {
	page
	whole  span
	failed int // pages in a row that did not come
}

// scan makes what the three feeds have in common.
func (c *composer) scan(step *Step, op *Operation, usual ...int) (*scanFeed, error) {
	if len(c.set.Gotoaccount.Licences) == 0 {
		return nil, lacking("a licence, and no scan page held one")
	}
	f := &scanFeed{op: op, chance: c.chance(), began: c.began, sizes: step.Sizes}
	if len(f.sizes) == 0 {
		f.sizes = usual
	}
	f.scanLaw, f.expecting, f.returning = scanLawOf(op), f.expect, f.back
	var err error
	f.selections, err = c.selections(step, op)
	return f, err
}

// selections are the roles or attributes that a scan asks for.
func (c *composer) selections(step *Step, op *Operation) ([]*selection, error) {
	g := &c.set.Gotoaccount
	which := step.Which
	if len(which) == 0 {
		which = []string{common, rare}
	}
	switch {
	case op.Attribute != nil:
		return attributeSelections(g, op, which)
	case len(op.Filters) > 0:
		roles, _ := g.Roles()
		roles = slices.DeleteFunc(roles, func(role string) bool { return role == "" })
		if len(roles) == 0 {
			return nil, lacking("a role, and none of the licences met has one")
		}
		var all []*selection
		for _, role := range choose(roles, which) {
			all = append(all, &selection{
				target: client.Request{Operation: op.Operation, Query: client.Query(op.Filters[0].Parameter, role)}.Target(),
				column: op.column("/*/roles/*"), wants: "role " + role, match: like(role),
			})
		}
		return all, nil
	}
	return []*selection{{target: op.Path + "?", column: -1, census: newCensus(fixture.Keys(g.Licences))}}, nil
}

// choose takes a few of a list that begins with the most common.
func choose[E any](list []E, which []string) []E {
	const few = 2
	var chosen []int
	for i := range min(few, len(list)) {
		if slices.Contains(which, common) {
			chosen = append(chosen, i)
		}
		if slices.Contains(which, rare) {
			chosen = append(chosen, len(list)-1-i)
		}
	}
	slices.Sort(chosen)
	var all []E
	for _, i := range slices.Compact(chosen) {
		all = append(all, list[i])
	}
	return all
}

// walk goes through all licences. What is due while every walker waits for an answer is asked by another one, which
// begins somewhere else.
func (c *composer) walk(step *Step, op *Operation) (Feed, error) {
	f, err := c.scan(step, op, 100)
	if err != nil {
		return nil, err
	}
	keys := fixture.Keys(c.set.Gotoaccount.Licences)
	f.start = func() []walker {
		w := walker{}
		if f.fresh++; f.fresh > 1 {
			w.span.lower = bound{key: keys[f.chance.IntN(len(keys))], given: true}
		}
		return []walker{w}
	}
	return f, nil
}

// usualRanges is how many ranges are walked at once when a step does not say: what known clients do.
const usualRanges = 16

// parallel cuts the key space into ranges and goes through them at once. What is due while every walker waits for an
// answer is asked by another team of as many.
func (c *composer) parallel(step *Step, op *Operation) (Feed, error) {
	f, err := c.scan(step, op, 100)
	if err != nil {
		return nil, err
	}
	f.missed = "GOTO-LOAD-02"
	ranges := cut(c.set.Gotoaccount.Licences, cmp.Or(step.Ranges, usualRanges))
	f.start = func() []walker {
		team := make([]walker, len(ranges))
		for i, whole := range ranges {
			team[i].whole, team[i].span = whole, whole
		}
		return team
	}
	return f, nil
}

// cut makes at most k ranges that hold every key once, as wide as each other: of a large target only parts were met, so
// that counting would cut where discovery happened to look.
func cut(licences []fixture.Licence, k int) []span {
	low, high := extent(licences)
	width := uint64(high-low) / uint64(k)
	ranges := []span{{}}
	if width == 0 {
		return ranges
	}
	for i := 1; i < k; i++ {
		at := int64(uint64(low) + uint64(i)*width)
		ranges[len(ranges)-1].upper = bound{key: at, given: true, inclusive: no}
		ranges = append(ranges, span{lower: bound{key: at, given: true, inclusive: yes}})
	}
	return ranges
}

// extent is between which keys the licences of a target seem to lie: those met, or, where parts of a large key space
// were met that lie far apart, all of it from there.
func extent(licences []fixture.Licence) (low, high int64) {
	const far = 20 // times as far as licences are from each other in the mean; chance alone goes half as far
	low, high = licences[0].Key, licences[len(licences)-1].Key
	mean, widest := uint64(high-low)/uint64(len(licences)), uint64(0)
	for i := 1; i < len(licences); i++ {
		widest = max(widest, uint64(licences[i].Key-licences[i-1].Key))
	}
	if high > 1<<53 && widest/far > mean {
		high = math.MaxInt64
	}
	return low, high
}

// random asks for ranges between known keys, or a little beside them, that can hold at least one.
func (c *composer) random(step *Step, op *Operation) (Feed, error) {
	f, err := c.scan(step, op, 1, 10, 100)
	if err != nil {
		return nil, err
	}
	f.missed = "GOTO-SCAN-KEY-12"
	keys := fixture.Keys(c.set.Gotoaccount.Licences)
	f.random = func(p *page) {
		i, j := f.chance.IntN(len(keys)), f.chance.IntN(len(keys))
		p.span.lower = f.bound(keys[min(i, j)], -1)
		p.span.upper = f.bound(keys[max(i, j)], +1)
		if p.span.empty() {
			p.span.lower.inclusive, p.span.upper.inclusive = byDefault, byDefault
		}
	}
	return f, nil
}

// bound draws an end of a range: none, the key, or the one beside it.
func (f *scanFeed) bound(key int64, beside int64) bound {
	b := bound{key: key, given: true, inclusive: flag(f.chance.IntN(3))}
	switch f.chance.IntN(8) {
	case 0:
		return bound{}
	case 1, 2, 3:
		if moved := key + beside; (moved < key) == (beside < 0) { // not beyond the last of all keys
			b.key = moved
		}
	}
	return b
}

// Next fills the next request.
func (f *scanFeed) Next(a *Ask) {
	now := time.Since(f.began)
	var p *page
	if again, ok := f.doubts.due(now); ok {
		p = &page{of: f.selections[0], count: f.most, again: again, span: span{
			lower: bound{key: again.keys[0], given: true, inclusive: yes}, upper: bound{key: again.keys[len(again.keys)-1], given: true, inclusive: yes},
		}}
	} else if f.random != nil {
		p = &page{of: f.selection(), count: f.sizes[f.chance.IntN(len(f.sizes))]}
		f.random(p)
	} else {
		w := f.take()
		w.count = f.sizes[f.chance.IntN(len(f.sizes))]
		p = &w.page
		p.walker = w
		a.Back = f.returning
	}
	p.sent = now
	text := make([]byte, 0, 160)
	text = append(text, p.of.target...)
	text = p.span.append(text, f.op.Scan)
	text = append(append(append(text, '&'), f.op.Scan.Limit...), '=')
	text = strconv.AppendInt(text, int64(p.count), 10)
	a.Operation, a.Target, a.Size, a.Session = f.op, plainQuery(text), p.count, p
	a.Refusal = p.count > f.most
	a.Expect = f.expecting
}

// plainQuery takes away the separator before the first parameter of a query that had none.
func plainQuery(text []byte) string {
	for i := range text {
		if text[i] == '?' && i+1 < len(text) && text[i+1] == '&' {
			text = slices.Delete(text, i+1, i+2)
			break
		}
	}
	return string(text)
}

// selection takes turns.
func (f *scanFeed) selection() *selection {
	f.turn++
	return f.selections[f.turn%len(f.selections)]
}

// take is the walker that has waited longest, or a new one.
func (f *scanFeed) take() *walker {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.free) == 0 {
		team := f.start()
		of := f.selection()
		for i := range team {
			team[i].of = of
			f.free = append(f.free, &team[i])
		}
	}
	w := f.free[0]
	f.free = slices.Delete(f.free, 0, 1)
	return w
}

// mostFailed is how many pages in a row may fail to come before a walker begins again: the next page of a walk may be
// one that the server cannot serve.
const mostFailed = 3

// back lets a walker go on from the answer.
func (f *scanFeed) back(a *Ask, answer *Answer) {
	p := a.Session.(*page)
	w := p.walker
	switch {
	case answer.Allowed && answer.Status/100 == 2:
		w.failed = 0
		f.forward(w, answer)
	case answer.Status != 0: // not one that was never sent
		if w.failed++; w.failed >= mostFailed {
			w.failed, w.span = 0, w.whole
		}
	}
	f.mu.Lock()
	f.free = append(f.free, w)
	f.mu.Unlock()
}

// forward goes on behind the greatest key of the page. Only an empty page ends a walk, or the end of its range.
func (f *scanFeed) forward(w *walker, answer *Answer) {
	column := &answer.Columns[f.keys]
	last, any := int64(0), false
	for i := range column.Values {
		if v := &column.Values[i]; v.Integer && (!any || v.Int > last) {
			last, any = v.Int, true
		}
	}
	low, high := w.span.ends()
	if !any || last < low || last > high {
		w.span = w.whole
		return
	}
	w.span.lower = bound{key: last, given: true, inclusive: no}
	if w.span.empty() {
		w.span = w.whole
	}
}
