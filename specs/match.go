// Which operation a request is.

package specs

import (
	"net/url"
	"strings"
)

// Match returns the operation that a method, a path (without the target's URL and BasePath, still escaped) and a
// query ask for: of those whose path fits, the one with most conditions met. nil if there is none.
func (a *API) Match(method, path string, query url.Values) *Operation {
	var best *Operation
	bestScore := -1
	for _, op := range a.Operations {
		if op.Method != method || !fits(op.Path, path) {
			continue
		}
		if score, ok := op.score(query); ok && score > bestScore {
			best, bestScore = op, score
		}
	}
	return best
}

// score counts conditions met; a condition on a value counts more than one on mere presence.
func (op *Operation) score(query url.Values) (int, bool) {
	score := 0
	for name, want := range op.Selects {
		got, ok := query[name]
		switch {
		case !ok:
			return 0, false
		case want == "":
			score += 2
		case len(got) > 0 && strings.EqualFold(got[0], want):
			score += 3
		default:
			return 0, false
		}
	}
	return score, true
}

// fits says whether an escaped path has the shape of a template: same number of segments, literal ones equal.
func fits(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && want[i] != got[i] {
			return false
		}
	}
	return true
}
