// The licence API keeps its promises: permissions, pages, bodies, and the one write.

package reference

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const api = "/api/v2/license/"

func TestPermissions(t *testing.T) {
	s := newServer(t, Options{})
	u := s.directory.users[0].id
	for _, c := range []struct {
		q                             request
		granter, viewer, bare, nobody int
	}{
		{get(api + "definitions"), 200, 200, 403, 401},
		{get(api + "definitions/cloudCX1"), 200, 200, 403, 401},
		{get(api+"users/%s", u), 200, 200, 403, 401},
		{post(api+"users", `["`+u+`"]`), 200, 200, 403, 401},
		{post(api+"organization", `{"assignments":[]}`), 200, 403, 403, 401},
		{get(api + "users"), 200, 200, 200, 401},
		{get(api + "toggles/x"), 200, 200, 200, 401},
		{post(api+"toggles/x", ""), 200, 200, 200, 401},
		{post(api+"infer", "[]"), 200, 200, 200, 401},
	} {
		want := map[string]int{"": 200, "granter": c.granter, "viewer": c.viewer, "bare": c.bare, "none": c.nobody, "wrong": 401}
		for as, status := range want {
			rec := send(s, c.q.by(as))
			if rec.Code != status {
				t.Errorf("%s as %q: %d, want %d", c.q, as, rec.Code, status)
			}
			if status < 400 {
				continue
			}
			var e struct {
				Message, Code, ContextID string
				Status                   int
			}
			if err := json.Unmarshal(rec.Body.Bytes(), &e); err != nil || e.Status != status || e.Code == "" || e.Message == "" || e.ContextID != rec.Header().Get("ININ-Correlation-Id") {
				t.Errorf("%s as %q: %s", c.q, as, rec.Body)
			}
		}
	}
}

func TestStatuses(t *testing.T) {
	s := newServer(t, Options{})
	large := `["` + strings.Repeat("x", mostBody) + `"]`
	for _, c := range []struct {
		q    request
		want int
	}{
		{get(api + "definitions/none"), 404}, {get(api + "definitions/no%%20such%%2Fid%%3Fx=1"), 404}, {get(api + "definitions/b%%C3%%BCro"), 404}, {get(api + "definitions/"), 404},
		{get(api + "users/none"), 404}, {get(api + "nothing"), 404}, {post(api+"definitions", ""), 405}, {get(api + "infer"), 405}, {get(api + "toggles/"), 404},
		{get(api + "users?pageSize=0&pageNumber=0"), 200}, {get(api + "users?pageSize=101"), 400}, {get(api + "users?pageSize=-1"), 400}, {get(api + "users?pageSize=abc"), 400},
		{get(api + "users?pageNumber=2147483647&pageSize=100"), 200}, {get(api + "users?pageNumber=2147483648"), 400}, {get(api + "users?pageNumber=1.5"), 400},
		{post(api+"infer", ""), 200}, {post(api+"infer", "null"), 200}, {post(api+"infer", "{}"), 400}, {post(api+"infer", `"x"`), 400}, {post(api+"infer", "[1]"), 400},
		{post(api+"infer", "[null]"), 400}, {post(api+"infer", "["), 400}, {post(api+"infer", "[] []"), 400}, {post(api+"infer", large), 413}, {post(api+"users", large), 413},
		{post(api+"users", ""), 200}, {post(api+"users", "null"), 200}, {post(api+"users", "{"), 400}, {post(api+"users", "{}"), 400},
		{request{method: "POST", target: api + "users", body: "[]", contentType: "text/plain"}, 415},
		{request{method: "POST", target: api + "users", body: "[]", contentType: "application/json; charset=UTF-8"}, 200},
		{post(api+"organization", ""), 400}, {post(api+"organization", "null"), 400}, {post(api+"organization", "{}"), 400}, {post(api+"organization", `{"assignments":[{}]}`), 400},
		{post(api+"organization", `{"assignments":[{"licenseId":"cloudCX1","userIdsAdd":[]}]}`), 400},
		{post(api+"organization", `{"assignments":[{"licenseId":"cloudCX1","userIdsAdd":["a"],"userIdsRemove":["a"]}]}`), 400},
		{post(api+"organization", `{"assignments":[{"licenseId":"none","userIdsAdd":["a"],"userIdsRemove":[]}]}`), 200},
		{post(api+"organization", `{"assignments":[]}`), 200}, {post(api+"organization", `[]`), 400},
	} {
		if rec := send(s, c.q); rec.Code != c.want || !json.Valid(rec.Body.Bytes()) {
			t.Errorf("%.100s: %d %.200s, want %d", c.q, rec.Code, rec.Body, c.want)
		}
	}
}

