package client

import (
	"testing"

	"harness/internal/target"
)

func TestASecretAskedForInAnotherFormIsTakenOut(t *testing.T) {
	var r redactor
	r.add(target.Secret{Value: "hushFetched7xQ/+z", Name: "TOKEN"}, target.Secret{Value: "short", Name: "NAME"})
	for asked, want := range map[string]string{
		"/definitions/%22HUSHFETCHED7XQ-._%22?x=1":                   "/definitions/$TOKEN?x=1",
		"?name=hushFetched7x&value=1":                                "?name=$TOKEN&value=1",
		`["a","ushfetched7xq*","b"]`:                                 `["a","$TOKEN","b"]`,
		"roles=HUSHFETCHED7XQ,hushfetched7xq":                        "roles=$TOKEN,$TOKEN",
		"/v2/licenses?role=SHORT&name=hushFetch":                     "/v2/licenses?role=SHORT&name=hushFetch",
		"asked GET /v2/licenses/514647934081985982?filter=name=Jive": "asked GET /v2/licenses/514647934081985982?filter=name=Jive",
	} {
		if got := r.altered(asked); got != want {
			t.Errorf("%s\n got %s\nwant %s", asked, got, want)
		}
	}
}
