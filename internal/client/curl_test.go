// The curl line sends what the client sent: run by a real shell and a real curl, and compared on the wire.

package client

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/target"
)

func TestCurlLine(t *testing.T) {
	w := newWorld(t, "gotoaccount", answer(200, "[]"), secretive)
	for _, c := range []struct {
		request Request
		want    string
	}{
		{Request{Operation: w.op("scanLicensesByKey"), Query: Query("startKey", 5, "startInclusive", false)},
			`curl -s -H "ClientName: $GOTO_CLIENT_NAME" -H "ClientSecret: $GOTO_CLIENT_SECRET" -H 'Accept: application/json' 'URL/v2/licenses?startKey=5&startInclusive=false'`},
		{Request{Operation: w.op("scanLicensesByKey"), Credential: "viewer", Method: "HEAD"},
			`curl -s -I -H "Authorization: Bearer $GOTO_VIEWER_TOKEN" -H 'Accept: application/json' 'URL/v2/licenses'`},
		{Request{Operation: w.op("scanLicensesByKey"), Credential: Nobody, Method: "OPTIONS", Raw: "/licenses/../[1]"},
			`curl -s -X OPTIONS -H 'Accept: application/json' --globoff --path-as-is 'URL/v2/licenses/../[1]'`},
	} {
		want := strings.ReplaceAll(c.want, "URL", w.server.URL)
		if got := w.Curl(w.send(c.request)); got != want {
			t.Errorf("-want +got\n-%s\n+%s", want, got)
		}
	}
}

func TestCurlNamesTheVariablesOfTheFile(t *testing.T) {
	file := `apis: {gotoaccount: {url: http://localhost:1, credentials: {default: {headers: {ClientName: "${WHO}", ClientSecret: "a${WHAT}b\"$$"}}}}}`
	at, err := target.Parse("f.yaml", []byte(file), func(name string) (string, bool) { return "value-of-" + name, true })
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, "gotoaccount", answer(200, "[]"), func(t *target.Target) { t.APIs, t.TLS = at.APIs, target.TLS{Insecure: true} })
	e := &Exchange{Request: Request{Operation: w.op("scanLicensesByKey")}, URL: "http://localhost:1/v2/licenses"}
	want := `curl -s -k -H "ClientName: $WHO" -H "ClientSecret: a${WHAT}b\"\$" -H 'Accept: application/json' 'http://localhost:1/v2/licenses'`
	if got := w.Curl(e); got != want {
		t.Errorf("-want +got\n-%s\n+%s", want, got)
	}
}

func TestCurlSendsTheSame(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl here")
	}
	w := newWorld(t, "genesyscloud", answer(200, "[]"), secretive)
	op := w.op("postLicenseInfer")
	get := w.op("getLicenseDefinitions")
	for name, r := range map[string]Request{
		"GET":                   {Operation: get},
		"HEAD":                  {Operation: get, Method: "HEAD"},
		"OPTIONS":               {Operation: get, Method: "OPTIONS"},
		"nobody":                {Operation: get, Credential: Nobody},
		"wrong":                 {Operation: get, Credential: Wrong},
		"bearer":                {Operation: get, Credential: "viewer"},
		"basic":                 {Operation: get, Credential: "basic"},
		"POST":                  {Operation: op, Body: []byte(`["a","it's","$HOME","` + "`ls`" + `","\\n"]`)},
		"POST of @":             {Operation: op, Body: []byte(`@/etc/hostname`)},
		"POST of lines":         {Operation: op, Body: []byte("[\n\"a\"\r\n]\n")},
		"POST of bytes":         {Operation: op, Body: []byte("[\"\xff\x00%s\\\"']")},
		"POST of nothing":       {Operation: op, Body: []byte{}},
		"POST without a body":   {Operation: op},
		"GET with a body":       {Operation: get, Body: []byte(`{}`)},
		"own content type":      {Operation: op, Body: []byte(`x`), Header: http.Header{"Content-Type": {"text/plain"}}},
		"no content type":       {Operation: op, Body: []byte(`x`), Header: http.Header{"Content-Type": nil}},
		"no Accept":             {Operation: get, Header: http.Header{"Accept": nil}},
		"an empty header":       {Operation: get, Header: http.Header{"X-Empty": {""}}},
		"own secret":            {Operation: get, Header: http.Header{"ClientSecret": {"it's another"}}},
		"two values":            {Operation: get, Header: http.Header{"X-Two": {"a", "b"}}},
		"brackets and braces":   {Operation: get, Raw: "/api/v2/license/definitions?a=[1-3]&b={x,y}"},
		"dots":                  {Operation: get, Raw: "/api/v2/license/./x/../definitions/.."},
		"a fragment":            {Operation: get, Raw: "/api/v2/license/definitions#x?y=1"},
		"quotes and bars":       {Operation: get, Raw: `/api/v2/license/def'ini"tions?a=|b<>\^` + "`"},
		"escapes":               {Operation: get, Raw: "/api/v2/license/%64efinitions/%2F?a=%zz&b=+%20"},
		"letters beyond ASCII":  {Operation: get, Raw: "/api/v2/license/ü?é"},
		"a question mark alone": {Operation: get, Raw: "/api/v2/license/definitions?"},
	} {
		t.Run(name, func(t *testing.T) {
			e := w.send(r)
			if e.Err != nil {
				t.Fatal(e.Err)
			}
			line := w.Curl(e)
			before := len(w.requests())
			shell := exec.Command("sh", "-c", line)
			shell.Env = append(os.Environ(), "GENESYS_CLIENT_NAME=me", "GENESYS_CLIENT_SECRET="+secret, "GENESYS_VIEWER_TOKEN=viewer-token", "GENESYS_BASIC_AUTHORIZATION=Basic bWU6aGlkZGVu")
			if out, err := shell.CombinedOutput(); err != nil {
				t.Fatalf("%s\n%s: %s", line, err, out)
			}
			asked := w.requests()
			if len(asked) != before+1 {
				t.Fatalf("%s\nsent %d requests", line, len(asked)-before)
			}
			want, got := asked[before-1], asked[before]
			for _, h := range []http.Header{want.Header, got.Header} {
				h.Del("User-Agent")
				h.Del("Accept-Encoding")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s\n-client +curl\n%s", line, diff)
			}
		})
	}
}

func TestCurlTokenFetchesTheToken(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl here")
	}
	l := &login{expires: 60}
	w := l.client(t)
	if w.CurlToken(Nobody) != "" {
		t.Error("nobody needs a token")
	}
	e := w.send(Request{Operation: w.op("getLicenseDefinitions")})
	lines := w.CurlToken("") + "\n" + w.Curl(e)
	shell := exec.Command("sh", "-c", lines)
	shell.Env = append(os.Environ(), "GENESYS_CLIENT_ID=the-id", "GENESYS_CLIENT_SECRET=the-secret")
	if out, err := shell.CombinedOutput(); err != nil {
		t.Fatalf("%s\n%s: %s", lines, err, out)
	}
	asked := w.requests()
	if got := asked[len(asked)-1].Header.Get("Authorization"); got != "Bearer token-2" {
		t.Errorf("%s\ncarried %q", lines, got)
	}
}
