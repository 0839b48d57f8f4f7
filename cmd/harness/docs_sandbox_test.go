// The folder in which the command lines of the manual are run, with the files that it speaks of.

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// wrapper stands before the command, so that a line takes a second and not minutes, and leaves its exit code behind. A
// list of known failures is begun anew by each line that adds to it: the manual shows such lines beside each other.
const wrapper = `#!/bin/sh
case $1 in
serve)
	echo $$ >>"$BOX/pids"
	exec "$HARNESS" "$@" ;;
init)
	cd "$(mktemp -d "$BOX/init.XXXXXX")" ;;
load)
	if test "$2" != --help && mkdir "$BOX/played" 2>/dev/null; then set -- "$@" --duration 1s; else set -- "$@" --dry-run; fi ;;
contract)
	case " $* " in *--quick*|*--requirement*|*--operation*|*--dry-run*) ;; *) set -- "$@" --quick ;; esac ;;
mutants)
	case " $* " in *--fault*|*--variant*) ;; *) set -- "$@" --fault start-inclusive-ignored ;; esac ;;
accept)
	case " $* " in *--renew*|*--prune*) ;; *) rm -f known-failures.yaml ;; esac ;;
esac
"$HARNESS" "$@"
code=$?
echo "$code $*" >>"$BOX/codes"
exit $code
`

// faults are those of the server that stands for somebody's staging: they break what the manual shows as broken.
var faults = []string{"start-inclusive-ignored", "account-float-lookup"}

