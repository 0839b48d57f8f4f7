// A licence on the wire: its members, their types, and batches as large as they may be.

package reference

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLicenceMembers holds the raw bytes of licences against what a licence should look like, member by member.
func TestLicenceMembers(t *testing.T) {
	s := newServer(t, Options{})
	for _, l := range s.between(0, math.MaxInt64, 300) {
		users := strings.ReplaceAll(fmt.Sprint(l.users), " ", ",")
		roles := `["` + strings.Join(l.roles, `","`) + `"]`
		if len(l.roles) == 0 {
			roles = "[]"
		}
		seats, remaining := "null", "null"
		if l.seats >= 0 {
			seats, remaining = fmt.Sprint(l.seats), fmt.Sprint(int(l.seats)-len(l.users))
		}
		want := fmt.Sprintf(`{"key":%d,"accountkey":%d,"seats":%s,"remaining":%s,"enabled":%t,"weighted":%t,"externallymanaged":%t,"roles":%s,"userkeys":%s`,
			l.key, l.account, seats, remaining, l.traits&enabled != 0, l.traits&weighted != 0, l.traits&externallyManaged != 0, roles, users)
		if l.traits&weighted != 0 {
			parts := make([]string, len(l.users))
			for i, u := range l.users {
				parts[i] = fmt.Sprintf(`{"key":%d,"weight":%d}`, u, u%5+1)
			}
			want += `,"users":[` + strings.Join(parts, ",") + "]"
		}
		w := l.words
		want += fmt.Sprintf(`,"type":%q,"name":%q,"description":%q,"sku":%q,"channel":%q,"servicetype":%q`, w.kind, w.name, w.description, w.sku, w.channel, w.servicetype)
		for _, m := range l.custom {
			want += fmt.Sprintf(`,%q:%s`, m.name, m.value)
		}
		want += "}"
		for range 2 { // reading changes nothing
			if diff := cmp.Diff(want, send(s, get("/v2/licenses/%d", l.key)).Body.String()); diff != "" {
				t.Errorf("%d (-want +got):\n%s", l.key, diff)
			}
		}
	}
}

func TestAHundredKeys(t *testing.T) {
	s := newServer(t, Options{})
	some := s.between(0, math.MaxInt64, 100)
	want := where(s, func(l *licence) bool { return l.key <= some[99].key })
	for _, n := range []int{1, 2, 5, 17, 99} {
		same(t, n, want[:n], sorted(keysOf64(t, decode[[]object](t, s, get("/v2/licenses/%s?batch=true", keysText(some[:n]))))))
	}
	hundred := keysText(some)
	same(t, "100", want, sorted(keysOf64(t, decode[[]object](t, s, get("/v2/licenses/%s?batch=true", hundred)))))
	decode[[]object](t, s, get("/v2/accounts/%s/licenses", hundred))
	decode[[]object](t, s, get("/v2/users/%s/licenses", hundred))
	holders := []int64{}
	for _, l := range some {
		if l.product("jive") != nil {
			holders = append(holders, l.key)
		}
	}
	same(t, "entitlements of 100", holders, sorted(keysOf64(t, decode[[]object](t, s, get("/v2/licenses/%s/products/jive?batch=true", hundred)))))
}

// TestNothing asks for what must be an empty list.
func TestNothing(t *testing.T) {
	s := newServer(t, Options{})
	all := s.between(0, math.MaxInt64, DefaultLicenses)
	k, account := all[30].key, accountKey(0, 0)
	for _, target := range []string{
		fmt.Sprintf("licenses?startKey=%d&endKey=%d", k, k-1),
		fmt.Sprintf("licenses?startKey=%d&endKey=%d&startInclusive=false", k, k),
		fmt.Sprintf("licenses?startKey=%d&endKey=%d&endInclusive=false", k, k),
		fmt.Sprintf("licenses?startKey=%d&startInclusive=false", all[len(all)-1].key),
		"licenses?startKey=9223372036854775807&startInclusive=false",
		"licenses?endKey=-9223372036854775808&endInclusive=false",
		"licenses?name=tier&value=%22prem*%22", "licenses?name=tier&value=%22prem%22", "licenses?name=maxmeetings&value=100&product=none", "licenses?role=ROLE_G2",
		"licenses/-1,-2,-3?batch=true",
		fmt.Sprintf("accounts/%d/licenses?filter=name=Jiv", account),
		fmt.Sprintf("accounts/%d/licenses?filter=name=ive", account),
		fmt.Sprintf("accounts/%d/licenses?filter=name=Ji*P", account),
		fmt.Sprintf("accounts/%d/licenses?filter=name=Jive%%25", account),
		fmt.Sprintf("accounts/%d/licenses?filter=name=J_ve", account),
		fmt.Sprintf("accounts/%d/licenses?roles=ROLE_G2", account),
		fmt.Sprintf("users/%d/licenses?roles=ROLE_G2", all[25].users[0]),
	} {
		if got := send(s, get("%s", "/v2/"+target)); got.Code != 200 || got.Body.String() != "[]" {
			t.Errorf("%s: %d %.200s", target, got.Code, got.Body)
		}
	}
	same(t, "the largest bound", where(s, func(l *licence) bool { return l.key >= all[len(all)-3].key }),
		keysOf64(t, decode[[]object](t, s, get("/v2/licenses?startKey=%d&endKey=9223372036854775807", all[len(all)-3].key))))
}
