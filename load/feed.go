// Feeds: what fills the requests of a step, as a table.

package load

import (
	"slices"

	"harness/specs"
)

// FeedKind is one way to make requests of an operation out of data of the target.
type FeedKind struct {
	Name    string
	Summary string // one line
	Sizes   bool   // takes sizes: counts, keys or users in one request
	Ranges  bool   // takes ranges: how many parts are walked at once

	asks func(*specs.Operation) bool
	make func(*composer, *Step, *Operation) (Feed, error)
}

var feedKinds = []FeedKind{
	{
		Name: "walk", Summary: "one page after the other from the lowest key up, each from the last key of the one before, until an empty page",
		Sizes: true, asks: bounded, make: (*composer).walk,
	},
	{
		Name: "parallel", Summary: "the key space cut into ranges, which are walked at once",
		Sizes: true, Ranges: true, asks: bounded, make: (*composer).parallel,
	},
	{
		Name: "random", Summary: "one page of a range between two bounds drawn by chance, each inclusive, exclusive or left to its default",
		Sizes: true, asks: bounded, make: (*composer).random,
	},
	{
		Name: "batch", Summary: "several keys or users in one request, drawn by chance, each once",
		Sizes: true, asks: func(op *specs.Operation) bool { return batches[op.API+" "+op.ID] != nil }, make: (*composer).batch,
	},
	{
		Name: "pages", Summary: "one numbered page after the other, until the last",
		Sizes: true, asks: func(op *specs.Operation) bool { return op.Pages != nil }, make: (*composer).pages,
	},
	{
		Name: "one", Summary: "one thing in one request, drawn by chance",
		asks: func(op *specs.Operation) bool { return singles[op.API+" "+op.ID] != nil }, make: (*composer).one,
	},
}

// bounded says whether an operation reads a range of keys.
func bounded(op *specs.Operation) bool { return op.Scan != nil }

// FeedKinds lists every feed.
func FeedKinds() []FeedKind { return slices.Clone(feedKinds) }

// feedsOf lists the feeds that can ask an operation.
func feedsOf(op *specs.Operation) (names []string) {
	for _, k := range feedKinds {
		if k.asks(op) {
			names = append(names, k.Name)
		}
	}
	return names
}

func feedNames() (names []string) {
	for _, k := range feedKinds {
		names = append(names, k.Name)
	}
	return names
}

func feedNamed(name string) (FeedKind, bool) {
	i := slices.IndexFunc(feedKinds, func(k FeedKind) bool { return k.Name == name })
	if i < 0 {
		return FeedKind{}, false
	}
	return feedKinds[i], true
}

// selective says whether an operation selects by a role or an attribute, of which some are rare and others common.
func selective(op *specs.Operation) bool {
	return op.Scan != nil && (op.Attribute != nil || len(op.Filters) > 0)
}

// What to choose a role or an attribute for.
const (
	rare   = "rare"
	common = "common"
)
