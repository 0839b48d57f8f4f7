// Every kind of hostile server against every command that talks to one: the verdict, the time, the memory.

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
	"unicode"

	"harness/internal/hostile"
	"harness/internal/reference"
	"harness/internal/target"
)

var wholeTable = flag.Bool("hostile.table", false, "every kind of hostile server against every command, with what each took")

const (
	hostileTimeout = time.Second     // of a request
	hostileRSS     = 256 << 10       // kB that a command may take at most
	hostileEnd     = 3 * time.Minute // of a command, on a machine that does other things: one that takes longer is killed
)

// met is a hostile server as a command meets it, and what a command may want to have at hand.
type met struct {
	target   string // file
	run      string // folder of a run in which exchange departed
	id       string // of the exchange
	scenario string // file of a load scenario
	journal  string // file that tells of a write that was not undone
	found    int    // requests that go by before the scenario is played
}

// hostileCommand is a column of the table.
type hostileCommand struct {
	name  string
	spare func(met) int // requests that are answered rightly first
	args  func(met) []string
	// sends is how many requests the command sends that wait for each other, at most: it may take its own time, and as
	// many times the timeout of a request. 0 where that is the suites' choice.
	sends int
}

func none(met) int { return 0 }

var hostileCommands = []hostileCommand{
	{"contract", none, func(m met) []string {
		return []string{"contract", "--target", m.target, "--seed", "1", "--quick"}
	}, 0},
	{"contract, late", func(met) int { return 60 }, func(m met) []string {
		return []string{"contract", "--target", m.target, "--seed", "1", "--quick", "--api", "gotoaccount"}
	}, 0},
	{"property, late", func(met) int { return 60 }, func(m met) []string {
		return []string{"contract", "--target", m.target, "--seed", "1", "--requirement", "GOTO-SCAN-KEY-10"}
	}, 0},
	{"target check", none, func(m met) []string { return []string{"target", "check", m.target} }, 0},
	{"replay", none, func(m met) []string { return []string{"replay", m.id, "--run", m.run, "--target", m.target} }, 0},
	{"restore", none, func(m met) []string { return []string{"target", "restore", m.journal} }, 0},
	{"restore, late", func(met) int { return 1 }, func(m met) []string { return []string{"target", "restore", m.journal} }, 0},
	{"load", none, func(m met) []string { return []string{"load", m.scenario, "--target", m.target, "--seed", "1"} }, 0},
	{"load, late", func(m met) int { return m.found + 20 }, func(m met) []string {
		return []string{"load", m.scenario, "--target", m.target, "--seed", "1"}
	}, 0},
	{"load std, late", func(m met) int { return m.found + 20 }, func(m met) []string {
		return []string{"load", m.scenario, "--target", m.target, "--seed", "1", "--transport", "std"}
	}, 0},
}

// alwaysAll are the kinds that meet every command in every test run. Of the others each meets one, in turn, and those
// that take long none.
var (
	alwaysAll = []string{"never-answers", "array-200mb", "gzip-bomb", "answers-twice", "html-200", "throttled-storm"}
	takeLong  = []string{"page-too-long", "members-by-the-thousand", "retry-after-always-2s"}
)

