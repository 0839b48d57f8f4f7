// Connections: kept, capped, found closed, given up.

package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// both runs a test with descriptors and without.
func both(t *testing.T, run func(t *testing.T, dial func(context.Context, string, string) (net.Conn, error))) {
	t.Run("with descriptors", func(t *testing.T) { run(t, nil) })
	t.Run("without", func(t *testing.T) {
		run(t, func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, addr)
			return struct{ net.Conn }{c}, err
		})
	})
}

// named answers with the number of the connection and of the request on it, as in "2.1".
func named(t testing.TB, change func(connection, request int) (answer string, closing bool)) (address string) {
	var connections atomic.Int64
	return talk(t, func(c net.Conn, requests *bufio.Reader) {
		connection := int(connections.Add(1))
		for request := 1; ask(requests) != nil; request++ {
			body := fmt.Sprintf("%d.%d", connection, request)
			answer, closing := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body), false
			if change != nil {
				if changed, end := change(connection, request); changed != "" || end {
					answer, closing = changed, end
				}
			}
			if answer == "NEVER" {
				continue
			}
			io.WriteString(c, answer)
			if closing {
				return
			}
		}
	})
}

func TestConnectionIsKeptWhereItMayBe(t *testing.T) {
	body := "x"
	for _, test := range []struct {
		name, method, answer string
		kept                 bool
	}{
		{"length", "GET", ok + "Content-Length: 1\r\n\r\n" + body, true},
		{"chunked", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", true},
		{"chunked with trailers", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n", true},
		{"HEAD", "HEAD", ok + "Content-Length: 1\r\n\r\n", true},
		{"204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", true},
		{"204 with length 0", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", true},
		{"204 with length 1", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 1\r\n\r\n", false},
		{"204, chunked", "GET", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", false},
		{"304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 1\r\n\r\n", true},
		{"interim", "GET", "HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 1\r\n\r\n" + body, true},
		{"close", "GET", ok + "Connection: close\r\nContent-Length: 1\r\n\r\n" + body, false},
		{"close in a list", "GET", ok + "Connection: foo, CLOSE\r\nContent-Length: 1\r\n\r\n" + body, false},
		{"close in a second line", "GET", ok + "Connection: foo\r\nConnection: close\r\nContent-Length: 1\r\n\r\n" + body, false},
		{"closed, not close", "GET", ok + "Connection: closed\r\nContent-Length: 1\r\n\r\n" + body, true},
		{"HTTP/1.0", "GET", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n" + body, false},
		{"HTTP/1.0, kept alive", "GET", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\n" + body, true},
		{"HTTP/1.0, kept alive and closed", "GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 1\r\n\r\n" + body, false},
		{"bytes behind", "GET", ok + "Content-Length: 1\r\n\r\n" + body + "y", false},
		{"an answer behind", "GET", ok + "Content-Length: 1\r\n\r\n" + body + hello, false},
		{"bytes behind chunks", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n0", false},
		{"HEAD with a body", "HEAD", ok + "Content-Length: 1\r\n\r\n" + body, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			transport := made(t, Options{})
			url := "http://" + says(t, test.answer)
			for range 2 {
				if _, _, err := get(t, transport, test.method, url, nil); err != nil {
					t.Fatal(err)
				}
			}
			if stats := transport.Stats(); (stats.Opened == 1) != test.kept || (stats.Open == 1) != test.kept {
				t.Errorf("%+v; want it kept: %v", stats, test.kept)
			}
		})
	}
}

func TestKeptConnectionThatWasClosedIsNotUsed(t *testing.T) {
	both(t, func(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) {
		transport := made(t, Options{Dial: dial})
		url := "http://" + named(t, func(connection, request int) (string, bool) {
			return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n%d.%d", connection, request), true
		})
		for i := range 3 {
			mustGet(t, transport, url, fmt.Sprintf("%d.1", i+1))
			time.Sleep(20 * time.Millisecond) // the end of the connection arrives
		}
		// Nothing had been written, so even what may not be sent twice goes through.
		if _, body, err := get(t, transport, "POST", url, strings.NewReader("[]")); err != nil || body != "4.1" {
			t.Errorf("POST: %q, %v; want 4.1", body, err)
		}
		if stats := transport.Stats(); stats.Stale != 3 || stats.Retries != 0 || stats.Requests != 4 || stats.Reused != 0 || stats.Opened != 4 {
			t.Errorf("%+v; want 3 stale of 4, and no retry", stats)
		}
	})
}

func TestBytesNobodyAskedForAreNoAnswer(t *testing.T) {
	both(t, func(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) {
		transport := made(t, Options{Dial: dial})
		address := talk(t, func(c net.Conn, requests *bufio.Reader) {
			for ask(requests) != nil {
				io.WriteString(c, hello)
				time.Sleep(10 * time.Millisecond)
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nanother")
			}
		})
		for range 3 {
			mustGet(t, transport, "http://"+address, "hello")
			time.Sleep(30 * time.Millisecond)
		}
		if stats := transport.Stats(); stats.Stale != 2 || stats.Opened != 3 {
			t.Errorf("%+v; want 2 stale and 3 opened", stats)
		}
	})
}

func TestRequestIsSentOnceMoreOnlyWhereItMayBe(t *testing.T) {
	for _, test := range []struct {
		name, method string
		body         io.Reader
		second       string // what the server says to the second request of a connection, before it closes it
		connections  int    // which connections do so
		change       func(*http.Request)
		want         string // the body, or the error
	}{
		{name: "GET", method: "GET", connections: 1, want: "2.1"},
		{name: "HEAD", method: "HEAD", connections: 1, want: ""},
		{name: "GET with a body that can be had again", method: "GET", body: strings.NewReader("x"), connections: 1, want: "2.1"},
		{name: "GET with a long body that can be had again", method: "GET", body: strings.NewReader(strings.Repeat("x", 100_000)), connections: 1, want: "2.1"},
		{name: "GET with a body that cannot", method: "GET", body: io.MultiReader(strings.NewReader("x")), connections: 1, want: "connection closed before the answer"},
		{name: "POST", method: "POST", body: strings.NewReader("x"), connections: 1, want: "connection closed before the answer"},
		{name: "POST with a key", method: "POST", body: strings.NewReader("x"), connections: 1, want: "2.1", change: func(r *http.Request) { r.Header.Set("Idempotency-Key", "1") }},
		{name: "DELETE", method: "DELETE", connections: 1, want: "connection closed before the answer"},
		{name: "one byte came", method: "GET", second: "H", connections: 1, want: "connection closed within the answer's head"},
	} {
		t.Run(test.name, func(t *testing.T) {
			transport := made(t, Options{})
			url := "http://" + named(t, func(connection, request int) (string, bool) {
				if request == 2 && connection <= test.connections {
					return test.second, true
				}
				return "", false
			})
			mustGet(t, transport, url, "1.1")
			req, _ := http.NewRequest(test.method, url, test.body)
			if test.change != nil {
				test.change(req)
			}
			res, err := transport.RoundTrip(req)
			got := ""
			if err == nil {
				body, _ := io.ReadAll(res.Body)
				res.Body.Close()
				got = string(body)
			} else {
				got = err.Error()
				if !errors.Is(err, ErrClosed) {
					t.Errorf("%v is not ErrClosed", err)
				}
			}
			if got != test.want && (err == nil || test.want == "" || !strings.Contains(got, test.want)) {
				t.Errorf("%q; want %q", got, test.want)
			}
			if stats := transport.Stats(); (stats.Retries == 1) != (err == nil) {
				t.Errorf("%+v with error %v", stats, err)
			}
		})
	}
	t.Run("never twice", func(t *testing.T) {
		transport := made(t, Options{MaxConns: 2})
		var both sync.WaitGroup
		both.Add(2)
		address := named(t, func(connection, request int) (string, bool) {
			if connection <= 2 && request == 1 {
				both.Done()
				both.Wait()
			}
			return "", request == 2 || connection > 2
		})
		// Two kept connections: the request breaks under one, is sent once more on a new one in the other's place, and
		// breaks again.
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { get(t, transport, "GET", "http://"+address, nil) })
		}
		all.Wait()
		if _, _, err := get(t, transport, "GET", "http://"+address, nil); !errors.Is(err, ErrClosed) {
			t.Errorf("%v; want the connection closed", err)
		}
		if stats := transport.Stats(); stats.Retries != 1 {
			t.Errorf("%+v; want one retry", stats)
		}
	})
	t.Run("not on a new connection", func(t *testing.T) {
		transport := made(t, Options{})
		address := named(t, func(int, int) (string, bool) { return "", true })
		if _, _, err := get(t, transport, "GET", "http://"+address, nil); !errors.Is(err, ErrClosed) {
			t.Errorf("%v; want the connection closed", err)
		}
		if stats := transport.Stats(); stats.Retries != 0 || stats.Opened != 1 {
			t.Errorf("%+v; want no retry", stats)
		}
	})
}

func TestLastUsedIsUsedNext(t *testing.T) {
	transport := made(t, Options{})
	gate := make(chan bool)
	var inside atomic.Int64
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		for req := ask(requests); req != nil; req = ask(requests) {
			inside.Add(1)
			if req.URL.Path == "/wait" {
				<-gate
			}
			io.WriteString(c, hello)
		}
	})
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() { get(t, transport, "GET", "http://"+address+"/wait", nil) })
	}
	for inside.Load() < 5 {
		time.Sleep(time.Millisecond)
	}
	for range 5 {
		gate <- true
	}
	all.Wait()
	p, _ := transport.pool("http", address)
	bottom := p.idle[0]
	since := bottom.idle
	for range 20 {
		mustGet(t, transport, "http://"+address, "hello")
	}
	if p.idle[0] != bottom || bottom.idle != since {
		t.Error("the connection that waits longest was used")
	}
	if stats := transport.Stats(); stats.Idle != 5 || stats.Opened != 5 || stats.Reused != 20 {
		t.Errorf("%+v; want 5 idle and 20 reused", stats)
	}
}

func TestCapCaps(t *testing.T) {
	var open, most atomic.Int64
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		now := open.Add(1)
		for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
		}
		for i := 0; ask(requests) != nil; i++ {
			if i == 3 {
				break // so that places are freed as well as connections handed on
			}
			time.Sleep(time.Millisecond)
			// The count goes down before the client can know.
			if i == 2 {
				open.Add(-1)
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
				return
			}
			io.WriteString(c, hello)
		}
		open.Add(-1)
	})
	transport := made(t, Options{MaxConns: 3, Timeout: 20 * time.Second})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 10 {
				if _, body, err := get(t, transport, "GET", "http://"+address, nil); err != nil || body != "hello" {
					t.Errorf("%q, %v", body, err)
				}
			}
		})
	}
	all.Wait()
	if most.Load() > 3 {
		t.Errorf("%d connections at once; want 3", most.Load())
	}
	if stats := transport.Stats(); stats.Waiting != 0 || stats.Open > 3 || stats.Requests != 200 {
		t.Errorf("%+v", stats)
	}
}

