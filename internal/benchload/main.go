//go:build linux

// Command benchload measures what a request costs the program that sends it: harness load with every answer checked,
// beside the vegeta command, and wrk and k6 where they are installed. All keep the same number of requests in flight and
// send as fast as they are answered, so that nobody's way of waiting counts. They take turns on one server, several
// rounds, and the medians are told: as instructions where perf counts them, and as CPU time of the sender everywhere.
//
//	go run ./internal/benchload -rounds 5 -duration 5s
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/measure"
	"harness/internal/target"
	"harness/specs"
)

func main() {
	rounds := flag.Int("rounds", 5, "how often each sender has its turn")
	flight := flag.Int("in-flight", 64, "requests in flight")
	duration := flag.Duration("duration", 5*time.Second, "of one turn")
	flag.Parse()
	if err := run(*rounds, *flight, *duration, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "benchload:", err)
		os.Exit(1)
	}
}

// bench is one server and what is sent to it.
type bench struct {
	dir, harness, vegeta string
	target, scenario     string // files
	url, page            string // of one licence, and of a page of them
	header               [][2]string
	flight               int // requests in flight
	duration             time.Duration
	perf                 bool
}

// turn is what one sender came to in one round.
type turn struct {
	requests     int64
	cpu          time.Duration
	instructions int64
	rss          int64 // bytes at most
	note         string
}

// sender is one way to send the requests.
type sender struct {
	name string
	play func(context.Context) (turn, error)
}

func run(rounds, flight int, duration time.Duration, out io.Writer) error {
	dir, err := os.MkdirTemp("", "benchload")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{dir: dir, flight: flight, duration: duration, perf: countsInstructions()}
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	stop, err := b.prepare(ctx)
	if err != nil {
		return err
	}
	defer stop()
	for _, work := range []struct{ name, url, feed string }{
		{"one licence of about 400 bytes", b.url, "{operation: getLicense}"},
		{"a page of 100 licences, about 40 KB", b.page, "{operation: scanLicensesByKey, feed: walk, sizes: [100]}"},
	} {
		if err := b.write(work.feed); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s, %d in flight for %s, medians of %d rounds\n", work.name, flight, duration, rounds)
		if err := b.compare(ctx, rounds, b.senders(work.url), out); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	return nil
}

// prepare builds the programs, starts the server and finds a licence.
func (b *bench) prepare(ctx context.Context) (stop func(), err error) {
	b.harness, b.vegeta = filepath.Join(b.dir, "harness"), filepath.Join(b.dir, "vegeta")
	for file, pkg := range map[string]string{b.harness: "./cmd/harness", b.vegeta: "github.com/tsenart/vegeta/v12"} {
		if text, err := exec.CommandContext(ctx, "go", "build", "-o", file, pkg).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("go build %s: %w\n%s", pkg, err, text)
		}
	}
	b.target, b.scenario = filepath.Join(b.dir, "target.yaml"), filepath.Join(b.dir, "bench.yaml")
	server := exec.CommandContext(ctx, b.harness, "serve", "--attached", "--target-out", b.target)
	hold, err := server.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	stop = func() { hold.Close(); _ = server.Wait() }
	at, err := b.await()
	if err == nil {
		err = b.find(ctx, at)
	}
	if err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}

