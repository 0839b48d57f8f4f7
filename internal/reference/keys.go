// Licences by key: one of them, its users, and a batch.

package reference

import (
	"cmp"
	"net/http"
	"slices"
)

// lookup returns the licence with a key, or nil.
func (s *Server) lookup(key int64) *licence {
	l := s.store.licence(key)
	if s.has(FloatLookup) && l == nil {
		low, high := sameDouble(key)
		for near := range s.store.all(low) {
			if near.key <= high {
				return near
			}
			break
		}
	}
	return l
}

// single returns the licence that a path names.
func (s *Server) single(c *call) (*licence, *refusal) {
	key, refused := s.parseKey(c.path)
	if refused != nil {
		return nil, refused
	}
	if l := s.lookup(key); l != nil {
		return l, nil
	}
	return nil, refuse(http.StatusNotFound, "NoSuchLicense", "no license has this key")
}

func (s *Server) getLicense(c *call) ([]byte, *refusal) {
	if s.has(CommaFirstKey) {
		c.path = firstOfList(c.path)
	}
	l, refused := s.single(c)
	if refused != nil && refused.status == http.StatusNotFound {
		key, _ := s.parseKey(c.path)
		switch {
		case s.has(MissingLicenseNull):
			return []byte("null"), nil
		case s.has(MissingLicenseDefault):
			return s.appendLicence(nil, &licence{key: key, words: new(wording)}, showing{op: c.op}), nil
		case s.has(ErrorAs200):
			return []byte(`{"errorCode":"NoSuchLicense","message":"no license has this key"}`), nil
		}
	}
	if refused != nil {
		return nil, refused
	}
	if s.has(GetFirstOfAccount) {
		l = s.store.ofAccounts(l.account, l.account)[0]
	}
	if s.has(Crosstalk) {
		l = s.confuse(l)
	}
	body := s.appendLicence(make([]byte, 0, 1024), l, showing{op: c.op})
	if s.has(GetArray) {
		body = append(append([]byte{'['}, body...), ']')
	}
	return body, nil
}

// confuse now and then returns the licence of a request that is being answered at the same time.
func (s *Server) confuse(l *licence) *licence {
	other := s.mischief.lastLicence.Swap(l)
	if s.simultaneous() && other != nil && other != l && s.mischief.oneIn(16) {
		return other
	}
	return l
}

func (s *Server) getLicensesByKeys(c *call) ([]byte, *refusal) {
	if refused := s.requireBatch(c); refused != nil {
		return nil, refused
	}
	keys, refused := s.parseKeys(c.path, c.op)
	if refused != nil {
		return nil, refused
	}
	if s.varies(UnknownKey404) && slices.ContainsFunc(keys, func(key int64) bool { return s.lookup(key) == nil }) {
		return nil, refuse(http.StatusNotFound, "NoSuchLicense", "no license has one of these keys")
	}
	if s.has(BatchFirstOnly) {
		keys = keys[:1]
	}
	if s.has(BatchLastDropped) && len(keys) > 1 {
		keys = keys[:len(keys)-1]
	}
	licences := s.licencesByKeys(keys)
	if s.has(BatchRange) && len(keys) > 1 {
		licences = s.between(slices.Min(keys), slices.Max(keys), 1000)
	}
	if s.has(BatchAllOrEmpty) && len(licences) < len(slices.Compact(slices.Sorted(slices.Values(keys)))) {
		licences = nil
	}
	sh := showing{op: c.op}
	if s.has(BatchSingleObject) && len(keys) == 1 && len(licences) == 1 {
		return s.appendLicence(nil, licences[0], sh), nil
	}
	s.shuffle(licences, c.number)
	return s.appendLicences(make([]byte, 0, 1024*len(licences)+2), licences, sh), nil
}

// licencesByKeys returns each licence that one of the keys names, once. Keys that name none are passed over.
func (s *Server) licencesByKeys(keys []int64) []*licence {
	seen := make(map[*licence]bool, len(keys))
	licences := make([]*licence, 0, len(keys))
	for _, key := range keys {
		if l := s.lookup(key); l != nil && (!seen[l] || s.varies(DuplicatesTwice)) {
			seen[l] = true
			licences = append(licences, l)
		}
	}
	return licences
}

// between returns the licences from one key to another, at most so many.
func (s *Server) between(low, high int64, most int) []*licence {
	var licences []*licence
	for l := range s.store.all(low) {
		if l.key > high || len(licences) == most {
			break
		}
		licences = append(licences, l)
	}
	return licences
}

// shuffle puts licences in an order that nobody can come to rely on.
func (s *Server) shuffle(licences []*licence, number uint64) {
	switch {
	case s.varies(ListsAsAsked):
	case s.varies(ListsAscending), s.varies(ListsDescending):
		slices.SortStableFunc(licences, func(a, b *licence) int { return cmp.Compare(a.key, b.key) })
		if s.varies(ListsDescending) {
			slices.Reverse(licences)
		}
	case len(licences) > 1:
		s.chance(number).Shuffle(len(licences), func(i, j int) { licences[i], licences[j] = licences[j], licences[i] })
	}
}

func (s *Server) getLicenseUsers(c *call) ([]byte, *refusal) {
	l, refused := s.single(c)
	if s.has(MissingLicenseUsersEmpty) && refused != nil && refused.status == http.StatusNotFound {
		return []byte("[]"), nil
	}
	if refused != nil {
		return nil, refused
	}
	users := l.users
	switch {
	case s.varies(UsersReversed):
		users = slices.Clone(users)
		slices.Reverse(users)
	case s.has(LicenseUsersStale) && len(users) > 0:
		users = users[:len(users)-1]
	case s.has(LicenseUsersExtra) && len(users) > 0:
		users = append(slices.Clone(users), userKey(s.seed, emptyUser))
	case s.has(LicenseUsersCap100):
		users = users[:min(len(users), 100)]
	case s.has(LicenseUsersCap1000):
		users = users[:min(len(users), 1000)]
	case s.has(LicenseUsersNone404) && len(users) == 0:
		return nil, refuse(http.StatusNotFound, "NoUsers", "this license has no users")
	case s.has(LicenseUsersNoneNull) && len(users) == 0:
		return []byte("null"), nil
	case s.has(LicenseUsersEnvelope):
		return append(s.appendUsers([]byte(`{"userkeys":`), users), '}'), nil
	case s.has(LicenseUsersObjects):
		return appendUserObjects(nil, l), nil
	case s.has(UserKeysAsStrings):
		text := make([]string, len(users))
		for i, u := range users {
			text[i] = formatKey(u)
		}
		return appendStrings(nil, text), nil
	}
	return s.appendUsers(make([]byte, 0, 20*len(users)+2), users), nil
}
