// From a file to a Target: what each block of it means.

package target

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"harness/internal/nearest"
	"harness/internal/place"
)

// Load reads a target's file. env looks up variables, as os.LookupEnv does.
func Load(file string, env func(string) (string, bool)) (*Target, error) {
	data, err := place.Read("target file", file, "harness init writes one; without --target the embedded reference server is tested")
	if err != nil {
		return nil, err
	}
	return Parse(file, data, env)
}

// Parse reads a target out of the bytes of a file. Every error is a *place.Error that names its place.
func Parse(file string, data []byte, env func(string) (string, bool)) (*Target, error) {
	r := &reader{
		file: file, lines: strings.Split(string(data), "\n"), env: env,
		target: &Target{
			File: file, APIs: map[string]*API{}, Missing: map[string]string{},
			Limits: Limits{Concurrency: DefaultConcurrency, Timeout: DefaultTimeout},
		},
	}
	if root := r.root(data); root != nil {
		r.whole(root)
	}
	if r.err != nil {
		return nil, r.err
	}
	return r.target, nil
}

func (r *reader) whole(root ast.Node) {
	t := r.target
	var fixtures, writes, embedded *token.Token
	r.mapping(root, "a target",
		key{"name", func(n ast.Node) { r.text(n, "name", &t.Name) }},
		key{"apis", func(n ast.Node) { r.apis(n) }},
		key{"limits", func(n ast.Node) { r.limits(n) }},
		key{"writes", func(n ast.Node) { writes = n.GetToken(); r.writes(n) }},
		key{"fixtures", func(n ast.Node) { fixtures = n.GetToken(); r.fixtures(n) }},
		key{"excluded", func(n ast.Node) { r.excluded(n) }},
		key{"tls", func(n ast.Node) { r.tls(n) }},
		key{"embedded", func(n ast.Node) { embedded = n.GetToken(); r.embedded(n) }},
	)
	if t.Name == "" {
		t.Name = strings.TrimSuffix(filepath.Base(r.file), filepath.Ext(r.file))
	}
	switch {
	case t.Embedded != nil && len(t.APIs) > 0:
		r.fail(embedded, "leave one of the two out", "embedded beside apis; the embedded server brings its own")
	case t.Embedded == nil && len(t.APIs) == 0:
		r.fail(nil, "say where they are: apis: {gotoaccount: {url: https://…}}", "no apis; a target has at least one of %v", APINames())
	case t.Embedded != nil && fixtures != nil:
		r.fail(fixtures, "", "fixtures beside embedded; the embedded server knows its own data")
	case t.Embedded != nil && writes != nil:
		r.fail(writes, "", "writes beside embedded; the embedded server names its own user and licence")
	}
}

func (r *reader) apis(n ast.Node) {
	r.each(n, "apis", func(name string, at *token.Token, value ast.Node) {
		if !slices.Contains(APINames(), name) {
			r.fail(at, "", "%s", nearest.Error("API", name, APINames(), ""))
			return
		}
		api := &API{Credentials: map[string]Credential{}}
		r.target.APIs[name] = api
		// The URL first, wherever it stands: whether a written secret is worth a warning depends on it.
		var credentials ast.Node
		r.mapping(value, "apis."+name,
			key{"url", func(n ast.Node) { api.URL = r.url(n, "apis."+name+".url", name) }},
			key{"credentials", func(n ast.Node) { credentials = n }},
		)
		if api.URL == "" {
			r.fail(at, "url: https://…, without the path that every operation begins with", "apis.%s has no url", name)
		}
		if credentials != nil {
			r.credentials(credentials, name, api)
		}
	})
}

// url reads a URL and takes its trailing slash away.
func (r *reader) url(n ast.Node, what, api string) string {
	value, at, ok := r.expanded(n, what)
	if !ok {
		return ""
	}
	if reason := URLFlaw(value); reason != "" {
		r.fail(at, "write it as https://host, with a port and a path where it has them", "%s %s", what, reason)
		return ""
	}
	value = strings.TrimRight(value, "/")
	for _, a := range apis {
		if a.name == api && strings.HasSuffix(value, a.basePath) {
			r.warn(at, "write "+strings.TrimSuffix(value, a.basePath), "%s ends in %s, which every path begins with already", what, a.basePath)
		}
	}
	if strings.HasPrefix(strings.ToLower(value), "http:") && !Loopback(value) {
		r.warn(at, "use https", "%s is plain http: credentials travel unprotected", what)
	}
	return value
}

// URLFlaw says what is wrong with the URL of a server, "" if nothing is. It never repeats a password.
func URLFlaw(value string) string {
	u, err := url.Parse(value)
	switch {
	case err != nil && strings.Contains(value, "@"), err == nil && u.User != nil:
		return "holds a user name or password; they belong under credentials"
	case err != nil:
		return fmt.Sprintf("%q is no URL", value)
	case u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "":
		return fmt.Sprintf("%q has no scheme http or https", value)
	case u.Hostname() == "":
		return fmt.Sprintf("%q has no host", value)
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return fmt.Sprintf("%q has a query or fragment", value)
	}
	if port := u.Port(); port != "" {
		if p, err := strconv.Atoi(port); err != nil || p < 1 || p > 65535 {
			return fmt.Sprintf("%q has port %s; ports are 1 to 65535", value, port)
		}
	}
	return ""
}

