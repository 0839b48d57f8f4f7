// A soak: load and contract runs in turn, in one process, for as long as is wanted; what the process takes must not grow.

package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	soakFor  = flag.Duration("soak", 0, "how long to play load and contract runs in turn; 0 does not")
	soakPlot = flag.String("soak.plot", "", "file for the plot of a soak, SVG")
)

// taken is what the process took at a moment.
type taken struct {
	at                     float64 // seconds since the beginning
	rss, goroutines, files float64 // MB, and counts
}

// soakMeasures are what is looked at, each with the growth over a soak, on the line through it, that chance makes.
var soakMeasures = []struct {
	name string
	of   func(taken) float64
	most func(mean float64) float64
}{
	{"resident memory, MB", func(s taken) float64 { return s.rss }, func(mean float64) float64 { return max(24, mean/5) }},
	{"goroutines", func(s taken) float64 { return s.goroutines }, func(float64) float64 { return 4 }},
	{"open descriptors", func(s taken) float64 { return s.files }, func(float64) float64 { return 4 }},
}

func TestSoak(t *testing.T) {
	if *soakFor == 0 {
		t.Skip("-soak 30m, or make soak, plays one")
	}
	// In a process of its own: what the server takes is not looked at.
	file, out := filepath.Join(t.TempDir(), "target.yaml"), t.TempDir()
	server := exec.CommandContext(t.Context(), "harness", "serve", "--target-out", file)
	ready, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait() // it was killed
	}()
	if _, err := bufio.NewReader(ready).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var samples []taken
	rounds, busy := 0, 0
	for ; time.Since(began) < *soakFor; rounds++ {
		for _, args := range [][]string{
			{"load", "mixed", "--target", file, "--rate", "50/s", "--duration", "5s", "--out", out},
			{"contract", "--target", file, "--quick", "--out", out},
		} {
			var said bytes.Buffer
			var told strings.Builder
			d := door{stdin: strings.NewReader(""), stdout: &told, stderr: &said, env: os.LookupEnv}
			switch code := run(context.Background(), args, d); {
			case code == exitGreen:
			case args[0] == "load" && (code == exitNotJudged || code == exitViolated):
				lines := strings.Split(strings.TrimSpace(told.String()), "\n")
				t.Logf("round %d: %s", rounds, lines[max(0, len(lines)-3)])
				busy++ // the machine had other work, which says nothing about what the process takes
			default:
				t.Fatalf("harness %s: exit code %d\n%s", args[0], code, said.String())
			}
		}
		runtime.GC() // what is garbage is no growth
		samples = append(samples, take(began))
	}
	fmt.Printf("%d rounds of load and contract in %s; %d load runs on a machine that was too busy to judge\n", rounds, time.Since(began).Round(time.Second), busy)
	samples = samples[len(samples)/5:] // pools fill in the beginning
	if len(samples) < 3 {
		t.Fatalf("%d samples say nothing; -soak longer", len(samples))
	}
	for _, m := range soakMeasures {
		growth, mean := grown(samples, m.of)
		verdict := "flat"
		if growth > m.most(mean) {
			verdict = "grows"
			t.Errorf("%s grows by %.1f, from %.1f on average", m.name, growth, mean)
		}
		fmt.Printf("%-22s mean %.1f, %+.1f over the soak: %s\n", m.name, mean, growth, verdict)
	}
	if *soakPlot != "" {
		if err := writeWhole(*soakPlot, soakSVG(samples)); err != nil {
			t.Error(err)
		}
	}
}

// take looks at this process. Only Linux tells of memory and descriptors.
func take(began time.Time) taken {
	s := taken{at: time.Since(began).Seconds(), goroutines: float64(goroutines())}
	if status, err := os.Open("/proc/self/status"); err == nil {
		lines := bufio.NewScanner(status)
		for lines.Scan() {
			if kB, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
				n, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(kB, "kB")), 64) // 0 where it is no number
				s.rss = n / 1024
			}
		}
		status.Close()
	}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		s.files = float64(len(open))
	}
	return s
}

// goroutines counts those of this process but for Ginkgo's, which wait for a signal after each run as long as the process
// lives: a process of the command has one or two runs.
func goroutines() int {
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return bytes.Count(stacks, []byte("\n\n")) + 1 - bytes.Count(stacks, []byte("interrupt_handler.(*InterruptHandler).registerForInterrupts.func2("))
}

// grown is by how much a measure grows over the samples on the line of least squares, and its mean.
func grown(samples []taken, of func(taken) float64) (growth, mean float64) {
	var sx, sy, sxx, sxy float64
	n := float64(len(samples))
	for _, s := range samples {
		sx, sy, sxx, sxy = sx+s.at, sy+of(s), sxx+s.at*s.at, sxy+s.at*of(s)
	}
	if d := n*sxx - sx*sx; d > 0 {
		growth = (n*sxy - sx*sy) / d * (samples[len(samples)-1].at - samples[0].at)
	}
	return growth, sy / n
}

// soakSVG draws one line for each measure, each in its own scale from nothing to its most.
func soakSVG(samples []taken) []byte {
	var b bytes.Buffer
	const width, height, gap = 800, 120, 40
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n", width+20, len(soakMeasures)*(height+gap)+10)
	last := samples[len(samples)-1].at
	for i, m := range soakMeasures {
		top, most := i*(height+gap)+gap, 1.0
		for _, s := range samples {
			most = max(most, m.of(s))
		}
		fmt.Fprintf(&b, `<text x="10" y="%d">%s, up to %.0f, over %.0f s</text><rect x="10" y="%d" width="%d" height="%d" fill="none" stroke="#999"/><polyline fill="none" stroke="#06c" points="`, top-8, m.name, most, last, top, width, height)
		for _, s := range samples {
			fmt.Fprintf(&b, "%.1f,%.1f ", 10+s.at/last*width, float64(top)+height*(1-m.of(s)/most))
		}
		b.WriteString("\"/>\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// The verdict of a soak sees a leak, and takes no noise for one.
func TestASoakSeesWhatGrows(t *testing.T) {
	for name, c := range map[string]struct {
		files func(i int) float64
		grows bool
	}{
		"flat":      {func(i int) float64 { return 10 + float64(i%2) }, false},
		"a leak":    {func(i int) float64 { return 10 + float64(i) }, true},
		"it shrank": {func(i int) float64 { return 100 - float64(i) }, false},
	} {
		var samples []taken
		for i := range 30 {
			samples = append(samples, taken{at: float64(i * 10), files: c.files(i)})
		}
		m := soakMeasures[2]
		growth, mean := grown(samples, m.of)
		if got := growth > m.most(mean); got != c.grows {
			t.Errorf("%s: growth %.1f, so grows is %v", name, growth, got)
		}
	}
}
