// Texts from outside, made fit to be shown.

package exact

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable writes control characters, which would move the cursor of a terminal or clear it, and bytes that are no
// UTF-8 as Go writes them in a string: \x1b, \u200b. Line breaks become \n, so that a text is one line. Everything
// else stays as it is.
func Printable(text string) string {
	if strings.IndexFunc(text, unprintable) < 0 {
		return text
	}
	var b strings.Builder
	for i, c := range text {
		if !unprintable(c) {
			b.WriteRune(c)
			continue
		}
		_, size := utf8.DecodeRuneInString(text[i:])
		quoted := strconv.QuoteToASCII(text[i : i+size])
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// unprintable is a control character, one that reorders or hides text, or what stands for a byte that is no UTF-8.
func unprintable(c rune) bool {
	return c == utf8.RuneError || unicode.IsControl(c) || unicode.Is(unicode.Cf, c)
}
