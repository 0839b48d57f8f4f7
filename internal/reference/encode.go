// Encoding: a licence as JSON, written as it goes, with every promise about its members kept at one line each.

package reference

import (
	"slices"
	"strconv"
	"strings"
)

// showing is what one answer shows of its licences.
type showing struct {
	op      operation
	number  uint64   // of the request
	include []int64  // users to trim userkeys to; it means everyone unless trims is set
	trims   bool     // includeUsers was given
	roles   []string // roles that were asked for
	asked   []int64  // users in the path of getUserLicenses
}

// appendLicences writes a bare array.
func (s *Server) appendLicences(b []byte, licences []*licence, sh showing) []byte {
	b = append(b, '[')
	for i, l := range licences {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendLicence(b, l, sh)
	}
	return append(b, ']')
}

func (s *Server) appendLicence(b []byte, l *licence, sh showing) []byte {
	b = s.appendKey(append(b, `{"key":`...), l.key)
	b = s.appendAccount(b, l, sh)
	if !l.lacks("seats") {
		b = s.appendSeats(append(b, `,"seats":`...), l)
		b = s.appendRemaining(append(b, `,"remaining":`...), l, sh)
	}
	b = s.appendFlags(b, l)
	b = s.appendRoles(append(b, `,"roles":`...), l, sh)
	b = s.appendUserKeys(b, l, sh)
	if !l.lacks("users") {
		b = appendUserObjects(append(b, `,"users":`...), l)
	}
	if !l.lacks("name") {
		b = s.appendWords(b, l, sh)
	}
	b = s.appendCustom(b, l, sh)
	return append(b, '}')
}

// appendKey writes a licence or user key: an integer, every digit of it.
func (s *Server) appendKey(b []byte, key int64) []byte {
	switch {
	case s.has(FloatKeys):
		key = throughDouble(key)
	case s.has(StringKeys):
		b = strconv.AppendInt(append(b, '"'), key, 10)
		return append(b, '"')
	case s.has(KeyExponent):
		return strconv.AppendFloat(b, float64(key), 'e', -1, 64)
	case s.has(KeyFraction):
		return append(strconv.AppendInt(b, key, 10), ".0"...)
	}
	return strconv.AppendInt(b, key, 10)
}

func (s *Server) appendAccount(b []byte, l *licence, sh showing) []byte {
	if s.has(ScanOmitsAccountKey) && sh.op.scans() {
		return b
	}
	name, account := `,"accountkey":`, l.account
	if s.has(CamelAccountKey) {
		name = `,"accountKey":`
	}
	if s.has(AccountKeyDrifts) && sh.op == getLicense && s.mischief.oneIn(8) {
		account = accountKey(s.seed, emptyAccount)
	}
	if s.has(FloatKeys) {
		account = throughDouble(account)
	}
	b = append(b, name...)
	if s.has(AccountKeyString) {
		return append(strconv.AppendInt(append(b, '"'), account, 10), '"')
	}
	return strconv.AppendInt(b, account, 10)
}

func (s *Server) appendSeats(b []byte, l *licence) []byte {
	switch {
	case s.has(UnlimitedMinusOne) && l.unlimited():
		return append(b, "-1"...)
	case l.unlimited():
		return append(b, "null"...)
	case s.has(SeatsString):
		return append(strconv.AppendInt(append(b, '"'), int64(l.seats), 10), '"')
	case s.has(SeatsFraction):
		return append(strconv.AppendInt(b, int64(l.seats), 10), ".0"...)
	}
	return strconv.AppendInt(b, int64(l.seats), 10)
}

// appendRemaining writes the seats not assigned yet, whatever part of the users is shown.
func (s *Server) appendRemaining(b []byte, l *licence, sh showing) []byte {
	if l.unlimited() {
		return append(b, "null"...)
	}
	remaining := l.remaining()
	switch {
	case s.has(RemainingIsSeats):
		remaining = int64(l.seats)
	case s.has(RemainingAssigned):
		remaining = int64(len(l.users))
	case s.has(RemainingBehind) && len(l.users) > 0:
		remaining++
	case s.has(RemainingNegative) && remaining == 0:
		remaining = -1
	case s.has(GetConsumes) && sh.op == getLicense:
		remaining -= s.mischief.readAgain(l.key)
	case s.has(IncludeUsersRemaining) && sh.trims:
		remaining = int64(l.seats) - int64(len(s.shownUsers(l, sh)))
	case s.has(RemainingString):
		return append(strconv.AppendInt(append(b, '"'), remaining, 10), '"')
	}
	return strconv.AppendInt(b, remaining, 10)
}

func (s *Server) appendFlags(b []byte, l *licence) []byte {
	b = append(b, `,"enabled":`...)
	switch {
	case s.has(EnabledString):
		b = append(strconv.AppendBool(append(b, '"'), l.is(enabled)), '"')
	case s.has(EnabledNumber) && l.is(enabled):
		b = append(b, '1')
	case s.has(EnabledNumber):
		b = append(b, '0')
	default:
		b = strconv.AppendBool(b, l.is(enabled))
	}
	if l.lacks("weighted") {
		return s.appendManaged(b, l)
	}
	b = append(b, `,"weighted":`...)
	switch {
	case s.has(WeightedLetter) && l.is(weighted):
		b = append(b, `"Y"`...)
	case s.has(WeightedLetter):
		b = append(b, `"N"`...)
	default:
		b = strconv.AppendBool(b, l.is(weighted))
	}
	return s.appendManaged(b, l)
}

