// What the vendor extensions promise beyond OpenAPI: permissions, effects, batches, scans, pages, filters, searches.

package specdiff

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"harness/specs"
)

// claim is a change of a parameter that has been told in the words of its promise, so that it is not told again in
// those of its schema. Rule is what the ids of oasdiff's rules begin with.
type claim struct{ operation, parameter, rule string }

func (c *comparing) claim(p pair, parameter string, rules ...string) {
	for _, rule := range rules {
		c.claimed[claim{p.id(), parameter, "request-parameter-" + rule}] = true
	}
}

// promises compares what the extensions of both documents say.
func (c *comparing) promises() {
	c.servers()
	for _, p := range c.pairs {
		if p.old == nil || p.new == nil {
			continue // new or gone, which says it all
		}
		c.permissions(p)
		c.effect(p)
		c.exampleOnly(p)
		c.batch(p)
		c.scan(p)
		c.pages(p)
		c.attributeSearch(p)
		c.filters(p)
		c.find(p)
	}
}

// servers compares where the API lives. The path belongs to every URL that a caller builds; the host is only the one
// that the document names, and callers have their own.
func (c *comparing) servers() {
	place := func() Place { at, _ := c.new.at("/servers/0/url"); return at }
	if was, is := c.old.API.BasePath, c.new.API.BasePath; was != is {
		c.found = append(c.found, Change{Breaking, "base-path-changed",
			fmt.Sprintf("every operation stands under %s now, and stood under %s", quote(is+"/"), quote(was+"/")), []Site{{Place: place()}}})
	}
	if was, is := host(c.old.API), host(c.new.API); was != is {
		c.found = append(c.found, Change{Warning, "server-changed",
			fmt.Sprintf("the document names the server %s now, and named %s", quote(is), quote(was)), []Site{{Place: place()}}})
	}
}

// host is the first server of a document without its path.
func host(api *specs.API) string {
	if len(api.Doc.Servers) == 0 {
		return ""
	}
	u, err := url.Parse(api.Doc.Servers[0].URL)
	if err != nil {
		return api.Doc.Servers[0].URL
	}
	return u.Scheme + "://" + u.Host
}

// permissions compares what a caller must hold. A document without a word on it asks for none.
func (c *comparing) permissions(p pair) {
	const at = "/x-permissions"
	was, is := anyOf(p.old), anyOf(p.new)
	more, less := without(is, was), without(was, is)
	switch {
	case len(was) == 0 && len(is) > 0:
		c.add(Breaking, "permission-required", p, at, "wants a permission now, %s; it wanted none", either(is))
	case len(was) > 0 && len(is) == 0:
		c.add(Info, "permission-dropped", p, at, "wants no permission any more; it wanted %s", either(was))
	default:
		if len(less) > 0 {
			c.add(Breaking, "permission-alternative-removed", p, at, "%s is not enough any more; what it wants is %s", either(less), either(is))
		}
		if len(more) > 0 {
			c.add(Info, "permission-alternative-added", p, at, "%s is enough now, as an alternative", either(more))
		}
	}
}

func anyOf(op *specs.Operation) []string {
	if op.Permissions == nil {
		return nil
	}
	return op.Permissions.AnyOf
}

// effect compares what a call does to the data. Whether it writes matters most: to those who call it freely, and to
// those who rely on what it wrote.
func (c *comparing) effect(p pair) {
	was, is := p.old.Effect, p.new.Effect
	level := Warning
	switch {
	case was == is:
		return
	case was == specs.EffectWrite || is == specs.EffectWrite:
		level = Breaking
	}
	does := map[specs.Effect]string{specs.EffectRead: "only reads", specs.EffectWrite: "writes", specs.EffectNone: "has no effect"}
	did := map[specs.Effect]string{specs.EffectRead: "only read", specs.EffectWrite: "wrote", specs.EffectNone: "had no effect"}
	c.add(level, "effect-changed", p, "/x-effect", "%s now; before, it %s", does[is], did[was])
}