// prepare makes the folder from which each page gets a copy, and starts the server that stands for staging.
func prepare(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	real, err := exec.LookPath("harness")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(codes []int, args ...string) {
		t.Helper()
		c := exec.Command(real, args...)
		c.Dir = dir
		out, err := c.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		for _, code := range codes {
			if c.ProcessState.ExitCode() == code {
				return
			}
		}
		t.Fatalf("harness %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	serve := exec.Command(real, "serve", "--attached", "--licenses", "200", "--users", "60", "--target-out", "local.yaml", "--fault", faults[0], "--fault", faults[1])
	serve.Dir = dir
	held, err := serve.StdinPipe()
	if err == nil {
		err = serve.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = held.Close(); _ = serve.Wait() })
	until(t, filepath.Join(dir, "local.yaml"))
	local, err := os.ReadFile(filepath.Join(dir, "local.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write("staging.yaml", strings.Replace(string(local), "name: local", "name: staging", 1))
	if err := os.Remove(filepath.Join(dir, "local.yaml")); err != nil {
		t.Fatal(err)
	}
	write("target.yaml", strings.Replace(string(local), "name: local", "name: target", 1))
	write("good.yaml", "name: staging\nembedded: {licenses: 200, users: 60}\n")
	for _, name := range []string{"night-export.yaml", "my-scenario.yaml", "bench.yaml"} {
		write(name, "steps: [{operation: getLicense}]\npace: {kind: constant, rate: 20/s, duration: 1s}\n")
	}
	for api, names := range map[string][]string{
		"gotoaccount": {"api/openapi.yaml"}, "genesyscloud": {"old.yaml", "new.yaml", "theirs.yaml", "specs/genesyscloud/openapi.yaml"},
	} {
		document, err := os.ReadFile(filepath.Join(repository, "specs", api, "openapi.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			write(name, string(document))
		}
	}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"}, {"add", "specs"}, {"-c", "user.name=n", "-c", "user.email=n@localhost", "commit", "-q", "-m", "specs"},
	} {
		c := exec.Command("git", args...)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	earlier := make(chan struct{})
	go func() {
		defer close(earlier)
		c := exec.Command(real, "contract", "--target", "good.yaml", "--quick", "--seed", "1", "--out", "reports/earlier")
		c.Dir = dir
		_ = c.Run() // what needs it says what is missing
	}()
	ask([]int{1}, "contract", "--target", "staging.yaml", "--seed", "1", "--out", "reports/latest", "--store", "reports/history")
	<-earlier
	story, err := txtar.ParseFile("testdata/script/load_accept.txtar") // a load run that misses an objective on any machine
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range story.Files {
		if file.Name == "run/run.jsonl" {
			write("reports/load/run.jsonl", string(file.Data))
		}
	}
	if err := os.CopyFS(filepath.Join(dir, "reports/base"), os.DirFS(filepath.Join(dir, "reports/earlier"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// until waits for a file.
func until(t *testing.T, file string) {
	t.Helper()
	for range 200 {
		if info, err := os.Stat(file); err == nil && info.Size() > 0 {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("%s did not appear within 5 s", file)
}

// sandbox is the folder of one page.
type sandbox struct {
	dir     string          // in which its lines run
	beside  string          // holds the command, and what it leaves behind
	targets map[string]bool // of the Makefile
	make    string
	last    string // what the last line printed
}

func newSandbox(t *testing.T, prepared string) *sandbox {
	t.Helper()
	b := &sandbox{dir: t.TempDir(), beside: t.TempDir(), targets: map[string]bool{}}
	if err := errors.Join(
		os.CopyFS(b.dir, os.DirFS(prepared)),
		os.WriteFile(filepath.Join(b.beside, "harness"), []byte(wrapper), 0o755),
		os.Mkdir(filepath.Join(b.dir, "bin"), 0o755),
		os.Symlink(filepath.Join(b.beside, "harness"), filepath.Join(b.dir, "bin/harness")),
	); err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile(filepath.Join(repository, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	b.make = string(makefile)
	for _, rule := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(b.make, -1) {
		b.targets[rule[1]] = true
	}
	t.Cleanup(b.end)
	return b
}

// makes says why a line of make is wrong, "" if it is not.
func (b *sandbox) makes(line string) string {
	line, _, _ = strings.Cut(line, " #")
	for _, arg := range strings.Fields(line)[1:] {
		if name, _, set := strings.Cut(arg, "="); set {
			if !strings.Contains(b.make, "$("+name+")") && !strings.Contains(b.make, "$(or $("+name+")") {
				return "the Makefile has no variable " + name
			}
		} else if !b.targets[arg] {
			return "the Makefile has no target " + arg
		}
	}
	return ""
}

var day = regexp.MustCompile(`\b20\d\d-\d\d-\d\d\b`)

// run runs a line, and says what is wrong with it: "" if it did what it says, and be it that it found something broken.
func (b *sandbox) run(line string) string {
	line = day.ReplaceAllString(line, time.Now().AddDate(0, 0, 20).Format(time.DateOnly)) // a day of the manual passes
	served := regexp.MustCompile(`^\S+ serve .*--target-out (\S+)`).FindStringSubmatch(line)
	if served != nil {
		_ = os.Remove(filepath.Join(b.dir, served[1]))
	}
	out, err := os.Create(filepath.Join(b.beside, "output")) // a file, not a pipe: a server that goes on would hold it open
	if err != nil {
		return err.Error()
	}
	defer func() { _ = out.Close() }()
	real, err := exec.LookPath("harness")
	if err != nil {
		return err.Error()
	}
	codes := filepath.Join(b.beside, "codes")
	_ = os.Remove(codes)
	c := exec.Command("sh", "-c", line)
	c.Dir, c.Stdout, c.Stderr = b.dir, out, out
	c.Env = append(os.Environ(), "BOX="+b.beside, "HARNESS="+real, "PATH="+b.beside+string(os.PathListSeparator)+os.Getenv("PATH"), "XDG_STATE_HOME="+b.beside)
	failed := c.Run()
	if served != nil && failed != nil {
		return failed.Error()
	}
	printed, err := os.ReadFile(out.Name())
	if err != nil {
		return err.Error()
	}
	b.last = string(printed)
	if served != nil {
		for range 200 {
			printed, _ := os.ReadFile(out.Name())
			if b.last = string(printed); strings.HasSuffix(b.last, "target file "+served[1]+"\n") {
				return ""
			}
			time.Sleep(25 * time.Millisecond)
		}
		return "it did not say that it serves, with the target file " + served[1] + "\n" + b.last
	}
	ended, _ := os.ReadFile(codes)
	if len(ended) == 0 {
		return fmt.Sprintf("harness was not run: %v\n%s", failed, b.last)
	}
	for each := range strings.Lines(string(ended)) {
		code, command, _ := strings.Cut(strings.TrimSpace(each), " ")
		switch code {
		case "0", "1", "4", "5": // it has judged
		case "3": // so has it, where that is the question, or where a machine that is busy makes a load run invalid
			if begins(command, "can-deploy", "load ", "compare ") {
				continue
			}
			fallthrough
		default:
			return fmt.Sprintf("harness %s: exit %s\n%s", command, code, b.last)
		}
	}
	return ""
}

// exchange is one that departed in the latest run, "none" if there is no such thing.
func (b *sandbox) exchange() string {
	data, _ := os.ReadFile(filepath.Join(b.dir, "reports/latest/report.json"))
	var report struct {
		Findings []struct {
			Verdict  string
			Evidence []string
		}
	}
	_ = json.Unmarshal(data, &report) // what is not there is not found
	for _, f := range report.Findings {
		if f.Verdict == "fail" && len(f.Evidence) > 0 {
			return f.Evidence[0]
		}
	}
	return "none"
}

// end stops the servers that the page has started.
func (b *sandbox) end() {
	pids, _ := os.ReadFile(filepath.Join(b.beside, "pids"))
	for _, pid := range strings.Fields(string(pids)) {
		if n, err := strconv.Atoi(pid); err == nil {
			if p, err := os.FindProcess(n); err == nil {
				_ = p.Signal(syscall.SIGTERM)
			}
		}
	}
}
