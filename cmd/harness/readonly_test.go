// Nothing leaves that is not allowed, by whatever door it is tried.

package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"harness/internal/evidence"
	"harness/internal/reference"
	"harness/internal/target"
)

// counting is a server with a reference server behind it that remembers what it was asked.
type counting struct {
	*serving
	mu    sync.Mutex
	asked []string // method and path
}

// newCounting listens; change says what it answers in place of the reference server, nil nothing.
func newCounting(t *testing.T, change func(http.ResponseWriter, *http.Request) bool) *counting {
	t.Helper()
	s, err := listen("127.0.0.1:0", reference.Options{Licenses: 200, Users: 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	c := &counting{serving: s}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.asked = append(c.asked, r.Method+" "+r.URL.Path)
		c.mu.Unlock()
		if change == nil || !change(w, r) {
			s.server.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(front.Close)
	c.url = front.URL
	return c
}

// reached lists the requests whose path holds a word.
func (c *counting) reached(what string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.asked), func(asked string) bool { return !strings.Contains(strings.ToLower(asked), what) })
}

// file writes the target's file.
func (c *counting) file(t *testing.T, edit func(*target.Target)) string {
	t.Helper()
	at := c.target("counting")
	if edit != nil {
		edit(at)
	}
	file := filepath.Join(t.TempDir(), "target.yaml")
	if err := writeTarget(file, at); err != nil {
		t.Fatal(err)
	}
	return file
}

func noWrites(at *target.Target) { at.Writes = target.Writes{} }

// atHome runs the command with a home of its own, and returns its exit code with what it said.
func atHome(t *testing.T, home string, args ...string) (code int, said string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "harness", args...)
	c.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=")
	out, _ := c.CombinedOutput() // the exit code tells
	return c.ProcessState.ExitCode(), string(out)
}

func TestNothingIsWrittenUnlessTheTargetAllowsIt(t *testing.T) {
	c := newCounting(t, nil)
	file, dir := c.file(t, noWrites), t.TempDir()
	scenario := filepath.Join(dir, "writing.yaml")
	if err := os.WriteFile(scenario, []byte(`name: writing
summary: Writes
steps:
  - operation: postLicenseOrganization
    feed: organization
pace: {kind: constant, rate: 10/s, duration: 1s}
objectives: [{errors: 1%}]
`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []struct {
		args []string
		want int
	}{
		{[]string{"target", "check", file}, exitGreen},
		{[]string{"contract", "--target", file, "--seed", "1", "--operation", "postLicenseOrganization", "--out", filepath.Join(dir, "out")}, exitNotJudged},
		{[]string{"contract", "--target", file, "--seed", "1", "--quick"}, exitGreen},
		{[]string{"load", scenario, "--target", file}, exitUsage},
	} {
		if code, said := atHome(t, dir, command.args...); code != command.want {
			t.Errorf("harness %s: exit code %d, want %d\n%s", command.args[0], code, command.want, said[max(0, len(said)-1500):])
		}
	}
	if got := c.reached("organization"); len(got) > 0 {
		t.Errorf("%d requests left that are not allowed: %v", len(got), got)
	}
}

// A stored run is a file, and anybody may have edited it.
func TestAnEditedRunSendsNothingThatIsNotAllowed(t *testing.T) {
	c := newCounting(t, nil)
	p := c.server.Principals()
	body := fmt.Sprintf(`{"assignments":[{"licenseId":%q,"userIdsAdd":["%s"],"userIdsRemove":[]}]}`, p.WriteLicense, p.WriteUser)
	for name, edited := range map[string]evidence.Exchange{
		"a write":                    {Operation: "postLicenseOrganization", Request: evidence.Request{Method: "POST", URL: c.url + "/api/v2/license/organization", Body: body}},
		"a write under another name": {Operation: "postLicenseUsers", Request: evidence.Request{Method: "POST", URL: c.url + "/api/v2/license/organization", Body: body}},
		"a write with dots":          {Operation: "postLicenseUsers", Request: evidence.Request{Method: "POST", URL: c.url + "/api/v2/license/users/../organization", Body: body}},
		"a write escaped":            {Operation: "postLicenseUsers", Request: evidence.Request{Method: "POST", URL: c.url + "/api/v2/license/%6Frganization", Body: body}},
		"a write in capitals":        {Operation: "postLicenseUsers", Request: evidence.Request{Method: "POST", URL: c.url + "/api/v2/license/ORGANIZATION/", Body: body}},
		"a method of its own":        {Operation: "getLicenseDefinitions", Request: evidence.Request{Method: "DELETE", URL: c.url + "/api/v2/license/definitions"}},
		"a read that says it is one": {Operation: "postLicenseInfer", Request: evidence.Request{Method: "POST", URL: c.url + "/api/v2/license/infer?_method=DELETE", Body: `["x"]`}},
		"another path":               {Operation: "getLicenseDefinitions", Request: evidence.Request{Method: "POST", URL: c.url + "/api/v2/users", Body: "{}"}},
	} {
		edited.ID, edited.API, edited.Tries = "abc0001", "genesyscloud", 1
		edited.Departures = []evidence.Departure{{Requirement: "GC-GEN-01", Message: "m"}}
		edited.Response = &evidence.Response{Status: 200}
		dir := t.TempDir()
		var text bytes.Buffer
		w := evidence.NewWriter(&text)
		w.Write(evidence.Record{Header: &evidence.Header{Schema: evidence.Schema, Target: evidence.Target{Name: "counting"}}})
		w.Write(evidence.Record{Exchange: &edited})
		w.Write(evidence.Record{Footer: &evidence.Footer{}})
		if err := os.WriteFile(filepath.Join(dir, evidenceFile), text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, said := atHome(t, dir, "replay", "abc0001", "--run", dir, "--target", c.file(t, noWrites)); code != exitNotJudged && code != exitUsage {
			t.Errorf("%s: exit code %d\n%s", name, code, said)
		}
	}
	got := slices.DeleteFunc(c.reached(""), func(asked string) bool { return asked == "POST /oauth/token" })
	if len(got) > 0 {
		t.Errorf("%d requests left that are not allowed: %v", len(got), got)
	}
}

// Whatever a server redirects to, nobody follows.
func TestRedirectsLeadNowhere(t *testing.T) {
	other := newCounting(t, nil)
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		var c *counting
		c = newCounting(t, func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, "/oauth") {
				return false
			}
			to := other.url
			if r.Method == http.MethodPost {
				to = c.url
			}
			w.Header().Set("Location", to+"/api/v2/license/organization")
			w.WriteHeader(status)
			return true
		})
		file, dir := c.file(t, noWrites), t.TempDir()
		atHome(t, dir, "contract", "--target", file, "--quick", "--seed", "1") // what comes of it is for other tests to judge
		atHome(t, dir, "target", "check", file)
		atHome(t, dir, "load", "mixed", "--target", file, "--rate", "20/s", "--duration", "1s")
		atHome(t, dir, "load", "genesys-batch-users", "--target", file, "--rate", "20/s", "--duration", "1s", "--transport", "std")
		if got := append(c.reached("organization"), other.reached("")...); len(got) > 0 {
			t.Errorf("after %d, %d requests left that are not allowed: %v", status, len(got), got)
		}
	}
}

