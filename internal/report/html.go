// The HTML report: one file that needs nothing beside itself. It can be read without JavaScript; with it, the
// requirements can be searched and filtered, and lines for a shell copied.

package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"harness/internal/evidence"
	"harness/internal/exact"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

//go:embed html
var htmlFiles embed.FS

// htmlTemplates escapes everything that it is given: what stands in a report was said by a server.
var htmlTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"count": count, "tone": tone, "signature": signature, "day": day, "moment": moment, "short": shortDigest, "took": duration,
	"clip": clip, "anchor": anchor, "figure": figure, "web": web, "isZero": func(n int) bool { return n == 0 },
	"changed": newHTMLChanges, "onDay": onDay, "stamp": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") + " UTC" },
	"matrix": func(targets []siteLink, told []siteMatrixRow) siteMatrix {
		return siteMatrix{Targets: targets, Told: told}
	},
	"drifted": htmlDrifted, "pair": func(name, text string) htmlCopy { return htmlCopy{name, text} },
	"estimate": withDoubt, "draw": func(run string) string { return "harness report " + shellWord(run) },
}).ParseFS(htmlFiles, "html/*.tmpl"))

// htmlCopy is a text with a button that copies it; Name says to a screen reader what it is.
type htmlCopy struct{ Name, Text string }

// htmlAsset is a style sheet or a script as it stands in the page, with its hash for the page's policy.
type htmlAsset struct{ text, hash string }

