// Licences of accounts and of users: everyone's in one answer, filtered by roles, with userkeys trimmed by includeUsers.

package reference

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) getLicenses(c *call) ([]byte, *refusal) {
	filter, finds := c.query.get("filter")
	_, named := c.query.get("name")
	_, valued := c.query.get("value")
	attribute := (named || valued) && !s.has(AccountAttributeIgnored)
	if finds && (named || valued) {
		return nil, refuse(http.StatusBadRequest, "AmbiguousSearch", "filter and name with value are two searches")
	}
	if (named || valued) && s.varies(AccountAttribute400) {
		return nil, refuse(http.StatusBadRequest, "InvalidParameter", "name and value are no parameters of this list")
	}
	accounts, refused := s.parseKeys(c.path, c.op)
	if refused != nil {
		return nil, refused
	}
	if s.varies(UnknownOwner404) && slices.ContainsFunc(accounts, func(account int64) bool {
		return account != s.principals.EmptyAccount && len(s.store.ofAccounts(account, account)) == 0
	}) {
		return nil, refuse(http.StatusNotFound, "NoSuchAccount", "no account has one of these keys")
	}
	if finds && len(accounts) > 1 {
		return nil, refuse(http.StatusBadRequest, "TooManyAccounts", "filter searches one account")
	}
	sh, refused := s.showing(c)
	if refused != nil {
		return nil, refused
	}
	licences := s.licencesOfAccounts(accounts, finds)
	if finds {
		if licences, refused = s.findLicenses(licences, filter); refused != nil {
			return nil, refused
		}
	}
	if attribute {
		chosen, refused := s.chooseByAttribute(c.query)
		if refused != nil {
			return nil, refused
		}
		licences = slices.DeleteFunc(licences, func(l *licence) bool { return !chosen.holds(l) })
	}
	return s.list(licences, sh), nil
}

// licencesOfAccounts returns every licence of the accounts, once.
func (s *Server) licencesOfAccounts(accounts []int64, finds bool) []*licence {
	if s.has(AccountFirstOnly) {
		accounts = accounts[:1]
	}
	var licences []*licence
	for _, account := range distinct(accounts, s.has(AccountDuplicates)) {
		low, high := account, account
		if s.has(FloatLookup) || s.has(AccountFloatLookup) {
			low, high = sameDouble(account)
		}
		found := s.store.ofAccounts(low, high)
		if s.has(AccountLimit10) && !finds {
			found = found[:min(len(found), 10)]
		}
		if s.has(AccountLimit100) && !finds {
			found = found[:min(len(found), 100)]
		}
		licences = append(licences, found...)
	}
	licences = slices.DeleteFunc(licences, func(l *licence) bool {
		return s.has(AccountDropsDisabled) && !l.is(enabled) || s.has(AccountDropsSeatless) && l.seats == 0
	})
	if s.has(AccountForeignLicenses) && len(licences) > 0 {
		for l := range s.store.all(0) {
			if !slices.Contains(accounts, l.account) {
				return append(licences, l)
			}
		}
	}
	return licences
}

func (s *Server) getUserLicenses(c *call) ([]byte, *refusal) {
	users, refused := s.parseKeys(c.path, c.op)
	if refused != nil {
		return nil, refused
	}
	sh, refused := s.showing(c)
	if refused != nil {
		return nil, refused
	}
	if s.varies(UnknownOwner404) && slices.ContainsFunc(users, func(user int64) bool {
		return user != s.principals.EmptyUser && len(s.store.ofUsers(user, user)) == 0
	}) {
		return nil, refuse(http.StatusNotFound, "NoSuchUser", "no user has one of these keys")
	}
	if s.has(UserFirstOnly) {
		users = users[:1]
	}
	sh.asked = users
	seen := make(map[*licence]bool)
	var licences []*licence
	for _, user := range distinct(users, false) {
		for _, l := range s.licencesOfUser(user) {
			if !seen[l] || s.has(UserDuplicates) {
				seen[l] = true
				licences = append(licences, l)
			}
		}
	}
	return s.list(licences, sh), nil
}

