// Where the documents are silent every sane server is allowed: no case breaks on one that chooses otherwise.

package genesyscloud

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"harness/internal/evidence"
	"harness/internal/exact"
)

// edited lets a request through, and changes the JSON of what comes back; before may answer in its stead.
func edited(before func(http.ResponseWriter, *http.Request) bool, edit func(exact.Value) exact.Value) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if before != nil && before(w, r) {
				return
			}
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			for name, values := range answer.Header() {
				if name != "Content-Length" {
					w.Header()[name] = values
				}
			}
			w.WriteHeader(answer.Code)
			body := answer.Body.String()
			if v, flaws := exact.Read([]byte(body)); len(flaws) == 0 && r.URL.Path != "/oauth/token" {
				body = edit(v).String()
			}
			_, _ = io.WriteString(w, body) // a client that went away is not our concern
		})
	}
}

// everywhere changes every object of a value.
func everywhere(v exact.Value, change func([]exact.Member) []exact.Member) exact.Value {
	v.Items, v.Members = slices.Clone(v.Items), slices.Clone(v.Members)
	for i := range v.Items {
		v.Items[i] = everywhere(v.Items[i], change)
	}
	for i := range v.Members {
		v.Members[i].Value = everywhere(v.Members[i].Value, change)
	}
	if v.Kind == exact.Object {
		v.Members = change(v.Members)
	}
	return v
}

// reversed turns every array of a value round.
func reversed(v exact.Value) exact.Value {
	v.Items, v.Members = slices.Clone(v.Items), slices.Clone(v.Members)
	slices.Reverse(v.Items)
	for i := range v.Items {
		v.Items[i] = reversed(v.Items[i])
	}
	for i := range v.Members {
		v.Members[i].Value = reversed(v.Members[i].Value)
	}
	return v
}

func unchanged(v exact.Value) exact.Value { return v }

// refusal answers a request with an ErrorBody of its own.
func refusal(w http.ResponseWriter, status int, code string) bool {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"message":"no","code":%q,"status":%d}`, code, status)
	return true
}

func TestSaneServersAreAllowed(t *testing.T) {
	servers := map[string]func(http.Handler) http.Handler{
		"nothing optional": edited(nil, func(v exact.Value) exact.Value {
			optional := []string{"selfUri", "description", "prerequisites", "comprises", "total", "pageCount", "pageSize", "pageNumber", "contextId", "messageParams", "details", "errors"}
			return everywhere(v, func(members []exact.Member) []exact.Member {
				return slices.DeleteFunc(members, func(m exact.Member) bool { return slices.Contains(optional, m.Name) })
			})
		}),
		"members that nobody knows": edited(nil, func(v exact.Value) exact.Value {
			return everywhere(v, func(members []exact.Member) []exact.Member {
				if len(members) > 0 && (members[0].Name == "id" || members[0].Name == "entities" || members[0].Name == "featureName") {
					members = append(members, exact.Member{Name: "x-new", Value: exact.Of(`{"a":[1]}`)})
				}
				return members
			})
		}),
		"another order": edited(nil, reversed),
		"pages of 50 at most": edited(func(_ http.ResponseWriter, r *http.Request) bool {
			q := r.URL.Query()
			if size, err := strconv.Atoi(q.Get("pageSize")); err == nil && size > 50 {
				q.Set("pageSize", "50")
				r.URL.RawQuery = q.Encode()
			}
			return false
		}, unchanged),
		"refuses what it may refuse": edited(func(w http.ResponseWriter, r *http.Request) bool {
			q, path := r.URL.Query(), r.URL.EscapedPath()
			authorised := strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ")
			switch {
			case !authorised || r.URL.Path == "/oauth/token":
			case r.Method == http.MethodPost && r.ContentLength == 0 && !strings.Contains(path, "toggles"):
				return refusal(w, 400, "bad.request")
			case r.Method == http.MethodPost && r.ContentLength > 2000:
				return refusal(w, 413, "request.entity.too.large")
			case strings.Contains(path, "%") && strings.Contains(path, "definitions"), strings.Contains(path, "no-such-user"):
				return refusal(w, 400, "invalid.value")
			case len(q.Get("pageNumber")) > 3:
				return refusal(w, 404, "not.found")
			case q.Get("pageSize") == "50":
				return refusal(w, 400, "invalid.value")
			}
			return false
		}, unchanged),
	}
	for name, server := range servers {
		t.Run(name, func(t *testing.T) {
			document, at := worldOf(t, server)
			left := run(t, document, at)
			kept := 0
			for _, o := range left.Outcomes {
				switch o.Result {
				case evidence.Broken, evidence.Flaky, evidence.Crashed:
					t.Errorf("%s %s: %s %+v", o.Case, o.Result, o.Reason, o.Failure)
				case evidence.Inconclusive, evidence.NotExercised:
					t.Logf("%s %s: %s", o.Case, o.Result, o.Reason)
				case evidence.Kept:
					kept++
				}
			}
			for _, e := range left.Exchanges {
				for _, d := range e.Departures {
					t.Errorf("%s departs: %s", e.Operation, d.Message)
				}
			}
			if kept < len(left.Outcomes)/2 {
				t.Errorf("only %d of %d cases could be judged", kept, len(left.Outcomes))
			}
		})
	}
}
