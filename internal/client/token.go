// Tokens of the client credentials grant (RFC 6749, section 4.4): fetched once, kept, fetched anew before they expire.

package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"harness/internal/exact"
	"harness/internal/target"
	"harness/specs"
)

// errNoToken is what every failure of a token endpoint is.
var errNoToken = errors.New("no token")

// longestToken is how long a token may be, in bytes: it goes out with every request, within a header.
const longestToken = 16 << 10

// tokenSource holds the token of one credential.
type tokenSource struct {
	client  *Client
	via     http.RoundTripper
	name    string
	grant   target.OAuth2
	fetched func(token string)

	turn   chan struct{} // of one: whoever holds it may look and fetch, everybody else waits for the result
	header http.Header
	until  time.Time // zero: for as long as the run lasts
	failed error     // why there is no token
	asleep time.Time // not asked again before; zero: the endpoint said no, and would say it again
}

// headers returns the Authorization header. The first caller fetches the token; those who come meanwhile wait for it.
func (s *tokenSource) headers(ctx context.Context) (http.Header, error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-s.turn }()
	if s.failed != nil && (s.asleep.IsZero() || time.Now().Before(s.asleep)) {
		return nil, s.failed
	}
	s.failed = nil
	if s.header != nil && (s.until.IsZero() || time.Now().Before(s.until)) {
		return s.header, nil
	}
	for tries := 1; ; tries++ {
		answer, err := s.ask(ctx)
		if err == nil && answer.Status == http.StatusOK {
			return s.keep(answer)
		}
		pause, told, acceptable := s.client.pause(answer, tries)
		again := err != nil && transient(err) || err == nil && (answer.Status >= 500 || throttled(answer))
		if again && !told && err == nil && throttled(answer) {
			pause = time.Second << (tries - 1) // tokens are counted by the minute
		}
		if again && told && acceptable {
			acceptable = s.client.pulse.later(pause)
		}
		if again && acceptable && tries < maxTries && sleep(ctx, pause) {
			continue
		}
		if err == nil {
			err = fmt.Errorf("%s answered %s", s.grant.TokenURL, refusal(answer))
		}
		err = fmt.Errorf("%w: %w", errNoToken, err)
		if ctx.Err() == nil { // a caller that gave up says nothing about the endpoint
			s.failed, s.asleep = err, time.Time{}
			if again {
				s.asleep = time.Now().Add(max(pause, 5*time.Second))
			}
		}
		return nil, err
	}
}

func (s *tokenSource) ask(ctx context.Context) (*specs.Answer, error) {
	const form = "grant_type=client_credentials"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.grant.TokenURL, strings.NewReader(form))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", s.client.userAgent)
	// RFC 6749 2.3.1 has id and secret form-encoded first, which changes nothing in the ids that are handed out.
	req.SetBasicAuth(url.QueryEscape(s.grant.ClientID), url.QueryEscape(s.grant.ClientSecret))
	release, err := s.client.limiter.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	return s.client.answer(ctx, s.via, req)
}

// keep takes the token out of an answer. It is used for nine tenths of its life, and at most until a minute before its
// end, so that no request is on its way with a token that expires.
func (s *tokenSource) keep(answer *specs.Answer) (http.Header, error) {
	body, err := exact.Parse(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %s answered 200 with a body that is no JSON: %w", errNoToken, s.grant.TokenURL, err)
	}
	token := body.Get("access_token")
	if token.Kind != exact.String || token.Text == "" || strings.ContainsAny(token.Text, "\r\n\x00") {
		return nil, fmt.Errorf("%w: %s answered 200 without an access_token", errNoToken, s.grant.TokenURL)
	}
	if len(token.Text) > longestToken {
		return nil, fmt.Errorf("%w: %s answered with an access_token of %d bytes, at most %d are sent", errNoToken, s.grant.TokenURL, len(token.Text), longestToken)
	}
	if kind := body.Get("token_type"); kind.Kind == exact.String && !strings.EqualFold(kind.Text, "bearer") {
		return nil, fmt.Errorf("%w: %s answered with a token of type %q, not bearer", errNoToken, s.grant.TokenURL, kind.Text)
	}
	s.fetched(token.Text)
	s.header, s.until = http.Header{"Authorization": {"Bearer " + token.Text}}, time.Time{}
	if seconds, ok := body.Get("expires_in").Int64(); ok && seconds > 0 && seconds < int64(100*365*24*3600) {
		life := time.Duration(seconds) * time.Second
		s.until = time.Now().Add(life - min(life/10, time.Minute))
	}
	return s.header, nil
}

// throttled says whether the endpoint wants to be asked less often. Some say so with 400 instead of 429.
func throttled(answer *specs.Answer) bool {
	if answer.Status == http.StatusTooManyRequests {
		return true
	}
	body, err := exact.Parse(answer.Body)
	if answer.Status != http.StatusBadRequest || err != nil || body.Get("error").Text != "invalid_request" {
		return false
	}
	for _, member := range []string{"description", "error_description"} {
		if strings.HasPrefix(strings.ToLower(body.Get(member).Text), "rate limit exceeded") {
			return true
		}
	}
	return false
}

// refusal is what a token endpoint said, in one line.
func refusal(answer *specs.Answer) string {
	text := fmt.Sprint(answer.Status)
	body, err := exact.Parse(answer.Body)
	if err != nil {
		return text
	}
	for _, member := range []string{"error", "error_description", "description"} {
		if said := body.Get(member).Text; said != "" {
			return text + " " + said
		}
	}
	return text
}
