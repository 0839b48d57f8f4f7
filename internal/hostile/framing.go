// Answers whose frame lies: heads without end, lengths that are none, chunks that do not add up, other protocols.

package hostile

import (
	"fmt"
	"net/http"
	"strings"
)

var framingKinds = []Kind{
	{Name: "endless-headers", Summary: "one header follows the other without end",
		answer: func(c *conversation) { c.write(ok); c.flood("X-More: "+strings.Repeat("x", 4000)+"\r\n", 0) }},
	{Name: "header-10mb", Summary: "one header is 10 MB long",
		answer: func(c *conversation) {
			c.write(ok + "X-Long: ")
			c.flood(strings.Repeat("x", 1<<16), 10<<20)
			c.write("\r\nContent-Length: 2\r\n\r\n[]")
		}},
	{Name: "many-headers", Summary: "50 kB of headers, each of them small",
		answer: func(c *conversation) {
			c.write(ok)
			for i := range 500 {
				c.write(fmt.Sprintf("X-Header-%d: %s\r\n", i, strings.Repeat("x", 80)))
			}
			body := c.text()
			c.keep = c.write(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body))
		}},
	{Name: "endless-body", Summary: "a body without a length and without an end",
		answer: func(c *conversation) { c.write(ok + "\r\n["); c.flood(strings.Repeat("1,", 1<<15), 0) }},
	{Name: "endless-chunks", Summary: "one chunk follows the other without end",
		answer: func(c *conversation) {
			c.write(chunkedHead + "1\r\n[\r\n")
			c.flood("10000\r\n"+strings.Repeat("1,", 1<<15)+"\r\n", 0)
		}},
	{Name: "length-too-long", Summary: "Content-Length announces more than comes",
		answer: func(c *conversation) { body := c.text(); c.sized(len(body)+10, body) }},
	{Name: "length-too-short", Summary: "Content-Length announces less than comes; the rest stays on the connection",
		answer: func(c *conversation) { body := c.text(); c.keep = c.sized(len(body)/2, body) }},
	{Name: "length-and-chunked", Summary: "Content-Length and chunked at once, and they disagree",
		answer: func(c *conversation) {
			c.keep = c.write(chunkedHead[:len(chunkedHead)-2] + "Content-Length: 3\r\n\r\n" + chunk(c.text()) + "0\r\n\r\n")
		}},
	{Name: "two-lengths", Summary: "two Content-Length headers that disagree",
		answer: func(c *conversation) {
			body := c.text()
			c.write(fmt.Sprintf("%sContent-Length: %d\r\nContent-Length: %d\r\n\r\n%s", ok, len(body), len(body)+7, body))
		}},
	{Name: "length-negative", Summary: "Content-Length is -1",
		answer: func(c *conversation) { c.sized(-1, c.text()) }},
	{Name: "chunk-size-no-number", Summary: "the size of a chunk is no number",
		answer: func(c *conversation) { c.write(chunkedHead + "many\r\n" + c.text() + "\r\n0\r\n\r\n") }},
	{Name: "chunk-size-beyond-64-bits", Summary: "the size of a chunk needs more than 64 bits",
		answer: func(c *conversation) { c.write(chunkedHead + "1ffffffffffffffff\r\n" + c.text() + "\r\n0\r\n\r\n") }},
	{Name: "chunk-cut", Summary: "the last chunk is missing",
		answer: func(c *conversation) { c.write(chunkedHead + chunk(c.text())) }},
	{Name: "garbage-behind", Summary: "bytes follow the answer on the kept connection",
		answer: func(c *conversation) { body := c.text(); c.keep = c.sized(len(body), body+"garbage\r\n\r\n") }},
	{Name: "answers-twice", Summary: "a second answer follows on the kept connection, for whoever asks next",
		answer: func(c *conversation) {
			body := c.text()
			c.keep = c.sized(len(body), body) && c.sized(2, "[]")
		}},
	{Name: "answers-previous", Summary: "every request gets the answer to the one before", answer: answersPrevious},
	{Name: "continue-flood", Summary: "100 Continue without end",
		answer: func(c *conversation) { c.flood("HTTP/1.1 100 Continue\r\nX-Wait: longer\r\n\r\n", 0) }},
	{Name: "early-hints", Summary: "a hundred 103 Early Hints before a right answer",
		answer: func(c *conversation) {
			c.write(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n", 100))
			c.keep = c.right().send(c) == nil
		}},
	{Name: "switching-protocols", Summary: "101 Switching Protocols, unasked, and then silence",
		answer: func(c *conversation) {
			c.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
			c.listen()
		}},
	{Name: "http-0.9", Summary: "a body without a head, as HTTP/0.9 had it", answer: func(c *conversation) { c.write(c.text()) }},
	{Name: "http-2-preface", Summary: "frames of HTTP/2 where HTTP/1.1 was asked for",
		answer: func(c *conversation) { c.write(settings + settings) }},
	{Name: "http-7", Summary: "an answer in HTTP/7.3", answer: func(c *conversation) { c.write("HTTP/7.3 200 OK\r\nContent-Length: 2\r\n\r\n[]") }},
	{Name: "status-line-garbage", Summary: "the first line is noise", answer: func(c *conversation) { c.write("\x1b[2J\x00\xff licence" + strings.Repeat("x", 20_000) + "\r\n\r\n[]") }},
	{Name: "header-without-colon", Summary: "a header line without a colon",
		answer: func(c *conversation) { c.write(ok + "this is no header\r\nContent-Length: 2\r\n\r\n[]") }},
	{Name: "header-with-nul", Summary: "NUL bytes within a header",
		answer: func(c *conversation) { c.write(ok + "X-Nul: a\x00b\r\nContent-Length: 2\r\n\r\n[]") }},
}

const chunkedHead = ok + "Transfer-Encoding: chunked\r\n\r\n"

// settings is the frame that opens a connection of HTTP/2 on the server's side.
const settings = "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"

func chunk(body string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(body), body) }

func answersPrevious(c *conversation) {
	right := c.right()
	previous := c.server.last.Swap(right)
	if previous == nil {
		previous = right
	}
	other := *previous
	other.header = previous.header.Clone()
	if c.request.Method == http.MethodHead {
		other.body = nil
	}
	c.keep = other.send(c) == nil
}
