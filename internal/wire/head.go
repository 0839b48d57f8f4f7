// Reading the head of an answer: the status line and the fields that frame the body, strictly; the other fields as far
// as they are wanted.

package wire

import (
	"bytes"
	"net/http"
	"strconv"
)

// head is what an answer's head says.
type head struct {
	status     int
	statusText string // as in "200 OK"
	minor      int    // of HTTP/1.x
	end        int    // where in the buffer the body begins

	length      int64 // Content-Length, or -1
	chunked     bool
	gzip        bool // Content-Encoding is gzip and nothing else
	encodings   int  // Content-Encoding fields
	transfer    int  // Transfer-Encoding fields
	close, stay bool // Connection: close, keep-alive
	keep        bool // the connection may carry another exchange
}

// readHead reads up to the end of the final answer's head, past 1xx answers.
func (x *exchange) readHead() error {
	for interim := 0; ; interim++ {
		end, err := x.findEnd()
		if err != nil {
			return err
		}
		if err := x.parse(x.in[x.at:end]); err != nil {
			return err
		}
		x.head.end = end
		switch status := x.head.status; {
		case status >= 200:
			return x.frame()
		case status == http.StatusSwitchingProtocols:
			return malformed("status 101, but nobody asked for another protocol")
		case interim == maxInterim:
			return malformed("more than %d answers with a status 1xx", maxInterim)
		}
		x.at = end
	}
}

// findEnd reads until the head is here whole, and returns where it ends: behind the empty line.
func (x *exchange) findEnd() (int, error) {
	const opening = "HTTP/"
	line := x.at // where the line begins that is looked at
	seen := x.at // no line feed before here
	checked := false
	for {
		if have := x.in[x.at:]; !checked && len(have) > 0 {
			if len(have) >= len(opening) {
				checked = true
			}
			if n := min(len(have), len(opening)); string(have[:n]) != opening[:n] {
				return 0, x.notHTTP1()
			}
		}
		for {
			i := bytes.IndexByte(x.in[seen:], '\n')
			if i < 0 {
				seen = len(x.in)
				break
			}
			seen += i + 1
			if length := seen - line; line > x.at && (length == 1 || length == 2 && x.in[line] == '\r') {
				if seen-x.at > x.t.opts.HeaderLimit {
					return 0, x.headTooLong()
				}
				return seen, nil
			}
			line = seen
		}
		if len(x.in)-x.at > x.t.opts.HeaderLimit {
			return 0, x.headTooLong()
		}
		if err := x.fill(); err != nil {
			if len(x.in) == 0 {
				return 0, cut("before the answer", err)
			}
			return 0, cut("within the answer's head", err)
		}
	}
}

func (x *exchange) headTooLong() error {
	return tooLong("its head is longer than %d bytes", x.t.opts.HeaderLimit)
}

// notHTTP1 says what a server speaks that does not begin with HTTP/.
func (x *exchange) notHTTP1() error {
	const frameHeader = 9
	for x.in[x.at] == 0 && len(x.in)-x.at < frameHeader { // an HTTP/2 frame begins with the high byte of its length
		if x.fill() != nil {
			break
		}
	}
	b := x.in[x.at:]
	if isHTTP2(b) {
		return &http2Error{x.p.address}
	}
	return malformed("it begins with %s, not with HTTP/1", excerpt(b))
}

// isHTTP2 says whether bytes open an HTTP/2 connection: a SETTINGS or GOAWAY frame on stream 0.
func isHTTP2(b []byte) bool {
	if len(b) < 9 || b[0] != 0 || b[5]|b[6]|b[7]|b[8] != 0 {
		return false
	}
	const settings, goAway = 4, 7
	length := int(b[1])<<8 | int(b[2])
	return b[3] == settings && length%6 == 0 || b[3] == goAway && length >= 8
}

type http2Error struct{ address string }

func (e *http2Error) Error() string { return "wire: " + e.address + ": " + ErrHTTP2Only.Error() }
func (e *http2Error) Unwrap() error { return ErrHTTP2Only }

// parse reads one head, which ends with its empty line.
func (x *exchange) parse(block []byte) error {
	x.head = head{length: -1}
	line, rest := cutLine(block)
	if err := x.head.parseStatus(line); err != nil {
		return err
	}
	x.fields.reset()
	for {
		if line, rest = cutLine(rest); len(line) == 0 {
			break
		}
		if isBlank(line[0]) { // only the first can be: the others are joined to what they continue
			return malformed("its first header line begins with a blank: %s", excerpt(line))
		}
		for isBlank(rest[0]) {
			line, rest = unfold(line, rest)
		}
		if name, value, ok := x.fields.again(line); ok {
			if err := x.head.field(name, value); err != nil {
				return err
			}
			continue
		}
		colon := bytes.IndexByte(line, ':')
		if colon < 0 {
			return malformed("header line without a colon: %s", excerpt(line))
		}
		name, value := line[:colon], trim(line[colon+1:])
		if !isToken(name) {
			return malformed("header name %s is no token", excerpt(name))
		}
		if i := control(value); i >= 0 {
			return malformed("the value of header %s holds %q", name, value[i])
		}
		if err := x.head.field(name, value); err != nil {
			return err
		}
		x.fields.add(x.t.wanted, line, name, value)
	}
	if x.head.status >= 200 {
		x.header = x.fields.header(x.t.wanted)
	}
	return nil
}

