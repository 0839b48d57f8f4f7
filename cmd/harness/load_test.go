// harness load as others see it: who is asked for metrics, who presses Ctrl-C, who is killed, and vegeta itself.

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"harness/internal/evidence"
	"harness/internal/reference"
)

// plays is exits for a load run. A machine that other tests share is the bottleneck now and then, and the run says so;
// it is then played again.
func plays(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: plays CODE command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	for range 20 {
		err := ts.Exec(args[1], args[2:]...)
		got := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			got = exit.ExitCode()
		} else {
			ts.Check(err)
		}
		if got == want {
			return
		}
		if said := ts.ReadFile("stdout"); got != exitNotJudged || !strings.Contains(said, " are invalid: ") && !strings.Contains(said, "the generator gave out") {
			ts.Fatalf("exit code %d, want %d", got, want)
		}
	}
	ts.Fatalf("this machine was the bottleneck in every one of 20 runs")
}

// quiet asks for one licence at a time.
const quiet = `name: quiet
summary: One licence at a time
steps: [{operation: getLicense}]
pace: {kind: constant, rate: %s, duration: %s}
objectives: [{errors: 0%%}]
`

// loadBed is a folder with a scenario, and a target file for a reference server in this process.
func loadBed(t *testing.T, rate, duration string, o reference.Options) (scenario, target string) {
	t.Helper()
	o.Licenses, o.Users = 200, 20
	server, err := listen("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.close)
	folder := t.TempDir()
	scenario, target = filepath.Join(folder, "quiet.yaml"), filepath.Join(folder, "target.yaml")
	if err := os.WriteFile(scenario, fmt.Appendf(nil, quiet, rate, duration), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeTarget(target, server.target("local")); err != nil {
		t.Fatal(err)
	}
	return scenario, target
}

// told is a writer that can be read while it is written to.
type told struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *told) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *told) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// eventually waits until something is so, for at most half a minute.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 600 {
		if so() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: not within 30 s", what)
}

