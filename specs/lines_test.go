package specs_test

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"harness/specs"
)

func TestLines(t *testing.T) {
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			t.Fatal(err)
		}
		if want := "specs/" + name + "/openapi.yaml"; api.File != want {
			t.Errorf("file %q, want %q", api.File, want)
		}
		data, err := fs.ReadFile(specs.Files, name+"/openapi.yaml")
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Split(string(data), "\n")
		lines := api.Lines()
		for _, id := range api.OperationIDs() {
			if lines[id] == 0 || strings.TrimSpace(text[lines[id]-1]) != "operationId: "+id {
				t.Errorf("%s stands in line %d: %q", id, lines[id], text[max(lines[id], 1)-1])
			}
		}
		for id, line := range lines {
			if !strings.HasSuffix(text[line-1], id) {
				t.Errorf("%s is said to stand in line %d: %q; x-requirement has to end its line", id, line, text[line-1])
			}
			if n := bytes.Count(data, []byte(": "+id+"\n")); n != 1 {
				t.Errorf("%s has a line, but stands at the end of %d lines, not of one", id, n)
			}
		}
	}
}

func TestLinesOfAnotherDocument(t *testing.T) {
	document := `{"openapi": "3.0.3", "info": {"title": "t", "version": "1"},
  "paths": {"/things": {
    "get": {"operationId": "getThings", "responses": {"200": {"description": "ok", "content": {"application/json":
      {"schema": {"type": "object"}, "example": {"operationId": "getNothing"}}}}}}}}}`
	api, err := specs.Load("gotoaccount", "openapi.json", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	if lines := api.Lines(); len(lines) != 1 || lines["getThings"] != 3 {
		t.Errorf("lines %v, want that of getThings alone, 3", lines)
	}
}