func (b *bench) await() (*target.Target, error) {
	var at *target.Target
	var err error
	for range 200 {
		if at, err = target.Load(b.target, os.LookupEnv); err == nil {
			return at, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, fmt.Errorf("the reference server did not start: %w", err)
}

func (b *bench) find(ctx context.Context, at *target.Target) error {
	api, err := specs.Embedded("gotoaccount")
	if err != nil {
		return err
	}
	c, err := client.New(client.Options{API: api, Target: at})
	if err != nil {
		return err
	}
	defer c.Close()
	page := client.Request{Operation: api.Operation("scanLicensesByKey"), Query: client.Query("count", 100)}
	e := c.Send(ctx, page)
	if e.Err != nil || len(e.JSON().Items) == 0 {
		return errors.New("the reference server shows no licence")
	}
	key := e.JSON().Items[0].Get("key").Text
	header, err := c.Header(ctx, page)
	if err != nil {
		return err
	}
	for _, name := range []string{"Clientname", "Clientsecret", "Accept"} {
		b.header = append(b.header, [2]string{name, header.Get(name)})
	}
	b.url, b.page = c.Base()+"/licenses/"+key, c.Base()+"/licenses?count=100"
	return nil
}

func (b *bench) write(step string) error {
	return os.WriteFile(b.scenario, fmt.Appendf(nil, "name: bench\nsummary: one kind of request\nsteps:\n  - %s\npace: {kind: closed, workers: %d, duration: %s}\n",
		step, b.flight, b.duration), 0o600)
}

func (b *bench) senders(url string) []sender {
	list := []sender{
		{"harness load, every answer checked", func(ctx context.Context) (turn, error) { return b.load(ctx, "all") }},
		{"harness load, none checked", func(ctx context.Context) (turn, error) { return b.load(ctx, "none") }},
		{"vegeta attack", func(ctx context.Context) (turn, error) { return b.attack(ctx, url) }},
	}
	if _, err := exec.LookPath("wrk"); err == nil {
		list = append(list, sender{"wrk", func(ctx context.Context) (turn, error) { return b.wrk(ctx, url) }})
	}
	if _, err := exec.LookPath("k6"); err == nil {
		list = append(list, sender{"k6", func(ctx context.Context) (turn, error) { return b.k6(ctx, url) }})
	}
	return list
}

// compare lets the senders take turns, and tells their medians.
func (b *bench) compare(ctx context.Context, rounds int, senders []sender, out io.Writer) error {
	turns := make([][]turn, len(senders))
	for round := range rounds {
		for i := range senders {
			at := (i + round) % len(senders) // nobody is always first
			t, err := senders[at].play(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", senders[at].name, err)
			}
			turns[at] = append(turns[at], t)
		}
	}
	vegeta := median(turns[2], perRequest)
	fmt.Fprintf(out, "  %-36s %10s %10s %12s %9s  %s\n", "", "CPU µs", "of vegeta", "kinstr", "RSS MB", "")
	for i, s := range senders {
		kinstr := "–"
		if b.perf {
			kinstr = fmt.Sprintf("%.1f", median(turns[i], func(t turn) float64 { return float64(t.instructions) / float64(t.requests) / 1000 }))
		}
		cost := median(turns[i], perRequest)
		fmt.Fprintf(out, "  %-36s %10.1f %9.0f%% %12s %9.0f  %s\n", s.name, cost, 100*cost/vegeta, kinstr,
			median(turns[i], func(t turn) float64 { return float64(t.rss) / 1e6 }), turns[i][len(turns[i])-1].note)
	}
	return nil
}

func perRequest(t turn) float64 { return float64(t.cpu.Microseconds()) / float64(max(t.requests, 1)) }

func median(turns []turn, of func(turn) float64) float64 {
	values := make([]float64, len(turns))
	for i, t := range turns {
		values[i] = of(t)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// load plays the scenario. What it costs to start and to look for data is measured by a run of no length beside it, and
// taken off.
func (b *bench) load(ctx context.Context, validate string) (turn, error) {
	play := func(duration time.Duration) (turn, error) {
		out := filepath.Join(b.dir, "run")
		t, _, err := b.measure(exec.CommandContext(ctx, b.harness, "load", b.scenario, "--target", b.target,
			"--validate", validate, "--seed", "1", "--out", out, "--duration", duration.String()), 0, 1, 3)
		if err != nil {
			return t, err
		}
		file, err := os.Open(filepath.Join(out, "run.jsonl"))
		if err != nil {
			return t, err
		}
		defer file.Close()
		run, err := evidence.Read(file)
		if err != nil {
			return t, err
		}
		sum := measure.Total(run.Ticks, measure.Key{}, measure.Counting)
		t.requests = sum.Answered
		t.note = fmt.Sprintf("%d violations", sum.Violating)
		if doubt := measure.Doubt(run.Ticks); doubt != "" {
			t.note += ", figures of its own invalid"
		}
		return t, nil
	}
	short, err := play(time.Second)
	if err != nil {
		return turn{}, err
	}
	whole, err := play(b.duration + time.Second)
	if err != nil {
		return turn{}, err
	}
	whole.requests -= short.requests
	whole.cpu -= short.cpu
	whole.instructions -= short.instructions
	return whole, nil
}

func (b *bench) attack(ctx context.Context, url string) (turn, error) {
	play := func(duration time.Duration) (turn, error) {
		results := filepath.Join(b.dir, "results.bin")
		flight := strconv.Itoa(b.flight)
		args := []string{"attack", "-rate", "0", "-workers", flight, "-max-workers", flight, "-connections", flight, "-duration", duration.String(), "-output", results}
		for _, h := range b.header {
			args = append(args, "-header", h[0]+": "+h[1])
		}
		command := exec.CommandContext(ctx, b.vegeta, args...)
		command.Stdin = strings.NewReader("GET " + url + "\n")
		t, _, err := b.measure(command, 0)
		if err != nil {
			return t, err
		}
		t.requests, err = counted(ctx, b.vegeta, results)
		return t, err
	}
	short, err := play(time.Second)
	if err != nil {
		return turn{}, err
	}
	whole, err := play(b.duration + time.Second)
	whole.requests -= short.requests
	whole.cpu -= short.cpu
	whole.instructions -= short.instructions
	return whole, err
}

// counted counts the results of an attack, all of which must be of status 200.
func counted(ctx context.Context, vegeta, file string) (int64, error) {
	text, err := exec.CommandContext(ctx, vegeta, "report", "-type", "json", file).Output()
	if err != nil {
		return 0, err
	}
	var report struct {
		Requests int64            `json:"requests"`
		Codes    map[string]int64 `json:"status_codes"`
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return 0, err
	}
	if report.Codes["200"] != report.Requests {
		return 0, fmt.Errorf("answers of %v", report.Codes)
	}
	return report.Requests, nil
}

func (b *bench) wrk(ctx context.Context, url string) (turn, error) {
	args := []string{"-t1", "-c" + strconv.Itoa(b.flight), "-d" + strconv.Itoa(int(b.duration.Seconds())) + "s"}
	for _, h := range b.header {
		args = append(args, "-H", h[0]+": "+h[1])
	}
	t, text, err := b.measure(exec.CommandContext(ctx, "wrk", append(args, url)...), 0)
	for line := range strings.SplitSeq(text, "\n") {
		if before, _, ok := strings.Cut(strings.TrimSpace(line), " requests in "); ok {
			t.requests, _ = strconv.ParseInt(before, 10, 64)
		}
	}
	return t, err
}

func (b *bench) k6(ctx context.Context, url string) (turn, error) {
	var headers []string
	for _, h := range b.header {
		headers = append(headers, fmt.Sprintf("%q: %q", h[0], h[1]))
	}
	script := filepath.Join(b.dir, "k6.js")
	text := fmt.Sprintf(`import http from 'k6/http';
export const options = {scenarios: {bench: {executor: 'constant-vus', vus: %d, duration: '%s'}}};
export default function () { http.get(%q, {headers: {%s}}); }
`, b.flight, b.duration, url, strings.Join(headers, ", "))
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		return turn{}, err
	}
	t, text, err := b.measure(exec.CommandContext(ctx, "k6", "run", script), 0)
	for line := range strings.SplitSeq(text, "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && strings.HasPrefix(fields[0], "http_reqs") {
			t.requests, _ = strconv.ParseInt(fields[1], 10, 64)
		}
	}
	return t, err
}

// measure runs a command, under perf where that counts instructions, and says what it cost. Other exit codes than the
// allowed ones are an error.
func (b *bench) measure(command *exec.Cmd, allowed ...int) (turn, string, error) {
	counts := filepath.Join(b.dir, "perf")
	if b.perf {
		command.Args = append([]string{"perf", "stat", "-x,", "-e", "instructions", "-o", counts, command.Path}, command.Args[1:]...)
		command.Path, command.Err = "", nil
		path, err := exec.LookPath("perf")
		if err != nil {
			return turn{}, "", err
		}
		command.Path = path
	}
	var text strings.Builder
	command.Stdout, command.Stderr = &text, &text
	err := command.Run()
	if command.ProcessState == nil || !slices.Contains(allowed, command.ProcessState.ExitCode()) {
		return turn{}, "", fmt.Errorf("%w\n%s", err, text.String())
	}
	t := turn{cpu: command.ProcessState.UserTime() + command.ProcessState.SystemTime()}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		t.rss = int64(usage.Maxrss) << 10
	}
	if b.perf {
		t.instructions = readCount(counts)
	}
	return t, text.String(), nil
}

// countsInstructions says whether perf counts instructions here; many virtual machines do not let it.
func countsInstructions() bool {
	text, err := exec.Command("perf", "stat", "-x,", "-e", "instructions", "true").CombinedOutput()
	return err == nil && !strings.Contains(string(text), "not supported")
}

func readCount(file string) int64 {
	text, _ := os.ReadFile(file) // nothing to read is no count
	for line := range strings.SplitSeq(string(text), "\n") {
		if fields := strings.Split(line, ","); len(fields) > 2 && strings.HasPrefix(fields[2], "instructions") {
			n, _ := strconv.ParseInt(fields[0], 10, 64)
			return n
		}
	}
	return 0
}
