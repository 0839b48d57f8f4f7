// What is measured: one file a tool says how it is called and what it tells.

package main

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// tool is one way to send the requests.
type tool struct {
	name    string // as the table has it
	program string
	checks  string // what it holds each answer against, as it is called here
	input   string // the file that says what is sent, where the command line does not
	exits   []int  // exit codes that are no failure, beside 0
	// command is what is run for a work; the bench's header goes along with each request.
	command func(*bench, work) ([]string, error)
	// said reads what the tool told at its end.
	said func(b *bench, text string) (said, error)
	// unable says why the tool has no such work; nil for one that can do all.
	unable func(work) string
}

// said is what a tool tells of its run.
type said struct {
	answered int64         // with status 200
	p99      time.Duration // of its latency
	doubted  bool
}

var errNoReport = errors.New("no report")

// tools are all that are compared, in the order of the table.
var tools = []tool{harnessAll, harnessNone, vegeta, k6, wrk, bombardier, fortio, oha}

// version is what a program says of itself, or what it was built from.
func version(path string) string {
	if info, err := buildinfo.ReadFile(path); err == nil {
		return info.Main.Version
	}
	for _, flag := range []string{"--version", "-v"} {
		text, _ := exec.Command(path, flag).CombinedOutput() // wrk ends with 1 whatever it is asked
		for _, word := range strings.Fields(string(text)) {
			if strings.ContainsAny(word, "0123456789") {
				return word
			}
		}
	}
	return "unknown"
}

// inSeconds is a duration as every tool reads it.
func inSeconds(d time.Duration) string { return fmt.Sprintf("%gs", d.Seconds()) }
