// The published site: a folder of pages on the stored runs, that any web server or a disk can serve.

package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"harness/internal/history"
	"harness/internal/requirement"
)

// Site is what a site is made of.
type Site struct {
	History
	Catalogue *requirement.Catalogue // the promises by name; nil tells the trends without them
	Policy    history.Policy         // what the state of a target is judged by
	Now       time.Time
	Pages     int    // of the newest runs of each target that get a page of their own; 0 for all
	Salt      []byte // keys and ids give way to hashes with it; nil leaves them as they are
}

// Published says what was written.
type Published struct {
	Files   int // written
	Kept    int // reports that stood already and were left as they are
	Removed int // reports of runs that are not stored any more
	Failed  []history.Skipped
}

// siteMark marks every page, so that a folder which holds anything else is left alone.
const siteMark = `<meta name="generator" content="harness `

// drawing is the digest of everything that a report's page is drawn with. A page that another version has drawn is
// drawn anew.
var drawing = func() string {
	sum := sha256.New()
	err := fs.WalkDir(htmlFiles, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := htmlFiles.ReadFile(name)
		sum.Write(text)
		return err
	})
	if err != nil {
		panic(err) // they are embedded
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}()

// Publish writes the site. Every file appears whole or not at all, and the pages that lead to others come last, so the
// site can be read while it is written. What else stands in the folder is left alone; a folder with an index that is
// not a site's is refused. A run whose report cannot be read has no page, and is told.
func (s Site) Publish(dir string) (Published, error) {
	var done Published
	if err := ours(dir); err != nil {
		return done, err
	}
	site := newSitePages(s)
	for _, run := range slices.Clone(site.drawn) {
		switch drew, err := drawRun(dir, run, s.Salt); {
		case err != nil && !errors.Is(err, errStored):
			return done, err
		case err != nil:
			done.Failed = append(done.Failed, history.Skipped{Folder: run.Folder, Reason: err.Error()})
			site.forget(run.ID)
		case drew:
			done.Files++
		default:
			done.Kept++
		}
	}
	files, err := site.files()
	if err != nil {
		return done, err
	}
	for _, file := range files {
		if s.Salt != nil {
			file.text = hashIn(file.text, s.Salt)
		}
		if err := replace(filepath.Join(dir, filepath.FromSlash(file.name)), file.text); err != nil {
			return done, err
		}
		done.Files++
	}
	done.Removed, err = tidy(dir, site.drawn)
	return done, err
}

// ours refuses a folder that somebody else's site stands in.
func ours(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "index.html"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("the site cannot be written: %w", err)
	case !bytes.Contains(text, []byte(siteMark)):
		return fmt.Errorf("%s holds an index.html that is no site of harness\nhint: name a folder of its own", dir)
	}
	return nil
}

// errStored says that a stored run cannot be read, which keeps nobody from publishing the others.
var errStored = errors.New("its report cannot be read")

// pageOf is where the report of a run stands in the site.
func pageOf(run history.Stored) string {
	return path.Join("runs", path.Base(path.Dir(filepath.ToSlash(run.Folder))), path.Base(filepath.ToSlash(run.Folder)), "report.html")
}

// drawRun draws the report of a stored run, unless just that page stands there already.
func drawRun(dir string, run history.Stored, salt []byte) (drew bool, err error) {
	file := filepath.Join(dir, filepath.FromSlash(pageOf(run)))
	source := filepath.Join(run.Folder, history.ReportFile)
	stored, err := os.Stat(source)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errStored, err)
	}
	mark := drawing
	if salt != nil {
		mark += " with hashes"
	}
	if run.Evidence {
		mark += " with evidence"
	}
	mark += " of " + stored.ModTime().UTC().Format(time.RFC3339Nano)
	if standing(file, mark) {
		return false, nil
	}
	data, err := os.ReadFile(source)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errStored, err)
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return false, fmt.Errorf("%w: %w", errStored, err)
	}
	if salt != nil {
		if r, err = r.Hashed(salt); err != nil {
			return false, fmt.Errorf("%w: %w", errStored, err)
		}
	}
	o := Options{}
	if run.Evidence {
		o.Run = run.Folder
	}
	p := newHTMLPage(r, o)
	p.Home, p.Mark = "../../../index.html", mark
	var b bytes.Buffer
	if err := writeHTML(&b, "report.tmpl", p); err != nil {
		return false, err
	}
	return true, replace(file, b.Bytes())
}

// standing says whether a page with that mark is there.
func standing(file, mark string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	head := make([]byte, 1024)
	n, _ := f.Read(head) // what cannot be read is drawn anew
	return bytes.Contains(head[:n], []byte(siteMark+mark+`"`))
}

// replace writes a file whole: a reader sees the old one or the new one.
func replace(file string, text []byte) (err error) {
	folder := filepath.Dir(file)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("the site cannot be written: %w", err)
	}
	temporary, err := os.CreateTemp(folder, ".publishing-*")
	if err != nil {
		return fmt.Errorf("the site cannot be written: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("the site cannot be written: %w", err), os.Remove(temporary.Name()))
		}
	}()
	_, err = temporary.Write(text)
	if err = errors.Join(err, temporary.Chmod(0o644), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}

// tidy removes the reports of runs that have none any more.
func tidy(dir string, drawn []history.Stored) (removed int, err error) {
	wanted := map[string]bool{}
	for _, run := range drawn {
		wanted[filepath.Join(dir, filepath.FromSlash(pageOf(run)))] = true
	}
	pages, err := filepath.Glob(filepath.Join(dir, "runs", "*", "*", "report.html"))
	if err != nil {
		return 0, err
	}
	for _, page := range pages {
		if wanted[page] {
			continue
		}
		if err := os.Remove(page); err != nil {
			return removed, err
		}
		removed++
		_ = os.Remove(filepath.Dir(page)) // unless somebody has put something else there
	}
	return removed, nil
}

// siteFile is one file of a site; its name has slashes and is below the site's folder.
type siteFile struct {
	name string
	text []byte
}

// targetsOf lists the targets of runs, sorted.
func targetsOf(runs []history.Stored) []string {
	var names []string
	for _, run := range runs {
		names = append(names, run.Target)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// fileName makes a name that is safe in a path out of any text.
func fileName(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	name := b.String()
	if longest := 80; len(name) > longest {
		sum := sha256.Sum256([]byte(text))
		name = name[:longest] + "-" + hex.EncodeToString(sum[:4])
	}
	return name
}
