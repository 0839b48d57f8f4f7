// However a run ends, what it left behind can be read, nothing half-written stands in the place of something whole, and
// what it wrote on the target can be put back.

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"harness/internal/evidence"
)

var crashes = flag.Int("crashes", 6, "how many runs are killed at a moment of chance")

// mostLost is how much of a run may be missing behind the last record that was kept.
const mostLost = time.Second

// A run that is killed leaves evidence up to at most a second before, and its report says that it was cut short.
func TestKilledAtAnyMoment(t *testing.T) {
	c := newCounting(t, func(http.ResponseWriter, *http.Request) bool { time.Sleep(3 * time.Millisecond); return false })
	file := c.file(t, nil)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	var mu sync.Mutex
	var worst time.Duration
	survived := 0
	t.Run("runs", func(t *testing.T) {
		slots := make(chan bool, 2)
		for i := range *crashes {
			signal := []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT}[i%3]
			after := time.Duration(chance.Int64N(int64(3 * time.Second)))
			playsLoad := i/3%2 == 1
			t.Run(fmt.Sprintf("%d %v after %v, load %v", i, signal, after.Round(time.Millisecond), playsLoad), func(t *testing.T) {
				t.Parallel()
				slots <- true
				defer func() { <-slots }()
				lost := killed(t, file, signal, after, playsLoad)
				mu.Lock()
				defer mu.Unlock()
				survived++
				worst = max(worst, lost)
			})
		}
	})
	fmt.Printf("%d of %d killed runs were readable, at most %v of one was lost\n", survived, *crashes, worst.Round(time.Millisecond))
}

