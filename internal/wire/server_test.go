// A server that answers with given bytes, for tests.

package wire

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// TestMain plays the responder of the benchmarks when it is asked to, in a process of its own.
func TestMain(m *testing.M) {
	if size := os.Getenv("WIRE_TEST_RESPONDER"); size != "" {
		respond(size)
		return
	}
	goleak.VerifyTestMain(m)
}

// talk serves each connection to a listener on the loopback with serve, which says what was asked by reading requests.
// Connections that are open at the end of the test are closed.
func talk(t testing.TB, serve func(c net.Conn, requests *bufio.Reader)) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var (
		mu   sync.Mutex
		open = map[net.Conn]bool{}
		done sync.WaitGroup
	)
	done.Add(1)
	go func() {
		defer done.Done()
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			done.Add(1)
			go func() {
				defer done.Done()
				serve(c, bufio.NewReader(c))
				c.Close()
				mu.Lock()
				delete(open, c)
				mu.Unlock()
			}()
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		done.Wait()
	})
	return listener.Addr().String()
}

// ask reads one request's head and body, and returns them; nil at the end.
func ask(requests *bufio.Reader) *http.Request {
	req, err := http.ReadRequest(requests)
	if err != nil {
		return nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	return req
}

// says answers every request of every connection with the same bytes; when they end with the word CLOSE, it closes the
// connection after them.
func says(t testing.TB, answer string) (address string) {
	answer, closing := strings.CutSuffix(answer, "CLOSE")
	return talk(t, func(c net.Conn, requests *bufio.Reader) {
		for ask(requests) != nil {
			if _, err := io.WriteString(c, answer); err != nil || closing {
				return
			}
		}
	})
}

// made is a Transport that ends with the test.
func made(t testing.TB, opts Options) *Transport {
	transport := New(opts)
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}
