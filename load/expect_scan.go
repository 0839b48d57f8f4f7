// What a page of a scan must hold, as far as only its request knows.

package load

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"

	"harness/internal/schema"
	"harness/specs"
)

// scanLaw is which requirements a page can break.
type scanLaw struct {
	keys   int    // column of the licence keys
	most   int    // licences on a page, by the document
	count  string // no more than count
	beyond string // no more than most, whatever count says
	within string // inside the range
	chosen string // with the role or attribute
	missed string // no licence left out
}

func scanLawOf(op *Operation) scanLaw {
	law := scanLaw{keys: op.column("/*/" + op.Scan.Member)}
	if r, ok := op.Range(op.Scan.Limit); ok {
		law.most = int(r.Max)
	}
	switch op.ID {
	case "scanLicensesByRole":
		law.count, law.beyond, law.within, law.chosen = "GOTO-SCAN-ROLE-03", "GOTO-SCAN-ROLE-03", "GOTO-SCAN-ROLE-03", "GOTO-SCAN-ROLE-01"
	case "scanLicensesByAttribute":
		law.count, law.beyond, law.within, law.chosen = "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ATTR-01"
	default:
		law.count, law.beyond, law.within = "GOTO-SCAN-KEY-02", "GOTO-SCAN-KEY-03", "GOTO-SCAN-KEY-10"
		law.missed = "GOTO-SCAN-KEY-13"
	}
	return law
}

// gotoOwn is the promise that an answer belongs to its own request, whatever else is in flight. What breaks it breaks
// the promise of its operation as well, and which of the two is at fault an answer alone does not tell: both are named.
const gotoOwn = "GOTO-LOAD-01"

// like matches a text in whatever case: whether that matters the documents do not say.
func like(want string) func([]byte) bool {
	text := []byte(want)
	return func(b []byte) bool { return bytes.Equal(b, text) || bytes.EqualFold(b, text) }
}

// scratch is room for the keys of a page in order, and for those that it misses.
type scratch struct{ keys, missing []int64 }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func (f *scanFeed) expect(a *Ask, answer *Answer) []specs.Departure {
	if !answer.Allowed || answer.Status/100 != 2 {
		return nil
	}
	p := a.Session.(*page)
	column := &answer.Columns[f.keys]
	var found []specs.Departure
	switch {
	case p.count <= f.most && column.Rows > p.count:
		found = append(found, specs.Departure{Requirement: f.count, Count: 1, Message: fmt.Sprintf("%d licences, asked for at most %d", column.Rows, p.count)})
	case column.Rows > f.most:
		found = append(found, specs.Departure{Requirement: f.beyond, Count: 1, Message: fmt.Sprintf("%d licences; there are never more than %d", column.Rows, f.most)})
	}
	found = f.inside(p, column, found)
	if p.of.column >= 0 {
		found = f.selected(p, column.Rows, &answer.Columns[p.of.column], found)
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.keys = s.keys[:0]
	sorted := true
	for i := range column.Values {
		key := column.Values[i].Int
		sorted = sorted && (i == 0 || s.keys[i-1] < key)
		s.keys = append(s.keys, key)
	}
	if !sorted {
		slices.Sort(s.keys)
		if at := twice(s.keys); at >= 0 {
			found = append(found, specs.Departure{Requirement: "GOTO-KEY-09", Count: 1, Message: fmt.Sprintf("licence %d stands twice in one answer", s.keys[at])})
		}
	}
	if len(found) == 0 && p.of.census != nil {
		found = f.whole(a, p, s)
	}
	return found
}

// twice is where a key stands that stood just before, -1 for none.
func twice(sorted []int64) int {
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return i
		}
	}
	return -1
}

// inside finds licences beyond the bounds.
func (f *scanFeed) inside(p *page, column *schema.Column, found []specs.Departure) []specs.Departure {
	low, high := p.span.ends()
	outside, first := 0, 0
	for i := range column.Values {
		if key := column.Values[i].Int; key < low || key > high {
			if outside++; outside == 1 {
				first = i
			}
		}
	}
	if outside == 0 {
		return found
	}
	v := &column.Values[first]
	return foreign(found, f.within, gotoOwn, fmt.Sprintf("/%d/%s", v.Row, f.op.Scan.Member), outside, fmt.Sprintf("licence %d lies outside %s", v.Int, &p.span))
}

// selected finds licences without the role or attribute.
func (f *scanFeed) selected(p *page, rows int, column *schema.Column, found []specs.Departure) []specs.Departure {
	lacking, first, i := 0, 0, 0
	for row := range rows {
		matched := false
		for ; i < len(column.Values) && column.Values[i].Row == row; i++ {
			matched = matched || p.of.match(column.Values[i].Text)
		}
		if !matched {
			if lacking++; lacking == 1 {
				first = row
			}
		}
	}
	if lacking == 0 {
		return found
	}
	return foreign(found, f.chosen, gotoOwn, fmt.Sprintf("/%d", first), lacking, "a licence without "+p.of.wants)
}

// foreign adds that something does not belong to the request, to both promises that it breaks.
func foreign(found []specs.Departure, requirement, own, pointer string, count int, message string) []specs.Departure {
	found = append(found, specs.Departure{Requirement: requirement, Pointer: pointer, Count: count, Message: message})
	if requirement != own {
		found = append(found, specs.Departure{Requirement: own, Pointer: pointer, Count: count, Message: message})
	}
	return found
}

// whole finds licences that were there before, are there now, and were missing from a page between. A page that misses
// some is a matter for later: they may have gone.
func (f *scanFeed) whole(a *Ask, p *page, s *scratch) []specs.Departure {
	low, high := p.span.ends()
	if len(s.keys) > 0 {
		high = s.keys[len(s.keys)-1] // a page may be short; what lies behind its last licence comes later
	}
	now := time.Since(f.began)
	if p.again.keys != nil {
		return f.confirm(p, high, s)
	}
	s.missing = p.of.census.compare(low, high, s.keys, p.sent, now, s.missing[:0])
	if len(s.missing) > 0 {
		f.doubts.add(doubt{at: now + settled, keys: slices.Clone(s.missing[:min(len(s.missing), mostAsked)]), missed: a.Target})
	}
	return nil
}

// confirm says what became of the licences that a page missed: those that are there did not go, and should have been
// on it; those that are not have gone.
func (f *scanFeed) confirm(p *page, high int64, s *scratch) []specs.Departure {
	var there, gone []int64
	for _, key := range p.again.keys {
		if _, found := slices.BinarySearch(s.keys, key); found {
			there = append(there, key)
		} else if key <= high {
			gone = append(gone, key)
		}
	}
	p.of.census.forget(gone)
	if len(there) == 0 {
		return nil
	}
	return []specs.Departure{{
		Requirement: f.missed, Count: len(there),
		Message: fmt.Sprintf("licence %d was there before and is there now, and %s did not show it", there[0], p.again.missed),
	}}
}
