//go:build unix

// Plays the plan: lanes take one job after the other, and what was measured already is passed over.

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"harness/internal/target"
)

// kit is all that the tools have in common.
type kit struct {
	harness, tools, work string
	keep                 bool // what the tools wrote
	deadline             time.Duration
	lanes                int
	credentials          credentials
	base                 map[string]string    // of each API's document
	parts                map[string][]object  // documents without shared paths
	operations           map[string]operation // "gotoaccount getLicense"
	examples             []example
	files                map[string]map[string][]string // tool → API → documents in its dialect
}

// lane runs one job at a time, with its server always on the same port.
type lane struct {
	port    int
	proxies map[string][]*proxy
}

// prepare reads the documents, finds the examples on a clean server and writes both down for every tool.
func prepare(ctx context.Context, o options, work string) (*kit, error) {
	k := &kit{
		work: work, keep: o.work != "", deadline: o.deadline, lanes: o.lanes,
		base: map[string]string{}, parts: map[string][]object{}, operations: map[string]operation{}, files: map[string]map[string][]string{},
	}
	var err error
	if k.harness, err = filepath.Abs(o.harness); err != nil {
		return nil, err
	}
	if k.tools, err = filepath.Abs(o.tools); err != nil {
		return nil, err
	}
	for _, api := range apis {
		k.base[api] = bases[api]
		parts, operations, err := split(api, k.base[api])
		if err != nil {
			return nil, err
		}
		k.parts[api] = parts
		for name, op := range operations {
			k.operations[name] = op
		}
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	server, err := k.start(ctx, server{Kind: clean}, port)
	if err != nil {
		return nil, err
	}
	defer server.stop()
	t, err := target.Load(server.target, func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, err
	}
	k.credentials = credentialsOf(t)
	if k.examples, err = (asker{ctx, server.url, k.credentials}).examples(t, k.operations); err != nil {
		return nil, err
	}
	for _, tool := range tools {
		k.files[tool.name] = map[string][]string{}
		for _, api := range apis {
			if k.files[tool.name][api], err = k.documents(api, tool.name, tool.dialect); err != nil {
				return nil, err
			}
		}
	}
	return k, nil
}

// play runs what was not yet measured.
func (k *kit) play(ctx context.Context, plan []job, kept *keptFile, log io.Writer) error {
	var todo []job
	for _, j := range plan {
		if !kept.has(j) {
			todo = append(todo, j)
		}
	}
	fmt.Fprintf(log, "peers: %d of %d runs to do\n", len(todo), len(plan))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	jobs := make(chan job)
	var lanes sync.WaitGroup
	for range k.lanes {
		port, err := freePort()
		if err != nil {
			return err
		}
		lanes.Go(func() {
			l := &lane{port: port, proxies: map[string][]*proxy{}}
			defer l.stop()
			for j := range jobs {
				o, err := k.one(ctx, j, l)
				if err == nil && ctx.Err() == nil {
					err = kept.add(o)
				}
				if err != nil {
					cancel(fmt.Errorf("%s on %s %s: %w", j.tool.name, j.server.Kind, j.server.Name, err))
					return
				}
				fmt.Fprintf(log, "%s %-12s %-7s %-36s %-12s %3d failures %5.1fs cpu %5.1fs %s\n",
					time.Now().UTC().Format("15:04:05"), o.Tool, o.Kind, o.Name, o.API, len(o.Failures), o.CPU, o.Seconds, o.Problem)
			}
		})
	}
	func() {
		defer close(jobs)
		for _, j := range todo {
			select {
			case jobs <- j:
			case <-ctx.Done():
				return
			}
		}
	}()
	lanes.Wait()
	return context.Cause(ctx)
}

// one runs one tool on one server.
func (k *kit) one(ctx context.Context, j job, l *lane) (outcome, error) {
	server, err := k.start(ctx, j.server, l.port)
	if err != nil {
		return outcome{}, err
	}
	defer server.stop()
	dir, err := os.MkdirTemp(k.work, j.tool.name)
	if err != nil {
		return outcome{}, err
	}
	if !k.keep {
		defer os.RemoveAll(dir)
	}
	limited, cancel := context.WithTimeout(ctx, k.deadline)
	defer cancel()
	began := time.Now()
	v, err := j.tool.run(limited, k, trial{j.server.API, server, k.files[j.tool.name][j.server.API], dir, j.seed, l})
	if err != nil {
		return outcome{}, err
	}
	return outcome{
		server: j.server, Tool: j.tool.name, Seed: j.seed, Failures: once(v.failures), Problem: v.problem,
		Seconds: time.Since(began).Seconds(), CPU: v.cpu,
	}, nil
}

// stop ends the proxies of a lane.
func (l *lane) stop() {
	for _, started := range l.proxies {
		for _, p := range started {
			_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
			_ = p.cmd.Wait()
		}
	}
}

// freePort is a port of loopback that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// cpuOf is the CPU time that a process has used so far, in seconds; 0 where /proc does not tell.
func cpuOf(pid int) float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	var ticks float64
	for _, field := range fields[11:13] { // user and system, in hundredths
		n, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return 0
		}
		ticks += n
	}
	return ticks / 100
}
