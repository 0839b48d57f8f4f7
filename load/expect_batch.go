// What the answer to a list of keys must hold, as far as only its request knows.

package load

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"harness/internal/schema"
	"harness/specs"
)

// batchLaw is which requirements the answer to a list can break.
type batchLaw struct {
	keys   int    // column of the licence keys; -1 where the answer is not made of licences
	member int    // column of the member that was listed
	name   string // its name
	own    string // each item has a listed one
	beyond string // of more than the document allows, not all are served
	missed string // no licence left out
}

func batchLawOf(op *Operation) batchLaw {
	law := batchLaw{name: op.Batch.Selects}
	switch op.ID {
	case "getLicensesByKeys":
		law.own, law.beyond, law.missed = "GOTO-BATCH-07", "GOTO-BATCH-03", "GOTO-BATCH-01"
	case "getLicenses":
		law.own, law.beyond, law.missed = "GOTO-ACCT-01", "GOTO-ACCT-05", "GOTO-ACCT-02"
	case "getUserLicenses":
		law.own, law.beyond = "GOTO-USER-01", "GOTO-USER-04"
		law.member = op.column("/*/" + op.Batch.Selects + "/*")
		law.keys = -1
		return law
	default: // its members have no names in the document
		law.own, law.beyond, law.keys, law.member = "GOTO-ENTB-02", "GOTO-ENTB-03", -1, -1
		return law
	}
	law.keys, law.member = op.column("/*/key"), op.column("/*/"+op.Batch.Selects)
	return law
}

func (f *batchFeed) expect(a *Ask, answer *Answer) []specs.Departure {
	if !answer.Allowed || answer.Status/100 != 2 {
		return nil
	}
	asked := a.Session.(*list)
	found := f.owned(asked.keys, &answer.Columns[f.member])
	if a.Refusal {
		return f.cut(found, asked.keys, &answer.Columns[f.member])
	}
	switch {
	case len(found) > 0 || f.known == nil:
		return found
	case asked.again.keys == nil && f.keys == f.member && each(asked.keys, &answer.Columns[f.keys]):
		return nil
	}
	return f.whole(a, asked, &answer.Columns[f.keys])
}

// each says that every key that was asked for is there once and no other, which is soon seen, and what a batch of
// licences mostly is. Where it is false, a closer look is needed.
func each(asked []int64, column *schema.Column) bool {
	if len(column.Values) != len(asked) || len(asked) > 128 {
		return false
	}
	var met [128]bool
	for i := range column.Values {
		at, found := slices.BinarySearch(asked, column.Values[i].Int)
		if !found || met[at] {
			return false
		}
		met[at] = true
	}
	return true
}

// owned finds items that have none of the listed values.
func (f *batchFeed) owned(asked []int64, column *schema.Column) (found []specs.Departure) {
	strangers, first, i := 0, 0, 0
	for row := range column.Rows {
		own := false
		for ; i < len(column.Values) && column.Values[i].Row == row; i++ {
			if !own {
				_, own = slices.BinarySearch(asked, column.Values[i].Int)
			}
		}
		if !own {
			if strangers++; strangers == 1 {
				first = row
			}
		}
	}
	if strangers == 0 {
		return nil
	}
	return foreign(nil, f.own, gotoOwn, fmt.Sprintf("/%d/%s", first, f.name), strangers,
		fmt.Sprintf("a licence that has none of the %d asked for in %s", len(asked), f.name))
}

// cut finds that more was served than the document allows. A licence that only one of the listed ones stands for was
// served for the sake of that one.
func (f *batchFeed) cut(found []specs.Departure, asked []int64, column *schema.Column) []specs.Departure {
	served := map[int64]bool{}
	i := 0
	for row := range column.Rows {
		own, last := 0, int64(0)
		for ; i < len(column.Values) && column.Values[i].Row == row; i++ {
			if key := column.Values[i].Int; key != last || own == 0 {
				if _, is := slices.BinarySearch(asked, key); is {
					own, last = own+1, key
				}
			}
		}
		if own == 1 {
			served[last] = true
		}
	}
	if limit := f.op.Batch.Limit; len(served) > limit {
		found = append(found, specs.Departure{
			Requirement: f.beyond, Count: 1, Message: fmt.Sprintf("%d of %d were served; at most %d are", len(served), len(asked), limit),
		})
	}
	return found
}