func (c *comparing) exampleOnly(p pair) {
	switch {
	case p.new.ExampleOnly && !p.old.ExampleOnly:
		c.add(Warning, "example-only", p, "/x-example-only", "stands only in an example now; it was listed")
	case p.old.ExampleOnly && !p.new.ExampleOnly:
		c.add(Info, "listed", p, "/x-example-only", "is listed now; it stood only in an example")
	}
}

// batch compares a list that selects items, and how long it may be.
func (c *comparing) batch(p pair) {
	was, is := p.old.Batch, p.new.Batch
	switch {
	case was == nil && is == nil:
		return
	case was == nil:
		c.add(Info, "batch-added", p, batchAt(is), "%s selects by a list of %s now", batchName(is), quote(is.Selects))
		return
	case is == nil:
		c.add(Breaking, "batch-removed", p, batchAt(was), "%s selects by a list no more", batchName(was))
		return
	case was.Parameter != is.Parameter:
		c.add(Breaking, "batch-moved", p, batchAt(is), "the list that selects is %s now; it was %s", batchName(is), batchName(was))
		return
	}
	if was.Selects != is.Selects {
		c.add(Breaking, "batch-selects-changed", p, batchAt(is), "%s selects by %s now; it selected by %s", batchName(is), quote(is.Selects), quote(was.Selects))
	}
	if is.Parameter == "" {
		return // the limit of a body is its schema's, and told as such
	}
	c.claim(p, is.Parameter, "max-items")
	at := "parameter:" + is.Parameter + "/schema/maxItems"
	c.limit(p, "batch-limit", at, is.Parameter, "takes lists of up to", "took up to", bound{int64(was.Limit), was.Limit > 0}, bound{int64(is.Limit), is.Limit > 0})
}

func batchName(b *specs.Batch) string {
	if b.Parameter == "" {
		return "the body"
	}
	return quote(b.Parameter)
}

func batchAt(b *specs.Batch) string {
	if b.Parameter == "" {
		return "/requestBody/x-batch"
	}
	return "parameter:" + b.Parameter + "/x-batch"
}

// bound is a number that a document sets, or does not.
type bound struct {
	value int64
	set   bool
}

// limit compares an upper bound on what a caller may ask for: less is breaking, more is not. The verbs say what the
// parameter does up to its bound, now and before.
func (c *comparing) limit(p pair, rule, at, parameter, does, did string, was, is bound) {
	name := quote(parameter)
	switch {
	case was == is:
	case !was.set:
		c.add(Breaking, rule+"-set", p, at, "%s %s %d now; it had no limit", name, does, is.value)
	case !is.set:
		c.add(Info, rule+"-dropped", p, at, "%s has no limit now; it %s %d", name, did, was.value)
	case is.value < was.value:
		c.add(Breaking, rule+"-lowered", p, at, "%s only %s %d now; it %s %d", name, does, is.value, did, was.value)
	default:
		c.add(Info, rule+"-raised", p, at, "%s %s %d now; it %s %d", name, does, is.value, did, was.value)
	}
}

// scan compares the parameters that bound a range read, and what its limit allows.
func (c *comparing) scan(p pair) {
	was, is := p.old.Scan, p.new.Scan
	const at = "/x-scan"
	switch {
	case was == nil && is == nil:
		return
	case was == nil:
		c.add(Info, "scan-added", p, at, "can be read as a range of %s now", quote(is.Member))
		return
	case is == nil:
		c.add(Breaking, "scan-removed", p, at, "can be read as a range of %s no more", quote(was.Member))
		return
	}
	c.renamed(p, "scan", at, [][3]string{
		{"the member that the range bounds", was.Member, is.Member},
		{"the lower bound", was.Lower, is.Lower}, {"the inclusion of the lower bound", was.LowerInclusive, is.LowerInclusive},
		{"the upper bound", was.Upper, is.Upper}, {"the inclusion of the upper bound", was.UpperInclusive, is.UpperInclusive},
		{"the limit of a slice", was.Limit, is.Limit},
	})
	if was.Limit == is.Limit && is.Limit != "" {
		c.sliceLimit(p, is.Limit)
	}
	for _, name := range []string{is.LowerInclusive, is.UpperInclusive} {
		c.scanDefault(p, name)
	}
}

