// Every variant changes an answer, and on each of them every operation is still served.

package reference

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"harness/internal/requirement"
	"harness/specs"
)

func TestVariantTable(t *testing.T) {
	var apis []*specs.API
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			t.Fatal(err)
		}
		apis = append(apis, api)
	}
	catalogue, err := requirement.Load(apis...)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, v := range Variants() {
		if seen[v.Name] || !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(v.Name) {
			t.Errorf("%s: not a new kebab-case name", v.Name)
		}
		seen[v.Name] = true
		if v.Summary == "" || !slices.Contains([]string{"", accountAPI, genesysAPI}, v.API) {
			t.Errorf("%s: no summary, or an unknown API %q", v.Name, v.API)
		}
		for _, id := range v.Departs {
			if r, err := catalogue.ByID(id); err != nil || r.Level != requirement.Should {
				t.Errorf("%s departs from %s, which is no SHOULD: %s %v", v.Name, id, r.Level, err)
			}
		}
	}
}

func TestUnknownVariantNamesTheNearest(t *testing.T) {
	_, err := New(Options{Variants: []string{"html-error"}})
	if err == nil || !strings.Contains(err.Error(), `no variant "html-error"; the nearest are [html-errors `) {
		t.Errorf("got %v", err)
	}
}

// oddProbes are requests that conforming servers answer differently, beyond those that show faults.
func oddProbes(s *Server) []request {
	all := s.between(0, highestKey, 400)
	a, b := all[300], all[301]
	unlimited := all[slices.IndexFunc(all, (*licence).unlimited)]
	bigAccount := all[0].account
	probes := []request{
		post(tokenPath, "grant_type=client_credentials"),
		get("/v2/licenses/"), {method: http.MethodHead, target: "/v2/licenses"}, {method: http.MethodHead, target: genesysBase + "definitions"},
		get("/v2/licenses/-5"), get("/v2/licenses/+%d", a.key), get("/v2/licenses/000%d", a.key), get("/v2/licenses/%%20%d", a.key),
		get("/v2/licenses/%d,,%d?batch=true", a.key, b.key), get("/v2/licenses/%d,%d,%d?batch=true", a.key, a.key, b.key),
		get("/v2/licenses/%d?batch=false", a.key), get("/v2/licenses?count=1&count=3"), get("/v2/licenses?zzz=1"),
		get("/v2/licenses?startInclusive=FALSE"), get("/v2/licenses?role=role_jive_user"), get("/v2/licenses/%d/products/nosuch", a.key),
		get("/v2/accounts/%d/licenses?filter=enabled=true", bigAccount), get("/v2/accounts/%d/licenses?filter=tier=basic", bigAccount),
		get("/v2/accounts/%d/licenses", accountKey(s.seed, 1<<41)), get("/v2/users/%d/licenses", userKey(s.seed, 1<<41)),
		get("/v2/licenses?name=sku&value=%%22G2M%%22"), get("/v2/licenses?name=seats&value=null"), get("/v2/licenses/%d", unlimited.key),
		get(genesysBase + "users/not-a-user"), get(genesysBase + "definitions/a%%2Fb"), get(genesysBase + "users?pageSize=500"), get(genesysBase + "users?pageNumber=500"),
		post(genesysBase+"infer", `["no such role"]`), post(genesysBase+"users", `["no such user"]`), post(genesysBase+"users", ""),
	}
	return probes
}

// appearance is everything about an answer that a client can see. The chance in correlation ids is taken out.
func appearance(s *Server, i int, q request) string {
	s.requests.Store(uint64(i))
	r := httptest.NewRequest(q.method, q.target, strings.NewReader(q.body))
	r.Header = headersOf(s, q)
	r.Header.Set("Accept-Encoding", "gzip")
	if q.target == tokenPath {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(s.principals.OAuthClientID, s.principals.OAuthClientSecret)
	}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	var b strings.Builder
	fmt.Fprintf(&b, "%d flushed %t", rec.Code, rec.Flushed)
	for _, name := range slices.Sorted(maps.Keys(rec.Header())) {
		fmt.Fprintf(&b, "\n%s: %q", name, rec.Header()[name])
	}
	return b.String() + "\n\n" + rec.Body.String()
}

