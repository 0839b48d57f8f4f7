// A secret as it may stand in a text: as it is, escaped by one hand after another, in hexadecimal, in base64.

package client

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// needle is one way of writing a secret, however it is escaped. Every escape leaves ASCII letters and digits alone, so
// a text without the longest run of them cannot hold the secret, and costs next to nothing to look through.
type needle struct {
	text    string // not escaped
	name    string // of the variable that stands in its place
	run     string // of letters and digits, the longest in text
	longest int    // bytes that it takes at most, escaped
	pattern func() *regexp.Regexp
}

func newNeedle(text, name string) needle {
	n := needle{text: text, name: name}
	begun := 0 // of the run at hand
	for i, c := range text + " " {
		if c < 0x80 && alphanumeric(c) {
			n.longest++
			continue
		}
		if i-begun > len(n.run) {
			n.run = text[begun:i]
		}
		begun = i + len(string(c))
		n.longest += longestEscape
	}
	n.pattern = sync.OnceValue(func() *regexp.Regexp {
		pattern, err := regexp.Compile(escaped(n.text, n.run))
		if err != nil { // never a panic: it would tell the pattern, and with it the secret
			pattern = regexp.MustCompile(regexp.QuoteMeta(n.text))
		}
		return pattern
	})
	return n
}

// in lists where a text holds the secret: pairs of begin and end.
func (n needle) in(text string) [][]int {
	if !strings.Contains(text, n.run) {
		return nil
	}
	return n.pattern().FindAllStringIndex(text, -1)
}

func alphanumeric(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// longestEscape is the most bytes that a character is thought to take which is no letter or digit: four bytes, each
// escaped for a URL three times.
const longestEscape = 28

// token matches a piece of such a character, escaped: what is no letter or digit, and what an escape for a URL, JSON,
// Go, HTML or a JSON pointer puts behind it, or one on top of another: %2F, %252F, \\\", \u0026amp;, &#34;, ~1.
const token = `(?:[^A-Za-z0-9](?i:u[0-9a-f]{4}|x[0-9a-f]{2}|[0-9a-f]{2}|[0-9]{1,4}|amp|lt|gt|quot|apos){0,3})`

// shortestRun is how many letters and digits a text must have in a row to be found in whatever way it is escaped; one
// with fewer is looked for as it is.
const shortestRun = 3

// mostGaps is how many stretches of other characters a text may hold to be found in whatever way it is escaped, and
// mostEdge how many of them at either end are taken out with it: a server hands out tokens as it likes, and a pattern takes
// hundreds of bytes for each.
const (
	mostGaps = 500
	mostEdge = 200
)

// escaped is a pattern of a text, however it is escaped: its letters and digits stand, with something between them.
func escaped(text, run string) string {
	if len(run) < shortestRun || gaps(text) > mostGaps {
		return regexp.QuoteMeta(text)
	}
	var b strings.Builder
	begun, other := false, 0 // whether a letter has come; characters of other kinds since
	for _, c := range text {
		if c >= 0x80 || !alphanumeric(c) {
			other++
			continue
		}
		switch {
		case other > 0 && begun:
			b.WriteString(token + "+")
		case other > 0:
			b.WriteString(edge(other))
		}
		b.WriteRune(c)
		begun, other = true, 0
	}
	if other > 0 {
		b.WriteString(edge(other))
	}
	return b.String()
}

// edge is a pattern of so many characters that are no letter or digit. Repetitions within one another multiply, and regexp
// takes a thousand at most.
func edge(characters int) string {
	const at = 50
	n := min(characters, mostEdge)
	return strings.Repeat(fmt.Sprintf("%s{%d}", token, at), n/at) + fmt.Sprintf("%s{%d}", token, n%at)
}

// gaps counts the stretches of characters that are no letter or digit.
func gaps(text string) (n int) {
	inside := false
	for _, c := range text {
		other := c >= 0x80 || !alphanumeric(c)
		if other && !inside {
			n++
		}
		inside = other
	}
	return n
}

// shortestInner is how much of a text in base64 must stand whatever stands around it for a search to be worth it:
// fewer letters stand in many a text.
const shortestInner = 8

// needles are the ways of writing a secret.
func needles(secret, name string) []needle {
	values := []string{secret}
	if _, rest, ok := strings.Cut(secret, " "); ok {
		values = append(values, rest) // Basic …, Bearer …
	}
	var all []needle
	for _, value := range values {
		if len(value) < shortestSecret {
			continue
		}
		digits := hex.EncodeToString([]byte(value))
		texts := []string{value, digits, strings.ToUpper(digits)}
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			texts = append(texts, encoding.EncodeToString([]byte(value)))
			for before := range 3 {
				// The secret may stand behind something else in what was encoded, and before something else.
				whole := encoding.EncodeToString(append(make([]byte, before), value...))
				if inner := whole[(before*8+5)/6 : (before+len(value))*8/6]; len(inner) >= shortestInner {
					texts = append(texts, inner)
				}
			}
		}
		for _, text := range texts {
			all = append(all, newNeedle(text, name))
		}
	}
	return all
}
