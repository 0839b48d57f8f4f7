// Bodies already judged: many requests get the same bytes, and the same bytes get the same judgement.

package schema

import (
	"math/bits"
	"sync/atomic"

	"github.com/zeebo/xxh3"

	"harness/specs"
)

// Memo remembers how bodies were judged, by a 128-bit hash of them, within a fixed amount of memory. Any number of
// workers share one; it never waits. A body is remembered when it comes the second time, so that a stream of bodies
// which never come again costs nothing but the look. The hash guards against chance, not against a server that sets
// out to forge it.
type Memo struct {
	limit   int64 // bytes
	used    atomic.Int64
	entries []atomic.Pointer[entry]
	once    []atomic.Uint64 // halves of the hashes of bodies seen once, each where its entry would be
	hand    atomic.Uint64   // goes round the entries, and drops those it meets when there is no room
}

// entry is one judgement. It does not change.
type entry struct {
	key        xxh3.Uint128
	departures []specs.Departure
	columns    []Column
	size       int64
}

const (
	// perEntry is how many bytes of the limit there are for one place of a Memo: a few values, and what the place takes
	// itself. Fuller entries leave places empty.
	perEntry = 512
	// placeSize is what a place takes with nothing in it.
	placeSize = 16
	// entrySize is what an entry takes without its columns and departures; columnSize and valueSize what those take.
	entrySize  = 96
	columnSize = 32
	valueSize  = 48
)

// NewMemo makes a memo that holds at most so many bytes; less than 4096 is taken for that.
func NewMemo(limit int64) *Memo {
	limit = max(limit, 4096)
	places := 1 << (bits.Len64(uint64(limit/perEntry)) - 1)
	m := &Memo{limit: limit - int64(places)*placeSize}
	m.entries, m.once = make([]atomic.Pointer[entry], places), make([]atomic.Uint64, places)
	return m
}

// Check is Operation.Check, which it asks only where the body was not seen before with this status and content type. The
// departures are shared with others who get the same body, and not to be changed.
func (m *Memo) Check(o *Operation, a specs.Answer, r *Reading) []specs.Departure {
	media, ok := o.judged(a)
	if !ok || media == nil {
		return o.Check(a, r) // not for the body's sake
	}
	key := xxh3.Hash128(a.Body)
	key.Hi ^= media.id
	at := int(key.Lo) & (len(m.entries) - 1)
	if e := m.entries[at].Load(); e != nil && e.key == key {
		r.Columns = e.columns
		return e.departures
	}
	departures := o.check(a, media, r)
	if m.once[at].Swap(key.Hi) == key.Hi {
		m.remember(at, &entry{key: key, departures: departures, columns: r.Columns})
	}
	return departures
}

// remember puts an entry in its place, and makes room for it.
func (m *Memo) remember(at int, e *entry) {
	e.size = entrySize
	for _, d := range e.departures {
		e.size += int64(len(d.Requirement) + len(d.Pointer) + len(d.Message) + valueSize)
	}
	texts := 0
	for _, c := range e.columns {
		e.size += columnSize + valueSize*int64(len(c.Values))
		for _, v := range c.Values {
			texts += len(v.Text)
		}
	}
	e.size += int64(texts)
	if e.size > m.limit/4 {
		return
	}
	e.columns = copied(e.columns, texts)
	for {
		used := m.used.Load()
		if used+e.size > m.limit {
			m.drop(int(m.hand.Add(1)) & (len(m.entries) - 1))
		} else if m.used.CompareAndSwap(used, used+e.size) {
			break
		}
	}
	if old := m.entries[at].Swap(e); old != nil {
		m.used.Add(-old.size)
	}
}

// drop empties a place.
func (m *Memo) drop(at int) {
	if old := m.entries[at].Swap(nil); old != nil {
		m.used.Add(-old.size)
	}
}

// copied makes columns that live on their own: their texts were parts of a body.
func copied(columns []Column, texts int) []Column {
	own := make([]Column, len(columns))
	kept := make([]byte, 0, texts)
	for i, c := range columns {
		own[i] = Column{Rows: c.Rows, Values: make([]Value, len(c.Values))}
		for j, v := range c.Values {
			from := len(kept)
			kept = append(kept, v.Text...)
			v.Text = kept[from:len(kept):len(kept)]
			own[i].Values[j] = v
		}
	}
	return own
}

// Bytes is how much memory the memo holds, at most its limit.
func (m *Memo) Bytes() int64 { return m.used.Load() + int64(len(m.entries))*placeSize }