func TestEachVariantChangesAnAnswer(t *testing.T) {
	reference := newServer(t, Options{})
	accountRequests := accountProbes(t, reference)
	probes := slices.Concat(oddProbes(reference), accountRequests, genesysProbes(reference))
	// Whatever changes data comes last, so that no probe depends on which were sent before it.
	probes = slices.DeleteFunc(probes, func(q request) bool { return strings.HasSuffix(q.target, "organization") })
	want := make([]string, len(probes))
	for i, q := range probes {
		want[i] = appearance(reference, i, q)
	}
	for _, v := range Variants() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, Options{Variants: []string{v.Name}})
			started := time.Now()
			for i, q := range probes {
				if appearance(s, i, q) != want[i] || v.Name == SlowAnswers && time.Since(started) >= slowness {
					return
				}
			}
			t.Errorf("none of %d answers changed", len(probes))
		})
	}
}

func headersOf(s *Server, q request) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	token := map[string]string{"": s.tokenForTest(), "wrong": "garbage", "granter": s.principals.Granter, "viewer": s.principals.Viewer, "bare": s.principals.Bare}[q.as]
	if token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	if q.as == "" || q.as == "wrong" {
		h.Set("ClientName", s.principals.ClientName)
		h.Set("ClientSecret", map[string]string{"": s.principals.ClientSecret, "wrong": "wrong"}[q.as])
	}
	if q.contentType != "" {
		h.Set("Content-Type", q.contentType)
	}
	return h
}

// visitor is a plain client on a socket.
type visitor struct {
	t   *testing.T
	s   *Server
	url string
}

// ask sends a request until it is carried out, and decodes the answer, which must be 200.
func (v visitor) ask(q request) any {
	v.t.Helper()
	for range 3 {
		r, err := http.NewRequest(q.method, v.url+q.target, strings.NewReader(q.body))
		if err != nil {
			v.t.Fatal(err)
		}
		r.Header = headersOf(v.s, q)
		r.Header.Set("Accept-Encoding", "gzip") // spelled out, so that nothing is unpacked behind our back
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			v.t.Fatalf("%s: %v", q, err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			v.t.Fatalf("%s: %v", q, err)
		}
		if resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable {
			continue
		}
		if resp.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				v.t.Fatalf("%s: %v", q, err)
			}
			if body, err = io.ReadAll(z); err != nil {
				v.t.Fatalf("%s: %v", q, err)
			}
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var value any
		if err := d.Decode(&value); err != nil || resp.StatusCode != http.StatusOK {
			v.t.Fatalf("%s: %d %s %v", q, resp.StatusCode, body, err)
		}
		return value
	}
	v.t.Fatalf("%s: never carried out", q)
	return nil
}

// list is ask for an array of objects.
func (v visitor) list(q request) (objects []object) {
	v.t.Helper()
	elements, ok := v.ask(q).([]any)
	if !ok {
		v.t.Fatalf("%s: not an array", q)
	}
	for _, e := range elements {
		objects = append(objects, e.(object))
	}
	return objects
}

// TestEveryOperationIsServedOnEachVariant walks through all operations on a socket, with data as it finds it.
func TestEveryOperationIsServedOnEachVariant(t *testing.T) {
	for _, variant := range Variants() {
		t.Run(variant.Name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, Options{Variants: []string{variant.Name}})
			server := httptest.NewServer(s)
			defer server.Close()
			v := visitor{t, s, server.URL}
			v.visitAccounts(variant.Name)
			v.visitGenesys(variant.Name)
		})
	}
}

func (v visitor) visitAccounts(variant string) {
	v.t.Helper()
	page := v.list(get("/v2/licenses?count=10"))
	if (len(page) == 0) != (variant == NoLicences) {
		v.t.Errorf("%d licences", len(page))
	}
	v.list(get("/v2/licenses?role=ROLE_JIVE_USER&count=5"))
	v.list(get("/v2/licenses?name=tier&value=%%22premium%%22&count=5"))
	for _, l := range page {
		key := l["key"].(json.Number)
		if one := v.ask(get("/v2/licenses/%s", key)).(object); one["key"] != key {
			v.t.Errorf("licence %s is answered with %s", key, one["key"])
		}
		if batch := v.list(get("/v2/licenses/%s?batch=true", key)); len(batch) != 1 || batch[0]["key"] != key {
			v.t.Errorf("a batch of %s is %d licences", key, len(batch))
		}
		v.list(get("/v2/accounts/%s/licenses", l["accountkey"]))
		v.list(get("/v2/accounts/%s/licenses?filter=name=J*", l["accountkey"]))
		v.ask(get("/v2/licenses/%s/users", key))
		for _, user := range l["userkeys"].([]any) {
			v.list(get("/v2/users/%s/licenses", user))
		}
		for _, product := range v.ask(get("/v2/licenses/%s/products", key)).([]any) {
			v.ask(get("/v2/licenses/%s/products/%s", key, product))
			v.list(get("/v2/licenses/%s/products/%s?batch=true", key, product))
		}
	}
}

