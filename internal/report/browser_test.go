// The pages in a real browser: opened from disk, read with and without scripts, by eye, keyboard, screen reader and
// printer.

package report_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"harness/internal/report"
)

// browser starts Chromium with nothing of its own to do. Where there is none the test is skipped, but not under CI:
// there a page that nobody opened is a page that nobody tested.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	switch {
	case path != "":
	case os.Getenv("CI") != "":
		t.Fatal("no Chromium is here, and CI wants the pages opened; make browser installs it")
	default:
		t.Skip("no Chromium is here; make browser installs it")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.UserDataDir(t.TempDir()),
	}
	for _, quiet := range []string{"disable-background-networking", "disable-component-update", "disable-sync", "disable-default-apps", "disable-dev-shm-usage"} {
		options = append(options, chromedp.Flag(quiet, true))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); cancel() }) // it waits until the browser is gone, and its folder free
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// tab is a page that is open.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string // every URL that was asked for
	errors   []string // what the console was told in anger
}

// look is how a page is looked at.
type look struct {
	width, height int64
	scheme        string // light or dark; "" is light
	media         string // screen or print; "" is screen
	scriptless    bool
	hash          string
}

func (l look) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %d", l.scheme, l.media, l.width))
}

func open(t *testing.T, browser context.Context, file string, l look) *tab {
	t.Helper()
	p := &tab{t: t}
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	p.ctx = ctx
	p.do(chromedp.Navigate("about:blank"))
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	call(p, network.Enable, network.EnableParams{})
	call(p, log.Enable, cdp.Empty{})
	if l.scheme == "" {
		l.scheme = "light"
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: l.media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}}})
	if l.scriptless {
		call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	if l.width == 0 {
		l.width, l.height = 1280, 900
	}
	p.do(chromedp.EmulateViewport(l.width, max(l.height, 800)), chromedp.Navigate("file://"+file+l.hash))
	return p
}

func (p *tab) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		p.errors = append(p.errors, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		p.errors = append(p.errors, fmt.Sprint("console.", e.Type))
	case *log.EventEntryAdded:
		p.errors = append(p.errors, e.Entry.Text)
	}
}

// close says what the page did that it should not: asked a network, or complained.
func (p *tab) close() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, url := range p.requests {
		if !strings.HasPrefix(url, "file:") && !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "about:") {
			p.t.Errorf("the page asked for %s", url)
		}
	}
	if len(p.requests) == 0 {
		p.t.Error("no request was heard, not even the page's own: nothing is proven of the others")
	}
	for _, said := range p.errors {
		p.t.Errorf("the console says: %s", said)
	}
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

func eval[T any](p *tab, script string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", script, err)
	}
	return value
}

// eventually waits for an expression to hold. While a page gives way to another there is nothing to ask.
func (p *tab) eventually(expression string) {
	p.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if holds, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("!!("+expression+")")); err == nil && holds {
			return
		}
	}
	p.t.Errorf("it does not come to hold: %s", expression)
}

// choose sets a field of the filter as a hand would.
func (p *tab) choose(field, value string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => { const f = document.getElementById(%q); f.value = %q; f.dispatchEvent(new Event("input", {bubbles: true})); return true })()`, field, value))
}

// paste empties a field and pastes the clipboard into it.
func (p *tab) paste(field string) string {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => { const f = document.getElementById(%q); f.value = ""; f.focus(); return true })()`, field))
	call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "v", Commands: []string{"paste"}})
	return eval[string](p, fmt.Sprintf(`document.getElementById(%q).value`, field))
}

const shownRows = `[...document.querySelectorAll("#requirements .rows tbody tr")].filter(r => !r.hidden).map(r => r.id)`

// tooWide names the first things that stick out of the page, where nothing lets them be scrolled.
const tooWide = `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.getBoundingClientRect().width > 1 && (matchMedia("print").matches || !e.closest(".scroll")))
	.slice(0, 3).map(e => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 60))`

