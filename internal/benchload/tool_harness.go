// harness load: a scenario of one step.

package main

import (
	"fmt"
	"os"

	"harness/internal/evidence"
	"harness/internal/measure"
)

var harnessAll = tool{
	name: "harness load", program: "harness", checks: "status, type, schema, key",
	input: "bench.yaml", exits: []int{exitContract, exitNotJudged},
	command: func(b *bench, w work) ([]string, error) { return b.harness(w, "all") },
	said:    (*bench).harnessSaid,
}

var harnessNone = tool{
	name: "harness load --validate none", program: "harness", checks: "status",
	input: "bench.yaml", exits: []int{exitContract, exitNotJudged},
	command: func(b *bench, w work) ([]string, error) { return b.harness(w, "none") },
	said:    (*bench).harnessSaid,
}

// Exit codes of a run that still has figures: an objective was missed, or the machine was the bottleneck.
const (
	exitContract  = 1
	exitNotJudged = 3
)

func (b *bench) harness(w work, validate string) ([]string, error) {
	scenario := b.file("bench.yaml")
	pace := fmt.Sprintf("{kind: closed, workers: %d, duration: %s}", w.flight, w.duration)
	if w.rate > 0 {
		pace = fmt.Sprintf("{kind: constant, rate: %d/s, duration: %s}\nworkers: %d", w.rate, w.duration, w.flight)
	}
	text := fmt.Sprintf("name: bench\nsummary: one kind of request\nsteps:\n  - %s\npace: %s\n", w.feed, pace)
	if err := os.WriteFile(scenario, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return []string{b.program("harness"), "load", scenario, "--target", b.target, "--validate", validate, "--seed", "1", "--out", b.file("run")}, nil
}

// harnessSaid reads the evidence: response time, from when a request was due.
func (b *bench) harnessSaid(string) (said, error) {
	file, err := os.Open(b.file("run/run.jsonl"))
	if err != nil {
		return said{}, err
	}
	defer file.Close()
	run, err := evidence.Read(file)
	if err != nil {
		return said{}, err
	}
	sum := measure.Total(run.Ticks, measure.Key{}, measure.Counting)
	if sum.Violating > 0 {
		return said{}, fmt.Errorf("%d answers broke the contract: %v", sum.Violating, sum.Violations)
	}
	return said{sum.Answered - sum.Errors, sum.Response.Quantile(0.99), measure.Doubt(run.Ticks) != ""}, nil
}
