// Ways on which a secret could leave beside the answers of a server: a defect, a proxy, a file that was there before, the
// list of processes.

package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"harness/internal/reference"
)

// A panic may be about anything; it is told by its type, with a stack that holds no texts.
func TestAPanicTellsNoSecret(t *testing.T) {
	for name, c := range map[string]struct {
		panics func()
		says   string
	}{
		"a text":           {func() { panic("cannot read hush7xQ") }, "a panic of type string"},
		"an error":         {func() { panic(io.ErrUnexpectedEOF) }, "a panic of type *errors.errorString"},
		"an error at work": {func() { _ = []int{}[len(os.Args):] }, "slice bounds out of range"},
	} {
		var said bytes.Buffer
		d := door{stdin: strings.NewReader(""), stdout: &said, stderr: &said, env: func(string) (string, bool) { c.panics(); return "", false }}
		file := filepath.Join(t.TempDir(), "target.yaml")
		if err := os.WriteFile(file, []byte("apis: {gotoaccount: {url: \"${URL}\"}}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if code := run(context.Background(), []string{"target", "check", file}, d); code != exitHarness {
			t.Errorf("%s: exit code %d", name, code)
		}
		if text := said.String(); strings.Contains(text, "hush7xQ") || !strings.Contains(text, c.says) || !strings.Contains(text, "secrets_aside_test.go") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// The URL of a proxy often holds a password, and a password often a character that makes it no URL.
func TestAProxyTellsNoPassword(t *testing.T) {
	file := filepath.Join(t.TempDir(), "target.yaml")
	if err := os.WriteFile(file, []byte("apis: {gotoaccount: {url: https://licences.invalid}}\nlimits: {timeout: 1s, load: {rate: 100/s, duration: 1m}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, proxy := range []string{"http://me:hush7xQ%zz@127.0.0.1:1", "http://me:hush7xQ@127.0.0.1:1"} {
		for _, args := range [][]string{
			{"contract", "--target", file, "--api", "gotoaccount", "--quick"}, {"load", "quiet.yaml", "--target", file},
		} {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "quiet.yaml"), []byte(hostileScenario), 0o600); err != nil {
				t.Fatal(err)
			}
			c := exec.CommandContext(t.Context(), "harness", args...)
			c.Dir, c.Env = dir, append(os.Environ(), "HTTPS_PROXY="+proxy, "HTTP_PROXY="+proxy)
			out, _ := c.CombinedOutput() // the exit code tells
			if code := c.ProcessState.ExitCode(); code != exitNotJudged || bytes.Contains(out, []byte("hush7xQ")) {
				t.Errorf("%s, harness %s: exit code %d\n%s", proxy, args[0], code, out)
			}
		}
	}
}

// What may hold personal data is its owner's alone, also where somebody else's file stood before.
func TestFilesAreTheOwnersAlone(t *testing.T) {
	server, err := listen("127.0.0.1:0", reference.Options{Licenses: 200, Users: 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.close)
	dir := t.TempDir()
	target := filepath.Join(dir, "target.yaml")
	files := []string{target, filepath.Join(dir, "out", evidenceFile), filepath.Join(dir, "out", "report.json"), filepath.Join(dir, "all.bin")}
	if err := os.Mkdir(filepath.Join(dir, "out"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if err := os.WriteFile(file, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeTarget(target, server.target("local")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "quiet.yaml"), []byte(hostileScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.CommandContext(t.Context(), "harness", "load", filepath.Join(dir, "quiet.yaml"), "--target", target, "--out", filepath.Join(dir, "out"), "--vegeta", filepath.Join(dir, "all.bin")).CombinedOutput()
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 {
			t.Errorf("%s: %v, %v\n%s", file, info.Mode(), err, out)
		}
	}
}

// A folder among the temporary files that others may write to gives no journals: one names the file of a target, and
// with it where secrets go.
func TestJournalsOfOthersAreNotRead(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d := door{env: func(string) (string, bool) { return "", false }}
	folders := journalFolders(d, "")
	if len(folders) != 1 {
		t.Fatalf("folders %v", folders)
	}
	if err := os.Mkdir(folders[0], 0o700); err != nil {
		t.Fatal(err)
	}
	if got := journalFolders(d, ""); len(got) != 1 {
		t.Errorf("a folder of one's own is not used: %v", got)
	}
	if err := os.Chmod(folders[0], 0o777); err != nil {
		t.Fatal(err)
	}
	if got := journalFolders(d, ""); len(got) != 0 {
		t.Errorf("journals are read from %v", got)
	}
}
