// The promise of the package: the verdict is Check's, on good answers and on everything that is nearly good.

package schema_test

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/exact"
	"harness/internal/schema"
	"harness/specs"
)

// compiled is every operation of both documents, by "API operation".
var compiled = sync.OnceValue(func() map[string]*schema.Operation {
	all := map[string]*schema.Operation{}
	for name, api := range apis() {
		for _, id := range api.OperationIDs() {
			o, err := schema.Compile(api, id)
			if err != nil {
				panic(err)
			}
			all[name+" "+id] = o
		}
	}
	return all
})

func (s sample) compiled() *schema.Operation { return compiled()[s.api+" "+s.op] }

func TestEveryKeywordOfTheDocumentsIsCompiled(t *testing.T) {
	used := map[string]bool{}
	for name, o := range compiled() {
		if len(o.Fallback()) > 0 {
			t.Errorf("%s: not compiled: %v", name, o.Fallback())
		}
		for _, keyword := range o.Compiled() {
			used[keyword] = true
		}
	}
	for _, keyword := range []string{"type", "nullable", "required", "properties", "additionalProperties", "items", "enum", "minimum", "minLength", "uniqueItems", "format"} {
		if !used[keyword] {
			t.Errorf("%s is in the documents, and nothing compiled has it", keyword)
		}
	}
}

// TestGoodAnswersPass holds that what the documents allow is found fine by the pass itself, not only by Check after it.
func TestGoodAnswersPass(t *testing.T) {
	for _, s := range good(t) {
		var r schema.Reading
		departures := s.compiled().Check(s.answer, &r)
		_, want := s.compiled().Spec().Check(s.answer)
		if diff := cmp.Diff(want, departures); diff != "" {
			t.Errorf("%s (-Check +compiled):\n%s", s, diff)
		}
		if want == nil && r.HandedOver != 0 {
			t.Errorf("%s is handed over: %s %s", s, s.answer.Header.Get("Content-Type"), s.answer.Body)
		}
	}
}

// same holds both judges against one answer, and the pass alone: what it finds fine Check must find fine.
func same(t testing.TB, s sample, r *schema.Reading) (departs bool) {
	t.Helper()
	got := s.compiled().Check(s.answer, r)
	_, want := s.compiled().Spec().Check(s.answer)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: status %d, %q, %.300q (-Check +compiled):\n%s", s, s.answer.Status, s.answer.Header.Get("Content-Type"), s.answer.Body, diff)
	}
	return len(want) > 0
}

// TestSameVerdictOnMutations asks the pass alone, both ways: what it finds fine Check finds fine, so that nothing is
// overlooked; and the other way round, so that nothing good takes the long way.
func TestSameVerdictOnMutations(t *testing.T) {
	var r schema.Reading
	judged, departed := 0, 0
	taken := map[string]int{} // samples, by operation and kind
	rng := rand.New(rand.NewPCG(1, 2))
	for _, s := range good(t) {
		kind, _, _ := strings.Cut(s.name, " ")
		if kind += s.op; s.answer.Status != http.StatusOK {
			kind = strconv.Itoa(s.answer.Status)
		}
		if taken[kind] > 0 || len(s.answer.Body) > 2000 {
			continue
		}
		taken[kind]++
		for _, body := range mutations(s.answer.Body, rng) {
			m := s
			m.answer.Body = body
			_, departures := s.compiled().Spec().Check(m.answer)
			judged++
			if len(departures) > 0 {
				departed++
			}
			if passes := s.compiled().Passes(m.answer, &r); passes != (departures == nil) {
				t.Fatalf("%s: %.400q: the pass says %t, Check says %v", s, body, passes, departures)
			}
		}
	}
	if judged < 10_000 || departed < judged/4 || departed > judged*19/20 {
		t.Errorf("%d mutations, %d of them depart: they prove too little", judged, departed)
	}
	t.Logf("%d mutations, %d of them depart", judged, departed)
}

