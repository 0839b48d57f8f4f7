// What the evidence holds: everything but the secrets.

package client

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"harness/internal/target"
)

const secret = `s3cr&t/"ü+ é` // as the test's credentials have it: every escape writes it otherwise

func secretive(t *target.Target) {
	for _, api := range t.APIs {
		api.Credentials = map[string]target.Credential{
			"default": {Headers: map[string]string{"ClientName": "me", "ClientSecret": secret}},
			"basic":   {Headers: map[string]string{"Authorization": "Basic bWU6aGlkZGVu"}},
			"viewer":  {Bearer: "viewer-token"},
		}
	}
}

func TestNoSecretReachesTheEvidence(t *testing.T) {
	quoted, _ := json.Marshal(secret)
	echo := strings.Join([]string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), string(quoted), base64.StdEncoding.EncodeToString([]byte(secret)), "bWU6aGlkZGVu", "viewer-token",
	}, " ; ")
	w := newWorld(t, "gotoaccount", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Echo", "viewer-token bWU6aGlkZGVu "+url.QueryEscape(secret))
		rw.Header().Set("Content-Type", "application/json")
		io.WriteString(rw, echo)
	}, secretive)
	requests := []Request{
		{Operation: w.op("scanLicensesByKey"), Query: Query("startKey", secret)},
		{Operation: w.op("getLicense"), Path: map[string]string{"licenseKey": secret}},
		{Operation: w.op("getLicense"), Path: map[string]string{"licenseKey": "1"}, Credential: "viewer"},
		{Operation: w.op("getLicense"), Path: map[string]string{"licenseKey": "1"}, Credential: "basic"},
		{Operation: w.op("scanLicensesByKey"), Header: http.Header{"Clientsecret": {"x" + url.QueryEscape(secret)}}, Body: []byte(secret)},
		{Operation: w.op("scanLicensesByKey"), Raw: "/licenses/a b" + secret}, // an error that repeats it
	}
	for _, e := range w.SendAll(t.Context(), requests) {
		if e.Err != nil && strings.Contains(e.Err.Error(), "s3cr") {
			t.Errorf("the error tells: %s", e.Err)
		}
		if curl := w.Curl(e); strings.Contains(curl, "s3cr") || strings.Contains(curl, "hidden") || strings.Contains(curl, "viewer-token") {
			t.Errorf("curl tells: %s", curl)
		}
	}
	text, err := json.Marshal(w.kept.Run().Exchanges)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"s3cr", "viewer-token", "bWU6aGlkZGVu", base64.StdEncoding.EncodeToString([]byte(secret))} {
		if i := strings.Index(string(text), form); i >= 0 {
			t.Errorf("the evidence tells %s: …%s…", form, text[max(0, i-80):min(len(text), i+80)])
		}
	}
	if !strings.Contains(string(text), "$GOTO_CLIENT_SECRET") || !strings.Contains(string(text), "$GOTO_VIEWER_TOKEN") {
		t.Error("the evidence names no variable in their place")
	}
}

func TestTheEvidenceShowsWhichCredentialWasUsed(t *testing.T) {
	w := newWorld(t, "gotoaccount", answer(200, "[]"), secretive)
	w.send(Request{Operation: w.op("scanLicensesByKey"), Body: []byte("{}")})
	want := map[string][]string{
		"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "User-Agent": {"harness/1.2.3"}, "Content-Type": {"application/json"},
		"ClientName": {"$GOTO_CLIENT_NAME"}, "ClientSecret": {"$GOTO_CLIENT_SECRET"},
	}
	if diff := cmp.Diff(want, w.last().Request.Header); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	w.send(Request{Operation: w.op("scanLicensesByKey"), Credential: Nobody})
	if h := w.last().Request.Header; len(h) != 3 || w.last().Credential != "nobody" {
		t.Errorf("nobody: %v", h)
	}
}

