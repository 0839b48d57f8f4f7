// The header fields of an answer that the caller wants, made into a map as seldom as possible.

package wire

import (
	"bytes"
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
	lines  []line   // of the heads before
	at     int      // which line of the head comes next
	wanted []int    // of the map that was made last
	values []string // of the same
	made   http.Header
}

func (f *fields) reset() { f.list, f.at = f.list[:0], 0 }

// line is a header line that was read before at its place in the head. One that is the same byte for byte was checked
// then.
type line struct {
	text     []byte
	name     int // its length
	from, to int // of the value
	wanted   int // which of the wanted ones; -1 for none
}

// What of a head is remembered: so many lines of such a length at most.
const (
	mostLines   = 32
	longestLine = 256
)

// again says whether a line is the one that stood at this place before, and takes it then.
func (f *fields) again(text []byte) (name, value []byte, ok bool) {
	if f.at >= len(f.lines) || !bytes.Equal(f.lines[f.at].text, text) {
		return nil, nil, false
	}
	known := &f.lines[f.at]
	f.at++
	name, value = text[:known.name], text[known.from:known.to]
	if known.wanted >= 0 {
		f.list = append(f.list, field{known.wanted, name, value})
	}
	return name, value, true
}

// add takes a field, if it is wanted, from a line of the head that was checked.
func (f *fields) add(wanted []wantedHeader, text, name, value []byte) {
	which := -1
	if wanted == nil {
		which = 0
	}
	for i := range wanted {
		if equalFold(name, wanted[i].lower) {
			which = i
			break
		}
	}
	if which >= 0 {
		f.list = append(f.list, field{which, name, value})
	}
	if f.at < mostLines && len(text) <= longestLine {
		if f.at == len(f.lines) {
			f.lines = append(f.lines, line{})
		}
		from := len(text) - len(bytes.TrimLeft(text[len(name)+1:], " \t"))
		known := &f.lines[f.at]
		*known = line{append(known.text[:0], text...), len(name), from, from + len(value), which}
		f.at++
	} else {
		f.at = mostLines
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
