// The connection to a target: kept alive, no redirects, its own authorities.

package client

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"harness/internal/target"
)

// TLS is whom a target's file trusts beyond the system's own authorities. The error names a file that cannot be read.
func TLS(t *target.Target) (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: t.TLS.Insecure}
	if t.TLS.CA != "" {
		pem, err := os.ReadFile(t.TLS.CA)
		if err != nil {
			return nil, fmt.Errorf("tls.ca: %w", err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("tls.ca: %s holds no PEM certificate", t.TLS.CA)
		}
		config.RootCAs = pool
	}
	return config, nil
}

// NewTransport makes the bottom of every client. It follows no redirect, keeps no cookie, and unpacks nothing, since
// it is no http.Client; a proxy of the environment is used for other machines only.
func NewTransport(t *target.Target) (*http.Transport, error) {
	config, err := TLS(t)
	if err != nil {
		return nil, err
	}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment, // never for loopback
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConnsPerHost:    max(t.Limits.Concurrency, target.DefaultConcurrency),
		IdleConnTimeout:        90 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: maxHeader,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // the client unpacks, and keeps Content-Encoding as it came
	}, nil
}