func readAsset(name string) htmlAsset {
	text, err := htmlFiles.ReadFile("html/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return newAsset(string(text))
}

func newAsset(text string) htmlAsset {
	sum := sha256.Sum256([]byte(text))
	return htmlAsset{text, "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"}
}

var pageCSS, pageJS = readAsset("page.css"), readAsset("page.js")

// htmlAssets are the style sheets and scripts of a page, and the policy that lets them, and nothing else, take effect.
type htmlAssets struct {
	Policy  string // Content-Security-Policy
	Styles  []template.CSS
	Scripts []template.JS
}

// htmlPage is what the templates see: the report, and what is worked out of it for reading.
type htmlPage struct {
	Report
	Run  string // where the evidence is stored; "" when it is nowhere
	Home string // the index of a site that the page is part of; "" when it stands alone
	Mark string // what it was drawn with and from, when it is part of a site
	htmlAssets
	Headline     string
	Tone         string // ok, bad or dark
	Took         time.Duration
	APIs         []htmlAPI
	Levels       []htmlLevel
	Verdicts     []verdict.Verdict // those that occur
	Sent         []string          // requests by method: "1907 GET"
	Wrote        string            // what the run changed on the target; "" for nothing
	Narrowed     string
	CommandLine  string
	Action       []htmlCause // what needs somebody
	Excused      []htmlCause // what somebody has accepted
	See          []verdict.Acceptance
	Known        []htmlKnown
	Requirements []htmlRequirement
	Operations   []string
	Map          []htmlMapAPI
	Silent       []htmlSilent
	Behaved      []htmlBehaviour
	Load         *htmlLoad // nil for a run that measured nothing
}

// htmlAPI is one API under test: where it is, which document it was held against, and what it says of its version.
type htmlAPI struct {
	Name, URL string
	Document  Document
	Versions  []Version
}

// htmlLevel is a row of the table of levels and verdicts.
type htmlLevel struct {
	Level requirement.Level
	Cells []htmlCell
	All   int
}

type htmlCell struct {
	Verdict verdict.Verdict
	N       int
}

// HTML writes the report as one page without any reference to another file.
func HTML(w io.Writer, r Report, o Options) error {
	return writeHTML(w, "report.tmpl", newHTMLPage(r, o))
}

func writeHTML(w io.Writer, name string, page any) error {
	var b bytes.Buffer
	if err := htmlTemplates.ExecuteTemplate(&b, name, page); err != nil {
		return err
	}
	_, err := w.Write(visible(b.Bytes()))
	return err
}

// visible writes out the characters that reorder, hide or delete text: a server could make a line for a shell look
// like another one. The page itself has none but its line breaks and tabs.
func visible(page []byte) []byte {
	out := make([]byte, 0, len(page))
	for len(page) > 0 {
		if c := page[0]; c >= ' ' && c < 0x7f || c == '\n' || c == '\t' {
			out, page = append(out, c), page[1:]
			continue
		}
		_, size := utf8.DecodeRune(page)
		out, page = append(out, exact.Printable(string(page[:size]))...), page[size:]
	}
	return out
}

func newHTMLPage(r Report, o Options) *htmlPage {
	p := &htmlPage{
		Report: r, Run: o.Run, Headline: headline(r), Tone: exitTone(r.Exit), Wrote: r.changed(), Narrowed: narrowing(r.Selection),
		CommandLine: commandLine(r), APIs: htmlAPIs(r), Requirements: htmlRequirements(r), Map: htmlMap(r), Silent: htmlSilences(r),
		Behaved: htmlBehaviours(r), Load: newHTMLLoad(r),
	}
	if r.Finished != nil {
		p.Took = r.Finished.Sub(r.Started)
	}
	p.Verdicts, p.Levels = htmlLevels(r)
	p.Action, p.Excused = htmlCauses(r, o.Run)
	p.See, p.Known = htmlAcceptances(r)
	for _, c := range r.Coverage {
		p.Operations = append(p.Operations, c.Operation)
	}
	for _, method := range slices.Sorted(maps.Keys(r.Requests.ByMethod)) {
		p.Sent = append(p.Sent, figure(r.Requests.ByMethod[method])+" "+method)
	}
	styles, scripts := []htmlAsset{pageCSS}, []htmlAsset{pageJS}
	if p.Load != nil {
		styles, scripts = append(styles, p.Load.styles...), append(scripts, p.Load.scripts...)
	}
	p.allow(styles, scripts)
	return p
}

// allow puts style sheets and scripts into the page, and into its policy: by their hashes, so that nothing that a
// server said can ever run, whatever it looks like.
func (p *htmlAssets) allow(styles, scripts []htmlAsset) {
	policy := []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'"}
	var style, script []string
	for _, a := range styles {
		p.Styles, style = append(p.Styles, template.CSS(a.text)), append(style, a.hash) //nolint:gosec // ours, embedded
	}
	for _, a := range scripts {
		p.Scripts, script = append(p.Scripts, template.JS(a.text)), append(script, a.hash) //nolint:gosec // ours, embedded
	}
	policy = append(policy, "style-src "+strings.Join(style, " "), "script-src "+strings.Join(script, " "))
	p.Policy = strings.Join(policy, "; ")
}

func htmlAPIs(r Report) []htmlAPI {
	var all []htmlAPI
	at := func(name string) *htmlAPI {
		for i := range all {
			if all[i].Name == name {
				return &all[i]
			}
		}
		all = append(all, htmlAPI{Name: name, URL: r.Target.URLs[name]})
		return &all[len(all)-1]
	}
	for _, d := range r.Documents {
		at(d.API).Document = d
	}
	for _, v := range r.Versions {
		a := at(v.API)
		a.Versions = append(a.Versions, v)
	}
	return all
}

// htmlLevels counts requirements; verdicts that do not occur have no column.
func htmlLevels(r Report) ([]verdict.Verdict, []htmlLevel) {
	var columns []verdict.Verdict
	for i := len(verdict.Verdicts) - 1; i >= 0; i-- { // the worst first
		v := verdict.Verdicts[i]
		for _, l := range requirement.Levels {
			if r.Summary[l][v] > 0 {
				columns = append(columns, v)
				break
			}
		}
	}
	var rows []htmlLevel
	for _, l := range requirement.Levels {
		row := htmlLevel{Level: l}
		for _, v := range columns {
			row.Cells = append(row.Cells, htmlCell{v, r.Summary[l][v]})
			row.All += r.Summary[l][v]
		}
		rows = append(rows, row)
	}
	return columns, rows
}

// commandLine is what makes the run again: the command as it was given, with the seed where it named none.
func commandLine(r Report) string {
	words, seeded := make([]string, 0, len(r.Command)+2), false
	for _, word := range r.Command {
		seeded = seeded || word == "--seed" || strings.HasPrefix(word, "--seed=")
		words = append(words, shellWord(word))
	}
	if len(words) > 0 && !seeded {
		words = append(words, "--seed", figure(r.Seed))
	}
	return strings.Join(words, " ")
}

// shellWord makes one word of a text for a POSIX shell, quoted only where it must be.
func shellWord(word string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_./:=,@%+", c)
	}
	if word != "" && strings.IndexFunc(word, func(c rune) bool { return !plain(c) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// signature is the name and version of the program.
func signature(t evidence.Tool) string { return strings.TrimSpace(t.Name + " " + t.Version) }

func moment(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04:05 MST") }

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

func shortDigest(digest string) string { return digest[:min(len(digest), 12)] }

// exitTone says how the headline looks.
func exitTone(exit int) string {
	switch exit {
	case verdict.ExitGreen:
		return "ok"
	case verdict.ExitNotJudged:
		return "dark"
	}
	return "bad"
}

// tone says how a verdict looks. The word always stands beside the colour.
func tone(v verdict.Verdict) string {
	switch v {
	case verdict.Pass:
		return "ok"
	case verdict.Observed:
		return "seen"
	case verdict.Drift, verdict.Flaky:
		return "warn"
	case verdict.Fail, verdict.Error:
		return "bad"
	}
	return "dark"
}

// headline is the verdict in words. Why a run is not judged stands below it, for it may be long.
func headline(r Report) string {
	text := r.Conclusion()
	if r.Exit == verdict.ExitNotJudged {
		text = "not judged"
		for _, broken := range []string{breach(r, requirement.Must), breach(r, requirement.Should)} {
			if broken != "" {
				text += ", yet broken: " + broken
			}
		}
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// web says whether a ticket is an address that a page may lead to.
func web(text string) bool {
	return strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
}

// anchor is the name of a finding's place in the page.
func anchor(f verdict.Finding) string { return "finding-" + f.Requirement + "-" + f.Operation }
