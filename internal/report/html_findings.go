// The findings of the HTML report: each cause once, with all that its reader needs, what is new first.

package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/requirement"
	"harness/internal/verdict"
)

// htmlCause is one thing that is wrong.
type htmlCause struct {
	verdict.Finding
	First     evidence.Failure
	More      []evidence.Failure // further failures of the same finding
	Also      []verdict.Finding  // findings that say the same
	Since     string             // new, or regressed, since the baseline; "" for neither
	Confirmed string
	Exchanges []htmlExchange
	Replay    string // the command that sends the first exchange again; "" where nothing is stored
}

// htmlExchange is one exchange as it is shown.
type htmlExchange struct {
	evidence.Exchange
	Line    string // method and URL
	Short   string // method, path and query
	Answer  string // status and size, or why there is none
	Request []string
	Reply   []string
}

// Bounds of what is told of findings, texts in bytes. A page is to be mailed and read on a phone, even that of a server
// on which everything is broken: with every further cause there is less room for each.
const (
	shownCauses   = 100       // those behind them are named in one line each
	shownFailures = 3         // further ones of the same finding
	shownText     = 3 << 10   // of one difference, or line for a shell
	shownTexts    = 500 << 10 // of all causes together; from there on each text gets scantText
	scantText     = 200
)

// htmlCauses parts what is wrong into what needs somebody and what somebody has accepted. MUST comes before SHOULD,
// within a level what is new comes first, and what always fails before what fails now and then; faults of the harness
// come before everything, because they say nothing of the server.
func htmlCauses(r Report, run string) (action, excused []htmlCause) {
	since := sinceBaseline(r.Changes)
	shown := map[string]evidence.Exchange{}
	for _, e := range r.Exchanges {
		shown[e.ID] = e
	}
	var open, accepted []verdict.Finding
	for _, f := range r.Findings {
		if f.Accepted != nil && f.Accepted.State == verdict.Accepted {
			accepted = append(accepted, f)
		} else {
			open = append(open, f)
		}
	}
	for _, c := range causes(open) {
		action = append(action, newHTMLCause(c, run, since, shown))
	}
	for _, c := range causes(accepted) {
		excused = append(excused, newHTMLCause(c, run, since, shown))
	}
	rank := func(c htmlCause) int {
		n := 100 * slices.Index(requirement.Levels, c.Level)
		if c.Verdict == verdict.Error {
			n -= 1000
		}
		if c.Since == "" {
			n += 10
		}
		if c.Verdict == verdict.Flaky {
			n++
		}
		return n
	}
	for _, list := range [][]htmlCause{action, excused} {
		slices.SortStableFunc(list, func(a, b htmlCause) int { return rank(a) - rank(b) })
		left := shownTexts
		for i := range list {
			left -= list[i].shorten(left)
			if i >= shownCauses {
				list[i].Exchanges, list[i].More, list[i].Also = nil, nil, nil
			}
		}
	}
	return action, excused
}

// sinceBaseline says of each finding whether it is new or regressed.
func sinceBaseline(c *history.Changes) map[[3]string]string {
	since := map[[3]string]string{}
	if c == nil {
		return since
	}
	for _, change := range c.New {
		since[[3]string{change.Requirement, change.API, change.Operation}] = "new"
	}
	for _, change := range c.Regressed {
		since[[3]string{change.Requirement, change.API, change.Operation}] = "regressed"
	}
	return since
}

func newHTMLCause(c cause, run string, since map[[3]string]string, shown map[string]evidence.Exchange) htmlCause {
	f := c.finding
	h := htmlCause{Finding: f, First: evidence.Failure{Message: f.Message}, Also: c.also, Since: since[[3]string{f.Requirement, f.API, f.Operation}]}
	for _, also := range c.also {
		if h.Since == "" {
			h.Since = since[[3]string{also.Requirement, also.API, also.Operation}]
		}
	}
	if len(f.Failures) > 0 {
		h.First, h.More = f.Failures[0], slices.Clone(f.Failures[1:min(len(f.Failures), 1+shownFailures)])
	}
	if f.Tries != "" {
		h.Confirmed = "confirmed " + f.Tries
		if f.Verdict == verdict.Flaky {
			h.Confirmed = "broken in " + f.Tries
		}
	}
	if len(f.Evidence) > 0 && run != "" {
		h.Replay = "harness replay " + shellWord(f.Evidence[0]) + " --run " + shellWord(run)
	}
	for _, id := range f.Evidence {
		e, ok := shown[id]
		if ok && len(h.Exchanges) < exchangesOfACause {
			h.Exchanges = append(h.Exchanges, newHTMLExchange(e))
		}
	}
	return h
}

