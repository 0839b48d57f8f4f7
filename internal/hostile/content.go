// Bodies that come in a right frame and are not what they should be: packed wrongly, too large, too deep, no JSON.

package hostile

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"sync"
	"unicode/utf16"
)

var contentKinds = []Kind{
	{Name: "gzip-bomb", Summary: "a gzip body that unpacks to 1 GB",
		twist: func(a *answer) { a.packed(bomb()) }},
	{Name: "gzip-broken", Summary: "Content-Encoding is gzip, the bytes are none",
		twist: func(a *answer) { a.packed(a.body) }},
	{Name: "gzip-cut", Summary: "a gzip body without its end",
		twist: func(a *answer) { z := zip(a.body); a.packed(z[:len(z)-6]) }},
	{Name: "gzip-sum-wrong", Summary: "a gzip body whose checksum is wrong",
		twist: func(a *answer) { z := zip(a.body); z[len(z)-8] ^= 1; a.packed(z) }},
	{Name: "encoding-nobody-asked-for", Summary: "Content-Encoding is br, which nobody asked for, and the body plain",
		twist: func(a *answer) { a.header.Set("Content-Encoding", "br") }},
	{Name: "charset-utf-16", Summary: "JSON in UTF-16", twist: inUTF16},
	{Name: "charset-wrong", Summary: "the charset is said to be one that the body is not in",
		twist: func(a *answer) { a.header.Set("Content-Type", "application/json; charset=ebcdic") }},
	{Name: "utf-8-invalid", Summary: "bytes within strings that are no UTF-8",
		twist: func(a *answer) {
			a.say("200 OK", jsonType, []byte(`[{"key":1,"description":"`+"\xff\xfe\xc3\x28"+`"}]`))
		}},
	{Name: "nul-bytes", Summary: "a body of NUL bytes",
		twist: func(a *answer) { a.say("200 OK", jsonType, make([]byte, 1000)) }},
	{Name: "json-deep", Summary: "JSON 10,000 levels deep",
		twist: func(a *answer) {
			a.say("200 OK", jsonType, []byte(strings.Repeat("[", 10_000)+strings.Repeat("]", 10_000)))
		}},
	{Name: "json-bottomless", Summary: "10 MB of opening brackets",
		twist: func(a *answer) { a.say("200 OK", jsonType, bytes.Repeat([]byte(`[`), 10<<20)) }},
	{Name: "objects-deep", Summary: "objects within objects, a million levels deep",
		twist: func(a *answer) { a.say("200 OK", jsonType, bytes.Repeat([]byte(`{"a":`), 1_000_000)) }},
	{Name: "array-200mb", Summary: "an array of 200 MB", answer: func(c *conversation) {
		const size = 200 << 20
		if c.sized(size, "[1") {
			c.flood(strings.Repeat(",1", 1<<15), size-3)
			c.write("]")
		}
	}},
	{Name: "array-of-millions", Summary: "an array of four million small numbers, 8 MB",
		twist: func(a *answer) {
			a.say("200 OK", jsonType, append(append([]byte("[1"), bytes.Repeat([]byte(",1"), 4_000_000)...), ']'))
		}},
	{Name: "page-too-long", Summary: "a page of 10,000 licences, whatever was asked for",
		twist: func(a *answer) { a.say("200 OK", jsonType, longPage()) }},
	{Name: "members-by-the-thousand", Summary: "an object of 100,000 members",
		twist: func(a *answer) { a.say("200 OK", jsonType, manyMembers()) }},
	{Name: "string-6mb", Summary: "one string of 6 MB",
		twist: func(a *answer) { a.say("200 OK", jsonType, longString()) }},
	{Name: "name-1mb", Summary: "a member whose name is 1 MB long",
		twist: func(a *answer) {
			a.say("200 OK", jsonType, []byte(`[{"key":1,"`+strings.Repeat("n", 1<<20)+`":[1.5]}]`))
		}},
	{Name: "digits-10000", Summary: "numbers of 10,000 digits",
		twist: func(a *answer) {
			digits := strings.Repeat("9", 10_000)
			a.say("200 OK", jsonType, []byte(`[{"key":`+digits+`,"accountkey":`+digits+`,"seats":0.`+digits+`}]`))
		}},
	{Name: "exponent-huge", Summary: "numbers whose exponent has a million digits",
		twist: func(a *answer) {
			a.say("200 OK", jsonType, []byte(`[{"key":1e`+strings.Repeat("9", 1_000_000)+`,"seats":1e-999999999}]`))
		}},
	{Name: "members-twice", Summary: "every object holds a member twice",
		twist: func(a *answer) {
			a.body = bytes.ReplaceAll(a.body, []byte(`{"`), []byte(`{"key":7,"key":8,"id":"a","id":"b","`))
		}},
	{Name: "nan", Summary: "NaN and Infinity for numbers",
		twist: func(a *answer) { a.say("200 OK", jsonType, []byte(`[{"key":NaN,"seats":Infinity}]`)) }},
	{Name: "garbage-after-json", Summary: "text follows the JSON value",
		twist: func(a *answer) { a.body = append(bytes.Clone(a.body), "garbage"...) }},
	{Name: "two-documents", Summary: "two JSON values in one body",
		twist: func(a *answer) { a.body = append(append(bytes.Clone(a.body), '\n'), a.body...) }},
	{Name: "html-200", Summary: "a web page with status 200",
		twist: func(a *answer) {
			a.say("200 OK", "text/html; charset=utf-8", []byte("<!DOCTYPE html><title>Sign in</title><script>alert(1)</script>"))
		}},
	{Name: "html-as-json", Summary: "a web page that says it is JSON",
		twist: func(a *answer) { a.say("200 OK", jsonType, []byte("<!DOCTYPE html><title>Sign in</title>")) }},
	{Name: "empty-200", Summary: "status 200 and no body", twist: func(a *answer) { a.say("200 OK", jsonType, nil) }},
	{Name: "terminal-escapes", Summary: "texts that would clear the screen of a terminal and write on it",
		twist: func(a *answer) {
			a.say("200 \x1b[2Jfine", jsonType, []byte(`[{"key":"\u001b[2J","\u001b]0;owned\u0007":[1],"\u009b2J":{}}]`+"\x1b[1;32mgreen\x1b[0m\x07"))
		}},
}

