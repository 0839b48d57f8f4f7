// Connections that are not made, break, or go silent.

package hostile

import "net"

var connectionKinds = []Kind{
	{Name: "refused", Summary: "nobody listens", refuse: true},
	{Name: "dns-failure", Summary: "the name leads nowhere", nowhere: "http://licences.invalid:8080"},
	{Name: "reset-on-connect", Summary: "the connection is reset as soon as it stands",
		accept: func(_ *Server, conn net.Conn) { reset(conn) }},
	{Name: "reset-before-headers", Summary: "the connection is reset once the request is read", answer: (*conversation).reset},
	{Name: "reset-in-headers", Summary: "the connection is reset within the headers",
		answer: func(c *conversation) { c.write("HTTP/1.1 200 OK\r\nContent-Ty"); c.reset() }},
	{Name: "reset-after-headers", Summary: "the connection is reset between headers and body",
		answer: func(c *conversation) { c.sized(1000, ""); c.reset() }},
	{Name: "reset-in-body", Summary: "the connection is reset within the body",
		answer: func(c *conversation) { c.sized(1000, "[{"); c.reset() }},
	{Name: "closed-without-answer", Summary: "the connection is closed once the request is read", answer: func(*conversation) {}},
	{Name: "half-closed", Summary: "the server's side is closed within the body, the other one stays open", answer: halfClosed},
	{Name: "never-answers", Summary: "the request is read, and nothing follows", answer: (*conversation).listen},
	{Name: "never-reads", Summary: "the connection stands, and nobody reads the request",
		accept: func(s *Server, _ net.Conn) { <-s.closed }},
	{Name: "drips-headers", Summary: "headers come a byte a second",
		answer: func(c *conversation) { c.drip(ok + "Content-Length: 2\r\n\r\n[]") }},
	{Name: "drips-body", Summary: "the body comes a byte a second",
		answer: func(c *conversation) {
			body := c.text()
			if c.sized(len(body), "") {
				c.drip(body)
			}
		}},
	{Name: "stalls-in-body", Summary: "half of the body comes, and then nothing",
		answer: func(c *conversation) {
			body := c.text()
			c.sized(len(body)+1, body[:len(body)/2])
			c.listen()
		}},
}

func halfClosed(c *conversation) {
	body := c.text()
	c.sized(len(body)+1, body[:len(body)/2])
	if tcp, ok := c.plain.(*net.TCPConn); ok {
		_ = tcp.CloseWrite() // a caller that went away has closed it already
	}
	c.listen()
}