func TestAWordOfTheAPIIsNoSecret(t *testing.T) {
	// The client's name is shown as a variable where it is sent, and left alone everywhere else.
	w := newWorld(t, "gotoaccount", answer(200, `["me"]`), secretive)
	w.send(Request{Operation: w.op("getLicenseProducts"), Path: map[string]string{"licenseKey": "1"}})
	if got := w.last().Response.Body; got != `["me"]` {
		t.Errorf("the body became %s", got)
	}
}

func TestBodiesAreCut(t *testing.T) {
	text := strings.Repeat("ä", keptBody) // twice as many bytes
	near := strings.Repeat("x", keptBody-3) + secret + "after"
	replies := map[string]string{"text": text, "binary": "\xff" + text, "near": near, "exact": strings.Repeat("x", keptBody)}
	w := newWorld(t, "gotoaccount", func(rw http.ResponseWriter, r *http.Request) {
		io.WriteString(rw, replies[r.URL.Query().Get("as")])
	}, secretive)
	for name, reply := range replies {
		e := w.send(Request{Operation: w.op("scanLicensesByKey"), Query: Query("as", name), Body: []byte(reply)})
		if string(e.Body) != reply {
			t.Errorf("%s: the exchange holds %d bytes of %d", name, len(e.Body), len(reply))
		}
		got := w.last().Response
		if got.Size != len(reply) || got.Truncated != (name != "exact") || got.Base64 != (name == "binary") || !utf8.ValidString(got.Body) {
			t.Errorf("%s: size %d, truncated %v, base64 %v, UTF-8 %v", name, got.Size, got.Truncated, got.Base64, utf8.ValidString(got.Body))
		}
		kept := []byte(got.Body)
		if got.Base64 {
			var err error
			if kept, err = base64.StdEncoding.DecodeString(got.Body); err != nil {
				t.Error(err)
			}
		}
		if len(kept) > keptBody || len(kept) < keptBody-300 {
			t.Errorf("%s: %d bytes are kept", name, len(kept))
		}
		if strings.Contains(string(kept), "s3c") {
			t.Errorf("%s: a part of the secret is left at the cut: %q", name, kept[len(kept)-40:])
		}
		if body := w.last().Request.Body; strings.Contains(body, "s3c") || len(body) > 2*keptBody {
			t.Errorf("%s: the body that was sent is kept with %d bytes", name, len(body))
		}
	}
}

func TestNothingIsLeftAtACutThatMoved(t *testing.T) {
	// Names shorter than the secrets before the cut pull in what lies behind it, a secret cut in half among it.
	long := strings.Repeat("verysecret", 10)
	var r redactor
	r.add(target.Secret{Value: long, Name: "X"})
	for pad := range 2 * len(long) {
		text, truncated := r.cut([]byte(long+strings.Repeat("-", int(r.longest.Load())+pad)+long+"-----"+long), 300)
		if strings.Contains(text, "very") || !truncated {
			t.Fatalf("pad %d: %s", pad, text)
		}
	}
}

func TestASecretOfTwoLettersIsLeftAlone(t *testing.T) {
	w := newWorld(t, "gotoaccount", answer(200, `["abc"]`), func(t *target.Target) {
		t.APIs["gotoaccount"].Credentials["default"] = target.Credential{Headers: map[string]string{"ClientSecret": "ab"}}
	})
	w.send(Request{Operation: w.op("getLicenseProducts"), Path: map[string]string{"licenseKey": "1"}})
	if got := w.last(); got.Response.Body != `["abc"]` || got.Request.Header["ClientSecret"][0] != "$GOTO_CLIENT_SECRET" {
		t.Errorf("got %s, %v", got.Response.Body, got.Request.Header)
	}
}

func TestRedactLooksThroughErrors(t *testing.T) {
	w := newWorld(t, "gotoaccount", answer(200, ""), secretive)
	if got := w.Redact("a viewer-token b"); got != "a $GOTO_VIEWER_TOKEN b" {
		t.Errorf("got %s", got)
	}
}