// TestSameVerdictOnEnvelopes changes everything but the body.
func TestSameVerdictOnEnvelopes(t *testing.T) {
	var r schema.Reading
	seen := map[string]bool{}
	for _, s := range append(examples(t), served(t)...) {
		if key := s.op + strconv.Itoa(s.answer.Status); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		for _, status := range []int{0, 99, 100, 101, 199, 200, 201, 204, 299, 301, 304, 307, 308, 400, 401, 404, 418, 429, 499, 500, 503, 599, 600, 999, -1} {
			m := s
			m.answer.Status = status
			same(t, m, &r)
		}
		for _, contentType := range []string{
			"", "application/json", "APPLICATION/JSON", " application/json ", "application/json;", "application/json; charset=utf-8", "application/json;charset=UTF-8",
			`application/json; charset="utf-8"`, "application/json; charset=Utf-8", "application/json; charset=latin1", "application/json; charset=", "application/json; charset=utf-8; charset=latin1",
			"application/json; odata=verbose", "application/json, text/html", "application/problem+json", "application/vnd.x+json", "text/html", "text/plain", "*/*", "application/*", "json", "application/jsonx", ";", "application/yaml",
		} {
			m := s
			m.answer.Header = s.answer.Header.Clone()
			m.answer.Header.Set("Content-Type", contentType)
			same(t, m, &r)
			m.answer.Header["Content-Type"] = []string{contentType, "text/html"}
			same(t, m, &r)
		}
		for _, values := range [][]string{nil, {}, {""}, {"x"}, {"x", "y"}, {"1"}, {"\x00"}} {
			m := s
			m.answer.Header = s.answer.Header.Clone()
			m.answer.Header["Inin-Correlation-Id"] = values
			same(t, m, &r)
			m.answer.Header["Retry-After"] = values
			same(t, m, &r)
		}
		m := s
		m.answer.Header = nil
		same(t, m, &r)
	}
}

// TestSameVerdictOnDeepNesting goes up to where the reading stops, and past it.
func TestSameVerdictOnDeepNesting(t *testing.T) {
	var r schema.Reading
	for _, s := range []sample{
		{"entitlements", "gotoaccount", "getLicenseEntitlements", answer(200, "application/json", `{"x":@}`)},
		{"custom attribute", "gotoaccount", "getLicense", answer(200, "application/json", licence(`"x":@`))},
		{"map of users", "genesyscloud", "postLicenseUsers", answer(200, "application/json", `{"x":@}`)},
	} {
		for _, depth := range []int{1, 100, 998, 999, 1000, 1001, 12000} {
			m := s
			nested := strings.Repeat("[", depth) + strings.Repeat("]", depth)
			m.answer.Body = []byte(strings.Replace(string(s.answer.Body), "@", nested, 1))
			before := r.HandedOver
			if departs := same(t, m, &r); departs != (depth > 999) {
				t.Errorf("%s: depth %d departs: %t", s, depth, departs)
			} else if !departs && r.HandedOver > before {
				t.Errorf("%s: depth %d is handed over", s, depth)
			}
			m.answer.Body = []byte(strings.Replace(string(s.answer.Body), "@", strings.Repeat(`{"a":`, depth)+"1"+strings.Repeat("}", depth), 1))
			same(t, m, &r)
		}
	}
	definition := strings.Repeat(`{"id":"x","comprises":[`, 300) + strings.Repeat(`]}`, 300)
	for _, body := range []string{definition, strings.Replace(definition, `]}`, `3]}`, 1), strings.Replace(definition, `[]`, `[{},{}]`, 1)} {
		same(t, sample{"definition", "genesyscloud", "getLicenseDefinition", answer(200, "application/json", body)}, &r)
	}
}

// licence is a good licence with something more in it.
func licence(more string) string {
	return `{"key":6472352565130037257,"accountkey":7,"seats":10,"remaining":9,"enabled":true,"roles":["A"],"userkeys":[6472352565130037300],` + more + `}`
}

