// Package nearest finds the name that somebody probably meant, for errors that help.
package nearest

import (
	"fmt"
	"slices"
	"strings"
)

// Name returns the candidate closest to what was given, "" when none is close: at most a third of its letters away,
// upper and lower case alike, or the only one that contains it.
func Name(given string, candidates []string) string {
	best, bestDistance := "", len(given)/3+2
	for _, c := range candidates {
		if d := distance(strings.ToLower(given), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	if best != "" || given == "" {
		return best
	}
	var holding []string
	for _, c := range candidates {
		if strings.Contains(strings.ToLower(c), strings.ToLower(given)) {
			holding = append(holding, c)
		}
	}
	if len(holding) == 1 {
		return holding[0]
	}
	return ""
}

// Error says that there is nothing of that name, what there is, and which one was probably meant:
//
//	no scenario "stedy"; the scenarios are [breakpoint constant soak]; did you mean steady?
//
// A long list is left out; hint then says where to see it.
func Error(kind, given string, candidates []string, hint string) error {
	one, of, isOf := strings.Cut(kind, " of ")
	plural := one + "s"
	if strings.HasSuffix(one, "y") {
		plural = strings.TrimSuffix(one, "y") + "ies"
	}
	if isOf {
		plural += " of " + of
	}
	text := fmt.Sprintf("no %s %q", kind, given)
	if len(candidates) <= 30 {
		text += fmt.Sprintf("; the %s are %v", plural, candidates)
	}
	if name := Name(given, candidates); name != "" {
		text += fmt.Sprintf("; did you mean %s?", name)
	}
	if hint != "" {
		text += "\nhint: " + hint
	}
	return fmt.Errorf("%s", text)
}

// distance is the number of letters to add, drop, change or swap with their neighbour (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			rows[i][j] = slices.Min([]int{rows[i-1][j] + 1, rows[i][j-1] + 1, rows[i-1][j-1] + cost})
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
