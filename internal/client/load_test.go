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
