// What a command line chooses: APIs, operations, requirements. Wrong names are told with the nearest right one.

package main

import (
	"fmt"
	"slices"
	"strings"

	"harness/internal/nearest"
	"harness/internal/place"
	"harness/internal/requirement"
	"harness/specs"
)

// choice is what is under test: the documents, their requirements, and what the run is narrowed to.
type choice struct {
	apis         []*specs.API
	catalogue    *requirement.Catalogue
	operations   []string // as in the documents; empty means all
	requirements []string // ids; empty means all
}

// choose reads the flags --api, --operation, --requirement and --spec.
func choose(apis, operations, patterns, documents []string) (choice, error) {
	var c choice
	files, err := documentFiles(documents)
	if err != nil {
		return c, err
	}
	for _, name := range apis {
		if _, known := specs.Prefix[name]; !known {
			return c, nearest.Error("API", name, specs.Names, "")
		}
	}
	for _, name := range specs.Names {
		if len(apis) > 0 && !slices.Contains(apis, name) {
			continue
		}
		api, err := loadDocument(name, files[name])
		if err != nil {
			return c, err
		}
		c.apis = append(c.apis, api)
	}
	if c.catalogue, err = requirement.Load(c.apis...); err != nil {
		return c, err
	}
	var known []string
	for _, api := range c.apis {
		known = append(known, api.OperationIDs()...)
	}
	for _, id := range operations {
		found := false
		for _, name := range known {
			if strings.EqualFold(name, id) {
				c.operations = append(c.operations, name)
				found = true
			}
		}
		if !found {
			return c, nearest.Error("operation", id, known, "harness list operations")
		}
	}
	if len(patterns) > 0 {
		selected, err := c.catalogue.Select(patterns)
		if err != nil {
			return c, err
		}
		for _, r := range selected {
			c.requirements = append(c.requirements, r.ID)
		}
	}
	return c, nil
}

// documentFiles reads --spec API=FILE.
func documentFiles(documents []string) (map[string]string, error) {
	files := map[string]string{}
	for _, text := range documents {
		name, file, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fmt.Errorf("--spec %q is not API=FILE, such as gotoaccount=openapi.yaml", text)
		}
		if _, known := specs.Prefix[name]; !known {
			return nil, nearest.Error("API", name, specs.Names, "")
		}
		files[name] = file
	}
	return files, nil
}

// loadDocument loads a document from a file, or the embedded one when there is no file.
func loadDocument(name, file string) (*specs.API, error) {
	if file == "" {
		return specs.Embedded(name)
	}
	data, err := place.Read("document", file, "harness spec show "+name+" prints the embedded one")
	if err != nil {
		return nil, err
	}
	return specs.Load(name, file, data)
}
