// The reference server in a process of its own, which ends with this one whatever becomes of it.

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"harness/internal/target"
)

// spawn starts harness serve as another process and returns the target that leads to it; stop ends it. The other
// process reads a pipe that this one never writes to: when this one is gone, killed even, the pipe ends, and so does
// the server.
func spawn(e *target.Embedded) (t *target.Target, stop func(), err error) {
	program, err := os.Executable()
	if err != nil {
		return nil, nil, fault{err}
	}
	folder, err := os.MkdirTemp("", "harness-serve-")
	if err != nil {
		return nil, nil, fmt.Errorf("cannot start the reference server: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // the target's file has been read by then
	file := filepath.Join(folder, "target.yaml")
	var said bytes.Buffer
	server := &exec.Cmd{Path: program, Args: serveArgs(e, file), Env: os.Environ(), Stderr: &said, WaitDelay: time.Second}
	hold, err := server.StdinPipe()
	if err != nil {
		return nil, nil, fault{err}
	}
	out, err := server.StdoutPipe()
	if err != nil {
		return nil, nil, fault{err}
	}
	if err := server.Start(); err != nil {
		return nil, nil, fmt.Errorf("cannot start the reference server: %w", err)
	}
	stop = func() {
		_ = hold.Close()
		late := time.AfterFunc(10*time.Second, func() { _ = server.Process.Kill() })
		defer late.Stop()
		_ = server.Wait() // how it ended says nothing about the run
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil { // the line that it writes when it is ready
		stop()
		why := strings.TrimPrefix(strings.TrimSpace(said.String()), "harness: ")
		return nil, nil, fmt.Errorf("the reference server did not start: %s", why)
	}
	if t, err = target.Load(file, os.LookupEnv); err != nil {
		stop()
		return nil, nil, fault{err}
	}
	t.File = ""
	return t, stop, nil
}

// serveArgs is the command line of the server, called by the name that this program was called by.
func serveArgs(e *target.Embedded, file string) []string {
	args := []string{os.Args[0], "serve", "--attached", "--target-out", file, "--seed", strconv.FormatUint(e.Seed, 10), "--latency", e.Latency.String()}
	if e.Licenses > 0 {
		args = append(args, "--licenses", strconv.Itoa(e.Licenses))
	}
	if e.Users > 0 {
		args = append(args, "--users", strconv.Itoa(e.Users))
	}
	for _, fault := range e.Faults {
		args = append(args, "--fault", fault)
	}
	for _, variant := range e.Variants {
		args = append(args, "--variant", variant)
	}
	return args
}
