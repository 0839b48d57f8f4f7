// Feeds of lists of keys: licences, accounts, users, and the entitlements of licences.

package load

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"harness/internal/client"
	"harness/internal/fixture"
	"harness/specs"
)

// batchFeed asks for several keys at once.
type batchFeed struct {
	batchLaw
	op             *Operation
	before, behind string // of the list, in the target
	sizes          []int
	chance         *rand.Rand
	began          time.Time
	draw           draw[int64]
	known          map[int64][]int64 // by key: the licences that an answer must show for it; nil where that may change

	doubts    doubts
	mu        sync.Mutex
	gone      map[int64]bool // licences that are there no longer; they are asked for as before, and not expected
	expecting func(*Ask, *Answer) []specs.Departure
}

// list is one request of a batch, and what its answer is held against.
type list struct {
	keys  []int64 // ascending
	again doubt   // what is looked for again; no keys for anything else
}

// batchKind makes the feed of one operation.
type batchKind func(*composer, *Step, *Operation) (Feed, error)

// batches are the operations that take a list, by API and id.
var batches = map[string]batchKind{
	"gotoaccount getLicensesByKeys": func(c *composer, step *Step, op *Operation) (Feed, error) {
		keys := fixture.Keys(c.set.Gotoaccount.Licences)
		known := map[int64][]int64{}
		for _, key := range keys {
			known[key] = []int64{key}
		}
		return c.keys(step, op, nil, keys, known, "licences")
	},
	"gotoaccount getLicenses": func(c *composer, step *Step, op *Operation) (Feed, error) {
		known := map[int64][]int64{}
		for account, licences := range c.set.Gotoaccount.ByAccount() {
			known[account] = fixture.Keys(licences)
		}
		return c.keys(step, op, nil, c.set.Gotoaccount.AccountKeys(), known, "accounts")
	},
	"gotoaccount getUserLicenses": func(c *composer, step *Step, op *Operation) (Feed, error) {
		return c.keys(step, op, nil, c.set.Gotoaccount.UserKeys(), nil, "users")
	},
	"gotoaccount getLicenseEntitlementsByKeys": func(c *composer, step *Step, op *Operation) (Feed, error) {
		product, holders := commonProduct(&c.set.Gotoaccount)
		return c.keys(step, op, map[string]string{"productName": product}, holders, nil, "licences with a product in common")
	},
	"genesyscloud postLicenseUsers": (*composer).users,
}

func (c *composer) batch(step *Step, op *Operation) (Feed, error) {
	return batches[op.API.Name+" "+op.ID](c, step, op)
}

// usualSizes are the lengths of lists when a step does not say.
var usualSizes = []int{1, 10, 50, 100}

// keys makes a feed of lists of keys; path holds the other parameters of the path.
func (c *composer) keys(step *Step, op *Operation, path map[string]string, keys []int64, known map[int64][]int64, what string) (Feed, error) {
	keys = slices.DeleteFunc(slices.Clone(keys), func(key int64) bool { return key == 0 }) // what could not be read
	if len(keys) == 0 {
		return nil, lacking("%s, and discovery met none", what)
	}
	limit := op.Batch.Limit
	if size := slices.Max(append([]int{0}, step.Sizes...)); limit > 0 && size > limit && len(keys) <= limit {
		return nil, lacking("%d %s, and discovery met %d", limit+1, what, len(keys))
	}
	// The list is put where a mark stands: a key is digits, which are escaped as themselves.
	const mark = "0123456789"
	marked := map[string]string{op.Batch.Parameter: mark}
	for name, value := range path {
		marked[name] = value
	}
	var query []client.Pair
	for name, value := range op.Selects {
		query = append(query, client.Pair{Name: name, Value: value})
	}
	target := client.Request{Operation: op.Operation, Path: marked, Query: query}.Target()
	f := &batchFeed{
		batchLaw: batchLawOf(op), op: op, sizes: c.sizes(step, usualSizes, len(keys), what), chance: c.chance(), began: c.began,
		draw: draw[int64]{keys}, known: known, gone: map[int64]bool{},
	}
	f.before, f.behind, _ = strings.Cut(target, mark)
	f.expecting = f.expect
	if op.ID == "getLicenseEntitlementsByKeys" {
		entries := entryLaw{batchFeed: f, members: op.column("/*/*"), names: op.column("/*/*#"), exist: map[int64]bool{}}
		for _, l := range c.set.Gotoaccount.Licences {
			entries.exist[l.Key] = true
		}
		f.expecting = entries.expect
	}
	return f, nil
}

// commonProduct is the product that most of the licences have whose products were read, and those licences, ascending.
func commonProduct(g *fixture.Gotoaccount) (product string, holders []int64) {
	have := map[string][]int64{}
	for key, products := range g.Products {
		for _, p := range products {
			have[p] = append(have[p], key)
		}
	}
	for p, keys := range have {
		if p != "" && cmp.Or(cmp.Compare(len(keys), len(holders)), cmp.Compare(product, p)) > 0 {
			product, holders = p, keys
		}
	}
	slices.Sort(holders)
	return product, slices.Compact(holders)
}

// draw draws distinct elements.
type draw[E any] struct{ all []E }

// take draws n of them, in the order of chance; they are valid until the next call.
func (d *draw[E]) take(n int, chance *rand.Rand) []E {
	n = min(n, len(d.all))
	for i := range n {
		j := i + chance.IntN(len(d.all)-i)
		d.all[i], d.all[j] = d.all[j], d.all[i]
	}
	return d.all[:n]
}

// Next fills the next request.
func (f *batchFeed) Next(a *Ask) {
	asked := &list{}
	if again, ok := f.doubts.due(time.Since(f.began)); ok {
		asked.again, asked.keys = again, again.owners
	} else {
		asked.keys = slices.Clone(f.draw.take(f.sizes[f.chance.IntN(len(f.sizes))], f.chance))
	}
	text := make([]byte, 0, len(f.before)+20*len(asked.keys)+len(f.behind))
	text = append(text, f.before...)
	for i, key := range asked.keys {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, key, 10)
	}
	a.Operation, a.Target, a.Size, a.Session = f.op, string(append(text, f.behind...)), len(asked.keys), asked
	a.Refusal = f.op.Batch.Limit > 0 && len(asked.keys) > f.op.Batch.Limit
	a.Expect = f.expecting
	slices.Sort(asked.keys) // the request has them in the order of chance, and whether that matters nobody says
}
