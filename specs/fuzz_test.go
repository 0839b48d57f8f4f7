// Whatever stands in a document, it is read or refused, and any answer can be held against what was read.

package specs_test

import (
	"net/http"
	"testing"

	"harness/specs"
)

func FuzzDocument(f *testing.F) {
	// Small ones: the documents themselves are tested elsewhere, and take a fuzzer longer to read than to change.
	f.Add([]byte("openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /licenses:\n    get:\n      operationId: scanLicensesByKey\n      parameters: [{name: count, in: query, schema: {type: integer, minimum: 1}}]\n      responses:\n        '200': {description: d, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/L'}}}}}\ncomponents: {schemas: {L: {type: object, required: [key], properties: {key: {type: integer, format: int64}}}}}\n"))
	f.Add([]byte("openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\nx-ms-paths:\n  /licenses/{licenseKeys}?batch=true:\n    get:\n      operationId: getLicenses\n      parameters: [{name: licenseKeys, in: path, required: true, schema: {type: string}}]\n      responses: {'200': {description: d}}\n"))
	f.Add([]byte("openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {operationId: a, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}}\ncomponents: {schemas: {A: {$ref: '#/components/schemas/A'}}}\n"))
	answer := specs.Answer{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`[{"key":9223372036854775808,"a":[1.0,"x",null]}]`)}
	f.Fuzz(func(t *testing.T, text []byte) {
		api, err := specs.Load("gotoaccount", "d.yaml", text)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		for _, op := range api.Operations {
			op.Check(answer)
			op.Template()
		}
		api.Match("GET", "/licenses/1", nil)
	})
}
