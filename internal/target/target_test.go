// Targets read: what each block means, and what is refused, with its place.

package target

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// variables is an environment for tests.
func variables(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

const whole = `name: staging
apis:
  gotoaccount:
    url: ${GOTO_URL}/
    credentials:
      default: {headers: {ClientName: "${GOTO_NAME}", ClientSecret: "$GOTO_SECRET"}}
  genesyscloud:
    url: https://api.mypurecloud.ie
    credentials:
      default: {oauth2: {tokenURL: https://login.mypurecloud.ie/oauth/token, clientID: "${ID}", clientSecret: "${SECRET}"}}
      granter: {bearer: "${TOKEN_GRANTER}"}  # authorization:grant:add only
      viewer:  {bearer: "${TOKEN_VIEWER}"}
limits: {rate: 300/m, concurrency: 4, timeout: 5s, load: {rate: 50/s, duration: 10m}}
writes: {allow: true, user: u-1, license: cloudCX1}
fixtures:
  gotoaccount:  {licenseKeys: [9223372036854775807, "9007199254740993"], accountKeys: [], userKeys: [-1]}
  genesyscloud: {roleIds: [a, "7"], licenseIds: [x], userIds: [y]}
tls: {ca: ca.pem, insecure: true}
`

func TestParseReadsEveryBlock(t *testing.T) {
	got, err := Parse("/conf/staging.yaml", []byte(whole), variables(
		"GOTO_URL", "https://goto.test:8443/x", "GOTO_NAME", "me: {", "GOTO_SECRET", "s1: # \"'", "ID", "id", "SECRET", "s2", "TOKEN_GRANTER", "t"))
	if err != nil {
		t.Fatal(err)
	}
	want := &Target{
		Name: "staging", File: "/conf/staging.yaml",
		APIs: map[string]*API{
			"gotoaccount": {URL: "https://goto.test:8443/x", Credentials: map[string]Credential{
				"default": {Headers: map[string]string{"ClientName": "me: {", "ClientSecret": "s1: # \"'"}},
			}},
			"genesyscloud": {URL: "https://api.mypurecloud.ie", Credentials: map[string]Credential{
				"default": {OAuth2: &OAuth2{TokenURL: "https://login.mypurecloud.ie/oauth/token", ClientID: "id", ClientSecret: "s2"}},
				"granter": {Bearer: "t"},
			}},
		},
		Limits: Limits{
			Rate: Rate{Count: 300, Per: time.Minute}, Concurrency: 4, Timeout: 5 * time.Second,
			Load: &LoadLimit{Rate: Rate{Count: 50, Per: time.Second}, Duration: 10 * time.Minute},
		},
		Writes: Writes{Allow: true, User: "u-1", License: "cloudCX1"},
		Fixtures: Fixtures{
			GoToAccount:  GoToAccount{LicenseKeys: []int64{math.MaxInt64, 1<<53 + 1}, UserKeys: []int64{-1}},
			GenesysCloud: GenesysCloud{RoleIDs: []string{"a", "7"}, LicenseIDs: []string{"x"}, UserIDs: []string{"y"}},
		},
		TLS:     TLS{CA: "/conf/ca.pem", Insecure: true},
		Missing: map[string]string{"genesyscloud.viewer": "$TOKEN_VIEWER is not set"},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Credential{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestParseOfAnEmbeddedServer(t *testing.T) {
	got, err := Parse("x/reference.yaml", []byte("embedded: {licenses: 5, users: 6, seed: 18446744073709551615, faults: [a, b], variants: [c], latency: 50ms}\n"), variables())
	if err != nil {
		t.Fatal(err)
	}
	want := &Embedded{Licenses: 5, Users: 6, Seed: math.MaxUint64, Faults: []string{"a", "b"}, Variants: []string{"c"}, Latency: 50 * time.Millisecond}
	if diff := cmp.Diff(want, got.Embedded); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got.Name != "reference" || got.Limits.Concurrency != DefaultConcurrency || got.Limits.Timeout != DefaultTimeout {
		t.Errorf("name %q, limits %+v: want the name of the file and the defaults", got.Name, got.Limits)
	}
}

func TestParseAcceptsAnchors(t *testing.T) {
	got, err := Parse("a.yaml", []byte("apis:\n  gotoaccount:\n    url: &here http://localhost:1\n    credentials: &c {default: {headers: {A: b}}}\n  genesyscloud: {url: *here, credentials: *c}\n"), variables())
	if err != nil {
		t.Fatal(err)
	}
	if g := got.APIs["genesyscloud"]; g.URL != "http://localhost:1" || g.Credentials["default"].Headers["A"] != "b" {
		t.Errorf("got %+v", g)
	}
}

// good is a target that is fine but for what a test appends.
const good = "apis: {gotoaccount: {url: http://localhost:1}}\n"

func TestParseRefuses(t *testing.T) {
	goTo := func(credential string) string {
		return "apis:\n  gotoaccount:\n    url: http://localhost:1\n    credentials:\n      " + credential + "\n"
	}
	for name, c := range map[string]struct {
		file string
		want string // the first line of the error
		hint string // a part of its hint
	}{
		"variable of a URL unset":   {"apis:\n  gotoaccount:\n    url: ${GOTO_URL}\n", "f.yaml:3: ${GOTO_URL} is not set", "export GOTO_URL, or run without --target to test the embedded reference server"},
		"variable of a URL empty":   {"apis:\n  gotoaccount:\n    url: $EMPTY\n", "f.yaml:3: ${EMPTY} is empty", ""},
		"broken variable":           {"name: ${X\n" + good, "f.yaml:1: name: ${ without }; a variable is written ${NAME}, a dollar $$", ""},
		"nameless variable":         {"name: ${}\n" + good, "f.yaml:1: name: ${} names no variable; a variable is written ${NAME}, a dollar $$", ""},
		"default credential unset":  {goTo("default: {bearer: $NO}"), "f.yaml:5: ${NO} is not set", "export NO"},
		"half of a credential":      {goTo("viewer: {headers: {A: $SET, B: $NO}}"), "f.yaml:5: ${NO} is not set", "export NO"},
		"unknown key":               {good + "limit: {rate: 5/s}\n", `f.yaml:2: unknown key "limit"; did you mean limits?`, "a target takes name, apis"},
		"unknown key, not near":     {good + "limits: {colour: red}\n", `f.yaml:2: unknown key "colour"`, "limits takes rate, concurrency"},
		"key of a fixture":          {good + "fixtures:\n  gotoaccount: {licenceKeys: []}\n", `f.yaml:3: unknown key "licenceKeys"; did you mean licenseKeys?`, ""},
		"unknown API":               {"apis: {gotoacount: {url: http://x}}\n", `f.yaml:1: no API "gotoacount"; the APIs are [gotoaccount genesyscloud]; did you mean gotoaccount?`, ""},
		"twice the same key":        {good + good, `f.yaml:2: mapping key "apis" already defined at [1:1]`, ""},
		"no YAML":                   {"apis: [\n", "f.yaml:1: sequence end token ']' not found", ""},
		"empty file":                {"# nothing\n", "f.yaml: the file is empty; a target has a name and apis", ""},
		"a list":                    {"- x\n", "f.yaml:1: a target is a list; it wants a mapping", ""},
		"two documents":             {good + "---\n" + good, "f.yaml:3: a second document; a file holds one target", ""},
		"no apis":                   {"name: x\n", "f.yaml: no apis; a target has at least one of [gotoaccount genesyscloud]", "apis: {gotoaccount"},
		"no URL":                    {"apis: {gotoaccount: {}}\n", "f.yaml:1: apis.gotoaccount has no url", ""},
		"URL without scheme":        {"apis: {gotoaccount: {url: example.test}}\n", `f.yaml:1: apis.gotoaccount.url "example.test" has no scheme http or https`, "https://host"},
		"URL with a port alone":     {"apis: {gotoaccount: {url: 'localhost:80'}}\n", `f.yaml:1: apis.gotoaccount.url "localhost:80" has no scheme http or https`, ""},
		"URL without host":          {"apis: {gotoaccount: {url: 'https:///v2'}}\n", `f.yaml:1: apis.gotoaccount.url "https:///v2" has no host`, ""},
		"URL with a query":          {"apis: {gotoaccount: {url: 'https://h?x=1'}}\n", `f.yaml:1: apis.gotoaccount.url "https://h?x=1" has a query or fragment`, ""},
		"URL with a bad port":       {"apis: {gotoaccount: {url: 'https://h:99999'}}\n", `f.yaml:1: apis.gotoaccount.url "https://h:99999" has port 99999; ports are 1 to 65535`, ""},
		"URL with a password":       {"apis: {gotoaccount: {url: 'https://u:hunter2@h'}}\n", "f.yaml:1: apis.gotoaccount.url holds a user name or password; they belong under credentials", ""},
		"negative rate":             {good + "limits: {rate: -5/s}\n", `f.yaml:2: limits.rate is "-5/s"; a rate is not negative`, "5/s"},
		"rate of nothing":           {good + "limits: {rate: 0/s}\n", `f.yaml:2: limits.rate is "0/s", which would send nothing`, "leave limits.rate out"},
		"rate without unit":         {good + "limits: {rate: 5}\n", `f.yaml:2: limits.rate is "5", which is no rate`, "5/s"},
		"rate in days":              {good + "limits: {rate: 5/d}\n", `f.yaml:2: limits.rate is "5/d", which is no rate`, "5/s"},
		"timeout without unit":      {good + "limits: {timeout: 30}\n", `f.yaml:2: limits.timeout is "30", which is no duration`, "50ms"},
		"timeout of nothing":        {good + "limits: {timeout: 0s}\n", "f.yaml:2: limits.timeout is 0s; it wants at least 1ms", ""},
		"no concurrency":            {good + "limits: {concurrency: 0}\n", `f.yaml:2: limits.concurrency is "0"; it wants a whole number of at least 1`, ""},
		"load without duration":     {good + "limits: {load: {rate: 5/s}}\n", "f.yaml:2: limits.load wants both a rate and a duration: the most that the target can take", ""},
		"writes without user":       {good + "writes: {allow: true, license: x}\n", "f.yaml:2: writes.allow without user", "the one user"},
		"writes without license":    {good + "writes: {allow: true, user: x}\n", "f.yaml:2: writes.allow without license", ""},
		"writes with a yes":         {good + "writes: {allow: yes}\n", `f.yaml:2: writes.allow is "yes"; it wants true or false`, ""},
		"key beyond 64 bits":        {good + "fixtures: {gotoaccount: {userKeys: [9223372036854775808]}}\n", `f.yaml:2: fixtures.gotoaccount.userKeys: "9223372036854775808" is no key; a key is a 64-bit integer`, ""},
		"key with a fraction":       {good + "fixtures: {gotoaccount: {userKeys: [1.0]}}\n", `f.yaml:2: fixtures.gotoaccount.userKeys: "1.0" is no key; a key is a 64-bit integer`, ""},
		"one value for a list":      {good + "fixtures: {gotoaccount: {userKeys: 1}}\n", "f.yaml:2: fixtures.gotoaccount.userKeys is one value; it wants a list [ ]", ""},
		"two kinds of credential":   {goTo("viewer: {headers: {A: b}, bearer: c}"), `f.yaml:5: credential "viewer" has both headers and bearer`, "one of headers"},
		"empty credential":          {goTo("viewer: {}"), `f.yaml:5: credential "viewer" is empty`, "one of headers"},
		"credential without header": {goTo("viewer: {headers: {}}"), `f.yaml:5: credential "viewer" has no headers`, ""},
		"half an oauth2":            {goTo("viewer: {oauth2: {tokenURL: 'https://h/t', clientID: x}}"), `f.yaml:5: credential "viewer" has no clientSecret`, ""},
		"token URL without scheme":  {goTo("viewer: {oauth2: {tokenURL: h/t, clientID: x, clientSecret: y}}"), `f.yaml:5: apis.gotoaccount.credentials.viewer.oauth2.tokenURL "h/t" has no scheme http or https`, ""},
		"credential nobody":         {goTo("nobody: {bearer: x}"), `f.yaml:5: credential "nobody" is made by harness itself`, "call yours something else"},
		"credential wrong":          {goTo("wrong: {bearer: x}"), `f.yaml:5: credential "wrong" is made by harness itself`, ""},
		"secret with a line break":  {goTo("viewer: {bearer: $BROKEN}"), "f.yaml:5: apis.gotoaccount.credentials.viewer.bearer holds a line break, which no header can carry", "line break"},
		"header with a space":       {goTo("viewer: {headers: {'A B': c}}"), `f.yaml:5: "A B" is no name of a header`, ""},
		"embedded beside apis":      {good + "embedded: {}\n", "f.yaml:2: embedded beside apis; the embedded server brings its own", "leave one"},
		"negative licences":         {"embedded: {licenses: -1}\n", `f.yaml:1: embedded.licenses is "-1"; it wants a whole number of at least 0`, ""},
		"negative latency":          {"embedded: {latency: -1s}\n", "f.yaml:1: embedded.latency is -1s; it wants at least 0s", ""},
		"seed with a sign":          {"embedded: {seed: -1}\n", `f.yaml:1: embedded.seed is "-1"; it wants a whole number from 0 to 2^64-1`, ""},
		"alias of nothing":          {"name: *x\n" + good, "f.yaml:1: alias *x without an anchor &x", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("f.yaml", []byte(c.file), variables("SET", "v", "EMPTY", "", "BROKEN", "abc\n"))
			if err == nil {
				t.Fatal("it was accepted")
			}
			text, hint, _ := strings.Cut(err.Error(), "\nhint: ")
			first, _, _ := strings.Cut(text, "\n")
			if first != c.want {
				t.Errorf("-want +got\n-%s\n+%s", c.want, first)
			}
			if !strings.Contains(hint, c.hint) {
				t.Errorf("hint %q, want one with %q", hint, c.hint)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells a password: %s", err)
			}
		})
	}
}

func TestErrorPointsAtThePlace(t *testing.T) {
	_, err := Parse("staging.yaml", []byte("apis:\n  gotoaccount:\n    url: ${GOTO_URL}\n"), variables())
	const want = `staging.yaml:3: ${GOTO_URL} is not set
   3 |     url: ${GOTO_URL}
     |          ^
hint: export GOTO_URL, or run without --target to test the embedded reference server`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestErrorTellsNoSecret(t *testing.T) {
	for _, file := range []string{
		"apis: {gotoaccount: {url: 'http://localhost', credentials: {a: {bearer: hunter2, headers: {A: b}}}}}\n",
		"apis: {gotoaccount: {url: 'http://localhost', credentials: {a: {headers: {ClientSecret: hunter2}, bear: x}}}}\n",
		"apis: {gotoaccount: {url: 'http://localhost', credentials: {a: {oauth2: {clientSecret: hunter2, tokenURL: ''}}}}}\n",
		"apis: {gotoaccount: {url: 'http://localhost', credentials: {a: {headers: {Authorization: 'Basic hunter2}}}}}\n",
	} {
		_, err := Parse("f.yaml", []byte(file), variables())
		if err == nil {
			t.Fatalf("%s was accepted", file)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error tells a secret: %s", err)
		}
	}
}

func TestWarnings(t *testing.T) {
	file := `apis:
  gotoaccount:
    credentials:
      default: {headers: {ClientName: me, ClientSecret: written}}
      viewer: {bearer: "${SET}"}
    url: http://goto.test/v2
  genesyscloud:
    url: http://127.0.0.1:8080
    credentials: {default: {bearer: written}}
`
	got, err := Parse("f.yaml", []byte(file), variables("SET", "v"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"f.yaml:6: apis.gotoaccount.url ends in /v2, which every path begins with already\nhint: write http://goto.test",
		"f.yaml:6: apis.gotoaccount.url is plain http: credentials travel unprotected\nhint: use https",
		"f.yaml:4: apis.gotoaccount.credentials.default.ClientSecret is written out\nhint: keep it out of the file: ${GOTO_CLIENT_SECRET}",
	}
	if diff := cmp.Diff(want, got.Warnings); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestSecretsNameTheirVariables(t *testing.T) {
	file := `apis:
  gotoaccount:
    url: http://localhost:1
    credentials:
      default: {headers: {ClientName: "${NAME}", ClientSecret: "${GS}"}}
      other: {headers: {ClientName: b, ClientSecret: literal}}
      basic: {headers: {Authorization: "Basic ${B}"}}
  genesyscloud:
    url: http://localhost:1
    credentials:
      default: {oauth2: {tokenURL: "http://localhost:1/t", clientID: id, clientSecret: oauth-secret}}
      viewer: {bearer: "$V"}
      bare: {bearer: bare-token}
`
	got, err := Parse("f.yaml", []byte(file), variables("NAME", "my-name", "GS", "goto", "B", "b64b64", "V", "view"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Secret{
		{"oauth-secret", "GENESYS_CLIENT_SECRET"}, {"Basic b64b64", "GOTO_BASIC_AUTHORIZATION"}, {"bare-token", "GENESYS_BARE_TOKEN"},
		{"literal", "GOTO_OTHER_CLIENT_SECRET"}, {"b64b64", "B"}, {"view", "V"}, {"goto", "GS"},
	}
	if diff := cmp.Diff(want, got.Secrets()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, c := range []struct{ api, credential, place, want string }{
		{"gotoaccount", "default", "ClientName", "$NAME"},
		{"gotoaccount", "other", "ClientName", "$GOTO_OTHER_CLIENT_NAME"},
		{"gotoaccount", "basic", "Authorization", "Basic $B"},
		{"genesyscloud", "default", PlaceBearer, "$GENESYS_TOKEN"},
		{"genesyscloud", "default", PlaceClientID, "$GENESYS_CLIENT_ID"},
	} {
		if got := got.Shown(c.api, c.credential, c.place).String(); got != c.want {
			t.Errorf("%s.%s.%s is shown as %s, want %s", c.api, c.credential, c.place, got, c.want)
		}
	}
}

func TestWriteReadsBack(t *testing.T) {
	env := variables("GOTO_URL", "https://goto.test", "GOTO_NAME", "n", "GOTO_SECRET", "s", "ID", "id", "SECRET", "s2", "TOKEN_GRANTER", "t", "TOKEN_VIEWER", "v")
	odd := []string{"$HOME ${X} $$", "# no comment", "a: b", "true", "null", "007", "1e3", " led", "line\nbreak", "'", `"\`, "- x", "*x", "&x", "~", "", "é\u00a0", "a\tb", "{x}", "[", "@x", "%x", "!x", "0x1F", "2026-01-01", "=", "<<", "|", ">"}
	loaded, err := Parse("/abs/staging.yaml", []byte(whole), env)
	if err != nil {
		t.Fatal(err)
	}
	served := &Target{
		Name: "local", File: "/abs/local.yaml", Missing: map[string]string{},
		APIs: map[string]*API{
			"gotoaccount": {URL: "http://127.0.0.1:1", Credentials: map[string]Credential{}},
			"genesyscloud": {URL: "http://127.0.0.1:1", Credentials: map[string]Credential{
				"default": {OAuth2: &OAuth2{TokenURL: "http://127.0.0.1:1/oauth/token", ClientID: "a$b", ClientSecret: "${c}"}},
				"viewer":  {Bearer: "1234"},
			}},
		},
		Limits:   Limits{Concurrency: 8, Timeout: 90 * time.Second},
		Writes:   Writes{Allow: true, User: "123", License: "no"},
		Fixtures: Fixtures{GoToAccount: GoToAccount{AccountKeys: []int64{math.MaxInt64, 0}}},
	}
	for i, value := range odd {
		if value != "" && !strings.Contains(value, "\n") {
			served.APIs["gotoaccount"].Credentials["c"+string(rune('a'+i))] = Credential{Headers: map[string]string{"X": value}}
		}
		served.Fixtures.GenesysCloud.RoleIDs = append(served.Fixtures.GenesysCloud.RoleIDs, value)
	}
	embedded := &Target{Name: "e", File: "/abs/e.yaml", APIs: map[string]*API{}, Missing: map[string]string{}, Limits: Limits{Concurrency: 8, Timeout: DefaultTimeout}, Embedded: &Embedded{Licenses: 3, Seed: math.MaxUint64, Faults: []string{"f"}, Variants: []string{"v", "w"}, Latency: time.Millisecond}}
	plain := &Target{Name: "e", File: "/abs/e.yaml", APIs: map[string]*API{}, Missing: map[string]string{}, Limits: Limits{Concurrency: 8, Timeout: DefaultTimeout}, Embedded: &Embedded{}}
	for _, want := range []*Target{loaded, served, embedded, plain} {
		var b bytes.Buffer
		if err := Write(&b, want); err != nil {
			t.Fatal(err)
		}
		got, err := Parse(want.File, b.Bytes(), env)
		if err != nil {
			t.Fatalf("%s\n%s", err, b.String())
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Credential{}), cmpopts.IgnoreFields(Target{}, "Warnings")); diff != "" {
			t.Errorf("-want +got\n%s\n%s", diff, b.String())
		}
	}
	var b bytes.Buffer
	if err := Write(&b, loaded); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "${GOTO_SECRET}") {
		t.Errorf("a secret of a variable is written out:\n%s", b.String())
	}
}

func TestLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "local.yaml")
	if _, err := Load(file, variables()); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a missing file: %v, want an error that names it", err)
	}
	if err := os.WriteFile(file, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(file, variables())
	if err != nil || got.Name != "local" || got.File != file {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestLoopback(t *testing.T) {
	for url, want := range map[string]bool{
		"http://localhost:1": true, "http://127.0.0.1": true, "http://127.9.9.9/x": true, "http://[::1]:80": true, "http://x.localhost": true,
		"http://localhost.evil.test": false, "https://10.0.0.1": false, "http://example.test": false, "": false,
	} {
		if got := Loopback(url); got != want {
			t.Errorf("Loopback(%q) is %v", url, got)
		}
	}
}
