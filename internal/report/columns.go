// Columns and lines, counted in code points.

package report

import (
	"strings"
	"unicode/utf8"
)

// wrap breaks a text into lines of at most that width: at spaces; inside a longer word after a comma or an ampersand,
// where lists of keys and queries have them; else anywhere.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for utf8.RuneCountInString(word) > width {
			head := string([]rune(word)[:width])
			if i := strings.LastIndexAny(head, ",&"); i > width/2 {
				head = head[:i+1]
			}
			lines = append(lines, head)
			word = word[len(head):]
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// cut keeps a line to a width; what is cut off shows as an ellipsis.
func cut(line string, width int) string {
	if utf8.RuneCountInString(line) <= width {
		return line
	}
	return strings.TrimRight(string([]rune(line)[:width-1]), " …") + "…"
}

// align makes lines out of rows: each column as wide as its widest cell, two spaces between; l and r say which side a
// column leans to. A row may be shorter than the others; a row of one cell is a heading and takes no width.
func align(rows [][]string, columns string) []string {
	widths := make([]int, len(columns))
	for _, row := range rows {
		if len(row) == 1 && len(columns) > 1 {
			continue
		}
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(rows))
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			if i > 0 {
				b.WriteString("  ")
			}
			pad := strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(cell), 0))
			if columns[i] == 'r' {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
		}
		lines[n] = b.String()
	}
	return lines
}