func TestMetricsGrowWhileALoadRunLasts(t *testing.T) {
	scenario, target := loadBed(t, "100/s", "20s", reference.Options{})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	stderr, ended := &told{}, make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"load", scenario, "--target", target, "--metrics", ":0"}, door{stdout: io.Discard, stderr: stderr, env: os.LookupEnv})
	}()
	var at string
	eventually(t, "the address of the metrics", func() bool {
		at = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+/metrics`).FindString(stderr.String())
		return at != ""
	})
	answered := regexp.MustCompile(`(?m)^harness_load_response_seconds_count\{class="2xx",operation="getLicense",scenario="quiet"\} ([0-9]+)$`)
	count := func() int {
		resp, err := http.Get(at)
		if err != nil {
			return 0
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		if strings.Contains(string(body), "/licenses") {
			t.Errorf("a label holds a path:\n%s", body)
		}
		if found := answered.FindSubmatch(body); found != nil {
			n, _ := strconv.Atoi(string(found[1]))
			return n
		}
		return 0
	}
	eventually(t, "the first answers", func() bool { return count() > 0 })
	first := count()
	eventually(t, "more answers", func() bool { return count() > first })
	stop()
	if code := <-ended; code != exitNotJudged {
		t.Errorf("exit %d of an interrupted run, want %d", code, exitNotJudged)
	}
	http.DefaultClient.CloseIdleConnections()
	if _, err := http.Get(at); err == nil {
		t.Error("metrics are served when the run is over")
	}
}

// started starts the command in a process of its own.
func started(t *testing.T, args ...string) (*exec.Cmd, *told) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := &told{}
	c := &exec.Cmd{Path: program, Args: append([]string{"harness"}, args...), Env: os.Environ(), Stdout: out, Stderr: out}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	return c, out
}

// holds says whether a run's evidence holds a text.
func holds(folder, text string) bool {
	data, _ := os.ReadFile(filepath.Join(folder, evidenceFile))
	return bytes.Contains(data, []byte(text))
}

func leftIn(t *testing.T, folder string) *evidence.Run {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, evidenceFile))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	run, err := evidence.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestCtrlCWaitsForWhatIsInFlight(t *testing.T) {
	scenario, target := loadBed(t, "40/s", "60s", reference.Options{Latency: 500 * time.Millisecond})
	out := t.TempDir()
	c, said := started(t, "load", scenario, "--target", target, "--out", out)
	eventually(t, "a second of the run", func() bool { return holds(out, `"tick"`) })
	_ = c.Process.Signal(os.Interrupt)
	if _ = c.Wait(); c.ProcessState.ExitCode() != exitNotJudged {
		t.Errorf("exit %d, want %d:\n%s", c.ProcessState.ExitCode(), exitNotJudged, said)
	}
	run := leftIn(t, out)
	sent, answered := int64(0), int64(0)
	for _, tick := range run.Ticks {
		for _, p := range tick.Operations {
			sent, answered = sent+p.Sent, answered+p.Answered
		}
	}
	if run.Footer == nil || run.Footer.Problem != "interrupted" || sent == 0 || answered != sent {
		t.Errorf("footer %+v, %d sent, %d answered", run.Footer, sent, answered)
	}
	if !strings.Contains(said.String(), "not judged: interrupted") || !strings.Contains(said.String(), "Ctrl-C again does not wait") {
		t.Errorf("said\n%s", said)
	}
}

func TestCtrlCTwiceDoesNotWait(t *testing.T) {
	// Discovery is answered at once; then every answer takes a minute.
	var slow sync.Map
	gate := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, yes := slow.Load("yes"); yes {
			select {
			case <-time.After(time.Minute):
			case <-r.Context().Done():
			}
		}
	})
	server, err := reference.New(reference.Options{Licenses: 200, Users: 20})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gate(w, r)
		server.ServeHTTP(w, r)
	}))
	defer front.Close()
	defer front.CloseClientConnections()
	folder, out := t.TempDir(), t.TempDir()
	scenario, target := filepath.Join(folder, "quiet.yaml"), filepath.Join(folder, "target.yaml")
	if err := os.WriteFile(scenario, fmt.Appendf(nil, quiet, "20/s", "60s"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeTarget(target, (&serving{url: front.URL, server: server}).target("local")); err != nil {
		t.Fatal(err)
	}
	c, said := started(t, "load", scenario, "--target", target, "--out", out)
	eventually(t, "a second of the run", func() bool { return holds(out, `"tick"`) })
	slow.Store("yes", true)
	time.Sleep(300 * time.Millisecond)
	began := time.Now()
	_ = c.Process.Signal(os.Interrupt)
	eventually(t, "the first Ctrl-C", func() bool { return strings.Contains(said.String(), "does not wait") })
	_ = c.Process.Signal(os.Interrupt)
	_ = c.Wait()
	if took := time.Since(began); took > 20*time.Second || c.ProcessState.ExitCode() != exitNotJudged {
		t.Errorf("exit %d after %s, want %d at once:\n%s", c.ProcessState.ExitCode(), took, exitNotJudged, said)
	}
	run := leftIn(t, out)
	stopped := int64(0)
	for _, tick := range run.Ticks {
		for _, p := range tick.Operations {
			stopped += p.Causes["stopped"]
		}
	}
	if run.Footer == nil || run.Footer.Problem != "interrupted" || stopped == 0 {
		t.Errorf("footer %+v, %d requests given up:\n%s", run.Footer, stopped, said)
	}
}

// reachable says whether anybody listens.
func listens(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

func TestTheReferenceServerIsAProcessOfItsOwnAndEndsWithItsParent(t *testing.T) {
	scenario, _ := loadBed(t, "10/s", "60s", reference.Options{})
	out := t.TempDir()
	c, said := started(t, "load", scenario, "--out", out)
	eventually(t, "a second of the run", func() bool { return holds(out, `"tick"`) })
	var header evidence.Record
	data, err := os.ReadFile(filepath.Join(out, evidenceFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data[:bytes.IndexByte(data, '\n')], &header); err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(header.Header.Target.URLs["gotoaccount"])
	if err != nil {
		t.Fatal(err)
	}
	if !listens(at.Host) {
		t.Fatalf("nobody listens on %s:\n%s", at.Host, said)
	}
	_ = c.Process.Kill() // it can do nothing about it
	_ = c.Wait()
	eventually(t, "the end of the server", func() bool { return !listens(at.Host) })
}

func TestAnAttachedServerLeavesCtrlCToItsParent(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := &told{}
	c := &exec.Cmd{Path: program, Args: []string{"harness", "serve", "--attached"}, Stdout: out, Stderr: out}
	hold, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Process.Kill() }()
	var at string
	eventually(t, "the server", func() bool {
		at = strings.TrimPrefix(regexp.MustCompile(`http://[0-9.:]+`).FindString(out.String()), "http://")
		return at != ""
	})
	time.Sleep(100 * time.Millisecond) // it says where it is before it is deaf
	_ = c.Process.Signal(os.Interrupt)
	time.Sleep(200 * time.Millisecond)
	if !listens(at) {
		t.Error("Ctrl-C ended the server")
	}
	hold.Close()
	if err := c.Wait(); err != nil {
		t.Errorf("ended with %v:\n%s", err, out)
	}
}

