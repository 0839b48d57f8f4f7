// Writing a request: head and, where it is short, body go out in one piece.

package wire

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// bodyTogether is the longest body that is sent in one piece with its head.
const bodyTogether = 64 << 10

// prepare writes the request into out, or what of it fits, with the rest of the body left in rest.
func (x *exchange) prepare() error {
	req := x.req
	if req.URL == nil {
		return errors.New("wire: the request has no URL")
	}
	p, err := x.t.pool(req.URL.Scheme, req.URL.Host)
	if err != nil {
		return err
	}
	x.p = p
	method := req.Method
	if method == "" {
		method = http.MethodGet
	}
	switch {
	case method == http.MethodConnect:
		return errors.New("wire: CONNECT is for proxies, which are not supported")
	case !isToken(method):
		return fmt.Errorf("wire: method %s is no token", excerpt(method))
	}
	x.isHead = method == http.MethodHead

	out := append(append(x.out[:0], method...), ' ')
	if out, err = appendTarget(out, req); err != nil {
		return err
	}
	out = append(out, " HTTP/1.1\r\n"...)
	if out, err = p.appendHost(out, req); err != nil {
		return err
	}
	var said headerSays
	if x.t.opts.SharedHeaders {
		var b *block
		if b, err = x.t.blocks.of(req.Header); err == nil {
			out, said = append(out, b.lines...), b.says
		}
	} else {
		out, said, err = appendHeader(out, req.Header)
	}
	if err != nil {
		return err
	}
	x.close = said.close
	if !said.agent {
		out = append(append(append(out, "User-Agent: "...), x.t.opts.UserAgent...), "\r\n"...)
	}
	if x.t.opts.Gzip && !said.encoding && !x.isHead {
		x.askedGzip = true
		out = append(out, "Accept-Encoding: gzip\r\n"...)
	}
	if req.Close && !x.close {
		x.close = true
		out = append(out, "Connection: close\r\n"...)
	}
	x.out, err = x.appendBody(out, method)
	return err
}

// appendBody ends the head and appends as much of the body as goes with it.
func (x *exchange) appendBody(out []byte, method string) ([]byte, error) {
	req := x.req
	if req.Body == nil || req.Body == http.NoBody {
		switch method {
		case http.MethodPost, http.MethodPut, http.MethodPatch:
			return append(out, "Content-Length: 0\r\n\r\n"...), nil
		}
		return append(out, "\r\n"...), nil
	}
	chunked := len(req.TransferEncoding) > 0
	if chunked && (len(req.TransferEncoding) != 1 || req.TransferEncoding[0] != "chunked") {
		return out, fmt.Errorf("wire: transfer encoding %q of a request; only chunked is supported", req.TransferEncoding)
	}
	if chunked || req.ContentLength <= 0 {
		x.rest, x.restLength = req.Body, -1
		return append(out, "Transfer-Encoding: chunked\r\n\r\n"...), nil
	}
	out = append(out, "Content-Length: "...)
	out = append(strconv.AppendInt(out, req.ContentLength, 10), "\r\n\r\n"...)
	if req.ContentLength > bodyTogether {
		x.rest, x.restLength = req.Body, req.ContentLength
		return out, nil
	}
	from, length := len(out), int(req.ContentLength)
	out = grow(out, length+1) // one more, to see that the body ends where it should
	for got := 0; got <= length; {
		n, err := req.Body.Read(out[from+got : from+length+1])
		got += n
		if got > length {
			return out, fmt.Errorf("wire: the request's body is longer than its ContentLength, %d bytes", length)
		}
		if err == io.EOF {
			if got < length {
				return out, fmt.Errorf("wire: the request's body ends after %d bytes of %d", got, length)
			}
			break
		}
		if err != nil {
			return out, fmt.Errorf("wire: reading the request's body: %w", err)
		}
	}
	return out[:from+length], nil
}

// sendRest writes the part of the body that did not go with the head.
func (x *exchange) sendRest(w io.Writer) error {
	buffer := make([]byte, bodyTogether)
	const room = 16 // for a chunk's size before its bytes
	var sent int64
	for {
		n, err := x.rest.Read(buffer[room : len(buffer)-2])
		if n > 0 {
			sent += int64(n)
			piece := buffer[room : room+n]
			if x.restLength < 0 {
				size := strconv.AppendInt(nil, int64(n), 16)
				size = append(size, "\r\n"...)
				copy(buffer[room-len(size):], size)
				copy(buffer[room+n:], "\r\n")
				piece = buffer[room-len(size) : room+n+2]
			} else if sent > x.restLength {
				return requestError{fmt.Errorf("wire: the request's body is longer than its ContentLength, %d bytes", x.restLength)}
			}
			if _, err := w.Write(piece); err != nil {
				return err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return requestError{fmt.Errorf("wire: reading the request's body: %w", err)}
		}
	}
	if x.restLength < 0 {
		_, err := io.WriteString(w, "0\r\n\r\n")
		return err
	}
	if sent < x.restLength {
		return requestError{fmt.Errorf("wire: the request's body ends after %d bytes of %d", sent, x.restLength)}
	}
	return nil
}

// requestError is a fault of the caller's body, found when part of the request was sent.
type requestError struct{ error }

func (e requestError) Unwrap() error { return e.error }

// appendTarget writes path and query as they stand in the request line.
func appendTarget(out []byte, req *http.Request) ([]byte, error) {
	u := req.URL
	from := len(out)
	switch {
	case u.Opaque != "":
		out = append(out, u.RequestURI()...)
	case u.RawPath == "" && all(u.Path, &pathByte):
		if u.Path == "" {
			out = append(out, '/')
		}
		out = append(out, u.Path...)
		if u.ForceQuery || u.RawQuery != "" {
			out = append(append(out, '?'), u.RawQuery...)
		}
	default:
		out = append(out, u.RequestURI()...)
	}
	for _, c := range out[from:] {
		if c <= ' ' || c == 0x7f {
			return out, fmt.Errorf("wire: the URL holds %q, which would end the request line; escape it", c)
		}
	}
	return out, nil
}

// grow makes room for n bytes behind b and includes them in it.
func grow(b []byte, n int) []byte {
	if cap(b)-len(b) < n {
		bigger := make([]byte, len(b), max(2*cap(b), len(b)+n))
		copy(bigger, b)
		b = bigger
	}
	return b[:len(b)+n]
}

// replayable says whether the request may be sent twice: it changes nothing, or says that a second time changes nothing
// more, and its body can be had again. It is net/http's rule.
func replayable(req *http.Request) bool {
	if req.Body != nil && req.Body != http.NoBody && req.GetBody == nil {
		return false
	}
	switch req.Method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return req.Header["Idempotency-Key"] != nil || req.Header["X-Idempotency-Key"] != nil
}
