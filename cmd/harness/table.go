// Rows of a list: in columns, and on a terminal within its width. What goes into a pipe is one line a row, for grep.

package main

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// rows collects lines whose cells a tab separates, and writes them in columns. A line without a tab stands alone, and
// ends the columns before it.
type rows struct {
	d     door
	width int // columns of the terminal; 0 without one
	text  strings.Builder
}

func table(d door) *rows {
	width, _ := terminal(d.stdout)
	return &rows{d: d, width: width}
}

// Write takes text in, as fmt.Fprintf gives it.
func (r *rows) Write(p []byte) (int, error) { return r.text.Write(p) }

// Flush writes what was collected.
func (r *rows) Flush() error {
	var out strings.Builder
	var block [][]string
	for line := range strings.Lines(r.text.String()) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) > 1 {
			block = append(block, cells)
			continue
		}
		r.lay(&out, block)
		block = nil
		out.WriteString(line)
	}
	r.lay(&out, block)
	r.text.Reset()
	_, err := r.d.stdout.Write([]byte(out.String()))
	return err
}

const (
	between = 2  // columns of space after a cell
	least   = 30 // columns that the last cell wants to stand beside the others
)

// lay writes a block: the last cell of a row is broken where the terminal ends. Where that leaves it too little room, it
// stands below the others.
func (r *rows) lay(out *strings.Builder, block [][]string) {
	var widths []int
	for _, cells := range block {
		for i, cell := range cells[:len(cells)-1] {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	stacked := false
	for _, cells := range block {
		offset := 0
		for i := range cells[:len(cells)-1] {
			offset += widths[i] + between
		}
		last := utf8.RuneCountInString(cells[len(cells)-1])
		stacked = stacked || r.width > 0 && offset+min(last, least) > r.width
	}
	for _, cells := range block {
		head, offset := "", 0
		last := cells[len(cells)-1]
		for i, cell := range cells[:len(cells)-1] {
			head += cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+between)
			offset += widths[i] + between
		}
		switch {
		case r.width == 0:
			head += last
		case stacked:
			indent := len(head) - len(strings.TrimLeft(head, " ")) + 4
			head = foldSpaced(strings.TrimRight(head, " "), indent, r.width)
			if last != "" {
				head += "\n" + strings.Repeat(" ", indent) + foldTo(last, indent, r.width)
			}
		default:
			head += foldTo(last, offset, r.width)
		}
		out.WriteString(strings.TrimRight(head, " ") + "\n")
	}
}

// foldSpaced breaks a line where it meets the width, later ones indented, and leaves the room between words as it is.
func foldSpaced(line string, indent, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range spaced.FindAllString(line, -1) {
		if n := utf8.RuneCountInString(word); column > 0 && column+n > width {
			word = strings.TrimLeft(word, " ")
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		}
		b.WriteString(word)
		column += utf8.RuneCountInString(word)
	}
	return b.String()
}

// spaced is a word with the room before it.
var spaced = regexp.MustCompile(` *[^ ]+`)
