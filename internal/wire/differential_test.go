// What this package makes of an answer, beside what net/http makes of it: the same, or an error that says why not.

package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// seen is what a client makes of an answer.
type seen struct {
	Status  string
	Proto   string
	Length  int64
	Chunked bool
	Header  http.Header
	Body    string
	Err     error
}

// through sends a request and reads its answer.
func through(rt http.RoundTripper, method, url string) (s seen) {
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		return seen{Err: err}
	}
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	res, err := rt.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return seen{Err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return seen{Err: err}
	}
	s = seen{Status: fmt.Sprintf("%d %s", res.StatusCode, res.Status), Proto: res.Proto, Length: res.ContentLength, Header: res.Header,
		Chunked: len(res.TransferEncoding) > 0, Body: string(body)}
	// net/http takes these out, or adds to them, for reasons of its own.
	for _, name := range []string{"Connection", "Content-Length", "Transfer-Encoding", "Trailer", "Cache-Control"} {
		s.Header.Del(name)
	}
	for _, values := range s.Header {
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
	}
	return s
}

// stage answers one request a connection with bytes that change from test to test, and then closes it.
type stage struct {
	url    string
	answer atomic.Pointer[[2]string] // in two pieces
	own    []*Transport              // with descriptors, and without
	std    *http.Transport
}

func newStage(t testing.TB) *stage {
	s := &stage{std: &http.Transport{DisableCompression: true}}
	s.url = "http://" + talk(t, func(c net.Conn, requests *bufio.Reader) {
		if ask(requests) == nil {
			return
		}
		pieces := s.answer.Load()
		io.WriteString(c, pieces[0])
		if pieces[1] != "" {
			time.Sleep(200 * time.Microsecond)
			io.WriteString(c, pieces[1])
		}
		c.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, c)
	}) + "/v2/x"
	s.std.DialContext = shortLived
	s.own = []*Transport{made(t, Options{Dial: shortLived}), made(t, Options{Dial: plainDial})}
	t.Cleanup(s.std.CloseIdleConnections)
	// net/http complains about bytes after an answer where nobody can see it.
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	return s
}

// shortLived dials connections whose ports are free at once when they are closed: a fuzzer needs more than there are.
func shortLived(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return c, c.(*net.TCPConn).SetLinger(0)
}

// plainDial hides the descriptor, as a connection through something else than a socket would.
func plainDial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := shortLived(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return struct{ net.Conn }{c}, nil
}

// play has the answer read by this package (both ways) and by net/http.
func (s *stage) play(t testing.TB, method, answer string, split int) (own, std seen) {
	t.Helper()
	// Each answer gets connections of its own: bytes behind an earlier answer that are still on their way look like the
	// next one to any client, and net/http may find out too late that a kept connection was closed.
	s.own[0].CloseIdleConnections()
	s.own[1].CloseIdleConnections()
	s.std.CloseIdleConnections()
	split = min(max(split, 0), len(answer))
	s.answer.Store(&[2]string{answer[:split], answer[split:]})
	own = through(s.own[0], method, s.url)
	plain := through(s.own[1], method, s.url)
	if diff := cmp.Diff(own, plain, cmp.Comparer(sameError)); diff != "" {
		t.Errorf("%s %q: with descriptors and without differ (-with +without):\n%s", method, answer, diff)
	}
	std = through(s.std, method, s.url)
	for i, seen := range []seen{own, plain, std} {
		if errors.Is(seen.Err, context.DeadlineExceeded) {
			t.Errorf("%s %q: client %d waits for ever", method, answer, i)
		}
	}
	return own, std
}

func sameError(a, b error) bool {
	for _, kind := range []error{ErrTimeout, ErrHTTP2Only, ErrMalformed, ErrTooLong, ErrClosed} {
		if errors.Is(a, kind) != errors.Is(b, kind) {
			return false
		}
	}
	return (a == nil) == (b == nil)
}

