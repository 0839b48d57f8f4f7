// One request on one connection, the right answer to it, and the ways to put bytes on the wire.

package hostile

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// conversation is a request that was read, and the connection that waits for an answer.
type conversation struct {
	server  *Server
	conn    net.Conn // what is written to; TLS where the server speaks it
	plain   net.Conn // the TCP connection below
	request *http.Request
	keep    bool // the connection may go on after a wrong answer
}

// longestRequest is how much of a request's body is read, in bytes: callers of licence APIs send little.
const longestRequest = 1 << 20

// readBody takes the request's body off the connection.
func (c *conversation) readBody() error {
	body, err := io.ReadAll(io.LimitReader(c.request.Body, longestRequest))
	c.request.Body = io.NopCloser(bytes.NewReader(body))
	return err
}

// answer is an answer as plain values, before it is framed.
type answer struct {
	request   *http.Request
	elsewhere string // the other host; see Options
	status    string // what stands behind HTTP/1.1, such as "200 OK"
	header    http.Header
	body      []byte
}

// right asks the handler behind.
func (c *conversation) right() *answer {
	recorder := httptest.NewRecorder()
	c.server.options.Behind.ServeHTTP(recorder, c.request)
	result := recorder.Result()
	return &answer{
		request: c.request, elsewhere: c.server.options.Elsewhere, status: fmt.Sprintf("%d %s", result.StatusCode, http.StatusText(result.StatusCode)),
		header: result.Header, body: recorder.Body.Bytes(),
	}
}

// say makes the answer one with a status, a media type and a body.
func (a *answer) say(status, contentType string, body []byte) {
	a.status, a.body = status, body
	a.header = http.Header{"Content-Type": {contentType}}
}

// bodiless says whether a status line announces an answer that has no body and no length.
func (a *answer) bodiless() bool {
	return strings.HasPrefix(a.status, "1") || strings.HasPrefix(a.status, "204") || strings.HasPrefix(a.status, "304")
}

// send frames the answer as HTTP wants it.
func (a *answer) send(c *conversation) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\n", a.status)
	a.header.Del("Content-Length")
	a.header.Del("Transfer-Encoding")
	_ = a.header.Write(&b) // a buffer takes everything
	if !a.bodiless() {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(a.body))
	}
	b.WriteString("\r\n")
	if c.request.Method != http.MethodHead && !a.bodiless() {
		b.Write(a.body)
	}
	_, err := c.conn.Write(b.Bytes())
	return err
}

// write puts bytes on the wire and says whether they went.
func (c *conversation) write(text string) bool {
	_, err := io.WriteString(c.conn, text)
	return err == nil
}

// flood writes the same bytes until the caller goes away or n bytes have gone; 0 is without end.
func (c *conversation) flood(chunk string, n int64) {
	for sent := int64(0); n == 0 || sent < n; sent += int64(len(chunk)) {
		if !c.write(chunk) {
			return
		}
	}
}

// drip writes a text a byte a second.
func (c *conversation) drip(text string) {
	for i := range len(text) {
		if !c.write(text[i:i+1]) || !c.server.wait(time.Second) {
			return
		}
	}
}

// listen reads until the caller goes away, and answers nothing.
func (c *conversation) listen() { _, _ = io.Copy(io.Discard, c.conn) }

// reset ends the connection with RST instead of FIN.
func (c *conversation) reset() { reset(c.plain) }

func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // on a connection that is gone already there is nothing to reset
	}
	_ = conn.Close()
}

// ok is the head of an answer in JSON without its last line.
const ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

// sized writes a right answer's head with a length that may be another than the body's.
func (c *conversation) sized(length int, body string) bool {
	return c.write(fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", ok, length, body))
}

// text is the body of the right answer.
func (c *conversation) text() string { return string(c.right().body) }