func (r *reader) limits(n ast.Node) {
	l := &r.target.Limits
	r.mapping(n, "limits",
		key{"rate", func(n ast.Node) { r.rate(n, "limits.rate", &l.Rate) }},
		key{"concurrency", func(n ast.Node) { r.count(n, "limits.concurrency", 1, &l.Concurrency) }},
		key{"timeout", func(n ast.Node) { r.duration(n, "limits.timeout", time.Millisecond, &l.Timeout) }},
		key{"load", func(n ast.Node) {
			l.Load = &LoadLimit{}
			r.mapping(n, "limits.load",
				key{"rate", func(n ast.Node) { r.rate(n, "limits.load.rate", &l.Load.Rate) }},
				key{"duration", func(n ast.Node) { r.duration(n, "limits.load.duration", time.Second, &l.Load.Duration) }},
			)
			if l.Load.Rate.Count == 0 || l.Load.Duration == 0 {
				r.fail(n.GetToken(), "limits: {load: {rate: 50/s, duration: 10m}}", "limits.load wants both a rate and a duration: the most that the target can take")
			}
		}},
	)
}

func (r *reader) writes(n ast.Node) {
	w := &r.target.Writes
	r.mapping(n, "writes",
		key{"allow", func(n ast.Node) { r.boolean(n, "writes.allow", &w.Allow) }},
		key{"user", func(n ast.Node) { r.text(n, "writes.user", &w.User) }},
		key{"license", func(n ast.Node) { r.text(n, "writes.license", &w.License) }},
	)
	if w.Allow && (w.User == "" || w.License == "") {
		r.fail(n.GetToken(), "name the one user and the one licence that may be changed; both are restored afterwards",
			"writes.allow without %s", map[bool]string{true: "user", false: "license"}[w.User == ""])
	}
}

func (r *reader) fixtures(n ast.Node) {
	g, c := &r.target.Fixtures.GoToAccount, &r.target.Fixtures.GenesysCloud
	r.mapping(n, "fixtures",
		key{"gotoaccount", func(n ast.Node) {
			r.mapping(n, "fixtures.gotoaccount",
				key{"licenseKeys", func(n ast.Node) { r.keys(n, "fixtures.gotoaccount.licenseKeys", &g.LicenseKeys) }},
				key{"accountKeys", func(n ast.Node) { r.keys(n, "fixtures.gotoaccount.accountKeys", &g.AccountKeys) }},
				key{"userKeys", func(n ast.Node) { r.keys(n, "fixtures.gotoaccount.userKeys", &g.UserKeys) }},
			)
		}},
		key{"genesyscloud", func(n ast.Node) {
			r.mapping(n, "fixtures.genesyscloud",
				key{"roleIds", func(n ast.Node) { r.texts(n, "fixtures.genesyscloud.roleIds", &c.RoleIDs) }},
				key{"licenseIds", func(n ast.Node) { r.texts(n, "fixtures.genesyscloud.licenseIds", &c.LicenseIDs) }},
				key{"userIds", func(n ast.Node) { r.texts(n, "fixtures.genesyscloud.userIds", &c.UserIDs) }},
			)
		}},
	)
}

// excluded reads operations with the reasons for which they are left out. Which operations there are, the documents say.
func (r *reader) excluded(n ast.Node) {
	r.each(n, "excluded", func(api string, at *token.Token, value ast.Node) {
		if !slices.Contains(APINames(), api) {
			r.fail(at, "", "%s", nearest.Error("API", api, APINames(), ""))
			return
		}
		what := "excluded." + api
		r.each(value, what, func(operation string, at *token.Token, value ast.Node) {
			reason := ""
			r.text(value, what+"."+operation, &reason)
			if strings.TrimSpace(reason) == "" {
				r.fail(at, "write "+operation+": why", "%s.%s has no reason", what, operation)
				return
			}
			if r.target.Excluded == nil {
				r.target.Excluded = map[string]map[string]string{}
			}
			if r.target.Excluded[api] == nil {
				r.target.Excluded[api] = map[string]string{}
			}
			r.target.Excluded[api][operation] = strings.TrimSpace(reason)
		})
	})
}

func (r *reader) tls(n ast.Node) {
	t := &r.target.TLS
	r.mapping(n, "tls",
		key{"ca", func(n ast.Node) {
			r.text(n, "tls.ca", &t.CA)
			if t.CA != "" && !filepath.IsAbs(t.CA) {
				// Beside the target's file, wherever the command runs and wherever the target is written to.
				t.CA = filepath.Join(filepath.Dir(r.file), t.CA)
				if full, err := filepath.Abs(t.CA); err == nil {
					t.CA = full
				}
			}
		}},
		key{"insecure", func(n ast.Node) { r.boolean(n, "tls.insecure", &t.Insecure) }},
	)
}

func (r *reader) embedded(n ast.Node) {
	e := &Embedded{}
	r.target.Embedded = e
	r.mapping(n, "embedded",
		key{"licenses", func(n ast.Node) { r.count(n, "embedded.licenses", 0, &e.Licenses) }},
		key{"users", func(n ast.Node) { r.count(n, "embedded.users", 0, &e.Users) }},
		key{"seed", func(n ast.Node) {
			value, at, ok := r.expanded(n, "embedded.seed")
			if !ok {
				return
			}
			seed, err := strconv.ParseUint(value, 10, 64)
			if err != nil {
				r.fail(at, "", "embedded.seed is %q; it wants a whole number from 0 to 2^64-1", value)
			}
			e.Seed = seed
		}},
		key{"faults", func(n ast.Node) { r.texts(n, "embedded.faults", &e.Faults) }},
		key{"variants", func(n ast.Node) { r.texts(n, "embedded.variants", &e.Variants) }},
		key{"latency", func(n ast.Node) { r.duration(n, "embedded.latency", 0, &e.Latency) }},
	)
}
