package exact

import "testing"

func TestReadTellsWhatOtherReadersSwallow(t *testing.T) {
	for _, tc := range []struct{ name, body, want string }{
		{"clean", `{"key":6472352565130037257}`, ""},
		{"duplicate member", `{"a":{"k":1,"k":2}}`, `/a/k: member "k" stands twice in one object`},
		{"trailing text", `[] {}`, "text follows the JSON value at byte 4"},
		{"two values", `1 2`, "text follows the JSON value at byte 3"},
		{"bad UTF-8", "\"\xff\"", "the body is not UTF-8"},
		{"empty", " \n", "the body is empty"},
		{"cut short", `[1,`, "not JSON: unexpected EOF"},
		{"NaN", `NaN`, "not JSON: invalid character 'N' looking for beginning of value"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Parse([]byte(tc.body))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestEqual(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1,"b":[true,null]}`, `{"b":[true,null],"a":1}`, true},
		{`100`, `1e2`, true},
		{`100`, `100.0`, true},
		{`0.1`, `1e-1`, true},
		{`-0`, `0`, true},
		{`1e400`, `10e399`, true},
		{`6472352565130037257`, `6472352565130037248`, false},
		{`"premium"`, `"\u0070remium"`, true},
		{`"100"`, `100`, false},
		{`"true"`, `true`, false},
		{`[1,2]`, `[2,1]`, false},
		{`{}`, `[]`, false},
	} {
		if got := Equal(Of(tc.a), Of(tc.b)); got != tc.want {
			t.Errorf("Equal(%s, %s) = %v", tc.a, tc.b, got)
		}
	}
}

func TestInt64IsExact(t *testing.T) {
	for text, want := range map[string]bool{
		`9223372036854775807`: true, `-9223372036854775808`: true, `9223372036854775808`: false,
		`1.0`: false, `1e3`: false, `"1"`: false, `null`: false,
	} {
		if _, ok := Of(text).Int64(); ok != want {
			t.Errorf("Int64 of %s: ok = %v, want %v", text, ok, want)
		}
	}
}