// stricter are the errors of this package where net/http reads on, with the reason.
var stricter = map[string]string{
	"both Content-Length and Transfer-Encoding": "RFC 9112, 6.3: it ought to be handled as an error; net/http lets Transfer-Encoding win",
	"Transfer-Encoding in HTTP/1.0":             "RFC 9112, 6.1: the framing is faulty; net/http ignores the field",
	"HTTP version":                              "an answer that says HTTP/2.0 in letters is no HTTP/1; net/http takes any digits",
	"want a version, a blank and three digits":  "RFC 9112, 4: one blank; net/http takes several",
	"the lowest is 100":                         "RFC 9110, 15: a status is 100 to 599; net/http takes 000",
	"the status line holds":                     "RFC 9112, 4: a reason has no control characters; net/http hands them on",
	"status 101":                                "nobody asked for another protocol; net/http hands the connection on",
	"line within the chunked body holds CR":     "net/http reads a trailer's line as a header's",
	"malformed answer: trailer":                 "net/http does not look at the trailer of a body that is not read with it",
	"its chunk extensions are longer":           "a bound in bytes; net/http's is a ratio",
	"answers with a status 1xx":                 "net/http bounds their bytes alone",
	"header name":                               "net/http takes blanks within a name",
}

// laxer are the errors of net/http where this package reads on, with the reason.
var laxer = map[string]string{
	"too much non-data":         "chunk extensions: a ratio; ours is a bound in bytes",
	"suspiciously long trailer": "a trailer that does not fit into net/http's buffer; ours is bounded by HeaderLimit",
}

// compare says how two clients disagree where they should not; "" is not at all.
func compare(own, std seen) string {
	switch {
	case own.Err == nil && std.Err == nil:
		return cmp.Diff(std, own)
	case own.Err != nil && std.Err != nil:
		return ""
	case own.Err != nil:
		for reason := range stricter {
			if strings.Contains(own.Err.Error(), reason) {
				return ""
			}
		}
		return fmt.Sprintf("error %q, but net/http reads %+v", own.Err, std)
	default:
		for reason := range laxer {
			if strings.Contains(std.Err.Error(), reason) {
				return ""
			}
		}
		return fmt.Sprintf("reads %+v, but net/http says %q", own, std.Err)
	}
}

const ok = "HTTP/1.1 200 OK\r\n"

