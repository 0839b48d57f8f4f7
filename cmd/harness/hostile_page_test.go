// docs/hostile.md: what became of every command on every kind of hostile server, for people.

package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"harness/internal/hostile"
)

// hostilePage draws the table in Markdown.
func hostilePage(rows map[string][]meeting) []byte {
	var b bytes.Buffer
	kinds := hostile.Kinds()
	fmt.Fprintf(&b, `# Every command on every kind of hostile server

%d kinds of server that nobody should meet (`+"`harness list hostile`"+`), each against every command that talks to one. A cell
holds the exit code, the seconds it took, and the most memory in MB; requests had a timeout of %s. *Late* servers answer
rightly at first and turn bad in the middle. Load runs last one second, on the fast transport, or on Go's (std).

Exit codes: 0 green, 1 contract violated, 3 not judged. A target check is green where the target can be tested, well or
not. A load run that is 3 where the same kind gives 1 elsewhere met a machine that was too busy to measure on, and said so.
What is allowed in each cell stands in `+"`cmd/harness/hostile_table_test.go`"+`; beyond it every cell wants at most %d MB, no goroutine
and no descriptor left, no panic, and nothing that moves a terminal's cursor. `+"`make hostile`"+` makes this page anew.

`, len(kinds), hostileTimeout, hostileRSS>>10)
	b.WriteString("| kind | what it does |")
	for _, c := range hostileCommands {
		fmt.Fprintf(&b, " %s |", c.name)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(hostileCommands)) + "\n")
	slowest, largest := make([]float64, len(hostileCommands)), make([]int64, len(hostileCommands))
	for _, k := range kinds {
		fmt.Fprintf(&b, "| %s | %s |", k.Name, k.Summary)
		for n, m := range rows[k.Name] {
			fmt.Fprintf(&b, " %d · %.1f s · %d |", m.code, m.took.Seconds(), m.rss>>10)
			slowest[n], largest[n] = max(slowest[n], m.took.Seconds()), max(largest[n], m.rss>>10)
		}
		b.WriteString("\n")
	}
	b.WriteString("| *at most* | |")
	for n := range hostileCommands {
		fmt.Fprintf(&b, " %.1f s · %d |", slowest[n], largest[n])
	}
	b.WriteString("\n")
	return b.Bytes()
}

// The page is made by hand, so it could be forgotten.
func TestTheHostilePageHasEveryKind(t *testing.T) {
	page, err := os.ReadFile("../../docs/hostile.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range hostile.Kinds() {
		if row := "| " + k.Name + " | " + k.Summary + " |"; !bytes.Contains(page, []byte(row)) {
			t.Errorf("docs/hostile.md has no row %s\nhint: make hostile", row)
		}
	}
	for _, c := range hostileCommands {
		if !bytes.Contains(page, []byte(" "+c.name+" |")) {
			t.Errorf("docs/hostile.md has no column %s\nhint: make hostile", c.name)
		}
	}
}
