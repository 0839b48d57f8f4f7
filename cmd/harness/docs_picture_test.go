// The pictures in the manual are of a real report. What they show is kept beside them as text, so that a page which says
// something else by now is noticed where there is no browser.

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// pictures are the files, each the upper part of the page down to a height.
var pictures = map[string]string{"report-top.png": "1200,894", "report.png": "1200,1490"}

// TestThePicturesShowTheReportAsItIs compares the words of the page with those of the day on which the pictures were
// taken, all numbers left out. With -update it takes them anew.
func TestThePicturesShowTheReportAsItIs(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(file, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("staging.yaml", "name: staging\nembedded: {faults: [start-inclusive-ignored]}\n")
	c := exec.Command("harness", "contract", "--target", "staging.yaml", "--operation", "scanLicensesByKey", "--seed", "1", "--out", "reports/latest", "--write", "html=report.html")
	if out, err := c.CombinedOutput(); c.ProcessState.ExitCode() != exitViolated {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile("report.html")
	if err != nil {
		t.Fatal(err)
	}
	page := normal(string(data))
	for _, r := range []struct{ pattern, with string }{
		{`\d+ [A-Z][a-z]+ 20\d\d, \d\d:\d\d:\d\d UTC`, "28 November 2026, 12:00:00 UTC"},
		{`took [0-9.]+m?s`, "took 0.9s"},
	} {
		page = regexp.MustCompile(r.pattern).ReplaceAllString(page, r.with)
	}
	folder, err := filepath.Abs(filepath.Join(source, repository, "docs/pictures"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "report.txt")
	got := wording(t, page)
	if *update {
		write("picture.html", page)
		for name, size := range pictures {
			photograph(t, filepath.Join(folder, name), size)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the page says something else than its picture; make pictures takes it anew (-picture +page):\n%s", diff)
	}
	for name := range pictures {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
}

// source is the folder of this package, wherever a test has gone.
var source, _ = os.Getwd()

// photograph lets Chromium draw picture.html.
func photograph(t *testing.T, file, size string) {
	t.Helper()
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			browser = found
			break
		}
	}
	if browser == "" {
		t.Fatal("no Chromium is here to take a picture with; make browser installs it")
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size="+size,
		"--user-data-dir="+filepath.Join(dir, "chromium"), "--screenshot="+file, "file://"+filepath.Join(dir, "picture.html"))
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// wording is the text of the page from its top to the end of its first failure, where the picture ends: a line for each
// element, without numbers.
func wording(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	enough := errors.New("enough")
	var walk func(n *html.Node) error
	walk = func(n *html.Node) error {
		if n.Type == html.ElementNode {
			switch n.Data {
			case "script", "style", "head", "template":
				return nil
			}
		}
		if text := strings.Join(strings.Fields(n.Data), " "); n.Type == html.TextNode && text != "" {
			if text = strings.TrimSpace(regexp.MustCompile(`[0-9a-f]*\d[0-9a-f]*(, )?`).ReplaceAllString(text, "")); strings.ContainsFunc(text, func(r rune) bool { return r >= 'A' }) {
				b.WriteString(text + "\n")
				if text == "Send it again" {
					return enough
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if err := walk(c); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk(root); !errors.Is(err, enough) {
		t.Fatalf("the page has no failure that can be sent again:\n%s", b.String())
	}
	return b.String()
}
