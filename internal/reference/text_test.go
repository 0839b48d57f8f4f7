// Literals and patterns, as tables.

package reference

import "testing"

func TestParseLiteral(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`"premium"`, `"premium"`}, {`"\u0070remium"`, `"premium"`}, {` true `, "true"}, {"null", "null"},
		{"100", "100"}, {"1e2", "100"}, {"100.0", "100"}, {"0.1", "1e-1"}, {"1e-1", "1e-1"}, {"-0", "0"}, {"0e9", "0"}, {"-12.50", "-125e-1"},
		{"9007199254740993", "9007199254740993"}, {"1e400", "1e400"}, {"10e399", "1e400"}, {"1e99999999999999999999", "1e99999999999999999999"},
		{`{"b":1.0,"a":[2,"x"]}`, `{"a":[2,"x"],"b":1}`}, {`"\"\\\n"`, `"\"\\\u000a"`}, {"[]", "[]"}, {"{}", "{}"},
	} {
		got, err := parseLiteral(c.text)
		if err != nil || got != c.want {
			t.Errorf("%s: %s %v, want %s", c.text, got, err, c.want)
		}
		if again := canonical(c.text); err == nil && c.text[0] != ' ' && again != c.want {
			t.Errorf("%s: canonical %s, want %s", c.text, again, c.want)
		}
	}
	for _, text := range []string{"", "premium", "1 2", "[", `"a`, "'a'", "01", "+1", "NaN", "\"\xff\"", "tru", `{"a":1}x`} {
		if got, err := parseLiteral(text); err == nil {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"Jive", "Jive", true}, {"Jive", "Jive Pro", false}, {"Jive*", "Jive", true}, {"Jive*", "Jive Pro", true}, {"*Pro", "Jive Pro", true},
		{"*", "", true}, {"", "", true}, {"", "x", false}, {"a*a", "a", false}, {"a*a", "aa", true}, {"*a*b*", "xaxbx", true}, {"*a*b*", "xbxax", false},
		{"a*b*a", "aba", true}, {"a*b*a", "ab", false}, {"**", "x", true}, {"a.c", "abc", false}, {"a?c", "abc", false},
	} {
		if got := glob(c.pattern, c.text); got != c.want {
			t.Errorf("glob(%q, %q) is %t", c.pattern, c.text, got)
		}
	}
}

func TestSameDouble(t *testing.T) {
	for _, k := range []int64{0, 1 << 53, 1<<53 + 1, 6472352565130037257, highestKey, -5} {
		low, high := sameDouble(k)
		if low > k || high < k || float64(low) != float64(k) || float64(high) != float64(k) {
			t.Errorf("%d: %d to %d", k, low, high)
		}
	}
}
