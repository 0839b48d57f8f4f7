// What callers see: responses, headers, observation, requests that are refused, limits, gzip.

package wire

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// get makes one exchange and reads the body.
func get(t testing.TB, rt http.RoundTripper, method, url string, body io.Reader) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := rt.RoundTrip(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text), nil
}

// mustGet is get where nothing may go wrong.
func mustGet(t testing.TB, rt http.RoundTripper, url, want string) *http.Response {
	t.Helper()
	res, body, err := get(t, rt, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if body != want {
		t.Fatalf("body %q; want %q", body, want)
	}
	return res
}

const hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello"

func TestBodyIsReadOnceAndClosedTwice(t *testing.T) {
	transport := made(t, Options{})
	req, _ := http.NewRequest("GET", "http://"+says(t, hello), nil)
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.Body.Read(make([]byte, 2)); n != 2 || err != nil {
		t.Errorf("first read: %d, %v; want 2 bytes", n, err)
	}
	var rest bytes.Buffer
	if n, err := io.Copy(&rest, res.Body); n != 3 || err != nil || rest.String() != "llo" {
		t.Errorf("the rest: %q, %v; want llo", rest.String(), err)
	}
	if n, err := res.Body.Read(make([]byte, 2)); n != 0 || err != io.EOF {
		t.Errorf("at the end: %d, %v; want EOF", n, err)
	}
	for range 2 {
		if err := res.Body.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if _, err := res.Body.Read(make([]byte, 2)); !errors.Is(err, http.ErrBodyReadAfterClose) {
		t.Errorf("after close: %v", err)
	}
	if _, err := io.Copy(io.Discard, res.Body); !errors.Is(err, http.ErrBodyReadAfterClose) {
		t.Errorf("after close: %v", err)
	}
}

func TestBodiesOfExchangesAtOnceAreTheirOwn(t *testing.T) {
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		for req := ask(requests); req != nil; req = ask(requests) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nX-Path: %s\r\nContent-Length: %d\r\n\r\n%[1]s", req.URL.Path, len(req.URL.Path))
		}
	})
	var observed sync.Map
	transport := made(t, Options{MaxConns: 4, Headers: []string{"x-path"}, Observe: func(req *http.Request, status int, header http.Header, body []byte, _ Times) {
		observed.Store(req.URL.Path, string(body)+header.Get("X-Path"))
	}})
	var all sync.WaitGroup
	for worker := range 16 {
		all.Go(func() {
			for i := range 100 {
				path := fmt.Sprintf("/%d/%s", worker, strings.Repeat("x", i))
				res, body, err := get(t, transport, "GET", "http://"+address+path, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if body != path || res.Header.Get("X-Path") != path {
					t.Errorf("asked for %s, got %q with header %q", path, body, res.Header)
				}
				if seen, _ := observed.Load(path); seen != path+path {
					t.Errorf("asked for %s, observed %q", path, seen)
				}
			}
		})
	}
	all.Wait()
	stats := transport.Stats()
	if stats.Requests != 1600 || stats.Opened > 4 || stats.Open > 4 || stats.Idle != stats.Open || stats.Reused+stats.Opened < 1600 {
		t.Errorf("%+v; want 1600 requests on 4 connections at most", stats)
	}
}

func TestHeadersAreThoseAskedFor(t *testing.T) {
	url := "http://" + says(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\ncontent-TYPE: a/b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX:\r\n\r\n")
	for _, test := range []struct {
		names []string
		want  http.Header
	}{
		{nil, http.Header{"Content-Length": {"0"}, "Content-Type": {"a/b"}, "Set-Cookie": {"a=1", "b=2"}, "X": {""}}},
		{[]string{}, nil},
		{[]string{"Retry-After"}, nil},
		{[]string{"set-cookie", "Content-Type", "Retry-After"}, http.Header{"Content-Type": {"a/b"}, "Set-Cookie": {"a=1", "b=2"}}},
	} {
		transport := made(t, Options{Headers: test.names})
		for range 3 { // the second is handed what the first made
			if diff := cmp.Diff(test.want, mustGet(t, transport, url, "").Header); diff != "" {
				t.Errorf("headers %q (-want +got):\n%s", test.names, diff)
			}
		}
	}
}

func TestHeaderThatChangesIsNotThatOfTheAnswerBefore(t *testing.T) {
	says := []string{"A: 1\r\n", "A: 2\r\n", "B: 2\r\n", "A: 1\r\nB: 2\r\n", "", "A: 1\r\nA: 1\r\n"}
	want := []http.Header{{"A": {"1"}}, {"A": {"2"}}, {"B": {"2"}}, {"A": {"1"}, "B": {"2"}}, nil, {"A": {"1", "1"}}}
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		for i := 0; ask(requests) != nil; i++ {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n%s\r\n", says[i])
		}
	})
	transport := made(t, Options{Headers: []string{"A", "B"}})
	var got []http.Header
	for range says {
		got = append(got, mustGet(t, transport, "http://"+address, "").Header)
	}
	// Compared at the end: a header that was handed out does not change any more.
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestObserveHearsOfWholeAnswersAlone(t *testing.T) { both(t, observeHearsOfWholeAnswersAlone) }

