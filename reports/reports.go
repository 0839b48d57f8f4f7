// Package reports holds what the data in this folder looks like: the JSON Schema of report.json.
package reports

import _ "embed"

// Schema is the JSON Schema (2020-12) that every written report.json obeys.
//
//go:embed report.schema.json
var Schema []byte