// Whatever answers, a command ends with the right verdict, within its deadline and its memory, leaves neither
// goroutine nor socket behind, and writes nothing to a terminal that the server made up. Most of the time is spent
// waiting, so many meet at once.
func TestHostileServers(t *testing.T) {
	stored := storeRun(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	rows := map[string]string{}
	atOnce := make(chan struct{}, 8)
	for i, kind := range hostile.Kinds() {
		right := strings.Fields(hostileTable[kind.Name])
		if len(right) != len(hostileCommands) {
			t.Errorf("hostileTable does not say what becomes of %s", kind.Name)
			continue
		}
		for n, command := range hostileCommands {
			chosen := slices.Contains(alwaysAll, kind.Name) || n == i%len(hostileCommands) && !slices.Contains(takeLong, kind.Name)
			if !*wholeTable && !chosen {
				continue
			}
			all.Go(func() {
				atOnce <- struct{}{}
				defer func() { <-atOnce }()
				m := play(t, kind, command, stored)
				if m.out == nil {
					return
				}
				for _, wrong := range m.wrong(right[n]) {
					t.Errorf("%s, %s: %s", kind.Name, command.name, wrong)
				}
				mu.Lock()
				defer mu.Unlock()
				rows[fmt.Sprintf("%03d %d", i, n)] = fmt.Sprintf("%s\t%s\t%d\t%.1f s\t%d MB\t%s", kind.Name, command.name, m.code, m.took.Seconds(), m.rss>>10, m.says)
			})
		}
	}
	all.Wait()
	if !*wholeTable {
		return
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		fmt.Fprintln(w, rows[key])
	}
	_ = w.Flush() // what standard output does not take cannot be told either
}

// meeting is what became of a command that met a server.
type meeting struct {
	code int
	took time.Duration
	rss  int64 // kB at most
	out  []byte
	says string // the line that tells
}

// wrong lists what should not have become of the command.
func (m meeting) wrong(right string) (flaws []string) {
	if !strings.Contains(right, strconv.Itoa(m.code)) {
		flaws = append(flaws, fmt.Sprintf("exit code %d, want one of %s\n%s", m.code, right, m.tail()))
	}
	if m.rss > hostileRSS {
		flaws = append(flaws, fmt.Sprintf("%d MB of memory, %d are allowed", m.rss>>10, hostileRSS>>10))
	}
	if bytes.Contains(m.out, []byte("goroutine ")) || bytes.Contains(m.out, []byte("Unsolicited response")) {
		flaws = append(flaws, fmt.Sprintf("the program's own insides are told\n%s", m.tail()))
	}
	for line := range bytes.Lines(m.out) {
		if text := string(bytes.TrimSuffix(line, []byte("\n"))); clean(text) != text {
			flaws = append(flaws, fmt.Sprintf("a line would do something to a terminal: %.500q", text))
		}
		if len(line) > 5000 {
			flaws = append(flaws, fmt.Sprintf("a line of %d bytes: %.200q", len(line), line))
		}
	}
	return flaws
}

func (m meeting) tail() []byte { return m.out[max(0, len(m.out)-2000):] }

// clean is a text without what moves the cursor, hides or reorders.
func clean(text string) string {
	return strings.ToValidUTF8(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
			return -1
		}
		return c
	}, text), "")
}

// play runs a command against a hostile server of its own. It may be called from any goroutine; a meeting without
// output did not take place.
func play(t *testing.T, kind hostile.Kind, command hostileCommand, m met) (nothing meeting) {
	t.Helper()
	s, err := listenHostile("127.0.0.1:0", kind, hostile.Options{Spare: command.spare(m)}, reference.Options{})
	if err != nil {
		t.Error(err)
		return nothing
	}
	defer s.close()
	if err := m.point(t.TempDir(), s); err != nil {
		t.Error(err)
		return nothing
	}
	return launch(t, command.args(m)...)
}

// launch runs the command in a process of its own.
func launch(t *testing.T, args ...string) meeting {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hostileEnd)
	defer cancel()
	peaked := filepath.Join(t.TempDir(), "peak")
	c := exec.CommandContext(ctx, "harness", args...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	c.Env = append(os.Environ(), peakFile+"="+peaked)
	started := time.Now()
	var failed *exec.ExitError
	if err := c.Run(); err != nil && !errors.As(err, &failed) {
		t.Error(err)
		return meeting{}
	}
	o := meeting{took: time.Since(started), code: c.ProcessState.ExitCode(), out: out.Bytes()}
	if kB, err := os.ReadFile(peaked); err == nil {
		o.rss, _ = strconv.ParseInt(string(kB), 10, 64) // "" where nobody tells
	}
	for line := range strings.Lines(out.String()) {
		if line = strings.TrimSpace(line); line != "" && (o.says == "" || !telling.MatchString(o.says)) {
			o.says = line
		}
	}
	return o
}

