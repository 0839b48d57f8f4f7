// make vuln, with databases made for the purpose: what it says of each, and above all of one that cannot be read.

package harness_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// vulnerable is a database with one entry: a function of the standard library that internal/exact calls.
var vulnerable = map[string]string{
	"index/db.json":      `{"modified":"2026-01-01T00:00:00Z"}`,
	"index/modules.json": `[{"path":"stdlib","vulns":[{"id":"GO-2026-0001","modified":"2026-01-01T00:00:00Z"}]}]`,
	"index/vulns.json":   `[{"id":"GO-2026-0001","modified":"2026-01-01T00:00:00Z"}]`,
	"ID/GO-2026-0001.json": `{
		"schema_version": "1.3.1", "id": "GO-2026-0001", "modified": "2026-01-01T00:00:00Z", "published": "2026-01-01T00:00:00Z",
		"summary": "made for a test", "details": "made for a test",
		"affected": [{
			"package": {"name": "stdlib", "ecosystem": "Go"},
			"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
			"ecosystem_specific": {"imports": [{"path": "encoding/json", "symbols": ["NewDecoder"]}]}
		}],
		"database_specific": {"url": "https://vulnerabilities.example/GO-2026-0001"}
	}`,
}

// clean is a database that knows of nothing.
var clean = map[string]string{
	"index/db.json":      `{"modified":"2026-01-01T00:00:00Z"}`,
	"index/modules.json": `[]`,
	"index/vulns.json":   `[]`,
}

func database(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "file://" + filepath.ToSlash(dir)
}

func TestVuln(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no shell")
	}
	refusing := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(refusing.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()

	for name, c := range map[string]struct {
		database string
		code     int
		says     string
	}{
		"nothing known":           {database(t, clean), 0, "vuln: clean"},
		"vulnerable":              {database(t, vulnerable), 1, "vuln: vulnerable on linux"},
		"no database":             {refusing.URL, 3, "vuln: not run"},
		"nobody there":            {gone.URL, 3, "vuln: not run"},
		"a folder that is not it": {database(t, map[string]string{"index/modules.json": "<html>"}), 3, "vuln: not run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vuln := exec.Command(".ci/vuln", "./internal/exact")
			vuln.Env = append(os.Environ(), "VULNDB="+c.database)
			out, err := vuln.CombinedOutput()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if code := vuln.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(out), c.says) {
				t.Errorf("exit %d, want %d and %q:\n%s", code, c.code, c.says, out)
			}
			if strings.Contains(string(out), "vuln: clean") != (c.code == 0) {
				t.Errorf("exit %d, and says:\n%s", c.code, out)
			}
		})
	}
}
