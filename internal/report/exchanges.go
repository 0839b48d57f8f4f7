// The exchanges that a report shows: the few that prove what went wrong, cut to what a page can hold. The evidence has
// them all, whole.

package report

import (
	"maps"
	"slices"
	"unicode/utf8"

	"harness/internal/evidence"
	"harness/internal/verdict"
)

// Bounds of what is shown, in bytes: of one body, of one URL, line or header, and of all exchanges together.
const (
	exchangesOfACause = 3
	shownBody         = 4 << 10
	shownLine         = 2 << 10
	shownTogether     = 400 << 10
)

// exchanges are those of each cause's leading finding, in the order of the causes, each once.
func exchanges(run *evidence.Run, findings []verdict.Finding) []evidence.Exchange {
	shown, taken := []evidence.Exchange{}, map[string]bool{}
	byID := map[string]*evidence.Exchange{}
	for i := range run.Exchanges {
		byID[run.Exchanges[i].ID] = &run.Exchanges[i]
	}
	left := shownTogether
	for _, c := range causes(findings) {
		ids := c.finding.Evidence
		for _, id := range ids[:min(len(ids), exchangesOfACause)] {
			e := byID[id]
			if e == nil || taken[id] {
				continue
			}
			taken[id] = true
			short := shorten(*e, min(shownBody, max(left, 0)))
			left -= len(short.Request.Body)
			if short.Response != nil {
				left -= len(short.Response.Body)
			}
			shown = append(shown, short)
		}
	}
	return shown
}

// shorten cuts an exchange for showing. What was cut ends in an ellipsis; a body of an answer says that it is cut.
func shorten(e evidence.Exchange, most int) evidence.Exchange {
	e.Request.URL = clip(e.Request.URL, shownLine)
	e.Request.Header = clipHeader(e.Request.Header)
	e.Request.Body = clip(e.Request.Body, most)
	e.Curl = "" // the finding has its own lines for a shell, whole
	if e.Response == nil {
		return e
	}
	r := *e.Response
	r.Header = clipHeader(r.Header)
	if len(r.Body) > most {
		r.Truncated = true
		if r.Base64 {
			r.Body = r.Body[:most/4*4]
		} else {
			r.Body = r.Body[:cutAt(r.Body, most)]
		}
	}
	e.Response = &r
	return e
}

func clipHeader(h map[string][]string) map[string][]string {
	short := maps.Clone(h)
	for name, values := range short {
		values = slices.Clone(values)
		for i := range values {
			values[i] = clip(values[i], shownLine)
		}
		short[name] = values
	}
	return short
}

// clip keeps a text to a number of bytes, an ellipsis aside.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return text[:cutAt(text, most)] + "…"
}

// cutAt is the last place at or before most that is not inside a character.
func cutAt(text string, most int) int {
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return most
}
