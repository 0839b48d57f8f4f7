// Taking secrets out: by value, in every form in which one travels.

package client

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"harness/internal/exact"
	"harness/internal/target"
)

// shortestSecret is the length below which a value is left alone: two or three letters stand everywhere, and putting a
// name in their place would spoil the evidence and betray them too.
const shortestSecret = 4

// redactor replaces secrets by the names of their variables. Tokens are added as they are fetched.
type redactor struct {
	mu       sync.Mutex // of forms
	forms    []target.Secret
	replacer atomic.Pointer[strings.Replacer]
	longest  atomic.Int64 // length of the longest form, in bytes
}

func (r *redactor) init(t *target.Target) {
	secrets := t.Secrets()
	for _, api := range t.APIs {
		for _, credential := range api.Credentials {
			if o := credential.OAuth2; o != nil {
				name := "" // of the secret; the pair is shown as if it were it
				for _, s := range secrets {
					if s.Value == o.ClientSecret {
						name = s.Name
					}
				}
				for _, pair := range []string{o.ClientID + ":" + o.ClientSecret, url.QueryEscape(o.ClientID) + ":" + url.QueryEscape(o.ClientSecret)} {
					secrets = append(secrets, target.Secret{Value: base64.StdEncoding.EncodeToString([]byte(pair)), Name: name})
				}
			}
		}
	}
	r.add(secrets...)
}

func (r *redactor) add(secrets ...target.Secret) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range secrets {
		for _, form := range forms(secret.Value) {
			known := func(f target.Secret) bool { return f.Value == form }
			if len(form) >= shortestSecret && !slices.ContainsFunc(r.forms, known) {
				r.forms = append(r.forms, target.Secret{Value: form, Name: secret.Name})
			}
		}
	}
	// At one place the first one given wins, so that a secret within a longer one does not leave the rest standing.
	slices.SortStableFunc(r.forms, func(a, b target.Secret) int { return cmp.Compare(len(b.Value), len(a.Value)) })
	var pairs []string
	for _, form := range r.forms {
		pairs = append(pairs, form.Value, "$"+form.Name)
	}
	if len(r.forms) > 0 {
		r.longest.Store(int64(len(r.forms[0].Value)))
	}
	r.replacer.Store(strings.NewReplacer(pairs...))
}

// forms lists how a secret may stand in a URL, a header, a body or a message: as it is, without its scheme, escaped
// for a path, a query or JSON, and in base64.
func forms(secret string) []string {
	values := []string{secret}
	if _, rest, ok := strings.Cut(secret, " "); ok {
		values = append(values, rest) // Basic …, Bearer …
	}
	var all []string
	for _, value := range values {
		quoted, _ := json.Marshal(value) // a string always encodes
		var plain bytes.Buffer
		enc := json.NewEncoder(&plain)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(value)
		all = append(all, value, url.QueryEscape(value), url.PathEscape(value), strings.ReplaceAll(url.QueryEscape(value), "+", "%20"),
			string(quoted[1:len(quoted)-1]), strings.Trim(plain.String(), "\"\n"),
			base64.StdEncoding.EncodeToString([]byte(value)), base64.RawURLEncoding.EncodeToString([]byte(value)))
	}
	return all
}

func (r *redactor) text(s string) string { return r.replacer.Load().Replace(s) }

// longestError is how much of an error's text is kept, in bytes: net/http quotes what the server sent, however long.
const longestError = 500

// error is err with its text redacted, cut, and without control characters, which would reach a terminal as they are;
// errors.Is and errors.As see the original.
func (r *redactor) error(err error) error {
	text := r.text(err.Error())
	if len(text) > longestError {
		text = strings.ToValidUTF8(text[:longestError], "") + fmt.Sprintf(" … (%d bytes in all)", len(text))
	}
	return redacted{text: exact.Printable(text), err: err}
}

type redacted struct {
	text string
	err  error
}

func (e redacted) Error() string { return e.text }
func (e redacted) Unwrap() error { return e.err }

// cut redacts a body and cuts it to limit bytes. It redacts what it shows and a little more, so that no secret at the
// cut is left half standing.
func (r *redactor) cut(body []byte, limit int) (text string, truncated bool) {
	longest := int(r.longest.Load())
	if len(body) <= limit+longest {
		text = r.text(string(body))
	} else {
		text = r.text(string(body[:limit+longest]))
		text, truncated = text[:max(0, len(text)-longest)], true
	}
	if len(text) > limit {
		text, truncated = text[:limit], true
	}
	return text, truncated
}
