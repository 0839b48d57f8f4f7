// The examples for pipelines, run as a pipeline would run them: every shell line is taken from its file, and meets the
// embedded reference server.

package pipelines_test

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/joshdk/go-junit"

	"harness/pipelines"
)

// own is a pipeline of somebody's own, made of the examples.
var own = pipelines.Settings{
	Target: "staging.yaml", Known: "known-failures.yaml", From: "owner/harness@v1",
	Secrets: []string{"GOTO_CLIENT_SECRET"}, Variables: []string{"GOTO_URL"}, Optional: []string{"GENESYS_TOKEN_BARE"},
}

// both are the example of a kind, and what it becomes with somebody's settings.
func both(t *testing.T, kind, example string) map[string]string {
	t.Helper()
	all := map[string]string{"the example": read(t, filepath.Join(root, "pipelines", example))}
	for _, k := range pipelines.Kinds {
		if k.Name != kind {
			continue
		}
		text, err := k.Make(own)
		if err != nil {
			t.Fatal(err)
		}
		all["one's own"] = text
	}
	if len(all) != 2 {
		t.Fatalf("no kind %s", kind)
	}
	return all
}

// root is the folder of the project, absolute.
var root = func() string {
	dir, err := filepath.Abs("..")
	if err != nil {
		panic(err)
	}
	return dir
}()

// harness is the program as the container has it; see TestMain.
var harness string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "pipelines")
		if err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		harness = filepath.Join(dir, "harness")
		build := containerBuild()
		cmd := exec.Command("sh", "-c", strings.ReplaceAll(build, "-o /harness", "-o "+harness))
		cmd.Dir, cmd.Stderr = root, os.Stderr
		if err := cmd.Run(); err != nil {
			panic(build + ": " + err.Error())
		}
		return m.Run()
	}())
}

// containerBuild is the line of the Containerfile that builds the program.
func containerBuild() string {
	for _, i := range instructions() {
		if i.name == "RUN" && strings.Contains(i.args, "go build") {
			return i.args
		}
	}
	panic("no instruction of pipelines/Containerfile builds the program")
}

// faulty is a target that breaks one promise.
const faulty = "name: faulty\nembedded:\n  faults: [start-inclusive-ignored]\n"

// few keeps a run short: one requirement, that the faulty target breaks.
const few = "--seed 1 --requirement GOTO-SCAN-KEY-07"

// shell runs a script as that pipeline does, in a folder of its own, and returns its exit code and what it printed.
func shell(t *testing.T, dir string, with []string, script string, env map[string]string) (int, string) {
	t.Helper()
	if out, err := exec.Command(with[0], "-n", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("%s -n: %v\n%s\n%s", with[0], err, out, script)
	}
	file := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, with[0], append(with[1:], file)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(harness)+string(os.PathListSeparator)+os.Getenv("PATH"))
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v\n%s", err, out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// passed says whether a JUnit file holds tests, and none that failed.
func passed(t *testing.T, file string) bool {
	t.Helper()
	suites, err := junit.IngestFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tests, bad := 0, 0
	for _, suite := range suites {
		tests += suite.Totals.Tests
		bad += suite.Totals.Failed + suite.Totals.Error
	}
	return tests > 0 && bad == 0
}

// unmarshal reads YAML into what this test knows of it.
func unmarshal(t *testing.T, file string, into any) {
	t.Helper()
	unmarshalText(t, read(t, filepath.Join(root, file)), into)
}

