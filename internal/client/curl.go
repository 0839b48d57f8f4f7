// An exchange as a line for a shell: the same request, its secrets as variables.

package client

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"harness/internal/target"
)

// Curl returns a line for a POSIX shell that sends the request of an exchange again. Secrets are variables, named as
// the target's file names them, or else GOTO_CLIENT_SECRET and the like; with those set, the line runs as printed.
func (c *Client) Curl(e *Exchange) string {
	r := e.Request
	if r.Operation == nil {
		return ""
	}
	words := append([]string{"curl", "-s"}, c.curlTLS()...)
	pipe, body := "", []string(nil)
	switch method := cmp.Or(r.Method, r.Operation.Method); {
	case r.Body != nil && !printable(r.Body):
		// An argument holds no NUL, and a terminal mangles what is not UTF-8.
		pipe, body = "printf '"+octal(r.Body)+"' | ", []string{"--data-binary", "@-"}
		words = append(words, methodWords(method, http.MethodPost)...)
	case r.Body != nil:
		body = []string{"--data-raw", quote(c.Redact(string(r.Body)))}
		words = append(words, methodWords(method, http.MethodPost)...)
	case method == http.MethodHead:
		words = append(words, "-I")
	case method == http.MethodPost:
		body = []string{"--data-raw", "''"} // -X POST alone would leave Content-Length out
	default:
		words = append(words, methodWords(method, http.MethodGet)...)
	}
	words = append(words, c.curlHeaders(e, body != nil)...)
	words = append(words, body...)
	return pipe + strings.Join(append(words, c.curlURL(e)...), " ")
}

func methodWords(method, usual string) []string {
	if method == usual {
		return nil
	}
	return []string{"-X", method}
}

func (c *Client) curlTLS() []string {
	var words []string
	if c.target.TLS.Insecure {
		words = append(words, "-k")
	}
	if c.target.TLS.CA != "" {
		words = append(words, "--cacert", quote(c.target.TLS.CA))
	}
	return words
}

// curlHeaders writes the headers that differ from those curl sends by itself.
func (c *Client) curlHeaders(e *Exchange, body bool) []string {
	headers := c.headers(e.Request)
	// What says who asks and how it may be packed changes no answer, unless the request itself says it.
	for _, name := range []string{"User-Agent", "Accept-Encoding"} {
		if !overridden(e.Request, name) {
			headers.Del(name)
		}
	}
	var words []string
	for name, text := range c.credentials[credentialName(e.Request)].shown {
		if !overridden(e.Request, http.CanonicalHeaderKey(name)) {
			words = append(words, "-H "+quoteText(append(target.Text{{Text: name + ": "}}, text...)))
		}
	}
	for name, values := range headers {
		for _, value := range values {
			switch {
			case value != "":
				words = append(words, "-H "+quote(c.Redact(name+": "+value)))
			case name == "User-Agent":
				words = append(words, "-H 'User-Agent:'")
			default:
				words = append(words, "-H "+quote(name+";"))
			}
		}
	}
	if _, ok := headers["Accept"]; !ok {
		words = append(words, "-H 'Accept:'")
	}
	if _, ok := headers["Content-Type"]; !ok && body {
		words = append(words, "-H 'Content-Type:'")
	}
	slices.Sort(words)
	if e.Header.Get("Content-Encoding") != "" && !overridden(e.Request, "Accept-Encoding") {
		words = append(words, "--compressed")
	}
	return words
}

// curlURL writes the URL, and keeps curl from tidying what was sent untidily.
func (c *Client) curlURL(e *Exchange) []string {
	var words []string
	if strings.ContainsAny(e.URL, "[]{}") {
		words = append(words, "--globoff")
	}
	path, _, _ := strings.Cut(e.URL, "?")
	if strings.Contains(path+"/", "/./") || strings.Contains(path+"/", "/../") {
		words = append(words, "--path-as-is")
	}
	if strings.IndexFunc(e.URL, func(c rune) bool { return c == '#' || c > unicode.MaxASCII }) >= 0 {
		// curl would drop a fragment, and escape what is not ASCII.
		if base, err := url.Parse(c.at.URL); err == nil {
			server := base.Scheme + "://" + base.Host
			return append(words, "--request-target", quote(c.Redact(strings.TrimPrefix(e.URL, server))), quote(server+"/"))
		}
	}
	return append(words, quote(c.Redact(e.URL)))
}

// CurlToken returns the line that fetches the token which Curl's lines use for a credential of kind oauth2, into the
// variable they name. "" for credentials that need none.
func (c *Client) CurlToken(credential string) string {
	name := credentialName(Request{Credential: credential})
	grant := c.credentials[name].oauth2
	if grant == nil {
		return ""
	}
	place := func(place string) target.Text { return c.target.Shown(c.api.Name, name, place) }
	user := slices.Concat(place(target.PlaceClientID), target.Text{{Text: ":"}}, place(target.PlaceClientSecret))
	words := append([]string{"curl", "-s"}, c.curlTLS()...)
	words = append(words, "-u", quoteText(user), "-d", "grant_type=client_credentials", quote(grant.TokenURL))
	return fmt.Sprintf(`%s=$(%s | tr -d '\n' | sed 's/.*"access_token" *: *"\([^"]*\)".*/\1/')`, place(target.PlaceBearer)[0].Text, strings.Join(words, " "))
}

// quote makes one word of a text for a POSIX shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// quoteText makes one word of a text in which variables are expanded.
func quoteText(text target.Text) string {
	if len(text.Variables()) == 0 {
		var plain strings.Builder
		for _, part := range text {
			plain.WriteString(part.Text)
		}
		return quote(plain.String())
	}
	escaped := slices.Clone(text)
	for i, part := range escaped {
		if !part.Variable {
			escaped[i].Text = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(part.Text)
		}
	}
	return `"` + escaped.String() + `"`
}

// printable says whether a body can stand in a command line.
func printable(body []byte) bool { return utf8.Valid(body) && !slices.Contains(body, 0) }

// octal writes every byte for printf.
func octal(body []byte) string {
	var b strings.Builder
	for _, c := range body {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune(` {}[]":,._-`, rune(c)) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	return b.String()
}
