// No secret stands in anything that the command writes, whatever a server says back to it.

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"harness/internal/hostile"
	"harness/internal/report"
)

var everySecret = flag.Bool("secrets.all", false, "every command on every server that says secrets back, and on every kind of hostile server")

// searched counts the bytes that were looked through.
var searched atomic.Int64

// secretive runs commands in a folder of its own and looks through whatever they write.
type secretive struct {
	t      *testing.T
	dir    string
	target string // file
	known  map[string]bool
}

// newSecretive makes a folder with a target of the server at url.
func newSecretive(t *testing.T, url string, written bool) *secretive {
	t.Helper()
	s := &secretive{t: t, dir: t.TempDir(), known: map[string]bool{}}
	// Beside the folder that is looked through: it may hold the secrets.
	s.target = filepath.Join(t.TempDir(), "target.yaml")
	if err := os.WriteFile(s.target, []byte(markedTarget(url, written)), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs a command and looks through what it said; the exit code is for other tests to judge, unless it is none.
func (s *secretive) run(args ...string) []byte {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "harness", args...)
	c.Dir = s.dir
	c.Env = os.Environ()
	for name, value := range marked {
		c.Env = append(c.Env, name+"="+value)
	}
	out, err := c.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		s.t.Fatal(err)
	}
	if code := c.ProcessState.ExitCode(); code < 0 || code > exitHarness && code != exitLeak || code == exitHarness {
		s.t.Errorf("harness %s: exit code %d\n%s", strings.Join(args, " "), code, out[max(0, len(out)-1000):])
	}
	s.look("what harness "+args[0]+" says", out)
	return out
}

// look looks through a text.
func (s *secretive) look(where string, text []byte) {
	s.t.Helper()
	searched.Add(int64(len(text)))
	if found := betrayals(text); len(found) > 0 {
		s.t.Errorf("%s betrays %d secrets:\n%s", where, len(found), strings.Join(found, "\n"))
	}
}

