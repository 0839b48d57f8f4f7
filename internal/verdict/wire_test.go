package verdict

import (
	"testing"

	"harness/internal/evidence"
)

func TestGot(t *testing.T) {
	answer := func(status int, body string) *evidence.Exchange {
		return &evidence.Exchange{Response: &evidence.Response{Status: status, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: body, Size: len(body)}}
	}
	for _, test := range []struct {
		name, pointer, want string
		exchange            *evidence.Exchange
	}{
		{"the value that departs, exactly as it was written", "/0/a~1b/key", "200 application/json, /0/a~1b/key holds 6472352565130037257.0", answer(200, `[{"a/b":{"key":6472352565130037257.0}}]`)},
		{"a pointer that leads nowhere", "/3", "200 application/json, [ 1 ]", answer(200, "[\n 1 ]")},
		{"no body", "", "204 application/json, no body", answer(204, "")},
		{"no answer", "", "no answer: refused", &evidence.Exchange{Error: "refused"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := got(test.exchange, test.pointer); got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
		})
	}
}
