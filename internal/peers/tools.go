//go:build unix

// The tools, each with the configuration that its own documentation recommends.

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// tool is one way to test a server. run returns every failure, each once, and says what it cost.
type tool struct {
	name, version string
	dialect       dialect
	command       string // as a reader would type it
	configured    string // in words
	notMadeFor    string
	run           func(context.Context, *kit, trial) (verdict, error)
}

// trial is one tool before one server.
type trial struct {
	api    string
	server running
	files  []string // the documents, in the tool's dialect
	dir    string   // an empty folder of its own
	seed   int
	lane   *lane
}

// verdict is what a tool said and what it took.
type verdict struct {
	failures []string
	problem  string
	cpu      float64
}

func toolNames() []string {
	var names []string
	for _, t := range tools {
		names = append(names, t.name)
	}
	return names
}

// tools in the order of the tables. The versions are those that .ci/install-peers installs.
var tools = []tool{
	{
		name: "harness", command: "harness contract --target staging.yaml --api gotoaccount --seed 1 --write json=report.json", run: runHarness,
		configured: "As it comes: a target file with the credentials, no document and no example.",
	},
	{
		name: "schemathesis", version: "4.32.5", run: runSchemathesis,
		command: "schemathesis run DOCUMENT --url URL --header … --checks all --continue-on-failure --max-examples 100 " +
			"--suppress-health-check all --seed N --report ndjson",
		configured: "Once for each part of the document. All checks and all phases (examples, coverage, fuzzing, stateful); credentials as headers; every example of the " +
			"document; `--continue-on-failure`, as its guide to finding most asks for.",
		notMadeFor: "What an answer means beside another one: a document has no word for what filters, ranges and batches select. It was made " +
			"to find crashes, answers outside the schema and input that is wrongly taken or refused.",
	},
	{
		name: "specmatic", version: "2.55.1", dialect: dialect{spelledOut: true, plain: true, lists: true}, run: runSpecmatic,
		command: "java -jar specmatic.jar test --testBaseURL=URL --junitReportDir=DIR DOCUMENT…",
		configured: "Credentials from the environment, by the name of their scheme; every example inline, request and answer by " +
			"one name; resiliency tests left off, as they are unless asked for: with them it had not ended after two minutes on the account " +
			"service. Statuses are spelled out (400, 401, 404, 500), because this version ends with \"List has more than one element\" on " +
			"a document with `4XX`; lists in paths and queries are strings, because it writes them with brackets; and licences in examples hold their declared members, because it refuses lists of mixed kinds.",
		notMadeFor: "Values: it holds answers against types and statuses. It was made for services whose examples are set up for it.",
	},
	{
		name: "dredd", version: "14.1.0", dialect: dialect{single: true, plain: true, texts: true}, run: runDredd,
		command: "dredd DOCUMENT URL --path DOCUMENT… --header … --reporter xunit --output FILE",
		configured: "Credentials as headers; one example an operation, since it reads one; the answer of a clean server as the example " +
			"of the response, which it compares by structure. Keys in paths are strings, because it would round them as numbers.",
		notMadeFor: "More than one request an operation, and refusals. Its support for OpenAPI 3 is called experimental, and it is archived.",
	},
	{
		name: "prism", version: "5.16.0", dialect: dialect{wide: true, texts: true}, run: runPrism,
		command: "prism proxy DOCUMENT URL --port PORT",
		configured: "One proxy for each part of the document, left running, since it looks at traffic and not at a server; what it writes " +
			"into sl-violations of an answer is a failure. The traffic " +
			"is every example, once, and requests for what is unknown. Integers are not said to be int64, which it takes to end at 2^53, and " +
			"lists in paths are strings, because it ends with a TypeError at a list of two.",
		notMadeFor: "Asking: it sends nothing by itself, and judges what passes, by types, members, statuses and headers.",
	},
}

// executed runs a program in a folder and returns its CPU time. Whatever it printed goes to output.log there. A program
// that fails is no error here: what it found stands in its report.
func executed(ctx context.Context, dir string, env []string, name string, args ...string) (cpu float64, problem string, err error) {
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	failed := cmd.Run()
	if err := os.WriteFile(filepath.Join(dir, "output.log"), output.Bytes(), 0o644); err != nil {
		return 0, "", err
	}
	if cmd.ProcessState == nil {
		return 0, "", fmt.Errorf("%s: %w", name, failed)
	}
	cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		problem = "ended at the deadline"
	}
	return cpu, problem, nil
}

var (
	quoted  = regexp.MustCompile(`"[^"]*"|'[^']*'|` + "`[^`]*`")
	numbers = regexp.MustCompile(`-?\d[\d.eE+-]*`)
	ids     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)
	spaces  = regexp.MustCompile(`\s+`)
)

// shape is a message without what differs from request to request: ids, numbers, and what stands in quotes.
func shape(message string) string {
	message = ids.ReplaceAllString(message, "#")
	message = quoted.ReplaceAllString(message, "…")
	message = numbers.ReplaceAllString(message, "#")
	message = strings.TrimSpace(spaces.ReplaceAllString(message, " "))
	if runes := []rune(message); len(runes) > 300 {
		message = string(runes[:300])
	}
	return message
}

// once sorts failures and leaves each there once.
func once(failures []string) []string {
	slices.Sort(failures)
	return slices.Compact(failures)
}
