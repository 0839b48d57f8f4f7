// The bench: the programs that are measured, the server they are measured on, and the folder they write to.

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"harness/internal/client"
	"harness/internal/target"
	"harness/specs"
)

// installed is where .ci/install-load-peers puts its tools.
const installed = ".ci/load-peers/bin"

// bench is one server and the tools that are measured on it.
type bench struct {
	dir      string // for what is written on the way
	server   address
	target   string // file
	licence  string // URL of one licence of about 400 bytes
	page     string // URL of a page of a hundred, about 40 KB
	header   [][2]string
	counting bool // perf counts instructions
}

// work is what a tool is asked to do in one turn.
type work struct {
	url      string
	feed     string // the same, as a step of a scenario
	order    order
	rate     int // requests a second; 0 sends as fast as answers come
	flight   int // requests in flight at most
	duration time.Duration
}

// open builds the programs and starts the server; stop ends it.
func open(ctx context.Context) (b *bench, stop func(), err error) {
	dir, err := os.MkdirTemp("", "benchload")
	if err != nil {
		return nil, nil, err
	}
	b = &bench{dir: dir, counting: countsInstructions()}
	clear := func() { _ = os.RemoveAll(dir) }
	for name, pkg := range map[string]string{"harness": "./cmd/harness", "vegeta": "github.com/tsenart/vegeta/v12"} {
		if text, err := exec.CommandContext(ctx, "go", "build", "-o", b.file(name), pkg).CombinedOutput(); err != nil {
			clear()
			return nil, nil, fmt.Errorf("go build %s: %w\n%s", pkg, err, text)
		}
	}
	quit, err := b.start(ctx)
	if err != nil {
		clear()
		return nil, nil, err
	}
	stop = func() { quit(); clear() }
	if err := b.find(ctx); err != nil {
		stop()
		return nil, nil, err
	}
	return b, stop, nil
}

func (b *bench) file(name string) string { return filepath.Join(b.dir, name) }

// program is the path of a tool: one that was built here, or installed, or is on the machine. "" says it is not to be had.
func (b *bench) program(name string) string {
	for _, path := range []string{b.file(name), filepath.Join(installed, name), name} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	return ""
}

// start starts the server in a process of its own.
func (b *bench) start(ctx context.Context) (quit func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	server := exec.CommandContext(ctx, self, "serve")
	server.Stderr = os.Stderr
	hold, err := server.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := server.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	quit = func() { _ = hold.Close(); _ = server.Wait() }
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &b.server)
	}
	if err != nil {
		quit()
		return nil, fmt.Errorf("the server did not start: %w", err)
	}
	return quit, nil
}

// find writes the target file of the server, and finds the licence and the page that are asked for.
func (b *bench) find(ctx context.Context) error {
	at := &target.Target{
		Name: "bench",
		APIs: map[string]*target.API{"gotoaccount": {URL: b.server.URL, Credentials: map[string]target.Credential{
			"default": {Headers: map[string]string{"ClientName": b.server.ClientName, "ClientSecret": b.server.ClientSecret}},
		}}},
		Limits: target.Limits{
			Concurrency: target.DefaultConcurrency, Timeout: target.DefaultTimeout,
			Load: &target.LoadLimit{Rate: target.Rate{Count: 1_000_000, Per: time.Second}, Duration: time.Hour},
		},
	}
	var text bytes.Buffer
	if err := target.Write(&text, at); err != nil {
		return err
	}
	b.target = b.file("target.yaml")
	if err := os.WriteFile(b.target, text.Bytes(), 0o600); err != nil {
		return err
	}
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
		return errors.New("the server shows no licence")
	}
	header, err := c.Header(ctx, page)
	if err != nil {
		return err
	}
	for _, name := range []string{"Clientname", "Clientsecret", "Accept"} {
		b.header = append(b.header, [2]string{name, header.Get(name)})
	}
	b.licence, b.page = c.Base()+"/licenses/"+e.JSON().Items[0].Get("key").Text, c.Base()+"/licenses?count=100"
	return nil
}

// give orders how the server behaves from now on, and lets it forget what came before.
func (b *bench) give(ctx context.Context, o order) error {
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = b.ask(ctx, http.MethodPost, body)
	return err
}

// came asks the server what has arrived since.
func (b *bench) came(ctx context.Context) (arrivals, error) { return b.ask(ctx, http.MethodGet, nil) }

func (b *bench) ask(ctx context.Context, method string, body []byte) (a arrivals, err error) {
	request, err := http.NewRequestWithContext(ctx, method, b.server.Control, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return a, fmt.Errorf("the server says %s to its order", response.Status)
	}
	if method == http.MethodGet {
		err = json.NewDecoder(response.Body).Decode(&a)
	}
	return a, err
}
