// The examples of docs/spec-diff.md are played by the sessions.

package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestSpecDiffExamplesArePlayed(t *testing.T) {
	page, err := os.ReadFile("../../docs/spec-diff.md")
	if err != nil {
		t.Fatal(err)
	}
	var sessions strings.Builder
	for _, file := range []string{"spec_diff.txtar", "spec_diff_git.txtar"} {
		data, err := os.ReadFile("testdata/script/" + file)
		if err != nil {
			t.Fatal(err)
		}
		sessions.Write(data)
	}
	played := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		for line := range strings.Lines(block[1]) {
			if played++; !strings.Contains(sessions.String(), " "+line) {
				t.Errorf("no session plays %s", line)
			}
		}
	}
	if played == 0 {
		t.Error("docs/spec-diff.md has no examples")
	}
}
