//go:build unix

// Starts the reference server for a tool, as whichever server the plan asks for.

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"harness/internal/target"
)

// running is a reference server that was started, and the file of a target that leads to it.
type running struct {
	url, target string
	stop        func()
}

// start runs the server in its own process, on the port given, and waits until it answers.
func (k *kit) start(ctx context.Context, s server, port int) (running, error) {
	file := filepath.Join(k.work, fmt.Sprintf("target-%d.yaml", port))
	args := []string{"serve", "--attached", "--addr", fmt.Sprintf("127.0.0.1:%d", port), "--target-out", file}
	switch s.Kind {
	case fault:
		args = append(args, "--fault", s.Name)
	case variant:
		args = append(args, "--variant", s.Name)
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, k.harness, args...)
	cmd.Dir = k.work
	in, err := cmd.StdinPipe()
	if err != nil {
		cancel()
		return running{}, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		cancel()
		return running{}, err
	}
	if err := cmd.Start(); err != nil {
		cancel()
		return running{}, err
	}
	stop := func() {
		in.Close()
		time.AfterFunc(5*time.Second, cancel)
		_ = cmd.Wait() // a server that was told to end has no news
		cancel()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.Contains(line, "http://") {
		stop()
		return running{}, fmt.Errorf("the reference server as %s %s did not start: %q", s.Kind, s.Name, line)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return running{url: fmt.Sprintf("http://127.0.0.1:%d", port), target: file, stop: stop}, nil
}

// credentials are what a tool sends with every request.
type credentials struct {
	clientName, clientSecret string
	bearer                   string // of a caller who holds every permission that an operation asks for
}

// header is what carries the credentials to an API, by name and value.
func (c credentials) header(api string) [][2]string {
	if api == "gotoaccount" {
		return [][2]string{{"ClientName", c.clientName}, {"ClientSecret", c.clientSecret}}
	}
	return [][2]string{{"Authorization", "Bearer " + c.bearer}}
}

// credentialsOf reads them out of the target that a reference server wrote. They are the same for every one.
func credentialsOf(t *target.Target) credentials {
	account := t.APIs["gotoaccount"].Credentials["default"].Headers
	return credentials{account["ClientName"], account["ClientSecret"], t.APIs["genesyscloud"].Credentials["granter"].Bearer}
}
