// docs/reference, the pages that are made from the commands: this test holds them to the code.

package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write the pages, and parts of pages, that are made from the program anew")

// referenceFolder holds one page a command.
const referenceFolder = "../../docs/reference"

const madeFromCode = "<!-- Made from the code by `make docs`. What is changed here is lost. -->\n\n"

func quietRoot() *cobra.Command {
	root := newRoot(door{stdin: strings.NewReader(""), stdout: &strings.Builder{}, stderr: &strings.Builder{}, env: func(string) (string, bool) { return "", false }})
	root.InitDefaultHelpCmd()
	return root
}

func TestReferencePagesAreThoseOfTheCode(t *testing.T) {
	pages := map[string]string{"README.md": indexPage(quietRoot())}
	for _, c := range quietRoot().Commands() {
		pages[c.Name()+".md"] = madeFromCode + commandPage(c, 1)
	}
	if *update {
		if err := os.RemoveAll(referenceFolder); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(referenceFolder, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range pages {
			if err := os.WriteFile(filepath.Join(referenceFolder, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries, err := os.ReadDir(referenceFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, there := pages[e.Name()]; !there {
			t.Errorf("docs/reference/%s is about no command; make docs takes it away", e.Name())
		}
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(referenceFolder, name))
		if err != nil {
			t.Errorf("%v; make docs writes it", err)
			continue
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("docs/reference/%s is not what the code says; make docs writes it (-code +page):\n%s", name, diff)
		}
	}
}

// indexPage lists the commands by what somebody wants.
func indexPage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString(madeFromCode + "# The commands\n\n" + root.Long[:strings.Index(root.Long, "\n\n")] + "\n")
	for _, p := range parts(root) {
		fmt.Fprintf(&b, "\n## %s\n\n| command | does |\n|---|---|\n", p.title)
		for _, row := range p.rows {
			fmt.Fprintf(&b, "| [`harness %s`](%s.md) | %s |\n", row[0], row[0], cell(row[1]))
		}
	}
	b.WriteString("\n[`harness help COMMAND`](help.md) prints a page of these in the terminal, and `man harness` where the manual pages of a release are installed.\n" + `
## Exit codes

| code | says |
|---|---|
| 0 | green |
| 1 | contract violated, or an objective missed |
| 2 | usage or configuration: nothing was tested |
| 3 | not judged: out of reach, refused, cut short, or too little seen |
| 4 | known failures stale or expired |
| 5 | breaking change of a document |
| 6 | fault of the harness |

When several apply, 6 comes before 3, then 1, 5 and 4. [The gate](../gate.md) says what each asks for.

## Environment

| variable | means |
|---|---|
| ` + "`NO_COLOR`" + ` | set to anything, it turns colours off; ` + "`TERM=dumb`" + ` does as well, and what goes into a pipe or a file has none |
| those of a target file | ` + "`${NAME}`" + ` in it is the value of the variable NAME |
`)
	return b.String()
}

// commandPage is the page of a command, and below it that of each command it has.
func commandPage(c *cobra.Command, depth int) string {
	var b strings.Builder
	heading := strings.Repeat("#", depth)
	fmt.Fprintf(&b, "%s %s\n\n%s.\n\n```text\n%s\n```\n", heading, c.CommandPath(), strings.TrimSuffix(c.Short, "."), usageLine(c))
	if c.Long != "" {
		fmt.Fprintf(&b, "\n%s\n", fenced(c.Long))
	}
	if c.Example != "" {
		fmt.Fprintf(&b, "\nExamples:\n\n```sh\n%s\n```\n", c.Example)
	}
	if flags := flagTable(c.LocalFlags()); flags != "" {
		fmt.Fprintf(&b, "\n| flag | means | default |\n|---|---|---|\n%s", flags)
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			b.WriteString("\n" + commandPage(sub, depth+1))
		}
	}
	return b.String()
}

var indentedBlock = regexp.MustCompile(`(?m)(?:^    .*(?:\n|\z))+`)

// fenced puts what is indented in a text into blocks that say what they are.
func fenced(text string) string {
	return strings.TrimRight(indentedBlock.ReplaceAllStringFunc(text, func(block string) string {
		return "```text\n" + strings.TrimSuffix(regexp.MustCompile(`(?m)^    `).ReplaceAllString(block, ""), "\n") + "\n```\n"
	}), "\n")
}

func flagTable(flags *pflag.FlagSet) string {
	var b strings.Builder
	for _, row := range flagRows(flags) {
		usage, standard := row[1], ""
		if before, after, ok := strings.Cut(usage, " (default "); ok && strings.HasSuffix(after, ")") {
			usage, standard = before, "`"+strings.TrimSuffix(after, ")")+"`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", row[0], cell(usage), standard)
	}
	return b.String()
}

// cell is a text inside a table, where a * or ${} is no markup.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "<", `\<`).Replace(text)
}
