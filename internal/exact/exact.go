// Package exact reads JSON without losing anything: numbers keep the digits they were written with, members keep
// their order, and what other readers swallow in silence (duplicate members, text after the value, bytes that are
// not UTF-8) is told.
package exact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kind is the JSON type of a Value.
type Kind int

// The JSON types. The zero Value is Absent: no JSON at all.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

func (k Kind) String() string {
	return [...]string{"nothing", "null", "boolean", "number", "string", "array", "object"}[k]
}

// Value is one JSON value. Text holds the digits of a number as they were written, the decoded text of a string,
// or true/false; Items the elements of an array; Members those of an object, in the order they came.
type Value struct {
	Kind    Kind
	Text    string
	Items   []Value
	Members []Member
}

// Member is one name and value of an object.
type Member struct {
	Name  string
	Value Value
}

// Flaw is something in a text that RFC 8259 forbids or leaves without meaning, at a JSON pointer. Fatal flaws
// leave no value.
type Flaw struct {
	Pointer string
	Message string
	Fatal   bool
}

func (f Flaw) Error() string {
	if f.Pointer == "" {
		return f.Message
	}
	return f.Pointer + ": " + f.Message
}

// Read reads one JSON value out of a whole body and tells every flaw that it met on the way.
func Read(body []byte) (Value, []Flaw) {
	r := reader{}
	if !utf8.Valid(body) {
		r.flaw("the body is not UTF-8", false)
	}
	r.dec = json.NewDecoder(bytes.NewReader(body))
	r.dec.UseNumber()
	if len(bytes.TrimSpace(body)) == 0 {
		r.flaw("the body is empty", true)
		return Value{}, r.flaws
	}
	v, err := r.value()
	if err == errDeep {
		r.flaw(err.Error(), true)
		return Value{}, r.flaws
	}
	if err != nil {
		r.flaw("not JSON: "+strings.TrimPrefix(err.Error(), "json: "), true)
		return Value{}, r.flaws
	}
	if _, err := r.dec.Token(); err != io.EOF {
		r.flaw(fmt.Sprintf("text follows the JSON value at byte %d", r.dec.InputOffset()), false)
	}
	return v, r.flaws
}

// Parse reads one JSON value and returns the first flaw as an error.
func Parse(body []byte) (Value, error) {
	v, flaws := Read(body)
	if len(flaws) > 0 {
		return v, flaws[0]
	}
	return v, nil
}

// MaxDepth is how many levels are read. Deeper ones end the reading: a body of opening brackets would otherwise cost a
// thousand times its size.
const MaxDepth = 1000

var errDeep = fmt.Errorf("the JSON is more than %d levels deep", MaxDepth)

// reader keeps the way down to where it is, so that a pointer is only written for a flaw.
type reader struct {
	dec   *json.Decoder
	path  []string
	flaws []Flaw
}

func (r *reader) flaw(message string, fatal bool) {
	f := Flaw{Message: message, Fatal: fatal}
	if !fatal {
		f.Pointer = Pointer(r.path)
	}
	r.flaws = append(r.flaws, f)
}

func (r *reader) value() (Value, error) {
	token, err := r.dec.Token()
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return Value{}, err
	}
	switch t := token.(type) {
	case nil:
		return Value{Kind: Null}, nil
	case bool:
		return Value{Kind: Bool, Text: strconv.FormatBool(t)}, nil
	case json.Number:
		return Value{Kind: Number, Text: t.String()}, nil
	case string:
		return Value{Kind: String, Text: t}, nil
	case json.Delim:
		if len(r.path) >= MaxDepth {
			return Value{}, errDeep
		}
		if t == '[' {
			return r.array()
		}
		return r.object()
	}
	return Value{}, fmt.Errorf("unexpected token %v", token)
}

func (r *reader) array() (Value, error) {
	v := Value{Kind: Array, Items: []Value{}}
	r.path = append(r.path, "")
	for r.dec.More() {
		r.path[len(r.path)-1] = strconv.Itoa(len(v.Items))
		item, err := r.value()
		if err != nil {
			return v, err
		}
		v.Items = append(v.Items, item)
	}
	r.path = r.path[:len(r.path)-1]
	return v, r.end()
}

// lookThrough is the number of members up to which duplicates are looked for one by one.
const lookThrough = 32

func (r *reader) object() (Value, error) {
	v := Value{Kind: Object, Members: []Member{}}
	r.path = append(r.path, "")
	var seen map[string]bool // only for objects too large to look through
	for r.dec.More() {
		token, err := r.dec.Token()
		if err != nil {
			return v, err
		}
		name, ok := token.(string)
		if !ok {
			return v, fmt.Errorf("member name expected, got %v", token)
		}
		r.path[len(r.path)-1] = name
		if len(v.Members) == lookThrough {
			seen = map[string]bool{}
			for _, m := range v.Members {
				seen[m.Name] = true
			}
		}
		if seen[name] || seen == nil && v.Has(name) {
			r.flaw(fmt.Sprintf("member %q stands twice in one object", name), false)
		}
		member, err := r.value()
		if err != nil {
			return v, err
		}
		v.Members = append(v.Members, Member{Name: name, Value: member})
		if seen != nil {
			seen[name] = true
		}
	}
	r.path = r.path[:len(r.path)-1]
	return v, r.end()
}

// end takes the closing bracket that More announced.
func (r *reader) end() error {
	_, err := r.dec.Token()
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Pointer writes a way down into a value as a JSON pointer (RFC 6901).
func Pointer(path []string) string {
	var b strings.Builder
	for _, token := range path {
		b.WriteByte('/')
		b.WriteString(escaper.Replace(token))
	}
	return b.String()
}

var escaper = strings.NewReplacer("~", "~0", "/", "~1")

// Get returns the last member of that name, Absent if there is none or v is no object.
func (v Value) Get(name string) Value {
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Name == name {
			return v.Members[i].Value
		}
	}
	return Value{}
}

// Has says whether v is an object with a member of that name.
func (v Value) Has(name string) bool { return v.Get(name).Kind != Absent }

// Int64 returns the value of an integer that is written as one: no quotes, no fraction, no exponent, within 64 bits.
func (v Value) Int64() (int64, bool) {
	if v.Kind != Number || !IsInteger(v.Text) {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	return n, err == nil
}

// IsInteger says whether the digits of a JSON number have neither fraction nor exponent.
func IsInteger(digits string) bool { return digits != "" && !strings.ContainsAny(digits, ".eE") }

// Names returns the member names of an object in the order they came.
func (v Value) Names() []string {
	names := make([]string, len(v.Members))
	for i, m := range v.Members {
		names[i] = m.Name
	}
	return names
}

// Of reads a JSON text that is known to be good, for tests and tables; it panics on any flaw.
func Of(text string) Value {
	v, err := Parse([]byte(text))
	if err != nil {
		panic(fmt.Sprintf("exact.Of(%q): %v", text, err))
	}
	return v
}
