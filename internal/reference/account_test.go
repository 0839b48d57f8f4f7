// The account service keeps its promises: each operation held against a plain reading of the data.

package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// decode reads an answer that must be 200, with numbers kept exactly.
func decode[T any](t *testing.T, s *Server, q request) T {
	t.Helper()
	rec := send(s, q)
	if rec.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", q, rec.Code, rec.Body)
	}
	if ct := rec.Header().Get("Content-Type"); ct != "application/json" {
		t.Errorf("%s: Content-Type %q", q, ct)
	}
	var v T
	d := json.NewDecoder(rec.Body)
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return v
}

type object = map[string]any

// keysOf64 returns the keys of licences in an answer, in its order.
func keysOf64(t *testing.T, licences []object) []int64 {
	t.Helper()
	keys := []int64{}
	for _, l := range licences {
		key, err := strconv.ParseInt(string(l["key"].(json.Number)), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

// sorted sorts keys in place.
func sorted(keys []int64) []int64 { slices.Sort(keys); return keys }

// where returns the keys of all licences that a condition holds for, ascending.
func where(s *Server, condition func(*licence) bool) []int64 {
	keys := []int64{}
	for l := range s.store.all(math.MinInt64) {
		if condition(l) {
			keys = append(keys, l.key)
		}
	}
	return keys
}

func same(t *testing.T, what any, want, got []int64) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v (-want +got):\n%s", what, diff)
	}
}

func TestDataHoldsEveryClassEarly(t *testing.T) {
	for _, o := range []Options{{}, {Seed: 7}, {Seed: 1 << 63}, {Licenses: 20000}} {
		s := newServer(t, o)
		early := s.between(0, math.MaxInt64, 300)
		has := func(what string, condition func(i int, l *licence) bool) {
			t.Helper()
			for i, l := range early {
				if condition(i, l) {
					return
				}
			}
			t.Errorf("%+v: none of the first 300 is %s", o, what)
		}
		attribute := func(name, value string) {
			t.Helper()
			has(name+"="+value, func(_ int, l *licence) bool { v, _ := find(l.custom, name); return v == value })
		}
		has("above 2^53", func(_ int, l *licence) bool { return l.key > 1<<53 })
		has("a neighbour", func(i int, l *licence) bool { return i > 0 && early[i-1].key == l.key-1 })
		has("unlimited", func(_ int, l *licence) bool { return l.unlimited() })
		has("weighted with users", func(_ int, l *licence) bool { return l.is(weighted) && len(l.users) > 0 })
		has("concurrent", func(_ int, l *licence) bool { return l.words.kind == "concurrent" })
		has("disabled", func(_ int, l *licence) bool { return !l.is(enabled) })
		has("without seats", func(_ int, l *licence) bool { return l.seats == 0 })
		has("full", func(_ int, l *licence) bool { return l.seats > 0 && l.remaining() == 0 })
		has("without roles", func(_ int, l *licence) bool { return len(l.roles) == 0 })
		has("without products", func(_ int, l *licence) bool { return len(l.products) == 0 })
		has("of two products with different entitlements", func(_ int, l *licence) bool {
			return len(l.products) == 2 && !slices.Equal(l.products[0].entitlements, l.products[1].entitlements)
		})
		for _, n := range []int{0, 1, 2, manyUsers} {
			has(fmt.Sprintf("with %d users", n), func(_ int, l *licence) bool { return len(l.users) == n })
		}
		for _, odd := range oddAttributes {
			attribute(odd.name, odd.value)
		}
		has("of the rare role", func(_ int, l *licence) bool { return l.hasRole(rareRole) })
		if n := len(where(s, func(l *licence) bool { return l.hasRole(rareRole) })); n < 2 || n > 3 {
			t.Errorf("%+v: the rare role is held by %d", o, n)
		}
		accounts, users := make(map[int64]int), make(map[int64]map[int64]bool)
		for _, l := range early {
			accounts[l.account]++
			for _, u := range l.users {
				if users[u] == nil {
					users[u] = make(map[int64]bool)
				}
				users[u][l.account] = true
			}
			if !l.unlimited() && l.remaining() < 0 {
				t.Errorf("%+v: licence %d has %d remaining", o, l.key, l.remaining())
			}
			if len(distinct(l.users, false)) != len(l.users) {
				t.Errorf("%+v: licence %d has a user twice", o, l.key)
			}
		}
		several := 0
		for _, in := range users {
			if len(in) > 1 {
				several++
			}
		}
		if len(accounts) <= 101 || len(users) <= 101 || several == 0 {
			t.Errorf("%+v: %d accounts, %d users, %d of them in several", o, len(accounts), len(users), several)
		}
		if n := len(s.store.ofAccounts(early[0].account, early[0].account)); n <= 100 && !slices.ContainsFunc(early, func(l *licence) bool {
			return len(s.store.ofAccounts(l.account, l.account)) > 100
		}) {
			t.Errorf("%+v: no account of more than 100", o)
		}
		p := s.Principals()
		if len(s.store.ofAccounts(p.EmptyAccount, p.EmptyAccount)) > 0 || len(s.store.ofUsers(p.EmptyUser, p.EmptyUser)) > 0 {
			t.Errorf("%+v: the empty account or user has licences", o)
		}
	}
	if len(longestName) != 64 {
		t.Errorf("the longest name has %d characters", len(longestName))
	}
}

func TestKeysAscend(t *testing.T) {
	for _, n := range []int{1, 3, 20, 1200, 50000} {
		s := newServer(t, Options{Licenses: n})
		all := where(s, func(*licence) bool { return true })
		if len(all) != n || !slices.IsSorted(all) || len(slices.Compact(all)) != n || all[0] < 0 {
			t.Errorf("%d licences: not %d ascending keys", n, n)
		}
	}
}

func TestOneLicenceIsTheSameEverywhere(t *testing.T) {
	s := newServer(t, Options{})
	for _, l := range s.between(0, math.MaxInt64, 60) {
		single := decode[object](t, s, get("/v2/licenses/%d", l.key))
		if single["key"].(json.Number).String() != formatKey(l.key) {
			t.Errorf("%d answers %v", l.key, single["key"])
		}
		views := map[string][]object{
			"batch":   decode[[]object](t, s, get("/v2/licenses/%d?batch=True", l.key)),
			"scan":    decode[[]object](t, s, get("/v2/licenses?startKey=%d&endKey=%d", l.key, l.key)),
			"account": decode[[]object](t, s, get("/v2/accounts/%d/licenses", l.account)),
			"find":    decode[[]object](t, s, get("/v2/accounts/%d/licenses?filter=name=%s", l.account, url.QueryEscape(l.words.name))),
		}
		if len(l.users) > 0 {
			views["user"] = decode[[]object](t, s, get("/v2/users/%d/licenses", l.users[0]))
		}
		for name, view := range views {
			i := slices.Index(keysOf64(t, view), l.key)
			if i < 0 {
				t.Errorf("%d is not in the view by %s", l.key, name)
				continue
			}
			if diff := cmp.Diff(single, view[i]); diff != "" {
				t.Errorf("%d by %s (-single +view):\n%s", l.key, name, diff)
			}
		}
		users := decode[[]json.Number](t, s, get("/v2/licenses/%d/users", l.key))
		if diff := cmp.Diff(fmt.Sprint(l.users), fmt.Sprint(users)); diff != "" {
			t.Errorf("users of %d: %s", l.key, diff)
		}
		products := decode[[]string](t, s, get("/v2/licenses/%d/products", l.key))
		for _, p := range products {
			one := decode[object](t, s, get("/v2/licenses/%d/products/%s", l.key, p))
			batch := decode[[]object](t, s, get("/v2/licenses/%d,%d/products/%s?batch=true", l.key+2, l.key, p))
			if diff := cmp.Diff([]object{{"key": json.Number(formatKey(l.key)), "entitlements": one}}, batch); diff != "" {
				t.Errorf("entitlements of %d for %s: %s", l.key, p, diff)
			}
		}
	}
}

func TestScans(t *testing.T) {
	s := newServer(t, Options{})
	for _, scan := range []struct {
		query string
		holds func(*licence) bool
	}{
		{"", func(*licence) bool { return true }},
		{"role=ROLE_G2M&", func(l *licence) bool { return l.hasRole("ROLE_G2M") }},
		{"role=NO_SUCH_ROLE&", func(*licence) bool { return false }},
		{"name=tier&value=%22premium%22&", func(l *licence) bool { v, _ := find(l.custom, "tier"); return v == `"premium"` }},
		{"name=maxattendees&value=1e2&", func(l *licence) bool { v, _ := find(l.custom, "maxattendees"); return v == "100" }},
		{"name=serial&value=9007199254740993&", func(l *licence) bool { v, _ := find(l.custom, "serial"); return v == "9007199254740993" }},
		{"name=retired&value=null&", func(l *licence) bool { _, ok := find(l.custom, "retired"); return ok }},
		{"name=contact&value=" + url.QueryEscape(`{"vip":false,"id":9007199254740995,"phones":["+49 30 1","+49 30 2"],"name":"J\u00fcrgen \"Jay\" Meyer"}`) + "&",
			func(l *licence) bool { _, ok := find(l.custom, "contact"); return ok }},
		{"name=edition&value=%22jive-b%22&product=jive&", func(l *licence) bool { v, _ := l.entitlement("jive", "edition"); return v == `"jive-b"` }},
		{"name=edition&value=%22jive-b%22&", func(*licence) bool { return false }},
		{"name=seats&value=null&", func(l *licence) bool { return l.unlimited() }},
		{"name=sku&value=%22G2M%22&role=ROLE_G2M&", func(l *licence) bool { return l.words.sku == "G2M" && l.hasRole("ROLE_G2M") }},
	} {
		all := where(s, scan.holds)
		same(t, scan.query, all[:min(10, len(all))], keysOf64(t, decode[[]object](t, s, get("/v2/licenses?%s", scan.query))))
		low, high := all, all
		if len(all) > 2 {
			low, high = all[len(all)/4:], all[len(all)/2:]
		}
		if len(all) == 0 {
			continue
		}
		for _, d := range []int64{-1, 0, 1} { // bounds that exist, and bounds beside them
			for flags := range 4 {
				a, b, from, to := low[0]+d, high[0]+d, flags&1 == 0, flags&2 == 0
				var want []int64
				for _, k := range all {
					if (k > a || from && k == a) && (k < b || to && k == b) {
						want = append(want, k)
					}
				}
				q := get("/v2/licenses?%sstartKey=%d&startInclusive=%t&endKey=%d&endInclusive=%t&count=100", scan.query, a, from, b, to)
				same(t, q, append([]int64{}, want[:min(100, len(want))]...), keysOf64(t, decode[[]object](t, s, q)))
			}
		}
		var walked []int64
		for next := "startKey=0"; ; next = fmt.Sprintf("startKey=%d&startInclusive=False", walked[len(walked)-1]) {
			page := keysOf64(t, decode[[]object](t, s, get("/v2/licenses?%s%s&count=97", scan.query, next)))
			if len(page) == 0 {
				break
			}
			walked = append(walked, page...)
		}
		same(t, scan.query+" walked", all, walked)
	}
}

func TestLists(t *testing.T) {
	s := newServer(t, Options{})
	a, b := accountKey(0, 0), accountKey(0, 5)
	in := func(accounts ...int64) func(*licence) bool {
		return func(l *licence) bool { return slices.Contains(accounts, l.account) }
	}
	both := func(x, y func(*licence) bool) func(*licence) bool {
		return func(l *licence) bool { return x(l) && y(l) }
	}
	u := s.between(0, math.MaxInt64, 30)[25].users
	for _, list := range []struct {
		target string
		holds  func(*licence) bool
	}{
		{fmt.Sprintf("/v2/accounts/%d/licenses", a), in(a)},
		{fmt.Sprintf("/v2/accounts/%d,%d,%d/licenses", a, b, a), in(a, b)},
		{fmt.Sprintf("/v2/accounts/%d/licenses?roles=ROLE_G2M,ROLE_JIVE_ADMIN", a), both(in(a), func(l *licence) bool {
			return l.hasRole("ROLE_G2M") || l.hasRole("ROLE_JIVE_ADMIN")
		})},
		{fmt.Sprintf("/v2/accounts/%d/licenses?name=tier&value=%%22basic%%22", a), both(in(a), func(l *licence) bool {
			v, _ := find(l.custom, "tier")
			return v == `"basic"`
		})},
		{fmt.Sprintf("/v2/accounts/%d/licenses?filter=name=Jive*,channel=online", a), both(in(a), func(l *licence) bool {
			return strings.HasPrefix(l.words.name, "Jive") && l.words.channel == "online"
		})},
		{fmt.Sprintf("/v2/accounts/%d/licenses?filter=name%%3D*e*P*o", a), both(in(a), func(l *licence) bool {
			return slices.Contains([]string{"Jive Pro", "Jive_Pro", "GoToMeeting Pro"}, l.words.name)
		})},
		{fmt.Sprintf("/v2/accounts/%d/licenses?filter=name=Jive+Pro", a), both(in(a), func(l *licence) bool { return l.words.name == "Jive Pro" })},
		{fmt.Sprintf("/v2/accounts/%d/licenses?filter=name=GoToMeeting%%20v1.5", a), both(in(a), func(l *licence) bool { return l.words.name == "GoToMeeting v1.5" })},
		{fmt.Sprintf("/v2/users/%d/licenses", u[0]), func(l *licence) bool { return slices.Contains(l.users, u[0]) }},
		{fmt.Sprintf("/v2/users/%d,%d/licenses", u[0], u[1]), func(l *licence) bool { return slices.Contains(l.users, u[0]) || slices.Contains(l.users, u[1]) }},
		{fmt.Sprintf("/v2/accounts/%d/licenses", s.Principals().EmptyAccount), func(*licence) bool { return false }},
		{fmt.Sprintf("/v2/users/%d/licenses", s.Principals().EmptyUser), func(*licence) bool { return false }},
	} {
		same(t, list.target, where(s, list.holds), sorted(keysOf64(t, decode[[]object](t, s, get("%s", list.target)))))
	}
	trimmed := decode[[]object](t, s, get("/v2/accounts/%d/licenses?includeUsers=%d,%d", s.between(0, math.MaxInt64, 30)[25].account, u[1], u[900]))
	for _, l := range trimmed {
		key := l["key"].(json.Number).String()
		whole := decode[object](t, s, get("/v2/licenses/%s", key))
		whole["userkeys"] = slices.DeleteFunc(whole["userkeys"].([]any), func(k any) bool {
			text := k.(json.Number).String()
			return text != formatKey(u[1]) && text != formatKey(u[900])
		})
		if diff := cmp.Diff(whole, l); diff != "" {
			t.Errorf("%s (-want +got):\n%s", key, diff)
		}
	}
}

func TestListsAreShuffledRepeatably(t *testing.T) {
	ask := func() (first, second []byte) {
		s := newServer(t, Options{})
		q := get("/v2/accounts/%d/licenses", accountKey(0, 0))
		return send(s, q).Body.Bytes(), send(s, q).Body.Bytes()
	}
	a, b := ask()
	c, d := ask()
	if bytes.Equal(a, b) || !bytes.Equal(a, c) || !bytes.Equal(b, d) {
		t.Error("two requests have one order, or two servers of one seed have different ones")
	}
}

func TestRefusals(t *testing.T) {
	s := newServer(t, Options{})
	var keys []string
	for _, l := range s.between(0, math.MaxInt64, 101) {
		keys = append(keys, formatKey(l.key))
	}
	hundredAndOne, some := strings.Join(keys, ","), keys[50]
	account := formatKey(accountKey(0, 0))
	for _, c := range []struct {
		target string
		want   int
	}{
		{"/v2/licenses/" + hundredAndOne + "?batch=true", 400},
		{"/v2/licenses/" + hundredAndOne + "/products/jive?batch=true", 400},
		{"/v2/accounts/" + hundredAndOne + "/licenses", 400},
		{"/v2/users/" + hundredAndOne + "/licenses", 400},
		{"/v2/licenses/" + keys[0] + "," + keys[1], 400},
		{"/v2/licenses/" + keys[0] + "?batch=false", 400},
		{"/v2/licenses/" + keys[0] + "?batch=1", 400},
		{"/v2/licenses/" + keys[0] + "," + keys[1] + "/products/jive", 400},
		{"/v2/licenses/" + keys[0] + ",,?batch=true", 400},
		{"/v2/licenses/abc", 400}, {"/v2/licenses/1.5", 400}, {"/v2/licenses/1e3", 400}, {"/v2/licenses/0x10", 400}, {"/v2/licenses/%00", 400},
		{"/v2/licenses/9223372036854775808", 400}, {"/v2/licenses/18446744073709551617", 400}, {"/v2/licenses/+1", 400}, {"/v2/licenses/007", 400},
		{"/v2/licenses/-1", 404}, {"/v2/licenses/0", 404}, {"/v2/licenses/0/users", 404}, {"/v2/licenses/0/products", 404}, {"/v2/licenses/0/products/jive", 404},
		{"/v2/licenses/" + some + "/products/none", 404}, {"/v2/licenses/" + some + "/products/..", 404}, {"/v2/licenses/" + some + "/products/..%2F..", 404},
		{"/v2/licenses/", 404}, {"/v2//licenses", 404}, {"/licenses", 404}, {"/", 404}, {"/v2/accounts", 404},
		{"/v2/licenses?count=0", 400}, {"/v2/licenses?count=101", 400}, {"/v2/licenses?count=-1", 400}, {"/v2/licenses?count=1.5", 400}, {"/v2/licenses?count=", 400},
		{"/v2/licenses?count=9223372036854775808", 400}, {"/v2/licenses?startKey=x", 400}, {"/v2/licenses?endKey=", 400}, {"/v2/licenses?startInclusive=yes", 400},
		{"/v2/licenses?name=tier", 400}, {"/v2/licenses?value=1", 400}, {"/v2/licenses?name=tier&value=premium", 400}, {"/v2/licenses?name=tier&value=1+2", 400},
		{"/v2/licenses?name=" + strings.Repeat("é", 64) + "&value=1", 200}, {"/v2/licenses?name=" + strings.Repeat("é", 65) + "&value=1", 400},
		{"/v2/licenses?role=", 400}, {"/v2/licenses?zzz=1", 200}, {"/v2/licenses?zzz=%zz", 400}, {"/v2/licenses?a;b=c", 200},
		{"/v2/accounts/" + account + "/licenses?filter=", 400}, {"/v2/accounts/" + account + "/licenses?filter=name", 400}, {"/v2/accounts/" + account + "/licenses?filter==V", 400},
		{"/v2/accounts/" + account + "/licenses?filter=name=V&name=tier&value=1", 400}, {"/v2/accounts/" + account + "/licenses?name=tier", 400},
		{"/v2/accounts/" + account + ",1/licenses?filter=name=V", 400}, {"/v2/accounts/" + account + "/licenses?includeUsers=x", 400},
		{"/v2/accounts/" + account + "/licenses?filter=name=[(", 200},
	} {
		if rec := send(s, get("%s", c.target)); rec.Code != c.want || rec.Code >= 400 && !json.Valid(rec.Body.Bytes()) {
			t.Errorf("%.80s: %d %s, want %d", c.target, rec.Code, rec.Body, c.want)
		}
	}
	for _, name := range unsearchable {
		if rec := send(s, get("/v2/accounts/%s/licenses?filter=name=*,%s=*", account, name)); rec.Code != 400 {
			t.Errorf("%s can be searched: %d", name, rec.Code)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "HEAD", "OPTIONS"} {
		rec := send(s, request{method: method, target: "/v2/licenses/" + some})
		if rec.Code != 405 || rec.Header().Get("Allow") != "GET" {
			t.Errorf("%s: %d, Allow %q", method, rec.Code, rec.Header().Get("Allow"))
		}
	}
	known, unknown := send(s, get("/v2/licenses/%s", some).by("none")), send(s, get("/v2/licenses/0").by("wrong"))
	if known.Code != 401 || unknown.Code != 401 || known.Body.String() != unknown.Body.String() {
		t.Errorf("without credentials: %d %s and %d %s", known.Code, known.Body, unknown.Code, unknown.Body)
	}
}
