package gotoaccount

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/exact"
	"harness/internal/fixture"
)

func TestGlob(t *testing.T) {
	for _, tc := range []struct {
		pattern, text string
		want          bool
	}{
		{"Jive", "Jive", true}, {"Jive", "Jive Pro", false}, {"Jive", "jive", false},
		{"Jive*", "Jive", true}, {"Jive*", "Jive Pro", true}, {"Jive*", "My Jive", false},
		{"*Pro", "Jive Pro", true}, {"*Pro", "Jive Pro 2", false}, {"J*o", "Jive Pro", true}, {"J*o", "Jo", true}, {"J*o", "J", false},
		{"*i*P*", "Jive Pro", true}, {"*P*i*", "Jive Pro", false}, {"*", "", true}, {"**", "x", true}, {"", "", true}, {"", "x", false},
		{"a.c", "abc", false}, {"a%", "abc", false},
	} {
		if got := glob(tc.pattern, tc.text); got != tc.want {
			t.Errorf("glob(%q, %q) = %v", tc.pattern, tc.text, got)
		}
	}
}

func TestBoundsHold(t *testing.T) {
	for _, tc := range []struct {
		b    bounds
		want []int64
	}{
		{bounds{}, []int64{1, 2, 3, 4}}, {closed(2, 3), []int64{2, 3}}, {after(2, 4), []int64{3, 4}}, {before(1, 3), []int64{1, 2}},
		{bounds{lower: at(2)}, []int64{2, 3, 4}}, {bounds{upper: at(2)}, []int64{1, 2}}, {after(2, 2), nil}, {before(2, 2), nil}, {closed(3, 2), nil},
		{bounds{at(1), at(4), inclusive(false), inclusive(false)}, []int64{2, 3}},
	} {
		var got []int64
		for key := int64(1); key <= 4; key++ {
			if tc.b.holds(key) {
				got = append(got, key)
			}
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tc.b, diff)
		}
	}
}

func TestBetweenKeepsToUnusedKeys(t *testing.T) {
	for _, tc := range []struct {
		low, high int64
		ok        bool
	}{
		{1, 2, false}, {1, 3, true}, {-beyond - 1, beyond, true}, {beyond - 1, beyond, false},
	} {
		if key, ok := between(tc.low, tc.high); ok != tc.ok || ok && (key <= tc.low || key >= tc.high) {
			t.Errorf("between(%d, %d) = %d, %v", tc.low, tc.high, key, ok)
		}
	}
}

func TestDisorderIsNamed(t *testing.T) {
	for _, tc := range []struct {
		keys []int64
		want string
	}{
		{[]int64{3, 2, 1}, "keys descend"}, {[]int64{10, 9, 99}, "keys are compared as text"}, {[]int64{2, 9, 5}, ""}, {[]int64{1, 1}, ""},
	} {
		if _, ok := ascends(tc.keys); ok {
			t.Errorf("%v ascends", tc.keys)
		}
		if got := disorder(tc.keys); got != tc.want {
			t.Errorf("disorder(%v) = %q, want %q", tc.keys, got, tc.want)
		}
	}
}

func TestStretchJoinsPagesOfOneWalkOnly(t *testing.T) {
	page := func(low, high int64) fixture.Window {
		return fixture.Window{Low: low, High: high, Licences: []fixture.Licence{{Key: low}, {Key: high}}}
	}
	far := page(1<<60, 1<<60+10)
	for _, tc := range []struct {
		most int
		want int64
	}{{2, 10}, {4, 22}, {100, 33}} {
		if got := stretch([]fixture.Window{page(0, 10), page(12, 22), page(25, 33), far}, tc.most); got.High != tc.want {
			t.Errorf("at most %d licences reach to %d, want %d", tc.most, got.High, tc.want)
		}
	}
}

// TestCarried wants attributes that a careless server takes for another behind those that are like no other.
func TestCarried(t *testing.T) {
	var all []fixture.Licence
	for _, text := range []string{
		`{"key":1,"tier":"premium","limit":100}`, `{"key":2,"tier":"premium"}`, `{"key":3,"tier":"premium"}`, `{"key":4,"tier":"premium plus","limit":"100"}`,
		`{"key":5,"tier":"basic"}`, `{"key":6,"pilot":true,"accountKey":9,"name":"x"}`,
	} {
		l, _ := fixture.LicenceOf(exact.Of(text))
		all = append(all, l)
	}
	var got []string
	for _, m := range carried(all, exact.String, exact.Number, exact.Bool) {
		got = append(got, m.Name+"="+m.Value.String())
	}
	want := []string{`tier="premium plus"`, `tier="basic"`, `pilot=true`, `tier="premium"`, `limit=100`, `limit="100"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