// lookAtFiles looks through every file in the folder, unpacked where it is packed.
func (s *secretive) lookAtFiles() {
	s.t.Helper()
	err := filepath.WalkDir(s.dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if packed, isPacked := bytes.CutPrefix(text, []byte("\x1f\x8b")); isPacked && len(packed) > 0 {
			z, err := gzip.NewReader(bytes.NewReader(text))
			if err != nil {
				return err
			}
			if text, err = io.ReadAll(z); err != nil {
				return err
			}
		}
		s.look(file, text)
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
}

// everyFormat asks for a report in every format, each in a file.
func everyFormat(prefix string) []string {
	var args []string
	for _, name := range report.FormatNames() {
		args = append(args, "--write", name+"="+prefix+"."+name)
	}
	return args
}

// contract tests the target, and leaves out/ and store/ behind.
func (s *secretive) contract(more ...string) {
	s.t.Helper()
	s.run(slices.Concat([]string{"contract", "--target", s.target, "--seed", "1", "--all", "--out", "out", "--store", "store"}, everyFormat("contract"), more)...)
}

// load plays a short scenario, with everything that looks at it.
func (s *secretive) load() {
	s.t.Helper()
	if *everySecret {
		s.run("load", "mixed", "--target", s.target, "--rate", "100/s", "--duration", "1s", "--transport", "std", "--out", "std")
	}
	args := slices.Concat([]string{"load", "mixed", "--target", s.target, "--rate", "100/s", "--duration", "1s", "--out", "loaded", "--store", "store", "--vegeta", "all.bin", "--metrics", "127.0.0.1:0"}, everyFormat("load"))
	scraped := make(chan []byte, 1)
	s.scrape(args, scraped)
	s.look("what harness load serves to Prometheus", <-scraped)
}

// scraping finds where metrics are served.
var scraping = regexp.MustCompile(`metrics on (http://\S+)`)

// scrape runs a command that serves metrics, asking for them as long as it lasts.
func (s *secretive) scrape(args []string, scraped chan<- []byte) {
	s.t.Helper()
	said := &watched{at: make(chan string, 1)}
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "harness", args...)
	c.Dir, c.Stdout, c.Stderr = s.dir, said, said
	c.Env = os.Environ()
	for name, value := range marked {
		c.Env = append(c.Env, name+"="+value)
	}
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		var all []byte
		defer func() { scraped <- all }()
		var at string
		select {
		case at = <-said.at:
		case <-over:
			return
		}
		for {
			if resp, err := http.Get(at); err == nil {
				text, _ := io.ReadAll(resp.Body) // what could be read
				resp.Body.Close()
				all = append(all, text...)
			}
			select {
			case <-over:
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	_ = c.Wait() // the exit code is for other tests to judge
	close(over)
	s.look("what harness load says", said.text.Bytes())
}

// watched is an output in which the address of metrics is looked for. One process writes to it.
type watched struct {
	text bytes.Buffer
	at   chan string
	told bool
}

func (w *watched) Write(p []byte) (int, error) {
	w.text.Write(p)
	if found := scraping.FindSubmatch(w.text.Bytes()); found != nil && !w.told {
		w.told = true
		w.at <- string(found[1])
	}
	return len(p), nil
}

// afterwards runs every command that reads what a run left behind.
func (s *secretive) afterwards() {
	s.t.Helper()
	if _, err := os.Stat(filepath.Join(s.dir, "out", evidenceFile)); err != nil {
		return // nothing was left behind
	}
	s.run(append([]string{"report", "out", "--all"}, everyFormat("report")...)...)
	s.run("compare", "out", "out")
	s.run("report", "loaded", "--all")
	s.run("compare", "loaded", "loaded")
	s.run("store", "list", "--store", "store")
	s.run("store", "list", "--store", "store", "--json")
	s.run("can-deploy", "--target", "marked", "--store", "store")
	s.run("report", "--history", "store")
	s.run("report", "--history", "store", "--publish", "site")
	s.run("report", "--history", "store", "--publish", "hashed", "--hash-keys")
	s.run("contract", "--target", s.target, "--dry-run")
	s.run("load", "mixed", "--target", s.target, "--rate", "100/s", "--duration", "1s", "--dry-run")
	s.restore()
	run, err := readRun(filepath.Join(s.dir, "out"))
	if err != nil {
		s.t.Fatal(err)
	}
	replayed := 0
	for _, e := range run.Exchanges {
		if len(e.Departures) > 0 && replayed < 2 {
			replayed++
			s.run("replay", e.ID, "--run", "out", "--target", s.target)
		}
	}
	for i := range run.Outcomes {
		if o := &run.Outcomes[i]; o.Failure != nil && len(o.Exchanges) > 0 {
			s.run("replay", o.Exchanges[0], "--run", "out", "--target", s.target)
			s.run("accept", o.Requirements[0], "--run", "out", "--reason", "r", "--owner", "o", "--expires", "30d")
			break
		}
	}
}

// restore undoes what a journal tells of.
func (s *secretive) restore() {
	s.t.Helper()
	text, err := os.ReadFile(s.target)
	if err != nil {
		s.t.Fatal(err)
	}
	url := regexp.MustCompile(`url: (\S+)`).FindSubmatch(text)
	writable := filepath.Join(filepath.Dir(s.target), "writable.yaml")
	if err := os.WriteFile(writable, append(text, "writes: {allow: true, user: somebody, license: something}\n"...), 0o600); err != nil {
		s.t.Fatal(err)
	}
	journal, err := json.Marshal(noted{Target: "marked", File: writable, URL: string(url[1]), API: "genesyscloud", User: "somebody", License: "something", Held: true})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "write-1.json"), journal, 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.run("target", "restore", "write-1.json")
}

func TestNoSecretIsWrittenAnywhere(t *testing.T) {
	t.Cleanup(func() { fmt.Printf("%d bytes were searched for secrets\n", searched.Load()) })
	for _, place := range slices.Sorted(maps.Keys(echoes)) {
		for _, written := range []bool{false, true} {
			if written && place != "values" && !*everySecret {
				continue
			}
			t.Run(fmt.Sprintf("said back in %s, written %v", place, written), func(t *testing.T) {
				t.Parallel()
				s := newSecretive(t, front(t, place).URL, written)
				if *everySecret || place == "members" {
					s.contract()
				} else {
					s.contract("--quick")
				}
				s.run("target", "check", s.target)
				s.load()
				if *everySecret || slices.Contains([]string{"values", "members", "nothing"}, place) {
					s.afterwards()
				}
				s.lookAtFiles()
			})
		}
	}
}

// Servers that break the protocol, with one behind them that says secrets back now and then.
func TestNoSecretIsWrittenOnHostileServers(t *testing.T) {
	for _, kind := range hostile.Kinds() {
		if !*everySecret && !slices.Contains([]string{"redirect-elsewhere", "garbage-behind", "header-10mb", "answers-twice"}, kind.Name) {
			continue
		}
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			server, err := kind.Listen("127.0.0.1:0", hostile.Options{Behind: frontHandler(t, echoes["members"], true), Spare: 20, Every: 2})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(server.Close)
			s := newSecretive(t, server.URL, false)
			s.contract("--quick")
			s.run("target", "check", s.target)
			s.load()
			s.lookAtFiles()
		})
	}
}

// A test that finds nothing must be able to find something.
func TestSecretsAreFoundInEveryForm(t *testing.T) {
	for _, secret := range marked {
		for _, form := range sayings(secret) {
			if len(betrayals([]byte("before "+form+" after"))) == 0 {
				t.Errorf("%s is not found", form)
			}
		}
	}
}
