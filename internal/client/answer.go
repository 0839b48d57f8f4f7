// One answer, read whole or not at all, within bounds of time and memory.

package client

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"harness/specs"
)

// What is read of one answer at most. Beyond it the exchange has an error: nothing is said of an answer that was not
// read whole. The greatest page of the documents is a hundredth of it.
const (
	MaxBody   = 8 << 20  // bytes, after decompression
	usualBody = 1 << 20  // bytes up to which answers are read and judged side by side
	MaxValues = 200_000  // JSON values: each takes far more room in memory than in a body
	maxHeader = 64 << 10 // bytes of all headers together, interim answers included
)

// answer sends a request once and reads what comes back, up to the target's timeout.
func (c *Client) answer(ctx context.Context, via http.RoundTripper, req *http.Request) (*specs.Answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.target.Limits.Timeout, errTimeout)
	defer cancel()
	answer, err := c.receive(via, req.WithContext(ctx))
	if err != nil && errors.Is(context.Cause(ctx), errTimeout) {
		return nil, fmt.Errorf("%w within %s", errTimeout, c.target.Limits.Timeout)
	}
	return answer, err
}

var errTimeout = errors.New("no whole answer")

func (c *Client) receive(via http.RoundTripper, req *http.Request) (*specs.Answer, error) {
	resp, err := via.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer := &specs.Answer{Status: resp.StatusCode, Header: resp.Header}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return answer, nil // its body is the bare connection, which nothing but Close ends
	}
	if answer.Body, err = c.readBody(req.Context(), resp.Body, resp.ContentLength); err != nil {
		return nil, err
	}
	if len(answer.Body) > 0 {
		switch coding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); coding {
		case "", "identity":
		case "gzip", "x-gzip":
			if answer.Body, err = c.unzip(req.Context(), answer.Body); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("%w: Content-Encoding is %q, which nobody asked for", errBody, resp.Header.Get("Content-Encoding"))
		}
	}
	if n := Values(answer.Body); n > MaxValues {
		return nil, fmt.Errorf("%w: it holds about %d values, at most %d are read", errBody, n, MaxValues)
	}
	return answer, nil
}

var errBody = errors.New("the body of the answer cannot be read")

// readBody reads a body of an announced length, -1 for none. What is longer than usual is read by few at a time.
func (c *Client) readBody(ctx context.Context, r io.Reader, length int64) ([]byte, error) {
	tooLong := fmt.Errorf("%w: it is longer than %d MiB", errBody, MaxBody>>20)
	if length > MaxBody {
		return nil, tooLong
	}
	body, err := io.ReadAll(io.LimitReader(r, usualBody+1))
	if err == nil && len(body) > usualBody {
		release, refused := c.limiter.large(ctx)
		if refused != nil {
			return nil, refused
		}
		defer release()
		whole := bytes.NewBuffer(body)
		whole.Grow(max(0, int(length)-len(body)))
		_, err = whole.ReadFrom(io.LimitReader(r, MaxBody+1-usualBody))
		body = whole.Bytes()
	}
	if err != nil {
		return nil, fmt.Errorf("the body broke off after %d bytes: %w", len(body), err)
	}
	if len(body) > MaxBody {
		return nil, tooLong
	}
	return body, nil
}

func (c *Client) unzip(ctx context.Context, body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: Content-Encoding is gzip, the bytes are not: %w", errBody, err)
	}
	plain, err := c.readBody(ctx, z, -1)
	if err != nil && !errors.Is(err, errBody) && ctx.Err() == nil {
		return nil, fmt.Errorf("%w: Content-Encoding is gzip, the bytes are not: %w", errBody, err)
	}
	return plain, err
}
