// The three scans: licences by key, by attribute and by role, in ascending order of key, within bounds, a page at a time.

package reference

import (
	"cmp"
	"hash/fnv"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	lowestKey  = math.MinInt64
	highestKey = math.MaxInt64

	longestAttributeName = 64 // code points
)

// scanOperation tells which of the three scans a query asks for. A role with an attribute is both: it counts as the attribute's.
func (s *Server) scanOperation(q query) operation {
	_, named := q.get("name")
	_, valued := q.get("value")
	_, role := q.get("role")
	switch {
	case named || valued:
		return scanLicensesByAttribute
	case role:
		return scanLicensesByRole
	}
	return scanLicensesByKey
}

func (s *Server) scanLicenses(c *call) ([]byte, *refusal) {
	chosen, refused := s.choose(c)
	if refused != nil {
		return nil, refused
	}
	count, refused := s.count(c)
	if refused != nil {
		return nil, refused
	}
	bounds, refused := s.bounds(c)
	if refused != nil {
		return nil, refused
	}
	page, refused := s.page(c, chosen, bounds, count)
	if refused != nil {
		return nil, refused
	}
	return s.appendLicences(make([]byte, 0, 1024*len(page)+2), page, showing{op: c.op}), nil
}

// choice is the licences that a scan is about, and what makes one of them.
type choice struct {
	from  selection
	holds func(*licence) bool
}

// choose reads role, name, value and product. Given a role and an attribute, a licence must have both.
func (s *Server) choose(c *call) (choice, *refusal) {
	chosen := choice{s.store.all, func(*licence) bool { return true }}
	if c.op == scanLicensesByAttribute && !s.has(AttributeIgnored) {
		var refused *refusal
		if chosen, refused = s.chooseByAttribute(c.query); refused != nil {
			return chosen, refused
		}
	} else if _, given := c.query.get("product"); given && c.op != scanLicensesByAttribute {
		return chosen, refuse(http.StatusBadRequest, "InvalidAttribute", "product goes with name and value")
	}
	role, given := c.query.get("role")
	switch {
	case !given, s.has(RoleIgnored), s.has(RoleEmptyAll) && role == "":
		return chosen, nil
	case role == "":
		return chosen, refuse(http.StatusBadRequest, "InvalidRole", "role is empty")
	case (s.has(UnknownRoleAll) || s.has(RoleScanUnknownAll)) && !s.store.knowsRole(role):
		return chosen, nil
	}
	if s.varies(UnknownRole404) && !s.store.knowsRole(role) {
		return chosen, refuse(http.StatusNotFound, "NoSuchRole", "no license grants this role")
	}
	hasRole := func(l *licence) bool { return l.hasRole(role) }
	switch {
	case s.varies(CaseInsensitive):
		hasRole = func(l *licence) bool { return hasRoleInAnyCase(l, role) }
	case s.has(RoleFirstOnly):
		hasRole = func(l *licence) bool { return len(l.roles) > 0 && l.roles[0] == role }
	case s.has(RoleScanSubstring), s.has(RolesSubstring):
		hasRole = func(l *licence) bool { return hasRolePart(l, role) }
	case s.has(RoleHidesDisabled):
		hasRole = func(l *licence) bool { return l.hasRole(role) && l.is(enabled) }
	case c.op == scanLicensesByRole:
		return choice{s.store.withRole(role), hasRole}, nil
	}
	both := chosen.holds
	return choice{keep(chosen.from, hasRole), func(l *licence) bool { return both(l) && hasRole(l) }}, nil
}

