// Bodies already judged: a run reads the same pages again and again, and the same body departs in the same ways.

package client

import (
	"sync"

	"github.com/zeebo/xxh3"

	"harness/internal/exact"
	"harness/specs"
)

// memo keeps the judgement of bodies by a 128-bit hash, with what else the document looks at. The zero value is ready.
type memo struct {
	mu    sync.Mutex
	known map[judgedAs]judgement
	bytes int        // of the bodies known
	large sync.Mutex // long bodies are judged one after the other
}

type judgedAs struct {
	operation   *specs.Operation
	status      int
	contentType string
	body        xxh3.Uint128
	size        int
}

type judgement struct {
	body       []byte // one copy for everybody who got it
	value      exact.Value
	departures []specs.Departure
}

// remembered bounds how many judgements are kept, rememberedBytes how long their bodies are together, since each holds
// the values of its body. A full memo begins anew.
const (
	remembered      = 512
	rememberedBytes = 8 << 20
)

func (m *memo) check(op *specs.Operation, a specs.Answer) judgement {
	key := judgedAs{op, a.Status, a.Header.Get("Content-Type"), xxh3.Hash128(a.Body), len(a.Body)}
	m.mu.Lock()
	known, ok := m.known[key]
	m.mu.Unlock()
	if ok {
		return known
	}
	known.body = a.Body
	if key.size > usualBody {
		m.large.Lock()
		defer m.large.Unlock()
	}
	known.value, known.departures = op.Check(a)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= remembered || m.bytes+key.size > rememberedBytes {
		m.known, m.bytes = map[judgedAs]judgement{}, 0
	}
	m.known[key] = known
	m.bytes += key.size
	return known
}
