// The token endpoint: client credentials in, a bearer token out. Its errors have another shape than those of the licence API.

package reference

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// How long a token that was asked for is good.
const (
	tokenLifetime = 24 * time.Hour
	shortLifetime = 3 * time.Second
)

// mostTokenForm is how many bytes of a form are read.
const mostTokenForm = 16 << 10

// tokens knows the bearer tokens that are good, and what each permits.
type tokens struct {
	lifetime time.Duration
	mu       sync.Mutex
	fixed    map[string]permission
	issued   map[string]time.Time // token to expiry; these have both permissions
}

func newTokens(p Principals) *tokens {
	return &tokens{
		lifetime: tokenLifetime,
		fixed:    map[string]permission{p.Granter: grantAdd, p.Viewer: licenseView, p.Bare: 0},
		issued:   make(map[string]time.Time),
	}
}

// permits returns what a token permits; ok is false when it is unknown or expired.
func (t *tokens) permits(token string) (p permission, ok bool) {
	if p, ok = t.fixed[token]; ok {
		return p, true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	expiry, ok := t.issued[token]
	return grantAdd | licenseView, ok && time.Now().Before(expiry)
}

// issue makes a token, and forgets those that have expired.
func (t *tokens) issue(rng *rand.Rand) string {
	token := strings.ReplaceAll(uuid(rng)+uuid(rng), "-", "")
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	for old, expiry := range t.issued {
		if expiry.Before(now) {
			delete(t.issued, old)
		}
	}
	t.issued[token] = now.Add(t.lifetime)
	return token
}

// serveToken answers POST /oauth/token. The client names itself by Basic authentication or in the form.
func (s *Server) serveToken(w http.ResponseWriter, r *http.Request, number uint64) {
	rng := s.chance(number)
	w.Header().Set("ININ-Correlation-Id", uuid(rng))
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		writeTokenError(w, http.StatusMethodNotAllowed, "invalid_request", "only POST is allowed")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostTokenForm)
	if err := r.ParseForm(); err != nil {
		writeTokenError(w, http.StatusBadRequest, "invalid_request", "the body is no form")
		return
	}
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	switch {
	case id != s.principals.OAuthClientID || secret != s.principals.OAuthClientSecret:
		if basic {
			w.Header().Set("WWW-Authenticate", `Basic realm="oauth"`)
		}
		writeTokenError(w, http.StatusUnauthorized, "invalid_client", "client not found or secret invalid")
	case r.PostForm.Get("grant_type") == "":
		writeTokenError(w, http.StatusBadRequest, "invalid_request", "grant_type is missing")
	case r.PostForm.Get("grant_type") != "client_credentials":
		writeTokenError(w, http.StatusBadRequest, "unsupported_grant_type", "grant_type is client_credentials")
	default:
		b := append([]byte(`{"access_token":`), quote(s.tokens.issue(rng))...)
		b = strconv.AppendInt(append(b, `,"token_type":"bearer","expires_in":`...), int64(s.tokens.lifetime/time.Second), 10)
		write(w, http.StatusOK, "application/json", append(b, '}'))
	}
}

func writeTokenError(w http.ResponseWriter, status int, code, description string) {
	b := append([]byte(`{"error":`), quote(code)...)
	b = append(append(b, `,"description":`...), quote(description)...)
	b = append(append(b, `,"error_description":`...), quote(description)...)
	write(w, status, "application/json", append(b, '}'))
}
