// What a target is, once its file has been read.

// Package target reads targets: where the APIs are, as whom to call them, how hard they may be asked, and what may be
// written. It refuses a file that says something unclear, and points at the place.
package target

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Names of credentials that no file may configure, because every target has them; see package client.
var reserved = []string{"nobody", "wrong"}

// apis are the APIs a target may name, each with the prefix of its variables and the path that its operations begin
// with. The documents say the same; this package stands beside them, not on them.
var apis = []struct{ name, prefix, basePath string }{
	{"gotoaccount", "GOTO", "/v2"},
	{"genesyscloud", "GENESYS", "/api/v2"},
}

// Spelling is how target files speak of an API: the prefix of its variables, and the path that is no part of its URL.
func Spelling(api string) (prefix, basePath string) {
	for _, a := range apis {
		if a.name == api {
			return a.prefix, a.basePath
		}
	}
	return "", ""
}

// Target is where a run goes, and on which terms. Either APIs or Embedded is set.
type Target struct {
	Name     string
	File     string // as given to Load; "" for one that was not read from a file
	APIs     map[string]*API
	Limits   Limits
	Writes   Writes
	Fixtures Fixtures
	TLS      TLS
	// Excluded are operations that the target does not serve and is not asked for: API → operationId → why.
	Excluded map[string]map[string]string
	Embedded *Embedded
	// Missing tells why a credential that the file names is not configured: "genesyscloud.viewer" → "$TOKEN_VIEWER is
	// not set".
	Missing map[string]string
	// Warnings are about things that work and are unwise; each begins with file and line.
	Warnings []string
}

// API is one API of a target.
type API struct {
	URL         string // no trailing slash, and without the base path of the document
	Credentials map[string]Credential
}

// Credential is what makes a request somebody's. Exactly one of Headers, Bearer and OAuth2 is set.
type Credential struct {
	Headers map[string]string // header name → value
	Bearer  string            // token of an Authorization header
	OAuth2  *OAuth2

	// written is the text of the file where it held variables, by place: a header's name, PlaceBearer, …
	written map[string]Text
}

// Places of a credential's values other than headers, whose place is their name.
const (
	PlaceBearer       = "bearer"
	PlaceTokenURL     = "tokenURL"
	PlaceClientID     = "clientID"
	PlaceClientSecret = "clientSecret"
)

// OAuth2 is the client credentials grant: a token is fetched at TokenURL with id and secret.
type OAuth2 struct {
	TokenURL     string
	ClientID     string
	ClientSecret string
}

// Limits say how hard a target may be asked.
type Limits struct {
	Rate        Rate          // of all requests together; the zero Rate is no limit
	Concurrency int           // requests in flight at once
	Timeout     time.Duration // of one try of one request, up to the last byte of its answer
	Load        *LoadLimit    // nil: the target refuses load
}

// Defaults of Limits.
const (
	DefaultConcurrency = 8
	DefaultTimeout     = 30 * time.Second
)

// LoadLimit is the most that a load run may do to the target.
type LoadLimit struct {
	Rate     Rate
	Duration time.Duration
}

// Rate is a number of requests in a span of time, such as 5 in a second. The zero Rate is no limit.
type Rate struct {
	Count int
	Per   time.Duration // a second, a minute or an hour
}

// PerSecond is the rate in requests a second, 0 for no limit.
func (r Rate) PerSecond() float64 {
	if r.Count == 0 {
		return 0
	}
	return float64(r.Count) / r.Per.Seconds()
}

// String writes the rate as files do: 5/s, 300/m, 1000/h; "" for no limit.
func (r Rate) String() string {
	if r.Count == 0 {
		return ""
	}
	unit := map[time.Duration]string{time.Second: "s", time.Minute: "m", time.Hour: "h"}[r.Per]
	return fmt.Sprintf("%d/%s", r.Count, unit)
}

// Writes say whether operations that change data may be called, and on whom alone.
type Writes struct {
	Allow   bool
	User    string // id of the only user that may be named
	License string // id of the only licence that may be named
}

// Fixtures are data that exist on the target and that reading might not find.
type Fixtures struct {
	GoToAccount  GoToAccount
	GenesysCloud GenesysCloud
}

// GoToAccount holds keys of the account service, exact.
type GoToAccount struct {
	LicenseKeys, AccountKeys, UserKeys []int64
}

// GenesysCloud holds ids of the organisation.
type GenesysCloud struct {
	RoleIDs, LicenseIDs, UserIDs []string
}

// TLS says whom to trust beyond the system's own authorities.
type TLS struct {
	CA       string // file of PEM certificates, "" for none
	Insecure bool   // trust anybody
}

// Embedded asks for the reference server inside the program, in place of APIs elsewhere. Zeroes mean the server's own
// defaults.
type Embedded struct {
	Licenses int
	Users    int
	Seed     uint64
	Faults   []string
	Variants []string
	Latency  time.Duration
}

// Kind names which way of showing a credential is used: headers, bearer, oauth2; "" for the zero Credential.
func (c Credential) Kind() string {
	switch {
	case c.OAuth2 != nil:
		return "oauth2"
	case c.Bearer != "":
		return "bearer"
	case len(c.Headers) > 0:
		return "headers"
	}
	return ""
}

// value is what stands at a place.
func (c Credential) value(place string) string {
	switch place {
	case PlaceBearer:
		return c.Bearer
	case PlaceTokenURL:
		return c.OAuth2.TokenURL
	case PlaceClientID:
		return c.OAuth2.ClientID
	case PlaceClientSecret:
		return c.OAuth2.ClientSecret
	}
	return c.Headers[place]
}

// places lists where the credential holds values, sorted for headers.
func (c Credential) places() []string {
	switch c.Kind() {
	case "oauth2":
		return []string{PlaceTokenURL, PlaceClientID, PlaceClientSecret}
	case "bearer":
		return []string{PlaceBearer}
	}
	return slices.Sorted(maps.Keys(c.Headers))
}

// APINames lists the APIs that a target may name.
func APINames() []string {
	names := make([]string, len(apis))
	for i, api := range apis {
		names[i] = api.name
	}
	return names
}

// prefixOf is what the made-up variables of an API begin with.
func prefixOf(api string) string {
	for _, a := range apis {
		if a.name == api {
			return a.prefix
		}
	}
	return strings.ToUpper(api)
}

// Loopback says whether a URL leads to this machine, by its name or address alone.
func Loopback(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
