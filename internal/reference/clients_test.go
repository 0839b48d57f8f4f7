// The vendor's own clients are served: what their SDKs for Go and JavaScript put on the wire, byte for byte, quirks
// included. The SDK for JavaScript itself is run by make check-sdk; the one for Go takes minutes to compile.

package reference

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// sdk is what a client writes otherwise than others do.
type sdk struct {
	head      string // header lines of every request
	absent    string // an optional body that was left out
	users     string // the query of a list of users that was asked for without arguments
	odd       string // how it writes "no such/id?x=1" in a path
	keepAlive bool
}

var sdks = map[string]sdk{
	"Go": {
		head:   "User-Agent: PureCloud SDK/go\r\nAccept: application/json\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\nConnection: close\r\n",
		absent: "null", users: "?pageSize=0&pageNumber=0", odd: "no%20such%2Fid%3Fx=1",
	},
	"JavaScript": {
		head:      "Accept: application/json\r\nContent-Type: application/json\r\nUser-Agent: PureCloud SDK/js\r\nConnection: keep-alive\r\n",
		keepAlive: true, odd: "no%20such%2Fid%3Fx%3D1",
	},
}

func TestVendorsClientsAreServed(t *testing.T) {
	for name, c := range sdks {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, Options{})
			listener := httptest.NewServer(s)
			defer listener.Close()
			w := &wireTalk{t: t, at: listener.Listener.Addr().String(), sdk: c}

			who := s.Principals()
			basic := base64.StdEncoding.EncodeToString([]byte(who.OAuthClientID + ":" + who.OAuthClientSecret))
			var token struct {
				AccessToken string `json:"access_token"`
			}
			w.ask("POST "+who.TokenPath, "Authorization: Basic "+basic+"\r\nContent-Type: application/x-www-form-urlencoded\r\n", "grant_type=client_credentials", &token)
			if token.AccessToken == "" {
				t.Fatal("no token")
			}
			bearer := c.head + "Authorization: Bearer " + token.AccessToken + "\r\n"
			ask := func(line, body string, into any) { t.Helper(); w.ask(line, bearer, body, into) }

			var definitions []struct{ ID string }
			ask("GET "+api+"definitions", "", &definitions)
			var definition struct{ ID string }
			ask("GET "+api+"definitions/"+definitions[0].ID, "", &definition)
			if definition.ID != definitions[0].ID {
				t.Errorf("definition %q is %q", definitions[0].ID, definition.ID)
			}
			for _, method := range []string{"GET ", "POST "} {
				var toggle struct {
					FeatureName string
					Enabled     bool
				}
				body := c.absent
				if method == "GET " {
					body = ""
				}
				ask(method+api+"toggles/"+c.odd, body, &toggle)
				if toggle.FeatureName != "no such/id?x=1" || !toggle.Enabled {
					t.Errorf("%s: %+v", method, toggle)
				}
			}
			var page struct {
				Entities []struct{ ID string }
				PageSize int
			}
			ask("GET "+api+"users"+c.users, "", &page)
			if page.PageSize != 25 || len(page.Entities) != 25 {
				t.Errorf("a page that is asked for without arguments: %d of %d", len(page.Entities), page.PageSize)
			}
			user := page.Entities[0].ID
			var one struct{ ID string }
			ask("GET "+api+"users/"+user, "", &one)
			if one.ID != user {
				t.Errorf("user %q is %q", user, one.ID)
			}

			var batch map[string]any
			ask("POST "+api+"users", c.absent, &batch)
			if len(batch) != 0 {
				t.Errorf("nobody is %v", batch)
			}
			ask("POST "+api+"users", `["`+user+`"]`, &batch)
			if len(batch) != 1 || batch[user] == nil {
				t.Errorf("the batch of %q: %v", user, batch)
			}
			var inferred []string
			ask("POST "+api+"infer", c.absent, &inferred)
			if len(inferred) != 0 {
				t.Errorf("no role wants %v", inferred)
			}
			ask("POST "+api+"infer", `["`+who.RoleIDs[0]+`"]`, &inferred)
			if len(inferred) == 0 {
				t.Errorf("role %s wants nothing", who.RoleIDs[0])
			}
			var status []struct{ UserID, LicenseID, Result string }
			ask("POST "+api+"organization", fmt.Sprintf(`{"assignments":[{"licenseId":%q,"userIdsAdd":[%q],"userIdsRemove":[]}]}`, who.WriteLicense, who.WriteUser), &status)
			if len(status) != 1 || status[0].UserID != who.WriteUser {
				t.Errorf("assigned: %+v", status)
			}
			if c.keepAlive && w.connections != 1 {
				t.Errorf("%d connections, where one was kept alive", w.connections)
			}
		})
	}
}

// wireTalk writes requests as they stand, on connections of its own.
type wireTalk struct {
	t           *testing.T
	at          string
	sdk         sdk
	conn        net.Conn
	answers     *bufio.Reader
	connections int
}

// ask sends a request and reads its answer, which has to be served.
func (w *wireTalk) ask(line, head, body string, into any) {
	w.t.Helper()
	if w.conn == nil {
		conn, err := net.DialTimeout("tcp", w.at, 5*time.Second)
		if err != nil {
			w.t.Fatal(err)
		}
		w.t.Cleanup(func() { _ = conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		w.conn, w.answers = conn, bufio.NewReader(conn)
		w.connections++
	}
	method, _, _ := strings.Cut(line, " ")
	if method == http.MethodPost { // an empty body has a length as well
		head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	if _, err := io.WriteString(w.conn, line+" HTTP/1.1\r\nHost: "+w.at+"\r\n"+head+"\r\n"+body); err != nil {
		w.t.Fatal(err)
	}
	answer, err := http.ReadResponse(w.answers, &http.Request{Method: method})
	if err != nil {
		w.t.Fatalf("%s: %v", line, err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %d %s %v", line, answer.StatusCode, text, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		w.t.Fatalf("%s: %v: %s", line, err, text)
	}
	if answer.Close || !w.sdk.keepAlive {
		_ = w.conn.Close()
		w.conn = nil
	}
}
