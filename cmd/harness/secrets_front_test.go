// A server that asks for secrets of its own and says them back, in every form and at every place that a server has.

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"harness/internal/reference"
)

// marked are secrets that every encoding writes in another way, by the variable that holds them. The word in each, its
// core, stands nowhere else.
var marked = map[string]string{
	"GOTO_MARK":    `a/+&="<hushGoto7xQ>é' %\z`,
	"OAUTH_MARK":   `b/+&="<hushGrant7xQ>é' %\z`,
	"TOKEN_MARK":   `hushFetched7xQ-._~+/==`, // what the token endpoint gives
	"GRANTER_MARK": `hushGranter7xQ-._~+/==`,
	"VIEWER_MARK":  `hushViewer7xQ-._~+/==`,
	"BARE_MARK":    `hushBare7xQ-._~+/==`,
}

// cores are the words to look for.
var cores = []string{"hushGoto7xQ", "hushGrant7xQ", "hushFetched7xQ", "hushGranter7xQ", "hushViewer7xQ", "hushBare7xQ"}

// echoing is how a front says a secret back; nil says nothing.
type echoing func(w http.ResponseWriter, r *http.Request, right *httptest.ResponseRecorder, said []string)

// echoes are the places at which a server can say a secret back.
var echoes = map[string]echoing{
	"nothing": nil,
	"headers": func(w http.ResponseWriter, _ *http.Request, right *httptest.ResponseRecorder, said []string) {
		for i, text := range said {
			w.Header().Set("X-Echo-"+strconv.Itoa(i), text)
		}
		w.Header().Set("Content-Encoding", said[0])
		relay(w, right, right.Body.Bytes())
	},
	"members": func(w http.ResponseWriter, _ *http.Request, right *httptest.ResponseRecorder, said []string) {
		extra, _ := json.Marshal(said) // strings always encode
		body := bytes.ReplaceAll(right.Body.Bytes(), []byte("{"), append(append([]byte(`{"echo":`), extra...), ','))
		relay(w, right, bytes.ReplaceAll(body, []byte(",}"), []byte("}")))
	},
	"values": func(w http.ResponseWriter, r *http.Request, right *httptest.ResponseRecorder, said []string) {
		// Every text of the answer becomes a secret in one form or another.
		n := len(r.URL.Path)
		var change func(v any) any
		change = func(v any) any {
			switch v := v.(type) {
			case string:
				n++
				return said[n%len(said)]
			case []any:
				for i := range v {
					v[i] = change(v[i])
				}
			case map[string]any:
				for name := range v {
					v[name] = change(v[name])
				}
			}
			return v
		}
		decoder := json.NewDecoder(right.Body)
		decoder.UseNumber()
		var v any
		if decoder.Decode(&v) != nil {
			v = said
		}
		body, _ := json.Marshal(change(v)) // it was decoded from JSON
		relay(w, right, body)
	},
	"names": func(w http.ResponseWriter, _ *http.Request, right *httptest.ResponseRecorder, said []string) {
		body := right.Body.String()
		for i, name := range []string{"key", "accountKey", "seats", "id", "licenses", "description", "type"} {
			quoted, _ := json.Marshal(said[i%len(said)]) // a string always encodes
			body = strings.ReplaceAll(body, `"`+name+`":`, string(quoted)+":")
		}
		relay(w, right, []byte(body))
	},
	"refusals": func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder, said []string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": said[0], "error_description": strings.Join(said, " "), "message": said}) // the caller may be gone
	},
	"pages": func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder, said []string) {
		w.Header().Set("Content-Type", "text/html; charset="+said[0])
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "<html><title>%s</title><p>%s</html>", html.EscapeString(said[0]), strings.Join(said, "<br>"))
	},
	"redirects": func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder, said []string) {
		w.Header().Set("Location", "http://127.0.0.2:9/login?secret="+url.QueryEscape(said[0])+"&again="+url.PathEscape(said[0]))
		w.WriteHeader(http.StatusFound)
	},
	"bare": func(w http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder, said []string) {
		// What is no HTTP is quoted by whoever tries to read it.
		conn, buffer, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		n := len(r.URL.RequestURI())
		text := said[n/4%len(said)]
		fmt.Fprint(buffer, []string{
			"HTTP/1.1 " + text + "\r\n\r\n",
			"HTTP/1.1 200 OK\r\n" + text + "\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: " + text + "\r\n\r\n",
			"HTTP/1.1 200 " + text + "\r\nTransfer-Encoding: " + text + "\r\n\r\n",
		}[n%4])
		_ = buffer.Flush() // the caller may be gone
	},
	"cut": func(w http.ResponseWriter, _ *http.Request, right *httptest.ResponseRecorder, said []string) {
		// Secrets wherever a reader may cut the answer.
		relay(w, right, []byte(`"`+strings.Repeat(strings.Join(said[:4], ""), 3000)+`"`))
	},
}

// relay sends an answer with another body.
func relay(w http.ResponseWriter, right *httptest.ResponseRecorder, body []byte) {
	if kind := right.Header().Get("Content-Type"); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(right.Code)
	_, _ = w.Write(body) // the caller may be gone
}

