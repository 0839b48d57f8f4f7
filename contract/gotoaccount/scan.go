// The three scans keep one law of ranges and counts. It is written once and asked of each: by key, by attribute,
// by role. What differs is the query that selects, and which licences it selects.

package gotoaccount

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	. "harness/contract"
	"harness/internal/client"
	"harness/internal/exact"
	"harness/internal/fixture"
	"harness/specs"
)

type value = exact.Value

// scan is one of the three scans.
type scan struct {
	operation string
	// id names the requirement behind a row of the law: the scan by key has one for each, the others have one for
	// all that their document says, and share the rows that are only implied.
	id func(row string) string
	// selects returns the query that selects, and which licences it should find, among those of a window; it ends
	// the case when the target has no such data.
	selects func(t *T) selection
}

// selection is what a scan is asked for, and where.
type selection struct {
	query  []any // names and values beside the range
	holds  func(fixture.Licence) bool
	window fixture.Window
}

// bounds is a range with its inclusive flags; nil leaves a parameter out.
type bounds struct {
	lower, upper                   *int64
	lowerInclusive, upperInclusive *bool
}

func at(key int64) *int64     { return &key }
func inclusive(is bool) *bool { return &is }

// closed is the range from a to b with both, and says so: what a flag means when it is left out is a promise of its
// own, and the others do not lean on it.
func closed(a, b int64) bounds { return bounds{at(a), at(b), inclusive(true), inclusive(true)} }

// after is the range beyond a key up to b.
func after(a, b int64) bounds { return bounds{at(a), at(b), inclusive(false), inclusive(true)} }

// before is the range from a up to a key and without it.
func before(a, b int64) bounds { return bounds{at(a), at(b), inclusive(true), inclusive(false)} }

// holds says whether a key lies in the range; flags that are left out are inclusive, as the document has it.
func (b bounds) holds(key int64) bool {
	if b.lower != nil && (key < *b.lower || key == *b.lower && b.lowerInclusive != nil && !*b.lowerInclusive) {
		return false
	}
	return b.upper == nil || key < *b.upper || key == *b.upper && (b.upperInclusive == nil || *b.upperInclusive)
}

// query names the range's parameters as the document does.
func (b bounds) query(s *specs.Scan) []any {
	var q []any
	if b.lower != nil {
		q = append(q, s.Lower, *b.lower)
	}
	if b.lowerInclusive != nil {
		q = append(q, s.LowerInclusive, *b.lowerInclusive)
	}
	if b.upper != nil {
		q = append(q, s.Upper, *b.upper)
	}
	if b.upperInclusive != nil {
		q = append(q, s.UpperInclusive, *b.upperInclusive)
	}
	return q
}

func (b bounds) String() string {
	left, right := "[", "]"
	if b.lowerInclusive != nil && !*b.lowerInclusive {
		left = "("
	}
	if b.upperInclusive != nil && !*b.upperInclusive {
		right = ")"
	}
	lower, upper := "", ""
	if b.lower != nil {
		lower = strconv.FormatInt(*b.lower, 10)
	}
	if b.upper != nil {
		upper = strconv.FormatInt(*b.upper, 10)
	}
	return left + lower + " … " + upper + right
}

// setting is a scan on a window: what the window held, and the way to ask.
type setting struct {
	t    *T
	s    scan
	sel  selection
	spec *specs.Scan
	all  []fixture.Licence // of the window, whatever the selection, ascending
	hits []int64           // selected keys of the window, ascending
}

// set reads the window and needs at least that many selected licences in it. A window that fills a page is made
// smaller: a server that cuts first and sorts then shows any part of it for the whole.
func (s scan) set(t *T, need int) setting {
	sel := s.selects(t)
	all := window(t, sel.window)
	for limit := int(most(t, "scanLicensesByKey")); len(all) >= limit && all[limit*4/5].Key < sel.window.High; all = window(t, sel.window) {
		sel.window.High = all[limit*4/5].Key
		sel.window.Licences = where(all, func(l fixture.Licence) bool { return l.Key <= sel.window.High })
	}
	if len(all) > 0 {
		sel.window.Low = all[0].Key
	}
	w := s.over(t, sel, all)
	t.Need(len(w.hits) >= need, "%d licences that %s finds within one page of keys (%d there)", need, s.operation, len(w.hits))
	return w
}

// setOn reads the window of a selection.
func (s scan) setOn(t *T, sel selection) setting {
	return s.over(t, sel, window(t, sel.window))
}

// bare is the scan's selection without what the window holds, for what a count alone can show.
func (s scan) bare(t *T) setting { return s.over(t, s.selects(t), nil) }

// over is a scan on a window that has been read.
func (s scan) over(t *T, sel selection, all []fixture.Licence) setting {
	return setting{t: t, s: s, sel: sel, spec: t.Operation(s.operation).Scan, all: all, hits: fixture.Keys(where(all, sel.holds))}
}