// sliceLimit compares how many items a caller may ask a scan for, and how many it gets unasked. Clients that take a
// short slice for the last one stop too early when the default falls.
func (c *comparing) sliceLimit(p pair, name string) {
	was, had := p.old.Range(name)
	is, has := p.new.Range(name)
	if !had || !has {
		return // new, gone or of another type: told as such
	}
	c.claim(p, name, "max", "min")
	at := "parameter:" + name + "/schema"
	c.limit(p, "scan-limit", at+"/maximum", name, "goes up to", "went up to", bound{was.Max, was.HasMax}, bound{is.Max, is.HasMax})
	switch {
	case is.HasMin && (!was.HasMin || is.Min > was.Min):
		c.add(Breaking, "scan-minimum-raised", p, at+"/minimum", "%s begins at %d now%s", quote(name), is.Min, before(was))
	case was.HasMin && (!is.HasMin || is.Min < was.Min):
		c.add(Info, "scan-minimum-lowered", p, at+"/minimum", "%s may be less than %d now", quote(name), was.Min)
	}
	c.scanDefault(p, name)
}

func before(was specs.Range) string {
	if !was.HasMin {
		return "; it had no minimum"
	}
	return fmt.Sprintf("; it began at %d", was.Min)
}

// scanDefault compares what a parameter of a scan means when it is left out: which items come, not just how many.
func (c *comparing) scanDefault(p pair, name string) {
	was, had := defaultOf(p.old, name)
	is, has := defaultOf(p.new, name)
	at := "parameter:" + name + "/schema/default"
	if p.old.Parameter(name) == nil || p.new.Parameter(name) == nil {
		return
	}
	c.claim(p, name, "default-value")
	switch {
	case had == has && was == is:
	case !had:
		c.add(Info, "scan-default-set", p, at, "%s left out means %s now; nothing was said", quote(name), quote(is))
	case !has:
		c.add(Breaking, "scan-default-dropped", p, at, "%s left out means nothing certain now; it meant %s", quote(name), quote(was))
	default:
		c.add(Breaking, "scan-default-changed", p, at, "%s left out means %s now; it meant %s", quote(name), quote(is), quote(was))
	}
}

// defaultOf is the default of a parameter as it is written.
func defaultOf(op *specs.Operation, name string) (text string, ok bool) {
	p := op.Parameter(name)
	if p == nil || p.Schema == nil || p.Schema.Value.Default == nil {
		return "", false
	}
	if r, whole := op.Range(name); whole && r.HasDefault {
		return strconv.FormatInt(r.Default, 10), true
	}
	return fmt.Sprint(p.Schema.Value.Default), true
}

// pages compares the parameters and members of numbered pages.
func (c *comparing) pages(p pair) {
	was, is := p.old.Pages, p.new.Pages
	const at = "/x-pages"
	switch {
	case was == nil && is == nil:
	case was == nil:
		c.add(Info, "pages-added", p, at, "comes in numbered pages now, chosen by %s and %s", quote(is.Size), quote(is.Number))
	case is == nil:
		c.add(Breaking, "pages-removed", p, at, "comes in numbered pages no more")
	default:
		c.renamed(p, "pages", at, [][3]string{
			{"the size of a page", was.Size, is.Size}, {"the number of a page", was.Number, is.Number},
			{"the items of a page", was.Items, is.Items}, {"the count of all items", was.Total, is.Total},
			{"the count of pages", was.Pages, is.Pages},
		})
	}
}

// attributeSearch compares the parameters that search by an attribute.
func (c *comparing) attributeSearch(p pair) {
	was, is := p.old.Attribute, p.new.Attribute
	const at = "/x-attribute-search"
	switch {
	case was == nil && is == nil:
	case was == nil:
		c.add(Info, "attribute-search-added", p, at, "searches by an attribute now, named by %s", quote(is.Name))
	case is == nil:
		c.add(Breaking, "attribute-search-removed", p, at, "searches by an attribute no more")
	default:
		c.renamed(p, "attribute-search", at, [][3]string{
			{"the name of the attribute", was.Name, is.Name}, {"the value of the attribute", was.Value, is.Value},
			{"the product that the attribute is looked up in", was.Product, is.Product},
		})
	}
}

