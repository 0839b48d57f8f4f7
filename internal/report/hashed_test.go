package report_test

import (
	"bytes"
	"strings"
	"testing"

	"harness/internal/report"
	"harness/internal/verdict"
)

func TestHashedReportsNameNobody(t *testing.T) {
	const key, user = "6472352565130037257", "7e41bf1e-7721-4435-aeef-bad9e8012769"
	made := report.New(run(), verdict.Judgement{}, 0)
	made.Problem = "licence " + key + " of user " + user + " and again " + key
	made.Seed = 1<<64 - 1
	r, err := made.Hashed([]byte("salt"))
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(r.Problem)
	if len(words) != 8 || words[1] != words[7] || words[1] == words[4] || !strings.HasPrefix(words[1], "k-") {
		t.Errorf("got %s", r.Problem)
	}
	if r.Seed != made.Seed || r.Started != made.Started || len(r.Findings) != len(made.Findings) {
		t.Error("what is about the run itself has changed")
	}
	other, err := made.Hashed([]byte("pepper"))
	if err != nil || other.Problem == r.Problem {
		t.Errorf("another salt gives the same hashes: %v", err)
	}
	for _, format := range report.Formats {
		var b bytes.Buffer
		if err := format.Write(&b, r, report.Options{All: true}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), key) || strings.Contains(b.String(), user) {
			t.Errorf("%s names a key", format.Name)
		}
	}
}
