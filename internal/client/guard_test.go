// What the guard refuses never reaches a listener.

package client

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/target"
	"harness/specs"
)

const organization = "/api/v2/license/organization"

func body(user, licence string) string {
	return `{"assignments":[{"licenseId":"` + licence + `","userIdsAdd":["` + user + `"],"userIdsRemove":[]}]}`
}

func TestGuard(t *testing.T) {
	allow := target.Writes{Allow: true, User: "own-user", License: "own-licence"}
	for name, c := range map[string]struct {
		api     string // genesyscloud unless said otherwise
		method  string
		target  string // path and query, or a whole URL
		body    string
		header  http.Header
		writes  target.Writes
		allowed bool
	}{
		"a read":                           {method: "GET", target: "/api/v2/license/definitions", allowed: true},
		"HEAD of a read":                   {method: "HEAD", target: "/api/v2/license/definitions", allowed: true},
		"OPTIONS of a read":                {method: "OPTIONS", target: "/api/v2/license/definitions", allowed: true},
		"GET of an odd path":               {method: "GET", target: "/api/v2/license/no/such/thing?x=%zz", allowed: true},
		"GET of a path that posts":         {method: "GET", target: organization, allowed: true},
		"a POST that reads":                {method: "POST", target: "/api/v2/license/infer", body: `["x"]`, allowed: true},
		"a POST that does nothing":         {method: "POST", target: "/api/v2/license/toggles/any", allowed: true},
		"a POST of no operation":           {method: "POST", target: "/api/v2/license/else"},
		"a POST of a path that reads":      {method: "POST", target: "/api/v2/license/definitions"},
		"PUT":                              {method: "PUT", target: "/api/v2/license/definitions"},
		"PATCH":                            {method: "PATCH", target: "/api/v2/license/toggles/any"},
		"DELETE":                           {method: "DELETE", target: "/api/v2/license/users/u"},
		"TRACE":                            {method: "TRACE", target: "/api/v2/license/definitions"},
		"a method of its own":              {method: "get", target: "/api/v2/license/definitions"},
		"a read that says it is a POST":    {method: "GET", target: organization, header: http.Header{"X-Http-Method-Override": {"POST"}}},
		"a read of another URL":            {method: "GET", target: "/api/v2/license/definitions", header: http.Header{"X-Original-Url": {organization}}},
		"a POST that says it is a DELETE":  {method: "POST", target: "/api/v2/license/infer?_method=DELETE", body: `["x"]`},
		"dots out of the base path":        {api: "gotoaccount", method: "GET", target: "/v2/../admin/delete"},
		"escaped dots out of it":           {api: "gotoaccount", method: "GET", target: "/v2/licenses/..%2F..%2F..%2Fadmin"},
		"dots escaped twice out of it":     {api: "gotoaccount", method: "GET", target: "/v2/licenses/%252e%252e/%252e%252e/%252e%252e/admin"},
		"dots that stay below it":          {api: "gotoaccount", method: "GET", target: "/v2/licenses/../licenses", allowed: true},
		"a token URL that overrides":       {method: "POST", target: "/oauth/token", header: http.Header{"X-Http-Method-Override": {"DELETE"}}},
		"another host":                     {method: "GET", target: "http://127.0.0.1:9/api/v2/license/definitions"},
		"another scheme":                   {method: "GET", target: "https://HOST/api/v2/license/definitions"},
		"another host in the header":       {method: "GET", target: "/api/v2/license/definitions", header: http.Header{"Host": {"else.test"}}},
		"another base path":                {api: "gotoaccount", method: "GET", target: "/v3/licenses"},
		"a base path that only begins so":  {api: "gotoaccount", method: "GET", target: "/v22/licenses"},
		"a POST to an API that only reads": {api: "gotoaccount", method: "POST", target: "/v2/licenses"},
		"the token URL":                    {method: "POST", target: "/oauth/token", body: "grant_type=client_credentials", allowed: true},
		"the token URL with a query":       {method: "POST", target: "/oauth/token?x=1"},
		"DELETE of the token URL":          {method: "DELETE", target: "/oauth/token"},
		"a write, not allowed":             {method: "POST", target: organization, body: body("own-user", "own-licence")},
		"a write, not allowed, empty":      {method: "POST", target: organization},
		"a write":                          {method: "POST", target: organization, body: body("own-user", "own-licence"), writes: allow, allowed: true},
		"a write of nothing":               {method: "POST", target: organization, body: `{"assignments":[]}`, writes: allow, allowed: true},
		"a write without members":          {method: "POST", target: organization, body: `{}`, writes: allow, allowed: true},
		"a write without a body":           {method: "POST", target: organization, writes: allow, allowed: true},
		"a write on another user":          {method: "POST", target: organization, body: body("other", "own-licence"), writes: allow},
		"a write of another licence":       {method: "POST", target: organization, body: body("own-user", "other"), writes: allow},
		"a write on a number":              {method: "POST", target: organization, body: `{"assignments":[{"userIdsAdd":[7]}]}`, writes: allow},
		"a write with a member of its own": {method: "POST", target: organization, body: `{"assignments":[],"everybody":true}`, writes: allow},
		"a write with a member twice":      {method: "POST", target: organization, body: `{"assignments":[],"assignments":[]}`, writes: allow},
		"a write that is no JSON":          {method: "POST", target: organization, body: `user=other`, writes: allow},
		"a write with two values":          {method: "POST", target: organization, body: `{} {"assignments":[]}`, writes: allow},
		"a write with a query":             {method: "POST", target: organization + "?userId=other", body: `{}`, writes: allow},
		"a write with a slash":             {method: "POST", target: organization + "/", body: body("other", "own-licence"), writes: allow},
		"a write, escaped":                 {method: "POST", target: "/api/v2/license/organi%7Aation"},
		"a write, escaped twice":           {method: "POST", target: "/api/v2/license/organi%257Aation"},
		"a write in capitals":              {method: "POST", target: "/api/v2/license/ORGANIZATION"},
		"a write behind a toggle":          {method: "POST", target: "/api/v2/license/toggles/..%2Forganization"},
		"a write behind a back-slash":      {method: "POST", target: `/api/v2/license/toggles/..%5Corganization`},
		"a write behind dots":              {method: "POST", target: "/api/v2/license/toggles/../organization"},
		"a write behind dots of its own":   {method: "POST", target: "/api/v2/license/toggles/..;x%2Forganization"},
		"a write with a path parameter":    {method: "POST", target: "/api/v2/license/organization;x=1"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.api == "" {
				c.api = "genesyscloud"
			}
			// The listener counts connections, not requests: nothing at all may arrive.
			var opened atomic.Int32
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			server := &http.Server{
				Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
				ConnState: func(_ net.Conn, s http.ConnState) {
					if s == http.StateNew {
						opened.Add(1)
					}
				},
			}
			done := make(chan struct{})
			go func() { defer close(done); server.Serve(listener) }()
			defer func() { server.Close(); <-done }()
			base := "http://" + listener.Addr().String()
			document, err := specs.Embedded(c.api)
			if err != nil {
				t.Fatal(err)
			}
			at := &target.Target{Name: "t", Writes: c.writes, APIs: map[string]*target.API{c.api: {URL: base, Credentials: map[string]target.Credential{
				"default": {OAuth2: &target.OAuth2{TokenURL: base + "/oauth/token"}},
			}}}}
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			guard, err := NewGuard(document, at, transport)
			if err != nil {
				t.Fatal(err)
			}
			address := strings.Replace(c.target, "HOST", listener.Addr().String(), 1)
			if strings.HasPrefix(address, "/") {
				address = base + address
			}
			req, err := http.NewRequest(c.method, "http://x/", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			slash := strings.Index(address[len("https://"):], "/") + len("https://")
			if req.URL, err = exactURL(address[:slash], address[slash:]); err != nil {
				t.Fatal(err)
			}
			req.Host = req.URL.Host
			for name, values := range c.header {
				req.Header[name] = values
			}
			if host := c.header.Get("Host"); host != "" {
				req.Host = host
			}
			resp, err := guard.RoundTrip(req)
			if err == nil {
				resp.Body.Close()
			}
			if c.allowed {
				if err != nil || opened.Load() != 1 {
					t.Errorf("it was kept back: %v", err)
				}
				return
			}
			var refusal *RefusedError
			if !errors.Is(err, ErrRefused) || !errors.As(err, &refusal) || refusal.Reason == "" {
				t.Errorf("got %v, want a refusal", err)
			}
			if n := opened.Load(); n != 0 {
				t.Errorf("%d connections were opened", n)
			}
		})
	}
}

