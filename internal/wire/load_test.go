// What a load run asks of a transport beyond http.RoundTripper: to end everything at once, and to do little again.

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
	"sync/atomic"
	"testing"
	"time"
)

func TestAbandonEndsWhatIsUnderWayAndWhatComes(t *testing.T) {
	both(t, func(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) {
		arrived := make(chan struct{}, 4)
		address := talk(t, func(_ net.Conn, requests *bufio.Reader) {
			for ask(requests) != nil {
				arrived <- struct{}{} // and no answer
			}
		})
		transport := made(t, Options{MaxConns: 2, Timeout: time.Minute, Dial: dial})
		withEnd, end := context.WithCancel(t.Context())
		defer end()
		ended := make(chan error, 4)
		send := func(ctx context.Context) {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address, nil)
			if err == nil {
				_, err = transport.RoundTrip(req)
			}
			ended <- err
		}
		for _, ctx := range []context.Context{context.Background(), withEnd} {
			go send(ctx)
			<-arrived
		}
		for _, ctx := range []context.Context{context.Background(), withEnd} {
			go send(ctx) // waits for a connection
		}
		for transport.Stats().Waiting < 2 {
			time.Sleep(time.Millisecond)
		}
		enough := errors.New("enough")
		transport.Abandon(enough)
		go send(context.Background())
		for range 5 {
			select {
			case err := <-ended:
				if !errors.Is(err, enough) {
					t.Errorf("%v; want what the transport was abandoned for", err)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("an exchange goes on")
			}
		}
		if stats := transport.Stats(); stats.Open != 0 {
			t.Errorf("%+v; want nothing open", stats)
		}
	})
}

func TestAbandonEndsADial(t *testing.T) {
	dialling := make(chan struct{})
	transport := made(t, Options{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		close(dialling)
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	enough := errors.New("enough")
	go func() { <-dialling; transport.Abandon(enough) }()
	if _, _, err := get(t, transport, "GET", "http://api.example", nil); !errors.Is(err, enough) {
		t.Errorf("%v; want what the transport was abandoned for", err)
	}
}

func TestSharedHeaderIsTheOneOfItsMap(t *testing.T) {
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		for req := ask(requests); req != nil; req = ask(requests) {
			who := strings.Join(req.Header["X-Who"], "+") + " " + req.UserAgent()
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(who), who)
		}
	})
	transport := made(t, Options{SharedHeaders: true})
	headers := make([]http.Header, 3*mostBlocks)
	for i := range headers {
		headers[i] = http.Header{"X-Who": {fmt.Sprint(i)}}
	}
	headers[0].Add("X-Who", "again")
	headers[1].Set("User-Agent", "own")
	for round := range 3 {
		for i, header := range headers {
			want := fmt.Sprintf("%d harness", i)
			switch i {
			case 0:
				want = "0+again harness"
			case 1:
				want = "1 own"
			}
			req, _ := http.NewRequest(http.MethodGet, "http://"+address, nil)
			req.Header = header
			res, err := transport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			got, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if string(got) != want {
				t.Fatalf("round %d: the server saw %q; want %q", round, got, want)
			}
		}
	}
	req, _ := http.NewRequest(http.MethodGet, "http://"+address, nil)
	req.Header = http.Header{"X-Who": {"a\r\nb"}}
	for range 2 { // it is not remembered as good
		if _, err := transport.RoundTrip(req); err == nil || !strings.Contains(err.Error(), "control character") {
			t.Errorf("%v; want the control character refused", err)
		}
	}
}

func TestLineThatWasSeenBeforeVouchesForNoOther(t *testing.T) {
	answers := []string{
		"HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nhi",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: 1\r\n\r\nhow",
		"HTTP/1.1 200 OK\r\nX-A:\t2 \r\nX-A: 1\r\nContent-Length: 3\r\n\r\nnow",
		"HTTP/1.1 200 OK\r\nX-A:\r\nX-A: 1\r\nContent-Length: 3\r\n\r\nyes",
		"HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
		"HTTP/1.1 200 OK\r\nX-A: \x01\r\nContent-Length: 5\r\n\r\nhello",
	}
	wants := []string{"[1] hello", "[1] hi", "[1] how", "[2 1] now", "[ 1] yes", "[1] hello", "Content-Length twice", "holds"}
	for _, headers := range [][]string{nil, {"X-A"}} {
		var next atomic.Int64
		address := talk(t, func(c net.Conn, requests *bufio.Reader) {
			for ask(requests) != nil {
				io.WriteString(c, answers[next.Add(1)-1])
			}
		})
		transport := made(t, Options{Headers: headers, BriefResponses: true})
		for i, want := range wants {
			req, _ := http.NewRequest(http.MethodGet, "http://"+address, nil)
			res, err := transport.RoundTrip(req)
			got := fmt.Sprint(err)
			if err == nil {
				body, _ := io.ReadAll(res.Body)
				got = fmt.Sprintf("%v %s", res.Header["X-A"], body)
				res.Body.Close()
			}
			if !strings.Contains(got, want) {
				t.Errorf("answer %d: %s; want %s", i, got, want)
			}
		}
	}
}
