// The table of formats: usage text and error text are made from it.

package report

import (
	"io"

	"harness/internal/nearest"
)

// Format is one way to tell a report.
type Format struct {
	Name    string
	Summary string // one line for the usage text
	Write   func(io.Writer, Report, Options) error
}

// Options are for formats that people read; others ignore them.
type Options struct {
	Colour bool
	Width  int    // columns; 0 means 100
	Run    string // where the run is stored, for lines that look at it again; "" when it is not
	All    bool   // observed behaviours one by one, and every requirement that was not judged
}

// Formats lists every format, the default first.
var Formats = []Format{
	{Name: "text", Summary: "for a terminal: what failed, what was not judged, and how much was looked at", Write: Text},
	{Name: "markdown", Summary: "for the summary of a job or a comment on a change: one page of at most 60 KB", Write: Markdown},
	{Name: "json", Summary: "for programs: report.json, with a finding for each requirement and operation", Write: JSON},
	{Name: "junit", Summary: "for the test page of a pipeline: JUnit XML, a test case for each requirement and operation", Write: JUnit},
	{Name: "sarif", Summary: "for code scanning: SARIF 2.1.0, what is broken at the line of the document that promises it", Write: SARIF},
	{Name: "ctrf", Summary: "for tools of the Common Test Report Format: JSON, a test for each requirement and operation", Write: CTRF},
	{Name: "github", Summary: "for a log on GitHub: at most ten annotations", Write: GitHub},
	{Name: "html", Summary: "for the owners of an API: one page that holds everything and needs no network", Write: HTML},
}

// FormatNames lists the names of the formats.
func FormatNames() []string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = f.Name
	}
	return names
}

// FormatNamed returns the format of that name; the error names the nearest.
func FormatNamed(name string) (Format, error) {
	for _, f := range Formats {
		if f.Name == name {
			return f, nil
		}
	}
	return Format{}, nearest.Error("format", name, FormatNames(), "")
}
