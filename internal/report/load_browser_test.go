// The plots of a load run in a real browser: drawn, in every colour, at every width, on paper, and told without sight.

package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"harness/internal/report"
)

// drawnPlots are the kinds of the plots whose canvas has something on it, beside its background.
const drawnPlots = `[...document.querySelectorAll("[data-plot]")].filter(f => {
	const c = f.querySelector("canvas");
	if (!c || !c.width) return false;
	const seen = new Set(new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer));
	return seen.size > 20;
}).map(f => f.dataset.plot).join(" ")`

func TestPlotsInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	chromium := browser(t)
	pages := map[string]string{}
	for _, story := range loadStories {
		pages[story.name] = written(t, story.name+".html", page(t, judge(story.run())))
	}
	strange := judge(loadRun())
	strange.Load[0].Scenario, strange.Load[0].Pace = `</script><img src=x onerror=alert(1)>`, "\u202eevil"
	strange.Load[0].Operations[0].Operation = `</script><script>alert(1)</script>`
	pages["strange"] = written(t, "strange.html", page(t, strange))

	t.Run("drawn", func(t *testing.T) {
		for name, want := range map[string]string{
			"load":        "latency rate distribution operations sizes",
			"load-stormy": "latency rate errors distribution operations sizes",
			"load-search": "breakpoint latency rate distribution",
			"strange":     "latency rate distribution operations sizes",
			// Nothing was measured, so nothing is drawn.
			"load-nothing": "",
		} {
			p := open(t, chromium, pages[name], look{})
			if got := eval[string](p, drawnPlots); got != want {
				t.Errorf("%s draws %q, want %q", name, got, want)
			}
			if eval[bool](p, `document.querySelector("main img, main script") !== null`) {
				t.Errorf("%s: a server has written an element", name)
			}
			p.close()
		}
	})

	t.Run("redrawn", func(t *testing.T) {
		p := open(t, chromium, pages["load-stormy"], look{scheme: "dark"})
		canvas := `document.querySelector("[data-plot=latency] canvas")`
		dark := eval[string](p, canvas+`.toDataURL()`)
		p.do(chromedp.Click(chromedp.ID("theme")))
		p.eventually(canvas + fmt.Sprintf(`.toDataURL() !== %q`, dark))
		p.do(chromedp.EmulateViewport(390, 800))
		p.eventually(canvas + `.getBoundingClientRect().right <= innerWidth`)
		if n := eval[int](p, `document.querySelectorAll(".uplot").length - document.querySelectorAll("[data-plot]").length`); n != 0 {
			t.Errorf("%d plots stand beside their successors", n)
		}
		p.close()
	})

	t.Run("without scripts", func(t *testing.T) {
		p := open(t, chromium, pages["load-stormy"], look{scriptless: true})
		call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
		if n := eval[int](p, `[...document.querySelectorAll(".plot .canvas")].filter(e => e.checkVisibility()).length`); n > 0 {
			t.Errorf("%d empty places for plots are shown", n)
		}
		eval[bool](p, `(document.querySelectorAll("details").forEach(d => d.open = true), true)`)
		if n := eval[int](p, `[...document.querySelectorAll(".plot table")].filter(e => e.checkVisibility() && e.rows.length > 1).length`); n != 6 {
			t.Errorf("%d tables can be read, want 6", n)
		}
		p.close()
	})

	t.Run("accessible", func(t *testing.T) {
		for _, at := range []struct {
			name string
			look look
		}{
			{"load-stormy", look{width: 1440, scheme: "light"}}, {"load-stormy", look{width: 390, scheme: "dark"}}, {"load-search", look{width: 390, scheme: "light"}},
			{"load-invalid", look{width: 1440, scheme: "dark"}},
		} {
			p := open(t, chromium, pages[at.name], at.look)
			eval[bool](p, `(document.querySelectorAll("details").forEach(d => d.open = true), true)`)
			for _, violation := range axe(p) {
				t.Errorf("%s, %s: %s", at.name, at.look, violation)
			}
			if wide := eval[[]string](p, tooWide); len(wide) > 0 {
				t.Errorf("%s, %s: too wide are %s", at.name, at.look, strings.Join(wide, " | "))
			}
			p.close()
		}
	})

	t.Run("print", func(t *testing.T) {
		p := open(t, chromium, pages["load-stormy"], look{width: 720, media: "print", scheme: "dark"})
		eval[bool](p, `(dispatchEvent(new Event("beforeprint")), true)`)
		p.eventually(`[...document.querySelectorAll(".plot details")].every(d => d.open)`)
		if got := eval[string](p, drawnPlots); got != "latency rate errors distribution operations sizes" {
			t.Errorf("paper has the plots %q", got)
		}
		if cut := eval[[]string](p, tooWide); len(cut) > 0 {
			t.Errorf("paper cuts off %s", strings.Join(cut, " | "))
		}
		eval[bool](p, `(dispatchEvent(new Event("afterprint")), true)`)
		p.eventually(`![...document.querySelectorAll(".plot details")].some(d => d.open)`)
		p.close()
	})
}

// A page of an hour keeps to the limit of every page.
func TestALongLoadRunKeepsToAPage(t *testing.T) {
	r := loadRun()
	for second := 32; second < 3600; second++ {
		r.Ticks = append(r.Ticks, loadTick(second, "", r.Ticks[2+second%30].Operations...))
	}
	if n := len(page(t, judge(r))); n > pageLimit {
		t.Errorf("the page has %d bytes, want at most %d", n, pageLimit)
	}
}

// A contract run carries nothing of what plots want.
func TestOnlyPagesWithPlotsCarryTheLibrary(t *testing.T) {
	if text := string(page(t, judge(run()))); strings.Contains(text, "uPlot") {
		t.Error("a page without a load run holds uPlot")
	}
	text := string(page(t, judge(loadRun())))
	for _, want := range []string{"uPlot (v1.6.32)", "Copyright (c) 2022 Leon Sorokin", "The MIT License"} {
		if !strings.Contains(text, want) {
			t.Errorf("a page with plots does not hold %q", want)
		}
	}
	if _, err := report.FormatNamed("html"); err != nil {
		t.Error(err)
	}
}
