// Package specs holds what the two APIs promise: their OpenAPI documents and the catalogue of requirements beside
// them. It loads a document, lifts the operations that share a path, and checks an answer against it.
package specs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/goccy/go-yaml"
)

// Files holds the documents and catalogues of both APIs as they stand in this folder: <api>/openapi.yaml and
// <api>/requirements/*.yaml.
//
//go:embed gotoaccount genesyscloud
var Files embed.FS

// Names lists the APIs in the order in which they are shown.
var Names = []string{"gotoaccount", "genesyscloud"}

// Prefix is what the requirement ids of an API begin with.
var Prefix = map[string]string{"gotoaccount": "GOTO", "genesyscloud": "GC"}

// API is one document, loaded and checked, with its operations.
type API struct {
	Name       string // gotoaccount or genesyscloud
	Title      string
	Version    string // info.version
	BasePath   string // path of the first server, e.g. /v2; put between a target's URL and an operation's path
	File       string // where the document was read; the embedded ones stand in the project's folder specs
	Digest     string // SHA-256 of the document's bytes, in hex
	Doc        *openapi3.T
	Operations []*Operation // in the order of the document

	data []byte
}

// Embedded loads one of the two documents that the program carries.
func Embedded(name string) (*API, error) {
	data, err := fs.ReadFile(Files, name+"/openapi.yaml")
	if err != nil {
		return nil, fmt.Errorf("no API %q; the APIs are %v", name, Names)
	}
	return Load(name, "specs/"+name+"/openapi.yaml", data)
}

// Load reads a document. The file's name only says where it stands.
func Load(name, file string, data []byte) (*API, error) {
	lifted, order, err := lift(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(lifted)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	sum := sha256.Sum256(data)
	api := &API{Name: name, Title: doc.Info.Title, Version: doc.Info.Version, Doc: doc, File: file, Digest: hex.EncodeToString(sum[:]), data: data}
	if len(doc.Servers) > 0 {
		server, err := url.Parse(doc.Servers[0].URL)
		if err != nil {
			return nil, fmt.Errorf("%s: servers: %w", file, err)
		}
		api.BasePath = strings.TrimSuffix(server.Path, "/")
	}
	for _, key := range order {
		item := doc.Paths.Value(key)
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			op := operations[method]
			operation, err := newOperation(api, key, method, item, op)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", file, op.OperationID, err)
			}
			if api.Operation(operation.ID) != nil {
				return nil, fmt.Errorf("%s: operationId %s stands twice", file, operation.ID)
			}
			api.Operations = append(api.Operations, operation)
		}
	}
	if len(api.Operations) == 0 {
		return nil, fmt.Errorf("%s: no operations", file)
	}
	return api, nil
}

// Operation returns the operation of that id, nil if the document has none.
func (a *API) Operation(id string) *Operation {
	for _, op := range a.Operations {
		if op.ID == id {
			return op
		}
	}
	return nil
}

// OperationIDs lists every operation in the order of the document.
func (a *API) OperationIDs() []string {
	ids := make([]string, len(a.Operations))
	for i, op := range a.Operations {
		ids[i] = op.ID
	}
	return ids
}

// lift moves every entry of x-ms-paths into paths, as "<path>#<names of the query>", so that operations which share
// a path stay apart for a loader that knows nothing of the extension. It returns the document as YAML and the order
// of its paths.
func lift(data []byte) ([]byte, []string, error) {
	var doc yaml.MapSlice
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.UseOrderedMap()).Decode(&doc); err != nil {
		return nil, nil, err
	}
	nameKeys(doc)
	var paths yaml.MapSlice
	kept := make(yaml.MapSlice, 0, len(doc))
	for _, entry := range doc {
		switch entry.Key {
		case "paths":
			items, ok := entry.Value.(yaml.MapSlice)
			if !ok {
				return nil, nil, fmt.Errorf("paths is no mapping")
			}
			paths = append(items, paths...)
		case "x-ms-paths":
			items, ok := entry.Value.(yaml.MapSlice)
			if !ok {
				return nil, nil, fmt.Errorf("x-ms-paths is no mapping")
			}
			for _, item := range items {
				key, err := liftedKey(fmt.Sprint(item.Key))
				if err != nil {
					return nil, nil, err
				}
				paths = append(paths, yaml.MapItem{Key: key, Value: item.Value})
			}
		default:
			kept = append(kept, entry)
		}
	}
	var order []string
	for _, item := range paths {
		order = append(order, fmt.Sprint(item.Key))
	}
	out, err := yaml.Marshal(append(kept, yaml.MapItem{Key: "paths", Value: paths}))
	return out, order, err
}

// nameKeys makes names of all keys, as JSON has them: statuses are often written without quotes, and YAML reads numbers then.
func nameKeys(value any) {
	switch v := value.(type) {
	case yaml.MapSlice:
		for i := range v {
			if _, ok := v[i].Key.(string); !ok {
				v[i].Key = fmt.Sprint(v[i].Key)
			}
			nameKeys(v[i].Value)
		}
	case []any:
		for _, item := range v {
			nameKeys(item)
		}
	}
}

// liftedKey turns /licenses?name={name}&value={value} into /licenses#name&value and /l/{k}?batch=true into
// /l/{k}#batch=true.
func liftedKey(key string) (string, error) {
	path, query, ok := strings.Cut(key, "?")
	if !ok {
		return "", fmt.Errorf("x-ms-paths: %s has no query", key)
	}
	var conditions []string
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if value == "" || strings.HasPrefix(value, "{") {
			conditions = append(conditions, name)
		} else {
			conditions = append(conditions, name+"="+value)
		}
	}
	return path + "#" + strings.Join(conditions, "&"), nil
}
