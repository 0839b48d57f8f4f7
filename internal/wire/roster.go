// Every connection that is open, so that all can be ended at once.

package wire

import (
	"maps"
	"slices"
	"sync"
)

// roster lists connections from their making to their end. An exchange does not touch it.
type roster struct {
	mu  sync.Mutex
	all map[*conn]struct{}
}

func (r *roster) add(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[*conn]struct{}{}
	}
	r.all[c] = struct{}{}
}

func (r *roster) remove(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, c)
}

func (r *roster) each(do func(*conn)) {
	r.mu.Lock()
	all := slices.Collect(maps.Keys(r.all))
	r.mu.Unlock()
	for _, c := range all {
		do(c)
	}
}
