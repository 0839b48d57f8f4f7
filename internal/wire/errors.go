// Errors: one for each way an exchange fails that a caller may want to count apart.

package wire

import (
	"errors"
	"fmt"
	"io"
)

var (
	// ErrTimeout says that Options.Timeout passed. It is a net.Error whose Timeout is true.
	ErrTimeout error = timeoutError{}
	// ErrHTTP2Only says that the server speaks HTTP/2 and not HTTP/1.1: it refused http/1.1 in the TLS handshake, or
	// answered with an HTTP/2 frame. net/http can speak to it.
	ErrHTTP2Only = errors.New("the server speaks only HTTP/2")
	// ErrMalformed says that the answer is no HTTP/1 message, or one that could be framed in two ways.
	ErrMalformed = errors.New("malformed answer")
	// ErrTooLong says that the answer's header or body is longer than Options allows.
	ErrTooLong = errors.New("answer too long")
	// ErrClosed says that the connection ended before the answer did, or before it began.
	ErrClosed = errors.New("connection closed")
)

type timeoutError struct{}

func (timeoutError) Error() string   { return "timeout" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

// notYet is how a read that does not wait says that there is nothing to read. crypto/tls takes an error that is
// temporary for the read's alone and keeps the connection usable.
type notYet struct{}

func (notYet) Error() string   { return "nothing to read yet" }
func (notYet) Timeout() bool   { return true }
func (notYet) Temporary() bool { return true }

// malformed says what is wrong with an answer.
func malformed(format string, args ...any) error {
	return fmt.Errorf("wire: %w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

func tooLong(format string, args ...any) error {
	return fmt.Errorf("wire: %w: %s", ErrTooLong, fmt.Sprintf(format, args...))
}

// cut says where in an answer the connection ended. err is what the read said.
func cut(where string, err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("wire: %w %s", ErrClosed, where)
	}
	return fmt.Errorf("wire: %s: %w", where, err)
}

// excerpt is enough of b to know it again in a message.
func excerpt[T string | []byte](b T) string {
	if len(b) > 64 {
		return fmt.Sprintf("%q…", b[:64])
	}
	return fmt.Sprintf("%q", b)
}