func unmarshalText(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// step is one step of a GitHub workflow or action.
type step struct {
	ID    string            `yaml:"id"`
	Uses  string            `yaml:"uses"`
	Shell string            `yaml:"shell"`
	Run   string            `yaml:"run"`
	With  map[string]string `yaml:"with"`
	Env   map[string]string `yaml:"env"`
}

type action struct {
	Inputs map[string]struct {
		Default string `yaml:"default"`
	} `yaml:"inputs"`
	Outputs map[string]struct {
		Value string `yaml:"value"`
	} `yaml:"outputs"`
	Runs struct {
		Using string `yaml:"using"`
		Steps []step `yaml:"steps"`
	} `yaml:"runs"`
}

// expression is one ${{ }} of GitHub's.
var expression = regexp.MustCompile(`\$\{\{ *([a-z_.-]+) *\}\}`)

// github runs the steps of the action that have a script, as GitHub does, and returns the exit code, the log, the
// outputs and the summary. Temp is the runner's folder; what was built there before is not built again.
func github(t *testing.T, dir, temp string, with map[string]string) (code int, log string, outputs map[string]string, summary string) {
	t.Helper()
	var a action
	unmarshal(t, "action.yml", &a)
	values := map[string]string{"github.action_path": root, "runner.temp": temp}
	for name, input := range a.Inputs {
		values["inputs."+name] = input.Default
	}
	for name, value := range with {
		if _, known := a.Inputs[name]; !known {
			t.Fatalf("action.yml has no input %q", name)
		}
		values["inputs."+name] = value
	}
	outputFile, summaryFile := filepath.Join(temp, "output"), filepath.Join(temp, "summary")
	write(t, temp, "output", "")
	write(t, temp, "summary", "")
	for _, s := range a.Runs.Steps {
		if s.Run == "" || s.ID == "build" && exists(filepath.Join(temp, "harness")) {
			continue
		}
		if strings.Contains(strings.ReplaceAll(s.Run, "\n", " "), "${{") {
			t.Errorf("step %s: an expression inside a script is run as part of it", s.ID)
		}
		env := map[string]string{"GITHUB_OUTPUT": outputFile, "GITHUB_STEP_SUMMARY": summaryFile}
		for name, value := range s.Env {
			env[name] = expression.ReplaceAllStringFunc(value, func(e string) string {
				value, known := values[expression.FindStringSubmatch(e)[1]]
				if !known {
					t.Errorf("step %s: %s is unknown", s.ID, e)
				}
				return value
			})
		}
		if code, log = shell(t, dir, []string{"bash", "--noprofile", "--norc", "-eo", "pipefail"}, s.Run, env); code != 0 {
			break
		}
	}
	outputs = map[string]string{}
	for line := range strings.Lines(read(t, outputFile)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		outputs[name] = value
	}
	for name, output := range a.Outputs {
		if _, set := outputs[name]; !set || output.Value != "${{ steps.test.outputs."+name+" }}" {
			t.Errorf("output %s is not set by the step named test: %v", name, outputs)
		}
	}
	return code, log, outputs, read(t, summaryFile)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func TestGitHubAction(t *testing.T) {
	dir, temp := t.TempDir(), t.TempDir()
	write(t, dir, "faulty.yaml", faulty)

	code, log, outputs, summary := github(t, dir, temp, map[string]string{"args": few})
	if code != 0 || outputs["exit-code"] != "0" || !strings.HasPrefix(summary, "# harness: green") || !strings.Contains(log, "\n::notice title=") {
		t.Errorf("embedded: exit %d, outputs %v, log\n%s\nsummary\n%s", code, outputs, log, summary)
	}
	if !passed(t, filepath.Join(dir, outputs["junit"])) {
		t.Error("JUnit has failures although the run is green")
	}

	code, log, outputs, summary = github(t, dir, temp, map[string]string{"args": few, "target": "faulty.yaml"})
	if code != 1 || outputs["exit-code"] != "1" || !strings.HasPrefix(summary, "# harness: broken: 1 MUST") ||
		!strings.Contains(log, "\n::error file=specs/gotoaccount/openapi.yaml,line=") {
		t.Errorf("faulty: exit %d, outputs %v, log\n%s\nsummary\n%s", code, outputs, log, summary)
	}
	for _, name := range []string{"report", "summary", "junit", "sarif"} {
		if info, err := os.Stat(filepath.Join(dir, outputs[name])); err != nil || info.Size() == 0 {
			t.Errorf("output %s: %v", name, err)
		}
	}
	// What a server said stands where the runner takes no commands.
	_, quoted, _ := strings.Cut(log, "::stop-commands::")
	token, quoted, _ := strings.Cut(quoted, "\n")
	if before, _, found := strings.Cut(quoted, "::"+token+"::"); !found || len(token) != 32 || !strings.Contains(before, "FAIL  GOTO-SCAN-KEY-07") {
		t.Errorf("the report is not between stop-commands and its token:\n%s", log)
	}

	// Nothing of the earlier run is taken for this one's.
	code, log, outputs, summary = github(t, dir, temp, map[string]string{"args": "--requirement GOTO-SCAN-KEY-7"})
	if code != 2 || outputs["exit-code"] != "2" || summary != "" || !strings.Contains(log, "\n::error title=harness::nothing was tested, exit 2") {
		t.Errorf("wrong words: exit %d, outputs %v, log\n%s\nsummary\n%s", code, outputs, log, summary)
	}
}

func TestGitHubWorkflow(t *testing.T) {
	for whose, text := range both(t, "github", "github.yml") {
		t.Run(whose, func(t *testing.T) { checkWorkflow(t, text, whose == "one's own") })
	}
}

// checkWorkflow holds a workflow against the action that it uses.
func checkWorkflow(t *testing.T, text string, filled bool) {
	var workflow struct {
		Jobs map[string]struct {
			If    string `yaml:"if"`
			Steps []step `yaml:"steps"`
		} `yaml:"jobs"`
	}
	unmarshalText(t, text, &workflow)
	var a action
	unmarshal(t, "action.yml", &a)
	outputs := regexp.MustCompile(`steps\.harness\.outputs\.([a-z-]+)`)
	uses := "./"
	if filled {
		uses = own.From
	}
	for name, profile := range map[string]string{"quick": "--quick", "full": ""} {
		job, there := workflow.Jobs[name]
		if !there {
			t.Fatalf("no job %s", name)
		}
		ours := slices.IndexFunc(job.Steps, func(s step) bool { return s.ID == "harness" })
		if ours < 0 || job.Steps[ours].Uses != uses || job.Steps[ours].With["args"] != profile {
			t.Errorf("job %s does not use the action with %q: %+v", name, profile, job.Steps)
		}
		if with, env := job.Steps[ours].With, job.Steps[ours].Env; filled && (with["target"] != own.Target || with["known-failures"] != own.Known ||
			env["GOTO_CLIENT_SECRET"] != "${{ secrets.GOTO_CLIENT_SECRET }}" || env["GOTO_URL"] != "${{ vars.GOTO_URL }}" || env["GENESYS_TOKEN_BARE"] != "${{ secrets.GENESYS_TOKEN_BARE }}") {
			t.Errorf("job %s: with %v, env %v", name, with, env)
		}
		for name := range job.Steps[ours].With {
			if _, known := a.Inputs[name]; !known {
				t.Errorf("action.yml has no input %q", name)
			}
		}
		for _, s := range job.Steps {
			for _, text := range append(slices.Collect(valuesOf(s.With)), slices.Collect(valuesOf(s.Env))...) {
				if m := outputs.FindStringSubmatch(text); m != nil && a.Outputs[m[1]].Value == "" {
					t.Errorf("job %s: the action has no output %q", name, m[1])
				}
			}
			if s.Run != "" {
				if out, err := exec.Command("bash", "-n", "-c", s.Run).CombinedOutput(); err != nil || strings.Contains(s.Run, "${{") {
					t.Errorf("job %s: %s: %v %s", name, s.Run, err, out)
				}
			}
		}
	}
}

func valuesOf(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

func TestGitLab(t *testing.T) {
	for whose, text := range both(t, "gitlab", "gitlab.yml") {
		t.Run(whose, func(t *testing.T) { playGitLab(t, text, whose == "one's own") })
	}
}

// playGitLab runs the jobs of a file for GitLab.
func playGitLab(t *testing.T, text string, filled bool) {
	type job struct {
		Extends   string            `yaml:"extends"`
		Script    []string          `yaml:"script"`
		Variables map[string]string `yaml:"variables"`
		Artifacts struct {
			When    string            `yaml:"when"`
			Paths   []string          `yaml:"paths"`
			Reports map[string]string `yaml:"reports"`
		} `yaml:"artifacts"`
	}
	var jobs map[string]job
	unmarshalText(t, text, &jobs)
	base := jobs[".harness"]
	if v := base.Variables; filled && (v["HARNESS_TARGET"] != own.Target || v["HARNESS_KNOWN_FAILURES"] != own.Known || v["HARNESS_IMAGE"] != own.From) {
		t.Errorf("variables %v", v)
	}
	for name, profile := range map[string]string{"harness quick": "--quick", "harness full": ""} {
		if j, there := jobs[name]; !there || j.Extends != ".harness" || j.Variables["HARNESS_ARGS"] != profile {
			t.Errorf("job %s: %+v, want .harness with %q", name, j, profile)
		}
	}
	if base.Artifacts.When != "always" {
		t.Errorf("artifacts are kept %q, and a failure is what they are for", base.Artifacts.When)
	}
	for _, c := range []struct {
		target, args string
		code         int
	}{{"", few, 0}, {"faulty.yaml", few, 1}, {"", "--requirement GOTO-SCAN-KEY-07*", 0}} {
		if filled && c.target == "" {
			c.target = own.Target
		}
		dir := t.TempDir()
		write(t, dir, own.Target, "embedded: {}\n")
		write(t, dir, own.Known, "failures: []\n")
		write(t, dir, "faulty.yaml", faulty)
		write(t, dir, "GOTO-SCAN-KEY-07x", "a shell that takes arguments for patterns would find this")
		env := map[string]string{}
		for name, value := range base.Variables {
			env[name] = value
		}
		env["HARNESS_TARGET"], env["HARNESS_ARGS"] = c.target, c.args
		// GitLab's shells end at the first line that fails.
		code, log := shell(t, dir, []string{"sh", "-e"}, strings.Join(base.Script, "\n"), env)
		if code != c.code {
			t.Errorf("target %q, arguments %q: exit %d, want %d:\n%s", c.target, c.args, code, c.code, log)
		}
		if passed(t, filepath.Join(dir, base.Artifacts.Reports["junit"])) != (c.code == 0) {
			t.Errorf("target %q: JUnit says otherwise than exit %d", c.target, code)
		}
		for _, path := range base.Artifacts.Paths {
			if entries, err := os.ReadDir(filepath.Join(dir, path)); err != nil || len(entries) < 6 {
				t.Errorf("artifacts %s: %v, %v", path, entries, err)
			}
		}
	}
}

func TestJenkins(t *testing.T) {
	for whose, text := range both(t, "jenkins", "Jenkinsfile") {
		t.Run(whose, func(t *testing.T) { playJenkins(t, text, whose == "one's own") })
	}
}

// playJenkins runs the script of a Jenkinsfile.
func playJenkins(t *testing.T, file string, filled bool) {
	for _, line := range []string{
		"name: 'TARGET', defaultValue: '" + own.Target + "'", "name: 'KNOWN_FAILURES', defaultValue: '" + own.Known + "'",
		"\n        GOTO_CLIENT_SECRET = credentials('goto-client-secret')\n", "\n        // GENESYS_TOKEN_BARE = credentials(",
	} {
		if filled != strings.Contains(file, line) {
			t.Errorf("%q: there %v, want %v", line, !filled, filled)
		}
	}
	scripts := regexp.MustCompile(`(?s)sh '''(.*?)'''`).FindAllStringSubmatch(file, -1)
	if len(scripts) != 1 || strings.Count(file, "sh '") != 1 {
		t.Fatalf("%d scripts, want one", len(scripts))
	}
	script := scripts[0][1]
	if strings.Contains(script, `\`) {
		t.Error("a backslash in the script would be Groovy's, not the shell's")
	}
	results := regexp.MustCompile(`junit '(.*?)'`).FindStringSubmatch(file)
	if results == nil {
		t.Fatal("no junit step")
	}
	if strings.Count(file, "{") != strings.Count(file, "}") {
		t.Error("braces do not match")
	}
	for target, want := range map[string]int{"": 0, "faulty.yaml": 1} {
		dir := t.TempDir()
		write(t, dir, "faulty.yaml", faulty)
		code, log := shell(t, dir, []string{"sh", "-xe"}, script, map[string]string{"TARGET": target, "PROFILE": few})
		if code != want || passed(t, filepath.Join(dir, results[1])) != (want == 0) {
			t.Errorf("target %q: exit %d, want %d:\n%s", target, code, want, log)
		}
	}
}

// instruction is one of a Containerfile, with the lines that it goes on in.
type instruction struct{ name, args string }

func instructions() []instruction {
	data, err := os.ReadFile(filepath.Join(root, "pipelines/Containerfile"))
	if err != nil {
		panic(err)
	}
	var all []instruction
	for line := range strings.Lines(strings.ReplaceAll(string(data), "\\\n", " ")) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, args, _ := strings.Cut(line, " ")
		all = append(all, instruction{name, strings.TrimSpace(args)})
	}
	return all
}

// TestContainer checks what can be checked without building the image: that every stage ends as somebody else than
// root, that what is copied comes from a stage that is there, and that the program needs nothing of the image.
func TestContainer(t *testing.T) {
	known := []string{"FROM", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD"}
	stages, users := []string{}, map[int]string{}
	for _, i := range instructions() {
		if !slices.Contains(known, i.name) {
			t.Errorf("instruction %s is unknown here", i.name)
		}
		switch i.name {
		case "FROM":
			_, name, _ := strings.Cut(i.args, " AS ")
			stages = append(stages, name)
		case "USER":
			users[len(stages)-1] = i.args
		case "COPY":
			if from, ok := strings.CutPrefix(strings.Fields(i.args)[0], "--from="); ok && !slices.Contains(stages, from) {
				t.Errorf("COPY %s: no stage of that name", i.args)
			}
		}
	}
	if !slices.Equal(stages, []string{"build", "ci", ""}) {
		t.Fatalf("stages %q", stages)
	}
	for _, stage := range []int{1, 2} {
		if users[stage] != "65532:65532" {
			t.Errorf("stage %q ends as user %q", stages[stage], users[stage])
		}
	}

	binary, err := os.ReadFile(harness)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" {
		file, err := elf.NewFile(bytes.NewReader(binary))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range file.Progs {
			if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
				t.Errorf("the program is not static: it has a segment %s", p.Type)
			}
		}
	}
	// As in the image: nobody's home, no shell, no path.
	cmd := exec.Command(harness, "contract", "--requirement", "GOTO-SCAN-KEY-07")
	cmd.Env, cmd.Dir = []string{}, t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("with an empty environment: %v\n%s", err, out)
	}
}