// What may be written is written on the named user and licence alone, and put back.
func TestAWriteNamesNobodyElseAndIsPutBack(t *testing.T) {
	var mu sync.Mutex
	var bodies []string
	c := newCounting(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/license/organization") {
			body := new(bytes.Buffer)
			_, _ = body.ReadFrom(r.Body) // what could be read
			r.Body = io.NopCloser(strings.NewReader(body.String()))
			mu.Lock()
			bodies = append(bodies, body.String())
			mu.Unlock()
		}
		return false
	})
	home := t.TempDir()
	code, said := atHome(t, home, "contract", "--target", c.file(t, nil), "--seed", "1", "--api", "genesyscloud", "--operation", "postLicenseOrganization", "--operation", "getLicenseUser")
	p := c.server.Principals()
	if code != exitGreen || !strings.Contains(said, "put back every time") || !strings.Contains(said, p.WriteUser) {
		t.Errorf("exit code %d\n%s", code, said)
	}
	if len(bodies) == 0 {
		t.Error("nothing was written, so nothing is proven")
	}
	for _, body := range bodies {
		for _, word := range strings.FieldsFunc(body, func(r rune) bool { return strings.ContainsRune(`{}[]:," `, r) }) {
			if !slices.Contains([]string{"assignments", "licenseId", "userIdsAdd", "userIdsRemove", p.WriteUser, p.WriteLicense}, word) {
				t.Errorf("a write names %q: %s", word, body)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(home, ".local/state/harness/*")); len(left) > 0 {
		t.Errorf("journals are left: %v", left)
	}
}

// A target's file may name any header and any token URL. None makes another request of a read.
func TestAFileDisguisesNoRequest(t *testing.T) {
	for name, edit := range map[string]func(at *target.Target, url string){
		"a token URL that writes": func(at *target.Target, url string) {
			at.APIs["genesyscloud"].Credentials["default"].OAuth2.TokenURL = url + "/api/v2/license/organization"
		},
		"a token URL that toggles": func(at *target.Target, url string) {
			at.APIs["genesyscloud"].Credentials["default"].OAuth2.TokenURL = url + "/oauth/..;/api/v2/license/toggles/everything"
		},
		"a header of another method": func(at *target.Target, _ string) {
			at.APIs["gotoaccount"].Credentials["default"].Headers["X-HTTP-Method-Override"] = "DELETE"
		},
		"a header of another path": func(at *target.Target, _ string) {
			at.APIs["gotoaccount"].Credentials["default"].Headers["x-original-url"] = "/api/v2/license/organization"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var disguised atomic.Int64
			c := newCounting(t, func(_ http.ResponseWriter, r *http.Request) bool {
				if r.Header.Get("X-HTTP-Method-Override") != "" || r.Header.Get("X-Original-URL") != "" {
					disguised.Add(1)
				}
				return false
			})
			file, dir := c.file(t, func(at *target.Target) { noWrites(at); edit(at, c.url) }), t.TempDir()
			for _, args := range [][]string{
				{"target", "check", file},
				{"contract", "--target", file, "--quick", "--seed", "1"},
				{"load", "mixed", "--target", file, "--rate", "20/s", "--duration", "1s"},
				{"load", "genesys-batch-users", "--target", file, "--rate", "20/s", "--duration", "1s", "--transport", "std"},
			} {
				atHome(t, dir, args...) // what comes of it is for other tests to judge
			}
			if got := append(c.reached("organization"), c.reached("everything")...); len(got) > 0 || disguised.Load() > 0 {
				t.Errorf("%d requests left that are not allowed: %v, and %d in disguise", len(got), got, disguised.Load())
			}
		})
	}
}