func observeHearsOfWholeAnswersAlone(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) {
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		for req := ask(requests); req != nil; req = ask(requests) {
			time.Sleep(5 * time.Millisecond)
			io.WriteString(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nA: b\r\n\r\nhe")
			if req.URL.Path == "/cut" {
				return
			}
			time.Sleep(5 * time.Millisecond)
			io.WriteString(c, "llo")
		}
	})
	type note struct {
		path, body, header string
		status             int
	}
	var notes []note
	var times []Times
	transport := made(t, Options{Dial: dial, Headers: []string{"A"}, Observe: func(req *http.Request, status int, header http.Header, body []byte, at Times) {
		notes, times = append(notes, note{req.URL.Path, string(body), header.Get("A"), status}), append(times, at)
	}})
	before := time.Now()
	mustGet(t, transport, "http://"+address+"/1", "hello")
	mustGet(t, transport, "http://"+address+"/2", "hello")
	if _, _, err := get(t, transport, "GET", "http://"+address+"/cut", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("an answer that is cut: %v", err)
	}
	if diff := cmp.Diff([]note{{"/1", "hello", "b", 404}, {"/2", "hello", "b", 404}}, notes, cmp.AllowUnexported(note{})); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	for i, at := range times {
		steps := []time.Time{before, at.Start, at.Connected, at.Written, at.FirstByte, at.LastByte, time.Now()}
		for j := 1; j < len(steps); j++ {
			if steps[j].Before(steps[j-1]) {
				t.Errorf("exchange %d: step %d is before the one before: %+v", i, j, at)
			}
		}
		if wait, read := at.FirstByte.Sub(at.Written), at.LastByte.Sub(at.FirstByte); wait < 4*time.Millisecond || read < 4*time.Millisecond {
			t.Errorf("exchange %d: waited %v, read for %v; the server took 5ms for each", i, wait, read)
		}
		if at.Reused != (i == 1) || at.Retried {
			t.Errorf("exchange %d: %+v", i, at)
		}
	}
}

func TestHTTPClientFollowsRedirectsAndCloses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/from" {
			http.Redirect(w, r, "/to", http.StatusFound)
			return
		}
		fmt.Fprint(w, r.Method, " ", r.URL.Path)
	}))
	defer server.Close()
	transport := made(t, Options{})
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	res, err := client.Get(server.URL + "/from")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	if string(body) != "GET /to" || err != nil {
		t.Errorf("%q, %v; want GET /to", body, err)
	}
	client.CloseIdleConnections()
	if stats := transport.Stats(); stats.Open != 0 || stats.Idle != 0 || stats.Opened != 1 {
		t.Errorf("%+v; want nothing open, and one connection opened", stats)
	}
}

