package history_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"harness/internal/evidence"
	"harness/internal/history"
)

func observed(t *testing.T, exchanges ...evidence.Exchange) history.Behaviour {
	t.Helper()
	all := history.Observe(&evidence.Run{Exchanges: exchanges}, things(t))
	if len(all) != 1 {
		t.Fatalf("%d operations were observed, want 1", len(all))
	}
	all[0].Seconds = nil
	return all[0]
}

func TestWhatIsSeenStandsBesideWhatIsDocumented(t *testing.T) {
	got := observed(t,
		answer("listThings", 200, `[{"key":6472352565130037257,"kind":"SMALL","extra":{"a":1},"holds":[{"key":1,"holds":[{"key":2,"deeper":1}]}]}]`, "X-Request-Id"),
		answer("listThings", 200, `[{"key":2,"kind":"OTHER"},{"key":3,"kind":"SMALL"}]`),
		answer("listThings", 200, `[]`),
		answer("listThings", 503, `oops`),
		answer("listThings", 418, `teapot`),
	)
	want := history.Behaviour{
		API: "gotoaccount", Operation: "listThings", Answers: 5, Successes: 3, Bodies: 3,
		Statuses: []history.Seen{{"200", true, 3}, {"404", true, 0}, {"418", true, 1}, {"503", true, 1}},
		Members: []history.Seen{
			{"/*/active", true, 0}, {"/*/extra", false, 1}, {"/*/extra/a", false, 1}, {"/*/holds", true, 1}, {"/*/holds/*/active", true, 0},
			{"/*/holds/*/holds", true, 1}, {"/*/holds/*/key", true, 1}, {"/*/holds/*/kind", true, 0}, {"/*/holds/*/note", true, 0},
			{"/*/key", true, 2}, {"/*/kind", true, 2}, {"/*/note", true, 0},
		},
		Values: []history.Value{
			{"/*/kind", "LARGE", true, 0}, {"/*/kind", "OTHER", false, 1}, {"/*/kind", "SMALL", true, 2},
		},
		Headers: []history.Seen{{"Content-Type", true, 3}, {"X-Request-Id", false, 1}, {"X-Total", true, 0}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNamesThatAreDataAreOneMember(t *testing.T) {
	got := observed(t,
		answer("getLabels", 200, `{"alpha":{"text":"x"},"beta":{"text":"y","more":{"6472352565130037257":1,"0b2e7a54-33aa-4f0e-9d0d-2b1c6a1f1a11":2}}}`))
	want := []history.Seen{{"/*/more", false, 1}, {"/*/text", true, 1}}
	if diff := cmp.Diff(want, got.Members); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOnlyMembersOfFewValuesHaveValues(t *testing.T) {
	bodies := func(note func(i int) string) (all []evidence.Exchange) {
		for i := range 130 {
			all = append(all, answer("listThings", 200, fmt.Sprintf(`[{"key":%d,"active":true,"note":%q}]`, i, note(i))))
		}
		return all
	}
	for name, test := range map[string]struct {
		note func(int) string
		want string
	}{
		"a choice":          {func(i int) string { return []string{"named", "concurrent"}[i%2] }, "concurrent named"},
		"twelve values":     {func(i int) string { return string(rune('a' + i%12)) }, "a b c d e f g h i j k l"},
		"thirteen values":   {func(i int) string { return string(rune('a' + i%13)) }, ""},
		"a text":            {func(i int) string { return "some words" }, ""},
		"a number in words": {func(i int) string { return "SUB-10042" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, v := range observed(t, bodies(test.note)...).Values {
				if v.Member == "/*/note" {
					got = append(got, v.Value)
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("values %v, want %q", got, test.want)
			}
		})
	}
	for _, v := range observed(t, bodies(func(i int) string { return string(rune('a' + i%10)) })[:49]...).Values {
		if v.Member == "/*/note" {
			t.Errorf("%s of ten values in 49 bodies is no choice", v.Value)
		}
	}
	for _, v := range observed(t, bodies(func(int) string { return "x" })...).Values {
		if v.Member == "/*/active" && v.Value == "false" && v.Documented && v.Count == 0 {
			return
		}
	}
	t.Error("active=false, which the document allows and nobody saw, is not told")
}

func TestHostileBodiesAreBounded(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	var wide strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&wide, `"name%c%c%d":1,`, 'a'+i%26, 'a'+i/26%26, i)
	}
	cut := answer("getLabels", 200, `{"alpha":{"te`)
	cut.Response.Truncated = true
	bytes := answer("getLabels", 200, "////")
	bytes.Response.Base64 = true
	head := answer("getLabels", 200, "")
	head.Request.Method = "HEAD"
	silent := answer("getLabels", 200, "")
	silent.Response = nil
	got := observed(t, cut, bytes, head, silent,
		answer("getLabels", 200, deep), answer("getLabels", 200, `{"a":{"b":{`+wide.String()+`"z":1}}}`), answer("getLabels", 200, "not JSON"), answer("getLabels", 200, ""))
	if got.Answers != 6 || got.Bodies != 5 {
		t.Errorf("%d answers, %d bodies; want 6 and 5", got.Answers, got.Bodies)
	}
	if len(got.Members) > 200 {
		t.Errorf("%d members are told", len(got.Members))
	}
}

func TestSecondsAreASampleOfWhatWasAskedOnce(t *testing.T) {
	again := answer("listThings", 200, "[]")
	again.Tries, again.Seconds = 3, 60
	// The first of all is in every sample.
	run := &evidence.Run{Exchanges: append([]evidence.Exchange{again, answer("listThings", 404, "")}, times(1000, answer("listThings", 200, "[]"))...)}
	got := history.Observe(run, things(t))[0].Seconds
	if len(got) != 100 {
		t.Fatalf("%d samples, want 100", len(got))
	}
	for _, s := range got {
		if s != 0.002 {
			t.Fatalf("a sample of %v s", s)
		}
	}
}

func TestOperationsWithoutAnswerAreLeftOut(t *testing.T) {
	if got := history.Observe(&evidence.Run{}, things(t)); got == nil || len(got) != 0 {
		t.Errorf("%v, want an empty list", got)
	}
}