const jsonType = "application/json"

// packed makes bytes the gzip body of the answer.
func (a *answer) packed(body []byte) {
	a.body = body
	a.header.Set("Content-Encoding", "gzip")
}

func zip(plain []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(plain) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

// bomb is 1 GB of blanks, packed: the bytes of 16 MB repeated, since members of gzip follow each other.
var bomb = sync.OnceValue(func() []byte { return bytes.Repeat(zip(bytes.Repeat([]byte(" "), 16<<20)), 64) })

func inUTF16(a *answer) {
	var b bytes.Buffer
	b.WriteString("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(string(a.body))) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	a.say("200 OK", "application/json; charset=utf-16", b.Bytes())
}

// longPage is 10,000 licences with ascending keys.
var longPage = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	for i := range 10_000 {
		fmt.Fprintf(&b, `,{"key":%d,"accountkey":%d,"seats":null,"remaining":null,"enabled":true,"roles":["R%d"],"userkeys":[%d,%d]}`, i+1, i%50, i%9, i, i+1)
	}
	text := b.Bytes()
	text[0] = '['
	return append(text, ']')
})

var longString = sync.OnceValue(func() []byte {
	return []byte(`[{"key":1,"description":"` + strings.Repeat("x", 6<<20) + `"}]`)
})

// manyMembers is an object of 100,000 numbers.
var manyMembers = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	for i := range 100_000 {
		fmt.Fprintf(&b, `,"m%d":%d`, i, i)
	}
	text := b.Bytes()
	text[0] = '{'
	return append(text, '}')
})
