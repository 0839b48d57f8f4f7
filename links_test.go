// Where the pages point to: each file and each heading has to be there, and each page of the manual to be found.

package harness_test

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// markdown is a page: where it points to, and what in it can be pointed at.
type markdown struct {
	links   []string
	anchors map[string]bool
}

func readMarkdown(t *testing.T, file string) markdown {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page := markdown{anchors: map[string]bool{}}
	root := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(source))
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			page.links = append(page.links, string(n.Destination))
		case *ast.Image:
			page.links = append(page.links, string(n.Destination))
		case *ast.Heading:
			name := slug(words(n, source))
			if page.anchors[name] {
				t.Errorf("%s: two headings are #%s; a link cannot tell them apart", file, name)
			}
			page.anchors[name] = true
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				at := n.Segments.At(i)
				if id := regexp.MustCompile(`id="([^"]+)"`).FindSubmatch(at.Value(source)); id != nil {
					page.anchors[string(id[1])] = true
				}
			}
		}
		return ast.WalkContinue, nil
	})
	return page
}

// slug is what GitHub and GitLab call a heading in a link.
func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

func TestLinksLeadSomewhere(t *testing.T) {
	pages := map[string]markdown{}
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".") && file != "."):
			return filepath.SkipDir
		case filepath.Ext(file) == ".md":
			pages[filepath.ToSlash(file)] = readMarkdown(t, file)
		}
		return nil
	})
	if err != nil || len(pages) < 20 {
		t.Fatal(err, len(pages))
	}
	found := map[string]bool{"README.md": true, "CHANGELOG.md": true, "SECURITY.md": true}
	links := 0
	for name, page := range pages {
		for _, link := range page.links {
			to, err := url.Parse(link)
			if err != nil {
				t.Errorf("%s: %s: %v", name, link, err)
				continue
			}
			if to.Scheme != "" || to.Host != "" {
				continue // somebody else's
			}
			links++
			file := name
			if to.Path != "" {
				file = path.Join(path.Dir(name), to.Path)
			}
			if _, err := os.Stat(filepath.FromSlash(file)); err != nil {
				t.Errorf("%s: %s: there is no %s", name, link, file)
				continue
			}
			if to.Path != "" {
				found[file] = true
				found[path.Join(file, "README.md")] = true
			}
			if other, ok := pages[file]; to.Fragment != "" && ok && !other.anchors[to.Fragment] {
				t.Errorf("%s: %s: %s has no heading of that name", name, link, file)
			}
		}
	}
	if links < 60 {
		t.Errorf("only %d links were looked at", links)
	}
	for name := range pages {
		if !found[name] && !strings.HasPrefix(name, "internal/") {
			t.Errorf("no page leads to %s", name)
		}
	}
}

// words is the text below a node, without its marks.
func words(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if piece, ok := n.(*ast.Text); ok && entering {
			b.Write(piece.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
