// The manual pages of a release: the same words as --help, as man shows them.

package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
)

var manFolder = flag.String("man", "", "write manual pages into this folder; SOURCE_DATE_EPOCH is their date")

// TestManualPages makes one for each command, and writes them where -man says.
func TestManualPages(t *testing.T) {
	root := quietRoot()
	for _, c := range append(root.Commands(), root) {
		text := string(md2man.Render([]byte(manualPage(c))))
		for _, want := range []string{".TH", ".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s has no %s:\n%.300s", manualName(c), want, text)
			}
		}
		for _, row := range flagRows(c.LocalFlags()) {
			if name, _, _ := strings.Cut(row[0], " "); !strings.Contains(strings.ReplaceAll(text, `\-`, "-"), name) {
				t.Errorf("%s has no %s", manualName(c), name)
			}
		}
		if *manFolder == "" {
			continue
		}
		if err := os.MkdirAll(*manFolder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*manFolder, manualName(c)+".1"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func manualName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manualPage is the page of a command in the Markdown that md2man reads.
func manualPage(c *cobra.Command) string {
	var b strings.Builder
	date := ""
	if seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		date = time.Unix(seconds, 0).UTC().Format("January 2006")
	}
	fmt.Fprintf(&b, "%% \"%s\" \"1\" \"%s\" \"harness\" \"harness\"\n# NAME\n%s \\- %s\n\n", strings.ToUpper(manualName(c)), date, manualName(c), c.Short)
	fmt.Fprintf(&b, "# SYNOPSIS\n**%s**\n\n# DESCRIPTION\n%s\n", usageLine(c), describedIn(c))
	manualFlags(&b, c, "# OPTIONS")
	for _, p := range parts(c) {
		fmt.Fprintf(&b, "\n# %s\n", strings.ToUpper(p.title))
		for _, row := range p.rows {
			if c.HasParent() {
				sub, _, _ := c.Find(strings.Fields(row[0]))
				fmt.Fprintf(&b, "\n## %s\n%s\n", usageLine(sub), describedIn(sub))
				manualFlags(&b, sub, "")
				continue
			}
			fmt.Fprintf(&b, "\n**harness-%s**(1)\n: %s\n", row[0], row[1])
		}
	}
	if c.Example != "" {
		fmt.Fprintf(&b, "\n# EXAMPLES\n```\n%s\n```\n", c.Example)
	}
	if c.HasParent() {
		b.WriteString("\n# SEE ALSO\n**harness**(1)\n")
	}
	return b.String()
}

// describedIn is what a command does, in whole sentences.
func describedIn(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short + "."
}

func manualFlags(b *strings.Builder, c *cobra.Command, heading string) {
	rows := flagRows(c.LocalFlags())
	if len(rows) > 0 && heading != "" {
		fmt.Fprintf(b, "\n%s\n", heading)
	}
	for _, row := range rows {
		name, kind, _ := strings.Cut(row[0], " ")
		fmt.Fprintf(b, "\n**%s** %s\n: %s\n", name, kind, strings.NewReplacer("*", `\*`, "<", `\<`).Replace(row[1]))
	}
}