// TestSameVerdictByTable names the places where readers of JSON part ways.
func TestSameVerdictByTable(t *testing.T) {
	var r schema.Reading
	long := strings.Repeat("é", 64)
	for _, tc := range []struct {
		op, body string
		departs  bool
	}{
		{"getLicense", licence(`"a":1`), false},
		{"getLicense", licence(`"a":1,"a":1`), true},
		{"getLicense", licence(`"a":1,"\u0061":1`), true},
		{"getLicense", licence(`"k\u0065y":1`), true},
		{"getLicense", strings.Replace(licence(`"a":1`), `"key"`, `"k\u0065y"`, 1), false},
		{"getLicense", strings.Replace(licence(`"a":1`), `"key"`, `"k\u0065Y"`, 1), true},
		{"getLicense", licence(`"\ud800":1,"\ufffd":1`), true},
		{"getLicense", licence(`"\ud800":1,"\ud801":1`), true},
		{"getLicense", licence(`"\ud83d\ude00":1,"😀":1`), true},
		{"getLicense", licence(`"\ud83d\ude00":1,"\ud83d\ude01":1`), false},
		{"getLicense", licence(`"\ud83d\u0041":1,"A":1`), false},
		{"getLicense", licence(`"` + long + `":1`), false},
		{"getLicense", licence(`"` + long + `é":1`), true},
		{"getLicense", licence(`"` + strings.Repeat(`\u00e9`, 64) + `":1`), false},
		{"getLicense", licence(`"` + strings.Repeat(`\u00e9`, 65) + `":1`), true},
		{"getLicense", licence(`"` + strings.Repeat(`\ud800`, 65) + `":1`), true},
		{"getLicense", licence(`"a":1e400`), false},
		{"getLicense", licence(`"a":-0`), false},
		{"getLicense", licence(`"a":-`), true},
		{"getLicense", licence(`"a":01`), true},
		{"getLicense", licence(`"a":1.`), true},
		{"getLicense", licence(`"a":.5`), true},
		{"getLicense", licence(`"a":1e`), true},
		{"getLicense", licence(`"a":1e+`), true},
		{"getLicense", licence(`"a":+1`), true},
		{"getLicense", licence(`"a":1E-0`), false},
		{"getLicense", licence(`"a":NaN`), true},
		{"getLicense", licence(`"a":tru`), true},
		{"getLicense", licence(`"a":nul`), true},
		{"getLicense", licence(`"a":"` + "\x1f" + `"`), true},
		{"getLicense", licence(`"a":"` + "\x7f" + `"`), false},
		{"getLicense", licence(`"a":"` + "\xff" + `"`), true},
		{"getLicense", licence(`"a":"` + "\xed\xa0\x80" + `"`), true},
		{"getLicense", licence(`"a":"\x"`), true},
		{"getLicense", licence(`"a":"\u12"`), true},
		{"getLicense", licence(`"a":"\u12g4"`), true},
		{"getLicense", licence(`"a":"\/\b\f\n\r\t\"\\"`), false},
		{"getLicense", licence(`"a":[1,]`), true},
		{"getLicense", licence(`"a":[,1]`), true},
		{"getLicense", licence(`"a":[1 2]`), true},
		{"getLicense", licence(`"a":{"b":1,}`), true},
		{"getLicense", licence(`"a":{"b" 1}`), true},
		{"getLicense", licence(`"a":{b:1}`), true},
		{"getLicense", licence(`"a":{"b":1,"c":{"d":1,"d":2}}`), true},
		{"getLicense", licence(`"a":1`) + " \t\r\n", false},
		{"getLicense", licence(`"a":1`) + "\v", true},
		{"getLicense", licence(`"a":1`) + "\u00a0", true},
		{"getLicense", licence(`"a":1`) + "\x00", true},
		{"getLicense", licence(`"a":1`) + "}", true},
		{"getLicense", "\ufeff" + licence(`"a":1`), true},
		{"getLicense", "\v" + licence(`"a":1`), true},
		{"getLicense", "", true},
		{"getLicense", " \n", true},
		{"getLicense", "null", true},
		{"getLicenseUsers", `[]`, false},
		{"getLicenseUsers", `[9223372036854775807,-9223372036854775808,0,-0]`, false},
		{"getLicenseUsers", `[9223372036854775808]`, true},
		{"getLicenseUsers", `[-9223372036854775809]`, true},
		{"getLicenseUsers", `[18446744073709551615]`, true},
		{"getLicenseUsers", `[18446744073709551617]`, true},
		{"getLicenseUsers", `[99999999999999999999]`, true},
		{"getLicenseUsers", `[1.0]`, true},
		{"getLicenseUsers", `[1e0]`, true},
		{"getLicenseUsers", `[null]`, true},
		{"getLicenseUsers", `[00]`, true},
		{"getLicenseProducts", `[""]`, true},
		{"getLicenseProducts", `["\u0000"]`, false},
		{"getLicenseProducts", `["a","a"]`, false},
		{"getLicenseEntitlements", `{"a":1,"b":{},"c":[],"d":null}`, false},
		{"getLicenseEntitlements", `{"":1}`, false},
		{"getLicenseEntitlements", `{"":1,"":2}`, true},
	} {
		s := sample{"table", "gotoaccount", tc.op, answer(200, "application/json", tc.body)}
		before := r.HandedOver
		if departs := same(t, s, &r); departs != tc.departs {
			t.Errorf("%s: %q departs: %t", tc.op, tc.body, departs)
		} else if !departs && r.HandedOver > before {
			t.Errorf("%s: %q is handed over", tc.op, tc.body)
		}
	}
	for _, tc := range []struct {
		op, body string
		departs  bool
	}{
		{"getLicenseToggle", `{"enabled":true}`, false},
		{"getLicenseToggle", `{"enabled":false}`, true},
		{"postLicenseToggle", `{"enabled":false}`, false},
		{"getLicenseUsers", `{"entities":[],"pageSize":2147483647}`, false},
		{"getLicenseUsers", `{"entities":[],"pageSize":2147483648}`, true},
		{"getLicenseUsers", `{"entities":[],"pageSize":-2147483648}`, false},
		{"getLicenseUsers", `{"entities":[],"pageSize":-2147483649}`, true},
		{"getLicenseDefinition", `{"comprises":[{"id":"a","description":"b"},{"description":"b","id":"a"}]}`, true},
		{"getLicenseDefinition", `{"comprises":[{"id":"a"},{"id":"\u0061"}]}`, true},
		{"getLicenseDefinition", `{"comprises":[{"id":"a"},{"id":"b"},{}]}`, false},
		{"getLicenseDefinition", `{"comprises":[{"x":1},{"x":1.0}]}`, false},
		{"getLicenseDefinition", `{"comprises":[{"x":1},{"x":1 }]}`, true},
		{"getLicenseDefinition", `{"comprises":[{"x":["a","b"]},{"x":["b","a"]}]}`, false},
		{"getLicenseDefinition", `{"comprises":[{"x":[]},{"x":{}},{"x":null},{"x":true},{"x":false},{"x":""},{"x":0}]}`, false},
		{"getLicenseDefinition", `{"comprises":[{"comprises":[{},{}]}]}`, true},
	} {
		s := sample{"table", "genesyscloud", tc.op, answer(200, "application/json", tc.body)}
		before := r.HandedOver
		if departs := same(t, s, &r); departs != tc.departs {
			t.Errorf("%s: %q departs: %t", tc.op, tc.body, departs)
		} else if !departs && r.HandedOver > before {
			t.Errorf("%s: %q is handed over", tc.op, tc.body)
		}
	}
}