// renamed compares who plays which part: rows of the part, its old name and its new one; "" is nobody.
func (c *comparing) renamed(p pair, rule, at string, parts [][3]string) {
	for _, part := range parts {
		what, was, is := part[0], part[1], part[2]
		switch {
		case was == is:
		case was == "":
			c.add(Info, rule+"-part-added", p, at, "%s is %s now; there was none", what, quote(is))
		case is == "":
			c.add(Breaking, rule+"-part-removed", p, at, "%s is told no more; it was %s", what, quote(was))
		default:
			c.add(Breaking, rule+"-part-renamed", p, at, "%s is %s now; it was %s", what, quote(is), quote(was))
		}
	}
}

// filters compares the lists that narrow an answer.
func (c *comparing) filters(p pair) {
	named := func(op *specs.Operation, parameter string) (specs.Filter, bool) {
		i := slices.IndexFunc(op.Filters, func(f specs.Filter) bool { return f.Parameter == parameter })
		if i < 0 {
			return specs.Filter{}, false
		}
		return op.Filters[i], true
	}
	for _, was := range p.old.Filters {
		is, kept := named(p.new, was.Parameter)
		at := "parameter:" + was.Parameter + "/x-filter"
		switch {
		case !kept:
			c.claim(p, was.Parameter, "removed")
			c.add(Breaking, "filter-removed", p, at, "%s narrows the answer no more: %s", quote(was.Parameter), returns(was))
		case was.Member != is.Member:
			c.add(Breaking, "filter-member-changed", p, at, "%s looks at %s now; it looked at %s", quote(is.Parameter), quote(is.Member), quote(was.Member))
		case was.Drops != is.Drops:
			c.add(Breaking, "filter-drops-changed", p, at, "%s drops %s now; it dropped %s", quote(is.Parameter), dropped(is), dropped(was))
		}
	}
	for _, is := range p.new.Filters {
		if _, had := named(p.old, is.Parameter); !had && p.old.Parameter(is.Parameter) != nil {
			c.add(Breaking, "filter-added", p, "parameter:"+is.Parameter+"/x-filter", "%s drops %s now; it dropped nothing", quote(is.Parameter), dropped(is))
		}
	}
}

func dropped(f specs.Filter) string {
	if f.Drops == "elements" {
		return "elements of " + quote(f.Member)
	}
	return "whole items by " + quote(f.Member)
}

func returns(f specs.Filter) string {
	if f.Drops == "elements" {
		return "the elements of " + quote(f.Member) + " that it dropped are back"
	}
	return "the items that it dropped by " + quote(f.Member) + " are back"
}

// find compares a filter expression: its wildcard, and what it cannot search.
func (c *comparing) find(p pair) {
	was, is := p.old.Find, p.new.Find
	switch {
	case was == nil && is == nil:
		return
	case was == nil:
		c.add(Info, "find-added", p, "parameter:"+is.Parameter+"/x-find", "%s searches by pairs of member and value now", quote(is.Parameter))
		return
	case is == nil:
		c.add(Breaking, "find-removed", p, "parameter:"+was.Parameter+"/x-find", "%s searches by pairs of member and value no more", quote(was.Parameter))
		return
	}
	at := "parameter:" + is.Parameter + "/x-find"
	c.renamed(p, "find", at, [][3]string{{"the filter expression", was.Parameter, is.Parameter}, {"the wildcard", was.Wildcard, is.Wildcard}})
	if lost := without(is.Unsearchable, was.Unsearchable); len(lost) > 0 {
		c.add(Breaking, "find-unsearchable-added", p, at, "cannot search %s any more", either(lost))
	}
	if gained := without(was.Unsearchable, is.Unsearchable); len(gained) > 0 {
		c.add(Info, "find-unsearchable-removed", p, at, "can search %s now", either(gained))
	}
}

// without lists what all holds and others does not.
func without(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(others, s) })
}

func quote(name string) string { return "`" + name + "`" }

// either lists names of which one is meant.
func either(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return strings.Join(quoted, " or ")
}
