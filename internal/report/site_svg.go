// The drawings of a site: badges, and what happened from run to run. Nothing in them is told by colour alone.

package report

import (
	"fmt"
	"html"
	"html/template"
	"strings"
	"unicode/utf8"

	"harness/internal/history"
	"harness/internal/verdict"
)

// strip draws a trend as a row of bars, one for each run, those that fared alike in a row as one: as high as the row
// where it is broken, low where it holds, a line where nobody judged it, nothing where it was not in the run.
func strip(trend history.Trend, runs []history.Stored) template.HTML {
	const width, height = 4, 14
	byRun := map[string]verdict.Verdict{}
	for _, p := range trend.Points {
		byRun[p.Run] = p.Verdict
	}
	var b strings.Builder
	broken, in := 0, 0
	for i := 0; i < len(runs); {
		v, there := byRun[runs[i].ID]
		j := i + 1
		for j < len(runs) {
			next, also := byRun[runs[j].ID]
			if next != v || also != there {
				break
			}
			j++
		}
		if there {
			in += j - i
			if v == verdict.Fail || v == verdict.Flaky {
				broken += j - i
			}
			high := map[string]int{"bad": height, "warn": 10, "seen": 6, "ok": 6, "dark": 2}[tone(v)]
			fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="%d" height="%d"/>`, tone(v), i*width, height-high, (j-i)*width-1, high)
		}
		i = j
	}
	label := fmt.Sprintf("broken in %d of the last %s, now %s", broken, count(in, "run"), trend.Latest)
	return drawn(label, max(len(runs), 1)*width, height, b.String())
}

// brokenBars draws how many findings of an API were broken, run by run. A run that judged nothing leaves a gap.
func brokenBars(runs []history.Stored, api string) template.HTML {
	const width, height = 5, 24
	var counts []int
	most, last := 1, 0
	for _, run := range runs {
		of := run.API(api)
		if of == nil {
			continue
		}
		n := -1
		if of.Judged > 0 {
			n = 0
			for _, broken := range of.Broken {
				n += broken
			}
		}
		counts = append(counts, n)
	}
	counts = counts[max(0, len(counts)-stripRuns):]
	for _, n := range counts {
		if n >= 0 {
			most, last = max(most, n), n
		}
	}
	var b strings.Builder
	for i, n := range counts {
		switch {
		case n > 0:
			high := max(3, n*(height-2)/most)
			fmt.Fprintf(&b, `<rect class="bad" x="%d" y="%d" width="%d" height="%d"/>`, i*width, height-high, width-1, high)
		case n == 0:
			fmt.Fprintf(&b, `<rect class="ok" x="%d" y="%d" width="%d" height="2"/>`, i*width, height-2, width-1)
		}
	}
	label := fmt.Sprintf("broken findings in the last %s: at most %d, last %d", count(len(counts), "run"), maxOf(counts), last)
	return drawn(label, max(len(counts), 1)*width, height, b.String())
}

func maxOf(counts []int) int {
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	return most
}

// drawn frames a drawing. Only numbers and words of ours are in it.
func drawn(label string, width, height int, inside string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="strip" role="img" aria-label="%s" width="%d" height="%d" viewBox="0 0 %d %d">%s</svg>`, //nolint:gosec // see above
		html.EscapeString(label), width, height, width, height, inside))
}

// badge is an image for a README: an API on the left, how it stands on the right.
func badge(api string, a history.Answer) []byte {
	right, fill := string(a.State), map[history.State]string{history.Passed: "#186a3b", history.Failed: "#b3261e", history.Stale: "#835000", history.TooOld: "#835000"}[a.State]
	if fill == "" {
		fill = "#57606a"
	}
	if a.Run != nil && a.State != history.NeverRun {
		right += " " + a.Run.Started.UTC().Format("2006-01-02")
	}
	const letter, pad, height = 6.6, 7, 20
	wide := func(text string) int { return int(float64(utf8.RuneCountInString(text))*letter) + 2*pad }
	l, r := wide(api), wide(right)
	api, right = html.EscapeString(api), html.EscapeString(right)
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%[1]s: %[2]s" width="%[3]d" height="%[4]d">
<title>%[1]s: %[2]s</title>
<rect width="%[5]d" height="%[4]d" fill="#3b424a"/>
<rect x="%[5]d" width="%[6]d" height="%[4]d" fill="%[7]s"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
<text x="%[8]d" y="14" textLength="%[9]d">%[1]s</text>
<text x="%[10]d" y="14" textLength="%[11]d">%[2]s</text>
</g>
</svg>
`, api, right, l+r, height, l, r, fill, l/2, l-2*pad, l+r/2, r-2*pad)
}