// written writes a page to disk, as its reader gets it.
func written(t *testing.T, name string, text []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// faulty is a whole run on a server with some faults, as a report.
func faulty(t *testing.T) report.Report {
	return played(t, "start-inclusive-ignored", "content-type-html")
}

func TestPageInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	chromium := browser(t)
	full := written(t, "full.html", page(t, faulty(t)))
	rich := eventful()
	rich.Suites = report.SuiteScore()
	everything := written(t, "everything.html", page(t, rich))
	evil := written(t, "evil.html", page(t, hostile(40)))

	t.Run("filter", func(t *testing.T) {
		p := open(t, chromium, full, look{})
		all := eval[[]string](p, shownRows)
		p.choose("level", "MUST")
		must := eval[[]string](p, shownRows)
		p.choose("verdict", "fail")
		broken := eval[[]string](p, shownRows)
		if len(must) == 0 || len(must) >= len(all) || len(broken) == 0 || len(broken) >= len(must) || !slices.Contains(broken, "GOTO-SCAN-KEY-07") {
			t.Errorf("%d rows, %d of MUST, broken of those %v", len(all), len(must), broken)
		}
		p.choose("operation", "scanLicensesByRole")
		for _, id := range eval[[]string](p, shownRows) {
			if !strings.HasPrefix(id, "GOTO-SCAN-") {
				t.Errorf("%s is shown as broken on scanLicensesByRole", id)
			}
		}
		if live := eval[string](p, `document.getElementById("count").getAttribute("aria-live") + ": " + document.getElementById("count").textContent`); !strings.HasPrefix(live, "polite: ") || !strings.HasSuffix(live, fmt.Sprintf(" of %d requirements", len(all))) {
			t.Errorf("a screen reader is told %q", live)
		}
		// The link shows another reader the same rows.
		link := eval[string](p, `location.hash`)
		other := open(t, chromium, full, look{hash: link})
		if got, want := eval[[]string](other, shownRows), eval[[]string](p, shownRows); !slices.Equal(got, want) {
			t.Errorf("%s shows %v, want %v", link, got, want)
		}
		query := open(t, chromium, full, look{hash: "?level=MUST&verdict=fail"})
		if got := eval[[]string](query, shownRows); !slices.Equal(got, broken) {
			t.Errorf("as a query it shows %v, want %v", got, broken)
		}
		eval[bool](p, `(document.querySelector("form.filter button[type=reset]").click(), true)`)
		p.eventually(fmt.Sprintf(shownRows+`.length === %d`, len(all)))
		for _, p := range []*tab{p, other, query} {
			p.close()
		}
	})

	t.Run("search", func(t *testing.T) {
		p := open(t, chromium, full, look{})
		p.do(chromedp.SendKeys(chromedp.ID("q"), "SCAN startinclusive"))
		found := eval[[]string](p, shownRows)
		if !slices.Contains(found, "GOTO-SCAN-KEY-07") || slices.Contains(found, "GOTO-GEN-03") {
			t.Errorf("found %v", found)
		}
		p.do(chromedp.SendKeys(chromedp.ID("q"), " nothing-has-this"))
		p.eventually(`document.getElementById("count").textContent.startsWith("0 of ")`)
		p.close()
	})

	t.Run("deep link", func(t *testing.T) {
		p := open(t, chromium, full, look{hash: "#GOTO-SCAN-KEY-07"})
		row := `document.getElementById("GOTO-SCAN-KEY-07")`
		p.eventually(row + `.querySelector("details").open`)
		p.eventually(row + `.classList.contains("marked")`)
		p.eventually(`document.activeElement === ` + row)
		p.eventually(`(r => r.top >= 0 && r.bottom <= innerHeight)(` + row + `.getBoundingClientRect())`)
		// It is found behind a filter that hides it, and leads to the finding.
		p.choose("level", "OBSERVE")
		eval[bool](p, `(location.hash = "GOTO-SCAN-ROLE-03", true)`)
		p.eventually(`!document.getElementById("GOTO-SCAN-ROLE-03").hidden && document.getElementById("GOTO-SCAN-ROLE-03").classList.contains("marked")`)
		p.eventually(`!` + row + `.classList.contains("marked")`)
		eval[bool](p, `(`+row+`.querySelector("a[href^='#finding-']").click(), true)`)
		p.eventually(`document.activeElement.matches("article.cause")`)
		p.close()
	})

	t.Run("copy", func(t *testing.T) {
		p := open(t, chromium, full, look{})
		want := eval[string](p, `document.querySelector("article .copy pre").textContent`)
		if !strings.HasPrefix(want, "curl -s -H ") {
			t.Errorf("the first line to copy is %q", want)
		}
		for _, way := range []string{"the clipboard", "execCommand"} {
			if way == "execCommand" {
				eval[bool](p, `(Object.defineProperty(navigator, "clipboard", {value: undefined}), true)`)
			}
			eval[bool](p, `(document.getElementById("q").value = "something else", document.getElementById("q").select(), true)`)
			call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "c", Commands: []string{"copy"}})
			p.do(chromedp.Click(chromedp.CSS("article .copy button")))
			p.eventually(`document.querySelector("article .copy button").textContent === "Copied"`)
			p.eventually(`document.getElementById("said").textContent === "copied"`)
			if got := p.paste("q"); got != want {
				t.Errorf("by %s %q was copied, want %q", way, got, want)
			}
			p.eventually(`document.querySelector("article .copy button").textContent.startsWith("Copy")`)
		}
		p.close()
	})

	t.Run("colours", func(t *testing.T) {
		p := open(t, chromium, full, look{scheme: "dark"})
		background := `getComputedStyle(document.body).backgroundColor`
		dark := eval[string](p, background)
		p.do(chromedp.Click(chromedp.ID("theme")))
		light := eval[string](p, background)
		if dark == light || light != "rgb(255, 255, 255)" {
			t.Errorf("dark is %s, light is %s", dark, light)
		}
		p.close()
	})

	t.Run("without scripts", func(t *testing.T) {
		p := open(t, chromium, full, look{scriptless: true})
		call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
		if n := eval[int](p, `[...document.querySelectorAll(".js, button, form")].filter(e => e.checkVisibility()).length`); n > 0 {
			t.Errorf("%d controls are shown that do nothing", n)
		}
		for _, id := range []string{"changes", "action", "requirements", "coverage", "silent", "behaviour", "not-judged", "known", "again"} {
			if !eval[bool](p, fmt.Sprintf(`document.getElementById(%q).checkVisibility()`, id)) {
				t.Errorf("#%s cannot be read", id)
			}
		}
		p.close()
	})

	t.Run("hostile", func(t *testing.T) {
		p := open(t, chromium, evil, look{})
		if eval[bool](p, `document.querySelector("main img, main script") !== null`) {
			t.Error("the server has written an element")
		}
		if wide := eval[[]string](p, tooWide); len(wide) > 0 {
			t.Errorf("too wide are %s", strings.Join(wide, " | "))
		}
		p.close()
	})

	t.Run("accessible", func(t *testing.T) {
		light, dark := look{width: 1440, scheme: "light"}, look{width: 390, scheme: "dark"}
		for _, at := range []struct {
			name, file string
			looks      []look
		}{
			{"everything", everything, []look{light, dark, {width: 390, scheme: "light"}, {width: 1440, scheme: "dark"}}},
			{"full", full, []look{light, dark}},
		} {
			for _, l := range at.looks {
				p := open(t, chromium, at.file, l)
				// Folded text is text as well. Of long tables the first rows are enough: the others are of the same
				// kinds, and axe-core takes a while for each.
				eval[bool](p, `(document.querySelectorAll("tbody").forEach(b => [...b.rows].slice(20).forEach(r => r.remove())), true)`)
				eval[bool](p, `(document.querySelectorAll("details").forEach(d => d.open = true), true)`)
				for _, violation := range axe(p) {
					t.Errorf("%s, %s: %s", at.name, l, violation)
				}
				if wide := eval[[]string](p, tooWide); len(wide) > 0 {
					t.Errorf("%s, %s: too wide are %s", at.name, l, strings.Join(wide, " | "))
				}
				p.close()
			}
		}
	})

	t.Run("keyboard", func(t *testing.T) {
		p := open(t, chromium, everything, look{})
		tabKey := func() string {
			for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
				call(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9})
			}
			return eval[string](p, `document.activeElement.textContent`)
		}
		if first := tabKey(); first != "Skip to the findings" {
			t.Errorf("the first thing that a keyboard meets is %q", first)
		}
		for range 10 {
			tabKey()
			if outline := eval[string](p, `getComputedStyle(document.activeElement).outlineStyle`); outline != "solid" {
				t.Errorf("on %q the focus does not show: %s", eval[string](p, `document.activeElement.outerHTML.slice(0, 120)`), outline)
			}
		}
		p.close()
	})

	t.Run("print", func(t *testing.T) {
		p := open(t, chromium, full, look{width: 720, media: "print", scheme: "dark"})
		if colours := eval[string](p, `getComputedStyle(document.body).backgroundColor + " " + getComputedStyle(document.body).color`); colours != "rgb(255, 255, 255) rgb(0, 0, 0)" {
			t.Errorf("on paper the colours are %s", colours)
		}
		if n := eval[int](p, `[...document.querySelectorAll("nav, button, form, select, .skip")].filter(e => e.checkVisibility()).length`); n > 0 {
			t.Errorf("%d controls are printed", n)
		}
		if cut := eval[[]string](p, tooWide); len(cut) > 0 {
			t.Errorf("paper cuts off %s", strings.Join(cut, " | "))
		}
		eval[bool](p, `(dispatchEvent(new Event("beforeprint")), true)`)
		p.eventually(`[...document.querySelectorAll(".cause details")].every(d => d.open)`)
		eval[bool](p, `(dispatchEvent(new Event("afterprint")), true)`)
		p.eventually(`![...document.querySelectorAll(".cause details")].some(d => d.open)`)
		pdf, err := chromedp.Run(p.ctx, chromedp.PrintToPDF())
		if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
			t.Errorf("it does not print: %v", err)
		}
		p.close()
	})
}

// axe runs axe-core in the page, all of its rules, and returns one line for each violation.
func axe(p *tab) []string {
	p.t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata", "axe-core", "axe.min.js"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.do(chromedp.Evaluate[chromedp.Void](string(source)))
	var result struct {
		Passes     int
		Violations []struct {
			ID, Help string
			Nodes    int
			Such     string
		}
	}
	text := eval[string](p, `axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify({passes: r.passes.length,
		violations: r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.length, such: v.nodes[0].html.slice(0, 200) + " " + (v.nodes[0].failureSummary || "")}))}))`)
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		p.t.Fatal(err)
	}
	if result.Passes < 20 {
		p.t.Errorf("axe-core passed only %d rules: it did not look at the page", result.Passes)
	}
	var lines []string
	for _, v := range result.Violations {
		lines = append(lines, fmt.Sprintf("%s (%s) at %d places, such as %s", v.ID, v.Help, v.Nodes, v.Such))
	}
	return lines
}
