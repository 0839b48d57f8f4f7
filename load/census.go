// The census: which licences are known to exist, so that a page that misses one is noticed.

package load

import (
	"sync"
	"time"

	"github.com/tidwall/btree"
)

// settled is how long a licence must have been known before a page is expected to show it, and how long a page that did
// not is let lie before it is asked for again. A licence that is just being made or unmade may be shown by one answer
// and not by the next, and nobody is to blame.
var settled = 3 * time.Second

const (
	mostKnown = 100_000 // licences that a census holds: some 4 MB
	mostAsked = 20      // licences that are looked for again in one request
	mostDoubt = 64      // requests that wait for their time
)

// census knows licences by key. A key belongs to one licence for ever, so it can come and go once; roles, attributes
// and users may come and go as somebody likes, which is why nothing is concluded from a licence that one of those
// selects no longer.
type census struct {
	mu    sync.Mutex
	known btree.Map[int64, time.Duration] // when a key was first seen, on the feed's clock
}

// newCensus knows the licences that were there before the run.
func newCensus(keys []int64) *census {
	c := &census{}
	for _, key := range keys {
		c.known.Set(key, -1<<62)
	}
	return c
}

// compare holds a page, its keys ascending, against the licences between two keys that were known and settled when the
// page was asked for, and returns those that it misses, appended to missing. It learns those that it did not know.
func (c *census) compare(low, high int64, page []int64, sent, now time.Duration, missing []int64) []int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, met := 0, 0
	c.known.Ascend(low, func(key int64, since time.Duration) bool {
		if key > high {
			return false
		}
		for i < len(page) && page[i] < key {
			i++
		}
		if i < len(page) && page[i] == key {
			met++
		} else if since+settled <= sent {
			missing = append(missing, key)
		}
		return true
	})
	if met < len(page) {
		for _, key := range page {
			if c.known.Len() >= mostKnown {
				break
			}
			if _, known := c.known.Get(key); !known {
				c.known.Set(key, now)
			}
		}
	}
	return missing
}

// forget takes licences out that are there no longer.
func (c *census) forget(keys []int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range keys {
		c.known.Delete(key)
	}
}

// doubt is something that one answer missed, to be looked for again when it is time.
type doubt struct {
	at     time.Duration // on the feed's clock
	keys   []int64       // of the licences that were missing, ascending
	owners []int64       // what they are asked for by, where that is not their keys
	missed string        // the request that missed them
}

// doubts wait for their time, first in, first out.
type doubts struct {
	mu      sync.Mutex
	waiting []doubt
}

// add lets a doubt wait. When too many do already it is dropped: they have the same cause.
func (d *doubts) add(one doubt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.waiting) < mostDoubt {
		d.waiting = append(d.waiting, one)
	}
}

// due takes out the first doubt whose time has come.
func (d *doubts) due(now time.Duration) (doubt, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.waiting) == 0 || d.waiting[0].at > now {
		return doubt{}, false
	}
	one := d.waiting[0]
	d.waiting = d.waiting[1:]
	return one, true
}
