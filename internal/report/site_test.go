// The published site: what it says, what it leaves alone, and how it is read in a browser.

package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/report"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// keep lays a report down in a store, as if its run had begun that many hours after the first.
func keep(t testing.TB, store string, r report.Report, target string, hours int) history.Summary {
	t.Helper()
	r.Target.Name = target
	r.Started = time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC).Add(time.Duration(hours) * time.Hour)
	run := &evidence.Run{Header: evidence.Header{Target: r.Target, Started: r.Started}, Footer: &evidence.Footer{}}
	s, err := r.Summarise(run)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := history.Add(store, s, text, nil); err != nil {
		t.Fatal(err)
	}
	return s
}

func site(t testing.TB, store string) report.Site {
	t.Helper()
	runs, skipped, err := history.Index(store)
	if err != nil {
		t.Fatal(err)
	}
	return report.Site{
		History: report.NewHistory(runs, skipped), Catalogue: &requirement.Catalogue{}, Policy: history.Policy{Gate: verdict.FailOnShould},
		Now: time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC), Pages: 30,
	}
}

func publish(t testing.TB, s report.Site, dir string) report.Published {
	t.Helper()
	done, err := s.Publish(dir)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func read(t testing.TB, parts ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSite(t *testing.T) {
	store, dir := t.TempDir(), t.TempDir()
	green, red := judge(run()), judge(broken())
	keep(t, store, green, "staging", 0)
	keep(t, store, red, "staging", 24)
	keep(t, store, green, "../<b>live</b>", 25)
	if err := os.MkdirAll(filepath.Join(store, "staging", "notes"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "CNAME"), []byte("licences.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	done := publish(t, site(t, store), dir)
	if done.Kept != 0 || len(done.Failed) != 0 {
		t.Errorf("published %+v", done)
	}
	index := read(t, dir, "index.html")
	for _, want := range []string{`<span class="v bad">failed</span>`, `<span class="v ok">passed</span>`, "&lt;b&gt;live&lt;/b&gt;", "18 days ago", "there is no summary.json"} {
		if !strings.Contains(index, want) {
			t.Errorf("the index does not say %q", want)
		}
	}
	target := read(t, dir, "targets", "staging.html")
	if !strings.Contains(target, `aria-label="broken in 1 of the last 2 runs, now fail"`) {
		t.Error("the page of the target does not draw the trend of what broke")
	}
	if badge := read(t, dir, "badges", "staging-gotoaccount.svg"); !strings.Contains(badge, "<title>gotoaccount: failed 2026-11-02</title>") {
		t.Errorf("the badge is %s", badge)
	}
	if read(t, dir, "CNAME") != "licences.example\n" {
		t.Error("what else stood in the folder was touched")
	}
	// Nothing is outside of the folder, whatever a target is called.
	if found, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), "*.html")); len(found) > 0 {
		t.Errorf("written outside: %v", found)
	}

	// What stands is left, what is damaged is told, what is gone goes.
	if done := publish(t, site(t, store), dir); done.Kept != 3 || done.Removed != 0 {
		t.Errorf("published again: %+v, want 3 reports kept", done)
	}
	reports, err := filepath.Glob(filepath.Join(store, "staging", "*", "report.json"))
	if err != nil || len(reports) != 2 {
		t.Fatal(reports, err)
	}
	if err := os.WriteFile(reports[0], []byte(`{"schema":`), 0o600); err != nil {
		t.Fatal(err)
	}
	done = publish(t, site(t, store), dir)
	if len(done.Failed) != 1 || done.Kept != 2 || done.Removed != 1 {
		t.Errorf("with a damaged report: %+v, want one failed, its old page removed, two kept", done)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", ".publishing-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSiteRefusesAnothersFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("<h1>mine</h1>"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := site(t, t.TempDir()).Publish(dir)
	if err == nil || !strings.Contains(err.Error(), "no site of harness") || read(t, dir, "index.html") != "<h1>mine</h1>" {
		t.Errorf("error %v", err)
	}
}

// A stored report is drawn as the fresh one was: the JSON holds all that the page tells.
func TestAStoredReportIsDrawnAlike(t *testing.T) {
	r := eventful()
	r.Suites = report.SuiteScore()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var again report.Report
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page(t, r), page(t, again)) {
		t.Error("the page of a report that went through JSON differs")
	}
}

func TestSiteInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	chromium := browser(t)
	store, dir := t.TempDir(), t.TempDir()
	for i := range 40 {
		r := judge(run())
		if i%7 == 3 {
			r = judge(broken())
		}
		keep(t, store, r, []string{"staging", "production"}[i%2], i)
	}
	keep(t, store, faulty(t), "staging", 99)
	publish(t, site(t, store), dir)

	t.Run("walk", func(t *testing.T) {
		p := open(t, chromium, filepath.Join(dir, "index.html"), look{})
		follow := func(text string) {
			t.Helper()
			before := eval[string](p, `location.pathname`)
			eval[bool](p, fmt.Sprintf(`([...document.querySelectorAll("a")].find(a => a.textContent.trim() === %q).click(), true)`, text))
			p.eventually(fmt.Sprintf(`location.pathname !== %q && document.readyState === "complete"`, before))
		}
		follow("staging")
		if h1 := eval[string](p, `document.querySelector("h1").textContent`); h1 != "Target staging" {
			t.Errorf("the link leads to %q", h1)
		}
		follow("GOTO-SCAN-KEY-07")
		p.eventually(`document.querySelector(".marked") && document.querySelector(".marked").id === "GOTO-SCAN-KEY-07"`)
		follow("All runs")
		follow("gotoaccount")
		follow("fail")
		p.eventually(`document.querySelector("h1").textContent.startsWith("Broken")`)
		p.close()
	})

	t.Run("every link leads somewhere", func(t *testing.T) {
		pages, err := filepath.Glob(filepath.Join(dir, "*.html"))
		if err != nil {
			t.Fatal(err)
		}
		for _, folder := range []string{"targets", "apis"} {
			more, _ := filepath.Glob(filepath.Join(dir, folder, "*.html"))
			pages = append(pages, more...)
		}
		if len(pages) != 5 {
			t.Errorf("%d pages, want index, two targets, two APIs", len(pages))
		}
		for _, file := range pages {
			p := open(t, chromium, file, look{})
			hrefs := eval[[]string](p, `[...document.querySelectorAll("a[href]")].map(a => decodeURIComponent(a.href))`)
			slices.Sort(hrefs)
			for _, href := range slices.Compact(hrefs) {
				path, _, _ := strings.Cut(strings.TrimPrefix(href, "file://"), "#")
				if _, err := os.Stat(path); err != nil {
					t.Errorf("%s leads to %s: %v", filepath.Base(file), href, err)
				}
			}
			p.close()
		}
	})

	t.Run("accessible", func(t *testing.T) {
		for _, file := range []string{"index.html", "targets/staging.html", "apis/gotoaccount.html"} {
			for _, l := range []look{{width: 1440, scheme: "light"}, {width: 390, scheme: "dark"}} {
				p := open(t, chromium, filepath.Join(dir, file), l)
				eval[bool](p, `(document.querySelectorAll("tbody").forEach(b => [...b.rows].slice(20).forEach(r => r.remove())), true)`)
				eval[bool](p, `(document.querySelectorAll("details").forEach(d => d.open = true), true)`)
				for _, violation := range axe(p) {
					t.Errorf("%s, %s: %s", file, l, violation)
				}
				if wide := eval[[]string](p, tooWide); len(wide) > 0 {
					t.Errorf("%s, %s: too wide are %s", file, l, strings.Join(wide, " | "))
				}
				p.close()
			}
		}
	})

	t.Run("badge", func(t *testing.T) {
		p := open(t, chromium, filepath.Join(dir, "badges", "production-gotoaccount.svg"), look{})
		box := eval[[]float64](p, `[...document.querySelectorAll("text")].map(t => t.getBBox().width)`)
		sides := eval[[]float64](p, `[...document.querySelectorAll("rect")].map(r => r.getBBox().width)`)
		if len(box) != 2 || len(sides) != 2 || box[0] >= sides[0] || box[1] >= sides[1] {
			t.Errorf("texts of %v pixels in boxes of %v", box, sides)
		}
		p.close()
	})
}

func BenchmarkSite1000(b *testing.B) {
	store := b.TempDir()
	green, red := played(b), played(b, "start-inclusive-ignored", "content-type-html")
	for i := range 1000 {
		r := green
		if i%10 == 3 {
			r = red
		}
		keep(b, store, r, fmt.Sprintf("target-%d", i%5), i)
	}
	for _, pages := range []int{1, 30} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			for b.Loop() {
				s := site(b, store)
				s.Pages = pages
				publish(b, s, b.TempDir())
			}
		})
	}
}