// killed ends a run by a signal and returns how much of it is lost.
func killed(t *testing.T, target string, signal syscall.Signal, after time.Duration, playsLoad bool) (lost time.Duration) {
	t.Helper()
	dir, home := t.TempDir(), t.TempDir()
	out := filepath.Join(dir, "out")
	args := []string{"contract", "--target", target, "--seed", "1", "--shards", "1", "--out", out, "--store", filepath.Join(dir, "store"), "--write", "html=" + filepath.Join(dir, "page.html")}
	if playsLoad {
		args = []string{"load", "mixed", "--target", target, "--rate", "100/s", "--duration", "20s", "--out", out, "--write", "html=" + filepath.Join(dir, "page.html")}
	}
	whole := "<html>from an earlier run</html>"
	if err := os.WriteFile(filepath.Join(dir, "page.html"), []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "harness", args...)
	c.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=")
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	// From the moment on at which there is something to lose.
	for range 1000 {
		if info, err := os.Stat(filepath.Join(out, evidenceFile)); err == nil && info.Size() > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(after)
	struck := time.Now()
	if err := c.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	_ = c.Wait() // the exit code tells
	code := c.ProcessState.ExitCode()
	run, err := readRun(out)
	if err != nil {
		t.Fatalf("the evidence cannot be read: %v", err)
	}
	if bytes.Contains(said.Bytes(), []byte("goroutine ")) {
		t.Errorf("a panic:\n%s", said.Bytes())
	}
	over := run.Footer != nil && run.Footer.Problem == "" // it was faster than the signal
	if !over && code != exitNotJudged && code != exitViolated && code != -1 {
		t.Errorf("exit code %d\n%s", code, said.Bytes())
	}
	if signal != syscall.SIGKILL && run.Footer == nil {
		t.Errorf("%v was not told to the evidence\n%s", signal, said.Bytes())
	}
	page, err := os.ReadFile(filepath.Join(dir, "page.html"))
	if err != nil || string(page) != whole && !bytes.Contains(page, []byte("</html>")) {
		t.Errorf("half a report stands in the place of a whole one: %v, %d bytes", err, len(page))
	}
	if !over {
		report := exec.CommandContext(t.Context(), "harness", "report", out)
		text, _ := report.CombinedOutput() // the exit code is looked at
		if code := report.ProcessState.ExitCode(); code != exitNotJudged && code != exitViolated || !bytes.Contains(text, []byte("cut short")) && !bytes.Contains(text, []byte("interrupted")) && !bytes.Contains(text, []byte("stopped")) {
			t.Errorf("harness report: exit code %d, and does not say that the run was cut short\n%s", code, text[max(0, len(text)-600):])
		}
	}
	if signal == syscall.SIGKILL && !over {
		lost = struck.Sub(lastKept(run))
		if lost > mostLost+500*time.Millisecond { // a busy machine is late to send
			t.Errorf("%v before the signal are lost", lost)
		}
	}
	// What was written is noted down, unless it was put back.
	if left, err := filepath.Glob(filepath.Join(home, ".local/state/harness/*")); err == nil && len(left) > 0 && signal != syscall.SIGKILL {
		t.Errorf("a run that could put back what it wrote left %v", left)
	} else {
		for _, file := range left {
			if code, said := atHome(t, home, "target", "restore", file); code != exitGreen {
				t.Errorf("%s: exit code %d", said, code)
			}
		}
	}
	return lost
}

// lastKept is when the last thing happened that the evidence tells of.
func lastKept(run *evidence.Run) time.Time {
	last := run.Header.Started
	for i := range run.Exchanges {
		if e := &run.Exchanges[i]; e.Started.Add(time.Duration(e.Seconds * float64(time.Second))).After(last) {
			last = e.Started.Add(time.Duration(e.Seconds * float64(time.Second)))
		}
	}
	if n := len(run.Ticks); n > 0 {
		// A tick is whole a second after it began; the first one begins when discovery is over.
		if end := last.Add(time.Duration(run.Ticks[n-1].Second+1) * time.Second); end.After(last) {
			last = end
		}
	}
	return last
}

// A run killed between a write and its undoing leaves a journal; the next one names it, and it can be restored from.
func TestAWriteIsPutBackAfterAKill(t *testing.T) {
	written := make(chan bool, 1)
	var first sync.Once
	var c *counting
	c = newCounting(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/license/organization") {
			return false
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if bytes.Contains(body, []byte(c.server.Principals().WriteUser)) {
			c.server.ServeHTTP(w, r)
			first.Do(func() {
				written <- true
				<-r.Context().Done() // the answer never comes
			})
			return true
		}
		return false
	})
	file, home := c.file(t, nil), t.TempDir()
	args := []string{"contract", "--target", file, "--seed", "1", "--api", "genesyscloud", "--requirement", "GC-ORG-01"}
	run := exec.CommandContext(t.Context(), "harness", args...)
	run.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-written:
	case <-time.After(time.Minute):
		t.Fatal("nothing was written within a minute")
	}
	_ = run.Process.Kill()
	_ = run.Wait() // it was killed
	left, _ := filepath.Glob(filepath.Join(home, ".local/state/harness/write-*.json"))
	if len(left) != 1 {
		t.Fatalf("journals: %v", left)
	}
	if info, err := os.Stat(left[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others can read whose licence it is", info.Mode(), err)
	}
	if _, said := atHome(t, home, args...); !strings.Contains(said, "did not undo") || !strings.Contains(said, left[0]) || !strings.Contains(said, "nothing is written") {
		t.Errorf("the next run does not name the journal, or writes all the same:\n%s", said)
	}
	if code, said := atHome(t, home, "target", "restore", left[0]); code != exitGreen || !strings.HasPrefix(said, "restored") {
		t.Errorf("exit code %d: %s", code, said)
	}
	if _, err := os.Stat(left[0]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal stays: %v", err)
	}
	if code, said := atHome(t, home, args...); code != exitGreen || strings.Contains(said, "did not undo") {
		t.Errorf("after the restoration, exit code %d\n%s", code, said)
	}
}

