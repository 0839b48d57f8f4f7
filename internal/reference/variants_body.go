// Variants of bodies: the same JSON spelled otherwise, with members more or less.

package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// reshaped is a JSON text, taken apart only as far as it must be.
type reshaped struct {
	decoder *json.Decoder
	change  func([]member) []member
}

// eachObject writes a JSON text again, with the members of every object changed, those of the innermost first. Numbers keep their
// spelling.
func eachObject(text []byte, change func([]member) []member) []byte {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return []byte((&reshaped{d, change}).value())
}

// value reads one value of a valid text.
func (t *reshaped) value() string {
	token, _ := t.decoder.Token()
	switch v := token.(type) {
	case json.Delim:
		if v == '[' {
			var elements []string
			for t.decoder.More() {
				elements = append(elements, t.value())
			}
			_, _ = t.decoder.Token()
			return "[" + strings.Join(elements, ",") + "]"
		}
		var members []member
		for t.decoder.More() {
			name, _ := t.decoder.Token()
			members = append(members, member{name.(string), t.value()})
		}
		_, _ = t.decoder.Token()
		return string(appendMembers(nil, t.change(members)))
	case string:
		return quote(v)
	case nil:
		return "null"
	}
	return fmt.Sprint(token)
}

func reverseMembers(members []member) []member {
	slices.Reverse(members)
	return members
}

// escapeStrings writes every character of every string as \u and four digits; escapes that are there already stay.
func escapeStrings(text []byte) []byte {
	b := make([]byte, 0, 4*len(text))
	inString := false
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case !inString || c == '"':
			if c == '"' {
				inString = !inString
			}
			b = append(b, c)
			i++
		case c == '\\':
			size := len(`\n`)
			if text[i+1] == 'u' {
				size = len(`\u0000`)
			}
			b = append(b, text[i:i+size]...)
			i += size
		default:
			r, size := utf8.DecodeRune(text[i:])
			if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
				b = fmt.Appendf(b, `\u%04x\u%04X`, high, low)
			} else {
				b = fmt.Appendf(b, `\u%04X`, r)
			}
			i += size
		}
	}
	return b
}

// respellNumbers writes every number of a JSON text otherwise, with the same value.
func respellNumbers(text string) string {
	var b strings.Builder
	inString := false
	for i := 0; i < len(text); {
		c := text[i]
		if inString && c == '\\' {
			b.WriteString(text[i : i+2])
			i += 2
			continue
		}
		if c == '"' {
			inString = !inString
		}
		if inString || c != '-' && (c < '0' || c > '9') {
			b.WriteByte(c)
			i++
			continue
		}
		end := i
		for end < len(text) && strings.IndexByte("+-.0123456789eE", text[end]) >= 0 {
			end++
		}
		b.WriteString(respellNumber(text[i:end]))
		i = end
	}
	return b.String()
}

func respellNumber(number string) string {
	whole := strings.TrimRight(number, "0")
	switch {
	case strings.ContainsAny(number, "eE"):
		return strings.ToUpper(number)
	case strings.Contains(number, "."):
		return number + "0"
	case whole == "" || whole == "-":
		return number + ".0"
	case whole != number:
		return fmt.Sprintf("%se%d", whole, len(number)-len(whole))
	}
	return number + ".0"
}

// respelled is entitlements with their numbers written otherwise.
func respelled(members []member) []member {
	members = slices.Clone(members)
	for i, m := range members {
		members[i].value = respellNumbers(m.value)
	}
	return members
}

// optionalMembers are those that the models of the licence API and its errors may leave out and that nothing else needs.
var optionalMembers = strings.Fields(`description selfUri prerequisites comprises permissions pageSize pageNumber pageCount total
	contextId messageParams details errors`)

// modelMembers are members that a model has and a map of users has not: one of them tells an object that may be given more members.
var modelMembers = map[bool][]string{
	true:  {"id", "ids", "entities", "featureName", "userId", "message"}, // on the licence API
	false: {"weight", "errorCode", "entitlements"},                       // on the account service
}

// moreMembers is what ExtraMembers adds, of every type and beyond what a double or 64 bits hold.
var moreMembers = []member{
	{"xLinks", `{"self":{"href":"/x","templated":false},"all":[1,[2,{"three":null}]]}`},
	{"xRevision", "170141183460469231731687303715884105727"},
	{"xRatio", "-1.50E-7"},
	{"xTags", `["",null,true,{}]`},
	{"xNothing", "null"},
}

// remodel gives the objects of an answer members, or takes them away, and shuffles its sets.
func (s *Server) remodel(body []byte, onGenesys bool, r *http.Request, number uint64) []byte {
	if s.varies(ExtraMembers) {
		body = eachObject(body, func(members []member) []member {
			for _, m := range members {
				if slices.Contains(modelMembers[onGenesys], m.name) {
					return append(members, moreMembers...)
				}
			}
			return members
		})
	}
	if onGenesys && s.varies(OptionalAbsent) {
		body = eachObject(body, func(members []member) []member {
			return slices.DeleteFunc(members, func(m member) bool { return slices.Contains(optionalMembers, m.name) })
		})
	}
	if onGenesys && s.varies(CorrelationAbsent) {
		body = eachObject(body, func(members []member) []member {
			return slices.DeleteFunc(members, func(m member) bool { return m.name == "contextId" })
		})
	}
	if s.varies(SetsShuffled) {
		body = shuffleSets(body, onGenesys, r, s.chance(number))
	}
	return body
}

// sets are the members whose arrays have no order of their own.
var sets = []string{"roles", "userkeys", "users", "licenses", "ids", "comprises", "prerequisites"}

// shuffleSets puts the elements of sets in another order: members named so, and arrays that are a whole answer, except a page of a scan.
func shuffleSets(body []byte, onGenesys bool, r *http.Request, rng *rand.Rand) []byte {
	shuffled := func(text string) string {
		var elements []json.RawMessage
		if json.Unmarshal([]byte(text), &elements) != nil || len(elements) < 2 {
			return text
		}
		rng.Shuffle(len(elements), func(i, j int) { elements[i], elements[j] = elements[j], elements[i] })
		return "[" + string(bytes.Join(rawBytes(elements), []byte(","))) + "]"
	}
	body = eachObject(body, func(members []member) []member {
		ofModel := slices.ContainsFunc(members, func(m member) bool { return m.name == "key" || m.name == "id" || m.name == "ids" })
		for i, m := range members {
			if ofModel && slices.Contains(sets, m.name) {
				members[i].value = shuffled(m.value)
			}
		}
		return members
	})
	if onGenesys || strings.HasSuffix(r.URL.Path, "/users") || strings.HasSuffix(r.URL.Path, "/products") {
		return []byte(shuffled(string(body)))
	}
	return body
}

func rawBytes(elements []json.RawMessage) [][]byte {
	list := make([][]byte, len(elements))
	for i, e := range elements {
		list[i] = e
	}
	return list
}
