// Who looks at a load run while it goes on: a terminal or a log, a collector of metrics, a file for vegeta, and whoever
// presses Ctrl-C.

package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"harness/internal/evidence"
	"harness/internal/live"
)

// view shows the run on standard error: standard output is the report's.
func (l *loading) view(record evidence.Load) live.View {
	if !redraws(l.door, l.door.stderr) {
		return live.NewLines(l.door.stderr, record)
	}
	return live.NewScreen(l.door.stderr, record, func() int {
		width, _ := terminal(l.door.stderr)
		return width
	}, coloured(l.door, l.door.stderr))
}

// interruption is how a run is stopped from outside. The first Ctrl-C ends the context of the command, so that nothing
// more is sent; the second one has what is in flight given up.
type interruption struct {
	abandoned chan struct{} // closed: what is in flight is given up
	once      sync.Once
	signals   chan os.Signal
	over      chan struct{}
	watching  sync.WaitGroup
}

func newInterruption(say func(string)) *interruption {
	i := &interruption{abandoned: make(chan struct{}), signals: make(chan os.Signal, 2), over: make(chan struct{})}
	signal.Notify(i.signals, os.Interrupt, syscall.SIGTERM)
	i.watching.Go(func() {
		for _, text := range []string{"stopping; what is in flight is waited for, Ctrl-C again does not wait", "stopping at once"} {
			select {
			case <-i.signals:
				say(text)
			case <-i.over:
				return
			}
		}
		i.abandon()
	})
	return i
}

// abandon gives up what is in flight.
func (i *interruption) abandon() { i.once.Do(func() { close(i.abandoned) }) }

// end stops listening for signals.
func (i *interruption) end() {
	signal.Stop(i.signals)
	close(i.over)
	i.watching.Wait()
}

// collected is what leaves a run while it goes on, beside the evidence: metrics, and vegeta's file.
type collected struct {
	door     door
	server   *http.Server
	listener net.Listener

	mu      sync.Mutex
	metrics *live.Metrics // nil before the run begins

	file *vegetaFile
}

// collect opens what the flags ask for, before anything is sent.
func (l *loading) collect() (*collected, error) {
	c := &collected{door: l.door}
	if l.vegeta != "" {
		file, err := newVegetaFile(l.vegeta)
		if err != nil {
			return nil, err
		}
		c.file = file
	}
	if l.metrics != "" {
		if err := c.serve(l.metrics); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

// serve answers Prometheus at an address; one without a host is this machine's alone.
func (c *collected) serve(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--metrics %q is no address\nhint: :9102 for this machine alone, 0.0.0.0:9102 for others as well", address)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if c.listener, err = net.Listen("tcp", net.JoinHostPort(host, port)); err != nil {
		return fmt.Errorf("--metrics %s: %w", address, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		metrics := c.metrics
		c.mu.Unlock()
		if metrics == nil {
			http.Error(w, "the run has not begun", http.StatusServiceUnavailable)
			return
		}
		metrics.ServeHTTP(w, r)
	})
	c.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = c.server.Serve(c.listener) }() // Serve returns when close closes the listener
	fmt.Fprintf(c.door.stderr, "harness: metrics on http://%s/metrics\n", c.listener.Addr())
	return nil
}

func (c *collected) begin(record evidence.Load) {
	if c.server != nil {
		c.mu.Lock()
		c.metrics = live.NewMetrics(record)
		c.mu.Unlock()
	}
}

func (c *collected) tick(t evidence.Tick) {
	if c.metrics != nil {
		c.metrics.Tick(t)
	}
}

// results takes each request for vegeta's file; nil when there is none.
func (c *collected) results() func(vegeta.Result) {
	if c.file == nil {
		return nil
	}
	return c.file.add
}

// close ends what was opened, and says what vegeta's file lacks.
func (c *collected) close() {
	if c.server != nil {
		_ = c.server.Close()
	}
	if c.file == nil {
		return
	}
	n, dropped, err := c.file.close()
	switch {
	case err != nil:
		fmt.Fprintf(c.door.stderr, "harness: %s: %s\n", c.file.name, err)
	case dropped > 0:
		fmt.Fprintf(c.door.stderr, "harness: %s holds %d of %d requests; the disk was too slow for the rest\n", c.file.name, n, n+dropped)
	default:
		fmt.Fprintf(c.door.stderr, "harness: %s holds %d requests, for vegeta report and vegeta plot\n", c.file.name, n)
	}
	c.file = nil
}
