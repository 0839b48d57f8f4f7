// What OpenAPI itself can say, compared by oasdiff; its rules are levelled for callers, its findings put together.

package specdiff

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"

	"harness/specs"
)

// levels are the rules that weigh otherwise for callers than oasdiff has it.
var levels = map[string]checker.Level{
	// Whoever leaves the parameter out gets something else.
	checker.RequestParameterDefaultValueChangedId: checker.WARN,
	checker.RequestParameterDefaultValueRemovedId: checker.WARN,
	// Optional is what an answer may leave out; callers read it all the same.
	checker.ResponseOptionalPropertyRemovedId: checker.WARN,
	checker.OptionalResponseHeaderRemovedId:   checker.WARN,
	// Deprecated or not, it is gone.
	checker.APIRemovedWithDeprecationId:              checker.WARN,
	checker.APIPathRemovedWithDeprecationId:          checker.WARN,
	checker.RequestParameterRemovedWithDeprecationId: checker.WARN,
	// A success that nobody was told of is handled by nobody.
	checker.ResponseSuccessStatusAddedId: checker.WARN,
	// Generated clients name their functions after it.
	checker.APIOperationIdRemovedId: checker.WARN,
	// Every format shows both versions; and oasdiff knows only its own breaking changes.
	checker.APIVersionNotBumpedId:      checker.NONE,
	checker.APIVersionDecreasedId:      checker.NONE,
	checker.APIMajorVersionNotBumpedId: checker.NONE,
	// How a document is put together concerns no caller.
	checker.APISchemasRemovedId: checker.NONE,
	checker.APITagAddedId:       checker.NONE,
	checker.APITagRemovedId:     checker.NONE,
}

// wordings are rules that are told in other words than oasdiff's; they take the same arguments.
var wordings = map[string]string{
	checker.EndpointAddedId:                       "the operation is new",
	checker.EndpointDeprecatedId:                  "the operation is deprecated now",
	checker.EndpointReactivatedId:                 "the operation is not deprecated any more",
	checker.APIRemovedWithoutDeprecationId:        "the operation is gone, and was never deprecated",
	checker.APIPathRemovedWithoutDeprecationId:    "the operation is gone, and was never deprecated",
	checker.APIRemovedWithDeprecationId:           "the operation is gone; it was deprecated",
	checker.APIPathRemovedWithDeprecationId:       "the operation is gone; it was deprecated",
	checker.APIOperationIdRemovedId:               "operationId %s became %s; the wire is as it was, names in generated clients are not",
	checker.ResponseNonSuccessStatusAddedId:       "may answer %s now",
	checker.ResponseNonSuccessStatusRemovedId:     "does not answer %s any more",
	checker.ResponseSuccessStatusAddedId:          "may answer %s now, a success that callers do not know",
	checker.ResponseSuccessStatusRemovedId:        "does not answer %s any more",
	checker.ResponseOptionalPropertyAddedId:       "answers may hold %s now, with status %s",
	checker.ResponseOptionalPropertyRemovedId:     "answers hold %s no more, with status %s; it was optional",
	checker.ResponseRequiredPropertyAddedId:       "answers hold %s now, with status %s",
	checker.ResponseRequiredPropertyRemovedId:     "answers hold %s no more, with status %s; it was required",
	checker.RequestParameterRemovedId:             "the %s parameter %s is gone",
	checker.NewRequiredRequestParameterId:         "wants the %s parameter %s now",
	checker.NewOptionalRequestParameterId:         "takes the %s parameter %s now",
	checker.RequestParameterBecomeRequiredId:      "the %s parameter %s is required now",
	checker.RequestParameterBecomeOptionalId:      "the %s parameter %s is optional now",
	checker.RequestParameterDefaultValueAddedId:   "%[2]s left out means %[3]s now; nothing was said",
	checker.RequestParameterDefaultValueChangedId: "%[2]s left out means %[4]s now; it meant %[3]s",
	checker.RequestParameterDefaultValueRemovedId: "%[2]s left out means nothing certain now; it meant %[3]s",
}

