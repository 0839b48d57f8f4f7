// Variants of data: other licences and users, and data that moves while it is read.

package reference

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

const (
	growthPeriod = 50                                // requests between one new licence or user and the next
	mostGrowth   = 40                                // licences that are added at most, so that a long run comes to rest
	changePeriod = 60                                // requests between one change and the next
	mostStates   = max(mostGrowth, 2*changeGroups-1) // a server whose data moves has, beside the first
	changeGroups = 9                                 // one of these groups of licences and users changes at a time, so that each rests between its changes

	// smallKey bits are what keys of accounts and users keep in SmallKeys.
	smallKey = 1<<40 - 1

	toggledLicence = "gcSocial" // what users are given, or lose, in DataChanges
)

// preset is how much data the variants want.
func (s *Server) preset(o Options) Options {
	switch {
	case s.varies(NoLicences):
		o.Licenses = 0
	case s.varies(ThreeLicences):
		o.Licenses = 3
	}
	if s.varies(NoUsers) {
		o.Users = 0
	}
	return o
}

// reshape changes generated licences; they still ascend by key.
func (s *Server) reshape(licences []licence) {
	if len(s.variants) == 0 {
		return
	}
	wordless := new(wording)
	for i := range licences {
		l := &licences[i]
		if s.varies(NoCustomAttributes) {
			l.custom = nil
		}
		if s.varies(ExtraMembers) {
			l.custom = append(slices.Clone(l.custom), moreMembers...)
		}
		if s.varies(NobodyAssigned) {
			l.users = nil
		}
		if s.varies(UnlimitedOnly) {
			l.seats = -1
		}
		if s.varies(SmallKeys) {
			l.key = 1000 + 9*int64(i) - int64(i%37/36)*8 // one in 37 is the neighbour of the one before it
			l.account &= smallKey
			for j := range l.users {
				l.users[j] &= smallKey
			}
		}
		if s.varies(OptionalAbsent) {
			l.words = wordless
			l.traits |= withoutFlags | withoutUsers
		}
		if s.varies(WeightedAbsent) && !l.is(weighted) {
			l.traits |= withoutWeighted
		}
		if s.varies(UsersAbsent) {
			l.traits |= withoutUsers
		}
		if s.varies(UnlimitedAbsent) && l.unlimited() {
			l.traits |= withoutSeats
		}
	}
}

// holding is this server with other licences.
func (s *Server) holding(licences []licence) *Server {
	return &Server{
		seed: s.seed, on: s.on, variants: s.variants, principals: s.principals, directory: s.directory, tokens: s.tokens,
		mischief: s.mischief, store: newStore(licences),
	}
}

// asOf is the server as it is when it answers the request of that number: itself, unless its data moves. Which data a request sees
// depends on its number alone, so one request never sees two of them.
func (s *Server) asOf(number uint64) *Server {
	switch {
	case s.varies(DataGrows):
		if number%growthPeriod == 0 {
			s.directory.grow(s.chance(number))
		}
		return s.grown(int(min(number/growthPeriod, mostGrowth)))
	case s.varies(DataChanges):
		if number%changePeriod == 0 {
			s.directory.turn(int((number/changePeriod - 1) % changeGroups))
		}
		return s.changed(int(number / changePeriod % (2 * changeGroups)))
	}
	return s
}

// licences copies what the store holds, in order.
func (s *Server) licences() []licence {
	licences := make([]licence, 0, s.store.byKey.Len())
	for l := range s.store.all(math.MinInt64) {
		licences = append(licences, *l)
	}
	return licences
}

// grown is this server with so many licences more. Each is like a neighbour of it, under a key of its own in the midst of the others.
func (s *Server) grown(by int) *Server {
	if by == 0 || s.store.byKey.Len() < 2 {
		return s
	}
	return s.moved[by-1].get(func() *Server {
		licences := s.licences()
		step := max(1, len(licences)/(mostGrowth+1))
		var born []licence
		for i := 0; i+1 < len(licences) && len(born) < by; i += step {
			l := licences[i]
			l.key += (licences[i+1].key - l.key) / 2
			if l.key > licences[i].key+4 { // keys around a licence stay as they were
				born = append(born, l)
			}
		}
		licences = append(licences, born...)
		slices.SortFunc(licences, func(a, b licence) int { return cmp.Compare(a.key, b.key) })
		return s.holding(licences)
	})
}

// changed is this server after so many changes: with each of the first a group of licences loses its last user, with each of the
// others it gets that user back.
func (s *Server) changed(times int) *Server {
	if times == 0 {
		return s
	}
	return s.moved[times-1].get(func() *Server {
		licences := s.licences()
		for i := range licences {
			group := i % changeGroups
			if l := &licences[i]; group < times && times <= group+changeGroups && len(l.users) > 0 {
				l.users = slices.Clone(l.users[:len(l.users)-1])
			}
		}
		return s.holding(licences)
	})
}

// grow adds a user at the end.
func (d *directory) grow(rng *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := &user{id: uuid(rng), licences: []string{neededFirst}}
	d.users = append(d.users, u)
	d.byUser[u.id] = u
}

// turn gives a group of users a licence, or takes it away from those who have it. The last user is set aside for writes and keeps what it has.
func (d *directory) turn(group int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, u := range d.users {
		switch {
		case i%changeGroups != group || i == len(d.users)-1:
		case u.has(toggledLicence):
			u.licences = slices.DeleteFunc(slices.Clone(u.licences), func(l string) bool { return l == toggledLicence })
		default:
			u.licences = append(slices.Clone(u.licences), toggledLicence)
		}
	}
}
