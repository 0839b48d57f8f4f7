// Generation: licences from a seed, every class of them early in key order and again throughout.

package reference

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

const (
	// bigAccountSpan licences from the lowest are dealt to the big account at every bigAccountPeriod-th, so it holds more than 100 but stays bounded.
	bigAccountSpan   = 450
	bigAccountPeriod = 3

	// manyUsers is how many users the largest licences have.
	manyUsers = 1500

	emptyAccount = 1 << 40 // numbers of an account and a user that no licence is given to
	emptyUser    = 1 << 40
)

// accountKey and userKey are the keys of the n-th account and user: spread over the positive 64-bit integers, and the same for the same seed.
func accountKey(seed, n uint64) int64 { return spread(seed, 0xacc0, n) }
func userKey(seed, n uint64) int64    { return spread(seed, 0x05e7, n) }

// spread mixes its arguments to a positive 64-bit integer (splitmix64).
func spread(seed, kind, n uint64) int64 {
	z := seed*0x9e3779b97f4a7c15 + kind*0xd1342543de82ef95 + (n+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int64((z ^ z>>31) >> 1)
}

// generator makes licences one after the other, in ascending order of key.
type generator struct {
	seed     uint64
	count    int
	rng      *rand.Rand
	phases   [128]int   // where in its period a class falls, by period
	wordings []*wording // by plan, channel, servicetype and type
	products [][]*product
	users    []int64  // an arena: user keys are cut from it
	custom   []member // an arena likewise
}

// generate makes n licences, which ascend by key.
func generate(seed uint64, n int) []licence {
	g := &generator{seed: seed, count: n, rng: rand.New(rand.NewPCG(seed, 0x11ce45e))}
	for period := 1; period < len(g.phases); period++ {
		g.phases[period] = int(uint64(spread(seed, uint64(period), 0)) % uint64(period))
	}
	g.prepare()
	licences := make([]licence, n)
	for i, key := range g.keys() {
		g.fill(&licences[i], i, key)
	}
	return licences
}

// prepare builds the tables that licences point into.
func (g *generator) prepare() {
	made := make(map[string][]*product)
	for _, p := range plans {
		for _, c := range channels {
			for _, s := range servicetypes {
				for _, k := range kinds {
					g.wordings = append(g.wordings, &wording{p.name, fmt.Sprintf("%s %s %s", p.name, s, c), p.sku, c, s, k})
				}
			}
		}
		for v := range variants {
			set := make([]*product, len(p.products))
			for i, name := range p.products {
				if made[name] == nil {
					for v := range variants {
						made[name] = append(made[name], &product{name, entitlementsOf(name, v)})
					}
				}
				set[i] = made[name][(v+i)%variants]
			}
			g.products = append(g.products, set)
		}
	}
}

// keys returns the keys, ascending. The first have 1 to 15 digits, so that numeric and textual order differ early; the others lie above
// 2^53, where doubles no longer hold every integer, uniformly up to 2^63-1. One in 37 is the neighbour of the one before it.
func (g *generator) keys() []int64 {
	keys := make([]int64, g.count)
	small := min(15, g.count)
	for i, power := 0, int64(1); i < small; i, power = i+1, power*10 {
		keys[i] = power + g.rng.Int64N(9*power)
	}
	const floor = 1 << 53
	step := (math.MaxInt64 - floor) / int64(max(1, g.count-small))
	for i := small; i < g.count; i++ {
		if i > small && g.every(37, i) {
			keys[i] = keys[i-1] + 1
			continue
		}
		// Stops short of the next stratum, so that the keys around a licence are unused unless it has a neighbour on purpose.
		keys[i] = floor + 1 + int64(i-small)*step + g.rng.Int64N(step-4)
	}
	return keys
}

// every is true for one licence in so many, at a place that depends on the seed. Periods are mostly prime, so that classes meet.
func (g *generator) every(period, ordinal int) bool {
	return ordinal%period == g.phases[period]
}

// fill makes one licence.
func (g *generator) fill(l *licence, ordinal int, key int64) {
	l.key = key
	l.account = g.account(ordinal)
	p := g.rng.IntN(len(plans))
	kind := 0
	if g.every(13, ordinal) {
		kind = 1
	}
	l.words = g.wordings[((p*len(channels)+g.rng.IntN(2))*len(servicetypes)+g.rng.IntN(2))*len(kinds)+kind]
	l.roles = plans[p].roles[g.rng.IntN(len(plans[p].roles))]
	l.products = g.products[p*variants+g.rng.IntN(variants)]
	if !g.every(11, ordinal) {
		l.traits |= enabled
	}
	if g.every(19, ordinal) {
		l.traits |= weighted
	}
	if g.every(5, ordinal) {
		l.traits |= externallyManaged
	}
	if g.every(23, ordinal) {
		l.roles = nil
	}
	if g.every(29, ordinal) {
		l.products = nil
	}
	if ordinal == 33 || ordinal == 150 || ordinal > 150 && ordinal == g.count*2/3 {
		l.roles = append(slices.Clone(l.roles), rareRole)
	}
	g.seat(l, ordinal)
	g.customise(l, ordinal)
}

// account deals a licence to an account: early ones in turn, so that many accounts show soon, later ones by chance.
func (g *generator) account(ordinal int) int64 {
	accounts := max(150, g.count/8)
	switch {
	case ordinal < bigAccountSpan && ordinal%bigAccountPeriod == 0:
		return accountKey(g.seed, 0)
	case ordinal < bigAccountSpan:
		return accountKey(g.seed, uint64(1+ordinal%(149)))
	}
	return accountKey(g.seed, uint64(1+g.rng.IntN(accounts-1)))
}

// seat assigns users and says how many seats there are.
func (g *generator) seat(l *licence, ordinal int) {
	pool := max(400, g.count/2)
	n := [...]int{0, 1, 1, 1, 2, 2, 2, 3, 4, 5}[g.rng.IntN(10)]
	switch {
	case ordinal == 25 || ordinal%20011 == 20000:
		n = manyUsers
	case g.every(31, ordinal): // no seats at all
		return
	}
	first := g.rng.IntN(pool)
	if n == manyUsers {
		l.users = make([]int64, 0, n)
	} else {
		if cap(g.users)-len(g.users) < n {
			g.users = make([]int64, 0, 1<<14)
		}
		at := len(g.users)
		g.users = g.users[:at+n]
		l.users = g.users[at : at : at+n]
	}
	for i := range n {
		if i < 5 {
			// Users come from one pool whatever the account, so that some have licences in several accounts.
			l.users = append(l.users, userKey(g.seed, uint64((first+i*97)%pool)))
			continue
		}
		l.users = append(l.users, userKey(g.seed, 1<<32+uint64(ordinal)*manyUsers+uint64(i)))
	}
	switch {
	case g.every(17, ordinal) && n < manyUsers: // seats of the largest are counted, so that a list cut short shows
		l.seats = -1
	case g.every(7, ordinal):
		l.seats = int32(n)
	default:
		l.seats = int32(n + 1 + g.rng.IntN(20))
	}
}

// customise gives a licence its custom attributes.
func (g *generator) customise(l *licence, ordinal int) {
	if cap(g.custom)-len(g.custom) < 8+len(oddAttributes) {
		g.custom = make([]member, 0, 1<<12)
	}
	at := len(g.custom)
	add := func(name, value string) {
		for _, m := range g.custom[at:] {
			if m.name == name {
				return
			}
		}
		g.custom = append(g.custom, member{name, value})
	}
	if g.rng.IntN(10) < 6 {
		add("tier", tiers[g.rng.IntN(len(tiers))])
	}
	if g.rng.IntN(10) < 3 {
		add("subscriptionId", fmt.Sprintf(`"SUB-%d"`, 10000+ordinal/2))
	}
	if g.rng.IntN(10) < 2 {
		add("externalId", fmt.Sprintf(`"EXT-%d"`, ordinal))
	}
	if g.rng.IntN(10) < 2 {
		add("renewalDate", renewalDates[g.rng.IntN(len(renewalDates))])
	}
	for _, odd := range oddAttributes {
		if g.every(odd.period, ordinal) {
			add(odd.name, odd.value)
		}
	}
	if len(g.custom) > at {
		l.custom = g.custom[at:len(g.custom):len(g.custom)]
	}
}

var renewalDates = func() (dates []string) {
	for month := range 12 {
		dates = append(dates, fmt.Sprintf(`"2027-%02d-01"`, month+1))
	}
	return dates
}()