func TestDefinitions(t *testing.T) {
	s := newServer(t, Options{})
	for _, d := range decode[[]object](t, s, get(api+"definitions")) {
		if diff := cmp.Diff(d, decode[object](t, s, get("%s", d["selfUri"]))); diff != "" {
			t.Errorf("%s (-listed +single):\n%s", d["id"], diff)
		}
	}
}

func TestTogglesAreAlwaysOn(t *testing.T) {
	s := newServer(t, Options{})
	for _, name := range []string{"x", "off", "a/b c?d=e", "büro", strings.Repeat("n", 200)} {
		want := object{"featureName": name, "enabled": true}
		for range 2 {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				got := decode[object](t, s, request{method: method, target: api + "toggles/" + url.PathEscape(name)})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s %s (-want +got):\n%s", method, name, diff)
				}
			}
		}
	}
}

// entity is a UserLicenses.
type entity struct {
	ID       string
	Licenses []string
}

func listing(t *testing.T, s *Server, query string) (entities []entity, total, pageCount int) {
	page := decode[struct {
		Entities                               []entity
		PageSize, PageNumber, Total, PageCount int
	}](t, s, get("%s", api+"users"+query))
	return page.Entities, page.Total, page.PageCount
}

func TestPages(t *testing.T) {
	s := newServer(t, Options{Users: 130})
	standard, _, _ := listing(t, s, "")
	for _, query := range []string{"?pageSize=25", "?pageNumber=1", "?pageSize=25&pageNumber=1", "?pageSize=0&pageNumber=0"} {
		if got, _, _ := listing(t, s, query); !cmp.Equal(got, standard) || len(got) != 25 {
			t.Errorf("%s is not the first page of 25", query)
		}
	}
	for _, size := range []int{1, 7, 25, 100} {
		var ids []string
		for number := 1; ; number++ {
			page, total, pageCount := listing(t, s, fmt.Sprintf("?pageSize=%d&pageNumber=%d", size, number))
			if total != 130 || pageCount != (130+size-1)/size {
				t.Errorf("pages of %d: total %d, pageCount %d", size, total, pageCount)
			}
			if len(page) == 0 {
				break
			}
			for _, u := range page {
				ids = append(ids, u.ID)
			}
		}
		if len(ids) != 130 || len(distinct(ids, false)) != 130 {
			t.Errorf("pages of %d hold %d users", size, len(ids))
		}
	}
}

func TestUsersAgreeInEveryView(t *testing.T) {
	s := newServer(t, Options{Users: 60})
	entities, _, _ := listing(t, s, "?pageSize=60")
	var ids []string
	for _, u := range entities {
		ids = append(ids, u.ID)
	}
	batch := decode[map[string]object](t, s, post(api+"users", string(appendStrings(nil, append(ids, "none", ids[0])))))
	if len(batch) != 60 {
		t.Errorf("a batch of %d", len(batch))
	}
	for _, u := range entities {
		single := decode[object](t, s, get(api+"users/%s", u.ID))
		var licences []string
		for _, l := range single["licenses"].([]any) {
			licences = append(licences, l.(object)["id"].(string))
		}
		if !slices.Equal(licences, u.Licenses) || single["id"] != u.ID || !cmp.Equal(single, batch[u.ID]) {
			t.Errorf("%s: %v listed, %v single, %v in the batch", u.ID, u.Licenses, licences, batch[u.ID])
		}
	}
}

