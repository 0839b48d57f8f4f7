// What the pages of a site say: all targets, one target, one API.

package report

import (
	"bytes"
	"html/template"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"harness/internal/history"
	"harness/internal/requirement"
	"harness/internal/verdict"
	"harness/specs"
)

// sitePages works the pages out of the history.
type sitePages struct {
	Site
	byTarget map[string][]history.Stored // the oldest first
	drawn    []history.Stored            // those that get a page
	pages    map[string]string           // run id → its page, from the root of the site
	promises map[string]requirement.Requirement
	trends   map[string][]history.Trend // by target
}

func newSitePages(s Site) *sitePages {
	p := &sitePages{Site: s, byTarget: map[string][]history.Stored{}, pages: map[string]string{}, promises: map[string]requirement.Requirement{}, trends: map[string][]history.Trend{}}
	for _, run := range s.Runs {
		p.byTarget[run.Target] = append(p.byTarget[run.Target], run)
	}
	for _, target := range slices.Sorted(maps.Keys(p.byTarget)) {
		runs := p.byTarget[target]
		if s.Pages > 0 && len(runs) > s.Pages {
			runs = runs[len(runs)-s.Pages:]
		}
		p.drawn = append(p.drawn, runs...)
	}
	for _, run := range p.drawn {
		p.pages[run.ID] = filepath.ToSlash(pageOf(run))
	}
	if s.Catalogue != nil {
		for _, r := range s.Catalogue.All {
			p.promises[r.ID] = r
		}
	}
	for _, trend := range s.Trends {
		p.trends[trend.Target] = append(p.trends[trend.Target], trend)
	}
	return p
}

// forget takes a run's page out of the site: its report cannot be read.
func (p *sitePages) forget(id string) {
	delete(p.pages, id)
	p.drawn = slices.DeleteFunc(p.drawn, func(run history.Stored) bool { return run.ID == id })
}

// sitePage is what the template of a page sees.
type sitePage struct {
	Title, Home string // Home is "" on the index itself
	Kind        string // index, target or api
	Now         time.Time
	Mark        string
	htmlAssets
	Targets []siteTarget
	APIs    []siteLink
	Runs    []siteRun
	More    int // runs that are not listed
	Trends  []siteTrends
	Matrix  *siteMatrix
	Skipped []history.Skipped
}

type siteLink struct{ Name, To string }

// siteTarget is how a target stands, API by API.
type siteTarget struct {
	siteLink
	States []siteState
}

// siteState is how one API of a target stands.
type siteState struct {
	history.Answer
	Target   siteLink
	Tone     string
	Page     string // the report that decides; "" where there is none
	Badge    string
	Bars     template.HTML // broken findings from run to run
	LinkAPI  string
	Since    string // how long ago the run was
	Markdown string // the badge as a line for a README
}

// siteRun is one stored run.
type siteRun struct {
	history.Stored
	Page  string
	Tone  string
	Words string
	Fared []siteLink // API and how it came out
}

// siteTrends are the requirements of one API on one target over time.
type siteTrends struct {
	Title, API   string
	Told, Others []siteTrend // those with something to tell, and the rest
}

type siteTrend struct {
	history.Trend
	Level, Statement string
	Strip            template.HTML
	Page             string // the report of the newest run that was to judge it; "" where it has none
}

// siteMatrix sets the latest verdicts of all targets beside each other.
type siteMatrix struct {
	Targets      []siteLink
	Told, Others []siteMatrixRow
}

type siteMatrixRow struct {
	Requirement, Level, Statement string
	Cells                         []siteCell // one for each target
}

// siteCell is the latest verdict of one target; There is false where it was not asked.
type siteCell struct {
	Verdict verdict.Verdict
	There   bool
	Page    string
}

const (
	listedRuns = 200 // on the page of a target
	recentRuns = 30  // on the index
	stripRuns  = 60  // columns of a trend: the newest runs
)

// files are the pages and badges, those that lead to others last.
func (p *sitePages) files() ([]siteFile, error) {
	var all []siteFile
	page := func(name string, content sitePage) error {
		content.Now, content.Mark = p.Now, drawing
		content.allow([]htmlAsset{pageCSS}, []htmlAsset{pageJS})
		var b bytes.Buffer
		if err := writeHTML(&b, "site.tmpl", content); err != nil {
			return err
		}
		all = append(all, siteFile{name, b.Bytes()})
		return nil
	}
	for _, target := range slices.Sorted(maps.Keys(p.byTarget)) {
		for _, state := range p.states(target, "") {
			all = append(all, siteFile{state.Badge, badge(state.API, state.Answer)})
		}
	}
	for _, target := range slices.Sorted(maps.Keys(p.byTarget)) {
		if err := page(targetPage(target), p.target(target)); err != nil {
			return nil, err
		}
	}
	for _, api := range p.apis() {
		if err := page(apiPage(api), p.api(api)); err != nil {
			return nil, err
		}
	}
	return all, page("index.html", p.index())
}

func targetPage(target string) string { return "targets/" + fileName(target) + ".html" }
func apiPage(api string) string       { return "apis/" + fileName(api) + ".html" }

// apis lists the APIs of the runs, in the order in which they are shown everywhere.
func (p *sitePages) apis() []string {
	seen := map[string]bool{}
	for _, run := range p.Runs {
		for _, a := range run.APIs {
			seen[a.API] = true
		}
	}
	var known []string
	for _, name := range specs.Names {
		if seen[name] {
			known = append(known, name)
			delete(seen, name)
		}
	}
	return append(known, slices.Sorted(maps.Keys(seen))...)
}