// whole finds licences that were there before, are there now, and were missing between; see scanFeed.whole.
func (f *batchFeed) whole(a *Ask, asked *list, column *schema.Column) []specs.Departure {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.keys, s.missing = s.keys[:0], s.missing[:0]
	for i := range column.Values {
		s.keys = append(s.keys, column.Values[i].Int)
	}
	slices.Sort(s.keys)
	if asked.again.keys != nil {
		return f.confirm(asked, s)
	}
	var owners []int64
	for _, owner := range asked.keys {
		lost := false
		for _, key := range f.known[owner] {
			if _, there := slices.BinarySearch(s.keys, key); !there && !f.isGone(key) {
				s.missing, lost = append(s.missing, key), true
			}
		}
		if lost {
			owners = append(owners, owner)
		}
		if len(s.missing) >= mostAsked {
			break
		}
	}
	if len(s.missing) > 0 {
		f.doubts.add(doubt{at: time.Since(f.began) + settled, keys: slices.Clone(s.missing), owners: owners, missed: a.Target})
	}
	return nil
}

func (f *batchFeed) isGone(key int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gone[key]
}

func (f *batchFeed) confirm(asked *list, s *scratch) []specs.Departure {
	var there []int64
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, key := range asked.again.keys {
		if _, found := slices.BinarySearch(s.keys, key); found {
			there = append(there, key)
			continue
		}
		f.gone[key] = true
	}
	if len(there) == 0 {
		return nil
	}
	return []specs.Departure{{
		Requirement: f.missed, Count: len(there),
		Message: fmt.Sprintf("licence %d was there before and is there now, and %s did not show it", there[0], asked.again.missed),
	}}
}

// entryLaw judges batches of entitlements, whose members have no names in the document: an entry names its licence in
// some member, as an integer or a text, or by the name of its only member.
type entryLaw struct {
	*batchFeed
	members, names int            // columns
	exist          map[int64]bool // licences met: what tells a key from any other number
}

// expect finds entries that name a licence which was not asked for, and none that was. Of an entry that names nobody in
// a way that can be seen, nothing is said.
func (e entryLaw) expect(a *Ask, answer *Answer) (found []specs.Departure) {
	if !answer.Allowed || answer.Status/100 != 2 {
		return nil
	}
	asked := a.Session.(*list).keys
	members, names := &answer.Columns[e.members], &answer.Columns[e.names]
	strangers, first, example, i, j := 0, 0, int64(0), 0, 0
	for row := range members.Rows {
		own, other := false, int64(0)
		look := func(v *schema.Value) {
			key, integer := v.Int, v.Integer
			if !integer && len(v.Text) > 0 && len(v.Text) <= 20 && (v.Text[0] == '-' || v.Text[0] >= '0' && v.Text[0] <= '9') {
				parsed, err := strconv.ParseInt(string(v.Text), 10, 64)
				key, integer = parsed, err == nil
			}
			if !integer || own {
				return
			}
			if _, is := slices.BinarySearch(asked, key); is {
				own = true
			} else if e.exist[key] {
				other = key
			}
		}
		for ; i < len(members.Values) && members.Values[i].Row == row; i++ {
			look(&members.Values[i])
		}
		for ; j < len(names.Values) && names.Values[j].Row == row; j++ {
			look(&names.Values[j])
		}
		if !own && other != 0 {
			if strangers++; strangers == 1 {
				first, example = row, other
			}
		}
	}
	if strangers > 0 {
		found = foreign(nil, e.own, gotoOwn, fmt.Sprintf("/%d", first), strangers, fmt.Sprintf("an entry of licence %d, which was not asked for", example))
	}
	if limit := e.op.Batch.Limit; a.Refusal && members.Rows > limit {
		found = append(found, specs.Departure{Requirement: e.beyond, Count: 1, Message: fmt.Sprintf("%d entries for %d licences; there are at most %d", members.Rows, len(asked), limit)})
	}
	return found
}
