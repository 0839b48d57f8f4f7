// The answers that tests hold both judges against: every example of the documents, and what the reference server says.

package schema_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"harness/internal/exact"
	"harness/internal/reference"
	"harness/specs"
)

// sample is one answer of one operation.
type sample struct {
	name   string
	api    string
	op     string
	answer specs.Answer
}

func (s sample) String() string { return s.api + " " + s.op + ": " + s.name }

// apis are the two documents, loaded once.
var apis = sync.OnceValue(func() map[string]*specs.API {
	loaded := map[string]*specs.API{}
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			panic(err)
		}
		loaded[name] = api
	}
	return loaded
})

func answer(status int, contentType, body string) specs.Answer {
	a := specs.Answer{Status: status, Header: http.Header{}, Body: []byte(body)}
	if contentType != "" {
		a.Header.Set("Content-Type", contentType)
	}
	return a
}

// examples lists every example that the documents give of an answer.
func examples(t testing.TB) (all []sample) {
	t.Helper()
	for _, name := range specs.Names {
		for _, op := range apis()[name].Operations {
			for status, ref := range op.Spec.Responses.Map() {
				code, err := strconv.Atoi(strings.ReplaceAll(status, "X", "0"))
				if err != nil {
					t.Fatalf("%s: status %s", op.ID, status)
				}
				for contentType, media := range ref.Value.Content {
					for title, value := range examplesOf(media) {
						text, err := json.Marshal(value)
						if err != nil {
							t.Fatalf("%s: %v", op.ID, err)
						}
						all = append(all, sample{fmt.Sprintf("example %s of %d", title, code), name, op.ID, answer(code, contentType, string(text))})
					}
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b sample) int { return strings.Compare(a.String(), b.String()) })
	return all
}

func examplesOf(media *openapi3.MediaType) map[string]any {
	values := map[string]any{}
	for title, ref := range media.Examples {
		values[title] = ref.Value.Value
	}
	if media.Example != nil {
		values["alone"] = media.Example
	}
	if media.Schema != nil && media.Schema.Value.Example != nil {
		values["of the schema"] = media.Schema.Value.Example
	}
	return values
}

// visit is one server of the reference, asked over HTTP.
type visit struct {
	t    testing.TB
	name string
	url  string
	who  reference.Principals
	all  []sample
}

// served asks servers of the reference for every operation, in good requests and in wrong ones. Variants spell the same
// answers otherwise.
func served(t testing.TB, variants ...string) []sample {
	t.Helper()
	server, err := reference.New(reference.Options{Licenses: 60, Users: 12, Variants: variants})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(server)
	t.Cleanup(s.Close)
	v := &visit{t: t, name: "served " + strings.Join(variants, "+"), url: s.URL, who: server.Principals()}
	v.account()
	v.genesys()
	return v.all
}

// ask sends one request, remembers the answer as a sample of the operation it matches, and returns its body.
func (v *visit) ask(method, target, body string, spoil func(*http.Request)) exact.Value {
	v.t.Helper()
	r, err := http.NewRequest(method, v.url+target, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("ClientName", v.who.ClientName)
	r.Header.Set("ClientSecret", v.who.ClientSecret)
	r.Header.Set("Authorization", "Bearer "+v.who.Granter)
	if spoil != nil {
		spoil(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	data, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		v.t.Fatal(err)
	}
	a := specs.Answer{Status: resp.StatusCode, Header: resp.Header, Body: data}
	for name, api := range apis() {
		path, ok := strings.CutPrefix(r.URL.EscapedPath(), api.BasePath)
		if !ok {
			continue
		}
		if op := api.Match(method, path, r.URL.Query()); op != nil {
			v.all = append(v.all, sample{fmt.Sprintf("%s %s %d", v.name, target, a.Status), name, op.ID, a})
		}
	}
	value, _ := exact.Read(data)
	return value
}

func (v *visit) get(format string, args ...any) exact.Value {
	v.t.Helper()
	return v.ask(http.MethodGet, fmt.Sprintf(format, args...), "", nil)
}

func unknown(r *http.Request) {
	r.Header.Set("ClientSecret", "wrong")
	r.Header.Set("Authorization", "Bearer wrong")
}

func (v *visit) account() {
	licences := v.get("/v2/licenses?count=30").Items
	if len(licences) == 0 {
		v.t.Fatalf("%s: no licences", v.name)
	}
	key, account := licences[0].Get("key").Text, licences[0].Get("accountkey").Text
	user := "1"
	var keys []string
	for _, l := range licences {
		keys = append(keys, l.Get("key").Text)
		if users := l.Get("userkeys").Items; len(users) > 0 {
			user = users[0].Text
		}
		if len(keys) <= 6 {
			v.get("/v2/licenses/%s", l.Get("key").Text)
		}
	}
	list := strings.Join(keys[:min(5, len(keys))], ",")
	v.get("/v2/licenses/%s?batch=true", list)
	v.get("/v2/licenses/%s/users", key)
	for _, product := range v.get("/v2/licenses/%s/products", key).Items {
		v.get("/v2/licenses/%s/products/%s", key, url.PathEscape(product.Text))
		v.get("/v2/licenses/%s/products/%s?batch=true", list, url.PathEscape(product.Text))
	}
	v.get("/v2/accounts/%s/licenses", account)
	v.get("/v2/accounts/%s/licenses?filter=%s", account, url.QueryEscape("name=*"))
	v.get("/v2/accounts/%s/licenses?name=tier&value=%%22premium%%22", account)
	v.get("/v2/users/%s/licenses", user)
	v.get("/v2/licenses?name=tier&value=%%22premium%%22")
	v.get("/v2/licenses?role=ROLE_EXT_ADMIN&count=5")
	v.get("/v2/licenses?count=0")
	v.get("/v2/licenses/1")
	v.ask(http.MethodGet, "/v2/licenses", "", unknown)
}

func (v *visit) genesys() {
	const root = "/api/v2/license/"
	definitions := v.get(root + "definitions")
	for i, d := range definitions.Items {
		if i < 4 {
			v.get(root+"definitions/%s", url.PathEscape(d.Get("id").Text))
		}
	}
	v.get(root + "definitions/none")
	v.get(root + "toggles/x")
	v.ask(http.MethodPost, root+"toggles/x", "", nil)
	var ids []string
	for _, user := range v.get(root + "users?pageSize=5").Get("entities").Items {
		ids = append(ids, user.Get("id").Text)
		v.get(root+"users/%s", user.Get("id").Text)
	}
	text, _ := json.Marshal(ids)
	v.ask(http.MethodPost, root+"users", string(text), nil)
	text, _ = json.Marshal(v.who.RoleIDs)
	v.ask(http.MethodPost, root+"infer", string(text), nil)
	v.ask(http.MethodPost, root+"infer", "{", nil)
	change := fmt.Sprintf(`{"assignments":[{"licenseId":%q,"userIdsAdd":[%q],"userIdsRemove":[]}]}`, v.who.WriteLicense, v.who.WriteUser)
	v.ask(http.MethodPost, root+"organization", change, nil)
	v.ask(http.MethodGet, root+"definitions", "", unknown)
}

// spellings are variants that change how an answer is written.
var spellings = [][]string{
	nil,
	{reference.WhiteSpace, reference.MembersReversed},
	{reference.StringsEscaped},
	{reference.NumbersRespelled, reference.ExtraMembers},
	{reference.CharsetNamed, reference.HeaderNamesLower},
	{reference.ContentTypeUpper, reference.CorrelationAbsent},
	{reference.EntitlementsKeyed, reference.BatchUsersIds, reference.OptionalAbsent},
	{reference.EntitlementsBeside, reference.ProblemErrors, reference.UnlimitedAbsent},
	{reference.HTMLErrors, reference.SmallKeys},
}

// good are the answers that the documents allow; each operation has some.
func good(t testing.TB) []sample {
	t.Helper()
	all := examples(t)
	for _, variants := range spellings {
		all = append(all, served(t, variants...)...)
	}
	return all
}

func TestTheCorpusHoldsEveryOperation(t *testing.T) {
	found := map[string]map[string]bool{} // by kind of sample
	for _, s := range good(t) {
		kind, _, _ := strings.Cut(s.name, " ")
		if found[kind] == nil {
			found[kind] = map[string]bool{}
		}
		if s.answer.Status == http.StatusOK {
			found[kind][s.api+" "+s.op] = true
		}
	}
	for kind, ops := range found {
		if len(ops) != 22 {
			t.Errorf("%s: %d of 22 operations: %v", kind, len(ops), slices.Sorted(maps.Keys(ops)))
		}
	}
}
