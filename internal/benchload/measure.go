// One turn of one tool: what it cost, and what the server saw of it.

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Turn is what one tool came to in one round. Times are in seconds.
type Turn struct {
	Requests     int64   `json:"requests"`
	CPU          float64 `json:"cpu"`                    // of the tool, user and system
	Instructions int64   `json:"instructions,omitempty"` // 0 where perf counts none
	RSS          int64   `json:"rss"`                    // bytes, at its most
	Rate         float64 `json:"rate"`                   // requests that arrived a second
	Late         float64 `json:"late,omitempty"`         // behind an even schedule, at the median
	Glued        float64 `json:"glued,omitempty"`        // share of the requests
	P99          float64 `json:"p99,omitempty"`          // as the tool tells it
	Doubted      bool    `json:"doubted,omitempty"`      // by the tool itself: its figures are its own and not the server's
}

// apart is the length of the short run that a turn begins with.
const apart = time.Second

// turn lets a tool do its work. What it costs to start is measured by a run of a second beside it, and taken off, unless
// there is a stall: nobody asks what that costs.
func (b *bench) turn(ctx context.Context, t tool, w work) (Turn, error) {
	if w.order.StallAt > 0 {
		return b.once(ctx, t, w)
	}
	short := w
	short.duration = apart
	before, err := b.once(ctx, t, short)
	if err != nil {
		return Turn{}, err
	}
	w.duration += apart
	whole, err := b.once(ctx, t, w)
	if err != nil {
		return Turn{}, err
	}
	whole.Requests -= before.Requests
	whole.CPU -= before.CPU
	whole.Instructions -= before.Instructions
	return whole, nil
}

// once lets a tool do its work once.
func (b *bench) once(ctx context.Context, t tool, w work) (Turn, error) {
	if err := b.give(ctx, w.order); err != nil {
		return Turn{}, err
	}
	command, err := t.command(b, w)
	if err != nil {
		return Turn{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, w.duration+time.Minute)
	defer cancel()
	done, text, err := b.measure(ctx, command, t.exits)
	if err != nil {
		return Turn{}, fmt.Errorf("%s: %w", filepath.Base(command[0]), err)
	}
	came, err := b.came(ctx)
	if err != nil {
		return Turn{}, err
	}
	span := w.duration - apart/2
	done.Requests, done.Rate = came.Requests, sustained(came.Stamps, span)
	if w.rate > 0 && w.order.StallAt == 0 {
		late, glued := punctual(came.Stamps, span)
		done.Late, done.Glued = late.Seconds(), glued
	}
	said, err := t.said(b, text)
	if err != nil {
		return Turn{}, fmt.Errorf("%s: %w\n%s", filepath.Base(command[0]), err, text)
	}
	done.P99, done.Doubted = said.p99.Seconds(), said.doubted
	// A tool that miscounts, or whose requests are refused, is not compared.
	if said.answered > came.Requests || came.Requests-said.answered > int64(w.flight)+came.Requests/100+mostLooking {
		return Turn{}, fmt.Errorf("%s tells %d answers of %d requests\n%s", filepath.Base(command[0]), said.answered, came.Requests, text)
	}
	return done, nil
}

// mostLooking is how many requests may go into looking for data.
const mostLooking = 500

// measure runs a command, under perf where that counts instructions, and says what it cost. Other exit codes than 0 and
// the allowed ones are an error.
func (b *bench) measure(ctx context.Context, line []string, allowed []int) (Turn, string, error) {
	counts := b.file("perf")
	if b.counting {
		line = append([]string{"perf", "stat", "-x,", "-e", "instructions", "-o", counts}, line...)
	}
	command := exec.CommandContext(ctx, line[0], line[1:]...)
	var text strings.Builder
	command.Stdout, command.Stderr = &text, &text
	if err := command.Start(); err != nil {
		return Turn{}, "", err
	}
	ended, most := make(chan struct{}), make(chan int64)
	go func() { most <- watch(command.Process.Pid, ended) }()
	err := command.Wait()
	close(ended)
	rss := <-most
	if code := command.ProcessState.ExitCode(); code != 0 && !slices.Contains(allowed, code) {
		return Turn{}, "", fmt.Errorf("%w\n%s", err, text.String())
	}
	t := Turn{CPU: (command.ProcessState.UserTime() + command.ProcessState.SystemTime()).Seconds(), RSS: rss}
	if b.counting {
		t.Instructions = readCount(counts)
	}
	return t, text.String(), nil
}

// watch reads the most memory that a process has had until it ends, or its child where perf stands between. What the
// kernel tells at the end would have the memory of the one who started it in it.
func watch(pid int, ended <-chan struct{}) int64 {
	var most int64
	for {
		look := children(pid)
		if len(look) == 0 {
			look = []int{pid}
		}
		for _, p := range look {
			most = max(most, highWater(p))
		}
		select {
		case <-ended:
			return most
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func children(pid int) []int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)) // nothing to read is no child
	var all []int
	for _, field := range strings.Fields(string(text)) {
		if n, err := strconv.Atoi(field); err == nil {
			all = append(all, n)
		}
	}
	return all
}

func highWater(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // nothing to read is no memory
	for line := range strings.SplitSeq(string(text), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			n, _ := strconv.ParseInt(fields[1], 10, 64)
			return n << 10
		}
	}
	return 0
}

// countsInstructions says whether perf counts instructions here; many virtual machines do not let it.
func countsInstructions() bool {
	text, err := exec.Command("perf", "stat", "-x,", "-e", "instructions", "true").CombinedOutput()
	return err == nil && !strings.Contains(string(text), "not supported")
}

func readCount(file string) int64 {
	text, _ := os.ReadFile(file) // nothing to read is no count
	for line := range strings.SplitSeq(string(text), "\n") {
		if fields := strings.Split(line, ","); len(fields) > 2 && strings.HasPrefix(fields[2], "instructions") {
			n, _ := strconv.ParseInt(fields[0], 10, 64)
			return n
		}
	}
	return 0
}
