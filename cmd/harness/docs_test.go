// Every command line in the manual is run: those in blocks and those in the text. A session, with its prompts, has to
// come out as the page has it.

package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// repository is where the pages stand, seen from here.
const repository = "../.."

// pages are those whose command lines are run.
func pages(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md", "docs/reference/*.md", "reports/*.md"} {
		found, err := filepath.Glob(filepath.Join(repository, pattern))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	if len(all) < 20 {
		t.Fatalf("only %d pages were found: %v", len(all), all)
	}
	return all
}

// notRun are the lines that no test can run: by what they begin with, or whole where no space follows.
var notRun = []struct{ begins, why string }{
	{"harness target restore ", "puts back a write that was broken off; a session of its own plays it"},
	{"harness load scan-parallel --target big.yaml ", "wants a server with a million licences"},
	{"harness mutants --out ", "runs the suites against every fault; make check does"},
	{"harness init", "asks on a terminal; a session answers it"},
	{"harness completion zsh > ", "writes into the reader's home; sessions complete"},
	{"harness completion fish > ", "writes into the reader's home; sessions complete"},
	{"harness completion powershell | ", "is for PowerShell; sessions complete"},
	{"source <(harness completion ", "is for bash alone; sessions complete"},
	{"docker ", "wants Docker, and an image from a registry"},
	{"curl ", "asks a server of the reader's"},
	{"git ", "changes the reader's repository"},
	{".ci/build ", "make reproducible runs it, twice"},
	{"sha256sum ", "compares what .ci/build made"},
	{"jq ", "wants jq, which is no part of this"},
	{"go test ", "runs other tests"},
	{"go tool ", "runs other tests"},
	{"export ", "sets a variable of the reader's shell alone"},
	{"cp targets/staging.example.yaml ", "begins with a file of the repository, which another test reads"},
	{"VULNDB=file:///srv/vulndb make ", "asks a database of the reader's"},
	{"xdg-open ", "opens a window"},
}

// besideOthers are pages with lines of other tools, which make compare-peers and make compare-load run.
var besideOthers = []string{"docs/comparison.md", "docs/documents.md"}

// values are what stands for a word in capitals, and for what a reader has at hand.
var values = map[string]string{
	"OLD": "old.yaml", "NEW": "new.yaml", "BASE": "reports/earlier", "RUN": "reports/latest", "STORE": "reports/history", "SITE": "site",
	"REQUIREMENT": "GOTO-SCAN-KEY-07", "TARGET": "staging", "FAULT": "start-inclusive-ignored", "SCENARIO": "./night-export.yaml",
	"KIND": "reset", "FILE": "staging.yaml", "COMMAND": "contract",
}

// snippet is one command line of a page.
type snippet struct {
	line   int    // of the page
	text   string // with its continuations
	prose  bool   // it stands in the text and not in a block
	output string // of a session: what the page says that it prints
	from   int    // of a session: where in the page the output begins
	to     int    // and ends
	told   bool   // the page says what it prints
}

// snippets finds the command lines of a page, in their order.
func snippets(source []byte) []snippet {
	var all []snippet
	_ = ast.Walk(goldmark.DefaultParser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeSpan:
			if s := strings.Join(strings.Fields(spanned(n, source)), " "); begins(s, "harness ", "bin/harness ", "make ") {
				all = append(all, snippet{line: lineOf(source, n.FirstChild().(*ast.Text).Segment.Start), text: s, prose: true})
			}
		case *ast.FencedCodeBlock:
			switch string(n.Language(source)) {
			case "sh":
				all = append(all, commands(source, n.Lines(), false)...)
			case "console":
				all = append(all, prompts(source, n.Lines())...)
			}
		case *ast.CodeBlock: // without a language only what is plainly a command
			all = append(all, commands(source, n.Lines(), true)...)
		}
		return ast.WalkContinue, nil
	})
	return all
}

func begins(s string, with ...string) bool {
	return slices.ContainsFunc(with, func(w string) bool { return strings.HasPrefix(s, w) })
}

func lineOf(source []byte, at int) int { return 1 + bytes.Count(source[:at], []byte("\n")) }

// commands takes a block apart into lines, each with what continues it.
func commands(source []byte, lines *text.Segments, plainly bool) []snippet {
	var all []snippet
	open := false
	for i := range lines.Len() {
		at := lines.At(i)
		line := strings.TrimRight(string(at.Value(source)), "\n")
		switch trimmed := strings.TrimSpace(line); {
		case open:
			all[len(all)-1].text += "\n" + line
		case trimmed == "" || trimmed[0] == '#' || plainly && !begins(line, "harness ", "bin/harness ", "make "):
			continue
		default:
			all = append(all, snippet{line: lineOf(source, at.Start), text: line})
		}
		open = strings.HasSuffix(line, `\`)
	}
	return all
}

// prompts takes a block apart into prompts, each with what is printed below it.
func prompts(source []byte, lines *text.Segments) []snippet {
	var all []snippet
	for i := range lines.Len() {
		at := lines.At(i)
		line := string(at.Value(source))
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			all = append(all, snippet{line: lineOf(source, at.Start), text: strings.TrimSpace(command), told: true, from: at.Stop, to: at.Stop})
		} else if n := len(all); n > 0 {
			all[n-1].output += line
			all[n-1].to = at.Stop
		}
	}
	return all
}

// TestEveryCommandLineOfTheManualIsRight runs each where the files that the manual speaks of are there. A page is read
// from top to bottom, in a folder of its own.
func TestEveryCommandLineOfTheManualIsRight(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("command lines are for a shell")
	}
	prepared := prepare(t)
	run := make(chan int, 1)
	t.Cleanup(func() {
		if n := <-run; n < 50 && !t.Failed() && !strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
			t.Errorf("only %d command lines were run; has the manual none, or are they not found any more?", n)
		}
	})
	run <- 0
	for _, page := range pages(t) {
		source, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		found := snippets(source)
		if len(found) == 0 {
			continue
		}
		t.Run(strings.TrimPrefix(filepath.ToSlash(page), repository+"/"), func(t *testing.T) {
			t.Parallel()
			box := newSandbox(t, prepared)
			made := 0
			var written []snippet
			for _, s := range found {
				if box.check(t, page, s) {
					made++
				}
				if s.told && !t.Failed() {
					s.output = box.told(t, page, s)
					written = append(written, s)
				}
			}
			run <- made + <-run
			if *update {
				for _, s := range slices.Backward(written) {
					source = slices.Concat(source[:s.from], []byte(s.output), source[s.to:])
				}
				if err := os.WriteFile(page, source, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// check runs a line, or looks at it where it cannot be run, and says whether it was run.
func (b *sandbox) check(t *testing.T, page string, s snippet) bool {
	t.Helper()
	wrong := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s:%d: %s\n"+format, append([]any{page, s.line, s.text}, args...)...)
	}
	switch {
	case slices.ContainsFunc(notRun, func(n struct{ begins, why string }) bool {
		return s.text == n.begins || strings.HasSuffix(n.begins, " ") && strings.HasPrefix(s.text, n.begins)
	}):
		return false
	case begins(s.text, "make "):
		if reason := b.makes(s.text); reason != "" {
			wrong("%s", reason)
		}
		return false
	case !begins(s.text, "harness ", "bin/harness ") && slices.ContainsFunc(besideOthers, func(name string) bool { return strings.HasSuffix(page, name) }):
		return false
	case !begins(s.text, "harness ", "bin/harness "):
		wrong("nobody knows how to run it; make it a command of harness, or say in notRun why it cannot be run")
		return false
	}
	line, unknown := b.filled(s.text)
	if unknown != "" {
		wrong("nothing is known to stand for %s; see values", unknown)
		return false
	}
	if begins(line, "harness serve ") && strings.Contains(line, " --target-out ") && !s.prose {
		line = strings.TrimSuffix(line, " &") + " &" // in another terminal, if it does not say so
	}
	if s.prose || begins(line, "harness serve ") && !strings.HasSuffix(line, "&") {
		args := strings.Fields(line)[1:]
		command, rest, err := newRoot(door{stdout: os.Stdout, stderr: os.Stderr, env: os.LookupEnv}).Find(args)
		switch {
		case err != nil || !command.HasParent():
			wrong("there is no such command: %v", err)
			return false
		case len(rest) == 0:
			return false // the command is spoken of
		case command.Name() == "serve": // it would not end
			rest = slices.DeleteFunc(rest, func(arg string) bool { return arg == "&" })
			if err := command.ParseFlags(rest); err != nil {
				wrong("%s", err)
			}
			return false
		}
	}
	if changes := s.told || leaves.MatchString(line); !changes && b.seen(strings.Join(strings.Fields(line), " ")) {
		return false
	}
	if reason := b.run(line); reason != "" {
		wrong("%s", reason)
	}
	return true
}

// value is what stands for a word.
func (b *sandbox) value(name string) (string, bool) {
	if name == "EXCHANGE" {
		return b.exchange(), true
	}
	value, ok := values[name]
	return value, ok
}

// leaves tells lines that leave something behind, which later lines of the page may want.
var leaves = regexp.MustCompile(`>| --(out|store|write|target-out|publish|vegeta)\b|^\S+ (accept|store|init) `)

// said are lines that some page has had already.
var said sync.Map

func (b *sandbox) seen(line string) bool {
	_, before := said.LoadOrStore(line, true)
	return before
}

var word = regexp.MustCompile(`[A-Z]{2,}`)

// filled puts values in the place of words in capitals that stand alone; unknown is one without a value.
func (b *sandbox) filled(line string) (filled, unknown string) {
	line = regexp.MustCompile(`replay [0-9a-f]{10}\b`).ReplaceAllString(line, "replay EXCHANGE")
	var out strings.Builder
	quote := rune(0)
	at := 0
	flush := func(to int) {
		part := line[at:to]
		switch value, ok := b.value(part); {
		case quote == 0 && ok:
			out.WriteString(value)
		case quote == 0 && word.FindString(part) == part && part != "":
			unknown = part
		default:
			out.WriteString(part)
		}
		at = to
	}
	for i, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case quote == 0 && (unicode.IsSpace(r) || r == '#'):
			flush(i)
			if r == '#' {
				return out.String(), unknown
			}
		default:
			continue
		}
		if unicode.IsSpace(r) {
			out.WriteRune(r)
			at = i + 1
		}
	}
	flush(len(line))
	return out.String(), unknown
}

// told compares what a command of a session printed with what the page has, and returns what it should have. A line that
// is … stands for any lines.
func (b *sandbox) told(t *testing.T, page string, s snippet) string {
	t.Helper()
	got := normal(b.last)
	var pattern strings.Builder
	for i, part := range strings.Split("\n"+s.output, "\n…\n") {
		if i > 0 {
			pattern.WriteString(`\n(?:.*\n)*?`)
		}
		pattern.WriteString(regexp.QuoteMeta(part))
	}
	if regexp.MustCompile("^" + pattern.String() + "$").MatchString("\n" + got) {
		return s.output
	}
	if !*update {
		t.Errorf("%s:%d: %s prints something else now; make docs writes it anew (-page +printed):\n%s", page, s.line, s.text, cmp.Diff(s.output, got))
	}
	return got
}

// normal is what a command prints without what is another each time: ports, times, ids of exchanges, digests.
func normal(output string) string {
	for _, r := range []struct{ pattern, with string }{
		{`127\.0\.0\.1:\d+`, "127.0.0.1:8080"},
		{`20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC`, "2026-11-28 12:00:00 UTC"},
		{`took [0-9.]+m?s`, "took 0.2s"},
		{`sha256 [0-9a-f]{8}\b`, "sha256 10c2f05a"}, // a comma in a document would make the page stale
		{`harness replay [0-9a-f]{10}`, "harness replay 1f33e00025"},
		{`(?m)^harness \S+ · `, "harness v1 · "},
		{`(?m)^harness: \d+ of \d+ cases .*\n`, ""}, // on a slow machine
		{`[ \t]+\n`, "\n"},
	} {
		output = regexp.MustCompile(r.pattern).ReplaceAllString(output, r.with)
	}
	return output
}

// spanned is the text of a code span, which may run over lines.
func spanned(n *ast.CodeSpan, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if piece, ok := c.(*ast.Text); ok {
			b.Write(piece.Segment.Value(source))
		}
	}
	return b.String()
}
