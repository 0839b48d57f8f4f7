// The guard of a load run lets through the reads of its scenario and nothing else.

package client_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"harness/internal/client"
	"harness/internal/target"
	"harness/specs"
)

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func TestReadGuard(t *testing.T) {
	api, err := specs.Embedded("genesyscloud")
	if err != nil {
		t.Fatal(err)
	}
	at := &target.Target{Name: "t", APIs: map[string]*target.API{"genesyscloud": {URL: "http://127.0.0.1:1/stage"}}}
	passed := 0
	next := transport(func(*http.Request) (*http.Response, error) {
		passed++
		return &http.Response{StatusCode: 200}, nil
	})
	guard, err := client.NewReadGuard(api, at, []*specs.Operation{api.Operation("getLicenseUser"), api.Operation("postLicenseUsers")}, next)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		method, url, opaque string
		allowed             bool
	}{
		{"GET", "http://127.0.0.1:1/stage/api/v2/license/users/a", "", true},
		{"GET", "http://127.0.0.1:1/stage/api/v2/license/users/a?x=1", "", true},
		{"GET", "http://127.0.0.1:1", "/stage/api/v2/license/users/a%2Fb", true},
		{"POST", "http://127.0.0.1:1/stage/api/v2/license/users", "", true},
		{"GET", "http://127.0.0.1:1/stage/api/v2/license/users/", "", false},
		{"GET", "http://127.0.0.1:1/stage/api/v2/license/users/a/b", "", false},
		{"POST", "http://127.0.0.1:1/stage/api/v2/license/users/a", "", false},
		{"PUT", "http://127.0.0.1:1/stage/api/v2/license/users", "", false},
		{"POST", "http://127.0.0.1:1/stage/api/v2/license/organization", "", false},
		{"GET", "http://127.0.0.1:1/api/v2/license/users/a", "", false},
		{"GET", "http://127.0.0.1:2/stage/api/v2/license/users/a", "", false},
		{"GET", "https://127.0.0.1:1/stage/api/v2/license/users/a", "", false},
		{"GET", "http://127.0.0.1:1", "/stage/api/v2/license/users/..", false},
		{"GET", "http://127.0.0.1:1", "/stage/api/v2/license/users/%2e%2e", false},
		{"GET", "http://127.0.0.1:1", "/stage/api/v2/license/users/..%2Forganization", false},
		{"GET", "http://127.0.0.1:1", "/stage/api/v2/license/users/a%252f..%252f..%252fx", false},
		{"GET", "http://127.0.0.1:1", "/stage/api/v2/license/users/..;x", false},
		{"GET", "http://127.0.0.1:1", "/stage/api/v2/license/users/a..b%2E", true},
		{"GET", "http://127.0.0.1:1", "//elsewhere/stage/api/v2/license/users/a", false},
	} {
		u, err := url.Parse(test.url)
		if err != nil {
			t.Fatal(err)
		}
		u.Opaque = test.opaque
		passed = 0
		_, err = guard.RoundTrip(&http.Request{Method: test.method, URL: u})
		if allowed := passed == 1; allowed != test.allowed || allowed == errors.Is(err, client.ErrRefused) {
			t.Errorf("%s %s%s: allowed %v, want %v (%v)", test.method, test.url, test.opaque, allowed, test.allowed, err)
		}
	}
}

// A target's file may name any header for a credential, and some of them make a read a write.
func TestReadGuardTakesNoDisguise(t *testing.T) {
	api, err := specs.Embedded("gotoaccount")
	if err != nil {
		t.Fatal(err)
	}
	at := &target.Target{Name: "t", APIs: map[string]*target.API{"gotoaccount": {URL: "http://127.0.0.1:1"}}}
	guard, err := client.NewReadGuard(api, at, []*specs.Operation{api.Operation("getLicense")}, transport(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200}, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse("http://127.0.0.1:1/v2/licenses/7")
	for header, allowed := range map[string]bool{"Clientname": true, "X-Http-Method-Override": false, "X-Http-Method": false, "X-Method-Override": false, "X-Original-Url": false, "X-Rewrite-Url": false} {
		_, err := guard.RoundTrip(&http.Request{Method: "GET", URL: u, Header: http.Header{header: {"DELETE"}}})
		if allowed != (err == nil) || !allowed && !errors.Is(err, client.ErrRefused) {
			t.Errorf("%s: %v, allowed is %v", header, err, allowed)
		}
	}
}

func TestReadGuardTakesNoWrite(t *testing.T) {
	api, err := specs.Embedded("genesyscloud")
	if err != nil {
		t.Fatal(err)
	}
	at := &target.Target{Name: "t", APIs: map[string]*target.API{"genesyscloud": {URL: "http://127.0.0.1:1"}}}
	_, err = client.NewReadGuard(api, at, []*specs.Operation{api.Operation("postLicenseOrganization")}, nil)
	if err == nil || !strings.Contains(err.Error(), "postLicenseOrganization writes") {
		t.Errorf("error %v", err)
	}
}
