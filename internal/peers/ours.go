//go:build unix

// harness in the same frame as the others.

package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
)

func runHarness(ctx context.Context, k *kit, t trial) (verdict, error) {
	cpu, problem, err := executed(ctx, t.dir, nil, k.harness, "contract", "--target", t.server.target, "--api", t.api,
		"--seed", strconv.Itoa(t.seed), "--write", "json=report.json")
	if err != nil {
		return verdict{}, err
	}
	v := verdict{cpu: cpu, problem: problem}
	var report struct {
		Findings []struct{ Requirement, Operation, Verdict string }
	}
	data, err := os.ReadFile(filepath.Join(t.dir, "report.json"))
	if err == nil {
		err = json.Unmarshal(data, &report)
	}
	if err != nil && v.problem == "" {
		v.problem = err.Error()
	}
	for _, f := range report.Findings {
		if f.Verdict == "fail" {
			v.failures = append(v.failures, f.Operation+" | "+f.Requirement)
		}
	}
	return v, nil
}
