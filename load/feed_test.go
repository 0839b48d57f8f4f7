// Every scenario is fair to servers that conform, however unlike they are, and finds what a server does wrong while
// many ask at once.

package load_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"harness/internal/client"
	"harness/internal/fixture"
	"harness/internal/reference"
	"harness/internal/schema"
	"harness/internal/target"
	"harness/load"
	"harness/specs"
)

// inside is a reference server without a network.
type inside struct{ http.Handler }

func (s inside) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.RequestURI = r.URL.RequestURI()
	r.RemoteAddr = "127.0.0.1:1"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	resp := w.Result()
	header := http.Header{} // names as a connection hands them on, however the server spells them
	for name, values := range resp.Header {
		for _, value := range values {
			header.Add(name, value)
		}
	}
	resp.Header = header
	resp.Request = r
	return resp, nil
}

// bench is a server with what discovery found on it.
type bench struct {
	server  inside
	apis    map[string]*specs.API
	clients map[string]*client.Client
	set     *fixture.Set
}

var documents = sync.OnceValue(func() map[string]*specs.API {
	apis := map[string]*specs.API{}
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			panic(err)
		}
		apis[name] = api
	}
	return apis
})

func newBench(t testing.TB, o reference.Options) *bench {
	t.Helper()
	server, err := reference.New(o)
	if err != nil {
		t.Fatal(err)
	}
	p := server.Principals()
	at := &target.Target{Name: "t", Limits: target.Limits{Timeout: target.DefaultTimeout, Concurrency: 4}, APIs: map[string]*target.API{
		"gotoaccount":  {URL: "http://127.0.0.1:1", Credentials: map[string]target.Credential{"default": {Headers: map[string]string{"ClientName": p.ClientName, "ClientSecret": p.ClientSecret}}}},
		"genesyscloud": {URL: "http://127.0.0.1:1", Credentials: map[string]target.Credential{"default": {Bearer: p.Granter}}},
	}}
	b := &bench{server: inside{server}, apis: documents(), clients: map[string]*client.Client{}}
	for name, api := range b.apis {
		if b.clients[name], err = client.New(client.Options{API: api, Target: at, Transport: b.server}); err != nil {
			t.Fatal(err)
		}
	}
	if b.set, err = fixture.Discover(t.Context(), b.clients, at, 1, true, nil); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) compose(t testing.TB, name string) load.Plan {
	t.Helper()
	s, err := load.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	load.Deepen(t.Context(), s, b.set, b.clients)
	plan, err := load.Compose(s, b.set, b.apis, 1)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// burst is what came of a few requests of a plan.
type burst struct {
	departures map[string]int // by requirement
	example    map[string]string
	statuses   map[int]int // of requests that were not to be refused
	refused    map[int]int // of those that were
	asked      []string
}

// burst sends requests of a plan, some at once, and holds the answers against document and request as a run does.
func (b *bench) burst(t testing.TB, plan load.Plan, requests, workers int) burst {
	t.Helper()
	out := burst{departures: map[string]int{}, example: map[string]string{}, statuses: map[int]int{}, refused: map[int]int{}}
	var feed, mu sync.Mutex
	left := requests
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			var r schema.Reading
			for {
				var a load.Ask
				feed.Lock()
				if left--; left < 0 {
					feed.Unlock()
					return
				}
				plan.Next(&a)
				feed.Unlock()
				answer, departures := b.ask(t, &a, &r)
				if a.Expect != nil {
					departures = append(slices.Clip(departures), a.Expect(&a, &answer)...)
				}
				if a.Back != nil {
					a.Back(&a, &answer)
				}
				mu.Lock()
				out.asked = append(out.asked, a.Operation.Method+" "+a.Target+" "+string(a.Body))
				if a.Refusal {
					out.refused[answer.Status]++
				} else {
					out.statuses[answer.Status]++
				}
				for _, d := range departures {
					out.departures[d.Requirement]++
					out.example[d.Requirement] = fmt.Sprintf("%s: %d %s\n%.300s", a.Target, answer.Status, d, answer.Body)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return out
}

func (b *bench) ask(t testing.TB, a *load.Ask, r *schema.Reading) (load.Answer, []specs.Departure) {
	c := b.clients[a.Operation.API.Name]
	request := client.Request{Operation: a.Operation.Operation}
	var body io.Reader
	if a.Body != nil {
		request.Body, body = a.Body, bytes.NewReader(a.Body)
	}
	header, err := c.Header(t.Context(), request)
	if err != nil {
		t.Error(err)
		return load.Answer{}, nil
	}
	req, err := http.NewRequestWithContext(t.Context(), a.Operation.Method, c.Base()+a.Target, body)
	if err != nil {
		t.Errorf("%s: %v", a.Target, err)
		return load.Answer{}, nil
	}
	req.Header = header.Clone()
	req.Header.Del("Accept-Encoding")
	if op := a.Operation.API.Match(req.Method, strings.TrimPrefix(req.URL.EscapedPath(), a.Operation.API.BasePath), req.URL.Query()); op == nil || op.ID != a.Operation.ID {
		t.Errorf("%s is no %s", a.Target, a.Operation.ID)
	}
	resp, err := b.server.RoundTrip(req)
	if err != nil {
		t.Error(err)
		return load.Answer{}, nil
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	departures := a.Operation.Check(specs.Answer{Status: resp.StatusCode, Header: resp.Header, Body: data}, r)
	return load.Answer{Status: resp.StatusCode, Header: resp.Header, Body: data, Columns: r.Columns, Allowed: len(departures) == 0}, departures
}

// names lists the scenarios that come with the program.
func names(t testing.TB) (names []string) {
	t.Helper()
	all, err := load.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names
}

func TestEveryScenarioIsFairToTheReference(t *testing.T) {
	b := newBench(t, reference.Options{})
	for _, name := range names(t) {
		plan := b.compose(t, name)
		if len(plan.Notes) > 0 {
			t.Errorf("%s: %v", name, plan.Notes)
		}
		got := b.burst(t, plan, 400, 4)
		if len(got.departures) > 0 || got.statuses[200] == 0 || len(got.statuses) > 1 {
			t.Errorf("%s: %v, statuses %v, refused %v\n%v", name, got.departures, got.statuses, got.refused, got.example)
		}
		if name == "limits" && (got.refused[400] == 0 || len(got.refused) != 1) {
			t.Errorf("limits: %v", got.refused)
		}
	}
}

// unlike are the allowed variants that touch what scans, batches and pages answer.
var unlike = []string{
	reference.GzipWhenAccepted, reference.HeaderNamesLower, reference.ContentTypeUpper, reference.WhiteSpace, reference.MembersReversed,
	reference.StringsEscaped, reference.NumbersRespelled, reference.SetsShuffled, reference.ExtraMembers, reference.OptionalAbsent,
	reference.EntitlementsBeside, reference.EntitlementsKeyed, reference.BatchUsersIds, reference.UnknownKey404, reference.UnknownOwner404,
	reference.InvertedRange400, reference.NegativeKey400, reference.PagePastEnd404, reference.CaseInsensitive, reference.KeysTruncated,
	reference.CountClamped, reference.ShortPages7, reference.ShortPagesHalf, reference.ListsDescending, reference.ListsAsAsked,
	reference.UsersReversed, reference.PageMaximum25, reference.PageSizeClamped, reference.DataGrows, reference.DataChanges,
	reference.SmallKeys, reference.UnlimitedOnly, reference.UsersAbsent,
}

func TestEveryScenarioIsFairToServersUnlikeIt(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	t.Cleanup(load.SetSettled(20 * time.Millisecond)) // so that what is missed is asked for again within the burst
	for _, variant := range unlike {
		t.Run(variant, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, reference.Options{Variants: []string{variant}, Licenses: 250})
			for _, name := range names(t) {
				s, err := load.Read(name)
				if err != nil {
					t.Fatal(err)
				}
				if s.Pace.Kind != "constant" {
					continue // those play what others play
				}
				got := b.burst(t, b.compose(t, name), 25, 4)
				if len(got.departures) > 0 || len(got.statuses) != 1 || got.statuses[200] == 0 {
					t.Errorf("%s: %v, statuses %v, refused %v\n%v", name, got.departures, got.statuses, got.refused, got.example)
				}
			}
		})
	}
}

// What a server does wrong is found, and told under the promise that it breaks.
func TestFaultsAreFoundUnderLoad(t *testing.T) {
	t.Cleanup(load.SetSettled(5 * time.Millisecond))
	for _, tc := range []struct {
		fault, scenario string
		requests        int
		want            string // requirements that are broken, sorted
		perhaps         string // one that may be broken besides, by chance
	}{
		{reference.Crosstalk, "mixed", 3000, "GOTO-GET-01 GOTO-LOAD-01", ""},
		{reference.GenesysCrosstalk, `{operation: getLicenseUser}`, 300, "GC-LOAD-01 GC-USR-01", ""},
		{reference.CrosstalkRare, `{operation: getLicense}`, 21_000, "GOTO-GET-01 GOTO-LOAD-01", ""},
		{reference.SharedCursor, "scan-parallel", 1500, "GOTO-LOAD-01 GOTO-SCAN-KEY-10", "GOTO-LOAD-02"},
		{reference.CountPlusOne, "scan-random", 300, "GOTO-SCAN-KEY-02", ""},
		{reference.CountUncapped, "limits", 300, "GOTO-SCAN-KEY-03", ""},
		{reference.StartInclusiveIgnored, "scan-walk", 100, "GOTO-LOAD-01 GOTO-SCAN-KEY-10", ""},
		{reference.FloatBounds, "scan-random", 300, "GOTO-LOAD-01 GOTO-SCAN-KEY-10", "GOTO-SCAN-KEY-12"},
		{reference.RoleIgnored, "scan-role", 60, "GOTO-LOAD-01 GOTO-SCAN-ROLE-01", ""},
		{reference.RoleStartInclusiveIgnored, "scan-role", 60, "GOTO-LOAD-01 GOTO-SCAN-ROLE-03", ""},
		{reference.AttributeIgnored, "scan-attribute", 60, "GOTO-LOAD-01 GOTO-SCAN-ATTR-01", ""},
		{reference.AttributeRangeIgnored, "scan-attribute", 60, "GOTO-LOAD-01 GOTO-SCAN-ATTR-07", ""},
		{reference.BatchRange, "batch-licenses", 60, "GOTO-BATCH-07 GOTO-LOAD-01", ""},
		{reference.BatchUnlimited, "limits", 200, "GOTO-ACCT-05 GOTO-BATCH-03", "GOTO-USER-04"},
		{reference.BatchFirstOnly, "batch-licenses", 200, "GOTO-BATCH-01", ""},
		{reference.AccountForeignLicenses, "batch-accounts", 60, "GOTO-ACCT-01 GOTO-LOAD-01", ""},
		{reference.UserAccount, "batch-users", 60, "GOTO-LOAD-01 GOTO-USER-01", ""},
		{reference.EntitlementBatchForeign, "batch-entitlements", 60, "GOTO-ENTB-02 GOTO-LOAD-01", ""},
		{reference.EntitlementBatchUnlimited, `{operation: getLicenseEntitlementsByKeys, sizes: [101]}`, 60, "GOTO-ENTB-03", ""},
		{reference.FilterCrossAccount, `{operation: findLicenses}`, 300, "GOTO-FIND-01 GOTO-LOAD-01", ""},
		{reference.GetFirstOfAccount, `{operation: getLicense}`, 60, "GOTO-GET-01 GOTO-LOAD-01", ""},
		{reference.AccountKeyDrifts, `{operation: getLicense}`, 60, "GOTO-KEY-10", ""},
		{reference.PageSizeIgnored, `{operation: getLicenseUsers, api: genesyscloud, sizes: [10]}`, 60, "GC-PAGE-02", ""},
		{reference.UserSelf, `{operation: getLicenseUser}`, 60, "GC-LOAD-01 GC-USR-01", ""},
	} {
		t.Run(tc.fault, func(t *testing.T) {
			b := newBench(t, reference.Options{Faults: []string{tc.fault}})
			scenario := tc.scenario
			if strings.HasPrefix(scenario, "{") {
				scenario = own(t, scenario)
			}
			got := b.burst(t, b.compose(t, scenario), tc.requests, 8)
			delete(got.departures, tc.perhaps)
			if broken := strings.Join(slices.Sorted(maps.Keys(got.departures)), " "); broken != tc.want {
				t.Errorf("%s broke %q, want %q\n%v", tc.scenario, broken, tc.want, got.example)
			}
		})
	}
}

// own writes a scenario of some steps into a file of its own.
func own(t testing.TB, steps string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "own.yaml")
	text := "steps: [" + steps + "]\npace: {rate: 100/s, duration: 1s}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// losing takes one licence out of some of the lists that a server answers.
type losing struct {
	http.Handler
	paths    func(path string) bool
	each     uint64 // one in so many answers loses one
	always   bool   // the same licence, in every answer
	answered atomic.Uint64
	lost     atomic.Pointer[string]
}

func (l *losing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	inner := httptest.NewRecorder()
	l.Handler.ServeHTTP(inner, r)
	body := inner.Body.Bytes()
	if inner.Code == 200 && l.paths(r.URL.Path) && r.URL.Query().Get("count") != "1" { // a page of one would be another one
		n := l.answered.Add(1)
		var all []json.RawMessage
		if json.Unmarshal(body, &all) == nil && (n%l.each == 0 && len(all) > 2 || l.always && l.lost.Load() != nil) {
			at := len(all) / 2
			if l.always {
				if l.lost.Load() == nil {
					text := string(all[at])
					l.lost.CompareAndSwap(nil, &text)
				}
				at = slices.IndexFunc(all, func(m json.RawMessage) bool { return string(m) == *l.lost.Load() })
			}
			if at >= 0 {
				body, _ = json.Marshal(slices.Delete(all, at, at+1)) // raw messages can be written
			}
		}
	}
	maps.Copy(w.Header(), inner.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(inner.Code)
	_, _ = w.Write(body)
}

// What is missing from one answer is asked for again: it is a fault when it was there all the time, and none when it
// has gone.
func TestWhatIsMissingIsAFaultUnlessItHasGone(t *testing.T) {
	t.Cleanup(load.SetSettled(5 * time.Millisecond))
	scans := func(path string) bool { return path == "/v2/licenses" }
	lists := func(path string) bool { return path != "/v2/licenses" }
	for _, tc := range []struct {
		scenario string
		paths    func(string) bool
		want     string
	}{
		{"scan-walk", scans, "GOTO-SCAN-KEY-13"},
		{"scan-parallel", scans, "GOTO-LOAD-02"},
		{"scan-random", scans, "GOTO-SCAN-KEY-12"},
		{"batch-licenses", lists, "GOTO-BATCH-01"},
		{"batch-accounts", lists, "GOTO-ACCT-02"},
		{"batch-users", lists, ""}, // who is assigned may change at any time
		{"scan-role", scans, ""},   // and so may what is granted
	} {
		for _, always := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s always=%t", tc.scenario, always), func(t *testing.T) {
				b := newBench(t, reference.Options{Licenses: 500})
				plan := b.compose(t, tc.scenario)
				b.server.Handler = &losing{Handler: b.server.Handler, paths: tc.paths, each: 7, always: always}
				want := tc.want
				if always {
					want = "" // it has gone
				}
				got := b.burst(t, plan, 300, 4)
				if broken := strings.Join(slices.Sorted(maps.Keys(got.departures)), " "); broken != want {
					t.Errorf("broke %q, want %q\n%v", broken, want, got.example)
				}
			})
		}
	}
}

