//go:build unix

// Dredd: sends the request of each operation's example and compares the answer with the example's.

package main

import (
	"context"
	"path/filepath"
	"strings"
)

func runDredd(ctx context.Context, k *kit, t trial) (verdict, error) {
	report := filepath.Join(t.dir, "dredd.xml")
	args := []string{t.files[0], t.server.url + k.base[t.api], "--reporter", "xunit", "--output", report, "--no-color", "--loglevel", "error"}
	for _, file := range t.files[1:] {
		args = append(args, "--path", file)
	}
	for _, h := range k.credentials.header(t.api) {
		args = append(args, "--header", h[0]+":"+h[1])
	}
	cpu, problem, err := executed(ctx, t.dir, nil, filepath.Join(k.tools, "node_modules/.bin/dredd"), args...)
	if err != nil {
		return verdict{}, err
	}
	v := verdict{cpu: cpu, problem: problem}
	v.failures, err = junitFailures(report, func(name, text string) []string {
		text, _, _ = strings.Cut(text, "\nRequest:")
		var failures []string
		for line := range strings.Lines(strings.TrimPrefix(text, "Message:")) {
			if line = strings.TrimSpace(line); line != "" {
				failures = append(failures, shape(name)+" | "+indices.ReplaceAllString(shape(line), "[]"))
			}
		}
		return failures
	})
	if err != nil && v.problem == "" {
		v.problem = err.Error()
	}
	return v, nil
}