func (v visitor) visitGenesys(variant string) {
	v.t.Helper()
	for _, d := range v.list(get(genesysBase + "definitions"))[:3] {
		if one := v.ask(get(genesysBase+"definitions/%s", d["id"])).(object); one["id"] != d["id"] {
			v.t.Errorf("definition %s is answered with %s", d["id"], one["id"])
		}
	}
	v.ask(get(genesysBase + "toggles/x"))
	v.ask(post(genesysBase+"toggles/x", ""))
	v.ask(post(genesysBase+"infer", `["`+v.s.principals.RoleIDs[0]+`"]`))
	users := v.ask(get(genesysBase + "users")).(object)["entities"].([]any)
	if (len(users) == 0) != (variant == NoUsers) {
		v.t.Errorf("%d users", len(users))
	}
	for _, u := range users[:min(3, len(users))] {
		id := u.(object)["id"]
		if one := v.ask(get(genesysBase+"users/%s", id)).(object); one["id"] != id {
			v.t.Errorf("user %s is answered with %s", id, one["id"])
		}
		if batch := v.ask(post(genesysBase+"users", fmt.Sprintf("[%q]", id))).(object); batch[id.(string)] == nil {
			v.t.Errorf("a batch of user %s lacks it", id)
		}
	}
	if p := v.s.principals; p.WriteUser != "" {
		v.ask(post(genesysBase+"organization", fmt.Sprintf(`{"assignments":[{"licenseId":%q,"userIdsAdd":[%q],"userIdsRemove":[]}]}`, p.WriteLicense, p.WriteUser)))
	}
}

func TestSpellingsAreTheSameValue(t *testing.T) {
	const text = `{"a":"J\u00fcrgen \"é\" \\u \ud83d\ude00😀","n":[100,-0,0,1.50,1e400,-1200,9007199254740993,0.1,7],"o":{},"l":[]}`
	decoded := func(text string) any {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		return v
	}
	want := canonical(text)
	for name, got := range map[string]string{
		"escaped": string(escapeStrings([]byte(text))), "respelled": respellNumbers(text),
		"reversed": string(eachObject([]byte(text), reverseMembers)),
	} {
		if got == text {
			t.Errorf("%s: unchanged", name)
		}
		if canonical(got) != want {
			t.Errorf("%s: %s is not %s", name, got, text)
		}
		if name != "respelled" {
			if diff := cmp.Diff(decoded(text), decoded(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
	if got := escapeStrings([]byte(`{"é":"a"}`)); string(got) != "{\"\\u00E9\":\"\\u0061\"}" {
		t.Errorf("got %s", got)
	}
}

func TestDataMoves(t *testing.T) {
	for _, variant := range []string{DataGrows, DataChanges} {
		s := newServer(t, Options{Variants: []string{variant}})
		before, after := s.asOf(1).licences(), s.asOf(growthPeriod*mostGrowth*3).licences()
		if variant == DataChanges {
			after = s.asOf(changePeriod).licences()
		}
		was := make(map[int64]licence)
		for _, l := range before {
			was[l.key] = l
		}
		born, changed := 0, 0
		for _, l := range after {
			old, ok := was[l.key]
			switch {
			case !ok:
				born++
			case len(old.users) != len(l.users):
				changed++
			}
			delete(was, l.key)
		}
		if len(was) > 0 || (born > 30) != (variant == DataGrows) || (changed > 30) != (variant == DataChanges) || !slices.IsSortedFunc(after, func(a, b licence) int {
			return int(min(max(a.key-b.key, -1), 1))
		}) {
			t.Errorf("%s: %d gone, %d born, %d changed", variant, len(was), born, changed)
		}
	}
}