func TestRequestIsWrittenAsNetHTTPWritesIt(t *testing.T) {
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		for req := ask(requests); req != nil; req = ask(requests) {
			var text bytes.Buffer
			body, _ := io.ReadAll(req.Body)
			req.Header.Del("Accept-Encoding")
			fmt.Fprintf(&text, "%s %s %s %v %d %v\n", req.Method, req.RequestURI, req.Host, req.TransferEncoding, req.ContentLength, req.Close)
			req.Header.Write(&text)
			if len(body) < 1000 {
				text.Write(body)
			} else {
				fmt.Fprint(&text, len(body), bytes.Count(body, []byte("z")))
			}
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", text.Len(), text.String())
			if req.Close {
				return
			}
		}
	})
	own, std := made(t, Options{UserAgent: "Go-http-client/1.1"}), &http.Transport{DisableCompression: true}
	defer std.CloseIdleConnections()
	long := strings.Repeat("z", 300_000)
	for _, test := range []struct {
		name, method, path string
		body               func() io.Reader
		change             func(*http.Request)
	}{
		{name: "GET", method: "GET", path: "/v2/a"},
		{name: "no path", method: "GET", path: ""},
		{name: "query", method: "GET", path: "/v2/a?b=c&d=%20e+f"},
		{name: "empty query", method: "GET", path: "/v2/a?"},
		{name: "escaped", method: "GET", path: "/v2/a%2Fb%20c/%C3%BC/ü/x;y=1,2:3@4"},
		{name: "fragment", method: "GET", path: "/v2/a#b"},
		{name: "POST without body", method: "POST", path: "/"},
		{name: "PUT without body", method: "PUT", path: "/"},
		{name: "DELETE without body", method: "DELETE", path: "/"},
		{name: "POST", method: "POST", path: "/", body: func() io.Reader { return strings.NewReader("[1,2]") }},
		{name: "POST of 300 KB", method: "POST", path: "/", body: func() io.Reader { return strings.NewReader(long) }},
		{name: "POST of unknown length", method: "POST", path: "/", body: func() io.Reader { return io.MultiReader(strings.NewReader("[1,"), strings.NewReader("2]")) }},
		{name: "POST of unknown length, 300 KB", method: "POST", path: "/", body: func() io.Reader { return io.MultiReader(strings.NewReader(long)) }},
		{name: "POST in chunks", method: "POST", path: "/", body: func() io.Reader { return strings.NewReader("[1,2]") }, change: func(r *http.Request) { r.TransferEncoding = []string{"chunked"} }},
		{name: "headers", method: "GET", path: "/", change: func(r *http.Request) {
			r.Header = http.Header{"A": {"1", "2"}, "b": {"ü\t"}, "Empty": {""}, "None": {}, "Content-Length": {"7"}, "Transfer-Encoding": {"chunked"}, "Host": {"other"}, "Trailer": {"x"}}
		}},
		{name: "user agent", method: "GET", path: "/", change: func(r *http.Request) { r.Header.Set("User-Agent", "x/1") }},
		{name: "no user agent", method: "GET", path: "/", change: func(r *http.Request) { r.Header.Set("User-Agent", "") }},
		{name: "host", method: "GET", path: "/", change: func(r *http.Request) { r.Host = "api.example:8443" }},
		{name: "host with a zone", method: "GET", path: "/", change: func(r *http.Request) { r.Host = "[fe80::1%25en0]:80" }},
		{name: "close", method: "GET", path: "/", change: func(r *http.Request) { r.Close = true }},
		{name: "close, in the header", method: "GET", path: "/", change: func(r *http.Request) { r.Header.Set("Connection", "close") }},
		{name: "no method", method: "GET", path: "/", change: func(r *http.Request) { r.Method = "" }},
		{name: "method of its own", method: "PURGE", path: "/"},
	} {
		t.Run(test.name, func(t *testing.T) {
			say := func(rt http.RoundTripper) string {
				var body io.Reader
				if test.body != nil {
					body = test.body()
				}
				req, err := http.NewRequest(test.method, "http://"+address+test.path, body)
				if err != nil {
					t.Fatal(err)
				}
				if test.change != nil {
					test.change(req)
				}
				res, err := rt.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				text, err := io.ReadAll(res.Body)
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			}
			if diff := cmp.Diff(say(std), say(own)); diff != "" {
				t.Errorf("(-net/http +wire):\n%s", diff)
			}
		})
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	address := says(t, hello)
	for _, test := range []struct {
		name   string
		change func(*http.Request)
		want   string
	}{
		{"no URL", func(r *http.Request) { r.URL = nil }, "no URL"},
		{"scheme", func(r *http.Request) { r.URL.Scheme = "ftp" }, `scheme "ftp"; the schemes are [http https]`},
		{"no host", func(r *http.Request) { r.URL.Host = "" }, "names no host"},
		{"CONNECT", func(r *http.Request) { r.Method = "CONNECT" }, "proxies"},
		{"method", func(r *http.Request) { r.Method = "GET /x" }, "is no token"},
		{"header name", func(r *http.Request) { r.Header["A B"] = []string{"c"} }, `header name "A B" is no token`},
		{"header name with CR LF", func(r *http.Request) { r.Header["A: b\r\nC"] = []string{"d"} }, "is no token"},
		{"header value with LF", func(r *http.Request) { r.Header["A"] = []string{"secret\nB: c"} }, "the value of header A holds a control character"},
		{"header value with NUL", func(r *http.Request) { r.Header["A"] = []string{"secret, and long\x00"} }, "the value of header A holds a control character"},
		{"host with LF", func(r *http.Request) { r.Host = "a\nb" }, "punycode"},
		{"host with path", func(r *http.Request) { r.Host = "a/b" }, "holds '/'"},
		{"host beyond ASCII", func(r *http.Request) { r.Host = "müller.example" }, "punycode"},
		{"query with blank", func(r *http.Request) { r.URL.RawQuery = "a b" }, "would end the request line"},
		{"query with LF", func(r *http.Request) { r.URL.RawQuery = "a\nb" }, "would end the request line"},
		{"opaque with blank", func(r *http.Request) { r.URL.Opaque = "//x/a b" }, "would end the request line"},
		{"transfer encoding", func(r *http.Request) {
			r.Body, r.TransferEncoding = io.NopCloser(strings.NewReader("x")), []string{"gzip"}
		}, "only chunked"},
		{"body shorter", func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(strings.NewReader("xyz")), 4 }, "ends after 3 bytes of 4"},
		{"body longer", func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(strings.NewReader("xyz")), 2 }, "longer than its ContentLength, 2 bytes"},
		{"long body shorter", func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(strings.NewReader("xyz")), 400_000 }, "ends after 3 bytes of 400000"},
		{"long body longer", func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(strings.Repeat("x", 400_001))), 400_000
		}, "longer than its ContentLength, 400000 bytes"},
		{"body that breaks", func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(broken{}), 4 }, "reading the request's body: broken"},
		{"body of unknown length that breaks", func(r *http.Request) { r.Body, r.ContentLength = io.NopCloser(broken{}), -1 }, "reading the request's body: broken"},
	} {
		t.Run(test.name, func(t *testing.T) {
			transport := made(t, Options{})
			req, _ := http.NewRequest("GET", "http://"+address, nil)
			test.change(req)
			res, err := transport.RoundTrip(req)
			if err == nil {
				res.Body.Close()
				t.Fatal("it was sent")
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q; want %q", err, test.want)
			}
			if stats := transport.Stats(); stats.Open != 0 {
				t.Errorf("%+v; want nothing open", stats)
			}
		})
	}
}

