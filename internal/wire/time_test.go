// Exchanges that end because their time is over, or because nobody wants them any more.

package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTimeoutSaysHowFarItCame(t *testing.T) {
	both(t, func(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) {
		for _, test := range []struct{ name, answer, want string }{
			{"nothing", "", "waiting for the answer"},
			{"head", "HTTP/1.1 200", "with 12 bytes of the answer read"},
			{"body", ok + "Content-Length: 6\r\n\r\nhello", "with 43 bytes of the answer read"},
			{"chunk", ok + "Transfer-Encoding: chunked\r\n\r\n6\r\nhello", "bytes of the answer read"},
			{"to the end", ok + "\r\nhello", "with 24 bytes of the answer read"},
		} {
			transport := made(t, Options{Timeout: 40 * time.Millisecond, Dial: dial})
			start := time.Now()
			_, _, err := get(t, transport, "GET", "http://"+says(t, test.answer), nil)
			took := time.Since(start)
			var timeout net.Error
			if !errors.Is(err, ErrTimeout) || !errors.As(err, &timeout) || !timeout.Timeout() || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v; want a timeout %s", test.name, err, test.want)
			}
			if took < 40*time.Millisecond || took > 5*time.Second {
				t.Errorf("%s: took %v; want 40ms", test.name, took)
			}
			if stats := transport.Stats(); stats.Open != 0 || stats.Retries != 0 {
				t.Errorf("%s: %+v; want nothing open", test.name, stats)
			}
		}
	})
}

func TestTimeoutOfAWrite(t *testing.T) {
	address := talk(t, func(c net.Conn, requests *bufio.Reader) { time.Sleep(time.Second) })
	transport := made(t, Options{Timeout: 300 * time.Millisecond})
	_, _, err := get(t, transport, "POST", "http://"+address, bytes.NewReader(make([]byte, 32<<20)))
	if !errors.Is(err, ErrTimeout) || !strings.Contains(err.Error(), "writing the request") {
		t.Errorf("%v; want a timeout", err)
	}
}

func TestTimeoutOfADial(t *testing.T) {
	transport := made(t, Options{Timeout: 30 * time.Millisecond, Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	if _, _, err := get(t, transport, "GET", "http://api.example", nil); !errors.Is(err, ErrTimeout) || !strings.Contains(err.Error(), "connecting") {
		t.Errorf("%v; want a timeout", err)
	}
	if stats := transport.Stats(); stats.Open != 0 {
		t.Errorf("%+v; want nothing open", stats)
	}
}

func TestDeadlineOfAnEarlierExchangeDoesNotEndThisOne(t *testing.T) {
	both(t, func(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) {
		transport := made(t, Options{Timeout: 600 * time.Millisecond, Dial: dial})
		address := talk(t, func(c net.Conn, requests *bufio.Reader) {
			for req := ask(requests); req != nil; req = ask(requests) {
				wait, _ := time.ParseDuration(req.URL.Path[1:])
				time.Sleep(wait)
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
				time.Sleep(wait)
				io.WriteString(c, "llo")
			}
		})
		mustGet(t, transport, "http://"+address+"/0s", "hello")
		time.Sleep(360 * time.Millisecond)
		// The socket's deadline strikes after 240ms; this exchange has 600ms, and takes 420ms.
		mustGet(t, transport, "http://"+address+"/210ms", "hello")
		time.Sleep(660 * time.Millisecond) // and strikes while nobody uses the connection
		mustGet(t, transport, "http://"+address+"/0s", "hello")
		start := time.Now()
		if _, _, err := get(t, transport, "GET", "http://"+address+"/750ms", nil); !errors.Is(err, ErrTimeout) {
			t.Errorf("%v; want a timeout", err)
		}
		if took := time.Since(start); took < 600*time.Millisecond || took > 4*time.Second {
			t.Errorf("took %v; want 600ms", took)
		}
		if stats := transport.Stats(); stats.Opened != 1 || stats.Reused != 3 {
			t.Errorf("%+v; want one connection", stats)
		}
	})
}

func TestPartOfARequestIsFollowedByTheRest(t *testing.T) {
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		time.Sleep(20 * time.Millisecond) // so the client's side fills
		for req := ask(requests); req != nil; req = ask(requests) {
			if body, _ := io.ReadAll(req.Body); bytes.Count(body, []byte("x")) == 60_000 {
				io.WriteString(c, hello)
			}
		}
	})
	both(t, func(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) {
		transport := made(t, Options{Timeout: 10 * time.Second, Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			socket, err := new(net.Dialer).DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			if err := socket.(*net.TCPConn).SetWriteBuffer(2048); err != nil {
				return nil, err
			}
			if dial != nil {
				return struct{ net.Conn }{socket}, nil
			}
			return socket, nil
		}})
		for range 3 {
			if _, body, err := get(t, transport, "POST", "http://"+address, strings.NewReader(strings.Repeat("x", 60_000))); body != "hello" || err != nil {
				t.Errorf("%q, %v", body, err)
			}
		}
	})
}