// states says how each API of a target stands; root leads from the page to the root of the site.
func (p *sitePages) states(target, root string) []siteState {
	var all []siteState
	runs := p.byTarget[target]
	for _, api := range p.apis() {
		if !slices.ContainsFunc(runs, func(run history.Stored) bool { return run.API(api) != nil }) {
			continue
		}
		s := siteState{
			Answer: history.MayDeploy(runs, api, p.Site.Policy, p.Now), Target: siteLink{target, root + targetPage(target)},
			Badge: root + "badges/" + fileName(target) + "-" + fileName(api) + ".svg", LinkAPI: root + apiPage(api),
			Bars: brokenBars(runs, api),
		}
		s.Tone = map[history.State]string{history.Passed: "ok", history.Failed: "bad", history.Stale: "warn", history.TooOld: "warn"}[s.State]
		if s.Tone == "" {
			s.Tone = "dark"
		}
		if s.Run != nil {
			if page := p.pages[s.Run.ID]; page != "" {
				s.Page = root + page
			}
			s.Since = ago(p.Now.Sub(s.Run.Started))
		}
		s.Markdown = "![" + api + "](" + strings.TrimPrefix(s.Badge, root) + ")"
		all = append(all, s)
	}
	return all
}

// ago says how long something is past, in the unit that people would use.
func ago(d time.Duration) string {
	switch day := 24 * time.Hour; {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return count(int(d/time.Minute), "minute") + " ago"
	case d < 2*day:
		return count(int(d/time.Hour), "hour") + " ago"
	default:
		return count(int(d/day), "day") + " ago"
	}
}

// runs lists runs, the newest first.
func (p *sitePages) runs(of []history.Stored, most int, root string) (listed []siteRun, more int) {
	for _, run := range slices.Backward(of) {
		if len(listed) == most {
			break
		}
		r := siteRun{Stored: run, Tone: exitTone(run.Exit), Words: run.Verdict.String()}
		if run.CutShort {
			r.Words = "cut short"
		}
		if page := p.pages[run.ID]; page != "" {
			r.Page = root + page
		}
		for _, a := range run.APIs {
			r.Fared = append(r.Fared, siteLink{a.API, strings.TrimPrefix(fared(run, a.API), "with ")})
		}
		listed = append(listed, r)
	}
	return listed, len(of) - len(listed)
}

func (p *sitePages) index() sitePage {
	page := sitePage{Title: "Licence APIs: what the stored runs say", Kind: "index", Skipped: p.History.Skipped}
	for _, target := range targetsOf(p.Runs) {
		page.Targets = append(page.Targets, siteTarget{siteLink{target, targetPage(target)}, p.states(target, "")})
	}
	for _, api := range p.apis() {
		page.APIs = append(page.APIs, siteLink{api, apiPage(api)})
	}
	page.Runs, page.More = p.runs(p.Runs, recentRuns, "")
	return page
}

func (p *sitePages) target(target string) sitePage {
	page := sitePage{Title: "Target " + target, Kind: "target", Home: "../index.html"}
	page.Targets = []siteTarget{{siteLink{target, ""}, p.states(target, "../")}}
	page.Runs, page.More = p.runs(p.byTarget[target], listedRuns, "../")
	for _, api := range p.apis() {
		if t := p.trendsOf(target, api); len(t.Told)+len(t.Others) > 0 {
			page.Trends = append(page.Trends, t)
		}
	}
	return page
}

func (p *sitePages) trendsOf(target, api string) siteTrends {
	runs := slices.DeleteFunc(slices.Clone(p.byTarget[target]), func(run history.Stored) bool { return run.API(api) == nil })
	runs = runs[max(0, len(runs)-stripRuns):]
	all := siteTrends{Title: api, API: api}
	for _, trend := range p.trends[target] {
		if trend.API != api {
			continue
		}
		r := p.promises[trend.Requirement]
		t := siteTrend{Trend: trend, Level: string(r.Level), Statement: r.Statement, Strip: strip(trend, runs)}
		if page := p.pages[trend.Points[len(trend.Points)-1].Run]; page != "" {
			t.Page = "../" + page
		}
		if trend.Changed() {
			all.Told = append(all.Told, t)
		} else {
			all.Others = append(all.Others, t)
		}
	}
	return all
}

func (p *sitePages) api(api string) sitePage {
	page := sitePage{Title: api, Kind: "api", Home: "../index.html", Matrix: &siteMatrix{}}
	var names []string
	newest := map[string]string{}
	for _, target := range targetsOf(p.Runs) {
		for _, state := range p.states(target, "../") {
			if state.API == api {
				page.Targets = append(page.Targets, siteTarget{siteLink{target, "../" + targetPage(target)}, []siteState{state}})
				page.Matrix.Targets = append(page.Matrix.Targets, siteLink{target, "../" + targetPage(target)})
				names = append(names, target)
				newest[target] = state.Page
			}
		}
	}
	for _, row := range p.History.Matrix {
		if row.API != api {
			continue
		}
		r := p.promises[row.Requirement]
		told, cells := false, make([]siteCell, len(names))
		var judged []verdict.Verdict
		for i, name := range names {
			if v, there := row.Targets[name]; there {
				cells[i] = siteCell{Verdict: v, There: true, Page: newest[name]}
				told = told || v >= verdict.Flaky
				if v.Judged() {
					judged = append(judged, v)
				}
			}
		}
		slices.Sort(judged)
		m := siteMatrixRow{row.Requirement, string(r.Level), r.Statement, cells}
		if told || len(slices.Compact(judged)) > 1 {
			page.Matrix.Told = append(page.Matrix.Told, m)
		} else {
			page.Matrix.Others = append(page.Matrix.Others, m)
		}
	}
	return page
}