// openapi runs oasdiff on both documents as they were lifted.
func (c *comparing) openapi() error {
	before, err := c.old.origin()
	if err != nil {
		return err
	}
	after, err := c.new.origin()
	if err != nil {
		return err
	}
	report, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), before, after)
	if err != nil {
		return fmt.Errorf("comparing %s with %s: %w", c.old.Name, c.new.Name, err)
	}
	config := checker.NewConfig(checker.GetAllChecks(), checker.WithSeverityLevels(levels))
	byIdentity := map[string]pair{}
	for _, p := range c.pairs {
		byIdentity[identity(p.any().Method, p.any().Path, p.any().Selects)] = p
	}
	var drafts []draft
	for _, change := range checker.CheckBackwardCompatibilityUntilLevel(config, report, sources, checker.INFO) {
		d := newDraft(change)
		if d.path != "" {
			path, conditions, _ := strings.Cut(d.path, "#")
			p, known := byIdentity[identity(d.method, path, selects(conditions))]
			if !known {
				return fmt.Errorf("comparing %s with %s: %s %s is in neither", c.old.Name, c.new.Name, d.method, d.path)
			}
			d.pair = &p
		}
		if !c.told(d) {
			drafts = append(drafts, d)
		}
	}
	c.found = append(c.found, c.condensed(drafts)...)
	return nil
}

// origin loads the lifted document once more, with the line of every part.
func (d *Document) origin() (*load.SpecInfo, error) {
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	doc, err := loader.LoadFromData(d.lifted)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.File, err)
	}
	return &load.SpecInfo{Url: d.File, Spec: doc, Version: d.API.Version}, nil
}

// draft is a finding of oasdiff's on its way to a Change.
type draft struct {
	level        Level
	rule         string
	args         []string
	suffix       string // details and comment
	method, path string // "" where it concerns the document as a whole
	pair         *pair
	old, new     int // lines in the lifted documents; 0 means none
}

func newDraft(change checker.Change) draft {
	localise := checker.NewDefaultLocalizer()
	d := draft{
		level: map[checker.Level]Level{checker.ERR: Breaking, checker.WARN: Warning, checker.INFO: Info}[change.GetLevel()],
		rule:  change.GetId(), method: change.GetOperation(), path: change.GetPath(),
	}
	for _, arg := range change.GetArgs() {
		d.args = append(d.args, argument(arg))
	}
	// oasdiff gives its text whole; what stands behind the pattern of the rule are details, such as a media type.
	var plain []any
	for _, arg := range change.GetArgs() {
		plain = append(plain, quote(verbatim(arg)))
	}
	d.suffix = strings.TrimPrefix(change.GetUncolorizedText(localise), localise(d.rule, plain...))
	if source := change.GetBaseSource(); source != nil {
		d.old = source.Line
	}
	if source := change.GetRevisionSource(); source != nil {
		d.new = source.Line
	}
	return d
}

// argument writes an argument of a finding: whole numbers whole, and those that a double cannot hold as doubles.
func argument(arg any) string {
	if f, ok := arg.(float64); ok {
		return strconv.FormatFloat(f, 'g', 15, 64)
	}
	return verbatim(arg)
}

