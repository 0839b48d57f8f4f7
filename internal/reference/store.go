// The ordered store: licences by key, and by account, user, role and attribute, each a range read.

package reference

import (
	"cmp"
	"hash/maphash"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/tidwall/btree"
)

// store holds the licences. Nothing in it changes after generation, so it is read without locks; an index is built when first
// asked for, unless warm built it.
type store struct {
	byKey    btree.Map[int64, *licence]
	accounts lazily[*index]
	users    lazily[*index]
	roles    lazily[*index]
	names    map[string]bool // attributes and entitlements in use, as nameInIndex spells them: only these get an index
	mu       sync.Mutex
	byName   map[string]*lazily[*index] // guarded by mu
	hash     maphash.Seed
}

// lazily is a value made at its first use.
type lazily[T any] struct {
	once  sync.Once
	value T
}

func (z *lazily[T]) get(build func() T) T {
	z.once.Do(func() { z.value = build() })
	return z.value
}

// posting says that one licence belongs in one bucket: an account, a user, or the hash of a role or value.
type posting struct {
	bucket uint64
	key    int64
	l      *licence
}

// index is postings ordered by bucket, then key.
type index struct{ tree *btree.BTreeG[posting] }

func comparePostings(a, b posting) int {
	if c := cmp.Compare(a.bucket, b.bucket); c != 0 {
		return c
	}
	return cmp.Compare(a.key, b.key)
}

// newIndex loads postings that come in ascending order of key.
func newIndex(postings []posting) *index {
	postings = byBucket(postings)
	less := func(a, b posting) bool { return comparePostings(a, b) < 0 }
	tree := btree.NewBTreeGOptions(less, btree.Options{NoLocks: true, Degree: 64})
	for _, p := range postings {
		tree.Load(p)
	}
	return &index{tree}
}

// byBucket sorts postings by bucket and keeps their order within one: a radix sort, because millions of them must be ready in no time.
func byBucket(postings []posting) []posting {
	const digit = 11 // bits
	sorted := make([]posting, len(postings))
	for shift := 0; shift < 64; shift += digit {
		var next [1 << digit]int // where the next posting of each digit goes
		for i := range postings {
			next[postings[i].bucket>>shift%(1<<digit)]++
		}
		at := 0
		for i, n := range next {
			next[i] = at
			at += n
		}
		for i := range postings {
			d := postings[i].bucket >> shift % (1 << digit)
			sorted[next[d]] = postings[i]
			next[d]++
		}
		postings, sorted = sorted, postings
	}
	return postings
}

// ascend yields the licences of one bucket from a key upwards.
func (x *index) ascend(bucket uint64, from int64) iter.Seq[*licence] {
	return func(yield func(*licence) bool) {
		x.tree.Ascend(posting{bucket: bucket, key: from}, func(p posting) bool {
			return p.bucket == bucket && yield(p.l)
		})
	}
}

// buckets yields every licence whose bucket lies between two, both included.
func (x *index) buckets(low, high uint64) iter.Seq[*licence] {
	return func(yield func(*licence) bool) {
		x.tree.Ascend(posting{bucket: low, key: math.MinInt64}, func(p posting) bool {
			return p.bucket <= high && yield(p.l)
		})
	}
}

// selection yields licences in ascending order from a key upwards: the whole store, or what one index or filter leaves of it.
type selection func(from int64) iter.Seq[*licence]

// all yields every licence.
func (st *store) all(from int64) iter.Seq[*licence] {
	return func(yield func(*licence) bool) {
		st.byKey.Ascend(from, func(_ int64, l *licence) bool { return yield(l) })
	}
}

// keep narrows a selection to the licences that a condition holds for.
func keep(sel selection, condition func(*licence) bool) selection {
	return func(from int64) iter.Seq[*licence] {
		return func(yield func(*licence) bool) {
			for l := range sel(from) {
				if condition(l) && !yield(l) {
					return
				}
			}
		}
	}
}

func (st *store) licence(key int64) *licence {
	l, _ := st.byKey.Get(key)
	return l
}

func (st *store) accountIndex() *index {
	return st.accounts.get(func() *index {
		postings := make([]posting, 0, st.byKey.Len())
		for l := range st.all(math.MinInt64) {
			postings = append(postings, posting{uint64(l.account), l.key, l})
		}
		return newIndex(postings)
	})
}

func (st *store) userIndex() *index {
	return st.users.get(func() *index {
		postings := make([]posting, 0, 2*st.byKey.Len())
		for l := range st.all(math.MinInt64) {
			for _, u := range l.users {
				postings = append(postings, posting{uint64(u), l.key, l})
			}
		}
		return newIndex(postings)
	})
}

