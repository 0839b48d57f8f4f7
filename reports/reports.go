// Package reports holds what the data in this folder looks like: the JSON Schema of report.json, and the proof of the
// suites that every report shows in its header.
package reports

import _ "embed"

// Schema is the JSON Schema (2020-12) that every written report.json obeys.
//
//go:embed report.schema.json
var Schema []byte

// SummarySchema is the JSON Schema (2020-12) that the summary.json of every stored run obeys.
//
//go:embed summary.schema.json
var SummarySchema []byte

// Mutants is how the suites of this release fared on every fault and every allowed variant of the reference server, as
// `harness mutants --out` wrote it.
//
//go:embed mutants.json
var Mutants []byte