func TestTheGuardHandsTheBodyOn(t *testing.T) {
	w := newWorld(t, "genesyscloud", answer(200, "[]"), func(t *target.Target) {
		t.Writes = target.Writes{Allow: true, User: "u", License: "l"}
	})
	e := w.send(Request{Operation: w.op("postLicenseOrganization"), Body: []byte(body("u", "l"))})
	if e.Err != nil {
		t.Fatal(e.Err)
	}
	if got := w.requests()[0]; got.Body != body("u", "l") || got.Header.Get("Content-Length") == "" {
		t.Errorf("the server got %+v", got)
	}
}

func TestARefusalIsKeptAndNotRepeated(t *testing.T) {
	w := newWorld(t, "genesyscloud", answer(200, "[]"), nil)
	e := w.send(Request{Operation: w.op("postLicenseOrganization"), Body: []byte(body("u", "l"))})
	if !errors.Is(e.Err, ErrRefused) || e.Tries != 1 || e.Status != 0 {
		t.Errorf("got %v after %d tries", e.Err, e.Tries)
	}
	if len(w.requests()) != 0 || len(w.limiter.Sent()) != 0 {
		t.Errorf("the server was asked %v, the limiter counts %v", w.requests(), w.limiter.Sent())
	}
	if w.last().Error == "" || w.last().Operation != "postLicenseOrganization" {
		t.Errorf("the evidence holds %+v", w.last())
	}
}

func TestSentCountsEveryTry(t *testing.T) {
	w := newWorld(t, "gotoaccount", answer(200, "[]"), nil)
	for range 3 {
		w.send(Request{Operation: w.op("scanLicensesByKey")})
	}
	w.send(Request{Operation: w.op("scanLicensesByKey"), Method: "HEAD"})
	if diff := cmp.Diff(map[string]int{"GET": 3, "HEAD": 1}, w.limiter.Sent()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
