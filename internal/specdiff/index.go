// Where the parts of a document stand: lines by JSON pointer, in the document as its authors wrote it.

package specdiff

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"harness/specs"
)

// index knows the lines and texts of a document. Its pointers are those of the lifted document: an entry of
// x-ms-paths is found under /paths.
type index struct {
	lines      map[string]int    // of the document as it was written, by pointer
	texts      map[string]string // of its scalars, by pointer
	lifted     map[int]string    // the first pointer of each line of the lifted document
	operations map[string]string // the pointer of each operation, by identity
}

func newIndex(data, lifted []byte) (*index, error) {
	x := &index{lines: map[string]int{}, texts: map[string]string{}, lifted: map[int]string{}, operations: map[string]string{}}
	err := walk(data, func(pointer string, line int, text *string) {
		x.lines[pointer] = line
		if text != nil {
			x.texts[pointer] = *text
		}
		if parts := strings.Split(pointer, "/"); len(parts) == 4 && parts[1] == "paths" {
			path, conditions, _ := strings.Cut(unescape(parts[2]), "#")
			x.operations[identity(parts[3], path, selects(conditions))] = pointer
		}
	})
	if err != nil {
		return nil, err
	}
	err = walk(lifted, func(pointer string, line int, _ *string) {
		if x.lifted[line] == "" {
			x.lifted[line] = pointer
		}
	})
	return x, err
}

// walk visits every value of a YAML document with its pointer, the line of its name (of itself, in a list), and its
// text if it is a scalar.
func walk(data []byte, visit func(pointer string, line int, text *string)) error {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return err
	}
	for _, doc := range file.Docs {
		walkNode(doc.Body, "", 0, visit)
	}
	return nil
}

func walkNode(node ast.Node, pointer string, line int, visit func(string, int, *string)) {
	switch n := node.(type) {
	case *ast.AnchorNode:
		walkNode(n.Value, pointer, line, visit)
		return
	case *ast.TagNode:
		walkNode(n.Value, pointer, line, visit)
		return
	case *ast.MappingNode:
		visit(pointer, line, nil)
		for _, entry := range n.Values {
			walkEntry(entry, pointer, visit)
		}
	case *ast.MappingValueNode:
		visit(pointer, line, nil)
		walkEntry(n, pointer, visit)
	case *ast.SequenceNode:
		visit(pointer, line, nil)
		for i, value := range n.Values {
			walkNode(value, pointer+"/"+strconv.Itoa(i), value.GetToken().Position.Line, visit)
		}
	case nil:
	default:
		text := node.GetToken().Value
		visit(pointer, line, &text)
	}
}

func walkEntry(entry *ast.MappingValueNode, pointer string, visit func(string, int, *string)) {
	name := entry.Key.GetToken().Value
	switch {
	case pointer == "" && name == "x-ms-paths":
		name = "paths"
	case pointer == "/paths" && strings.Contains(name, "?"):
		if key, err := specs.LiftedKey(name); err == nil {
			name = key
		}
	}
	walkNode(entry.Value, pointer+"/"+escape(name), entry.Key.GetToken().Position.Line, visit)
}

// A JSON pointer writes a slash in a name as ~1, and so a tilde as ~0.
var (
	escaper   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

func escape(name string) string   { return escaper.Replace(name) }
func unescape(name string) string { return unescaper.Replace(name) }

// identity is what makes two operations the same one for callers: method, path without the names of its parameters,
// and the query that chooses it.
func identity(method, path string, selects map[string]string) string {
	var b strings.Builder
	b.WriteString(strings.ToUpper(method) + " ")
	for {
		head, rest, open := strings.Cut(path, "{")
		b.WriteString(head)
		if !open {
			break
		}
		b.WriteString("{}")
		_, path, _ = strings.Cut(rest, "}")
	}
	for _, name := range slices.Sorted(maps.Keys(selects)) {
		fmt.Fprintf(&b, "&%s=%s", name, selects[name])
	}
	return b.String()
}

// selects reads the part of a lifted key that stands behind the hash.
func selects(conditions string) map[string]string {
	all := map[string]string{}
	for pair := range strings.SplitSeq(conditions, "&") {
		if name, value, _ := strings.Cut(pair, "="); name != "" {
			all[name] = value
		}
	}
	return all
}

// part is where a part of an operation stands; a pointer of "" is the operation itself. ok is false, and the place the
// nearest part around it, where the document has no such part.
func (d *Document) part(op *specs.Operation, pointer string) (place Place, ok bool) {
	if name, found := strings.CutPrefix(pointer, "parameter:"); found {
		name, rest, _ := strings.Cut(name, "/")
		at, found := d.index.parameter(d.index.operation(op), name)
		if !found {
			place, _ = d.at(d.index.operation(op))
			return place, false
		}
		if rest != "" {
			at += "/" + rest
		}
		return d.at(at)
	}
	return d.at(d.index.operation(op) + pointer)
}

// at is where a pointer stands.
func (d *Document) at(pointer string) (place Place, ok bool) {
	for at := pointer; at != ""; at = at[:strings.LastIndex(at, "/")] {
		if line := d.index.lines[at]; line > 0 {
			return Place{d.File, line}, at == pointer
		}
	}
	return Place{File: d.File}, false
}

// ofLifted is where a line of the lifted document stands in the document itself. A line that goes on with the text of
// an earlier one stands with it.
func (d *Document) ofLifted(line int) Place {
	for line > 1 && d.index.lifted[line] == "" {
		line--
	}
	place, _ := d.at(d.index.lifted[line])
	return place
}

func (x *index) operation(op *specs.Operation) string {
	return x.operations[identity(op.Method, op.Path, op.Selects)]
}

// parameter finds a parameter of an operation by name: in the operation, in its path, or where either refers to.
func (x *index) parameter(operation, name string) (pointer string, ok bool) {
	for _, list := range []string{operation, operation[:max(0, strings.LastIndex(operation, "/"))]} {
		for i := 0; ; i++ {
			at := fmt.Sprintf("%s/parameters/%d", list, i)
			if _, there := x.lines[at]; !there {
				break
			}
			if target, found := strings.CutPrefix(x.texts[at+"/$ref"], "#"); found {
				at = target
			}
			if x.texts[at+"/name"] == name {
				return at, true
			}
		}
	}
	return "", false
}