// The file is vegeta's own: its command reports on it and plots it, and every request stands in it once, numbered from
// 0 in the order in which they were due.
func TestVegetaReadsWhatLoadWrites(t *testing.T) {
	scenario, target := loadBed(t, "50/s", "2s", reference.Options{})
	file := filepath.Join(t.TempDir(), "results.bin")
	stderr := &told{}
	code := run(t.Context(), []string{"load", scenario, "--target", target, "--vegeta", file}, door{stdout: io.Discard, stderr: stderr, env: os.LookupEnv})
	if code != exitGreen && code != exitNotJudged || !strings.Contains(stderr.String(), "results.bin holds 100 requests") {
		t.Fatalf("exit %d:\n%s", code, stderr)
	}
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	decode := vegeta.NewDecoder(in)
	seen := map[uint64]vegeta.Result{}
	for {
		var r vegeta.Result
		if err := decode.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen[r.Seq] = r
	}
	for seq := range uint64(100) {
		r, there := seen[seq]
		if !there || r.Code != 200 || r.Attack != "quiet" || r.Method != "GET" || !strings.Contains(r.URL, "/v2/licenses/") || r.BytesIn == 0 || r.Latency <= 0 {
			t.Errorf("request %d is %+v", seq, r)
		}
		if due := r.Timestamp.Sub(seen[0].Timestamp); due != time.Duration(seq)*20*time.Millisecond {
			t.Errorf("request %d stands at %s, due at %d ms", seq, due, seq*20)
		}
	}
	command := filepath.Join(t.TempDir(), "vegeta")
	if said, err := exec.Command("go", "build", "-o", command, "github.com/tsenart/vegeta/v12").CombinedOutput(); err != nil {
		t.Skipf("vegeta's command cannot be built here: %v: %s", err, said)
	}
	report, err := exec.Command(command, "report", file).CombinedOutput()
	if err != nil || !strings.Contains(string(report), "200:100") {
		t.Errorf("vegeta report: %v\n%s", err, report)
	}
	plot, err := exec.Command(command, "plot", file).Output()
	if err != nil || strings.Count(string(plot), "],[") < 90 && strings.Count(string(plot), "],\n") < 90 {
		t.Errorf("vegeta plot: %v, %d bytes", err, len(plot))
	}
}

