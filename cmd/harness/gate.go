// What the gate goes by beside the run: the list of known failures, and the operations that are left out.

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"harness/contract"
	"harness/internal/evidence"
	"harness/internal/known"
	"harness/internal/nearest"
	"harness/internal/requirement"
	"harness/internal/verdict"
	"harness/load"
)

// knownFile is the flag --known-failures. A list that nobody names is read if it is there.
type knownFile struct {
	path  string
	given bool
}

func (k *knownFile) String() string { return k.path }
func (k *knownFile) Type() string   { return "file" }

func (k *knownFile) Set(path string) error {
	k.path, k.given = path, true
	return nil
}

const knownFlagName = "known-failures"

func knownFlag(c *cobra.Command, into *knownFile) {
	into.path = known.File
	c.Flags().Var(into, knownFlagName, "`FILE` of accepted failures, read if it is there; \"\" reads none")
}

// load reads the list, before anything is sent: a list that is wrong is told at once.
func (k *knownFile) load(documents ...string) (known.List, error) {
	if k.path == "" {
		return known.List{}, nil
	}
	if _, err := os.Stat(k.path); !k.given && errors.Is(err, fs.ErrNotExist) {
		return known.List{}, nil
	}
	// Whatever a run is narrowed to, the list is of every API.
	all, err := choose(nil, nil, nil, documents)
	if err != nil {
		return known.List{}, err
	}
	promises, err := all.promises()
	if err != nil {
		return known.List{}, err
	}
	return known.Load(k.path, promises, today())
}

func today() known.Date { return known.Day(time.Now()) }

// promises are all that a list of known failures may name: the catalogue, the objectives of the scenarios that come with
// the program, and those of scenarios that are somebody's own, which nobody knows before they are played.
func (c choice) promises() ([]known.Promise, error) {
	own, err := objectives()
	if err != nil {
		return nil, err
	}
	var names []known.Promise
	for _, r := range slices.Concat(c.catalogue.All, own) {
		names = append(names, known.Promise{Requirement: r.ID, Operations: r.Operations, Silent: r.Level == requirement.Observe})
	}
	anywhere := []string{"*"}
	for _, api := range c.apis {
		anywhere = append(anywhere, api.OperationIDs()...)
	}
	return append(names, known.Promise{Requirement: "LOAD-*", Operations: anywhere}), nil
}

// objectives are those of the scenarios that come with the program, as requirements.
func objectives() ([]requirement.Requirement, error) {
	scenarios, err := load.Scenarios()
	if err != nil {
		return nil, fault{err}
	}
	var all []requirement.Requirement
	for _, s := range scenarios {
		for _, o := range s.Objectives {
			all = append(all, objective(s.Name, o))
		}
	}
	return all, nil
}

func objective(scenario string, o evidence.Objective) requirement.Requirement {
	return requirement.Requirement{ID: verdict.ObjectiveID(scenario, o), Level: requirement.Must, Operations: []string{o.Operation}, Statement: o.Text}
}

// withObjectives is the catalogue with the objectives beside it, those of a stored run included.
func (c choice) withObjectives(run *evidence.Run) (*requirement.Catalogue, error) {
	all, err := objectives()
	if err != nil {
		return nil, err
	}
	for _, l := range run.Loads {
		for _, o := range l.Objectives {
			r := objective(l.Scenario, o)
			if !slices.ContainsFunc(all, func(other requirement.Requirement) bool { return other.ID == r.ID }) {
				all = append(all, r)
			}
		}
	}
	return &requirement.Catalogue{All: slices.Concat(c.catalogue.All, all)}, nil
}

// excluded lists the operations of a session that need not be served: those that the target's file leaves out, and
// those that write where it allows no write.
func (s session) excluded() []evidence.Exclusion {
	var all []evidence.Exclusion
	for _, api := range s.apis {
		for _, op := range api.Operations {
			reason := s.target.Excluded[api.Name][op.ID]
			if reason == "" && !op.ReadOnly() && !s.target.Writes.Allow {
				reason = "it writes, and the target's file does not allow writes"
			}
			if reason != "" && (len(s.operations) == 0 || slices.Contains(s.operations, op.ID)) {
				all = append(all, evidence.Exclusion{API: api.Name, Operation: op.ID, Reason: reason})
			}
		}
	}
	return all
}

// leaveOut drops the cases of the operations that the target's file leaves out.
func (s session) leaveOut(cases []contract.Case) []contract.Case {
	return slices.DeleteFunc(cases, func(c contract.Case) bool { return s.target.Excluded[c.API][c.Operation] != "" })
}

// checkExcluded holds what the target's file leaves out against the documents, and against what was asked for.
func (s session) checkExcluded() error {
	for _, api := range s.apis {
		for _, id := range slices.Sorted(maps.Keys(s.target.Excluded[api.Name])) {
			if api.Operation(id) == nil {
				return fmt.Errorf("target %s, excluded.%s: %w", s.target.Name, api.Name, nearest.Error("operation", id, api.OperationIDs(), "harness list operations"))
			}
			if slices.Contains(s.operations, id) {
				return fmt.Errorf("target %s leaves %s out: %s\nhint: take it out of excluded in its file", s.target.Name, id, s.target.Excluded[api.Name][id])
			}
		}
	}
	return nil
}
