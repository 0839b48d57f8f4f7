// report.json: the report as it stands, for programs, and its schema.

package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"harness/reports"
)

// JSON writes the report as one indented JSON object. URLs stay readable: nothing is escaped for HTML.
func JSON(w io.Writer, r Report, _ Options) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// Validate holds a written report.json against its schema. The error names each place that departs.
func Validate(data []byte) error {
	const name = "report.schema.json"
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(reports.Schema))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, schema); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	compiled, err := c.Compile(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	report, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("report.json: %w", err)
	}
	return compiled.Validate(report)
}
