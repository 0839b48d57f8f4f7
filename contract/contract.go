// Package contract holds the suites that ask whether the two APIs keep their promises: a registry of cases, and the
// one place that knows Ginkgo.
//
// A suite is an ordinary file with one Describe; the bodies run when the documents are known and only say which
// cases there are. So cases can be listed, counted and explained without a target, and the boundaries in them move
// with the document.
package contract

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"harness/specs"
)

// Case is one check of one operation. It covers one or more requirements.
type Case struct {
	API          string
	Operation    string
	Text         string // the promise, from outside: "returns every licence of the account"
	Requirements []string
	Where        string // file:line
	Alone        bool   // it writes, so no other case runs beside it
	body         func(*T)
}

// Name is unique in its API: the operation and the text.
func (c Case) Name() string { return c.Operation + " " + c.Text }

// Suite is what a Describe is given to register its cases on.
type Suite struct {
	API       *specs.API
	Operation *specs.Operation
	cases     []Case
}

type description struct {
	api, operation string
	body           func(*Suite)
}

var registry []description

// Describe registers the suite of one operation. It returns a value so that it can stand at package level:
//
//	var _ = contract.Describe("gotoaccount", "getLicense", func(s *contract.Suite) { … })
func Describe(api, operation string, body func(*Suite)) bool {
	registry = append(registry, description{api, operation, body})
	return true
}

// Covers lists the requirements that a case judges.
func Covers(ids ...string) []string { return ids }

// It registers a case.
func (s *Suite) It(text string, covers []string, body func(*T)) {
	s.cases = append(s.cases, Case{
		API: s.API.Name, Operation: s.Operation.ID, Text: text, Requirements: covers, Where: caller(),
		Alone: !s.Operation.ReadOnly(), body: body,
	})
}

// caller is the first place outside this package on the way to a case: folder/file:line.
func caller() string {
	pcs := make([]uintptr, 16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "harness/contract.") {
			return fmt.Sprintf("contract/%s/%s:%d", filepath.Base(filepath.Dir(frame.File)), filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return ""
		}
	}
}

// Cases lists every registered case of the given APIs, by document and operation. A suite for an operation that the
// document does not have, a case without requirement and two cases of one name are errors.
func Cases(apis ...*specs.API) ([]Case, error) {
	var all []Case
	for _, api := range apis {
		known := map[string]bool{}
		for _, d := range registry {
			if d.api == api.Name && api.Operation(d.operation) == nil {
				return nil, fmt.Errorf("a suite describes %s, which %s does not have", d.operation, api.Name)
			}
		}
		for _, op := range api.Operations {
			for _, d := range registry {
				if d.api != api.Name || d.operation != op.ID {
					continue
				}
				s := &Suite{API: api, Operation: op}
				d.body(s)
				all = append(all, s.cases...)
			}
		}
		for _, c := range all {
			if c.API != api.Name {
				continue
			}
			if known[c.Name()] {
				return nil, fmt.Errorf("%s: two cases are called %q", c.Where, c.Name())
			}
			known[c.Name()] = true
			if len(c.Requirements) == 0 {
				return nil, fmt.Errorf("%s: the case %q covers no requirement", c.Where, c.Name())
			}
		}
	}
	return all, nil
}

// Select narrows cases to operations and requirements; an empty list selects all.
func Select(cases []Case, operations, requirements []string) []Case {
	return slices.DeleteFunc(slices.Clone(cases), func(c Case) bool {
		return len(operations) > 0 && !slices.Contains(operations, c.Operation) ||
			len(requirements) > 0 && !slices.ContainsFunc(c.Requirements, func(id string) bool { return slices.Contains(requirements, id) })
	})
}
