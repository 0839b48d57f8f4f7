// Reading the body of an answer: by length, in chunks, or to the connection's end; and handing it out.

package wire

import (
	"bytes"
	"io"
	"net/http"
)

// maxChunkLine bounds the line with a chunk's size, extensions included.
const maxChunkLine = 4 << 10

// readBody reads the body to its last byte, and settles whether the connection may stay.
func (x *exchange) readBody() error {
	h := &x.head
	var err error
	end := h.end // where the message ends in x.in
	switch {
	case x.isHead:
		x.body = nil
	case h.status == http.StatusNoContent || h.status == http.StatusNotModified:
		// A server that sends a body after all leaves it on the connection. A 304 may name the length that it spares.
		if h.chunked || h.length > 0 && h.status == http.StatusNoContent {
			h.keep = false
		}
		x.body, h.length = nil, 0
	case h.chunked:
		end, err = x.readChunks()
	case h.length >= 0:
		end, err = x.readLength()
	default:
		err = x.readToEnd()
		end = len(x.in)
	}
	if err != nil {
		return err
	}
	if end < len(x.in) {
		h.keep = false // something came that nobody asked for
	}
	x.unpacked = false
	if x.askedGzip && h.gzip && len(x.body) > 0 {
		return x.unpack()
	}
	return nil
}

func (x *exchange) bodyTooLong() error {
	return tooLong("its body is longer than %d bytes", x.t.opts.BodyLimit)
}

// room makes place behind what was read. total is how long the buffer will have to be at least, as far as is known;
// memory follows what came, and not what a header promises.
func (x *exchange) room(total int) {
	if len(x.in) < cap(x.in) && (cap(x.in) >= total || cap(x.in)-len(x.in) >= 4<<10) {
		return
	}
	size := min(max(total, 2*cap(x.in)), max(4*len(x.in), keepBuffer))
	size = max(size, len(x.in)+4<<10)
	bigger := make([]byte, len(x.in), size)
	copy(bigger, x.in)
	x.in = bigger
}

// readLength reads a body whose length was told.
func (x *exchange) readLength() (end int, err error) {
	h := &x.head
	if h.length > x.t.opts.BodyLimit {
		return 0, tooLong("its Content-Length is %d, longer than %d bytes", h.length, x.t.opts.BodyLimit)
	}
	end = h.end + int(h.length)
	for len(x.in) < end {
		x.room(end)
		if err := x.fill(); err != nil {
			return 0, cut("within the answer's body", err)
		}
	}
	x.body = x.in[h.end:end]
	return end, nil
}

// readToEnd reads a body that ends with the connection.
func (x *exchange) readToEnd() error {
	h := &x.head
	h.keep, h.close = false, true
	for {
		if int64(len(x.in)-h.end) > x.t.opts.BodyLimit {
			return x.bodyTooLong()
		}
		x.room(0)
		if err := x.fill(); err == io.EOF {
			// crypto/tls tells the same end whether or not TLS was closed in order. Here the difference is all there is to
			// know whether the body is whole (RFC 9112, 9.8).
			if x.c.secure != nil && x.c.ended {
				return cut("without TLS's goodbye, so its body may be cut", nil)
			}
			x.body = x.in[h.end:]
			return nil
		} else if err != nil {
			return cut("within the answer's body", err)
		}
	}
}

// readChunks reads a chunked body, and moves the chunks together where they stand.
func (x *exchange) readChunks() (end int, err error) {
	var (
		start    = x.head.end
		body     = start // the body as far as it is put together ends here
		next     = start // what comes next begins here
		overhead = 0     // bytes of chunk extensions, which carry nothing
	)
	for {
		// What the chunks' sizes left free is closed before more is read, so the buffer is as long as the body and one read.
		line, after, err := x.line(&body, next)
		if err != nil {
			return 0, err
		}
		next = after
		size, extension, err := parseChunkSize(line)
		if err != nil {
			return 0, err
		}
		if overhead += extension; overhead > x.t.opts.HeaderLimit {
			return 0, tooLong("its chunk extensions are longer than %d bytes", x.t.opts.HeaderLimit)
		}
		if size == 0 {
			break
		}
		if size > x.t.opts.BodyLimit-int64(body-start) {
			return 0, x.bodyTooLong()
		}
		for left := int(size); left > 0; {
			if next == len(x.in) {
				x.in = x.in[:body]
				x.room(body + left + 2)
				next = body
				if err := x.fill(); err != nil {
					return 0, cut("within a chunk of the answer's body", err)
				}
			}
			n := min(left, len(x.in)-next)
			if body != next {
				copy(x.in[body:], x.in[next:next+n])
			}
			body, next, left = body+n, next+n, left-n
		}
		// The line that ends a chunk is empty.
		if line, next, err = x.line(&body, next); err != nil {
			return 0, err
		}
		if len(line) > 0 {
			return 0, malformed("%s after a chunk; want the line to end", excerpt(line))
		}
	}
	for trailers := 0; ; {
		line, after, err := x.line(&body, next)
		if err != nil {
			return 0, err
		}
		next = after
		if len(line) == 0 {
			break
		}
		if trailers += len(line) + 2; trailers > x.t.opts.HeaderLimit {
			return 0, tooLong("its trailers are longer than %d bytes", x.t.opts.HeaderLimit)
		}
		if colon := bytes.IndexByte(line, ':'); colon < 0 || !isToken(line[:colon]) || control(line) >= 0 {
			return 0, malformed("trailer %s", excerpt(line))
		}
	}
	x.body = x.in[start:body]
	return next, nil
}