// everyByteUpTo is how long a body may be to be cut and spoilt at every byte; longer ones are at some.
const everyByteUpTo = 500

// mutations are bodies nearly like a good one.
func mutations(body []byte, rng *rand.Rand) (bodies [][]byte) {
	value, flaws := exact.Read(body)
	if len(flaws) > 0 {
		return nil
	}
	for _, v := range variations(value, 0) {
		bodies = append(bodies, []byte(v.String()))
	}
	at := func(each func(i int)) {
		if len(body) <= everyByteUpTo {
			for i := range len(body) + 1 {
				each(i)
			}
			return
		}
		for range 40 {
			each(rng.IntN(len(body) + 1))
		}
	}
	at(func(i int) { bodies = append(bodies, body[:i:i]) })
	for _, spoil := range []string{"\xff", "\x00", "\"", "\\", "}", " "} {
		at(func(i int) {
			if i%7 == len(spoil)%7 || len(body) > everyByteUpTo {
				bodies = append(bodies, slices.Concat(body[:i], []byte(spoil), body[i:]))
			}
		})
	}
	for _, tail := range []string{" ", "\n", "x", "{}", "]", "\x00", "\xff", ","} {
		bodies = append(bodies, slices.Concat(body, []byte(tail)), slices.Concat([]byte(tail), body))
	}
	return bodies
}

