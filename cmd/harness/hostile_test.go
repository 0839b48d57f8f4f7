// Every kind of hostile server against every command that talks to one: the verdict, the time, the memory.

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
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

var (
	wholeTable = flag.Bool("hostile.table", false, "every kind of hostile server against every command, with what each took")
	tableKind  = flag.String("hostile.kind", "", "of that table the row of this kind alone")
	tablePage  = flag.String("hostile.page", "", "file for that table, Markdown")
)

const (
	hostileTimeout = time.Second     // of a request
	hostileRSS     = 256 << 10       // kB that a command may take at most
	hostileEnd     = 8 * time.Minute // of a command, on a machine that does other things: one that takes longer is killed
)

// met is a hostile server as a command meets it, and what a command may want to have at hand.
type met struct {
	target   string // file
	run      string // folder of a run in which exchange departed
	id       string // of the exchange
	scenario string // file of a load scenario
	undone   string // journal of a write that was undone, and is left all the same
	journal  string // journal of a write that was not
	found    int    // requests that go by before the scenario is played
}

// hostileCommand is a column of the table.
type hostileCommand struct {
	name  string
	spare func(met) int // requests that are answered rightly first
	// ends is how long the command takes at most where nobody else wants the machine: what it would take on a good
	// server, the timeout of a request and two seconds for each that has to be waited for alone. 0 where the number of
	// those is the suites' choice.
	ends time.Duration
	args func(met) []string
}

func none(met) int          { return 0 }
func midLoad(m met) int     { return m.found + 20 }
func midSuites(met) int     { return 60 }
func midProperty(met) int   { return 40 }
func behindOneRead(met) int { return 1 }

// slack is what the machine may take for its other work.
const slack = 40 * time.Second

var hostileCommands = []hostileCommand{
	{"contract", none, 0, func(m met) []string {
		return []string{"contract", "--target", m.target, "--seed", "1", "--quick"}
	}},
	{"contract, late", midSuites, 0, func(m met) []string {
		return []string{"contract", "--target", m.target, "--seed", "1", "--quick", "--api", "gotoaccount"}
	}},
	{"property, late", midProperty, 0, func(m met) []string {
		return []string{"contract", "--target", m.target, "--seed", "1", "--requirement", "GOTO-SCAN-KEY-10"}
	}},
	{"target check", none, 0, func(m met) []string { return []string{"target", "check", m.target} }},
	{"replay", none, 20 * time.Second, func(m met) []string { return []string{"replay", m.id, "--run", m.run, "--target", m.target} }},
	{"restore", none, 20 * time.Second, func(m met) []string { return []string{"target", "restore", m.undone} }},
	{"restore, late", behindOneRead, 20 * time.Second, func(m met) []string { return []string{"target", "restore", m.journal} }},
	{"load", none, 20 * time.Second, loadArgs()},
	{"load, late", midLoad, 6 * time.Second, loadArgs()},
	{"load std, late", midLoad, 6 * time.Second, loadArgs("--transport", "std")},
}

func loadArgs(more ...string) func(met) []string {
	return func(m met) []string {
		return append([]string{"load", m.scenario, "--target", m.target, "--seed", "1"}, more...)
	}
}

// alwaysAll are the kinds that meet every command in every test run. Of the others each meets one, in turn, and those
// that take long none.
var (
	alwaysAll = []string{"never-answers", "array-of-millions", "html-200"}
	takeLong  = []string{"page-too-long", "members-by-the-thousand", "retry-after-always-2s"}
)

