// A secret that a server gives as data, and that a case asks for in another form: in capitals, a letter short.

package client

import "strings"

// wordEnds are where a piece of a request begins and ends: a segment of a path, a value of a query, a text of a body.
const wordEnds = " \t\r\n/?&=,;'\"`"

// altered puts the name of a variable in the place of each word of a request that holds most of a secret: the longest
// run of its letters and digits, but for one at either end, whatever their case. Only what was asked is looked at so:
// there the words are few, and were made from what a server had said.
func (r *redactor) altered(s string) string {
	folded := lower(s)
	for _, n := range *r.needles.Load() {
		if len(n.run) <= wholeRun {
			continue
		}
		run := lower(n.run)
		for at := 0; at < len(s); {
			i := strings.Index(folded[at:], run[1:])
			if j := strings.Index(folded[at:], run[:len(run)-1]); i < 0 || j >= 0 && j < i {
				i = j
			}
			if i < 0 {
				break
			}
			begin := strings.LastIndexAny(s[:at+i], wordEnds) + 1
			end := len(s)
			if k := strings.IndexAny(s[at+i:], wordEnds); k >= 0 {
				end = at + i + k
			}
			s = s[:begin] + "$" + n.name + s[end:]
			folded = lower(s)
			at = begin + 1 + len(n.name)
		}
	}
	return s
}

// lower makes ASCII letters small and leaves every byte where it is.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