// replacements are what a value is exchanged for. Numbers keep the digits they are written with.
var replacements = func() []exact.Value {
	all := []exact.Value{exact.Of("null"), exact.Of("true"), exact.Of("false"), exact.Of(`""`), exact.Of(`"x"`), exact.Of("[]"), exact.Of("{}"), exact.Of("[1]"), exact.Of(`{"a":null}`)}
	for _, digits := range []string{"0", "-0", "-1", "1", "1.0", "1e3", "1.5", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "2147483647", "2147483648", "1e400", "-1e400", "01"} {
		all = append(all, exact.Value{Kind: exact.Number, Text: digits})
	}
	return all
}()

// variations are the values that differ from v in one place: another value, a member or element less, more, or twice.
// Of long lists only the first and the last are varied.
func variations(v exact.Value, depth int) (all []exact.Value) {
	all = append(all, replacements...)
	if depth > 4 {
		return all
	}
	switch v.Kind {
	case exact.Array:
		for i, item := range v.Items {
			if i > 1 && i < len(v.Items)-1 {
				continue
			}
			without := v
			without.Items = slices.Delete(slices.Clone(v.Items), i, i+1)
			twice := v
			twice.Items = slices.Insert(slices.Clone(v.Items), i, item)
			all = append(all, without, twice)
			for _, other := range variations(item, depth+1) {
				changed := v
				changed.Items = slices.Clone(v.Items)
				changed.Items[i] = other
				all = append(all, changed)
			}
		}
	case exact.Object:
		added := v
		added.Members = append(slices.Clone(v.Members), exact.Member{Name: "added", Value: exact.Of(`{"b":[1.5,null]}`)})
		reversed := v
		reversed.Members = slices.Clone(v.Members)
		slices.Reverse(reversed.Members)
		all = append(all, added, reversed)
		for i, member := range v.Members {
			if i > 24 {
				break
			}
			without := v
			without.Members = slices.Delete(slices.Clone(v.Members), i, i+1)
			twice := v
			twice.Members = append(slices.Clone(v.Members), member)
			renamed := v
			renamed.Members = slices.Clone(v.Members)
			renamed.Members[i].Name = strings.ToUpper(member.Name)
			all = append(all, without, twice, renamed)
			for _, other := range variations(member.Value, depth+1) {
				changed := v
				changed.Members = slices.Clone(v.Members)
				changed.Members[i].Value = other
				all = append(all, changed)
			}
		}
	}
	return all
}

// FuzzCompiledAgainstDocument holds both judges against whatever comes.
func FuzzCompiledAgainstDocument(f *testing.F) {
	names := make([]string, 0, len(compiled()))
	for name := range compiled() {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, s := range append(examples(f), served(f, spellings[2]...)...) {
		f.Add(uint8(slices.Index(names, s.api+" "+s.op)), s.answer.Status, s.answer.Header.Get("Content-Type"), s.answer.Body)
	}
	f.Fuzz(func(t *testing.T, which uint8, status int, contentType string, body []byte) {
		api, op, _ := strings.Cut(names[int(which)%len(names)], " ")
		a := specs.Answer{Status: status, Header: http.Header{}, Body: body}
		if contentType != "" {
			a.Header.Set("Content-Type", contentType)
		}
		var r schema.Reading
		same(t, sample{"fuzz", api, op, a}, &r)
	})
}