// A file that is slower than the requests loses some, and says so; nobody waits.
func TestVegetasFileNeverHoldsAnybodyUp(t *testing.T) {
	reader, writer, err := os.Pipe() // nobody reads
	if err != nil {
		t.Fatal(err)
	}
	v := &vegetaFile{name: "pipe", file: writer, queue: make(chan vegeta.Result, 100)}
	v.writing.Go(v.write)
	const n = 20_000
	began := time.Now()
	for seq := range uint64(n) {
		v.add(vegeta.Result{Seq: seq, URL: strings.Repeat("x", 1000)})
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("%d requests took %s to hand over", n, took)
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	written, dropped, err := v.close()
	reader.Close()
	if err != nil || dropped == 0 || written+dropped != n {
		t.Errorf("%d written and %d dropped of %d, %v", written, dropped, n, err)
	}
}

// A server that speaks only HTTP/2 is played at as Go does, and the evidence says why.
func TestAServerThatSpeaksOnlyHTTP2GetsTheOtherTransport(t *testing.T) {
	server, err := reference.New(reference.Options{Licenses: 200, Users: 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, transport, note string
		config                func(*http.Server, *tls.Config)
	}{
		{"speaks both", transportFast, "", func(*http.Server, *tls.Config) {}},
		{"refuses the handshake", transportStd, "speaks only HTTP/2", func(_ *http.Server, c *tls.Config) {
			usual := c.Clone()
			c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				if !slices.Contains(hello.SupportedProtos, "h2") {
					usual := usual.Clone()
					usual.NextProtos = []string{"nothing that anybody asks for"}
					return usual, nil
				}
				return usual, nil
			}
		}},
		{"hangs up", transportStd, "does not answer the fast one", func(s *http.Server, c *tls.Config) {
			c.NextProtos = []string{"h2"}
			s.Protocols = new(http.Protocols)
			s.Protocols.SetHTTP2(true)
		}},
	} {
		front := httptest.NewUnstartedServer(server)
		front.EnableHTTP2 = true
		front.Config.ErrorLog = log.New(io.Discard, "", 0)
		certificate := httptest.NewTLSServer(nil)
		front.TLS = &tls.Config{Certificates: certificate.TLS.Certificates, NextProtos: []string{"h2", "http/1.1"}}
		certificate.Close()
		tc.config(front.Config, front.TLS)
		front.StartTLS()
		folder, out := t.TempDir(), t.TempDir()
		scenario, file := filepath.Join(folder, "quiet.yaml"), filepath.Join(folder, "target.yaml")
		if err := os.WriteFile(scenario, fmt.Appendf(nil, quiet, "20/s", "1s"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := (&serving{url: front.URL, server: server}).target("local")
		at.TLS.Insecure = true
		if err := writeTarget(file, at); err != nil {
			t.Fatal(err)
		}
		stderr := &told{}
		code := run(t.Context(), []string{"load", scenario, "--target", file, "--out", out}, door{stdout: io.Discard, stderr: stderr, env: os.LookupEnv})
		left := leftIn(t, out)
		if code != exitGreen && code != exitNotJudged || len(left.Loads) != 1 || left.Loads[0].Transport != tc.transport || !strings.Contains(left.Loads[0].Note, tc.note) {
			t.Errorf("%s: exit %d, %+v:\n%s", tc.name, code, left.Loads, stderr)
		}
		answered := int64(0)
		for _, tick := range left.Ticks {
			for _, p := range tick.Operations {
				answered += p.Answered
			}
		}
		if answered != 20 {
			t.Errorf("%s: %d of 20 requests answered", tc.name, answered)
		}
		front.Close()
	}
}

func TestARunThatTakesTooMuchMemoryIsGivenUp(t *testing.T) {
	for _, tc := range []struct {
		tick evidence.Tick
		want string
	}{
		{evidence.Tick{}, ""},
		{evidence.Tick{Generator: &evidence.Generator{RSS: 200 << 20}}, ""},
		{evidence.Tick{Generator: &evidence.Generator{RSS: 1 << 30, InFlight: 90}}, "given up: the answers to 90 requests in flight took 1024 MB of memory"},
	} {
		if got := swollen(tc.tick); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}
