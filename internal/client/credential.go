// Being somebody: how each credential of a target signs a request, and how that is shown without telling.

package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"harness/internal/target"
)

// signer is one credential, ready for use.
type signer struct {
	headers func(context.Context) (http.Header, error)
	shown   map[string]target.Text // the same headers as they may be shown
	oauth2  *target.OAuth2
}

// sign makes a signer for each credential of the target, and for nobody and wrong. tokens carries requests for tokens.
func (c *Client) sign(tokens http.RoundTripper) {
	for name, credential := range c.at.Credentials {
		c.credentials[name] = c.signer(name, credential, tokens)
	}
	c.credentials[Nobody] = fixed(http.Header{}, map[string]target.Text{})
	if credential, ok := c.at.Credentials[Default]; ok {
		c.credentials[Wrong] = wrong(credential)
	}
}

func fixed(h http.Header, shown map[string]target.Text) signer {
	return signer{headers: func(context.Context) (http.Header, error) { return h, nil }, shown: shown}
}

func (c *Client) signer(name string, credential target.Credential, tokens http.RoundTripper) signer {
	place := func(place string) target.Text { return c.target.Shown(c.api.Name, name, place) }
	switch credential.Kind() {
	case "bearer":
		return fixed(http.Header{"Authorization": {"Bearer " + credential.Bearer}}, bearerText(place(target.PlaceBearer)))
	case "oauth2":
		variable := place(target.PlaceBearer)
		source := &tokenSource{
			client: c, via: tokens, name: name, grant: *credential.OAuth2, turn: make(chan struct{}, 1),
			fetched: func(token string) { c.redactor.add(target.Secret{Value: token, Name: variable[0].Text}) },
		}
		return signer{headers: source.headers, shown: bearerText(variable), oauth2: credential.OAuth2}
	}
	h, shown := http.Header{}, map[string]target.Text{}
	for header, value := range credential.Headers {
		h.Set(header, value)
		shown[header] = place(header) // as the target spells it
	}
	return fixed(h, shown)
}

func bearerText(token target.Text) map[string]target.Text {
	return map[string]target.Text{"Authorization": append(target.Text{{Text: "Bearer "}}, token...)}
}

// wrong makes a credential of the same kind up. It is always the same one: nobody was given it, so there is nothing
// to guess.
func wrong(credential target.Credential) signer {
	h, shown := http.Header{}, map[string]target.Text{}
	set := func(header, value string) {
		header = http.CanonicalHeaderKey(header)
		h[header] = []string{value}
		shown[header] = target.Text{{Text: value}}
	}
	switch credential.Kind() {
	case "bearer", "oauth2":
		set("Authorization", "Bearer "+madeUp("bearer"))
	default:
		for header, value := range credential.Headers {
			made := madeUp(header)
			if scheme, _, ok := strings.Cut(value, " "); ok && strings.HasSuffix(strings.ToLower(header), "authorization") {
				made = scheme + " " + made // such as Basic, which a server looks at first; elsewhere it would be half a secret
			}
			set(header, made)
		}
	}
	return signer{headers: func(context.Context) (http.Header, error) { return h, nil }, shown: shown}
}

func madeUp(place string) string {
	sum := sha256.Sum256([]byte("a made-up " + place))
	return hex.EncodeToString(sum[:16])
}

// authenticate puts the credential's headers on a request; headers of the request itself win.
func (c *Client) authenticate(ctx context.Context, req *http.Request, r Request) error {
	name := credentialName(r)
	s, ok := c.credentials[name]
	if !ok {
		return fmt.Errorf("credential %s is not configured: %s", name, c.Why(name))
	}
	headers, err := s.headers(ctx)
	if err != nil {
		return fmt.Errorf("credential %s: %w", name, err)
	}
	for header, values := range headers {
		if !overridden(r, header) {
			req.Header[header] = slices.Clone(values)
		}
	}
	return nil
}

func overridden(r Request, header string) bool {
	for own := range r.Header {
		if http.CanonicalHeaderKey(own) == header {
			return true
		}
	}
	return false
}

func credentialName(r Request) string {
	if r.Credential == "" {
		return Default
	}
	return r.Credential
}

// Has says whether the target has a credential of that name. It always has nobody, and wrong where it has a default
// one whose kind can be copied.
func (c *Client) Has(credential string) bool {
	_, ok := c.credentials[credentialName(Request{Credential: credential})]
	return ok
}

// Why says why a credential is not configured, "" when it is.
func (c *Client) Why(credential string) string {
	credential = credentialName(Request{Credential: credential})
	if c.Has(credential) {
		return ""
	}
	if reason := c.target.Missing[c.api.Name+"."+credential]; reason != "" {
		return reason
	}
	if credential == Wrong {
		return fmt.Sprintf("target %s has no default credential for %s whose kind could be copied", c.target.Name, c.api.Name)
	}
	return fmt.Sprintf("target %s has no credential %s for %s", c.target.Name, credential, c.api.Name)
}

// Credentials lists what the target's file configures, the default first; nobody and wrong are not among them.
func (c *Client) Credentials() []string {
	names := slices.Sorted(maps.Keys(c.at.Credentials))
	if i := slices.Index(names, Default); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, Default)
	}
	return names
}