// chooseByAttribute reads name, value and product: licences whose attribute, or entitlement for the product, is JSON-equal to value.
func (s *Server) chooseByAttribute(q query) (choice, *refusal) {
	everything := choice{s.store.all, func(*licence) bool { return true }}
	name, named := q.get("name")
	text, valued := q.get("value")
	product, inProduct := q.get("product")
	if !named || !valued {
		if s.has(AttributeHalfAll) {
			return everything, nil
		}
		return everything, refuse(http.StatusBadRequest, "InvalidAttribute", "name and value go together")
	}
	if name == "" || inProduct && product == "" {
		return everything, refuse(http.StatusBadRequest, "InvalidAttribute", "name or product is empty")
	}
	longest := longestAttributeName
	if s.has(AttributeNameLimit63) {
		longest--
	}
	switch length := utf8.RuneCountInString(name); {
	case s.has(AttributeName500) && length > longest:
		return everything, refuse(http.StatusInternalServerError, "InternalError", "something went wrong")
	case length > longest:
		return everything, refuse(http.StatusBadRequest, "InvalidAttribute", "a name has at most %d characters", longest)
	}
	if s.varies(StandardUnscannable) && !inProduct && slices.Contains(standardAttributes, name) {
		return everything, refuse(http.StatusBadRequest, "InvalidAttribute", "only custom attributes can be scanned for")
	}
	literal, err := parseLiteral(text)
	switch {
	case err != nil && s.has(AttributeBareString):
		literal = quote(text)
	case err != nil && s.has(AttributeBareAll):
		return everything, nil
	case err != nil:
		return everything, refuse(http.StatusBadRequest, "InvalidAttribute", "value is a JSON literal; a string has quotes")
	}
	if s.has(AttributeProductIgnored) {
		product = ""
	}
	known := s.store.names[nameInIndex(product, name)]
	if s.has(AttributeUnknown400) && !known {
		return everything, refuse(http.StatusBadRequest, "InvalidAttribute", "no license has such an attribute")
	}
	if s.has(AttributeUnknownAll) && !known {
		return everything, nil
	}
	if equal := s.carelessly(product, name, text, literal); equal != nil {
		return choice{keep(s.store.all, equal), equal}, nil
	}
	if s.varies(CaseInsensitive) && literal[0] == '"' {
		equal := func(l *licence) bool {
			value, ok := worth(l, product, name)
			return ok && strings.EqualFold(canonical(value), literal)
		}
		return choice{keep(s.store.all, equal), equal}, nil
	}
	equal := func(l *licence) bool {
		value, ok := worth(l, product, name)
		return ok && canonical(value) == literal
	}
	return choice{s.store.withAttribute(product, name, literal), equal}, nil
}

// carelessly compares attributes in one of the ways that break the promise, or is nil on a server that keeps it.
func (s *Server) carelessly(inProduct, name, text, literal string) func(*licence) bool {
	against := func(equal func(value string) bool) func(*licence) bool {
		return func(l *licence) bool {
			value, ok := worth(l, inProduct, name)
			return ok && equal(value)
		}
	}
	switch {
	case s.has(AttributeStringly):
		return against(func(value string) bool { return plain(canonical(value)) == plain(literal) })
	case s.has(AttributeQuotesLiteral) && literal[0] == '"':
		return against(func(value string) bool { return plain(value) == text })
	case s.has(AttributeWildcard) && literal[0] == '"':
		return against(func(value string) bool { return value[0] == '"' && glob(plain(literal), plain(value)) })
	case s.has(AttributePrefix) && literal[0] == '"':
		return against(func(value string) bool { return value[0] == '"' && strings.HasPrefix(plain(value), plain(literal)) })
	case s.varies(LiteralsAsWritten):
		return against(func(value string) bool { return value == text })
	case s.has(AttributeAnyProduct) && inProduct != "":
		return func(l *licence) bool {
			return slices.ContainsFunc(l.products, func(p *product) bool {
				value, ok := find(p.entitlements, name)
				return ok && canonical(value) == literal
			})
		}
	}
	return nil
}

// count reads how many licences a page holds at most.
func (s *Server) count(c *call) (int, *refusal) {
	text, given := c.query.get("count")
	byKey, byAttribute, byRole := c.op == scanLicensesByKey, c.op == scanLicensesByAttribute, c.op == scanLicensesByRole
	if !given {
		switch {
		case s.has(DefaultCount100), s.has(KeyDefaultCount100) && byKey, s.has(AttributeDefaultCount100) && byAttribute,
			s.has(RoleDefaultCount100) && byRole:
			return 100, nil
		case s.has(DefaultCount25):
			return 25, nil
		case s.has(CountPlusOne):
			return defaultCount + 1, nil
		}
		return defaultCount, nil
	}
	count, err := strconv.ParseInt(text, 10, 64)
	wellFormed := err == nil && strconv.FormatInt(count, 10) == text
	if s.has(MalformedCountDrops) && !wellFormed {
		panic(http.ErrAbortHandler)
	}
	most := int64(mostCount)
	switch {
	case s.has(CountLimit99):
		most--
	case s.has(CountUncapped), s.has(AttributeCountUncapped) && byAttribute, s.has(RoleCountUncapped) && byRole:
		most = math.MaxInt64
	case s.has(CountZeroAll) && text == "0", s.has(CountNegativeAll) && wellFormed && count < 0:
		return math.MaxInt, nil
	}
	switch {
	case s.varies(CountClamped) && wellFormed && count > most:
		count = most
	case s.varies(CountBelowDefault) && wellFormed && count < 1:
		count = defaultCount
	}
	if !wellFormed || count < 1 || count > most {
		refused := refuse(http.StatusBadRequest, "InvalidCount", "count is an integer from 1 to %d", mostCount)
		if s.has(ErrorWithLicences) {
			refused.data = s.appendLicences(nil, s.between(0, highestKey, 3), showing{op: c.op})
		}
		return 0, refused
	}
	if s.has(CountPlusOne) {
		count++
	}
	return int(count), nil
}

