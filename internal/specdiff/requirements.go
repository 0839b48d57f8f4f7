// What the catalogue of requirements promises beside a document.

package specdiff

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"harness/internal/requirement"
	"harness/specs"
)

// promise is a requirement with the lines it stands on.
type promise struct {
	requirement.Requirement
	place map[string]Place // of its members; "" is the requirement itself
}

// requirements compares both catalogues, if both documents have one. The implied requirements are left out: what the
// documents imply has been compared already. Nor do callers care where a promise is taken from, and on what data it is
// judged.
func (c *comparing) requirements() {
	before, after := c.old.catalogue, c.new.catalogue
	switch {
	case before == nil && after == nil:
		return
	case before == nil || after == nil:
		lacking := c.old
		if before != nil {
			lacking = c.new
		}
		c.notes = append(c.notes, fmt.Sprintf("requirements were not compared: beside %s there are none", lacking.File))
		return
	}
	is := map[string]promise{}
	for _, r := range after {
		is[r.ID] = r
	}
	for _, was := range before {
		now, kept := is[was.ID]
		delete(is, was.ID)
		if !kept {
			c.withdrawn(was, c.current(was.Operations), was.place[""])
			continue
		}
		c.requirement(was, now)
	}
	for _, r := range after {
		if _, added := is[r.ID]; added {
			c.tell(Info, "requirement-added", r.Operations, r.place[""], "%s is promised now, as %s: %s", quote(r.ID), a(r.Level), r.Statement)
		}
	}
}

// requirement compares one promise with what it was.
func (c *comparing) requirement(was, is promise) {
	operations := c.current(was.Operations)
	c.withdrawn(was, without(operations, is.Operations), is.place["operations"])
	if more := without(is.Operations, operations); len(more) > 0 {
		c.tell(Info, "requirement-operation-added", more, is.place["operations"], "%s is promised of this operation too now: %s", quote(is.ID), is.Statement)
	}
	if was.Level != is.Level {
		if slices.Index(requirement.Levels, is.Level) > slices.Index(requirement.Levels, was.Level) {
			c.tell(weight(was.Level), "requirement-level-lowered", is.Operations, is.place["level"], "%s is only %s now; it was %s: %s", quote(is.ID), a(is.Level), a(was.Level), is.Statement)
		} else {
			c.tell(Info, "requirement-level-raised", is.Operations, is.place["level"], "%s is %s now; it was %s: %s", quote(is.ID), a(is.Level), a(was.Level), is.Statement)
		}
	}
	if was.Statement != is.Statement {
		c.tell(Info, "requirement-reworded", is.Operations, is.place["statement"], "%s reads otherwise now: %s", quote(is.ID), is.Statement)
	}
}

// withdrawn tells that a promise is not made any more of some operations; of operations that are gone there is nothing
// left to tell.
func (c *comparing) withdrawn(was promise, operations []string, place Place) {
	if len(operations) > 0 {
		c.tell(weight(was.Level), "requirement-removed", operations, place, "%s is promised no more; it was %s: %s", quote(was.ID), a(was.Level), was.Statement)
	}
}

// weight is what a caller loses with a promise of that level. Where the documents were silent nothing was promised.
func weight(level requirement.Level) Level {
	switch level {
	case requirement.Must:
		return Breaking
	case requirement.Should:
		return Warning
	}
	return Info
}

// a is a level with its article.
func a(level requirement.Level) string {
	if level == requirement.Observe {
		return "an " + string(level)
	}
	return "a " + string(level)
}

func (c *comparing) tell(level Level, rule string, operations []string, place Place, format string, args ...any) {
	change := Change{Level: level, Rule: rule, Text: strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")}
	for _, id := range operations {
		change.Sites = append(change.Sites, Site{id, place})
	}
	c.found = append(c.found, change)
}

// current turns operationIds of the old document into those of the new one; operations that are gone fall out.
func (c *comparing) current(ids []string) []string {
	var now []string
	for _, p := range c.pairs {
		if p.old != nil && p.new != nil && slices.Contains(ids, p.old.ID) {
			now = append(now, p.new.ID)
		}
	}
	return now
}

// readPromises reads the catalogue in a folder, and finds the lines of each requirement; prefix is what the folder is
// called in places.
func (d *Document) readPromises(folder fs.FS, prefix string) error {
	files, err := fs.Glob(folder, "requirements/*.yaml")
	if err != nil || len(files) == 0 {
		return err
	}
	if d.API.Name == "" {
		return fmt.Errorf("requirements stand beside a document of none of %v", specs.Names)
	}
	all, err := requirement.Written(d.API, folder)
	if err != nil {
		return err
	}
	places := map[string]map[string]Place{}
	for _, file := range files {
		data, err := fs.ReadFile(folder, file)
		if err != nil {
			return err
		}
		lines, ids := map[string]int{}, map[string]string{}
		err = walk(data, func(pointer string, line int, text *string) {
			lines[pointer] = line
			if item, ok := strings.CutSuffix(pointer, "/id"); ok && text != nil {
				ids[item] = *text
			}
		})
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for item, id := range ids {
			places[id] = map[string]Place{"": {prefix + "/" + file, lines[item]}}
			for _, member := range []string{"level", "operations", "statement"} {
				places[id][member] = Place{prefix + "/" + file, lines[item+"/"+member]}
			}
		}
	}
	for _, r := range all {
		d.catalogue = append(d.catalogue, promise{r, places[r.ID]})
	}
	return nil
}
