// Bodies already read and judged: a run gets the same pages again and again, and the same body departs in the same ways.

package client

import (
	"bytes"
	"sync"

	"github.com/zeebo/xxh3"

	"harness/internal/exact"
	"harness/specs"
)

// memo keeps what was read out of bodies, and how they departed, by a 128-bit hash. Everybody who got the same body
// shares one copy of it. The zero value is ready.
type memo struct {
	mu     sync.Mutex
	read   map[hashed]reading
	room   int // that the readings take, in values
	judged map[judgedAs][]specs.Departure
	large  sync.Mutex // long bodies are read and judged one after the other
}

type hashed struct {
	hash xxh3.Uint128
	size int
}

// reading is a body and what it says.
type reading struct {
	body  []byte
	value exact.Value
	flaws []exact.Flaw
}

type judgedAs struct {
	operation   *specs.Operation
	status      int
	contentType string
	body        hashed
}

// What is kept at most: readings by how many values they hold, since each takes a hundred bytes and its text besides;
// judgements by their number. What is full begins anew.
const (
	remembered       = 4096
	rememberedValues = 400_000
	bytesOfValue     = 20 // a text takes room without being many values
)

// of reads a body, or remembers what it says.
func (m *memo) of(body []byte) (hashed, reading) {
	key := hashed{xxh3.Hash128(body), len(body)}
	m.mu.Lock()
	known, ok := m.read[key]
	m.mu.Unlock()
	if ok {
		return key, known
	}
	if key.size > usualBody {
		m.large.Lock()
		defer m.large.Unlock()
	}
	known.body = body
	known.value, known.flaws = exact.Read(body)
	room := max(Values(body), len(body)/bytesOfValue)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.read == nil || len(m.read) >= remembered || m.room+room > rememberedValues {
		m.read, m.room = map[hashed]reading{}, 0
	}
	m.read[key] = known
	m.room += room
	return key, known
}

// check says how an answer departs whose body was read.
func (m *memo) check(op *specs.Operation, a specs.Answer, body hashed, read reading) []specs.Departure {
	key := judgedAs{op, a.Status, a.Header.Get("Content-Type"), body}
	m.mu.Lock()
	known, ok := m.judged[key]
	m.mu.Unlock()
	if ok {
		return known
	}
	if body.size > usualBody {
		m.large.Lock()
		defer m.large.Unlock()
	}
	known = op.CheckRead(a, func() (exact.Value, []exact.Flaw) { return read.value, read.flaws })
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.judged == nil || len(m.judged) >= remembered {
		m.judged = map[judgedAs][]specs.Departure{}
	}
	m.judged[key] = known
	return known
}

// Values is about how many JSON values a body holds: what stands before each of them, counted within texts too.
func Values(body []byte) int {
	return bytes.Count(body, []byte{','}) + bytes.Count(body, []byte{'['}) + bytes.Count(body, []byte{'{'})
}
