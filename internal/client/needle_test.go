// Secrets of every shape are found, and none makes the search itself fall over.

package client

import (
	"net/url"
	"strings"
	"testing"

	"harness/internal/target"
)

func TestSecretsOfEveryShapeAreTakenOut(t *testing.T) {
	for name, secret := range map[string]string{
		"plain":                        "hush7xQ",
		"a hundred dashes before":      strings.Repeat("-", 100) + "hush7xQ",
		"a hundred dashes behind":      "hush7xQ" + strings.Repeat("=", 100),
		"sixteen thousand behind":      "hush7xQ" + strings.Repeat("~", 16_000),
		"sixteen thousand in between":  "hush7xQ" + strings.Repeat("~a", 8_000),
		"a key in PEM":                 "-----BEGIN KEY-----\\n" + strings.Repeat("hush7xQhush7xQ+/\\n", 40) + "-----END KEY-----",
		"bytes that are no text":       "hush7xQ\xff\xfe\xff",
		"what a pattern would be made": `hush7xQ(?i)[a-z]{1000}\Q`,
	} {
		t.Run(name, func(t *testing.T) {
			var r redactor
			r.add(target.Secret{Value: secret, Name: "HUSH"})
			for _, text := range []string{secret, "before " + secret + " after", secret + secret} {
				if got := r.text(text); strings.Contains(got, "hush7xQ") {
					t.Errorf("%.60q is left in %.200q", secret, got)
				}
			}
			if len(secret) < 1000 {
				if got := r.text("?secret=" + url.QueryEscape(secret)); strings.Contains(got, "hush7xQ") {
					t.Errorf("escaped, %.60q is left in %.200q", secret, got)
				}
			}
		})
	}
}

// What a text that was cut holds of a secret is known by its letters, however it is escaped.
func TestATornSecretIsTakenOutThoughItIsEscaped(t *testing.T) {
	const secret = `a/+&="<hushGoto7xQ>é' %\z`
	var r redactor
	r.add(target.Secret{Value: secret, Name: "HUSH"})
	for _, text := range []string{`"a%2f%2b%26%3d%22%3chushGoto7xQ%3e%c3%…`, `["x","a\u002f+&=\"<hushGoto7xQ…] and more`, "hushGoto7xQ…, hushGoto7xQ%3e… twice"} {
		if got := r.torn(r.text(text)); strings.Contains(got, "hushGoto7xQ") || !strings.Contains(got, "$HUSH…") {
			t.Errorf("%q became %q", text, got)
		}
	}
	if text := "nothing of it… here"; r.torn(text) != text {
		t.Errorf("%q became %q", text, r.torn(text))
	}
}
