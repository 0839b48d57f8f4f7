// findLicenses: a filter is pairs of attribute and pattern, all of which must match; a star stands for anything, nothing else does.

package reference

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// unsearchable are the attributes that a filter may not name.
var unsearchable = []string{"key", "accountkey", "remaining", "seats", "enabled", "roles", "userkeys"}

// pair is one condition of a filter.
type pair struct{ name, pattern string }

// findLicenses keeps the licences that match a filter.
func (s *Server) findLicenses(licences []*licence, filter string) ([]*licence, *refusal) {
	pairs, refused := s.parseFilter(filter)
	if refused != nil {
		return nil, refused
	}
	if s.has(FilterIgnored) {
		return licences, nil
	}
	if s.has(FilterCrossAccount) {
		licences = s.between(0, highestKey, s.store.byKey.Len())
	}
	matches := func(l *licence) bool {
		return !slices.ContainsFunc(pairs, func(p pair) bool { return !s.matches(l, p) })
	}
	if s.has(FilterOr) && len(pairs) > 1 {
		matches = func(l *licence) bool {
			return slices.ContainsFunc(pairs, func(p pair) bool { return s.matches(l, p) })
		}
	}
	licences = slices.DeleteFunc(licences, func(l *licence) bool { return !matches(l) })
	if s.has(FilterFirstMatch) {
		licences = licences[:min(1, len(licences))]
	}
	return licences, nil
}

// parseFilter reads comma-separated pairs, each split at its first equals sign.
func (s *Server) parseFilter(filter string) ([]pair, *refusal) {
	if filter == "" && s.has(FilterEmptyAll) {
		return nil, nil
	}
	parts := strings.Split(filter, ",")
	var pairs []pair
	for _, part := range parts {
		name, pattern, ok := strings.Cut(part, "=")
		if !ok && s.has(FilterSecondEquals) && part != "" {
			pattern, ok = "*", true
		}
		if !ok || name == "" {
			return nil, refuse(http.StatusBadRequest, "InvalidFilter", "a filter is attribute=value pairs, separated by commas")
		}
		if slices.Contains(unsearchable, name) {
			switch {
			case s.has(FilterForbiddenIgnored):
				continue
			case s.has(FilterForbiddenWorks) && len(parts) == 1:
			case s.has(FilterMixedApplied) && len(parts) > 1:
			case s.varies(UnsearchableEmpty):
				name = "" // which no attribute has
			default:
				return nil, refuse(http.StatusBadRequest, "InvalidFilter", "%s cannot be searched", name)
			}
		}
		pairs = append(pairs, pair{name, pattern})
	}
	if s.has(FilterFirstPair) {
		pairs = pairs[:1]
	}
	if s.has(FilterLastPair) {
		pairs = pairs[len(pairs)-1:]
	}
	return pairs, nil
}

// matches reports whether an attribute of the licence matches a pattern as a whole. Texts are compared as they are, other scalars
// as they are written in JSON.
func (s *Server) matches(l *licence, p pair) bool {
	if s.varies(CustomUnfindable) && !slices.Contains(standardAttributes, p.name) {
		return false
	}
	return slices.ContainsFunc(textsOf(l, p.name), func(text string) bool { return s.matchesText(p.pattern, text) })
}

func (s *Server) matchesText(pattern, text string) bool {
	starred := strings.Contains(pattern, "*")
	switch {
	case s.varies(CaseInsensitive):
		return glob(strings.ToLower(pattern), strings.ToLower(text))
	case s.has(FilterStarLiteral):
		return pattern == text
	case s.has(FilterPrefix) && !starred:
		pattern += "*"
	case s.has(FilterContains) && !starred, s.has(FilterUnanchored) && starred:
		pattern = "*" + pattern + "*"
	case s.has(FilterTrailingStarOnly):
		if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
			return strings.HasPrefix(text, prefix)
		}
		return pattern == text
	case s.has(FilterStarPlus):
		return matchesExpression(regexp.QuoteMeta(pattern), `\*`, ".+", text)
	case s.has(FilterRegex):
		return matchesExpression(pattern, "*", ".*", text)
	case s.has(FilterLike):
		return matchesExpression(strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(pattern)), `\*`, ".*", text)
	}
	return glob(pattern, text)
}

// matchesExpression is how a careless server matches: it makes a regular expression of the pattern, with another spelling of the star.
func matchesExpression(pattern, star, meaning, text string) bool {
	expression, err := regexp.Compile("^(?:" + strings.ReplaceAll(pattern, star, meaning) + ")$")
	return err == nil && expression.MatchString(text)
}

// glob matches a whole text; a star stands for any characters, or none.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}

// textsOf returns an attribute as the texts that a pattern may match: none when the licence lacks it, one for each element of
// roles and userkeys, otherwise one.
func textsOf(l *licence, name string) []string {
	switch name {
	case "roles":
		return l.roles
	case "userkeys":
		texts := make([]string, len(l.users))
		for i, u := range l.users {
			texts[i] = formatKey(u)
		}
		return texts
	}
	value, ok := l.attribute(name)
	if !ok {
		return nil
	}
	return []string{plain(value)}
}

// plain is the text of a JSON string, or any other JSON as it is written.
func plain(value string) string {
	if value[0] != '"' {
		return value
	}
	var text string
	if err := json.Unmarshal([]byte(value), &text); err != nil {
		return value
	}
	return text
}