func TestTheSameSeedAsksTheSame(t *testing.T) {
	b := newBench(t, reference.Options{})
	for _, name := range []string{"mixed", "scan-random", "batch-licenses", "genesys-batch-users", "genesys-pages"} {
		first := b.burst(t, b.compose(t, name), 80, 1).asked
		if again := b.burst(t, b.compose(t, name), 80, 1).asked; !slices.Equal(first, again) {
			t.Errorf("%s asks otherwise the second time", name)
		}
		if len(slices.Compact(slices.Sorted(slices.Values(first)))) < 5 && name != "genesys-pages" {
			t.Errorf("%s asks always the same: %v", name, first)
		}
	}
}

// What a target lacks is said, and the rest is played.
func TestSmallTargets(t *testing.T) {
	for _, tc := range []struct {
		options  reference.Options
		scenario string
		notes    string // joined, or the error
	}{
		{reference.Options{Licenses: 3}, "scan-parallel", ""},
		{reference.Options{Licenses: 1}, "scan-walk", ""},
		{reference.Options{Licenses: 1}, "scan-random", ""},
		{reference.Options{Licenses: 3}, "batch-licenses", "getLicensesByKeys asks for at most 3 at once: the target shows 3 licences"},
		{reference.Options{Licenses: 3}, "limits", "left out: getLicensesByKeys (batch) needs 101 licences, and discovery met 3; " +
			"left out: getLicenses (batch) needs 101 accounts, and discovery met 3; left out: getUserLicenses (batch) needs 101 users, and discovery met 7"},
		{reference.Options{Variants: []string{reference.NoLicences}}, "scan-role",
			"the target has no data for scenario scan-role: scanLicensesByRole (walk) needs a licence, and no scan page held one; scanLicensesByRole (walk) needs a licence, and no scan page held one"},
		{reference.Options{Variants: []string{reference.NoCustomAttributes}}, "scan-attribute",
			"the target has no data for scenario scan-attribute: scanLicensesByAttribute (walk) needs a custom attribute whose value is a text, and none of the licences met has one; " +
				"scanLicensesByAttribute (walk) needs a custom attribute whose value is a text, and none of the licences met has one"},
		{reference.Options{Variants: []string{reference.NobodyAssigned}}, "batch-users",
			"the target has no data for scenario batch-users: getUserLicenses (batch) needs users, and discovery met none"},
		{reference.Options{Variants: []string{reference.NoUsers}}, "genesys-pages",
			"the target has no data for scenario genesys-pages: getLicenseUsers (pages) needs a user in the organisation, and no page held one"},
	} {
		b := newBench(t, tc.options)
		s, err := load.Read(tc.scenario)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := load.Compose(s, b.set, b.apis, 1)
		if err != nil {
			if err.Error() != tc.notes {
				t.Errorf("%s: %v", tc.scenario, err)
			}
			continue
		}
		if notes := strings.Join(plan.Notes, "; "); notes != tc.notes {
			t.Errorf("%s: notes %s", tc.scenario, notes)
		}
		if got := b.burst(t, plan, 100, 4); len(got.departures) > 0 || got.statuses[200] == 0 || len(got.statuses) != 1 {
			t.Errorf("%s: %v, %v, %v", tc.scenario, got.departures, got.statuses, got.example)
		}
	}
	b := newBench(t, reference.Options{Licenses: 3})
	s, err := load.Read("genesys-pages")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := load.Compose(s, b.set, map[string]*specs.API{"gotoaccount": b.apis["gotoaccount"]}, 1); err == nil ||
		err.Error() != "the target has no data for scenario genesys-pages: getLicenseUsers (pages) needs genesyscloud, which the target does not have" {
		t.Error(err)
	}
}

