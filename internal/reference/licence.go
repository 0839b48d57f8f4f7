// One licence: its members, and what each attribute of it is worth as JSON.

package reference

import (
	"strconv"
)

// licence is one licence of the account service. A million of them are kept, so what licences have in common is shared: words, roles and
// products point into tables.
type licence struct {
	key, account int64
	seats        int32 // unlimited when negative
	traits       trait
	words        *wording
	roles        []string
	users        []int64
	custom       []member
	products     []*product
}

// trait is a set of the yes-or-no properties of a licence.
type trait uint8

const (
	enabled trait = 1 << iota
	weighted
	externallyManaged

	// The rest is members that a licence does not show.
	withoutFlags    // weighted and externallymanaged
	withoutWeighted // weighted alone
	withoutUsers    // users
	withoutSeats    // seats and remaining
)

// wording is the standard attributes that are text.
type wording struct {
	name, description, sku, channel, servicetype, kind string // kind is the member `type`: named or concurrent
}

// wordless reports whether there is no text at all.
func (w *wording) wordless() bool { return *w == wording{} }

// member is one member of a JSON object; value is JSON text.
type member struct{ name, value string }

// product is one product of a licence with its entitlements.
type product struct {
	name         string
	entitlements []member
}

func (l *licence) is(t trait) bool { return l.traits&t != 0 }

func (l *licence) unlimited() bool { return l.seats < 0 }

// remaining is the seats not assigned yet; it means nothing for an unlimited licence.
func (l *licence) remaining() int64 { return int64(l.seats) - int64(len(l.users)) }

func (l *licence) hasRole(role string) bool {
	for _, r := range l.roles {
		if r == role {
			return true
		}
	}
	return false
}

// product returns the product of that name, or nil.
func (l *licence) product(name string) *product {
	for _, p := range l.products {
		if p.name == name {
			return p
		}
	}
	return nil
}

// lacks reports whether a licence does not show a standard attribute.
func (l *licence) lacks(name string) bool {
	switch name {
	case "seats", "remaining":
		return l.is(withoutSeats)
	case "weighted":
		return l.is(withoutFlags | withoutWeighted)
	case "externallymanaged":
		return l.is(withoutFlags)
	case "users":
		return l.is(withoutUsers) || !l.is(weighted)
	case "type", "name", "description", "sku", "channel", "servicetype":
		return l.words.wordless()
	}
	return false
}

// attribute returns an attribute, standard or custom, as JSON text; ok is false when the licence has none of that name.
func (l *licence) attribute(name string) (value string, ok bool) {
	if l.lacks(name) {
		return "", false
	}
	switch name {
	case "key":
		return strconv.FormatInt(l.key, 10), true
	case "accountkey":
		return strconv.FormatInt(l.account, 10), true
	case "seats":
		if l.unlimited() {
			return "null", true
		}
		return strconv.Itoa(int(l.seats)), true
	case "remaining":
		if l.unlimited() {
			return "null", true
		}
		return strconv.FormatInt(l.remaining(), 10), true
	case "enabled":
		return strconv.FormatBool(l.is(enabled)), true
	case "weighted":
		return strconv.FormatBool(l.is(weighted)), true
	case "externallymanaged":
		return strconv.FormatBool(l.is(externallyManaged)), true
	case "roles":
		return string(appendStrings(nil, l.roles)), true
	case "userkeys":
		return string(appendInts(nil, l.users)), true
	case "users":
		return string(appendUserObjects(nil, l)), true
	case "type":
		return quote(l.words.kind), true
	case "name":
		return quote(l.words.name), true
	case "description":
		return quote(l.words.description), true
	case "sku":
		return quote(l.words.sku), true
	case "channel":
		return quote(l.words.channel), true
	case "servicetype":
		return quote(l.words.servicetype), true
	}
	return find(l.custom, name)
}

// entitlement returns a member of the entitlements for one product, as JSON text.
func (l *licence) entitlement(productName, name string) (value string, ok bool) {
	if p := l.product(productName); p != nil {
		return find(p.entitlements, name)
	}
	return "", false
}

func find(members []member, name string) (value string, ok bool) {
	for _, m := range members {
		if m.name == name {
			return m.value, true
		}
	}
	return "", false
}

func appendStrings(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, s)
	}
	return append(b, ']')
}

func appendInts(b []byte, list []int64) []byte {
	b = append(b, '[')
	for i, k := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, k, 10)
	}
	return append(b, ']')
}

// appendMembers writes a JSON object.
func appendMembers(b []byte, members []member) []byte {
	b = append(b, '{')
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, m.name), ':')
		b = append(b, m.value...)
	}
	return append(b, '}')
}

// appendUserObjects writes the member `users`, which weighted licences have.
func appendUserObjects(b []byte, l *licence) []byte {
	b = append(b, '[')
	for i, u := range l.users {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"key":`...)
		b = strconv.AppendInt(b, u, 10)
		b = append(b, `,"weight":`...)
		b = strconv.AppendInt(b, u%5+1, 10)
		b = append(b, '}')
	}
	return append(b, ']')
}
