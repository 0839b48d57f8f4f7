// Where things stand in a document, for those who point at them.

package specs

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Lines returns, for every operationId and every requirement that stands in the document, the line where it stands,
// 1-based. A requirement that several schemas bear has no line of its own, so it is left out.
func (a *API) Lines() map[string]int {
	file, err := parser.ParseBytes(a.data, 0)
	if err != nil {
		return map[string]int{} // it was read before, so only another reader could stumble
	}
	l := lines{at: map[string]int{}, twice: map[string]bool{}}
	for _, doc := range file.Docs {
		ast.Walk(l, doc.Body)
	}
	for name, twice := range l.twice {
		if twice {
			delete(l.at, name)
		}
	}
	return l.at
}

type lines struct {
	at    map[string]int
	twice map[string]bool
}

// Visit notes the entries that name something. Examples are data, and what looks like a name there is none.
func (l lines) Visit(node ast.Node) ast.Visitor {
	entry, ok := node.(*ast.MappingValueNode)
	if !ok {
		return l
	}
	switch entry.Key.GetToken().Value {
	case "example", "examples":
		return nil
	case "operationId", "x-requirement":
		if name, ok := entry.Value.(*ast.StringNode); ok {
			l.twice[name.Value] = l.twice[name.Value] || l.at[name.Value] > 0
			if l.at[name.Value] == 0 {
				l.at[name.Value] = name.GetToken().Position.Line
			}
		}
	}
	return l
}