func TestInfer(t *testing.T) {
	s := newServer(t, Options{})
	roles := s.Principals().RoleIDs
	forth := decode[[]string](t, s, post(api+"infer", string(appendStrings(nil, []string{roles[0], "none", roles[1], roles[0]}))))
	back := decode[[]string](t, s, post(api+"infer", string(appendStrings(nil, []string{roles[1], roles[0]}))))
	if !slices.Equal(forth, back) || len(forth) < 2 || len(distinct(forth, false)) != len(forth) {
		t.Errorf("%v and %v", forth, back)
	}
	if got := decode[[]string](t, s, post(api+"infer", "")); len(got) != 0 {
		t.Errorf("no roles infer %v", got)
	}
}

func TestOrganization(t *testing.T) {
	s := newServer(t, Options{})
	p := s.Principals()
	holds := func() bool {
		u := decode[struct{ Licenses []struct{ ID string } }](t, s, get(api+"users/%s", p.WriteUser))
		n := 0
		for _, l := range u.Licenses {
			if l.ID == p.WriteLicense {
				n++
			}
		}
		if n > 1 {
			t.Errorf("%d of one licence", n)
		}
		return n > 0
	}
	if holds() {
		t.Fatal("the user holds the licence at the start")
	}
	for _, c := range []struct {
		add, remove string
		want        bool
	}{{quote(p.WriteUser), "", true}, {quote(p.WriteUser), "", true}, {"", quote(p.WriteUser), false}, {"", quote(p.WriteUser), false}} {
		got := decode[[]object](t, s, post(api+"organization", fmt.Sprintf(`{"assignments":[{"licenseId":%q,"userIdsAdd":[%s],"userIdsRemove":[%s]}]}`, p.WriteLicense, c.add, c.remove)).by("granter"))
		if diff := cmp.Diff([]object{{"userId": p.WriteUser, "licenseId": p.WriteLicense, "result": "success"}}, got); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
		if holds() != c.want {
			t.Errorf("add [%s] remove [%s]: the user holds the licence is %t", c.add, c.remove, !c.want)
		}
	}
}

// TestTokens asks for tokens over a socket, by Basic authentication and by form, and uses one.
func TestTokens(t *testing.T) {
	s := newServer(t, Options{})
	server := httptest.NewServer(s)
	defer server.Close()
	p := s.Principals()
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(p.OAuthClientID+":"+p.OAuthClientSecret))
	own := url.Values{"client_id": {p.OAuthClientID}, "client_secret": {p.OAuthClientSecret}}.Encode()
	for _, c := range []struct {
		authorization, form string
		want                int
	}{
		{basic, "grant_type=client_credentials", 200},
		{"", "grant_type=client_credentials&" + own, 200},
		{"", "grant_type=client_credentials", 401},
		{"Basic eDp5", "grant_type=client_credentials", 401},
		{basic, "", 400},
		{basic, "grant_type=password", 400},
	} {
		r, err := http.NewRequest(http.MethodPost, server.URL+p.TokenPath, strings.NewReader(c.form))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", c.authorization)
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var body struct {
			Token   string `json:"access_token"`
			Type    string `json:"token_type"`
			Expires int    `json:"expires_in"`
			Error   string
		}
		err = json.NewDecoder(answer.Body).Decode(&body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != c.want || (c.want == 200) != (body.Token != "" && body.Expires > 0) || (c.want == 200) != (body.Error == "") {
			t.Errorf("%q with %q: %d %+v, want %d", c.authorization, c.form, answer.StatusCode, body, c.want)
		}
		if c.want != 200 {
			continue
		}
		if r, err = http.NewRequest(http.MethodGet, server.URL+api+"definitions", nil); err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+body.Token)
		if answer, err = server.Client().Do(r); err != nil || answer.StatusCode != 200 {
			t.Errorf("the token is not accepted: %v %v", answer, err)
		}
		answer.Body.Close()
	}
}
