// The header fields of an answer that the caller wants, made into a map as seldom as possible.

package wire

import (
	"net/http"
	"net/textproto"
	"strings"
)

// wantedHeader is a header to keep.
type wantedHeader struct {
	name  string // as http.Header spells it
	lower string
}

// wantedHeaders reads Options.Headers. nil is all of them.
func wantedHeaders(names []string) []wantedHeader {
	if names == nil {
		return nil
	}
	wanted := make([]wantedHeader, 0, len(names))
	for _, name := range names {
		wanted = append(wanted, wantedHeader{textproto.CanonicalMIMEHeaderKey(name), strings.ToLower(name)})
	}
	return wanted
}

// field is one header field, within the exchange's buffer; valid until more is read.
type field struct {
	wanted      int // which of the wanted ones
	name, value []byte
}

// fields are those of one head, and what the map of the answer before was made of: under load one answer's headers are
// mostly those of the next, so that map can be handed out again.
type fields struct {
	list   []field
	wanted []int    // of the map that was made last
	values []string // of the same
	made   http.Header
}

func (f *fields) reset() { f.list = f.list[:0] }

// add takes a field, if it is wanted.
func (f *fields) add(wanted []wantedHeader, name, value []byte) {
	if wanted == nil {
		f.list = append(f.list, field{name: name, value: value})
		return
	}
	for i := range wanted {
		if equalFold(name, wanted[i].lower) {
			f.list = append(f.list, field{i, name, value})
			return
		}
	}
}

// header is the map of the fields: a new one of all of them, or one of the wanted ones that may be shared.
func (f *fields) header(wanted []wantedHeader) http.Header {
	if wanted == nil {
		return f.all()
	}
	if f.same() {
		return f.made
	}
	f.wanted, f.values, f.made = f.wanted[:0], f.values[:0], nil
	if len(f.list) > 0 {
		f.made = make(http.Header, len(f.list))
	}
	for _, field := range f.list {
		name, value := wanted[field.wanted].name, string(field.value)
		f.wanted, f.values = append(f.wanted, field.wanted), append(f.values, value)
		f.made[name] = append(f.made[name], value)
	}
	return f.made
}

// same says whether the map that was made last holds these fields.
func (f *fields) same() bool {
	if len(f.list) != len(f.values) {
		return false
	}
	for i, field := range f.list {
		if field.wanted != f.wanted[i] || string(field.value) != f.values[i] {
			return false
		}
	}
	return true
}

// all makes a map of all fields, but Transfer-Encoding, which the response says itself. The values share one string.
func (f *fields) all() http.Header {
	size := 0
	for _, field := range f.list {
		size += len(field.value)
	}
	var text strings.Builder
	text.Grow(size)
	for _, field := range f.list {
		text.Write(field.value)
	}
	values := text.String()
	header := make(http.Header, len(f.list))
	each := make([]string, len(f.list))
	for i, field := range f.list {
		each[i], values = values[:len(field.value)], values[len(field.value):]
		name := textproto.CanonicalMIMEHeaderKey(string(field.name))
		if name == "Transfer-Encoding" {
			continue
		}
		if had := header[name]; had != nil {
			header[name] = append(had, each[i])
		} else {
			header[name] = each[i : i+1 : i+1]
		}
	}
	return header
}