func TestWaitForAConnectionEnds(t *testing.T) {
	transport := made(t, Options{MaxConns: 1, Timeout: 150 * time.Millisecond})
	url := "http://" + named(t, func(connection, request int) (string, bool) { return "NEVER", false })
	first := make(chan error)
	go func() {
		_, _, err := get(t, transport, "GET", url, nil)
		first <- err
	}()
	for transport.Stats().Open == 0 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	second := make(chan error)
	go func() {
		req, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
		_, err := transport.RoundTrip(req)
		second <- err
	}()
	for transport.Stats().Waiting == 0 {
		time.Sleep(time.Millisecond)
	}
	why := errors.New("enough")
	cancel(why)
	if err := <-second; !errors.Is(err, why) {
		t.Errorf("cancelled while it waits: %v", err)
	}
	if _, _, err := get(t, transport, "GET", url, nil); !errors.Is(err, ErrTimeout) {
		t.Errorf("too late: %v", err)
	}
	if err := <-first; !errors.Is(err, ErrTimeout) || !strings.Contains(err.Error(), "waiting for the answer") {
		t.Errorf("the first: %v", err)
	}
	if stats := transport.Stats(); stats.Open != 0 || stats.Waiting != 0 {
		t.Errorf("%+v; want nothing open, and nobody waiting", stats)
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	var closed atomic.Int64
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		for ask(requests) != nil {
			io.WriteString(c, hello)
		}
		closed.Add(1)
	})
	transport := made(t, Options{IdleTimeout: 50 * time.Millisecond, MaxConns: 1})
	start := time.Now()
	for time.Since(start) < 150*time.Millisecond { // in use it stays, however long
		mustGet(t, transport, "http://"+address, "hello")
		time.Sleep(5 * time.Millisecond)
	}
	busy := transport.Stats()
	for closed.Load() == busy.Opened-1 && time.Since(start) < 10*time.Second {
		time.Sleep(5 * time.Millisecond)
	}
	if stats := transport.Stats(); stats.Open != 0 || stats.Idle != 0 {
		t.Errorf("%+v; want nothing open", stats)
	}
	mustGet(t, transport, "http://"+address, "hello")

	// One that is idle too long is not used, even when the timer did not come yet.
	p, _ := transport.pool("http", address)
	p.mu.Lock()
	p.timer.Stop()
	p.mu.Unlock()
	time.Sleep(60 * time.Millisecond)
	opened := transport.Stats().Opened
	mustGet(t, transport, "http://"+address, "hello")
	if stats := transport.Stats(); stats.Opened != opened+1 || stats.Open != 1 {
		t.Errorf("%+v; want one opened in the old one's place", stats)
	}
}