// line is the line that begins at next, without its end, and where the one after begins. It is valid until the next
// read. Only CR LF ends a line here: in a chunked body a lone LF is a known way to have two readers disagree.
func (x *exchange) line(body *int, next int) (line []byte, after int, err error) {
	seen := next
	for {
		if i := bytes.IndexByte(x.in[seen:], '\n'); i >= 0 {
			line, after = x.in[next:seen+i], seen+i+1
			if len(line) == 0 || line[len(line)-1] != '\r' {
				return nil, 0, malformed("a line within the chunked body ends with LF alone: %s", excerpt(line))
			}
			line = line[:len(line)-1]
			if bytes.IndexByte(line, '\r') >= 0 {
				return nil, 0, malformed("a line within the chunked body holds CR: %s", excerpt(line))
			}
			return line, after, nil
		}
		if len(x.in)-next > maxChunkLine {
			return nil, 0, tooLong("a line within the chunked body is longer than %d bytes", maxChunkLine)
		}
		if moved := next - *body; moved > 0 {
			x.in = x.in[:*body+copy(x.in[*body:], x.in[next:])]
			next = *body
		}
		seen = len(x.in)
		x.room(0)
		if err := x.fill(); err != nil {
			return nil, 0, cut("within the answer's chunked body", err)
		}
	}
}

// parseChunkSize reads "1f;name=value". extension is how many bytes the size did not need.
func parseChunkSize(line []byte) (size int64, extension int, err error) {
	digits := line
	if i := bytes.IndexByte(line, ';'); i >= 0 {
		digits, extension = line[:i], len(line)-i
	}
	for len(digits) > 0 && isBlank(digits[len(digits)-1]) {
		digits = digits[:len(digits)-1]
	}
	if len(digits) == 0 {
		return 0, 0, malformed("chunk size %s; want hexadecimal digits", excerpt(line))
	}
	for _, c := range digits {
		var d byte
		switch {
		case '0' <= c && c <= '9':
			d = c - '0'
		case 'a' <= c && c <= 'f':
			d = c - 'a' + 10
		case 'A' <= c && c <= 'F':
			d = c - 'A' + 10
		default:
			return 0, 0, malformed("chunk size %s; want hexadecimal digits", excerpt(line))
		}
		if size >= 1<<59 {
			return 0, 0, malformed("chunk size %s is beyond 63 bits", excerpt(line))
		}
		size = size<<4 | int64(d)
	}
	return size, extension, nil
}

// body is a response's body: all of it is here.
type body struct {
	x    *exchange // nil when closed
	data []byte    // what was not read yet
}

func (b *body) Read(p []byte) (int, error) {
	if b.x == nil {
		return 0, http.ErrBodyReadAfterClose
	}
	if len(b.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.data)
	b.data = b.data[n:]
	return n, nil
}

// Bytes is what was not read yet; it is valid until the body is closed.
func (b *body) Bytes() []byte { return b.data }

// WriteTo spares io.Copy a buffer.
func (b *body) WriteTo(w io.Writer) (int64, error) {
	if b.x == nil {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := w.Write(b.data)
	b.data = b.data[n:]
	return int64(n), err
}

// Close hands the body's memory back; it may be called again.
func (b *body) Close() error {
	if x := b.x; x != nil {
		b.x, b.data = nil, nil
		x.answer = answer{} // lets go of what it points to
		x.release()
	}
	return nil
}
