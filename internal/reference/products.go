// Products of licences and their entitlements, for one licence and in a batch.

package reference

import (
	"net/http"
	"slices"
	"strconv"
)

func (s *Server) getLicenseProducts(c *call) ([]byte, *refusal) {
	l, refused := s.single(c)
	if s.has(MissingLicenseProductsEmpty) && refused != nil && refused.status == http.StatusNotFound {
		return []byte("[]"), nil
	}
	if refused != nil {
		return nil, refused
	}
	names := make([]string, len(l.products))
	for i, p := range l.products {
		names[i] = p.name
	}
	switch {
	case s.has(ProductsDuplicated) && len(names) > 0:
		names = append(names, names[0])
	case s.has(ProductsUnentitled):
		names = append(names, "g2rs")
	case s.has(ProductsObjects):
		b := []byte{'['}
		for i, name := range names {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(append(b, `{"name":`...), name), '}')
		}
		return append(b, ']'), nil
	case s.has(ProductsMap):
		members := make([]member, len(l.products))
		for i, p := range l.products {
			members[i] = member{p.name, string(appendMembers(nil, p.entitlements))}
		}
		return appendMembers(nil, members), nil
	}
	return appendStrings(nil, names), nil
}

func (s *Server) getLicenseEntitlements(c *call) ([]byte, *refusal) {
	if s.has(EntitlementBatchFirstKey) {
		c.path = firstOfList(c.path)
	}
	l, refused := s.single(c)
	if s.has(MissingLicenseEntitlementsEmpty) && refused != nil && refused.status == http.StatusNotFound {
		return []byte("{}"), nil
	}
	if refused != nil {
		return nil, refused
	}
	p := l.product(c.product)
	if p == nil && s.varies(UnknownProductEmpty) {
		return []byte("{}"), nil
	}
	if p == nil {
		return nil, refuse(http.StatusNotFound, "NoSuchProduct", "this license has no such product")
	}
	members := s.entitlements(l, p)
	switch {
	case s.has(EntitlementsUnstable) && s.mischief.readAgain(l.key)%2 == 1:
		members = members[1:]
	case s.has(EntitlementsStringified):
		members = slices.Clone(members)
		for i, m := range members {
			if m.value[0] == '{' || m.value[0] == '[' {
				members[i].value = quote(m.value)
			}
		}
	case s.has(EntitlementsString):
		return appendString(nil, string(appendMembers(nil, members))), nil
	case s.has(EntitlementsPairs):
		b := []byte{'['}
		for i, m := range members {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendMembers(b, []member{{"name", quote(m.name)}, {"value", m.value}})
		}
		return append(b, ']'), nil
	}
	return appendMembers(nil, members), nil
}

// entitlements are those of one product, whatever other products the licence has.
func (s *Server) entitlements(l *licence, p *product) []member {
	if !s.has(EntitlementsMerged) {
		return p.entitlements
	}
	var merged []member
	for _, other := range l.products {
		for _, m := range other.entitlements {
			if _, ok := find(merged, m.name); !ok {
				merged = append(merged, m)
			}
		}
	}
	return merged
}

func (s *Server) getLicenseEntitlementsByKeys(c *call) ([]byte, *refusal) {
	if refused := s.requireBatch(c); refused != nil {
		return nil, refused
	}
	keys, refused := s.parseKeys(c.path, c.op)
	if refused != nil {
		return nil, refused
	}
	var holders []*licence
	var values [][]member
	for _, key := range distinct(keys, false) {
		l := s.lookup(key)
		if s.varies(UnknownKey404) && (l == nil || l.product(c.product) == nil) {
			return nil, refuse(http.StatusNotFound, "NoSuchLicense", "one of these keys names no license with this product")
		}
		if l == nil || l.product(c.product) == nil {
			if s.has(EntitlementBatchShift) { // keeps its place, so that the entitlements that follow move up by one
				holders = append(holders, &licence{key: key})
			}
			continue
		}
		holders = append(holders, l)
		values = append(values, s.entitlements(l, l.product(c.product)))
	}
	holders = holders[:len(values)]
	if s.has(EntitlementBatchForeign) && len(holders) > 0 {
		for l := range s.store.all(0) {
			if p := l.product(c.product); p != nil && !slices.Contains(holders, l) {
				holders, values = append(holders, l), append(values, p.entitlements)
				break
			}
		}
	}
	if s.has(EntitlementBatchDuplicates) && len(holders) > 0 {
		holders, values = append(holders, holders[0]), append(values, values[0])
	}
	s.chance(c.number).Shuffle(len(holders), func(i, j int) {
		holders[i], holders[j] = holders[j], holders[i]
		values[i], values[j] = values[j], values[i]
	})
	if s.has(EntitlementBatchMap) {
		members := make([]member, len(holders))
		for i, l := range holders {
			members[i] = member{formatKey(l.key), string(appendMembers(nil, values[i]))}
		}
		return appendMembers(nil, members), nil
	}
	b := []byte{'['}
	for i, l := range holders {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendEntry(b, l, values[i])
	}
	b = append(b, ']')
	if s.has(BatchSingleObject) && len(keys) == 1 && len(holders) == 1 {
		b = b[1 : len(b)-1]
	}
	return b, nil
}

// appendEntry writes one element of a batch: the key of the licence and the entitlements, nested so that neither can hide the other.
func (s *Server) appendEntry(b []byte, l *licence, entitlements []member) []byte {
	key := l.key
	if s.has(EntitlementBatchFloatKeys) || s.has(FloatKeys) {
		key = throughDouble(key)
	}
	if s.varies(NumbersRespelled) {
		entitlements = respelled(entitlements)
	}
	switch {
	case s.varies(EntitlementsBeside):
		return appendMembers(b, append([]member{{"licensekey", formatKey(key)}}, entitlements...))
	case s.varies(EntitlementsKeyed):
		return appendMembers(b, []member{{"licenseKey", quote(formatKey(key))}, {"attributes", string(appendMembers(nil, entitlements))}})
	}
	b = strconv.AppendInt(append(b, `{"key":`...), key, 10)
	b = append(b, `,"entitlements":`...)
	if s.has(EntitlementsRoundNumbers) {
		b = append(b, throughDoubles(string(appendMembers(nil, entitlements)))...)
	} else {
		b = appendMembers(b, entitlements)
	}
	return append(b, '}')
}