// ofAccounts returns the licences of the accounts whose keys lie between two, both included.
func (st *store) ofAccounts(low, high int64) []*licence {
	return slices.Collect(st.accountIndex().buckets(uint64(low), uint64(high)))
}

// ofUsers returns the licences of the users whose keys lie between two, both included.
func (st *store) ofUsers(low, high int64) []*licence {
	return slices.Collect(st.userIndex().buckets(uint64(low), uint64(high)))
}

func (st *store) roleIndex() *index {
	return st.roles.get(func() *index {
		postings := make([]posting, 0, 2*st.byKey.Len())
		for l := range st.all(math.MinInt64) {
			for _, r := range l.roles {
				postings = append(postings, posting{maphash.String(st.hash, r), l.key, l})
			}
		}
		return newIndex(postings)
	})
}

// attributeIndex is the index of an attribute or entitlement that is in use, by the hash of its canonical value.
func (st *store) attributeIndex(product, name string) *index {
	full := nameInIndex(product, name)
	st.mu.Lock()
	entry := st.byName[full]
	if entry == nil {
		entry = new(lazily[*index])
		st.byName[full] = entry
	}
	st.mu.Unlock()
	return entry.get(func() *index {
		var postings []posting
		for l := range st.all(math.MinInt64) {
			if value, ok := worth(l, product, name); ok {
				postings = append(postings, posting{maphash.String(st.hash, canonical(value)), l.key, l})
			}
		}
		return newIndex(postings)
	})
}

// withRole selects the licences that grant a role. Two names may share a hash, so what the index finds is looked at once more.
func (st *store) withRole(role string) selection {
	bucket := maphash.String(st.hash, role)
	return keep(func(from int64) iter.Seq[*licence] { return st.roleIndex().ascend(bucket, from) },
		func(l *licence) bool { return l.hasRole(role) })
}

// withAttribute selects the licences whose attribute is worth the literal, given in canonical spelling; with a product, the
// attribute is looked for among that product's entitlements instead.
func (st *store) withAttribute(product, name, literal string) selection {
	if !st.names[nameInIndex(product, name)] {
		return func(int64) iter.Seq[*licence] { return func(func(*licence) bool) {} }
	}
	bucket := maphash.String(st.hash, literal)
	return keep(func(from int64) iter.Seq[*licence] { return st.attributeIndex(product, name).ascend(bucket, from) },
		func(l *licence) bool {
			value, ok := worth(l, product, name)
			return ok && canonical(value) == literal
		})
}

// warm builds the indices that clients use most, so that nobody's first request waits for them. The others wait to be asked for.
func (st *store) warm() {
	var wg sync.WaitGroup
	wg.Go(func() {
		st.userIndex()
		st.accountIndex()
		st.roleIndex()
	})
	for _, name := range []string{"sku", "tier", "subscriptionId"} {
		st.attributeIndex("", name)
	}
	wg.Wait()
}

// knowsRole reports whether any licence grants a role.
func (st *store) knowsRole(role string) bool {
	for range st.withRole(role)(math.MinInt64) {
		return true
	}
	return false
}

// nameInIndex tells the entitlements of products and the attributes of licences apart; product is empty for the latter.
func nameInIndex(product, name string) string {
	if product == "" {
		return name
	}
	return product + "\x00" + name
}

// worth returns an attribute, or with a product one of its entitlements, as JSON text.
func worth(l *licence, product, name string) (value string, ok bool) {
	if product == "" {
		return l.attribute(name)
	}
	return l.entitlement(product, name)
}

// newStore loads licences, which ascend by key, and notes the attribute names that they use.
func newStore(licences []licence) *store {
	st := &store{names: make(map[string]bool), byName: make(map[string]*lazily[*index]), hash: maphash.MakeSeed()}
	for _, name := range standardAttributes {
		st.names[name] = true
	}
	products := make(map[*product]bool)
	for i := range licences {
		l := &licences[i]
		st.byKey.Load(l.key, l)
		for _, m := range l.custom {
			if !st.names[m.name] {
				st.names[m.name] = true
			}
		}
		for _, p := range l.products {
			if products[p] {
				continue
			}
			products[p] = true
			for _, m := range p.entitlements {
				st.names[nameInIndex(p.name, m.name)] = true
			}
		}
	}
	return st
}

// standardAttributes are the members that the schema of a licence names.
var standardAttributes = strings.Fields(`key accountkey seats remaining enabled weighted roles userkeys users type description name sku
	channel servicetype externallymanaged`)
