//go:build unix

// What was measured, one line a run, so that an interrupted comparison goes on.

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// outcome is what one tool said of one server.
type outcome struct {
	server
	Tool string `json:"tool"`
	Seed int    `json:"seed"`
	// Failures are what the tool complained of, each once: operation, check and the shape of the message.
	Failures []string `json:"failures"`
	// Problem says why the tool came to no result, or to part of one; "" when it ended by itself.
	Problem string  `json:"problem,omitempty"`
	Seconds float64 `json:"seconds"` // by the clock
	CPU     float64 `json:"cpu"`     // seconds of the tool, without the server
}

// keptFile is every outcome so far, on disk and in memory.
type keptFile struct {
	mu   sync.Mutex
	file *os.File
	by   map[string]outcome
}

func key(tool string, s server) string { return tool + " " + s.Kind + " " + s.Name + " " + s.API }

func openKept(dir string) (*keptFile, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	name := filepath.Join(dir, "outcomes.jsonl")
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	k := &keptFile{file: file, by: map[string]outcome{}}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		var o outcome
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		k.by[key(o.Tool, o.server)] = o
	}
	return k, lines.Err()
}

func (k *keptFile) has(j job) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.by[key(j.tool.name, j.server)]
	return ok
}

func (k *keptFile) add(o outcome) error {
	line, err := json.Marshal(o)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.by[key(o.Tool, o.server)] = o
	_, err = k.file.Write(append(line, '\n'))
	return err
}
