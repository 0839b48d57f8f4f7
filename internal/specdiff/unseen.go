// What schemas say that oasdiff cannot see: bounds too great for a double, and how long a member's name may be.

package specdiff

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// schemas compares scalars of both documents as they are written, pointer by pointer.
func (c *comparing) schemas() {
	for _, pointer := range slices.Sorted(maps.Keys(c.old.index.texts)) {
		was := c.old.index.texts[pointer]
		is, kept := c.new.index.texts[pointer]
		switch {
		case strings.Contains(pointer, "/example"):
		case strings.HasSuffix(pointer, "/x-max-name-length/limit"):
			c.nameLength(pointer, was, is, kept)
		case kept && was != is && isBound(pointer):
			c.exactBound(pointer, was, is)
		}
	}
}

// nameLength compares how long the names of members may be in answers: shorter suits every caller, longer may not.
func (c *comparing) nameLength(pointer, was, is string, kept bool) {
	schema := strings.TrimSuffix(pointer, "/x-max-name-length/limit")
	change := Change{Rule: "name-length", Sites: []Site{{Place: c.first(pointer)}}}
	before, a := new(big.Int).SetString(was, 10)
	after, b := new(big.Int).SetString(is, 10)
	switch {
	case !kept:
		change.Level, change.Text = Warning, fmt.Sprintf("names of members of %s may have any length now; the limit was %s", quote(schema), was)
	case was == is || !a || !b:
		return
	case after.Cmp(before) > 0:
		change.Level, change.Text = Warning, fmt.Sprintf("names of members of %s may have %s characters now; the limit was %s", quote(schema), is, was)
	default:
		change.Level, change.Text = Info, fmt.Sprintf("names of members of %s have at most %s characters now; the limit was %s", quote(schema), is, was)
	}
	c.found = append(c.found, change)
}

func isBound(pointer string) bool {
	return strings.HasSuffix(pointer, "/minimum") || strings.HasSuffix(pointer, "/maximum")
}

// exactBound tells a bound that moved by less than a double can tell, which is how oasdiff reads numbers. Bounds of
// that size are those of 64-bit keys, which callers both send and receive, so that either direction breaks one of the
// two.
func (c *comparing) exactBound(pointer, was, is string) {
	before, a := new(big.Float).SetPrec(256).SetString(was)
	after, b := new(big.Float).SetPrec(256).SetString(is)
	if !a || !b || before.Cmp(after) == 0 {
		return
	}
	x, _ := before.Float64()
	y, _ := after.Float64()
	if x != y {
		return // oasdiff sees it
	}
	c.found = append(c.found, Change{Breaking, "exact-bound-changed",
		fmt.Sprintf("the bound %s is %s now; it was %s", quote(pointer), quote(is), quote(was)), []Site{{Place: c.first(pointer)}}})
}

// first is where a pointer stands: in the new document, else in the old one.
func (c *comparing) first(pointer string) Place {
	if place, ok := c.new.at(pointer); ok {
		return place
	}
	place, _ := c.old.at(pointer)
	return place
}
