//go:build unix

// Prism's validation proxy: stands between a caller and the server and says what departs from the document.

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// proxy is one Prism that was started, in front of the port of a lane.
type proxy struct {
	url  string
	cmd  *exec.Cmd
	read float64 // seconds of CPU when it was last looked at
}

// proxies starts one for each document, once for a lane: it looks at traffic and does not mind who answers.
func (k *kit) proxies(ctx context.Context, api string, l *lane, files []string) ([]*proxy, error) {
	if p, ok := l.proxies[api]; ok {
		return p, nil
	}
	var started []*proxy
	for _, file := range files {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		cmd := exec.Command(filepath.Join(k.tools, "node_modules/.bin/prism"), "proxy", file, fmt.Sprintf("http://127.0.0.1:%d%s", l.port, k.base[api]),
			"--port", fmt.Sprint(port), "--verboseLevel", "error")
		cmd.Dir = k.work
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		p := &proxy{url: fmt.Sprintf("http://127.0.0.1:%d", port), cmd: cmd}
		started = append(started, p)
		l.proxies[api] = started
		if err := p.ready(ctx); err != nil {
			return nil, err
		}
	}
	return started, nil
}

// ready waits until the proxy takes connections.
func (p *proxy) ready(ctx context.Context) error {
	for range 600 {
		resp, err := http.Get(p.url + "/")
		if err == nil {
			resp.Body.Close()
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return fmt.Errorf("prism did not start on %s", p.url)
}

func runPrism(ctx context.Context, k *kit, t trial) (verdict, error) {
	proxies, err := k.proxies(ctx, t.api, t.lane, t.files)
	if err != nil {
		return verdict{}, err
	}
	var v verdict
	for _, e := range k.traffic(t.api) {
		op := k.operations[t.api+" "+e.operation]
		failures, err := k.through(ctx, proxies[op.part], op, e)
		if err != nil {
			return verdict{}, err
		}
		v.failures = append(v.failures, failures...)
	}
	for _, p := range proxies {
		used := cpuOf(p.cmd.Process.Pid)
		v.cpu += used - p.read
		p.read = used
	}
	return v, nil
}

// traffic is what is sent through the proxy: every example, and what is unknown.
func (k *kit) traffic(api string) []example {
	var all []example
	for _, e := range k.examples {
		if e.api == api {
			all = append(all, e)
		}
	}
	if api == "gotoaccount" {
		for _, id := range []string{"getLicense", "getLicenseUsers", "getLicenseProducts"} {
			all = append(all, example{api: api, operation: id, name: "unknown", parameters: map[string]any{"licenseKey": json.Number("7")}})
		}
	}
	return all
}

// through sends one request and returns what Prism says of the answer.
func (k *kit) through(ctx context.Context, p *proxy, op operation, e example) ([]string, error) {
	a := asker{ctx: ctx, url: p.url, credentials: k.credentials}
	resp, err := a.exchange(op.api, op.method, op.path(e.parameters), e.body)
	if err != nil {
		return []string{op.method + " " + op.template + " | no answer: " + shape(err.Error())}, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return []string{op.method + " " + op.template + " | an answer that breaks off"}, nil
	}
	var violations []struct {
		Location []string
		Severity string
		Code     any
		Message  string
	}
	told := resp.Header.Get("sl-violations")
	if told == "" {
		// A problem may be the server's own; those of Prism name it.
		if resp.Header.Get("Content-Type") == "application/problem+json" && strings.Contains(string(body), "prism/errors") {
			return []string{fmt.Sprintf("%s %s | %d problem", op.method, op.template, resp.StatusCode)}, nil
		}
		return nil, nil
	}
	if err := json.Unmarshal([]byte(told), &violations); err != nil {
		return []string{op.method + " " + op.template + " | violations that are no JSON"}, nil
	}
	var failures []string
	for _, x := range violations {
		if len(x.Location) > 0 && x.Location[0] == "request" {
			continue // is about the traffic, which is ours
		}
		place := prismIndex.ReplaceAllString(strings.Join(x.Location, "."), ".#")
		failures = append(failures, fmt.Sprintf("%s %s | %s %s | %v %s", op.method, op.template, x.Severity, place, x.Code, shape(x.Message)))
	}
	return failures, nil
}

var prismIndex = regexp.MustCompile(`\.\d+`)
