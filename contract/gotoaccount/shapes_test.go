// The suites on a server that somebody else made of the document alone: it knows the shapes of answers, and says the
// same whatever it is asked, as mock servers do. What it breaks is told, and nothing else.

package gotoaccount

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/target"
)

const twoLicences = `[{"key":7205759403792793601,"accountkey":6472352565130037257,"seats":25,"remaining":23,"enabled":true,
	"roles":["ROLE_G2M_ORGANIZER"],"userkeys":[8174902316645120071,8174902316645120072],"tier":"premium"},
	{"key":7205759403792793602,"accountkey":6472352565130037257,"seats":null,"remaining":null,"enabled":true,
	"roles":["ROLE_JIVE_USER","ROLE_JIVE_ADMIN"],"userkeys":[]}]`

// shapeServer answers each path with the document's example of it.
type shapeServer struct {
	doubles bool // its numbers are doubles, as in JavaScript
	refuses bool // it refuses keys that are no safe integers there
}

func (s shapeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("ClientName") == "" || r.Header.Get("ClientSecret") == "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")[1:] // without v2
	body := ""
	switch {
	case r.Method != http.MethodGet:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	case len(parts) == 1, len(parts) == 3 && parts[0] != "licenses":
		body = twoLicences
	case len(parts) == 2:
		one, _, _ := strings.Cut(twoLicences, "},")
		body = one[1:] + "}"
	case len(parts) == 3 && parts[2] == "users":
		body = `[8174902316645120071,8174902316645120072]`
	case len(parts) == 3:
		body = `["g2m","g2w"]`
	default:
		body = `{"maxMeetings":100,"recordingEnabled":true}`
	}
	long := regexp.MustCompile(`\d{17,}`)
	if s.refuses && long.MatchString(r.URL.String()) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	if s.doubles {
		body = long.ReplaceAllStringFunc(body, func(digits string) string {
			f, _ := strconv.ParseFloat(digits, 64)
			mantissa, _, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
			short := strings.Replace(mantissa, ".", "", 1)
			return short + strings.Repeat("0", len(digits)-len(short))
		})
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(body))
}

func TestServerThatKnowsOnlyShapes(t *testing.T) {
	for name, tc := range map[string]struct {
		server shapeServer
		broken []string
	}{
		// Whatever selects is ignored, and nothing is refused.
		"as the document has it": {shapeServer{}, []string{
			"GOTO-ACCT-06", "GOTO-ACCT-07", "GOTO-ACCT-08", "GOTO-ACCT-10", "GOTO-ACCT-12", "GOTO-ACCTATTR-01",
			"GOTO-AUTH-03", "GOTO-BATCH-01", "GOTO-BATCH-05", "GOTO-ENTB-02", "GOTO-ENTB-04", "GOTO-ERR-02",
			"GOTO-FIND-06", "GOTO-GET-01", "GOTO-GET-03", "GOTO-KEY-04", "GOTO-KEY-05", "GOTO-KEY-06", "GOTO-KEY-07",
			"GOTO-LUSR-04", "GOTO-ROUTE-02", "GOTO-SCAN-ATTR-01", "GOTO-SCAN-ATTR-02", "GOTO-SCAN-ATTR-04",
			"GOTO-SCAN-ATTR-06", "GOTO-SCAN-ATTR-07", "GOTO-SCAN-ATTR-09", "GOTO-SCAN-ATTR-10", "GOTO-SCAN-ATTR-11",
			"GOTO-SCAN-KEY-02", "GOTO-SCAN-KEY-04", "GOTO-SCAN-KEY-16", "GOTO-SCAN-KEY-19", "GOTO-SCAN-ROLE-01",
			"GOTO-SCAN-ROLE-03", "GOTO-SCAN-ROLE-04", "GOTO-SCAN-ROLE-05", "GOTO-SCAN-ROLE-07", "GOTO-USER-01",
			"GOTO-USER-05", "GOTO-USER-06",
		}},
		// No key that it shows can be asked for.
		"with safe integers": {shapeServer{doubles: true, refuses: true}, []string{
			"GOTO-GEN-01", "GOTO-SCAN-ATTR-04", "GOTO-SCAN-ATTR-10", "GOTO-SCAN-ATTR-11", "GOTO-SCAN-KEY-02",
			"GOTO-SCAN-KEY-04", "GOTO-SCAN-KEY-08", "GOTO-SCAN-ROLE-05", "GOTO-SCAN-ROLE-07",
		}},
		// Two licences of a list are under one key by now, and two users: that breaks no promise about what a list selects.
		"with doubles": {shapeServer{doubles: true}, []string{
			"GOTO-AUTH-03", "GOTO-BATCH-05", "GOTO-ENTB-04", "GOTO-ERR-02", "GOTO-KEY-05", "GOTO-KEY-06",
			"GOTO-KEY-07", "GOTO-KEY-09", "GOTO-LIC-15", "GOTO-SCAN-ATTR-04", "GOTO-SCAN-ATTR-06", "GOTO-SCAN-ATTR-10",
			"GOTO-SCAN-ATTR-11", "GOTO-SCAN-KEY-02", "GOTO-SCAN-KEY-04", "GOTO-SCAN-KEY-11", "GOTO-SCAN-KEY-16", "GOTO-SCAN-KEY-19",
			"GOTO-SCAN-ROLE-05", "GOTO-SCAN-ROLE-07",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			listener := httptest.NewServer(tc.server)
			defer listener.Close()
			left := playAt(t, &target.API{URL: listener.URL, Credentials: map[string]target.Credential{
				"default": {Headers: map[string]string{"ClientName": "somebody", "ClientSecret": "0123456789abcdef"}},
			}}, target.GoToAccount{}, nil)
			broken := map[string]bool{}
			for _, o := range left.Outcomes {
				switch o.Result {
				case evidence.Broken, evidence.Flaky:
					for _, id := range o.Requirements {
						broken[id] = true
					}
					t.Logf("%s %v: %s; expected %s; got %s", o.Case, o.Requirements, o.Failure.Message, o.Failure.Expected, o.Failure.Got)
				case evidence.Crashed:
					t.Errorf("%s %v: %s", o.Case, o.Requirements, o.Reason)
				}
			}
			if diff := cmp.Diff(tc.broken, slices.Sorted(maps.Keys(broken))); diff != "" {
				t.Errorf("broken (-want +got)\n%s", diff)
			}
		})
	}
}
