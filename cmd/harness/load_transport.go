// How a load run speaks HTTP: with little work a request, or as Go does where that cannot be.

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"

	"harness/internal/client"
	"harness/internal/evidence"
	"harness/internal/wire"
	"harness/load"
)

// wires is the way to the target that a run takes.
type wires struct {
	name   string // of the transport: fast or std
	note   string // why it is not the one that was asked for
	of     func(api string) (transport http.RoundTripper, bounds bool)
	opened func() int64 // connections so far
	close  func()
}

// neededHeaders are those of an answer that anybody looks at: the check of the document, the question whether the
// server wants to be left alone, and the reader of an answer that broke the contract. Content-Length is told by the
// response itself.
var neededHeaders = []string{
	"Content-Type", "Content-Encoding", "Retry-After", "Date", "Location", "Server", "X-Request-Id",
	"Inin-Correlation-Id", "X-Amzn-Requestid", "X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset",
}

// connect chooses the transport. The fast one speaks HTTP/1.1 to the target itself; where a proxy stands in between or
// the target speaks only HTTP/2, the other one is taken, and the report says so.
func (l *loading) connect(ctx context.Context, sink evidence.Sink, limiter *client.Limiter) (*wires, error) {
	config, err := client.TLS(l.target)
	if err != nil {
		return nil, err
	}
	note := ""
	if l.transport == transportFast {
		if note, err = l.notFast(ctx, sink, limiter, config); err != nil {
			return nil, err
		}
	}
	if l.transport == transportStd || note != "" {
		w, err := l.std()
		if err != nil {
			return nil, err
		}
		w.note = note
		return w, nil
	}
	// Documents name headers of their own; the check wants to see them.
	headers := slices.Clone(neededHeaders)
	for _, api := range l.apis {
		for _, op := range api.Operations {
			for _, response := range op.Spec.Responses.Map() {
				if response.Value != nil {
					for name := range response.Value.Headers {
						headers = append(headers, http.CanonicalHeaderKey(name))
					}
				}
			}
		}
	}
	slices.Sort(headers)
	fast := wire.New(wire.Options{
		MaxConns: l.scenario.InFlight(), Timeout: l.target.Limits.Timeout, BodyLimit: load.LongestAnswer,
		Headers: slices.Compact(headers), SharedHeaders: true, BriefResponses: true, TLS: config,
	})
	return &wires{
		name: transportFast, of: func(string) (http.RoundTripper, bool) { return fast, true },
		opened: func() int64 { return fast.Stats().Opened }, close: fast.CloseIdleConnections,
	}, nil
}

// std is net/http, with as many connections kept as there are requests in flight.
func (l *loading) std() (*wires, error) {
	transport, err := client.NewTransport(l.target)
	if err != nil {
		return nil, err
	}
	transport.MaxConnsPerHost, transport.MaxIdleConns, transport.MaxIdleConnsPerHost = l.scenario.InFlight(), 0, l.scenario.InFlight()
	var opened atomic.Int64
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err == nil {
			opened.Add(1)
		}
		return c, err
	}
	return &wires{
		name: transportStd, of: func(string) (http.RoundTripper, bool) { return transport, false },
		opened: opened.Load, close: transport.CloseIdleConnections,
	}, nil
}

// notFast says why the fast transport cannot be used, "" when it can.
func (l *loading) notFast(ctx context.Context, sink evidence.Sink, limiter *client.Limiter, config *tls.Config) (string, error) {
	for _, api := range l.apis {
		base, err := url.Parse(l.target.APIs[api.Name].URL)
		if err != nil {
			return "", err
		}
		if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: base}); err == nil && proxy != nil {
			return "transport std, because a proxy stands before " + base.Host, nil
		}
		if base.Scheme != "https" {
			continue // without TLS nobody offers HTTP/2 unasked
		}
		fast := wire.New(wire.Options{Timeout: l.target.Limits.Timeout, TLS: config})
		defer fast.CloseIdleConnections()
		c, err := client.New(client.Options{API: api, Target: l.target, Sink: sink, Limiter: limiter, Transport: fast, Version: tool().Version})
		if err != nil {
			return "", err
		}
		switch e := c.Send(ctx, probe(api)); {
		case errors.Is(e.Err, wire.ErrHTTP2Only):
			return "transport std, because " + base.Host + " speaks only HTTP/2", nil
		case e.Err != nil && ctx.Err() == nil: // some say it by hanging up; net/http has just been answered
			return fmt.Sprintf("transport std, because %s does not answer the fast one: %s", base.Host, e.Err), nil
		}
	}
	return "", nil
}
