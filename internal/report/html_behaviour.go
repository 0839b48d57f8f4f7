// The coverage map of the HTML report, what was seen beside what is documented, and the questions that silent
// documents leave open.

package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"harness/internal/evidence"
	"harness/internal/history"
	"harness/internal/verdict"
)

// htmlMapAPI is the map of one API.
type htmlMapAPI struct {
	API        string
	Operations []htmlMapOperation
}

// htmlMapOperation is one operation: what was sent, what came, and which side of each constraint was tried.
type htmlMapOperation struct {
	Coverage
	Total    int // cases
	Broken   int // cases that were broken or flaky
	Statuses []history.Seen
}

func htmlMap(r Report) []htmlMapAPI {
	statuses := map[[2]string][]history.Seen{}
	for _, b := range r.Behaviour {
		statuses[[2]string{b.API, b.Operation}] = b.Statuses
	}
	var apis []htmlMapAPI
	for _, c := range r.Coverage {
		if len(apis) == 0 || apis[len(apis)-1].API != c.API {
			apis = append(apis, htmlMapAPI{API: c.API})
		}
		o := htmlMapOperation{Coverage: c, Broken: c.Cases[evidence.Broken] + c.Cases[evidence.Flaky], Statuses: statuses[[2]string{c.API, c.Operation}]}
		for _, n := range c.Cases {
			o.Total += n
		}
		api := &apis[len(apis)-1]
		api.Operations = append(api.Operations, o)
	}
	return apis
}

// Answers lists how the requests on one side of a constraint were answered: "200 ×30, 400 ×4".
func (t Tried) Answers() string {
	var parts []string
	for _, answer := range slices.Sorted(maps.Keys(t)) {
		parts = append(parts, fmt.Sprintf("%s ×%d", answer, t[answer]))
	}
	return strings.Join(parts, ", ")
}

// Sides are the ways to stand to a constraint, in the order of the columns.
func (c Constraint) Sides() []Tried { return []Tried{c.LeftOut, c.Least, c.Inside, c.Most, c.Outside} }

// htmlBehaviour is what one operation was seen to do otherwise than its document says, or not seen to do.
type htmlBehaviour struct {
	API, Operation     string
	Unseen, Unpromised []htmlSeen
}

type htmlSeen struct {
	What  string // status, member, value or header
	Names []string
	More  int
}

// shownNames bounds how many names of a kind are listed of one operation.
const shownNames = 40

// htmlBehaviours leaves out the operations that do just what they document.
func htmlBehaviours(r Report) []htmlBehaviour {
	var all []htmlBehaviour
	for _, b := range r.Behaviour {
		h := htmlBehaviour{API: b.API, Operation: b.Operation}
		values := make([]history.Seen, len(b.Values))
		for i, v := range b.Values {
			values[i] = history.Seen{Name: v.Member + " = " + v.Value, Documented: v.Documented, Count: v.Count}
		}
		// A member without documented values may hold any: only one that has some can be seen to hold another.
		listed := map[string]bool{}
		for _, v := range b.Values {
			listed[v.Member] = listed[v.Member] || v.Documented
		}
		for i := len(values) - 1; i >= 0; i-- {
			if !listed[b.Values[i].Member] {
				values = slices.Delete(values, i, i+1)
			}
		}
		for _, kind := range []struct {
			what string
			seen []history.Seen
		}{{"status", b.Statuses}, {"member", b.Members}, {"value", values}, {"header", b.Headers}} {
			var unseen, unpromised []string
			for _, s := range kind.seen {
				switch name := clip(s.Name, 200); {
				case s.Documented && s.Count == 0:
					unseen = append(unseen, name)
				case !s.Documented && s.Count > 0:
					unpromised = append(unpromised, fmt.Sprintf("%s ×%d", name, s.Count))
				}
			}
			h.Unseen, h.Unpromised = withNames(h.Unseen, kind.what, unseen), withNames(h.Unpromised, kind.what, unpromised)
		}
		if len(h.Unseen)+len(h.Unpromised) > 0 {
			all = append(all, h)
		}
	}
	return all
}

func withNames(all []htmlSeen, what string, names []string) []htmlSeen {
	if len(names) == 0 {
		return all
	}
	most := min(len(names), shownNames)
	return append(all, htmlSeen{What: what, Names: names[:most], More: len(names) - most})
}

// htmlSilent is one promise that the documents do not make: what was seen, and what its owners are asked.
type htmlSilent struct {
	verdict.Finding // the first of them
	Behaviours      []htmlBehaved
	Question        string // to the owners
	Differ          bool   // operations behave otherwise than each other
}

// htmlBehaved is one thing that the server was asked, and what it did.
type htmlBehaved struct {
	What    string
	Answers []htmlAnswer
}

type htmlAnswer struct {
	Text       string
	Operations []string
}

// htmlSilences are in the order of the catalogue; those on which operations differ come first, because there at least
// one of them surprises its callers.
func htmlSilences(r Report) []htmlSilent {
	var all []htmlSilent
	at := map[string]int{}
	for _, f := range r.Findings {
		if len(f.Observation) == 0 {
			continue
		}
		i, ok := at[f.Requirement]
		if !ok {
			i = len(all)
			at[f.Requirement] = i
			all = append(all, htmlSilent{Finding: f})
		}
		for _, what := range slices.Sorted(maps.Keys(f.Observation)) {
			all[i].behaves(clip(what, 400), clip(f.Observation[what], 600), f.Operation)
		}
	}
	for i := range all {
		all[i].ask()
	}
	slices.SortStableFunc(all, func(a, b htmlSilent) int {
		switch {
		case a.Differ == b.Differ:
			return 0
		case a.Differ:
			return -1
		}
		return 1
	})
	return all
}

func (s *htmlSilent) behaves(what, answer, operation string) {
	i := slices.IndexFunc(s.Behaviours, func(b htmlBehaved) bool { return b.What == what })
	if i < 0 {
		i = len(s.Behaviours)
		s.Behaviours = append(s.Behaviours, htmlBehaved{What: what})
	}
	b := &s.Behaviours[i]
	j := slices.IndexFunc(b.Answers, func(a htmlAnswer) bool { return a.Text == answer })
	if j < 0 {
		j = len(b.Answers)
		b.Answers = append(b.Answers, htmlAnswer{Text: answer})
	}
	b.Answers[j].Operations = append(b.Answers[j].Operations, operation)
}

// ask puts the question to the owners.
func (s *htmlSilent) ask() {
	s.Differ = slices.ContainsFunc(s.Behaviours, func(b htmlBehaved) bool { return len(b.Answers) > 1 })
	if s.Differ {
		s.Question = "The operations differ. Is that meant, and which of it may callers rely on?"
		return
	}
	s.Question = "Is this meant, and may callers rely on it?"
}
