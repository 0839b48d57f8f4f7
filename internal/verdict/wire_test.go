package verdict

import (
	"os/exec"
	"strings"
	"testing"

	"harness/internal/evidence"
)

// The shell itself says what the words of a line are, so a line that is printed runs as printed.
func TestCurlLineMeansTheRequestToAShell(t *testing.T) {
	for _, test := range []struct {
		name    string
		request evidence.Request
		want    []string // the words after curl -s -i
	}{
		{"a read with secrets", evidence.Request{
			Method: "GET", URL: "http://localhost:1/v2/licenses?find=name=a*&x=y'z",
			Header: map[string][]string{"Clientname": {"$SHELL_NAME"}, "Clientsecret": {`"$SHELL_NAME"`}, "Accept": {"application/json"}, "User-Agent": {"harness"}},
		}, []string{"-H", "Accept: application/json", "-H", "Clientname: filled in", "-H", `Clientsecret: "filled in"`, "http://localhost:1/v2/licenses?find=name=a*&x=y'z"}},
		{"a bearer token", evidence.Request{Method: "GET", URL: "http://localhost:1/", Header: map[string][]string{"Authorization": {"Bearer $SHELL_NAME"}}},
			[]string{"-H", "Authorization: Bearer filled in", "http://localhost:1/"}},
		{"a body that a shell would read", evidence.Request{
			Method: "POST", URL: "http://localhost:1/users", Header: map[string][]string{"Content-Type": {"application/json"}}, Body: "[\"$HOME `id` it's\"]",
		}, []string{"-H", "Content-Type: application/json", "--data-raw", "[\"$HOME `id` it's\"]", "http://localhost:1/users"}},
		{"a body without a type", evidence.Request{Method: "POST", URL: "http://localhost:1/users", Body: "[]"},
			[]string{"-H", "Content-Type:", "--data-raw", "[]", "http://localhost:1/users"}},
		{"a post without a body", evidence.Request{Method: "POST", URL: "http://localhost:1/toggles/x"}, []string{"-X", "POST", "http://localhost:1/toggles/x"}},
		{"head", evidence.Request{Method: "HEAD", URL: "http://localhost:1/[1]/../x"}, []string{"-I", "--globoff", "--path-as-is", "http://localhost:1/[1]/../x"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			line := curl(test.request)
			script := `curl() { shift 2; printf '%s\n' "$@"; }; SHELL_NAME='filled in'; ` + line
			out, err := exec.Command("sh", "-c", script).CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", line, err, out)
			}
			if got, want := string(out), strings.Join(test.want, "\n")+"\n"; got != want {
				t.Errorf("%s\nsays to the shell\n%swant\n%s", line, got, want)
			}
		})
	}
	if line := curl(evidence.Request{Method: "POST", URL: "http://localhost:1/", Body: strings.Repeat("x", longest+1)}); line != "" {
		t.Errorf("a body too long to paste gives a line of %d bytes, want none", len(line))
	}
}

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