// verbatim writes an argument as oasdiff does.
func verbatim(arg any) string {
	switch v := arg.(type) {
	case nil:
		return "undefined"
	case []string:
		return strings.Join(v, ", ")
	case float64:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return fmt.Sprint(arg)
}

// told says whether a promise has been told already that this finding would tell again.
func (c *comparing) told(d draft) bool {
	if d.pair == nil || len(d.args) < 2 {
		return false
	}
	for known := range c.claimed {
		if known.operation == d.pair.id() && known.parameter == d.args[1] && strings.HasPrefix(d.rule, known.rule) {
			// max is no prefix of max-items here, nor of max-length.
			rest := strings.TrimPrefix(d.rule, known.rule)
			if !slices.ContainsFunc([]string{"-items", "-length", "-properties", "-contains"}, func(s string) bool { return strings.HasPrefix(rest, s) }) {
				return true
			}
		}
	}
	return false
}

var status = regexp.MustCompile(`^([1-5]\d\d|[1-5]XX|default)$`)

// condensed makes one change of findings that are one line of a document: a schema is met with many statuses, by many
// ways, in many operations.
func (c *comparing) condensed(drafts []draft) []Change {
	type key struct {
		level              Level
		rule, suffix, args string
		old, new           int
	}
	var order []key
	groups := map[key][]draft{}
	for _, d := range drafts {
		k := key{level: d.level, rule: d.rule, suffix: d.suffix, old: d.old, new: d.new}
		for _, arg := range d.args {
			k.args += "\x00" + common(arg)
		}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], d)
	}
	localise := checker.NewDefaultLocalizer()
	var all []Change
	for _, k := range order {
		group := groups[k]
		args := make([]any, len(group[0].args))
		for i := range args {
			var values []string
			for _, d := range group {
				if !slices.Contains(values, d.args[i]) {
					values = append(values, d.args[i])
				}
			}
			args[i] = several(values)
		}
		change := Change{Level: k.level, Rule: k.rule}
		if wording, ok := wordings[k.rule]; ok {
			change.Text = fmt.Sprintf(wording, args...)
		} else {
			change.Text = localise(k.rule, args...)
		}
		change.Text += k.suffix
		for _, d := range group {
			if site := c.site(d); !slices.Contains(change.Sites, site) {
				change.Sites = append(change.Sites, site)
			}
		}
		all = append(all, change)
	}
	return all
}

// common is what an argument shares with those of the same line: a status is a status, and of the way to a member
// only its end counts.
func common(arg string) string {
	if status.MatchString(arg) {
		return "status"
	}
	if strings.Contains(arg, " ") {
		return arg // words, no way
	}
	return arg[strings.LastIndex(arg, "/")+1:]
}

// several lists values, the first few of many. Of the ways to a member the shortest come first.
func several(values []string) string {
	const few = 3
	if !status.MatchString(values[0]) {
		slices.SortStableFunc(values, func(a, b string) int { return strings.Count(a, "/") - strings.Count(b, "/") })
	}
	quoted := make([]string, 0, few)
	for _, v := range values[:min(few, len(values))] {
		quoted = append(quoted, quote(v))
	}
	text := strings.Join(quoted, ", ")
	if more := len(values) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// site is where a finding is felt. A finding on a parameter stands at the parameter, which is closer than oasdiff looks.
func (c *comparing) site(d draft) Site {
	var s Site
	switch {
	case d.pair != nil && (d.pair.old == nil || d.pair.new == nil):
		s.Place = c.place(*d.pair, "")
	case d.pair != nil && d.rule == checker.APIOperationIdRemovedId:
		s.Place = c.place(*d.pair, "/operationId") // oasdiff points at the old one
	case d.new > 0:
		s.Place = c.new.ofLifted(d.new)
	case d.old > 0:
		s.Place = c.old.ofLifted(d.old)
	case d.pair != nil:
		s.Place = c.place(*d.pair, "")
	default:
		s.Place = Place{File: c.new.File}
	}
	if d.pair == nil {
		return s
	}
	s.Operation = d.pair.id()
	if strings.Contains(d.rule, "request-parameter") && len(d.args) > 1 {
		if place, ok := parameterPlace(c.new, d.pair.new, d.args[1]); ok {
			s.Place = place
		} else if place, ok := parameterPlace(c.old, d.pair.old, d.args[1]); ok {
			s.Place = place
		}
	}
	return s
}

func parameterPlace(d *Document, op *specs.Operation, name string) (Place, bool) {
	if op == nil {
		return Place{}, false
	}
	return d.part(op, "parameter:"+name)
}
