// What the tests ask: a fixed list of requests about one data set, and a transcript of the answers.

package reference

import (
	"fmt"
	"math"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

var farFuture = time.Now().Add(24 * time.Hour)

// request is one request of a test. Without as, it carries the best credentials there are.
type request struct {
	method, target, body string
	as                   string // "", none, wrong, granter, viewer, bare, garbage
	contentType          string
}

func get(format string, args ...any) request {
	return request{method: http.MethodGet, target: fmt.Sprintf(format, args...)}
}

func post(target, body string) request {
	return request{method: http.MethodPost, target: target, body: body}
}

func (q request) by(as string) request { q.as = as; return q }

func (q request) String() string { return strings.TrimSpace(q.method + " " + q.target + " " + q.body) }

func newServer(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// send sends one request. A handler that closes the connection answers with status 0.
func send(s *Server, q request) (rec *httptest.ResponseRecorder) {
	r := httptest.NewRequest(q.method, q.target, strings.NewReader(q.body))
	p := s.Principals()
	token := s.tokenForTest()
	switch q.as {
	case "none":
		token = ""
	case "wrong":
		r.Header.Set("ClientName", p.ClientName)
		r.Header.Set("ClientSecret", "wrong")
		token = "garbage"
	case "granter":
		token = p.Granter
	case "viewer":
		token = p.Viewer
	case "bare":
		token = p.Bare
	}
	if q.as == "" {
		r.Header.Set("ClientName", p.ClientName)
		r.Header.Set("ClientSecret", p.ClientSecret)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if r.Header.Set("Content-Type", "application/json"); q.contentType != "" {
		r.Header.Set("Content-Type", q.contentType)
	}
	rec = httptest.NewRecorder()
	defer func() {
		if cause := recover(); cause == http.ErrAbortHandler {
			rec = &httptest.ResponseRecorder{Body: nil}
		} else if cause != nil {
			panic(cause)
		}
	}()
	s.ServeHTTP(rec, r)
	return rec
}

// tokenForTest is a token with both permissions.
func (s *Server) tokenForTest() string {
	const token = "token-of-the-tests"
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	s.tokens.issued[token] = farFuture
	return token
}

// first returns the lowest licence that a condition holds for.
func first(t testing.TB, s *Server, what string, condition func(*licence) bool) *licence {
	t.Helper()
	for l := range s.store.all(math.MinInt64) {
		if condition(l) {
			return l
		}
	}
	t.Fatalf("no licence %s", what)
	return nil
}

func keysText(licences []*licence) string {
	keys := make([]string, len(licences))
	for i, l := range licences {
		keys[i] = formatKey(l.key)
	}
	return strings.Join(keys, ",")
}

// accountProbes are requests to the account service that between them show every fault of it.
func accountProbes(t testing.TB, s *Server) []request {
	all := s.between(0, math.MaxInt64, DefaultLicenses)
	bigAccount := all[0].account
	mid := all[200]
	two := first(t, s, "with two products", func(l *licence) bool { return len(l.products) == 2 && l.account == bigAccount })
	none := first(t, s, "without users", func(l *licence) bool { return len(l.users) == 0 })
	many := first(t, s, "with 1500 users", func(l *licence) bool { return len(l.users) == manyUsers })
	nested := first(t, s, "with a nested attribute", func(l *licence) bool { _, ok := find(l.custom, "contact"); return ok })
	disabled := first(t, s, "disabled with users and roles", func(l *licence) bool { return !l.is(enabled) && len(l.users) > 0 && len(l.roles) > 0 })
	var unused int64
	for i, l := range all {
		if l.key > 1<<60 && i+1 < len(all) && all[i+1].key-l.key > 4 && l.key-all[i-1].key > 4 {
			unused = l.key + 1
			break
		}
	}
	var probes []request
	add := func(format string, args ...any) { probes = append(probes, get(format, args...)) }
	for _, l := range []*licence{all[0], mid, two, none, many, nested, disabled} {
		for range 3 {
			add("/v2/licenses/%d", l.key)
		}
		add("/v2/licenses/%d/users", l.key)
		add("/v2/licenses/%d/products", l.key)
		for _, p := range l.products {
			add("/v2/licenses/%d/products/%s", l.key, p.name)
			add("/v2/licenses/%d/products/%s", l.key, p.name)
		}
		add("/v2/licenses?startKey=%d&endKey=%d", l.key, l.key)
		for _, u := range l.users[:min(2, len(l.users))] {
			add("/v2/users/%d/licenses", u)
			add("/v2/users/%d/licenses?includeUsers=%d", u, all[0].key)
			add("/v2/users/%d/licenses?roles=ROLE_G2M", u)
			add("/v2/users/%d,%d/licenses", u, mid.users[0])
		}
		if len(l.users) > 1 {
			add("/v2/users/%d,%d/licenses", l.users[0], l.users[1])
			add("/v2/users/%d/licenses?includeUsers=%d,%d", l.users[0], l.users[1], l.users[0])
		}
	}
	for _, path := range []string{"%d", "%d/users", "%d/products", "%d/products/jive", "%d,%d", "12abc", "abc", "1e3"} {
		if strings.Count(path, "%") == 2 {
			add("/v2/licenses/"+path, mid.key, all[3].key)
		} else if strings.Contains(path, "%") {
			add("/v2/licenses/"+path, unused)
		} else {
			add("/v2/licenses/%s", path)
		}
	}
	add("/v2/licenses/%dabc", mid.key)
	add("/v2/licenses/18446744073709551616")
	add("/v2/licenses/%s", wrapped(mid.key))
	for _, n := range []int{1, 2, 17, 100, 101} {
		add("/v2/licenses/%s?batch=true", keysText(all[100:100+n]))
		add("/v2/licenses/%s/products/jive?batch=true", keysText(all[100:100+n]))
	}
	add("/v2/licenses/%d,%d?batch=true", all[1].key, all[5].key)
	add("/v2/licenses/%d,%d?batch=true", nested.key, unused)
	add("/v2/licenses/%d,%d?batch=false", nested.key, all[5].key)
	add("/v2/licenses/%d/products/%s?batch=true", two.key, two.products[0].name)
	add("/v2/licenses/%d,%d/products/%s", two.key, mid.key, two.products[0].name)
	var accounts, users []string
	for i := range 101 {
		accounts = append(accounts, formatKey(accountKey(s.seed, uint64(i))))
		users = append(users, formatKey(userKey(s.seed, uint64(i))))
	}
	for _, n := range []int{2, 100, 101} {
		add("/v2/accounts/%s/licenses", strings.Join(accounts[:n], ","))
		add("/v2/users/%s/licenses", strings.Join(users[:n], ","))
	}
	account := func(query string, args ...any) {
		add("/v2/accounts/%d/licenses%s", bigAccount, fmt.Sprintf(query, args...))
	}
	account("")
	add("/v2/accounts/%d,%d/licenses", bigAccount, bigAccount)
	add("/v2/accounts/%d/licenses", bigAccount+1)
	add("/v2/users/%d/licenses", mid.users[0]+1)
	for _, roles := range []string{"ROLE_JIVE_USER", "ROLE_JIVE_USER,ROLE_JIVE_ADMIN", "ROLE_JIVE_ADMIN,ROLE_EXT_ADMIN", "ROLE_JIV", "NO_SUCH_ROLE"} {
		account("?roles=%s", roles)
		account("?roles=%s&includeUsers=%d,%d", roles, two.users[0], mid.users[0])
		add("/v2/users/%s/licenses?roles=%s", strings.Join(users[:40], ","), roles)
		add("/v2/licenses?role=%s&count=20", roles)
	}
	account("?includeUsers=%s", strings.Join(users[:60], ","))
	account("?includeUsers=%d", many.users[0])
	name := url.QueryEscape(two.words.name)
	for _, filter := range []string{"name=Jive*", "name=*Pro", "name=*i*e*", "name=*", "name=Jive", "name=Jive*Pro", "name%3DJive%2A", "name=Jive+Pro",
		"name=Jive Pro*", "name=Jive,channel=online", "channel=online,name=Jive", "enabled=true", "name=Jive,enabled=true", "name=Jiv", "name=ive", "name=GoToMeeting+v1.5",
		"name=Jive_Pro", "name=Jive%2BPro", "", "nonsense", "name=J*i", "name=100%25+Talk", "sku=G2M*", "name=Jive**"} {
		account("?filter=%s", strings.ReplaceAll(filter, " ", "%20"))
	}
	account("?filter=name=%s", name)
	account("?name=tier&value=%%22basic%%22")
	account("?name=tier")
	for _, by := range []string{"", "name=tier&value=%22basic%22&", "role=ROLE_JIVE_USER&"} {
		scan := func(format string, args ...any) { add("/v2/licenses?%s%s", by, fmt.Sprintf(format, args...)) }
		scan("")
		for _, count := range []string{"1", "7", "99", "100", "101", "1000", "0", "-1", "abc"} {
			scan("count=%s", count)
		}
		a, b := all[60].key, all[400].key
		if by != "" {
			inside := s.between(0, math.MaxInt64, 1200)
			var matching []*licence
			for _, l := range inside {
				if tier, _ := find(l.custom, "tier"); by[0] == 'n' && tier == `"basic"` || by[0] == 'r' && l.hasRole("ROLE_JIVE_USER") {
					matching = append(matching, l)
				}
			}
			a, b = matching[20].key, matching[50].key
		}
		for _, flags := range []string{"", "&startInclusive=false", "&endInclusive=false", "&startInclusive=False&endInclusive=False"} {
			scan("startKey=%d&endKey=%d%s&count=5", a, b, flags)
			scan("startKey=%d&endKey=%d%s&count=100", a, b, flags)
			scan("startKey=%d&endKey=%d%s", b, a, flags)
			scan("startKey=%d&endKey=%d%s", a, a, flags)
			scan("startKey=%d%s", a, flags)
			scan("endKey=%d%s", a, flags)
		}
		scan("startKey=%d&endKey=%d", unused, unused)
		scan("startKey=%d", unused)
		scan("startKey=0&endKey=9223372036854775807&count=3")
		scan("startKey=%d&startInclusive=false&count=3", all[len(all)-1].key)
		scan("count=100&startKey=%d", b)
	}
	add("/v2/licenses?startKey=%d&endKey=%d", unused, unused)
	for _, attribute := range []string{"name=tier&value=basic", "name=tier", "value=1", "name=maxattendees&value=100", "name=maxattendees&value=%22100%22",
		"name=tier&value=%22prem*%22", "name=tier&value=%22prem%22", "name=tier&value=%22\\u0070remium%22", "name=nosuchattribute&value=1", "name=" + longestName + "&value=%22CR-64%22",
		"name=" + strings.Repeat("x", 64) + "&value=1", "name=" + strings.Repeat("x", 65) + "&value=1", "name=maxmeetings&value=100&product=jive", "name=edition&value=%22jive-a%22&product=g2m",
		"name=maxmeetings&value=100", "role=ROLE_JIVE_USER&name=tier&value=%22basic%22", "role=ROLE_CCAAS_SUPERVISOR&count=1", "name=externalId&value=%22EXT-900%22",
		"role=", "role=ROLE_EXT_ADMIN&count=100", "role=ROLE_G2M&count=100", "name=enabled&value=false&count=100"} {
		add("/v2/licenses?%s", attribute)
	}
	for i := range 11 { // a fault that bites now and then has its chance
		add("/v2/licenses/%d", all[i].key)
	}
	for _, target := range []string{"/v2/licenses/%d", "/v2/licenses/%d?batch=true", "/v2/licenses/%d/products"} {
		probes = append(probes, get(target, mid.key).by("none"), get(target, mid.key).by("wrong"), get(target, unused).by("none"))
	}
	probes = append(probes, get("/v2/licenses?name=tier&value=1").by("none"))
	return probes
}

// wrapped is the key and 2^64, as text.
func wrapped(key int64) string {
	n := new(big.Int).Lsh(big.NewInt(1), 64)
	return n.Add(n, big.NewInt(key)).String()
}

// genesysProbes are requests to the licence API that between them show every fault of it.
func genesysProbes(s *Server) []request {
	const base = "/api/v2/license/"
	p, d := s.Principals(), s.directory
	ids := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = d.users[i].id
		}
		return string(appendStrings(nil, list))
	}
	roles := string(appendStrings(nil, []string{p.RoleIDs[0], p.RoleIDs[1], p.RoleIDs[2]}))
	change := func(add, remove string) request {
		return post(base+"organization", fmt.Sprintf(`{"assignments":[{"licenseId":%q,"userIdsAdd":[%s],"userIdsRemove":[%s]}]}`, p.WriteLicense, add, remove))
	}
	member := quote(p.WriteUser)
	probes := []request{
		get(base + "definitions"), get(base + "definitions/cloudCX2"), get(base + "definitions/no%%20such%%2Fid"), get(base + "definitions/none"),
		get(base + "toggles/one"), get(base + "toggles/two%%2Fthree"), post(base+"toggles/one", ""), get(base + "toggles/one"), post(base+"toggles/one", "{}"),
		get(base+"users/%s", d.users[1].id), get(base + "users/none"), get(base+"users/%s", p.WriteUser),
		get(base + "users"), get(base + "users?pageSize=10"), get(base + "users?pageSize=100&pageNumber=2"), get(base + "users?pageNumber=2&pageSize=10"),
		get(base + "users?pageSize=100&pageNumber=3"), get(base + "users?pageNumber=99"), get(base + "users?pageSize=101"), get(base + "users?pageNumber=1"),
		post(base+"infer", roles), post(base+"infer", ""), post(base+"infer", "null"), post(base+"infer", "[1]"), post(base+"infer", "{"), get(base+"users/%s", d.users[0].id),
		post(base+"users", ids(5)), post(base+"users", ids(30)), post(base+"users", ""), post(base+"users", "["), post(base+"users", ids(5)),
		change("", ""), change(member, ""), get(base+"users/%s", p.WriteUser), change(member, ""), get(base+"users/%s", p.WriteUser), change("", member), get(base+"users/%s", p.WriteUser),
		{method: http.MethodPost, target: base + "infer", body: roles, contentType: "text/plain"},
	}
	for _, as := range []string{"none", "wrong", "granter", "viewer", "bare"} {
		for _, q := range []request{get(base + "definitions"), get(base + "definitions/cloudCX1"), get(base + "toggles/x"), post(base+"toggles/x", ""), get(base + "users?pageSize=1"),
			get(base+"users/%s", d.users[1].id), post(base+"users", ids(1)), post(base+"infer", roles), change("", "")} {
			probes = append(probes, q.by(as))
		}
	}
	return probes
}

// transcript sends the probes one after the other and notes the answers.
func transcript(s *Server, probes []request) []string {
	lines := make([]string, len(probes))
	for i, q := range probes {
		lines[i] = line(s, i, q)
	}
	return lines
}

// line sends the i-th probe and notes the answer. The number is told to the server, so that its shuffles are those of any other
// server that was sent this probe, whatever was sent before.
func line(s *Server, i int, q request) string {
	s.requests.Store(uint64(i))
	rec := send(s, q)
	if rec.Body == nil {
		return "connection closed"
	}
	return fmt.Sprintf("%d %s %s", rec.Code, rec.Header().Get("Content-Type"), rec.Body)
}