// bounds is the keys a scan is about: from low to high, both included; none when low is above high.
type bounds struct {
	low, high         int64
	startKey          int64
	hasStart, hasEnd  bool
	exclusivelyBeyond bool // startKey was left out
}

// bounds reads the four parameters of a range. A bound need not be the key of a licence.
func (s *Server) bounds(c *call) (bounds, *refusal) {
	b := bounds{low: lowestKey, high: highestKey}
	byAttribute, byRole := c.op == scanLicensesByAttribute, c.op == scanLicensesByRole
	var end int64
	var refused *refusal
	for _, bound := range []struct {
		name  string
		key   *int64
		given *bool
	}{{"startKey", &b.startKey, &b.hasStart}, {"endKey", &end, &b.hasEnd}} {
		var text string
		if text, *bound.given = c.query.get(bound.name); *bound.given {
			if *bound.key, refused = s.parseKey(text); refused != nil {
				return b, refused
			}
			if s.has(BigBoundsRefused) && *bound.key > 1<<53 {
				return b, refuse(http.StatusBadRequest, "InvalidKey", "%s is no safe integer", bound.name)
			}
		}
	}
	startInclusive, refused := s.parseBool(c.query, "startInclusive", !s.has(StartExclusiveDefault))
	if refused != nil {
		return b, refused
	}
	halfOpen := s.has(EndHalfOpen) || s.has(AttributeEndHalfOpen) && byAttribute || s.has(RoleEndHalfOpen) && byRole
	endInclusive, refused := s.parseBool(c.query, "endInclusive", !halfOpen)
	if refused != nil {
		return b, refused
	}
	if s.varies(InvertedRange400) && b.hasStart && b.hasEnd && (b.startKey > end || b.startKey == end && !(startInclusive && endInclusive)) {
		return b, refuse(http.StatusBadRequest, "InvalidRange", "no key lies between startKey and endKey")
	}
	if s.has(StartInclusiveIgnored) || s.has(KeyStartInclusiveIgnored) && c.op == scanLicensesByKey ||
		s.has(AttributeStartInclusiveIgnored) && byAttribute || s.has(RoleStartInclusiveIgnored) && byRole {
		startInclusive = true
	}
	if s.has(EndInclusiveIgnored) {
		endInclusive = true
	}
	if s.has(InclusiveFlagsSwapped) {
		startInclusive, endInclusive = endInclusive, startInclusive
	}
	if s.has(EqualBoundsInclusive) && b.hasStart && b.hasEnd && b.startKey == end {
		startInclusive, endInclusive = true, true
	}
	if s.has(BoundsSwapped) && b.hasStart && b.hasEnd && b.startKey > end {
		b.startKey, end = end, b.startKey
	}
	b.exclusivelyBeyond = b.hasStart && !startInclusive
	if b.hasStart {
		b.low = s.lowFrom(b.startKey, startInclusive)
		if b.exclusivelyBeyond && b.low == lowestKey { // nothing lies beyond the highest key
			b.low, b.high = highestKey, lowestKey
			return b, nil
		}
	}
	if b.hasEnd && !(s.has(EndIgnoredWithStart) && b.hasStart) {
		b.high = s.highTo(end, endInclusive)
		if !endInclusive && b.high == highestKey || s.has(EndOverflow) && end == highestKey {
			b.low, b.high = highestKey, lowestKey
			return b, nil
		}
	}
	if s.has(StartIgnoredBeyondEnd) && b.hasStart && b.hasEnd && b.startKey > end {
		b.low = lowestKey
	}
	if s.has(AttributeRangeIgnored) && byAttribute || s.has(RoleRangeIgnored) && byRole {
		b.low, b.high = lowestKey, highestKey
	}
	return b, nil
}