// answers are what servers say, sane and hostile. want is what is made of it: status and body, or a part of the error.
var answers = []struct {
	name, method, answer string
	want                 string
	differs              string // why net/http makes something else of it; "" is that it does not
}{
	{"length", "GET", ok + "Content-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"length 0", "GET", ok + "Content-Length: 0\r\n\r\n", "200 ", ""},
	{"length with leading zeros", "GET", ok + "Content-Length: 005\r\n\r\nhello", "200 hello", ""},
	{"length in any letters", "GET", ok + "cOnTeNt-lEnGtH:5\r\n\r\nhello", "200 hello", ""},
	{"length between blanks", "GET", ok + "Content-Length: \t 5 \t\r\n\r\nhello", "200 hello", ""},
	{"length twice, the same", "GET", ok + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"length twice, differing", "GET", ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "Content-Length twice, 5 and 6", ""},
	{"length as a list", "GET", ok + "Content-Length: 5, 5\r\n\r\nhello", "want digits", ""},
	{"length with a sign", "GET", ok + "Content-Length: +5\r\n\r\nhello", "want digits", ""},
	{"length negative", "GET", ok + "Content-Length: -5\r\n\r\nhello", "want digits", ""},
	{"length hexadecimal", "GET", ok + "Content-Length: 0x5\r\n\r\nhello", "want digits", ""},
	{"length empty", "GET", ok + "Content-Length:\r\n\r\nhello", "want digits", ""},
	{"length beyond 63 bits", "GET", ok + "Content-Length: 9223372036854775808\r\n\r\nhello", "want digits", ""},
	{"length folded", "GET", ok + "Content-Length: 1\r\n 2\r\n\r\nhello, world", "want digits", ""},
	{"length longer than the body", "GET", ok + "Content-Length: 6\r\n\r\nhello", "connection closed within the answer's body", ""},
	{"length longer than memory", "GET", ok + "Content-Length: 9223372036854775807\r\n\r\nhello", "longer than 67108864", ""},
	{"length shorter than what comes", "GET", ok + "Content-Length: 4\r\n\r\nhello", "200 hell", ""},
	{"to the end", "GET", ok + "\r\nhello", "200 hello", ""},
	{"to the end, empty", "GET", ok + "\r\n", "200 ", ""},
	{"to the end, though kept", "GET", ok + "Connection: keep-alive\r\n\r\nhello", "200 hello", ""},
	{"HTTP/1.0", "GET", "HTTP/1.0 200 OK\r\n\r\nhello", "200 hello", ""},
	{"HTTP/1.0 with length", "GET", "HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nhello", "200 hell", ""},
	{"chunked", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", "200 hello, world", ""},
	{"chunked in any letters", "GET", ok + "Transfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "200 hello", ""},
	{"chunked, empty", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "200 ", ""},
	{"chunked, size with zeros", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n0005\r\nhello\r\n000\r\n\r\n", "200 hello", ""},
	{"chunked, size in both letters", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", "200 abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", ""},
	{"chunked, byte by byte", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1\r\nx\r\n", 300) + "0\r\n\r\n", "200 " + strings.Repeat("x", 300), ""},
	{"chunked, extensions", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d\"\r\nhello\r\n0;z\r\n\r\n", "200 hello", ""},
	{"chunked, blank after the size", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n", "200 hello", ""},
	{"chunked, blank before the size", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n0\r\n\r\n", "hexadecimal digits", ""},
	{"chunked, trailers", "GET", ok + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", "200 hello", ""},
	{"chunked, trailer that is none", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nnothing\r\n\r\n", "trailer \"nothing\"", ""},
	{"chunked, no size", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n", "hexadecimal digits", ""},
	{"chunked, size that is none", "GET", ok + "Transfer-Encoding: chunked\r\n\r\nfive\r\nhello\r\n0\r\n\r\n", "hexadecimal digits", ""},
	{"chunked, size with 0x", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", "hexadecimal digits", ""},
	{"chunked, size negative", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n", "hexadecimal digits", ""},
	{"chunked, size beyond 63 bits", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n8000000000000000\r\nhello\r\n0\r\n\r\n", "beyond 63 bits", ""},
	{"chunked, size that wraps", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n", "beyond 63 bits", ""},
	{"chunked, size too small", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n", "after a chunk", ""},
	{"chunked, size too large", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n6\r\nhello\r\n0\r\n\r\n", "LF alone", ""},
	{"chunked, line ends with LF", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", "LF alone", ""},
	{"chunked, CR within a line", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n5;\ra\r\nhello\r\n0\r\n\r\n", "holds CR", ""},
	{"chunked, cut in a size", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n5", "connection closed within the answer's chunked body", ""},
	{"chunked, cut in a chunk", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "connection closed within a chunk", ""},
	{"chunked, without an end", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "connection closed within the answer's chunked body", ""},
	{"chunked, cut in the end", "GET", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", "connection closed within the answer's chunked body", ""},
	{"chunked and length", "GET", ok + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "both Content-Length and Transfer-Encoding", "two readers would frame it differently"},
	{"length and chunked", "GET", ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "both Content-Length and Transfer-Encoding", "the same"},
	{"chunked in HTTP/1.0", "GET", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding in HTTP/1.0", "net/http takes the chunks for the body"},
	{"gzip, chunked", "GET", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "only chunked is supported", ""},
	{"identity", "GET", ok + "Transfer-Encoding: identity\r\n\r\nhello", "only chunked is supported", ""},
	{"chunked twice", "GET", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding twice", ""},
	{"transfer encoding with VT", "GET", ok + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n", "the value of header Transfer-Encoding holds '\\v'", ""},
	{"transfer encoding with blank in the name", "GET", ok + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "no token", "net/http takes the blank for a part of the name, so the body is not chunked to it"},
	{"HEAD with length", "HEAD", ok + "Content-Length: 5\r\n\r\n", "200 ", ""},
	{"HEAD, chunked", "HEAD", ok + "Transfer-Encoding: chunked\r\n\r\n", "200 ", ""},
	{"HEAD with a body", "HEAD", ok + "Content-Length: 5\r\n\r\nhello", "200 ", ""},
	{"204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", "204 ", ""},
	{"204 with a body", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", "204 ", ""},
	{"204, chunked", "GET", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "204 ", ""},
	{"304 with length", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "304 ", ""},
	{"1xx before", "GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok + "Content-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"1xx without end", "GET", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 20), "more than 8", ""},
	{"1xx, then nothing", "GET", "HTTP/1.1 100 Continue\r\n\r\n", "connection closed within the answer's head", ""},
	{"101", "GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello", "status 101", "net/http hands the connection on"},
	{"unknown status", "GET", "HTTP/1.1 799 Odd\r\nContent-Length: 5\r\n\r\nhello", "799 hello", ""},
	{"no reason", "GET", "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"empty reason", "GET", "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"reason of another status", "GET", "HTTP/1.1 200 Not Found\r\nContent-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"reason in UTF-8", "GET", "HTTP/1.1 200 Schön\r\nContent-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"two blanks in the status line", "GET", "HTTP/1.1  200 OK\r\nContent-Length: 5\r\n\r\nhello", "three digits", "RFC 9112, 4 has one"},
	{"status of two digits", "GET", "HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\nhello", "three digits", ""},
	{"status of four digits", "GET", "HTTP/1.1 2000 OK\r\nContent-Length: 5\r\n\r\nhello", "three digits", ""},
	{"status with a sign", "GET", "HTTP/1.1 +20 OK\r\nContent-Length: 5\r\n\r\nhello", "three digits", "net/http reads it as a number"},
	{"status 099", "GET", "HTTP/1.1 099 Low\r\nContent-Length: 5\r\n\r\nhello", "the lowest is 100", "net/http takes any three digits"},
	{"NUL in the status line", "GET", "HTTP/1.1 200 O\x00K\r\nContent-Length: 5\r\n\r\nhello", "the status line holds '\\x00'", "net/http hands it on"},
	{"HTTP/1.2", "GET", "HTTP/1.2 200 OK\r\nContent-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"HTTP/2.0 in letters", "GET", "HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP version", "net/http takes any version"},
	{"http in small letters", "GET", "http/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "not with HTTP/1", ""},
	{"empty line before", "GET", "\r\n" + ok + "Content-Length: 5\r\n\r\nhello", "not with HTTP/1", ""},
	{"another protocol", "GET", "SSH-2.0-OpenSSH_9.2\r\n", "not with HTTP/1", ""},
	{"nothing", "GET", "", "connection closed before the answer", ""},
	{"three bytes", "GET", "HTT", "connection closed within the answer's head", ""},
	{"cut in the status line", "GET", "HTTP/1.1 20", "connection closed within the answer's head", ""},
	{"cut in the header", "GET", ok + "Content-Le", "connection closed within the answer's head", ""},
	{"cut before the empty line", "GET", ok + "Content-Length: 0\r\n", "connection closed within the answer's head", ""},
	{"lines end with LF", "GET", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "200 hello", ""},
	{"header without colon", "GET", ok + "Content-Length: 5\r\nnothing\r\n\r\nhello", "without a colon", ""},
	{"header without name", "GET", ok + ": x\r\nContent-Length: 5\r\n\r\nhello", "no token", ""},
	{"header with blank before the colon", "GET", ok + "Content-Length : 5\r\n\r\nhello", "no token", "the same: the length is not one to it"},
	{"header with NUL", "GET", ok + "X: a\x00b\r\nContent-Length: 5\r\n\r\nhello", "the value of header X holds '\\x00'", ""},
	{"header with CR", "GET", ok + "X: a\rContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello", "the value of header X holds '\\r'", ""},
	{"header with DEL", "GET", ok + "X: a\x7fb\r\nContent-Length: 5\r\n\r\nhello", "the value of header X holds '\\x7f'", ""},
	{"header with DEL, far in", "GET", ok + "X: 0123456789\x7f0123456789\r\nContent-Length: 5\r\n\r\nhello", "the value of header X holds '\\x7f'", ""},
	{"header with tab and DEL", "GET", ok + "X: 0123\t45\x7f0123456789\r\nContent-Length: 5\r\n\r\nhello", "the value of header X holds '\\x7f'", ""},
	{"header with tab and bytes above ASCII", "GET", ok + "X: a\tb \xff ü\r\nContent-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"header twice", "GET", ok + "X: a\r\nx: b\r\nContent-Length: 5\r\nX:\r\n\r\nhello", "200 hello", ""},
	{"header folded", "GET", ok + "X: a\r\n b\r\n\t c\r\nContent-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"header folded to nothing", "GET", ok + "X:\r\n \r\nContent-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"first header folded", "GET", ok + " X: a\r\nContent-Length: 5\r\n\r\nhello", "begins with a blank", ""},
	{"header of 60 KB", "GET", ok + "X: " + strings.Repeat("x", 60_000) + "\r\nContent-Length: 5\r\n\r\nhello", "200 hello", ""},
	{"HTTP/2 settings", "GET", "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64", ErrHTTP2Only.Error(), ""},
	{"HTTP/2 goaway", "GET", "\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", ErrHTTP2Only.Error(), ""},
	{"NULs", "GET", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "not with HTTP/1", ""},
}

func TestAnswersBesideNetHTTP(t *testing.T) {
	s := newStage(t)
	for _, a := range answers {
		t.Run(a.name, func(t *testing.T) {
			own, std := s.play(t, a.method, a.answer, len(a.answer)/2)
			if own.Err != nil {
				if a.want == "" || !strings.Contains(own.Err.Error(), a.want) {
					t.Errorf("error %q; want %q", own.Err, a.want)
				}
			} else if got := own.Status[:3] + " " + own.Body; got != a.want {
				t.Errorf("%q; want %q", got, a.want)
			}
			same := own.Err != nil && std.Err != nil || own.Err == nil && std.Err == nil && cmp.Diff(std, own) == ""
			if same != (a.differs == "") {
				t.Errorf("the same as net/http: %v; the table says %q\nown: %+v\nstd: %+v", same, a.differs, own, std)
			}
		})
	}
}

// generated is an answer put together of pieces, most of them sane, and sometimes damaged in one place.
func generated(t *rapid.T) (method, answer string, split int) {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	method = pick("method", "GET", "GET", "GET", "HEAD", "DELETE", "OPTIONS")
	end := pick("end of line", "\r\n", "\r\n", "\r\n", "\n")
	var b strings.Builder
	for range rapid.IntRange(0, 2).Draw(t, "interim") {
		b.WriteString("HTTP/1.1 10" + pick("interim status", "0", "2", "3") + " Wait" + end + end)
	}
	b.WriteString("HTTP/1." + pick("minor", "1", "1", "1", "0") + " " +
		pick("status", "200 OK", "200 OK", "201 Created", "204 No Content", "304 Not Modified", "404 Not Found", "429", "500 Oh", "599 ") + end)
	for range rapid.IntRange(0, 4).Draw(t, "headers") {
		b.WriteString(pick("name", "X-A", "x-a", "Content-Type", "Date", "Connection", "Set-Cookie", "Pragma") + ":" +
			pick("blank", " ", "", "\t ") + pick("value", "a", "close", "keep-alive", "application/json", "no-cache", "", "ü", "a,b") + end)
	}
	body := rapid.StringOfN(rapid.RuneFrom([]rune("ab\r\n:0 5;")), 0, 200, -1).Draw(t, "body")
	switch framing := pick("framing", "length", "length", "chunked", "chunked", "end", "both"); framing {
	case "end":
		b.WriteString(end + body)
	case "length":
		length := len(body) + rapid.SampledFrom([]int{0, 0, 0, 0, 1, -1}).Draw(t, "off by")
		fmt.Fprintf(&b, "Content-Length: %d%s%s%s", length, end, end, body)
	default:
		if framing == "both" {
			fmt.Fprintf(&b, "Content-Length: %d%s", len(body), end)
		}
		b.WriteString("Transfer-Encoding: chunked" + end + end)
		for rest := body; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "chunk")
			fmt.Fprintf(&b, "%x%s\r\n%s\r\n", n, pick("extension", "", "", ";a", ";a=\"b\""), rest[:n])
			rest = rest[n:]
		}
		b.WriteString("0\r\n" + pick("trailer", "", "", "X-T: 1\r\n") + "\r\n")
	}
	answer = b.String()
	if rapid.IntRange(0, 2).Draw(t, "damaged") == 0 {
		at := rapid.IntRange(0, len(answer)-1).Draw(t, "damage at")
		with := rapid.SampledFrom([]string{"", "\r", "\n", "\x00", " ", ":", "0", "f", "\r\n", "\t", ",", "-"}).Draw(t, "damage")
		answer = answer[:at] + with + answer[at+rapid.IntRange(0, 1).Draw(t, "instead"):]
	}
	return method, answer, rapid.IntRange(0, len(answer)).Draw(t, "split")
}

func TestGeneratedAnswersBesideNetHTTP(t *testing.T) {
	s := newStage(t)
	rapid.Check(t, func(rt *rapid.T) {
		method, answer, split := generated(rt)
		own, std := s.play(t, method, answer, split)
		if diff := compare(own, std); diff != "" {
			rt.Fatalf("%s %q:\n%s", method, answer, diff)
		}
	})
}

// FuzzWireAgainstNetHTTP is best run with -fuzzminimizetime 10x: the same bytes are not always read in the same pieces, so
// coverage wavers and inputs are minimized for long.
func FuzzWireAgainstNetHTTP(f *testing.F) {
	for i, a := range answers {
		f.Add(a.method == "HEAD", []byte(a.answer), uint16(i*7))
	}
	s := newStage(f)
	f.Fuzz(func(t *testing.T, head bool, answer []byte, split uint16) {
		method := "GET"
		if head {
			method = "HEAD"
		}
		own, std := s.play(t, method, string(answer), int(split))
		if diff := compare(own, std); diff != "" {
			t.Fatalf("%s %q:\n%s", method, answer, diff)
		}
	})
}
