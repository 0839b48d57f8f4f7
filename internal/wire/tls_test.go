// TLS: HTTP/1.1 alone, its own messages between exchanges, servers that want HTTP/2.

package wire

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// anyone trusts every server.
var anyone = &tls.Config{InsecureSkipVerify: true}

// pair is a certificate and its key.
func pair(t testing.TB) []tls.Certificate {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	defer server.Close()
	return server.TLS.Certificates
}

// secured is a TLS server with a certificate for 127.0.0.1, and a config that trusts it.
func secured(t testing.TB, handler http.Handler) (url string, trust *tls.Config) {
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{NextProtos: []string{"h2", "http/1.1"}}
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server.URL, &tls.Config{RootCAs: roots}
}

func TestTLS(t *testing.T) {
	url, trust := secured(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto, r.TLS.NegotiatedProtocol) }))
	trust.NextProtos = []string{"h2"} // replaced, in a clone
	transport := made(t, Options{TLS: trust, Timeout: 10 * time.Second})
	for range 5 {
		res := mustGet(t, transport, url, "HTTP/1.1http/1.1")
		if res.TLS == nil || res.TLS.NegotiatedProtocol != "http/1.1" {
			t.Errorf("TLS state %+v", res.TLS)
		}
	}
	// The first answer came with session tickets behind it, which are nobody's answer.
	if stats := transport.Stats(); stats.Opened != 1 || stats.Reused != 4 || stats.Stale != 0 {
		t.Errorf("%+v; want one connection", stats)
	}
	if trust.NextProtos[0] != "h2" || trust.ServerName != "" {
		t.Error("the caller's config was changed")
	}
	var unknown *tls.CertificateVerificationError
	if _, _, err := get(t, made(t, Options{}), "GET", url, nil); !errors.As(err, &unknown) {
		t.Errorf("a server nobody trusts: %v", err)
	}
	http1 := "http" + url[len("https"):]
	if res, _, err := get(t, made(t, Options{}), "GET", http1, nil); err != nil || res.StatusCode != 400 {
		t.Errorf("without TLS: %v, %v", res, err)
	}
}

func TestTLSServerThatWantsHTTP2(t *testing.T) {
	certificates := pair(t)
	address := talk(t, func(c net.Conn, _ *bufio.Reader) {
		// With h2 alone, crypto/tls's server lets a client through that wants HTTP/1.1; others do not.
		tls.Server(c, &tls.Config{Certificates: certificates, NextProtos: []string{"h2-as-others-do-it"}}).Handshake()
	})
	transport := made(t, Options{TLS: anyone})
	if _, _, err := get(t, transport, "GET", "https://"+address, nil); !errors.Is(err, ErrHTTP2Only) {
		t.Errorf("refused in the handshake: %v; want ErrHTTP2Only", err)
	}
	address = talk(t, func(c net.Conn, _ *bufio.Reader) {
		secure := tls.Server(c, &tls.Config{Certificates: certificates, NextProtos: []string{"h2"}})
		io.WriteString(secure, "\x00\x00\x00\x04\x00\x00\x00\x00\x00")
		ask(bufio.NewReader(secure))
	})
	if _, _, err := get(t, transport, "GET", "https://"+address, nil); !errors.Is(err, ErrHTTP2Only) {
		t.Errorf("answered with a frame: %v; want ErrHTTP2Only", err)
	}
	if stats := transport.Stats(); stats.Open != 0 {
		t.Errorf("%+v; want nothing open", stats)
	}
}

// overTLS serves requests on TLS, and lets the test do what it wants to the connection after each answer.
func overTLS(t testing.TB, after func(*tls.Conn)) (address string) {
	certificates := pair(t)
	return talk(t, func(c net.Conn, _ *bufio.Reader) {
		secure := tls.Server(c, &tls.Config{Certificates: certificates})
		for requests := bufio.NewReader(secure); ask(requests) != nil; {
			io.WriteString(secure, hello)
			after(secure)
		}
	})
}

func TestTLSKeptConnectionIsLookedAt(t *testing.T) {
	for name, after := range map[string]func(*tls.Conn){
		"closed":       func(c *tls.Conn) { c.Close() },
		"half closed":  func(c *tls.Conn) { c.CloseWrite() },
		"socket ended": func(c *tls.Conn) { c.NetConn().Close() },
		"bytes":        func(c *tls.Conn) { io.WriteString(c, hello) },
	} {
		address := overTLS(t, after)
		transport := made(t, Options{TLS: anyone, Timeout: 10 * time.Second})
		for range 3 {
			mustGet(t, transport, "https://"+address, "hello")
			time.Sleep(30 * time.Millisecond)
		}
		if stats := transport.Stats(); stats.Stale != 2 || stats.Opened != 3 || stats.Retries != 0 {
			t.Errorf("%s: %+v; want 2 stale, 3 opened", name, stats)
		}
	}
}

func TestTLSBodyToTheEndMustEndInOrder(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(*tls.Conn)
		want error
	}{
		"in order": {func(c *tls.Conn) { c.Close() }, nil},
		"cut":      {func(c *tls.Conn) { c.NetConn().Close() }, ErrClosed},
	} {
		certificates := pair(t)
		address := talk(t, func(c net.Conn, _ *bufio.Reader) {
			secure := tls.Server(c, &tls.Config{Certificates: certificates})
			if ask(bufio.NewReader(secure)) != nil {
				io.WriteString(secure, ok+"\r\nhello")
				test.end(secure)
			}
		})
		if _, _, err := get(t, made(t, Options{TLS: anyone}), "GET", "https://"+address, nil); !errors.Is(err, test.want) {
			t.Errorf("%s: %v; want %v", name, err, test.want)
		}
	}
}
