// The comparison as a picture: three panels beside each other, a row for each tool.

package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Lengths of the drawing, and colours that can be read on white and on black.
const (
	rowHeight, topMargin     = 26, 64
	nameWidth, panelWidth    = 190, 230
	panelGap, bottomMargin   = 44, 46
	grey, blue, amber, faint = "#7d8590", "#388bfd", "#d4790f", "#7d859055"
)

// panel is one scale, and what stands on it for each tool.
type panel struct {
	title     string
	low, high float64
	log       bool
	ticks     []float64
	mark      float64 // a line through all rows; 0 for none
	markName  string
	series    []series
}

// series is one figure of each tool; those after the first are drawn hollow.
type series struct {
	name, part string
	figure     func(Turn) float64
	format     string
}

func (r Report) panels() []panel {
	return []panel{
		{
			title: "CPU of the sender, µs a request", low: 0, high: r.most(closed, cpu) * 1.25, ticks: steps(r.most(closed, cpu)),
			series: []series{{"64 in flight", closed, cpu, "%.0f"}},
		},
		{
			title: "Late behind the schedule, median", low: 10, high: 1e5, log: true, ticks: []float64{10, 100, 1e3, 1e4, 1e5},
			series: []series{{"1000/s", slow, late, ""}, {"5000/s", fast, late, ""}},
		},
		{
			title: "p99 told of a stall of 1 s", low: 100, high: 2e6, log: true, ticks: []float64{100, 1e3, 1e4, 1e5, 1e6},
			mark: r.part(stallFew).Truth * 1e6, markName: "true",
			series: []series{
				{"10 in flight", stallFew, func(t Turn) float64 { return t.P99 * 1e6 }, ""},
				{"1100 in flight", stallMany, func(t Turn) float64 { return t.P99 * 1e6 }, ""},
			},
		},
	}
}

// most is the greatest of a figure over the tools.
func (r Report) most(part string, figure func(Turn) float64) float64 {
	most := 1.0
	for _, result := range r.part(part).Results {
		most = max(most, result.of(figure))
	}
	return most
}

// steps are round numbers up to most, five of them at most.
func steps(most float64) []float64 {
	step := math.Pow(10, math.Floor(math.Log10(most)))
	for _, times := range []float64{0.5, 1, 2, 5} {
		if most/(step*times) <= 5 {
			step *= times
			break
		}
	}
	var all []float64
	for at := 0.0; at <= most; at += step {
		all = append(all, at)
	}
	return all
}

// plot is the drawing as SVG. It is made of lines and words alone, so it reads the same wherever it is shown.
func (r Report) plot() []byte {
	var names []string
	for _, t := range r.Tools {
		if t.Version != "" {
			names = append(names, t.Name)
		}
	}
	panels := r.panels()
	width := nameWidth + len(panels)*(panelWidth+panelGap) + panelGap
	height := topMargin + len(names)*rowHeight + bottomMargin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" font-family="system-ui, sans-serif" font-size="12" fill="%s">`+"\n",
		width, height, width, height, grey)
	fmt.Fprintf(&b, "<title>harness load beside other load tools, %s</title>\n", r.Measured)
	for i, name := range names {
		weight := ""
		if strings.HasPrefix(name, "harness") {
			weight = ` font-weight="600"`
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end"%s>%s</text>`+"\n", nameWidth, row(i)+4, weight, html.EscapeString(strings.ReplaceAll(name, "harness load --validate none", "harness, none checked")))
	}
	for i, p := range panels {
		r.panel(&b, p, names, nameWidth+panelGap+i*(panelWidth+panelGap))
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// row is the middle of a tool's row.
func row(i int) int { return topMargin + i*rowHeight + rowHeight/2 }

func (r Report) panel(b *strings.Builder, p panel, names []string, left int) {
	bottom := topMargin + len(names)*rowHeight
	fmt.Fprintf(b, `<text x="%d" y="18" font-weight="600">%s</text>`+"\n", left, p.title)
	r.key(b, p, left)
	for _, t := range p.ticks {
		x := float64(left) + p.at(t)
		fmt.Fprintf(b, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="%s"/>`+"\n", x, topMargin, x, bottom, faint)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle" font-size="11">%s</text>`+"\n", x, bottom+16, p.say(t))
	}
	if p.mark > 0 {
		x := float64(left) + p.at(p.mark)
		fmt.Fprintf(b, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="%s" stroke-width="1.5"/>`+"\n", x, topMargin, x, bottom, amber)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle" font-size="11" fill="%s">%s %s</text>`+"\n", x, bottom+32, amber, p.markName, p.say(p.mark))
	}
	for i, name := range names {
		colour := grey
		if strings.HasPrefix(name, "harness") {
			colour = blue
		}
		drawn := false
		for n, s := range p.series {
			result := named(r.part(s.part).Results, name)
			if len(result.Turns) == 0 {
				continue
			}
			drawn = true
			value, y := result.of(s.figure), row(i)
			x := float64(left) + p.at(value)
			switch {
			case !p.log:
				fmt.Fprintf(b, `<rect x="%d" y="%d" width="%.1f" height="14" fill="%s"/>`+"\n", left, y-7, x-float64(left), colour)
				fmt.Fprintf(b, `<text x="%.1f" y="%d" font-size="11">%s</text>`+"\n", x+5, y+4, fmt.Sprintf(s.format, value))
			case n == 0:
				fmt.Fprintf(b, `<circle cx="%.1f" cy="%d" r="5" fill="%s"/>`+"\n", x, y, colour)
			default:
				fmt.Fprintf(b, `<circle cx="%.1f" cy="%d" r="6.5" fill="none" stroke="%s" stroke-width="2"/>`+"\n", x, y, colour)
			}
		}
		if !drawn {
			fmt.Fprintf(b, `<text x="%d" y="%d" font-size="11" font-style="italic">%s</text>`+"\n", left+4, row(i)+4, html.EscapeString(named(r.part(p.series[0].part).Results, name).Unable))
		}
	}
}

// key says what the signs of a panel mean.
func (r Report) key(b *strings.Builder, p panel, left int) {
	at := left
	for n, s := range p.series {
		switch {
		case !p.log:
		case n == 0:
			fmt.Fprintf(b, `<circle cx="%d" cy="38" r="5"/>`+"\n", at+5)
			at += 14
		default:
			fmt.Fprintf(b, `<circle cx="%d" cy="38" r="6" fill="none" stroke="%s" stroke-width="2"/>`+"\n", at+6, grey)
			at += 16
		}
		fmt.Fprintf(b, `<text x="%d" y="42" font-size="11">%s</text>`+"\n", at, s.name)
		at += 90
	}
}

// at is how far from the left of its panel a value stands.
func (p panel) at(value float64) float64 {
	share := (value - p.low) / (p.high - p.low)
	if p.log {
		share = math.Log(max(value, p.low)/p.low) / math.Log(p.high/p.low)
	}
	return panelWidth * min(max(share, 0), 1)
}

// say is a value of the scale; on the scales of time values are µs.
func (p panel) say(value float64) string {
	switch {
	case !p.log:
		return fmt.Sprintf("%.0f", value)
	case value < 1e3:
		return fmt.Sprintf("%.0f µs", value)
	case value < 1e6:
		return fmt.Sprintf("%.0f ms", value/1e3)
	}
	return fmt.Sprintf("%.0f s", value/1e6)
}
