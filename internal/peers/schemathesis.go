//go:build unix

// Schemathesis: generates requests from the document and holds answers against it.

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func runSchemathesis(ctx context.Context, k *kit, t trial) (verdict, error) {
	var v verdict
	for i, document := range t.files {
		events := filepath.Join(t.dir, fmt.Sprintf("events-%d.ndjson", i))
		args := []string{
			"run", document, "--url", t.server.url + k.base[t.api], "--checks", "all", "--continue-on-failure", "--max-examples", "100",
			"--suppress-health-check", "all", "--seed", strconv.Itoa(t.seed), "--generation-database", "none", "--no-color",
			"--report", "ndjson", "--report-ndjson-path", events,
		}
		for _, h := range k.credentials.header(t.api) {
			args = append(args, "--header", h[0]+": "+h[1])
		}
		cpu, problem, err := executed(ctx, t.dir, nil, filepath.Join(k.tools, "schemathesis/bin/schemathesis"), args...)
		if err != nil {
			return v, err
		}
		v.cpu += cpu
		if problem != "" {
			v.problem = problem
		}
		failures, err := schemathesisFailures(events)
		if err != nil && v.problem == "" {
			v.problem = err.Error()
		}
		v.failures = append(v.failures, failures...)
	}
	return v, nil
}

// schemathesisFailures reads the failed checks out of its events.
func schemathesisFailures(file string) ([]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	type failure struct{ Type, Operation, Title, Message string }
	var failures []string
	untested := 0
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<28)
	for lines.Scan() {
		var event struct {
			NonFatalError    json.RawMessage // an operation that it could not test
			ScenarioFinished struct {
				Recorder struct {
					Label  string
					Checks map[string][]struct {
						Name        string
						Status      string
						FailureInfo struct{ Failure failure } `json:"failure_info"`
					}
				}
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			return failures, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		if event.NonFatalError != nil {
			untested++
		}
		for _, checks := range event.ScenarioFinished.Recorder.Checks {
			for _, c := range checks {
				if c.Status == "failure" {
					f := c.FailureInfo.Failure
					// What follows tells how the request was drawn, which is another one with every seed.
					message, _, _ := strings.Cut(f.Message, "Invalid component:")
					message, _, _ = strings.Cut(message, "Hint:")
					failures = append(failures, f.Operation+" | "+f.Type+" | "+shape(message))
				}
			}
		}
	}
	if err := lines.Err(); err != nil {
		return failures, err
	}
	if untested > 0 {
		return failures, fmt.Errorf("it could not test something, %d times", untested)
	}
	return failures, nil
}
