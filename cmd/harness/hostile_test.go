// Every kind of hostile server against every command that talks to one: the verdict, the time, the memory.

package main

import (
	"bytes"
	"context"
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

// met is a hostile server as a command meets it.
type met struct {
	target string // file
	run    string // folder of a run in which exchange departed
	id     string // of the exchange
}

// hostileCommand is a column of the table.
type hostileCommand struct {
	name  string
	spare int // requests that are answered rightly first
	args  func(met) []string
	right func(hostileRow) []int
}

var hostileCommands = []hostileCommand{
	{"contract", 0, func(m met) []string {
		return []string{"contract", "--target", m.target, "--seed", "1", "--quick"}
	}, func(r hostileRow) []int { return r.contract }},
	{"contract, late", 60, func(m met) []string {
		return []string{"contract", "--target", m.target, "--seed", "1", "--quick", "--api", "gotoaccount"}
	}, func(r hostileRow) []int { return r.late }},
	{"target check", 0, func(m met) []string { return []string{"target", "check", m.target} },
		func(r hostileRow) []int { return r.check }},
	{"replay", 0, func(m met) []string { return []string{"replay", m.id, "--run", m.run, "--target", m.target} },
		func(r hostileRow) []int { return r.replay }},
}

// hostileRow says which exit codes are right for one kind of server, by command.
type hostileRow struct {
	contract, late, check, replay []int
}

var (
	green     = []int{exitGreen}
	broken    = []int{exitViolated}
	notJudged = []int{exitNotJudged}

	// Where more than one stands, each is true now and then: long bodies may take more time than a request has, and what
	// comes over a connection that is out of step depends on who reads first.
	wrong    = []int{exitViolated, exitNotJudged}
	some     = []int{exitGreen, exitNotJudged}
	either   = []int{exitGreen, exitViolated} // whether a case meets the status that is always 200
	anything = []int{exitGreen, exitViolated, exitNotJudged}

	never = hostileRow{notJudged, notJudged, notJudged, notJudged}
)

// hostileTable holds every kind of server. A target check is green where the target can be tested, well or not.
var hostileTable = map[string]hostileRow{
	"refused":                    never,
	"dns-failure":                never,
	"reset-on-connect":           never,
	"reset-before-headers":       never,
	"reset-in-headers":           never,
	"reset-after-headers":        never,
	"reset-in-body":              never,
	"closed-without-answer":      never,
	"half-closed":                never,
	"never-answers":              never,
	"never-reads":                never,
	"drips-headers":              never,
	"drips-body":                 never,
	"stalls-in-body":             never,
	"endless-headers":            never,
	"header-10mb":                never,
	"many-headers":               {either, either, green, green},
	"endless-body":               never,
	"endless-chunks":             never,
	"length-too-long":            never,
	"length-too-short":           {wrong, wrong, some, wrong},
	"length-and-chunked":         {either, either, green, green},
	"two-lengths":                never,
	"length-negative":            never,
	"chunk-size-no-number":       never,
	"chunk-size-beyond-64-bits":  never,
	"chunk-cut":                  never,
	"garbage-behind":             {anything, anything, anything, anything},
	"answers-twice":              {anything, anything, anything, anything},
	"answers-previous":           {anything, anything, anything, anything},
	"continue-flood":             never,
	"early-hints":                {green, green, green, green},
	"switching-protocols":        {broken, broken, notJudged, broken},
	"http-0.9":                   never,
	"http-2-preface":             never,
	"http-7":                     {broken, broken, green, broken},
	"status-line-garbage":        never,
	"header-without-colon":       never,
	"header-with-nul":            never,
	"gzip-bomb":                  never,
	"gzip-broken":                never,
	"gzip-cut":                   never,
	"gzip-sum-wrong":             never,
	"encoding-nobody-asked-for":  never,
	"charset-utf-16":             {broken, broken, notJudged, broken},
	"charset-wrong":              {broken, broken, green, broken},
	"utf-8-invalid":              {broken, broken, green, broken},
	"nul-bytes":                  {broken, broken, notJudged, broken},
	"json-deep":                  {broken, broken, notJudged, broken},
	"json-bottomless":            never,
	"objects-deep":               never,
	"array-200mb":                never,
	"array-of-millions":          never,
	"page-too-long":              {wrong, wrong, some, wrong},
	"members-by-the-thousand":    {wrong, wrong, some, wrong},
	"string-6mb":                 {wrong, wrong, some, wrong},
	"name-1mb":                   {wrong, wrong, some, wrong},
	"digits-10000":               {broken, broken, green, broken},
	"exponent-huge":              {wrong, wrong, some, wrong},
	"members-twice":              {broken, broken, green, broken},
	"nan":                        {broken, broken, notJudged, broken},
	"garbage-after-json":         {broken, broken, green, broken},
	"two-documents":              {broken, broken, green, broken},
	"html-200":                   {broken, broken, notJudged, broken},
	"html-as-json":               {broken, broken, notJudged, broken},
	"empty-200":                  {broken, broken, notJudged, broken},
	"terminal-escapes":           {broken, broken, green, broken},
	"no-content":                 {broken, broken, notJudged, broken},
	"not-modified":               {broken, broken, notJudged, broken},
	"partial-content":            {broken, broken, notJudged, broken},
	"status-99":                  {broken, broken, notJudged, broken},
	"status-700":                 {broken, broken, notJudged, broken},
	"status-999":                 {broken, broken, notJudged, broken},
	"status-of-four-digits":      never,
	"reason-1mb":                 never,
	"redirect-loop":              {broken, broken, notJudged, broken},
	"redirect-elsewhere":         {broken, broken, notJudged, broken},
	"redirect-to-file":           {broken, broken, notJudged, broken},
	"redirect-to-metadata":       {broken, broken, notJudged, broken},
	"redirect-without-location":  {broken, broken, notJudged, broken},
	"unauthorized-storm":         never,
	"proxy-wants-credentials":    never,
	"throttled-storm":            never,
	"unavailable-storm":          never,
	"retry-after-year":           never,
	"retry-after-date-far":       never,
	"retry-after-negative":       never,
	"retry-after-no-number":      never,
	"retry-after-beyond-64-bits": never,
	"retry-after-zero":           never,
	"retry-after-always-2s":      never,
	"tls-expired":                never,
	"tls-not-yet-valid":          never,
	"tls-wrong-name":             never,
	"tls-self-signed":            never,
	"tls-1.0":                    never,
	"tls-closes-in-handshake":    never,
	"tls-stalls-in-handshake":    never,
	"tls-plain-http":             never,
	"tls-http-2-garbage":         never,
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
		if _, listed := hostileTable[kind.Name]; !listed {
			t.Errorf("hostileTable does not say what becomes of %s", kind.Name)
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
				for _, wrong := range m.wrong(command.right(hostileTable[kind.Name])) {
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
func (m meeting) wrong(right []int) (flaws []string) {
	if !slices.Contains(right, m.code) {
		flaws = append(flaws, fmt.Sprintf("exit code %d, want %v\n%s", m.code, right, m.tail()))
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
	s, err := listenHostile("127.0.0.1:0", kind, hostile.Options{Spare: command.spare}, reference.Options{})
	if err != nil {
		t.Error(err)
		return nothing
	}
	defer s.close()
	if m.target, err = hostileTarget(t.TempDir(), s); err != nil {
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

// hostileTarget writes the target of a hostile server: no token is needed, nothing may be written, nobody waits long.
func hostileTarget(dir string, s *serving) (file string, err error) {
	at := s.target("hostile")
	at.APIs["genesyscloud"].Credentials["default"] = target.Credential{Bearer: s.server.Principals().Granter}
	at.Writes = target.Writes{}
	at.Limits = target.Limits{Concurrency: 4, Timeout: hostileTimeout}
	if s.authority != nil {
		at.TLS.CA = filepath.Join(dir, "ca.pem")
		if err := os.WriteFile(at.TLS.CA, s.authority, 0o600); err != nil {
			return "", err
		}
	}
	file = filepath.Join(dir, "hostile.yaml")
	return file, writeTarget(file, at)
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
	if m.target, err = hostileTarget(t.TempDir(), s); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command("harness", "contract", "--target", m.target, "--seed", "1", "--requirement", "GOTO-KEY-01", "--operation", "getLicense", "--out", m.run).CombinedOutput()
	found := regexp.MustCompile(`harness replay ([0-9a-f]+) `).FindSubmatch(out)
	if found == nil {
		t.Fatalf("nothing to replay in\n%s", out)
	}
	m.id = string(found[1])
	return m
}