// broken is a body that cannot be read.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("broken") }

// watched is a body that knows whether it was closed.
type watched struct {
	io.Reader
	closed bool
}

func (w *watched) Close() error { w.closed = true; return nil }

func TestRequestBodyIsClosedWhateverComes(t *testing.T) {
	for name, url := range map[string]string{"sent": "http://" + says(t, hello), "refused": "ftp://x", "malformed": "http://" + says(t, "what?CLOSE")} {
		body := &watched{Reader: strings.NewReader("[]")}
		req, _ := http.NewRequest("POST", url, body)
		if res, err := made(t, Options{}).RoundTrip(req); err == nil {
			res.Body.Close()
		}
		if !body.closed {
			t.Errorf("%s: the body was not closed", name)
		}
	}
}

func TestLimits(t *testing.T) {
	big := strings.Repeat("x", 200)
	for _, test := range []struct{ name, answer, want string }{
		{"header at the limit", ok + "Content-Length: 0\r\nX: " + big[:100] + "\r\n\r\n", ""},
		{"header", ok + "Content-Length: 0\r\nX: " + big + big + "\r\n\r\n", "its head is longer than 256 bytes"},
		{"header without an end", ok + "X: " + strings.Repeat(big, 100), "its head is longer than 256 bytes"},
		{"many headers", ok + strings.Repeat("X: y\r\n", 100) + "\r\n", "its head is longer than 256 bytes"},
		{"interim", "HTTP/1.1 103 Hints\r\nX: " + big + big + "\r\n\r\n" + ok + "\r\n", "its head is longer than 256 bytes"},
		{"length at the limit", ok + "Content-Length: 150\r\n\r\n" + big[:150], ""},
		{"length", ok + "Content-Length: 151\r\n\r\n" + big[:151], "its Content-Length is 151, longer than 150 bytes"},
		{"chunk", ok + "Transfer-Encoding: chunked\r\n\r\n97\r\n" + big[:151] + "\r\n0\r\n\r\n", "its body is longer than 150 bytes"},
		{"chunks at the limit", ok + "Transfer-Encoding: chunked\r\n\r\n64\r\n" + big[:100] + "\r\n32\r\n" + big[:50] + "\r\n0\r\n\r\n", ""},
		{"chunks", ok + "Transfer-Encoding: chunked\r\n\r\n64\r\n" + big[:100] + "\r\n33\r\n" + big[:51] + "\r\n0\r\n\r\n", "its body is longer than 150 bytes"},
		{"chunks without end", ok + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1\r\nx\r\n", 200), "its body is longer than 150 bytes"},
		{"chunk extensions", ok + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1;"+big[:99]+"\r\nx\r\n", 3), "its chunk extensions are longer than 256 bytes"},
		{"chunk line without end", ok + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("0", 9000), "a line within the chunked body is longer than 4096 bytes"},
		{"trailers", ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("X: y\r\n", 100) + "\r\n", "its trailers are longer than 256 bytes"},
		{"to the end, at the limit", ok + "\r\n" + big[:150] + "CLOSE", ""},
		{"to the end", ok + "\r\n" + big[:151] + "CLOSE", "its body is longer than 150 bytes"},
		{"to no end", ok + "\r\n" + strings.Repeat(big, 1000), "its body is longer than 150 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			transport := made(t, Options{HeaderLimit: 256, BodyLimit: 150, Timeout: 10 * time.Second})
			_, _, err := get(t, transport, "GET", "http://"+says(t, test.answer), nil)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("error %q", err)
			case test.want != "" && (!errors.Is(err, ErrTooLong) || !strings.Contains(err.Error(), test.want)):
				t.Errorf("error %v; want %q", err, test.want)
			}
			if stats := transport.Stats(); test.want != "" && stats.Open != 0 {
				t.Errorf("%+v; want nothing open", stats)
			}
		})
	}
}

