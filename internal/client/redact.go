// Taking secrets out: by value, in every form in which one travels.

package client

import (
	"cmp"
	"encoding/base64"
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
	mu      sync.Mutex               // of those who add
	needles atomic.Pointer[[]needle] // the longest text first
	longest atomic.Int64             // bytes that one takes at most in a text
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
	var all []needle
	if known := r.needles.Load(); known != nil {
		all = slices.Clone(*known)
	}
	for _, secret := range secrets {
		for _, n := range needles(secret.Value, secret.Name) {
			if !slices.ContainsFunc(all, func(known needle) bool { return known.text == n.text }) {
				all = append(all, n)
				r.longest.Store(max(r.longest.Load(), int64(n.longest)))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b needle) int { return cmp.Compare(len(b.text), len(a.text)) })
	r.needles.Store(&all)
}

// text puts the names of variables in the place of secrets. Where two secrets overlap, all that either covers goes.
func (r *redactor) text(s string) string {
	type place struct {
		begin, end int
		name       string
	}
	var places []place
	for _, n := range *r.needles.Load() {
		for _, found := range n.in(s) {
			places = append(places, place{found[0], found[1], n.name})
		}
	}
	if len(places) == 0 {
		return s
	}
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(b.end, a.end)) })
	var b strings.Builder
	done := 0
	for _, p := range places {
		if p.begin >= done {
			b.WriteString(s[done:p.begin])
			b.WriteString("$" + p.name)
		}
		done = max(done, p.end)
	}
	b.WriteString(s[done:])
	return b.String()
}

// torn puts names in the place of beginnings of secrets that are left standing where a text was cut, which "…" marks.
func (r *redactor) torn(s string) string {
	for at := 0; ; {
		cut := strings.Index(s[at:], "…")
		if cut < 0 {
			return s
		}
		cut += at
		at = cut + len("…")
		for _, n := range *r.needles.Load() {
			if len(n.run) >= wholeRun {
				// Escaped, it is known by its run; whatever stands between that and the cut is the rest of it.
				from := max(0, cut-n.longest)
				if i := strings.LastIndex(s[from:cut], n.run); i >= 0 {
					s = s[:from+i] + "$" + n.name + s[cut:]
					cut = from + i + len(n.name) + 1
					at = cut + len("…")
					continue
				}
			}
			most := min(len(n.text), cut)
			for k := most; k >= shortestSecret; k-- {
				if s[cut-1] == n.text[k-1] && strings.HasSuffix(s[:cut], n.text[:k]) {
					s = s[:cut-k] + "$" + n.name + s[cut:]
					at += len(n.name) + 1 - k
					cut = at - len("…")
					break
				}
			}
		}
	}
}

// longestError is how much of an error's text is kept, in bytes: net/http quotes what the server sent, however long.
const longestError = 500

// wholeRun is how many letters and digits in a row of a secret are taken out of an error though the rest is missing.
const wholeRun = 8

// error is err with its text redacted, pieces of secrets included, since libraries quote what they could take apart; cut,
// and without control characters, which would reach a terminal as they are; errors.Is and errors.As see the original.
func (r *redactor) error(err error) error {
	text := r.text(err.Error())
	for _, n := range *r.needles.Load() {
		if len(n.run) >= wholeRun {
			text = strings.ReplaceAll(text, n.run, "$"+n.name)
		}
	}
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
