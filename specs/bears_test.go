package specs

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const bearing = `
openapi: 3.0.3
info: {title: Things, version: "1"}
paths:
  /things:
    get:
      operationId: listThings
      responses:
        '200':
          description: The things.
          x-requirement: GOTO-TYPE
          content:
            application/json:
              schema: {type: array, x-requirement: GOTO-LIST, items: {$ref: '#/components/schemas/Thing'}}
        '400':
          description: No.
          x-requirement: GOTO-ERROR
components:
  schemas:
    Thing:
      type: object
      x-requirement: GOTO-THING
      x-max-name-length: {limit: 3, requirement: GOTO-NAMES}
      properties:
        seats: {type: integer, x-requirement: GOTO-SEATS}
        parts: {type: array, items: {$ref: '#/components/schemas/Thing'}}
`

func TestBears(t *testing.T) {
	api, err := Load("gotoaccount", "bearing.yaml", []byte(bearing))
	if err != nil {
		t.Fatal(err)
	}
	op := api.Operation("listThings")
	if diff := cmp.Diff([]string{"GOTO-ERROR", "GOTO-LIST", "GOTO-NAMES", "GOTO-SEATS", "GOTO-THING", "GOTO-TYPE"}, op.Bears()); diff != "" {
		t.Errorf("Bears (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"GOTO-ERROR"}, op.BearsAt(400)); diff != "" {
		t.Errorf("BearsAt(400) (-want +got):\n%s", diff)
	}
	for _, test := range []struct {
		name   string
		status int
		body   string
		want   []string
	}{
		{"an empty list says nothing of its items", 200, `[]`, []string{"GOTO-LIST", "GOTO-TYPE"}},
		{"a member that is absent is not met", 200, `[{}]`, []string{"GOTO-LIST", "GOTO-NAMES", "GOTO-THING", "GOTO-TYPE"}},
		{"what nests is met", 200, `[{"parts":[{"seats":1}]}]`, []string{"GOTO-LIST", "GOTO-NAMES", "GOTO-SEATS", "GOTO-THING", "GOTO-TYPE"}},
		{"a body that is no JSON meets no schema", 200, `[`, []string{"GOTO-TYPE"}},
		{"an error meets its own", 400, `no`, []string{"GOTO-ERROR"}},
		{"a status of which the document is silent meets nothing", 418, `[]`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := Answer{Status: test.status, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(test.body)}
			if diff := cmp.Diff(test.want, op.Met(a)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