func TestLargeBodies(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 5<<16) // 5 MiB
	var chunks bytes.Buffer
	for rest, n := body, 1; len(rest) > 0; n = n*3 + 1 {
		n = min(n, len(rest))
		fmt.Fprintf(&chunks, "%x\r\n%s\r\n", n, rest[:n])
		rest = rest[n:]
	}
	for name, answer := range map[string]string{
		"length":  fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", ok, len(body), body),
		"chunked": ok + "Transfer-Encoding: chunked\r\n\r\n" + chunks.String() + "0\r\n\r\n",
		"end":     ok + "\r\n" + string(body) + "CLOSE",
	} {
		transport := made(t, Options{})
		url := "http://" + says(t, answer)
		for range 2 {
			if _, got, err := get(t, transport, "GET", url, nil); err != nil || got != string(body) {
				t.Errorf("%s: %d bytes, %v; want %d", name, len(got), err, len(body))
			}
		}
	}
}

func packed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func TestGzipOnlyWhenAsked(t *testing.T) {
	plain := strings.Repeat("hello ", 2000)
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		for req := ask(requests); req != nil; req = ask(requests) {
			body, encoding := plain, "X: y"
			switch {
			case req.URL.Path == "/broken":
				body, encoding = packed(plain)[:50], "Content-Encoding: gzip"
			case req.URL.Path == "/none":
				body, encoding = plain, "Content-Encoding: gzip"
			case req.Header.Get("Accept-Encoding") == "gzip":
				body, encoding = packed(plain), "Content-Encoding: gzip"
			}
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\n%s\r\nContent-Length: %d\r\n\r\n%s", encoding, len(body), body)
		}
	})
	url := "http://" + address
	asking := made(t, Options{Gzip: true})
	for range 2 {
		res := mustGet(t, asking, url, plain)
		if !res.Uncompressed || res.ContentLength != -1 || res.Header.Get("Content-Encoding") != "" || res.Header.Get("Content-Length") != "" {
			t.Errorf("unpacked: %+v", res)
		}
	}
	if res := mustGet(t, made(t, Options{}), url, plain); res.Uncompressed {
		t.Error("unpacked what was not asked for")
	}
	req, _ := http.NewRequest("GET", url, nil)
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := asking.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := io.ReadAll(res.Body); string(body) != packed(plain) || res.Uncompressed {
		t.Error("unpacked what the request asked for itself")
	}
	res.Body.Close()
	for _, path := range []string{"/broken", "/none"} {
		if _, _, err := get(t, asking, "GET", url+path, nil); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v; want a malformed answer", path, err)
		}
	}
	if _, _, err := get(t, made(t, Options{Gzip: true, BodyLimit: 11_999}), "GET", url, nil); !errors.Is(err, ErrTooLong) {
		t.Errorf("12,000 bytes unpacked, 11,999 allowed: %v", err)
	}
}

func TestServerThatAnswersEarlyIsHeard(t *testing.T) {
	address := talk(t, func(c net.Conn, requests *bufio.Reader) {
		if line, _ := requests.ReadString('\n'); line != "" {
			io.WriteString(c, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		}
		c.(*net.TCPConn).CloseWrite()
		time.Sleep(20 * time.Millisecond) // then whatever is still written is refused
	})
	// What was written meanwhile may make the system throw the answer away, so it is a status or an error, never a hang.
	res, _, err := get(t, made(t, Options{Timeout: 10 * time.Second}), "POST", "http://"+address, bytes.NewReader(make([]byte, 32<<20)))
	if err == nil && res.StatusCode != 413 || errors.Is(err, ErrTimeout) {
		t.Errorf("%v, %v; want 413 or a broken connection", res, err)
	}
}