func (s *Server) appendManaged(b []byte, l *licence) []byte {
	if l.lacks("externallymanaged") {
		return b
	}
	return strconv.AppendBool(append(b, `,"externallymanaged":`...), l.is(externallyManaged))
}

func (s *Server) appendRoles(b []byte, l *licence, sh showing) []byte {
	switch {
	case s.has(RolesJoined):
		return appendString(b, strings.Join(l.roles, ","))
	case s.has(RolesNull) && len(l.roles) == 0:
		return append(b, "null"...)
	case s.has(RolesDuplicated) && len(l.roles) > 0:
		return appendStrings(b, append(slices.Clone(l.roles), l.roles[0]))
	case s.has(RolesTrimsArray) && sh.op == getLicenses && sh.roles != nil:
		return appendStrings(b, slices.DeleteFunc(slices.Clone(l.roles), func(r string) bool { return !slices.Contains(sh.roles, r) }))
	}
	return appendStrings(b, l.roles)
}

func (s *Server) appendUserKeys(b []byte, l *licence, sh showing) []byte {
	users := s.shownUsers(l, sh)
	if s.has(UserkeysDropped) && len(users) == 0 || s.has(BatchOmitsUserkeys) && sh.op == getLicensesByKeys {
		return b
	}
	b = append(b, `,"userkeys":`...)
	switch {
	case s.has(UserkeysNull) && len(users) == 0:
		return append(b, "null"...)
	case s.has(UserkeysDuplicated) && len(users) > 0:
		users = append(slices.Clone(users), users[0])
	case s.has(UserkeysMap):
		b = append(b, '{')
		for i, u := range users {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(strconv.AppendInt(append(b, '"'), u, 10), `":true`...)
		}
		return append(b, '}')
	}
	return s.appendUsers(b, users)
}

// appendUsers writes user keys as a bare array of integers.
func (s *Server) appendUsers(b []byte, users []int64) []byte {
	b = append(b, '[')
	for i, u := range users {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendKey(b, u)
	}
	return append(b, ']')
}

// shownUsers is the users of a licence that an answer lists: everyone, or those of includeUsers.
func (s *Server) shownUsers(l *licence, sh showing) []int64 {
	if s.has(UserJoin) && sh.op == getUserLicenses && !sh.trims {
		sh.include, sh.trims = sh.asked, true
	}
	switch {
	case !sh.trims, s.has(IncludeUsersIgnored), s.has(IncludeUsersIgnoredWithRoles) && sh.roles != nil:
		return l.users
	case s.has(IncludeUsersFirst):
		sh.include = sh.include[:1]
	}
	var shown []int64
	for _, u := range l.users {
		included := slices.Contains(sh.include, u)
		if s.has(IncludeUsersComplement) {
			included = !included
		}
		if s.has(UserIncludeIntersects) && sh.op == getUserLicenses {
			included = included && slices.Contains(sh.asked, u)
		}
		if included {
			shown = append(shown, u)
		}
	}
	return shown
}

func (s *Server) appendWords(b []byte, l *licence, sh showing) []byte {
	w := l.words
	b = appendString(append(b, `,"type":`...), w.kind)
	b = append(b, `,"name":`...)
	if s.has(NameObject) {
		b = append(appendString(append(b, `{"en":`...), w.name), '}')
	} else {
		b = appendString(b, w.name)
	}
	description := w.description
	if s.has(ScanStale) && sh.op.scans() || s.has(BatchStale) && sh.op == getLicensesByKeys {
		description += " (2019)"
	}
	b = appendString(append(b, `,"description":`...), description)
	b = appendString(append(b, `,"sku":`...), w.sku)
	b = appendString(append(b, `,"channel":`...), w.channel)
	return appendString(append(b, `,"servicetype":`...), w.servicetype)
}

// appendCustom writes the custom attributes, each value as it is kept: its numbers have every digit.
func (s *Server) appendCustom(b []byte, l *licence, sh showing) []byte {
	if s.has(BatchOmitsCustom) && sh.op == getLicensesByKeys || s.has(ScanOmitsCustom) && sh.op.scans() {
		return b
	}
	for _, m := range l.custom {
		name, value := m.name, m.value
		if s.has(LongAttributeName) && len(name) == 64 {
			name += "x"
		}
		if s.has(ScanStringifiesCustom) && sh.op.scans() && (value[0] == '{' || value[0] == '[') {
			value = quote(value)
		}
		if s.has(AccountRoundsNumbers) && sh.op == getLicenses {
			value = throughDoubles(value)
		}
		if s.varies(NumbersRespelled) && sh.op.scans() {
			value = respellNumbers(value)
		}
		b = append(appendString(append(b, ','), name), ':')
		b = append(b, value...)
	}
	return b
}