// Whatever answers, a command ends with the right verdict, within its deadline and its memory, leaves neither
// goroutine nor socket behind, and writes nothing to a terminal that the server made up. Most of the time is spent
// waiting, so many meet at once.
func TestHostileServers(t *testing.T) {
	stored := storeRun(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	rows := map[string][]meeting{} // by kind, in the order of the commands
	for _, name := range hostile.Names() {
		rows[name] = make([]meeting, len(hostileCommands))
	}
	atOnce := make(chan struct{}, 8)
	for i, kind := range hostile.Kinds() {
		right := strings.Fields(hostileTable[kind.Name])
		if len(right) != len(hostileCommands) {
			t.Errorf("hostileTable does not say what becomes of %s", kind.Name)
			continue
		}
		for n, command := range hostileCommands {
			chosen := slices.Contains(alwaysAll, kind.Name) || n == i%len(hostileCommands) && !slices.Contains(takeLong, kind.Name)
			if !*wholeTable && !chosen || *tableKind != "" && *tableKind != kind.Name {
				continue
			}
			all.Go(func() {
				atOnce <- struct{}{}
				defer func() { <-atOnce }()
				m := play(t, kind, command, stored)
				if m.out == nil {
					return
				}
				for _, wrong := range m.wrong(right[n], command.ends) {
					t.Errorf("%s, %s: %s", kind.Name, command.name, wrong)
				}
				mu.Lock()
				defer mu.Unlock()
				rows[kind.Name][n] = m
			})
		}
	}
	all.Wait()
	if !*wholeTable {
		return
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, kind := range hostile.Kinds() {
		for n, m := range rows[kind.Name] {
			if m.out == nil {
				continue
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%.1f s\t%d MB\t%s\n", kind.Name, hostileCommands[n].name, m.code, m.took.Seconds(), m.rss>>10, m.says)
		}
	}
	_ = w.Flush() // what standard output does not take cannot be told either
	if *tablePage != "" {
		if err := os.WriteFile(*tablePage, hostilePage(rows), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// meeting is what became of a command that met a server.
type meeting struct {
	code int
	took time.Duration
	rss  int64 // kB at most
	out  []byte
	says string // the line that tells

	journaled, left bool // it was about a journal; that is still there
}

// wrong lists what should not have become of the command.
func (m meeting) wrong(right string, ends time.Duration) (flaws []string) {
	if !strings.Contains(right, strconv.Itoa(m.code)) && !m.tooBusy() {
		flaws = append(flaws, fmt.Sprintf("exit code %d, want one of %s\n%s", m.code, right, m.tail()))
	}
	if ends > 0 && m.took > ends+slack {
		flaws = append(flaws, fmt.Sprintf("it took %s, and %s are enough", m.took, ends))
	}
	if m.left == (m.code == exitGreen) && m.journaled {
		flaws = append(flaws, fmt.Sprintf("exit code %d, and the journal is there: %v", m.code, m.left))
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

// tooBusy says whether a load run found that this machine was the bottleneck, which is true now and then and always said.
func (m meeting) tooBusy() bool {
	return m.code == exitNotJudged && (bytes.Contains(m.out, []byte(" are invalid: ")) || bytes.Contains(m.out, []byte("the generator gave out")))
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
	args := command.args(m)
	o := launch(t, args...)
	for _, journal := range []string{m.undone, m.journal} {
		if slices.Contains(args, journal) {
			_, err := os.Stat(journal)
			o.journaled, o.left = true, err == nil
		}
	}
	return o
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

// point makes the files that lead to a server: its target, and journals of writes on it.
func (m *met) point(dir string, s *serving) (err error) {
	if m.target, err = hostileTarget(dir, s, target.Writes{}); err != nil {
		return err
	}
	p := s.server.Principals()
	writable, err := hostileTarget(dir, s, target.Writes{Allow: true, User: p.WriteUser, License: p.WriteLicense})
	if err != nil {
		return err
	}
	m.undone, m.journal = filepath.Join(dir, "write-1.json"), filepath.Join(dir, "write-2.json")
	for file, held := range map[string]bool{m.undone: false, m.journal: true} {
		text, err := json.Marshal(noted{Target: "hostile", File: writable, URL: s.url, API: "genesyscloud", User: p.WriteUser, License: p.WriteLicense, Held: held})
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return err
		}
	}
	return nil
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
