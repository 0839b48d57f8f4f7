// Users of the Genesys organisation and their licences: one, a page, a batch, and what roles infer.

package reference

import (
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

const (
	defaultPageSize = 25
	mostPageSize    = 100
)

func (s *Server) getLicenseUser(e *errand) ([]byte, *failure) {
	id := e.name
	licences, ok := s.directory.licencesOf(id)
	if !ok && s.has(UserUnknownEmpty) {
		return s.appendUser(nil, id, nil), nil
	}
	if !ok && s.varies(OddID400) && len(id) != len("00000000-0000-4000-8000-000000000000") {
		return nil, fail(http.StatusBadRequest, "invalid.value", "No user can have this id.")
	}
	if !ok {
		return nil, fail(http.StatusNotFound, "not.found", "The requested user does not exist.")
	}
	if s.has(UserSelf) {
		id = s.directory.users[0].id
		licences, _ = s.directory.licencesOf(id)
	}
	if s.has(GenesysCrosstalk) {
		asked := id
		other := s.mischief.lastUser.Swap(&asked)
		if s.simultaneous() && other != nil && *other != id && s.mischief.oneIn(16) {
			id = *other
			licences, _ = s.directory.licencesOf(id)
		}
	}
	return s.appendUser(nil, id, licences), nil
}

// appendUser writes a LicenseUser, in which licences are definitions.
func (s *Server) appendUser(b []byte, id string, licences []string) []byte {
	b = appendString(append(b, `{"id":`...), id)
	b = append(b, `,"licenses":[`...)
	if s.has(UserDuplicateLicences) && len(licences) > 0 {
		licences = append(licences, licences[0])
	}
	for i, licence := range licences {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendDefinition(b, s.directory.byID[licence], false)
	}
	if s.has(UserForeignLicence) && len(licences) > 0 {
		b = s.appendDefinition(append(b, ','), &definition{id: "cloudCX9", description: "Licence cloudCX9"}, false)
	}
	b = append(b, `],"selfUri":`...)
	return append(appendString(b, userURI(id)), '}')
}

func userURI(id string) string { return "/api/v2/license/users/" + url.PathEscape(id) }

// getLicenseUsersPage answers getLicenseUsers: a page of all users, in an order that does not change.
func (s *Server) getLicenseUsersPage(e *errand) ([]byte, *failure) {
	standard := int64(defaultPageSize)
	if s.has(PageDefault100) {
		standard = 100
	}
	most := int64(mostPageSize)
	if s.varies(PageMaximum25) || s.varies(PageSizeClamped) {
		most = math.MaxInt64
	}
	size, failed := pageParameter(e, "pageSize", standard, most)
	if failed != nil {
		return nil, failed
	}
	number, failed := pageParameter(e, "pageNumber", 1, 1<<31-1)
	if failed != nil {
		return nil, failed
	}
	switch {
	case s.varies(PageMaximum25):
		size = min(size, defaultPageSize)
	case s.varies(PageSizeClamped):
		size = min(size, mostPageSize)
	}
	if s.has(PageSizeIgnored) {
		size = standard
	}
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	users := s.directory.users
	total := int64(len(users))
	pages := (total + size - 1) / size
	from := (number - 1) * size
	if s.varies(PagePastEnd404) && number > 1 && from >= total {
		return nil, fail(http.StatusNotFound, "not.found", "There is no such page.")
	}
	switch {
	case s.has(PageZeroBased) && e.r.URL.Query().Has("pageNumber"):
		from = number * size
	case s.has(PageNumberIgnored):
		from = 0
	case s.has(PageOffset):
		from = number - 1
	case s.has(PageClamp) && from >= total:
		from = max(0, pages-1) * size
	}
	taken := size
	if s.has(PagePlusOne) {
		taken++
	}
	page := users[min(from, total):min(from+taken, total)]
	if s.has(PageDropsLast) && number == pages && len(page) > 1 {
		page = page[:len(page)-1]
	}
	if s.has(PageTotalLength) {
		total = int64(len(page))
	}
	if s.has(PageCountWrong) {
		pages--
	}
	entities := s.appendEntities(nil, page)
	if s.has(PageBareArray) {
		return entities, nil
	}
	fraction := ""
	if s.has(PageFloatNumbers) {
		fraction = ".0"
	}
	b := append([]byte(`{"entities":`), entities...)
	for _, n := range []struct {
		name  string
		value int64
	}{{"pageSize", size}, {"pageNumber", number}, {"total", total}, {"pageCount", pages}} {
		b = append(appendString(append(b, ','), n.name), ':')
		b = append(strconv.AppendInt(b, n.value, 10), fraction...)
	}
	return append(b, '}'), nil
}

// pageParameter reads an integer from 1 to most. The vendor's own client sends 0 for "not given", so 0 is the default too.
func pageParameter(e *errand, name string, otherwise, most int64) (int64, *failure) {
	query := e.r.URL.Query()
	if !query.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(query.Get(name), 10, 64)
	switch {
	case err != nil || n < 0 || n > most:
		return 0, fail(http.StatusBadRequest, "invalid.value", "%s is an integer from 1 to %d.", name, most)
	case n == 0:
		return otherwise, nil
	}
	return n, nil
}

// appendEntities writes UserLicenses, in which licences are ids.
func (s *Server) appendEntities(b []byte, users []*user) []byte {
	b = append(b, '[')
	for i, u := range users {
		if i > 0 {
			b = append(b, ',')
		}
		licences := u.licences
		if s.has(ListingStale) && len(licences) > 0 {
			licences = licences[:len(licences)-1]
		}
		b = appendString(append(b, `{"id":`...), u.id)
		b = append(b, `,"licenses":`...)
		if s.has(PageLicenceObjects) {
			b = append(b, '[')
			for j, licence := range licences {
				if j > 0 {
					b = append(b, ',')
				}
				b = s.appendDefinition(b, s.directory.byID[licence], true)
			}
			b = append(b, ']')
		} else {
			b = appendStrings(b, licences)
		}
		b = append(b, `,"selfUri":`...)
		b = append(appendString(b, userURI(u.id)), '}')
	}
	return append(b, ']')
}

// postLicenseUsers reads the licences of the users whose ids are in the body. Ids of nobody are passed over.
func (s *Server) postLicenseUsers(e *errand) ([]byte, *failure) {
	ids, failed := s.strings(e)
	if failed != nil {
		return nil, failed
	}
	if s.varies(UnknownKey404) && slices.ContainsFunc(ids, func(id string) bool { _, ok := s.directory.licencesOf(id); return !ok }) {
		return nil, fail(http.StatusNotFound, "not.found", "One of the requested users does not exist.")
	}
	if s.has(BatchUsersAll) && e.body == nil {
		for _, u := range s.directory.users {
			ids = append(ids, u.id)
		}
	}
	if s.has(BatchUsersCap25) {
		ids = ids[:min(len(ids), 25)]
	}
	if s.has(BatchUsersMutates) && len(ids) > 0 {
		s.directory.mu.Lock()
		if u := s.directory.byUser[ids[0]]; u != nil && len(u.licences) > 0 {
			u.licences = u.licences[:len(u.licences)-1]
		}
		s.directory.mu.Unlock()
	}
	var known []string
	for _, id := range distinct(ids, false) {
		licences, ok := s.directory.licencesOf(id)
		if ok && !(s.has(BatchUsersDropsUnlicensed) && len(licences) == 0) {
			known = append(known, id)
		}
	}
	members := make([]member, len(known))
	for i, id := range known {
		owner := id
		if s.has(BatchUsersSwapped) {
			owner = known[(i+1)%len(known)]
		}
		licences, _ := s.directory.licencesOf(owner)
		value := s.appendUser(nil, id, licences)
		if s.varies(BatchUsersIds) {
			value = append(appendStrings([]byte(`{"licenses":`), licences), '}')
		}
		if s.has(BatchUsersStrings) {
			value = appendString(nil, string(appendStrings(nil, licences)))
		}
		if s.has(BatchUsersPositions) {
			id = strconv.Itoa(i)
		}
		members[i] = member{id, string(value)}
	}
	if s.has(BatchUsersArray) {
		b := []byte{'['}
		for i, m := range members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, m.value...)
		}
		return append(b, ']'), nil
	}
	return appendMembers(nil, members), nil
}