// Where nothing can be written, a run says so, and is never green.
func TestNowhereToWrite(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("whole"), 0o600); err != nil {
		t.Fatal(err)
	}
	quick := []string{"contract", "--quick", "--seed", "1"}
	for name, args := range map[string][]string{
		"a folder below a file":   append(quick, "--out", filepath.Join(dir, "file", "out")),
		"a report below a file":   append(quick, "--write", "html="+filepath.Join(dir, "file", "page.html")),
		"a store below a file":    append(quick, "--store", filepath.Join(dir, "file", "store")),
		"a load run below a file": {"load", "mixed", "--rate", "20/s", "--duration", "1s", "--out", filepath.Join(dir, "file", "out")},
		"vegeta below a file":     {"load", "mixed", "--rate", "20/s", "--duration", "1s", "--vegeta", filepath.Join(dir, "file", "all.bin")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if code, said := atHome(t, t.TempDir(), args...); code != exitUsage && code != exitHarness || strings.Contains(said, "goroutine ") {
				t.Errorf("exit code %d\n%s", code, said)
			}
		})
	}
}

// Standard output that nobody reads, or that is full, and a disk that is full: never green, never a panic.
func TestOutputThatCannotBeWritten(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	defer full.Close()
	reader, pipe, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Close()
	defer pipe.Close()
	for name, stdout := range map[string]*os.File{"full": full, "closed": pipe} {
		for _, args := range [][]string{
			{"contract", "--quick", "--seed", "1"},
			{"contract", "--quick", "--seed", "1", "--format", "json"},
			{"load", "mixed", "--rate", "20/s", "--duration", "1s"},
		} {
			c := exec.CommandContext(t.Context(), "harness", args...)
			var said bytes.Buffer
			c.Stdout, c.Stderr = stdout, &said
			_ = c.Run() // the exit code tells
			if code := c.ProcessState.ExitCode(); code == exitGreen || bytes.Contains(said.Bytes(), []byte("goroutine ")) {
				t.Errorf("%s: harness %s: exit code %d\n%s", name, strings.Join(args, " "), code, said.Bytes())
			}
		}
	}
}

// A disk that is full in the middle of a run: the evidence is readable up to there, whole files stay, and it is no
// green run. Where it is full is left to chance.
func TestAFullDisk(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	target := newCounting(t, nil).file(t, nil)
	full := 0
	for i := range max(2, *crashes/4) {
		out := filepath.Join(t.TempDir(), "out")
		if err := os.MkdirAll(out, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(out, "report.json"), []byte("whole"), 0o600); err != nil {
			t.Fatal(err)
		}
		command := []string{"contract --seed 1 --api genesyscloud", "load mixed --rate 100/s --duration 2s"}[i%2]
		blocks := 1 + chance.IntN(300) // of 512 bytes: files may grow so far, and not beyond
		home := t.TempDir()
		c := exec.CommandContext(t.Context(), "sh", "-c", fmt.Sprintf("ulimit -f %d; exec harness %s --target %s --out %s", blocks, command, target, out))
		c.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=")
		text, _ := c.CombinedOutput() // the exit code tells
		code := c.ProcessState.ExitCode()
		if bytes.Contains(text, []byte("goroutine ")) {
			t.Errorf("%s, %d blocks: a panic\n%s", command, blocks, text[max(0, len(text)-600):])
		}
		run, err := readRun(out)
		report, failed := os.ReadFile(filepath.Join(out, "report.json"))
		switch {
		case failed != nil || string(report) != "whole" && !json.Valid(report):
			t.Errorf("%s, %d blocks: half a report stands in the place of a whole one: %v, %d bytes", command, blocks, failed, len(report))
		case err != nil && blocks > 8: // a header takes so much
			t.Errorf("%s, %d blocks: the evidence cannot be read: %v", command, blocks, err)
		case code == exitHarness:
			full++
		case code == exitUsage && string(report) == "whole":
			full++ // the evidence has found room, the report has not
		case err != nil || run.Footer == nil || string(report) == "whole":
			t.Errorf("%s, %d blocks: exit code %d, and something is missing\n%s", command, blocks, code, text[max(0, len(text)-600):])
		}
		if left, _ := filepath.Glob(filepath.Join(home, ".local/state/harness/*")); len(left) > 0 {
			t.Errorf("%s, %d blocks: a run that could put back what it wrote left %v", command, blocks, left)
		}
	}
	fmt.Printf("%d runs met a full disk\n", full)
}