// lowFrom is the lowest key that a lower bound lets in. It wraps to the lowest of all when nothing lies beyond the bound.
func (s *Server) lowFrom(start int64, inclusive bool) int64 {
	low, high := start, start
	if s.has(FloatLookup) || s.has(FloatBounds) {
		low, high = sameDouble(start)
	}
	if inclusive {
		return low
	}
	return high + 1
}

// highTo is the highest key that an upper bound lets in. It wraps to the highest of all when nothing lies before the bound.
func (s *Server) highTo(end int64, inclusive bool) int64 {
	low, high := end, end
	if s.has(FloatLookup) || s.has(FloatBounds) {
		low, high = sameDouble(end)
	}
	if inclusive {
		return high
	}
	return low - 1
}

// page takes the first count licences of the choice within the bounds. It filters before it limits, so an empty page is the end.
func (s *Server) page(c *call, chosen choice, b bounds, count int) ([]*licence, *refusal) {
	if s.has(SharedCursor) {
		s.mischief.cursor.Store(b.low)
		if s.simultaneous() {
			b.low = s.mischief.cursor.Load()
		}
	}
	if s.has(ScanHidesDisabled) {
		chosen.from = keep(chosen.from, func(l *licence) bool { return l.is(enabled) })
	}
	if s.has(UnknownStart404) && b.hasStart && s.lookup(b.startKey) == nil {
		return nil, refuse(http.StatusNotFound, "NoSuchLicense", "no license has the key startKey")
	}
	count = s.shortened(count)
	var page []*licence
	switch byRole := c.op == scanLicensesByRole; {
	case s.has(AttributeLimitThenFilter), s.has(RoleLimitThenFilter) && byRole:
		page = slices.DeleteFunc(take(s.store.all, b, count), func(l *licence) bool { return !chosen.holds(l) })
	case s.has(AttributeFirstPageOnly) && c.op == scanLicensesByAttribute:
		page = slices.DeleteFunc(take(s.store.all, b, mostCount), func(l *licence) bool { return !chosen.holds(l) })
		page = page[:min(count, len(page))]
	case s.has(LimitBeforeSort):
		page = take(chosen.from, b, math.MaxInt)
		slices.SortFunc(page, compareHashes)
		page = page[:min(count, len(page))]
		slices.SortFunc(page, func(a, b *licence) int { return cmp.Compare(a.key, b.key) })
	case s.has(OrderLexicographic):
		page = take(chosen.from, b, math.MaxInt)
		slices.SortFunc(page, func(a, b *licence) int { return strings.Compare(formatKey(a.key), formatKey(b.key)) })
		page = page[:min(count, len(page))]
	case s.has(PageBoundaryDrops) && b.exclusivelyBeyond:
		page = take(chosen.from, b, count+1)
		page = page[min(1, len(page)):]
	default:
		page = take(chosen.from, b, count)
	}
	switch {
	case s.has(OrderDescending):
		slices.Reverse(page)
	case s.has(OrderHash):
		slices.SortFunc(page, compareHashes)
	case s.has(WrapAround) && len(page) == 0 && b.hasStart && !b.hasEnd:
		page = take(chosen.from, bounds{low: lowestKey, high: highestKey}, count)
	case s.has(PastEnd404) && len(page) == 0 && b.hasStart && !b.hasEnd:
		return nil, refuse(http.StatusNotFound, "NoMoreLicenses", "no license lies beyond startKey")
	}
	return page, nil
}

// shortened is how many of count licences a page holds: all of them, as clients like best, though "up to" allows fewer.
func (s *Server) shortened(count int) int {
	switch {
	case s.varies(ShortPages7):
		return min(count, 7)
	case s.varies(ShortPagesHalf):
		return max(1, count/2)
	}
	return count
}

// take reads the first count licences of a selection within bounds.
func take(sel selection, b bounds, count int) []*licence {
	page := make([]*licence, 0, min(count, mostCount))
	if b.low > b.high {
		return page
	}
	for l := range sel(b.low) {
		if l.key > b.high || len(page) == count {
			break
		}
		page = append(page, l)
	}
	return page
}

// compareHashes orders licences as a hash table would: in no order that means anything.
func compareHashes(a, b *licence) int {
	hash := func(l *licence) uint64 {
		h := fnv.New64a()
		h.Write(strconv.AppendInt(nil, l.key, 10))
		return h.Sum64()
	}
	return cmp.Compare(hash(a), hash(b))
}