func TestTwoSpellingsOfAHostShareItsConnections(t *testing.T) {
	transport := made(t, Options{Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if addr != "api.example:80" {
			return nil, fmt.Errorf("dialled %s", addr)
		}
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			for requests := bufio.NewReader(server); ask(requests) != nil; {
				io.WriteString(server, hello)
			}
		}()
		return client, nil
	}})
	mustGet(t, transport, "http://api.example/a", "hello")
	mustGet(t, transport, "http://API.example:80/a", "hello")
	if stats := transport.Stats(); stats.Opened != 1 || stats.Reused != 1 || stats.Requests != 2 {
		t.Errorf("%+v; want one connection", stats)
	}
}

func TestEveryConnectionIsClosedInTheEnd(t *testing.T) {
	var dialled, closed atomic.Int64
	transport := New(Options{MaxConns: 8, Timeout: 50 * time.Millisecond, Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err == nil {
			dialled.Add(1)
		}
		return counted{c, &closed}, err
	}})
	kinds := []string{hello, hello, "what?", ok + "Content-Length: 9\r\n\r\nx", "NEVER", ok + "\r\nto the end", "HTTP/1.1 204 No Content\r\n\r\nx"}
	address := named(t, func(connection, request int) (string, bool) {
		kind := kinds[(connection+request)%len(kinds)]
		return kind, kind != "NEVER" && kind != hello
	})
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() {
			for range 10 {
				get(t, transport, "GET", "http://"+address, nil)
			}
		})
	}
	all.Wait()
	transport.CloseIdleConnections()
	if stats := transport.Stats(); stats.Open != 0 || stats.Waiting != 0 || dialled.Load() != closed.Load() || stats.Opened != dialled.Load() {
		t.Errorf("%+v; %d dialled, %d closed", stats, dialled.Load(), closed.Load())
	}
}

// counted counts connections closed, each once.
type counted struct {
	net.Conn
	closed *atomic.Int64
}

func (c counted) Close() error {
	err := c.Conn.Close()
	if err == nil {
		c.closed.Add(1)
	}
	return err
}