// front stands before a reference server, knows the marked secrets, and says them back as told.
// Where the place is one of an answer, the token endpoint gives tokens all the same: there is more to be said back then.
func front(t *testing.T, place string) *httptest.Server {
	t.Helper()
	gives := !slices.Contains([]string{"refusals", "bare", "redirects"}, place)
	s := httptest.NewServer(frontHandler(t, echoes[place], gives))
	t.Cleanup(s.Close)
	return s
}

func frontHandler(t *testing.T, echo echoing, gives bool) http.Handler {
	t.Helper()
	server, err := reference.New(reference.Options{Licenses: 200, Users: 30})
	if err != nil {
		t.Fatal(err)
	}
	p := server.Principals()
	r := httptest.NewRequest(http.MethodPost, p.TokenPath, strings.NewReader("grant_type=client_credentials"))
	r.SetBasicAuth(p.OAuthClientID, p.OAuthClientSecret)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	var given struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &given); err != nil {
		t.Fatal(err)
	}
	tokens := map[string]string{marked["TOKEN_MARK"]: given.Token, marked["GRANTER_MARK"]: p.Granter, marked["VIEWER_MARK"]: p.Viewer, marked["BARE_MARK"]: p.Bare}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secret := ""
		if given := r.Header.Get("ClientSecret"); given == marked["GOTO_MARK"] {
			secret = given
			r.Header.Set("ClientSecret", p.ClientSecret)
		}
		if given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && tokens[given] != "" {
			secret = given
			r.Header.Set("Authorization", "Bearer "+tokens[given])
		}
		if id, given, ok := r.BasicAuth(); ok {
			if plain, err := url.QueryUnescape(given); err == nil && plain == marked["OAUTH_MARK"] {
				secret = plain
				r.SetBasicAuth(id, p.OAuthClientSecret)
			}
		}
		if r.URL.Path == p.TokenPath && secret != "" && gives {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]any{"access_token": marked["TOKEN_MARK"], "token_type": "bearer", "expires_in": 86400}) // the caller may be gone
			return
		}
		right := httptest.NewRecorder()
		server.ServeHTTP(right, r)
		if echo == nil || secret == "" {
			relay(w, right, right.Body.Bytes())
			return
		}
		echo(w, r, right, sayings(secret))
	})
}

// sayings are the forms in which a server may say a secret.
func sayings(secret string) []string {
	quoted, _ := json.Marshal(secret) // a string always encodes
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(secret) // a string always encodes
	said := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), lowerEscapes(url.QueryEscape(secret)), string(quoted), strings.TrimSpace(plain.String()),
		strconv.Quote(secret), strconv.QuoteToASCII(secret), html.EscapeString(secret), hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
	}
	for _, before := range []string{"", "x", "xy"} {
		for _, after := range []string{"", "tail"} {
			said = append(said, base64.StdEncoding.EncodeToString([]byte(before+secret+after)), base64.RawURLEncoding.EncodeToString([]byte(before+secret+after)))
		}
	}
	return said
}

// lowerEscapes writes %2F as %2f.
func lowerEscapes(text string) string {
	b := []byte(text)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], bytes.ToLower(b[i+1:i+3]))
		}
	}
	return string(b)
}

// markedTarget is the target of a front: its secrets stand in variables, or, when written is true, in the file.
func markedTarget(url string, written bool) string {
	value := func(name string) string {
		if written {
			quoted, _ := json.Marshal(strings.ReplaceAll(marked[name], "$", "$$")) // a string always encodes
			return string(quoted)
		}
		return `"${` + name + `}"`
	}
	return `name: marked
apis:
  gotoaccount:
    url: ` + url + `
    credentials:
      default: {headers: {ClientName: reference, ClientSecret: ` + value("GOTO_MARK") + `}}
  genesyscloud:
    url: ` + url + `
    credentials:
      default: {oauth2: {tokenURL: "` + url + `/oauth/token", clientID: reference-client, clientSecret: ` + value("OAUTH_MARK") + `}}
      granter: {bearer: ` + value("GRANTER_MARK") + `}
      viewer: {bearer: ` + value("VIEWER_MARK") + `}
      bare: {bearer: ` + value("BARE_MARK") + `}
limits: {concurrency: 4, timeout: 2s, load: {rate: 200/s, duration: 1m}}
`
}

// betrayals lists where a text holds the core of a secret, in any encoding.
func betrayals(text []byte) []string {
	var found []string
	lower := bytes.ToLower(text)
	for _, core := range cores {
		forms := map[string]string{"hex": hex.EncodeToString([]byte(core)), "plainly": strings.ToLower(core), "percent": percent(core)}
		for name, form := range forms {
			if i := bytes.Index(lower, []byte(form)); i >= 0 {
				found = append(found, fmt.Sprintf("%s %s: …%q…", core, name, text[max(0, i-60):min(len(text), i+60)]))
			}
		}
		for k := range 3 {
			form := inner(core, k)
			if i := bytes.Index(text, []byte(form)); i >= 0 {
				found = append(found, fmt.Sprintf("%s in base64, shifted by %d: …%q…", core, k, text[max(0, i-60):min(len(text), i+60)]))
			}
		}
	}
	slices.Sort(found)
	return found
}

// inner is what stands of a text in base64 whatever stands around it, when so many bytes do before it.
func inner(text string, before int) string {
	full := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), text...))
	return full[(before*8+5)/6 : (before+len(text))*8/6]
}

// percent is a text with every byte escaped, in lower case.
func percent(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, "%%%02x", c)
	}
	return b.String()
}
