// The embedded reference server, on a loopback port of its own, and the target that describes it.

package main

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"harness/internal/hostile"
	"harness/internal/reference"
	"harness/internal/target"
	"harness/specs"
)

// serving is a reference server that listens.
type serving struct {
	url       string
	server    *reference.Server
	authority []byte // the certificate to trust, in PEM; nil without TLS
	close     func()
}

// listen starts a reference server on an address; a port of 0 picks a free one.
func listen(address string, o reference.Options) (*serving, error) {
	server, err := reference.New(o)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w\nhint: --addr 127.0.0.1:0 picks a free port", address, err)
	}
	h := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = h.Serve(listener) }() // Serve returns when close closes the listener
	return &serving{url: "http://" + listener.Addr().String(), server: server, close: func() { _ = h.Close() }}, nil
}

// listenHostile starts a hostile server with a reference server behind it.
func listenHostile(address string, kind hostile.Kind, h hostile.Options, o reference.Options) (*serving, error) {
	server, err := reference.New(o)
	if err != nil {
		return nil, err
	}
	h.Behind = server
	front, err := kind.Listen(address, h)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w\nhint: --addr 127.0.0.1:0 picks a free port", address, err)
	}
	return &serving{url: front.URL, server: server, authority: front.Authority, close: front.Close}, nil
}

// target describes the server with a working credential for every principal.
func (s *serving) target(name string) *target.Target {
	p := s.server.Principals()
	return &target.Target{
		Name: name,
		APIs: map[string]*target.API{
			specs.Names[0]: {URL: s.url, Credentials: map[string]target.Credential{
				"default": {Headers: map[string]string{"ClientName": p.ClientName, "ClientSecret": p.ClientSecret}},
			}},
			specs.Names[1]: {URL: s.url, Credentials: map[string]target.Credential{
				"default": {OAuth2: &target.OAuth2{TokenURL: s.url + p.TokenPath, ClientID: p.OAuthClientID, ClientSecret: p.OAuthClientSecret}},
				"granter": {Bearer: p.Granter},
				"viewer":  {Bearer: p.Viewer},
				"bare":    {Bearer: p.Bare},
			}},
		},
		Limits: target.Limits{
			Concurrency: target.DefaultConcurrency, Timeout: target.DefaultTimeout,
			Load: &target.LoadLimit{Rate: target.Rate{Count: 1000000, Per: time.Second}, Duration: time.Hour},
		},
		Writes: target.Writes{Allow: p.WriteUser != "", User: p.WriteUser, License: p.WriteLicense},
		Fixtures: target.Fixtures{
			GoToAccount:  target.GoToAccount{AccountKeys: []int64{p.EmptyAccount}, UserKeys: []int64{p.EmptyUser}},
			GenesysCloud: target.GenesysCloud{RoleIDs: p.RoleIDs},
		},
	}
}