// A walk sees every licence, in pages that follow each other, and begins again behind the last.
func TestAWalkSeesEveryLicence(t *testing.T) {
	const licences = 700
	for _, tc := range []struct{ steps string }{
		{"{operation: scanLicensesByKey, feed: walk, sizes: [100]}"},
		{"{operation: scanLicensesByKey, feed: walk, sizes: [7, 50]}"},
		{"{operation: scanLicensesByKey, feed: parallel, ranges: 5, sizes: [100]}"},
	} {
		b := newBench(t, reference.Options{Licenses: licences})
		plan := b.compose(t, own(t, tc.steps))
		var r schema.Reading
		seen := map[int64]int{}
		for range 2 * licences {
			var a load.Ask
			plan.Next(&a)
			answer, _ := b.ask(t, &a, &r)
			for _, v := range answer.Columns[0].Values {
				seen[v.Int]++
			}
			a.Back(&a, &answer)
			if len(seen) == licences {
				break
			}
		}
		if len(seen) != licences {
			t.Errorf("%s: %d licences seen", tc.steps, len(seen))
		}
	}
}

// What an answer must hold costs little beside reading it, and no memory.
func BenchmarkExpect(b *testing.B) {
	for _, name := range []string{"scan-walk", "scan-role", "batch-licenses", "batch-accounts", "batch-users", "batch-entitlements", "{operation: getLicense}", "genesys-pages", "genesys-batch-users"} {
		file := name
		if strings.HasPrefix(name, "{") {
			file, name = own(b, name), "getLicense"
		}
		at := newBench(b, reference.Options{})
		s, err := load.Read(file)
		if err != nil {
			b.Fatal(err)
		}
		for i := range s.Steps { // as many as there may be
			if len(s.Steps[i].Sizes) > 0 {
				s.Steps[i].Sizes = []int{100}
			}
		}
		load.Deepen(b.Context(), s, at.set, at.clients)
		plan, err := load.Compose(s, at.set, at.apis, 1)
		if err != nil {
			b.Fatal(err)
		}
		var a load.Ask
		var r schema.Reading
		for range 30 { // a census that knows what there is
			a = load.Ask{}
			plan.Next(&a)
			answer, _ := at.ask(b, &a, &r)
			if a.Back != nil {
				a.Back(&a, &answer)
			}
		}
		a = load.Ask{}
		plan.Next(&a)
		answer, _ := at.ask(b, &a, &r)
		document := specs.Answer{Status: answer.Status, Header: answer.Header, Body: answer.Body}
		if err := a.Operation.Compile(nil); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%s/document", name), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(answer.Body)))
			for b.Loop() {
				a.Operation.Check(document, &r)
			}
		})
		answer.Columns, answer.Allowed = r.Columns, true
		b.Run(fmt.Sprintf("%s/request", name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if d := a.Expect(&a, &answer); d != nil {
					b.Fatal(d)
				}
			}
		})
	}
}