// request writes a scan of a range; a nil count leaves the limit out.
func (w setting) request(b bounds, count any) client.Request {
	query := slices.Concat(w.sel.query, b.query(w.spec))
	if count != nil {
		query = append(query, w.spec.Limit, count)
	}
	return w.t.Call(w.s.operation, nil, query...)
}

// requests writes a scan of each range with the greatest count.
func (w setting) requests(ranges []bounds) []client.Request {
	var all []client.Request
	for _, b := range ranges {
		all = append(all, w.request(b, w.limit()))
	}
	return all
}

// limit is the greatest count that the document allows.
func (w setting) limit() int64 { return most(w.t, w.s.operation) }

// most is the greatest count that the document allows to a scan.
func most(t *T, operation string) int64 {
	op := t.Operation(operation)
	r, _ := op.Range(op.Scan.Limit)
	return r.Max
}

// within lists the selected keys of the window that a range holds.
func (w setting) within(b bounds) []int64 {
	var chosen []int64
	for _, key := range w.hits {
		if b.holds(key) {
			chosen = append(chosen, key)
		}
	}
	return chosen
}

// found reads a range whole: a page may be shorter than its limit, so as long as something wanted is missing and
// nothing else is wrong, the next page is asked for.
func (w setting) found(b bounds, first *client.Exchange, want []int64) []int64 {
	found := keys(first)
	for page := found; len(page) > 0 && len(found) < len(want) && len(apart(found, want)) == 0; {
		high := slices.Max(page)
		if b.upper != nil && high >= *b.upper {
			break
		}
		next := bounds{lower: at(high), lowerInclusive: inclusive(false), upper: b.upper, upperInclusive: b.upperInclusive}
		page = keys(w.t.OK(w.request(next, w.limit())))
		if len(page) == 0 || slices.Max(page) <= high {
			break
		}
		found = append(found, page...)
	}
	return found
}

// expect asks for ranges side by side and holds each against the window. wrong holds likely causes for a range.
func (w setting) expect(promise string, ranges []bounds, wrong ...cause) {
	for i, e := range w.t.OKAll(w.requests(ranges)...) {
		want := w.within(ranges[i])
		a := w.t.On(e)
		for _, c := range wrong {
			a = a.If(c.text, w.within(c.instead(ranges[i])))
		}
		a.Expect(w.found(ranges[i], e, want), HaveKeySet(want...), fmt.Sprintf("%s: %s", promise, ranges[i]))
	}
}

// first reads the first page of a range; it is a bracketed read.
func (w setting) first(b bounds) []int64 {
	return Read(w.t, fmt.Sprint(w.s.operation, w.sel.query, b), func() ([]int64, string) {
		page := sorted(keys(w.t.OK(w.request(b, w.limit()))))
		return page, fmt.Sprint(page)
	})
}

// cause is a likely cause: what the server would have done with a range instead.
type cause struct {
	text    string
	instead func(bounds) bounds
}

var (
	startFlagIgnored = cause{"startInclusive is ignored: the answer is that of startInclusive=true", func(b bounds) bounds { b.lowerInclusive = nil; return b }}
	endFlagIgnored   = cause{"endInclusive is ignored: the answer is that of endInclusive=true", func(b bounds) bounds { b.upperInclusive = nil; return b }}
	startExclusive   = cause{"startKey is left out by default: the answer is that of startInclusive=false", func(b bounds) bounds { b.lowerInclusive = inclusive(false); return b }}
	endExclusive     = cause{"endKey is left out by default: the answer is that of endInclusive=false", func(b bounds) bounds { b.upperInclusive = inclusive(false); return b }}
	startIgnored     = cause{"startKey is ignored", func(b bounds) bounds { b.lower = nil; return b }}
	endIgnored       = cause{"endKey is ignored", func(b bounds) bounds { b.upper = nil; return b }}
	rangeIgnored     = cause{"both bounds are ignored", func(bounds) bounds { return bounds{} }}
	flagsSwapped     = cause{"startInclusive and endInclusive are swapped", func(b bounds) bounds {
		b.lowerInclusive, b.upperInclusive = b.upperInclusive, b.lowerInclusive
		return b
	}}
)

// law registers the rows of the law on a suite.
func (s scan) law(suite *Suite) {
	s.counts(suite)
	s.edges(suite)
	s.order(suite)
}

// ascends says where keys do not strictly ascend, ok when they do.
func ascends(list []int64) (at int, ok bool) {
	for i := 1; i < len(list); i++ {
		if list[i] <= list[i-1] {
			return i, false
		}
	}
	return 0, true
}

// between returns an unused key between two neighbours of a window, ok false when they touch.
func between(low, high int64) (int64, bool) {
	if uint64(high-low) < 2 {
		return 0, false
	}
	return low + int64(uint64(high-low)/2), true
}

// beyond is a bound that no key can lie above.
const beyond = int64(math.MaxInt64)