// telling matches the line in which a command says what it found.
var telling = regexp.MustCompile(`^(not judged|broken|green|cannot replay|fails otherwise|still fails|fixed|nothing to judge)`)

// hostileTarget writes the target of a hostile server: no token is needed, nobody waits long, and what may be written is
// said by whoever asks.
func hostileTarget(dir string, s *serving, writes target.Writes) (file string, err error) {
	at := s.target("hostile")
	at.APIs["genesyscloud"].Credentials["default"] = target.Credential{Bearer: s.server.Principals().Granter}
	at.Writes = writes
	at.Limits = target.Limits{Concurrency: 4, Timeout: hostileTimeout, Load: &target.LoadLimit{Rate: target.Rate{Count: 100, Per: time.Second}, Duration: time.Minute}}
	if s.authority != nil {
		at.TLS.CA = filepath.Join(dir, "ca.pem")
		if err := os.WriteFile(at.TLS.CA, s.authority, 0o600); err != nil {
			return "", err
		}
	}
	file = filepath.Join(dir, fmt.Sprintf("hostile-%v.yaml", writes.Allow))
	return file, writeTarget(file, at)
}

// hostileScenario asks for one licence at a time, and for lists of them.
const hostileScenario = `name: hostile
summary: Licences one at a time and in lists
steps:
  - operation: getLicense
  - {operation: scanLicensesByKey, feed: walk, sizes: [10]}
pace: {kind: constant, rate: 60/s, duration: 1s}
workers: 16
objectives: [{errors: 0%}]
`

// point makes the files that lead to a server: its target, and the journal of a write on it that was not undone.
func (m *met) point(dir string, s *serving) (err error) {
	if m.target, err = hostileTarget(dir, s, target.Writes{}); err != nil {
		return err
	}
	p := s.server.Principals()
	writable, err := hostileTarget(dir, s, target.Writes{Allow: true, User: p.WriteUser, License: p.WriteLicense})
	if err != nil {
		return err
	}
	text, err := json.Marshal(noted{Target: "hostile", File: writable, URL: s.url, API: "genesyscloud", User: p.WriteUser, License: p.WriteLicense, Held: true})
	if err != nil {
		return err
	}
	m.journal = filepath.Join(dir, "write-1.json")
	return os.WriteFile(m.journal, text, 0o600)
}

// storeRun leaves a run behind in which an answer departed from the document.
func storeRun(t *testing.T) met {
	t.Helper()
	s, err := listen("127.0.0.1:0", reference.Options{Faults: []string{"string-keys"}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	m := met{run: t.TempDir()}
	if m.target, err = hostileTarget(t.TempDir(), s, target.Writes{}); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command("harness", "contract", "--target", m.target, "--seed", "1", "--requirement", "GOTO-KEY-01", "--operation", "getLicense", "--out", m.run).CombinedOutput()
	found := regexp.MustCompile(`harness replay ([0-9a-f]+) `).FindSubmatch(out)
	if found == nil {
		t.Fatalf("nothing to replay in\n%s", out)
	}
	m.id = string(found[1])
	m.scenario = filepath.Join(t.TempDir(), "hostile.yaml")
	if err := os.WriteFile(m.scenario, []byte(hostileScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	good, err := listen("127.0.0.1:0", reference.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer good.close()
	file, err := hostileTarget(t.TempDir(), good, target.Writes{})
	if err != nil {
		t.Fatal(err)
	}
	loaded := t.TempDir()
	out, _ = exec.Command("harness", "load", m.scenario, "--target", file, "--seed", "1", "--out", loaded).CombinedOutput()
	played, err := readRun(loaded)
	if err != nil || len(played.Ticks) == 0 {
		t.Fatalf("%v\n%s", err, out)
	}
	m.found = len(played.Exchanges) // an answer of the scenario's own is kept only where it is wrong
	return m
}