// licencesOfUser returns every licence that a user is assigned to, in whatever account.
func (s *Server) licencesOfUser(user int64) []*licence {
	low, high := user, user
	if s.has(FloatLookup) || s.has(UserFloatLookup) {
		low, high = sameDouble(user)
	}
	licences := s.store.ofUsers(low, high)
	if s.has(UserAccount) && len(licences) > 0 {
		licences = s.store.ofAccounts(licences[0].account, licences[0].account)
	}
	return slices.DeleteFunc(licences, func(l *licence) bool {
		return s.has(UserFirstAccount) && l.account != licences[0].account || s.has(UserEnabledOnly) && !l.is(enabled)
	})
}

// showing reads what both lists take: roles and includeUsers.
func (s *Server) showing(c *call) (showing, *refusal) {
	sh := showing{op: c.op, number: c.number}
	roles, _, refused := c.query.names("roles")
	if refused != nil {
		return sh, refused
	}
	sh.roles = roles
	if s.varies(UnknownRole404) && slices.ContainsFunc(roles, func(role string) bool { return !s.store.knowsRole(role) }) {
		return sh, refuse(http.StatusNotFound, "NoSuchRole", "no license grants one of these roles")
	}
	include, given := c.query.get("includeUsers")
	if !given {
		return sh, nil
	}
	sh.trims = true
	for part := range strings.SplitSeq(include, ",") {
		user, refused := s.parseKey(part)
		if refused != nil {
			return sh, refused
		}
		sh.include = append(sh.include, user)
	}
	return sh, nil
}

// list filters by roles and writes what is left, in no order.
func (s *Server) list(licences []*licence, sh showing) []byte {
	licences = s.withRoles(licences, sh)
	if s.has(IncludeUsersDrops) && sh.trims {
		licences = slices.DeleteFunc(licences, func(l *licence) bool { return len(s.shownUsers(l, sh)) == 0 })
	}
	s.shuffle(licences, sh.number)
	return s.appendLicences(make([]byte, 0, 1024*len(licences)+2), licences, sh)
}

// withRoles keeps the licences that grant any of the roles asked for.
func (s *Server) withRoles(licences []*licence, sh showing) []*licence {
	roles := sh.roles
	switch {
	case s.has(RolesDefaultFilter) && roles == nil && sh.op == getLicenses:
		return slices.DeleteFunc(licences, func(l *licence) bool { return len(l.roles) == 0 })
	case roles == nil,
		s.has(RolesIgnored) && sh.op == getLicenses,
		s.has(UserRolesIgnored) && sh.op == getUserLicenses,
		s.has(RolesTrimsArray) && sh.op == getLicenses,
		s.has(UnknownRoleAll) && !slices.ContainsFunc(roles, s.store.knowsRole):
		return licences
	case s.has(RolesFirstOnly):
		roles = roles[:1]
	case s.has(RolesLastOnly):
		roles = roles[len(roles)-1:]
	}
	var kept []*licence
	for _, l := range licences {
		held := 0
		for _, role := range distinct(roles, false) {
			if l.hasRole(role) || s.varies(CaseInsensitive) && hasRoleInAnyCase(l, role) || s.has(RolesSubstring) && hasRolePart(l, role) {
				held++
			}
		}
		switch {
		case s.has(RolesAnd) && held < len(distinct(roles, false)), held == 0:
		case s.has(RoleJoinDuplicates):
			kept = append(kept, slices.Repeat([]*licence{l}, held)...)
		default:
			kept = append(kept, l)
		}
	}
	return kept
}

// hasRolePart is how a careless server compares role names.
func hasRolePart(l *licence, part string) bool {
	return slices.ContainsFunc(l.roles, func(role string) bool { return strings.Contains(role, part) })
}

func hasRoleInAnyCase(l *licence, name string) bool {
	return slices.ContainsFunc(l.roles, func(role string) bool { return strings.EqualFold(role, name) })
}

// distinct returns each value once, in the order of first sight, or the list as it is.
func distinct[T comparable](list []T, asItIs bool) []T {
	if asItIs || len(list) < 2 {
		return list
	}
	seen := make(map[T]bool, len(list))
	once := make([]T, 0, len(list))
	for _, v := range list {
		if !seen[v] {
			seen[v] = true
			once = append(once, v)
		}
	}
	return once
}

// firstOfList is what is left of a list when only its first element is looked at.
func firstOfList(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return first
}

func formatKey(key int64) string { return strconv.FormatInt(key, 10) }
