package report_test

import (
	"strings"
	"testing"

	"harness/internal/evidence"
	"harness/internal/report"
)

func TestEveryPageSaysWhatWasWrittenOnTheTarget(t *testing.T) {
	for _, c := range []struct {
		name    string
		written *evidence.Written
		want    string // in html, text and markdown; "" for nothing
	}{
		{"undone", &evidence.Written{User: "u1", License: "collaborate", Cases: 3, Undone: 3}, "licence collaborate of user u1, by 3 cases; put back every time"},
		{"left", &evidence.Written{User: "u1", License: "collaborate", Cases: 3, Undone: 2, Journal: "write-7.json"}, "licence collaborate of user u1, by 3 cases; not put back by 1; harness target restore write-7.json"},
		{"nothing", nil, ""},
	} {
		r := reports()["green"]
		r.Written = c.written
		for _, format := range []string{"html", "text", "markdown"} {
			text := strings.Join(strings.Fields(strings.ReplaceAll(string(draw(t, format, r, report.Options{Width: 200})), "\\", "")), " ")
			if c.want != "" && !strings.Contains(text, c.want) {
				t.Errorf("%s, %s: does not say %q", c.name, format, c.want)
			}
			if c.want == "" && strings.Contains(text, "put back") {
				t.Errorf("%s, %s: tells of writing where nothing was written", c.name, format)
			}
		}
	}
}