// shorten cuts the texts of a cause to what is left of the page's room, and returns how much they take. A line for a
// shell is whole or not there: half of one would do something else.
func (h *htmlCause) shorten(left int) int {
	most := shownText
	if left <= 0 {
		most = scantText
	}
	took := 0
	for i := -1; i < len(h.More); i++ {
		f := &h.First
		if i >= 0 {
			f = &h.More[i]
		}
		for _, text := range []*string{&f.Message, &f.Asked, &f.Expected, &f.Got, &f.Likely} {
			*text = clip(*text, most)
			took += len(*text)
		}
	}
	h.Reproduce = slices.DeleteFunc(slices.Clone(h.Reproduce), func(line string) bool { return len(line) > shownText || left <= 0 && len(line) > most })
	for _, line := range h.Reproduce {
		took += len(line)
	}
	return took
}

// Tone says how a cause looks: one that somebody has accepted asks for nobody.
func (h htmlCause) Tone() string {
	if h.Accepted != nil && h.Accepted.State == verdict.Accepted {
		return "seen"
	}
	return tone(h.Verdict)
}

func newHTMLExchange(e evidence.Exchange) htmlExchange {
	h := htmlExchange{Exchange: e, Line: e.Request.Method + " " + e.Request.URL, Short: e.Request.Method + " " + pathOf(e.Request.URL), Request: headerLines(e.Request.Header)}
	if e.Response == nil {
		h.Answer = "no answer: " + e.Error
		return h
	}
	h.Answer = fmt.Sprintf("%d · %d bytes · %s", e.Response.Status, e.Response.Size, milliseconds(e.Seconds))
	h.Reply = headerLines(e.Response.Header)
	return h
}

// pathOf is what stands behind the server in a URL.
func pathOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if at := strings.IndexByte(rest, '/'); at >= 0 {
		return rest[at:]
	}
	return url
}

func headerLines(h map[string][]string) []string {
	var lines []string
	for name, values := range h {
		for _, value := range values {
			lines = append(lines, name+": "+value)
		}
	}
	slices.Sort(lines)
	return lines
}

// milliseconds writes a time to three digits.
func milliseconds(seconds float64) string {
	switch ms := seconds * 1000; {
	case ms >= 10000:
		return fmt.Sprintf("%.1f s", seconds)
	case ms >= 100:
		return fmt.Sprintf("%.0f ms", ms)
	case ms >= 10:
		return fmt.Sprintf("%.1f ms", ms)
	default:
		return fmt.Sprintf("%.2f ms", ms)
	}
}

// figure writes a number as people read it: with a space between thousands from five digits on, a seed excepted.
func figure(n any) string {
	text := fmt.Sprint(n)
	if _, seed := n.(uint64); seed || len(text) < 5 || strings.Trim(text, "0123456789") != "" {
		return text
	}
	var b strings.Builder
	for i, c := range text {
		if i > 0 && (len(text)-i)%3 == 0 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// htmlKnown is a known failure with the days that it has left on the day of the run, negative once it is past.
type htmlKnown struct {
	verdict.Acceptance
	Days int
}

// Left says how long the known failure still holds.
func (k htmlKnown) Left() string {
	switch {
	case k.Days < 0:
		return count(-k.Days, "day") + " ago"
	case k.Days == 0:
		return "today"
	}
	return "in " + count(k.Days, "day")
}

// htmlAcceptances lists the known failures that want somebody, and all of them by their day of expiry.
func htmlAcceptances(r Report) (see []verdict.Acceptance, all []htmlKnown) {
	today := r.Started.UTC().Truncate(24 * time.Hour)
	for _, a := range r.Accepted {
		switch a.State {
		case verdict.Stale, verdict.Expired, verdict.OtherCause:
			see = append(see, a)
		}
		all = append(all, htmlKnown{a, int(a.Expires.Sub(today) / (24 * time.Hour))})
	}
	slices.SortStableFunc(all, func(a, b htmlKnown) int { return a.Expires.Compare(b.Expires.Time) })
	return see, all
}
