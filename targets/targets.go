// Package targets holds what the files beside a target look like, for editors and for programs that write them.
package targets

import _ "embed"

// Schema is the JSON Schema (2020-12) of a target's file. internal/target reads such files, and refuses more: what a
// schema cannot say.
//
//go:embed target.schema.json
var Schema []byte

// KnownFailuresSchema is the JSON Schema (2020-12) of a list of known failures, which internal/known reads.
//
//go:embed known-failures.schema.json
var KnownFailuresSchema []byte
