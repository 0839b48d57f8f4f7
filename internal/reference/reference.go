// The server: what it is made with, how it starts, and which API a request belongs to.

// Package reference serves both licence APIs from memory and keeps every promise they make, unless it is told to break one.
//
// It shares nothing with the suites that test it: a server that checked itself with their code would share their blind spots.
// Where the documents are silent it makes a sane choice, and it shuffles what nobody promised.
package reference

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// DefaultLicenses is how many licences the account service holds when Options.Licenses is 0.
	DefaultLicenses = 1200
	// DefaultUsers is how many users the Genesys organisation holds when Options.Users is 0.
	DefaultUsers = 260
)

// Options says what to serve and how. The zero value is a conforming server with default data.
type Options struct {
	Seed     uint64        // data and shuffles are generated from it; 0 is a seed like any other
	Licenses int           // licences of the account service; 0 means DefaultLicenses
	Users    int           // users of the Genesys organisation; 0 means DefaultUsers
	Faults   []string      // promises to break, by the names in Faults()
	Variants []string      // ways to be unlike the reference and yet conform, by the names in Variants()
	Latency  time.Duration // added to each answer
}

// Server is both APIs on one listener. It is an http.Handler and safe for concurrent use.
type Server struct {
	seed       uint64
	latency    time.Duration
	on         map[string]bool // the faults that are on; empty on a conforming server
	variants   map[string]bool // the variants that are on; empty on the reference itself
	principals Principals
	store      *store
	directory  *directory
	tokens     *tokens
	requests   atomic.Uint64 // numbers the requests, so that each shuffles differently and repeatably
	mischief   *mischief
	moved      [mostStates]lazily[*Server] // the server as it is later, when a variant moves its data
}

// New generates the data and returns the server, ready to serve. It fails on an unknown fault or variant,
// naming the nearest, and on a negative number of licences or users.
func New(o Options) (*Server, error) {
	if o.Licenses < 0 {
		return nil, fmt.Errorf("licences %d is negative; 0 means %d", o.Licenses, DefaultLicenses)
	}
	if o.Users < 0 {
		return nil, fmt.Errorf("users %d is negative; 0 means %d", o.Users, DefaultUsers)
	}
	if o.Licenses == 0 {
		o.Licenses = DefaultLicenses
	}
	if o.Users == 0 {
		o.Users = DefaultUsers
	}
	s := &Server{seed: o.Seed, latency: o.Latency, on: make(map[string]bool), variants: make(map[string]bool), mischief: new(mischief)}
	for _, name := range o.Faults {
		f, err := FaultNamed(name)
		if err != nil {
			return nil, err
		}
		s.on[f.Name] = true
	}
	for _, name := range o.Variants {
		v, err := VariantNamed(name)
		if err != nil {
			return nil, err
		}
		s.variants[v.Name] = true
	}
	o = s.preset(o)
	licences := generate(o.Seed, o.Licenses)
	s.reshape(licences)
	s.store = newStore(licences)
	s.store.warm()
	s.directory = newDirectory(o.Seed, o.Users)
	s.principals = newPrincipals(o.Seed, s.directory)
	s.tokens = newTokens(s.principals)
	if s.varies(TokensShortLived) {
		s.tokens.lifetime = shortLifetime
	}
	return s, nil
}

// has reports whether a fault is on. It stands at the line where the promise is kept, and costs nothing on a conforming server.
func (s *Server) has(fault string) bool { return len(s.on) > 0 && s.on[fault] }

// ServeHTTP answers both APIs: the account service under /v2/, the licence API under /api/v2/license/ with its tokens at /oauth/token.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.latency > 0 {
		select {
		case <-time.After(s.latency):
		case <-r.Context().Done():
			return
		}
	}
	s.mischief.inFlight.Add(1)
	defer s.mischief.inFlight.Add(-1)
	number := s.requests.Add(1)
	if len(s.variants) > 0 {
		s.serveUnlike(w, r, number)
		return
	}
	s.serve(w, r, number)
}

// serve hands a request to the API that it belongs to.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, number uint64) {
	switch path := r.URL.EscapedPath(); {
	case path == tokenPath:
		s.serveToken(w, r, number)
	case strings.HasPrefix(path, genesysBase):
		s.serveGenesys(w, r, number, strings.TrimPrefix(path, genesysBase))
	default:
		s.serveGoto(w, r, number, path)
	}
}

// chance is the randomness of one request, by its number: seeded, and another one for every request.
func (s *Server) chance(number uint64) *rand.Rand { return rand.New(rand.NewPCG(s.seed, number)) }
