// Which requirements the document itself bears: those that an answer keeps or breaks by its mere shape.

package specs

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// Bears lists every requirement that the document names somewhere in the answers of the operation, sorted. The
// implied requirement is none of them: every answer bears it.
func (op *Operation) Bears() []string {
	b := newBearers()
	for _, ref := range op.Spec.Responses.Map() {
		b.response(ref.Value)
	}
	return b.sorted()
}

// BearsAt lists the requirements that the document names in the answers of one status, sorted.
func (op *Operation) BearsAt(status int) []string {
	b := newBearers()
	if response := op.response(status); response != nil {
		b.response(response)
	}
	return b.sorted()
}

// Met lists the requirements that one answer met, sorted: those named where the answer has something to judge. An
// empty list meets nothing of what is promised of its items, so it cannot vouch for them.
func (op *Operation) Met(a Answer) []string {
	b := newBearers()
	response := op.response(a.Status)
	if response == nil {
		return nil
	}
	b.take(named(response.Extensions))
	media := response.Content.Get(a.Header.Get("Content-Type"))
	if media == nil || media.Schema == nil {
		return b.sorted()
	}
	// Only the shape is looked at, so the quick reader serves; Check has read the body exactly.
	dec := json.NewDecoder(bytes.NewReader(a.Body))
	dec.UseNumber()
	var value any
	if dec.Decode(&value) == nil {
		b.met(media.Schema.Value, value)
	}
	return b.sorted()
}

// bearers are the names of requirements found so far.
type bearers struct {
	ids  map[string]bool
	seen map[*openapi3.Schema]bool
}

func newBearers() *bearers {
	return &bearers{ids: map[string]bool{}, seen: map[*openapi3.Schema]bool{}}
}

func (b *bearers) sorted() []string { return slices.Sorted(maps.Keys(b.ids)) }

func (b *bearers) take(ids []string) {
	for _, id := range ids {
		b.ids[id] = true
	}
}

// named lists the requirements that a schema or response names itself.
func named(extensions map[string]any) []string {
	var ids []string
	if id := bearer(extensions, ""); id != "" {
		ids = append(ids, id)
	}
	if bound, ok := nameBound(extensions); ok && bound.Requirement != "" {
		ids = append(ids, bound.Requirement)
	}
	return ids
}

// see takes the names of a schema, once: a list of a thousand items meets it as often.
func (b *bearers) see(s *openapi3.Schema) {
	if !b.seen[s] {
		b.seen[s] = true
		b.take(named(s.Extensions))
	}
}

func (b *bearers) response(r *openapi3.Response) {
	b.take(named(r.Extensions))
	for _, media := range r.Content {
		if media.Schema != nil {
			b.schema(media.Schema.Value)
		}
	}
}

// schema walks everything that a schema reaches, each schema once.
func (b *bearers) schema(s *openapi3.Schema) {
	if b.seen[s] {
		return // a licence definition comprises licence definitions
	}
	b.see(s)
	for _, property := range s.Properties {
		b.schema(property.Value)
	}
	for _, part := range s.AllOf {
		b.schema(part.Value)
	}
	if s.Items != nil {
		b.schema(s.Items.Value)
	}
	if additional := s.AdditionalProperties.Schema; additional != nil {
		b.schema(additional.Value)
	}
}

// met walks a value along its schema, as Check does.
func (b *bearers) met(s *openapi3.Schema, value any) {
	b.see(s)
	switch v := value.(type) {
	case []any:
		if s.Type.Is(openapi3.TypeArray) && s.Items != nil {
			for _, item := range v {
				b.met(s.Items.Value, item)
			}
		}
	case map[string]any:
		if s.Type.Is(openapi3.TypeArray) {
			return
		}
		for name, member := range v {
			if next := child(s, name); next != nil {
				b.met(next, member)
			}
		}
	}
}
