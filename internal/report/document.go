// Where a finding's promise stands, for formats that point at it.

package report

import (
	"harness/internal/evidence"
	"harness/internal/verdict"
	"harness/specs"
)

// Document is one OpenAPI document that the run was held against, and where its operations stand.
type Document struct {
	evidence.Document
	// File is where the document stands, as it was given to the program; "" when the report is drawn without it, or
	// with another one in its place.
	File string `json:"file"`
	// Lines tells where an operationId or a requirement stands in File, 1-based; see specs.API.Lines.
	Lines map[string]int `json:"lines"`
}

// placed finds the documents of a run among those at hand. A line of another version would point at the wrong thing,
// so the digest decides.
func placed(documents []evidence.Document, atHand []*specs.API) []Document {
	all := []Document{}
	for _, d := range documents {
		document := Document{Document: d, Lines: map[string]int{}}
		for _, api := range atHand {
			if api.Name == d.API && api.Digest == d.Digest {
				document.File, document.Lines = api.File, api.Lines()
			}
		}
		all = append(all, document)
	}
	return all
}

// place is where the promise of a finding stands: at the schema that bears the requirement where it is the only one,
// else at the operation. File is "" and line 0 where that is not known.
func (r Report) place(f verdict.Finding) (file string, line int) {
	for _, d := range r.Documents {
		if d.API != f.API || d.File == "" {
			continue
		}
		if line = d.Lines[f.Requirement]; line == 0 {
			line = d.Lines[f.Operation]
		}
		return d.File, line
	}
	return "", 0
}