// cutLine cuts a line off, without its end.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, nil
	}
	line, rest = b[:i], b[i+1:]
	if i > 0 && line[i-1] == '\r' {
		line = line[:i-1]
	}
	return line, rest
}

// unfold joins a line with the one that continues it, by one blank, as RFC 9112 (5.2) bids a client. The joined line is
// written over the two, and the rest of the block stays where it was, so what is between them is blanks.
func unfold(line, rest []byte) (joined, after []byte) {
	next, after := cutLine(rest)
	end := len(line)
	for end > 0 && isBlank(line[end-1]) {
		end--
	}
	joined = append(line[:end], ' ')
	joined = append(joined, trim(next)...)
	return joined, after
}

// parseStatus reads "HTTP/1.1 200 OK".
func (h *head) parseStatus(line []byte) error {
	const opening = "HTTP/1."
	if len(line) < len(opening)+1 || string(line[:len(opening)]) != opening || !isDigit(line[7]) {
		return malformed("HTTP version in %s; HTTP/1.1 and HTTP/1.0 are supported", excerpt(line))
	}
	h.minor = int(line[7] - '0') // whatever comes after 1 is spoken to as 1
	code := line[8:]
	if len(code) < 4 || code[0] != ' ' || !isDigit(code[1]) || !isDigit(code[2]) || !isDigit(code[3]) || len(code) > 4 && code[4] != ' ' {
		return malformed("status line %s; want a version, a blank and three digits", excerpt(line))
	}
	code = code[1:]
	if i := control(code); i >= 0 {
		return malformed("the status line holds %q", code[i])
	}
	h.status = int(code[0]-'0')*100 + int(code[1]-'0')*10 + int(code[2]-'0')
	if h.status < 100 {
		return malformed("status %s; the lowest is 100", code[:3])
	}
	if known := statusTexts[h.status]; string(code) == known {
		h.statusText = known
	} else {
		h.statusText = string(code)
	}
	return nil
}

// statusTexts are the usual ones, so that no string is made for them.
var statusTexts = func() (texts [1000]string) {
	for status := range texts {
		if text := http.StatusText(status); text != "" {
			texts[status] = strconv.Itoa(status) + " " + text
		}
	}
	return texts
}()

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// field takes what a field says about the message's frame.
func (h *head) field(name, value []byte) error {
	switch len(name) {
	case len("connection"):
		if equalFold(name, "connection") {
			h.close = h.close || hasToken(value, "close")
			h.stay = h.stay || hasToken(value, "keep-alive")
		}
	case len("content-length"):
		if !equalFold(name, "content-length") {
			break
		}
		length, ok := parseLength(value)
		if !ok {
			return malformed("Content-Length %s; want digits", excerpt(value))
		}
		if h.length >= 0 && h.length != length {
			return malformed("Content-Length twice, %d and %d", h.length, length)
		}
		h.length = length
	case len("content-encoding"):
		if equalFold(name, "content-encoding") {
			h.encodings++
			h.gzip = h.encodings == 1 && equalFold(value, "gzip")
		}
	case len("transfer-encoding"):
		if !equalFold(name, "transfer-encoding") {
			break
		}
		if h.minor == 0 {
			return malformed("Transfer-Encoding in HTTP/1.0")
		}
		if h.transfer++; h.transfer > 1 {
			return malformed("Transfer-Encoding twice")
		}
		if !equalFold(value, "chunked") {
			return malformed("Transfer-Encoding %s; only chunked is supported", excerpt(value))
		}
		h.chunked = true
	}
	return nil
}

// parseLength reads digits, as many as 63 bits hold.
func parseLength(b []byte) (int64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if !isDigit(c) || n > (1<<63-1-int64(c-'0'))/10 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// frame decides, of a final answer, what its body is and whether the connection may stay.
func (x *exchange) frame() error {
	h := &x.head
	if h.chunked && h.length >= 0 {
		return malformed("both Content-Length and Transfer-Encoding")
	}
	if h.minor == 0 {
		h.close = h.close || !h.stay
	}
	h.keep = !h.close && !x.close
	return nil
}
