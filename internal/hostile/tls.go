// Handshakes that must fail: certificates nobody should trust, versions nobody should speak.

package hostile

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"time"
)

var tlsKinds = []Kind{
	{Name: "tls-expired", Summary: "a certificate that ran out yesterday",
		security: func(a *authority) security {
			return a.serving(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-24 * time.Hour) })
		}},
	{Name: "tls-not-yet-valid", Summary: "a certificate that begins tomorrow",
		security: func(a *authority) security {
			return a.serving(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(24 * time.Hour) })
		}},
	{Name: "tls-wrong-name", Summary: "a certificate of another host",
		security: func(a *authority) security {
			return a.serving(func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example"} })
		}},
	{Name: "tls-self-signed", Summary: "a certificate that no authority has signed",
		security: func(a *authority) security { s := a.serving(nil); s.config.Certificates = a.stranger(); return s }},
	{Name: "tls-1.0", Summary: "TLS 1.0 and nothing newer",
		security: func(a *authority) security {
			s := a.serving(nil)
			s.config.MinVersion, s.config.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
			return s
		}},
	{Name: "tls-closes-in-handshake", Summary: "the connection is closed within the handshake",
		security: func(a *authority) security {
			s := a.serving(nil)
			s.instead = func(conn net.Conn) { _, _ = conn.Read(make([]byte, 64)) }
			return s
		}},
	{Name: "tls-stalls-in-handshake", Summary: "the handshake begins and does not go on",
		security: func(a *authority) security {
			s := a.serving(nil)
			s.instead = func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
			return s
		}},
	{Name: "tls-plain-http", Summary: "plain HTTP where TLS was asked for",
		security: func(a *authority) security {
			s := a.serving(nil)
			s.instead = func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 64))
				_, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
			}
			return s
		}},
	{Name: "tls-http-2-garbage", Summary: "HTTP/2 is agreed on, and garbage follows",
		security: func(a *authority) security {
			s := a.serving(nil)
			s.config.NextProtos = []string{"h2"}
			s.spoil = func(conn net.Conn) {
				_, _ = io.WriteString(conn, settings+"\xff\xff\xff\xff\xff\xff\xff\xff\xffgarbage")
				_, _ = io.Copy(io.Discard, conn)
			}
			return s
		}},
}

// security is how a server speaks TLS. The zero value does not.
type security struct {
	config  *tls.Config
	instead func(net.Conn) // talks in place of the handshake
	spoil   func(net.Conn) // talks behind the handshake, in place of HTTP
}

// server shakes hands, and returns nil when nothing more is to be said on the connection.
func (s security) server(conn net.Conn) net.Conn {
	if s.instead != nil {
		s.instead(conn)
		return nil
	}
	secure := tls.Server(conn, s.config)
	if secure.Handshake() != nil {
		return nil
	}
	if s.spoil != nil {
		s.spoil(secure)
		return nil
	}
	return secure
}

// authority signs certificates for 127.0.0.1.
type authority struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
	pem         []byte
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority of a test"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &authority{key: key, certificate: certificate, pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, nil
}

// leaf is a certificate for 127.0.0.1 that nothing is wrong with.
func leaf() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "a licence server"},
		NotBefore: time.Now().Add(-47 * time.Hour), NotAfter: time.Now().Add(47 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

// serving is TLS with a certificate of this authority; edit spoils the certificate, nil leaves it right.
func (a *authority) serving(edit func(*x509.Certificate)) security {
	template := leaf()
	if edit != nil {
		edit(template)
	}
	return security{config: &tls.Config{Certificates: a.sign(template, a.certificate)}}
}

// stranger is a certificate that signs itself.
func (a *authority) stranger() []tls.Certificate {
	template := leaf()
	return a.sign(template, template)
}

// sign returns the certificate with its key, which is the authority's own: a test has no secret to keep.
func (a *authority) sign(template, parent *x509.Certificate) []tls.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, a.key.Public(), a.key)
	if err != nil {
		panic("hostile: a fixed certificate cannot be signed: " + err.Error())
	}
	return []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: a.key}}
}
