// JSON literals: their canonical spelling, in which two texts are the same bytes exactly when they are the same value.

package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"
)

// longestInteger is how many digits a canonical number writes out before it turns to an exponent.
const longestInteger = 40

// parseLiteral reads one JSON value, with white space around it allowed, and returns its canonical spelling:
// members sorted, escapes decoded, numbers by their exact decimal value. A bare word is an error.
func parseLiteral(text string) (canonical string, err error) {
	if !utf8.ValidString(text) {
		return "", errors.New("not UTF-8")
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return "", fmt.Errorf("not a JSON literal: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return "", errors.New("more than one JSON literal")
	}
	return string(appendCanonical(nil, v)), nil
}

// canonical is parseLiteral for the server's own data, which is valid; plain texts are their own canonical spelling.
func canonical(text string) string {
	switch c := text[0]; {
	case c == '"' && !strings.Contains(text, `\`), c == 't', c == 'f', c == 'n':
		return text
	case (c == '-' || '0' <= c && c <= '9') && len(text) <= longestInteger && !strings.ContainsAny(text, ".eE") && text != "-0":
		return text
	}
	c, err := parseLiteral(text)
	if err != nil {
		return text
	}
	return c
}

func appendCanonical(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		if v {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case string:
		return appendString(b, v)
	case json.Number:
		return append(b, canonicalNumber(string(v))...)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCanonical(b, e)
		}
		return append(b, ']')
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		b = append(b, '{')
		for i, name := range names {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, name), ':')
			b = appendCanonical(b, v[name])
		}
		return append(b, '}')
	}
	panic(fmt.Sprintf("%T is no JSON value", v))
}

// canonicalNumber spells a JSON number by its decimal value, so that 1, 1.0 and 10e-1 agree and 2^53 and 2^53+1 do not.
// The exponent may be of any size: it is never expanded beyond longestInteger digits.
func canonicalNumber(text string) string {
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return "0"
	}
	exponent := new(big.Int)
	if power != "" {
		exponent.SetString(power, 10)
	}
	exponent.Sub(exponent, big.NewInt(int64(len(fraction))))
	significant := strings.TrimRight(digits, "0")
	exponent.Add(exponent, big.NewInt(int64(len(digits)-len(significant))))
	if exponent.Sign() >= 0 && exponent.IsInt64() && exponent.Int64() <= int64(longestInteger-len(significant)) {
		return sign + significant + strings.Repeat("0", int(exponent.Int64()))
	}
	return sign + significant + "e" + exponent.String()
}

// appendString writes a JSON string: what must be escaped is, everything else stays as it is.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		if c == '"' || c == '\\' {
			b = append(b, '\\', c)
		} else {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		from = i + 1
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// quote is appendString as a string.
func quote(s string) string { return string(appendString(nil, s)) }

// throughDoubles writes a JSON text again after its numbers went through float64, as a careless server would.
func throughDoubles(text string) string {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return text
	}
	b, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return string(b)
}
