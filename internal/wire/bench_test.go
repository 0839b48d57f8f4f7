// What an exchange costs.

package wire

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// respond is a process that reads requests without a body and answers with a JSON body of the size named, until its
// standard input ends. It parses nothing, so that what is measured is the client.
func respond(size string) {
	length, err := strconv.Atoi(size)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	answer := jsonAnswer(length)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for {
		c, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			buffer := make([]byte, 16<<10)
			have := 0
			for {
				n, err := c.Read(buffer[have:])
				if err != nil {
					return
				}
				have += n
				if !bytes.HasSuffix(buffer[:have], []byte("\r\n\r\n")) {
					continue
				}
				have = 0
				if _, err := c.Write(answer); err != nil {
					return
				}
			}
		}()
	}
}

// jsonAnswer has a body of so many bytes.
func jsonAnswer(length int) []byte {
	return []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Sat, 21 Nov 2026 20:00:00 GMT\r\nContent-Length: " +
		strconv.Itoa(length) + "\r\n\r\n" + `"` + strings.Repeat("x", length-2) + `"`)
}

// responder starts the process that respond is.
func responder(t testing.TB, size int) (address string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "WIRE_TEST_RESPONDER="+strconv.Itoa(size))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	if _, err := fmt.Fscanln(out, &address); err != nil {
		t.Fatal(err)
	}
	return address
}

func BenchmarkRoundTrip(b *testing.B) {
	for _, size := range []int{400, 40_000} {
		address := responder(b, size)
		for _, client := range []struct {
			name string
			rt   http.RoundTripper
		}{
			{"wire", made(b, Options{Headers: []string{"Content-Type"}})},
			{"wire,all-headers", made(b, Options{})},
			{"net-http", &http.Transport{DisableCompression: true}},
		} {
			b.Run(fmt.Sprintf("%s/%dB", client.name, size), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					req, err := http.NewRequest("GET", "http://"+address+"/v2/licenses/1", nil)
					if err != nil {
						b.Fatal(err)
					}
					req.Header["Accept"] = []string{"application/json"}
					res, err := client.rt.RoundTrip(req)
					if err != nil {
						b.Fatal(err)
					}
					if n, err := io.Copy(io.Discard, res.Body); n != int64(size) || err != nil {
						b.Fatalf("%d bytes, %v; want %d", n, err, size)
					}
					res.Body.Close()
				}
			})
			if c, ok := client.rt.(interface{ CloseIdleConnections() }); ok {
				c.CloseIdleConnections()
			}
		}
	}
}