// postLicenseInfer answers the licences that roles ask for; it assigns none of them.
func (s *Server) postLicenseInfer(e *errand) ([]byte, *failure) {
	if s.has(InferNoBody500) && e.body == nil {
		return nil, fail(http.StatusInternalServerError, "internal.server.error", "The server encountered an unexpected condition.")
	}
	roles, failed := s.strings(e)
	if failed != nil {
		return nil, failed
	}
	if s.varies(InferUnknown404) && slices.ContainsFunc(roles, func(role string) bool { return s.directory.inferred[role] == nil }) {
		return nil, fail(http.StatusNotFound, "not.found", "One of the roles does not exist.")
	}
	licences := s.directory.infer(roles)
	switch {
	case s.has(InferAssigns) && len(licences) > 0:
		s.directory.mu.Lock()
		if u := s.directory.users[0]; !u.has(licences[0]) {
			u.licences = append(slices.Clone(u.licences), licences[0])
		}
		s.directory.mu.Unlock()
	case s.has(InferDuplicates):
		licences = nil
		for _, role := range roles {
			licences = append(licences, s.directory.inferred[role]...)
		}
	case s.has(InferRoleIds):
		return appendStrings(nil, roles), nil
	case s.has(InferObjects):
		members := []byte{'['}
		for i, licence := range licences {
			if i > 0 {
				members = append(members, ',')
			}
			members = appendMembers(members, []member{{"id", quote(licence)}})
		}
		return append(members, ']'), nil
	case s.has(InferMap):
		var members []member
		for _, role := range distinct(roles, false) {
			members = append(members, member{role, string(appendStrings(nil, s.directory.inferred[role]))})
		}
		return appendMembers(nil, members), nil
	}
	return appendStrings(nil, licences), nil
}