func TestCancellationEndsAWait(t *testing.T) {
	both(t, func(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) {
		for _, answer := range []string{"", "HTTP/1.1 2", ok + "Content-Length: 6\r\n\r\nhello"} {
			transport := made(t, Options{Dial: dial, Timeout: time.Hour})
			ctx, cancel := context.WithCancel(context.Background())
			req, _ := http.NewRequestWithContext(ctx, "GET", "http://"+says(t, answer), nil)
			time.AfterFunc(20*time.Millisecond, cancel)
			start := time.Now()
			if _, err := transport.RoundTrip(req); !errors.Is(err, context.Canceled) {
				t.Errorf("%q: %v; want it cancelled", answer, err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("%q: took %v", answer, took)
			}
			if _, err := transport.RoundTrip(req); !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled before it began: %v", err)
			}
			if stats := transport.Stats(); stats.Open != 0 || stats.Requests != 1 {
				t.Errorf("%q: %+v; want nothing open", answer, stats)
			}
		}
	})
}

func TestContextsDeadlineIsTold(t *testing.T) {
	transport := made(t, Options{})
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer stop()
	req, _ := http.NewRequestWithContext(ctx, "GET", "http://"+says(t, ""), nil)
	if _, err := transport.RoundTrip(req); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v; want the context's deadline", err)
	}
	client := &http.Client{Transport: transport, Timeout: 20 * time.Millisecond}
	_, err := client.Get("http://" + says(t, ""))
	var failed *url.Error
	if !errors.As(err, &failed) || !failed.Timeout() {
		t.Errorf("%v; want http.Client's timeout", err)
	}
}

// What came before the wait began makes no event any more: whoever waits for one waits for ever.
func TestAnswerThatIsThereFirstIsRead(t *testing.T) {
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		io.WriteString(c, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nfull")
		for ask(requests) != nil { // its end would be an event
		}
	})
	transport := made(t, Options{Timeout: 5 * time.Second, Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		time.Sleep(20 * time.Millisecond)
		return c, err
	}})
	mustGet(t, transport, "http://"+address, "full")
}

// A cancellation that comes as the answer does must not reach the next exchange on the connection.
func TestCancellationTooLateHarmsNobody(t *testing.T) {
	var end context.CancelFunc
	transport := made(t, Options{MaxConns: 1, Timeout: 10 * time.Second, Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		return ending{c, func() { end() }}, err
	}})
	url := "http://" + says(t, hello)
	for i := range 50 {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		end = cancel
		req, _ := http.NewRequestWithContext(ctx, "GET", url, nil)
		res, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatalf("the answer was there, and yet: %v", err)
		}
		res.Body.Close()
		if stats := transport.Stats(); stats.Open != 0 || stats.Opened != int64(i+1) {
			t.Fatalf("%+v; want nothing open", stats)
		}
	}
}

// ending does something after each read that read something.
type ending struct {
	net.Conn
	end func()
}

func (e ending) Read(b []byte) (int, error) {
	n, err := e.Conn.Read(b)
	if n > 0 {
		e.end()
	}
	return n, err
}
