// An operation of a document, with what the vendor extensions say of it beyond OpenAPI.

package specs

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
)

// Operation is one operation of a document. The pointers are nil where the document says nothing of the kind.
type Operation struct {
	ID      string // operationId, unique in its document
	API     string
	Method  string
	Path    string            // template without BasePath and query, e.g. /licenses/{licenseKeys}
	Selects map[string]string // query parameters that choose this operation among those of its path; "" means any value

	Summary     string
	Source      Source
	Deprecated  bool
	ExampleOnly bool         // the operation stands only in an example of its document
	Effect      Effect       // what calling it does to the data
	Permissions *Permissions // nil where the API has no permissions
	Scan        *Scan
	Pages       *Pages
	Attribute   *AttributeSearch
	Batch       *Batch
	Filters     []Filter
	Find        *Find

	Spec  *openapi3.Operation
	route *routers.Route
	key   string // in Doc.Paths
}

// Source is where a promise stands: a document and one of its headings.
type Source struct {
	Document string `json:"document" yaml:"document"`
	Section  string `json:"section" yaml:"section"`
	Says     string `json:"says,omitempty" yaml:"says,omitempty"`
}

func (s Source) String() string {
	text := s.Document
	if s.Section != "" {
		text += ", " + s.Section
	}
	if s.Says != "" {
		text += " (" + s.Says + ")"
	}
	return text
}

// Effect is what a call does to the data of the API.
type Effect string

// EffectRead reads, EffectNone is documented to do nothing, EffectWrite changes data and is never sent unless the
// target allows it. A method other than GET, HEAD or OPTIONS writes unless its document says otherwise.
const (
	EffectRead  Effect = "read"
	EffectNone  Effect = "none"
	EffectWrite Effect = "write"
)

// Permissions are what a caller must hold: any one of AnyOf, or nothing at all when AnyOf is empty.
type Permissions struct {
	AnyOf []string `json:"anyOf"`
}

// Scan names the parameters that bound a range read, and the member of each item that they bound.
type Scan struct {
	Member         string `json:"member"`
	Lower          string `json:"lower"`
	LowerInclusive string `json:"lowerInclusive"`
	Upper          string `json:"upper"`
	UpperInclusive string `json:"upperInclusive"`
	Limit          string `json:"limit"`
}

// Pages names the parameters and members of a numbered page.
type Pages struct {
	Size   string `json:"size"`
	Number string `json:"number"`
	Items  string `json:"items"`
	Total  string `json:"total"`
	Pages  string `json:"pages"`
}

// AttributeSearch names the parameters that select items by an attribute; Product is "" where there is no context.
type AttributeSearch struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	Product string `json:"product"`
}

// Batch is a list that selects items by a member. Parameter is "" when the list is the request's body; Limit is the
// greatest number of elements, 0 where the document sets none.
type Batch struct {
	Parameter string
	Selects   string `json:"selects"`
	Limit     int
}

// Filter is a parameter that drops whole items, or elements of one member, that do not match its values.
type Filter struct {
	Parameter string
	Member    string `json:"member"`
	Drops     string `json:"drops"` // items or elements
}

// Find is a parameter of key=value pairs.
type Find struct {
	Parameter    string
	Wildcard     string   `json:"wildcard"`
	Unsearchable []string `json:"unsearchable"`
}

func newOperation(api *API, key, method string, item *openapi3.PathItem, spec *openapi3.Operation) (*Operation, error) {
	if spec.OperationID == "" {
		return nil, fmt.Errorf("%s %s has no operationId", method, key)
	}
	path, conditions, _ := strings.Cut(key, "#")
	op := &Operation{
		ID: spec.OperationID, API: api.Name, Method: method, Path: path, Selects: map[string]string{},
		Summary: spec.Summary, Deprecated: spec.Deprecated, Spec: spec, key: key,
		route: &routers.Route{Spec: api.Doc, Path: key, PathItem: item, Method: method, Operation: spec},
	}
	for pair := range strings.SplitSeq(conditions, "&") {
		if name, value, _ := strings.Cut(pair, "="); name != "" {
			op.Selects[name] = value
		}
	}
	op.Effect = EffectWrite
	if method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions {
		op.Effect = EffectRead
	}
	return op, op.extend(item)
}

// extend reads the vendor extensions of the operation, its parameters and its body.
func (op *Operation) extend(item *openapi3.PathItem) error {
	ext := op.Spec.Extensions
	for name, into := range map[string]any{
		"x-source": &op.Source, "x-example-only": &op.ExampleOnly, "x-effect": &op.Effect,
		"x-scan": &op.Scan, "x-pages": &op.Pages, "x-attribute-search": &op.Attribute,
	} {
		if err := decode(ext, name, into); err != nil {
			return err
		}
	}
	if raw, ok := ext["x-permissions"]; ok {
		op.Permissions = &Permissions{}
		if raw != "none" {
			if err := decode(ext, "x-permissions", op.Permissions); err != nil {
				return err
			}
		}
	}
	for _, ref := range append(append(openapi3.Parameters{}, item.Parameters...), op.Spec.Parameters...) {
		if err := op.extendParameter(ref.Value); err != nil {
			return fmt.Errorf("parameter %s: %w", ref.Value.Name, err)
		}
	}
	if body := op.Spec.RequestBody; body != nil && body.Value.Extensions["x-batch"] != nil {
		op.Batch = &Batch{}
		return decode(body.Value.Extensions, "x-batch", op.Batch)
	}
	return nil
}

func (op *Operation) extendParameter(p *openapi3.Parameter) error {
	if p.Extensions["x-batch"] != nil {
		op.Batch = &Batch{Parameter: p.Name}
		if schema := p.Schema.Value; schema.MaxItems != nil {
			op.Batch.Limit = int(*schema.MaxItems)
		}
		if err := decode(p.Extensions, "x-batch", op.Batch); err != nil {
			return err
		}
	}
	if p.Extensions["x-filter"] != nil {
		filter := Filter{Parameter: p.Name}
		if err := decode(p.Extensions, "x-filter", &filter); err != nil {
			return err
		}
		op.Filters = append(op.Filters, filter)
	}
	if p.Extensions["x-find"] != nil {
		op.Find = &Find{Parameter: p.Name}
		return decode(p.Extensions, "x-find", op.Find)
	}
	return nil
}

// decode reads one extension strictly into a value; a missing one leaves it as it is.
func decode(extensions map[string]any, name string, into any) error {
	raw, ok := extensions[name]
	if !ok {
		return nil
	}
	text, err := json.Marshal(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Parameter returns the parameter of that name, nil if the operation has none.
func (op *Operation) Parameter(name string) *openapi3.Parameter {
	for _, p := range op.Parameters() {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Parameters lists the parameters of the operation, those that it shares with its path first.
func (op *Operation) Parameters() []*openapi3.Parameter {
	var all []*openapi3.Parameter
	for _, ref := range append(append(openapi3.Parameters{}, op.route.PathItem.Parameters...), op.Spec.Parameters...) {
		all = append(all, ref.Value)
	}
	return all
}

// ReadOnly says whether calling the operation leaves the data as it is.
func (op *Operation) ReadOnly() bool { return op.Effect != EffectWrite }

// Template is the path with the query parameters that choose the operation: /licenses/{licenseKeys}?batch=true.
func (op *Operation) Template() string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(op.Selects)) {
		value := op.Selects[name]
		if value == "" {
			value = "{" + name + "}"
		}
		pairs = append(pairs, name+"="+value)
	}
	if len(pairs) == 0 {
		return op.Path
	}
	return op.Path + "?" + strings.Join(pairs, "&")
}
