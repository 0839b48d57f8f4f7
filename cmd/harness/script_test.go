package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	testscript.Main(leakless{m}, map[string]func(){
		"harness": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			code := run(ctx, os.Args[1:], door{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.LookupEnv})
			stop()
			if left := leftBehind(); left != "" {
				fmt.Fprintln(os.Stderr, "left behind: "+left)
				code = exitLeak
			}
			if file, ask := os.LookupEnv(peakFile); ask {
				_ = os.WriteFile(file, []byte(peak()), 0o600)
			}
			os.Exit(code)
		},
	})
}

// leakless are tests that leave no goroutine behind: many of them run the command in this process.
type leakless struct{ *testing.M }

func (l leakless) Run() int {
	code := l.M.Run()
	http.DefaultClient.CloseIdleConnections()
	if left := leftBehind(); code == 0 && left != "" {
		fmt.Fprintln(os.Stderr, "the tests left behind: "+left)
		return 1
	}
	return code
}

// peakFile names the variable that says where a command leaves how much memory it took: what the parent is told of a
// child counts the moment in which it was still a copy of the parent.
const peakFile = "HARNESS_TEST_PEAK"

// peak is the most memory that this process took, in kB.
func peak() string {
	status, _ := os.ReadFile("/proc/self/status") // only Linux tells
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB"))
		}
	}
	return ""
}

// exitLeak is no exit code of the command: a test that meets it fails.
const exitLeak = 70

// leftBehind says what a command that is over still holds: goroutines or sockets. "" if nothing.
func leftBehind() string {
	// Ginkgo waits for signals as long as the process lives.
	if err := goleak.Find(
		goleak.IgnoreAnyFunction("github.com/onsi/ginkgo/v2/internal/interrupt_handler.(*InterruptHandler).registerForInterrupts.func2"),
		// A spec that was interrupted has nobody to tell that it is over.
		goleak.IgnoreTopFunction("github.com/onsi/ginkgo/v2/internal.(*Suite).runNode.func3.1"),
	); err != nil {
		return err.Error()
	}
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return "" // only Linux tells
	}
	for _, fd := range open {
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && strings.HasPrefix(to, "socket:") {
			return "a socket"
		}
	}
	return ""
}

// TestScript plays the command as people use it, one story a file.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"plays":   plays,
			"waitfor": waitFor,
		},
		RequireExplicitExec: true,
	})
}

// exits runs a command and wants this exit code: exits 3 harness contract --target down.yaml
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// waitFor waits until a file is there and holds something.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor FILE")
	}
	for range 200 {
		if info, err := os.Stat(ts.MkAbs(args[0])); err == nil && info.Size() > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s did not appear within 10 s", args[0])
}
