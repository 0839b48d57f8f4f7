// Which requirements the document itself bears: those that an answer keeps or breaks by its mere shape.

package specs

import (
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"

	"harness/internal/exact"
)

// Bears lists every requirement that the document names somewhere in the answers of the operation, sorted. The
// implied requirement is none of them: every answer bears it.
func (op *Operation) Bears() []string {
	b := bearers{}
	for _, ref := range op.Spec.Responses.Map() {
		b.response(ref.Value)
	}
	return b.sorted()
}

// BearsAt lists the requirements that the document names in the answers of one status, sorted.
func (op *Operation) BearsAt(status int) []string {
	b := bearers{}
	if response := op.response(status); response != nil {
		b.response(response)
	}
	return b.sorted()
}

// Met lists the requirements that one answer met, sorted: those named where the answer has something to judge. An
// empty list meets nothing of what is promised of its items, so it cannot vouch for them.
func (op *Operation) Met(a Answer) []string {
	b := bearers{}
	response := op.response(a.Status)
	if response == nil {
		return nil
	}
	b.name(response.Extensions)
	media := response.Content.Get(a.Header.Get("Content-Type"))
	if media == nil || media.Schema == nil {
		return b.sorted()
	}
	if value, _ := exact.Read(a.Body); value.Kind != exact.Absent {
		b.met(media.Schema.Value, value)
	}
	return b.sorted()
}

// bearers are the names of requirements found so far.
type bearers struct {
	ids  []string
	seen []*openapi3.Schema // on the way: a licence definition comprises licence definitions
}

func (b *bearers) sorted() []string {
	slices.Sort(b.ids)
	return slices.Compact(b.ids)
}

// name takes the requirement that a schema or response names.
func (b *bearers) name(extensions map[string]any) {
	if id := bearer(extensions, ""); id != "" {
		b.ids = append(b.ids, id)
	}
	var bound struct {
		Limit       int    `json:"limit"`
		Requirement string `json:"requirement"`
	}
	if extensions[maxNameLength] != nil && decode(extensions, maxNameLength, &bound) == nil && bound.Requirement != "" {
		b.ids = append(b.ids, bound.Requirement)
	}
}

func (b *bearers) response(r *openapi3.Response) {
	b.name(r.Extensions)
	for _, media := range r.Content {
		if media.Schema != nil {
			b.schema(media.Schema.Value)
		}
	}
}

// schema walks everything that a schema reaches, each schema once.
func (b *bearers) schema(s *openapi3.Schema) {
	if slices.Contains(b.seen, s) {
		return
	}
	b.seen = append(b.seen, s)
	b.name(s.Extensions)
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
func (b *bearers) met(s *openapi3.Schema, value exact.Value) {
	b.name(s.Extensions)
	for i, item := range value.Items {
		if next := child(s, strconv.Itoa(i)); next != nil && s.Type.Is(openapi3.TypeArray) {
			b.met(next, item)
		}
	}
	for _, member := range value.Members {
		if next := child(s, member.Name); next != nil && !s.Type.Is(openapi3.TypeArray) {
			b.met(next, member.Value)
		}
	}
}
