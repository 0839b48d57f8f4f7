// harness list: requirements, operations, cases, scenarios, faults, variants, kinds of hostile server, formats.

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"harness/contract"
	"harness/internal/hostile"
	"harness/internal/nearest"
	"harness/internal/reference"
	"harness/internal/report"
	"harness/internal/requirement"
	"harness/load"
	"harness/specs"
)

func newList(d door) *cobra.Command {
	return family(&cobra.Command{
		Use: "list", Short: "Requirements, operations, cases, scenarios, faults, formats",
		Long: "list shows, by name, what there is to test with: requirements, operations, cases, scenarios, faults, variants, kinds of hostile server, formats.",
	}, listRequirements(d), listOperations(d), listCases(d), listScenarios(d), listFaults(d), listVariants(d), listHostile(d), listFormats(d))
}

// filter is what the lists can be narrowed to.
type filter struct {
	apis, operations, levels []string
	asJSON                   bool
}

func (f *filter) flags(c *cobra.Command, level bool) {
	c.Flags().StringArrayVar(&f.apis, "api", nil, "only this `API`: "+strings.Join(specs.Names, ", "))
	c.Flags().StringArrayVar(&f.operations, "operation", nil, "only this `OPERATION`")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	if level {
		c.Flags().StringArrayVar(&f.levels, "level", nil, "only this `LEVEL`: MUST, SHOULD, OBSERVE")
	}
}

// choice reads the filter, and refuses names that nothing has.
func (f *filter) choice() (choice, error) {
	for i, level := range f.levels {
		f.levels[i] = strings.ToUpper(level)
		var names []string
		for _, l := range requirement.Levels {
			names = append(names, string(l))
		}
		if !slices.Contains(names, f.levels[i]) {
			return choice{}, nearest.Error("level", level, names, "")
		}
	}
	return choose(f.apis, f.operations, nil, nil)
}

func listRequirements(d door) *cobra.Command {
	var f filter
	c := &cobra.Command{
		Use: "requirements", Short: "Every promise by name, with its level and operations", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			chosen, err := f.choice()
			if err != nil {
				return err
			}
			var all []requirement.Requirement
			for _, r := range chosen.catalogue.All {
				if len(f.levels) > 0 && !slices.Contains(f.levels, string(r.Level)) || !meets(r.Operations, chosen.operations) {
					continue
				}
				all = append(all, r)
			}
			if f.asJSON {
				return printJSON(d.stdout, all)
			}
			w := table(d)
			for _, r := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.ID, r.Level, operationsShort(r), firstSentence(r.Statement))
			}
			fmt.Fprintf(w, "\n%d requirements\n", len(all))
			return w.Flush()
		},
	}
	f.flags(c, true)
	return c
}

// operationsShort names one operation, or counts several.
func operationsShort(r requirement.Requirement) string {
	if len(r.Operations) == 1 {
		return r.Operations[0]
	}
	return fmt.Sprintf("%d operations", len(r.Operations))
}

func firstSentence(text string) string {
	if i := strings.Index(text, ". "); i > 0 {
		text = text[:i+1]
	}
	if runes := []rune(text); len(runes) > 110 {
		text = string(runes[:109]) + "…"
	}
	return text
}

func meets(have, want []string) bool {
	return len(want) == 0 || slices.ContainsFunc(have, func(name string) bool { return slices.Contains(want, name) })
}

func listOperations(d door) *cobra.Command {
	var f filter
	c := &cobra.Command{
		Use: "operations", Short: "Every operation of both APIs, and what calling it does", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			chosen, err := f.choice()
			if err != nil {
				return err
			}
			type row struct{ API, ID, Method, Path, Effect, Summary string }
			var all []row
			for _, api := range chosen.apis {
				for _, op := range api.Operations {
					if len(chosen.operations) == 0 || slices.Contains(chosen.operations, op.ID) {
						all = append(all, row{api.Name, op.ID, op.Method, op.Template(), string(op.Effect), op.Summary})
					}
				}
			}
			if f.asJSON {
				return printJSON(d.stdout, all)
			}
			w := table(d)
			for _, r := range all {
				fmt.Fprintf(w, "%s\t%s\t%s %s\t%s\n", r.API, r.ID, r.Method, r.Path, r.Effect)
			}
			return w.Flush()
		},
	}
	f.flags(c, false)
	return c
}

func listCases(d door) *cobra.Command {
	var f filter
	c := &cobra.Command{
		Use: "cases", Short: "Every check, with the requirements that it covers", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			chosen, err := f.choice()
			if err != nil {
				return err
			}
			all, err := contract.Cases(chosen.apis...)
			if err != nil {
				return fault{err}
			}
			all = contract.Select(all, chosen.operations, nil)
			if f.asJSON {
				return printJSON(d.stdout, all)
			}
			w := table(d)
			for _, c := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\n", c.Operation, strings.Join(c.Requirements, " "), c.Text)
			}
			fmt.Fprintf(w, "\n%d cases\n", len(all))
			return w.Flush()
		},
	}
	f.flags(c, false)
	return c
}

func listScenarios(d door) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "scenarios", Short: "Every shape of traffic that harness load plays by name", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			all, err := load.Scenarios()
			if err != nil {
				return fault{err}
			}
			type row struct {
				Name, Summary, Pace string
				Operations          []string
				Objectives          []string
			}
			rows := []row{}
			for _, s := range all {
				r := row{Name: s.Name, Summary: s.Summary, Pace: s.Pace.String()}
				for _, step := range s.Steps {
					if !slices.Contains(r.Operations, step.Operation) {
						r.Operations = append(r.Operations, step.Operation)
					}
				}
				for _, o := range s.Objectives {
					text := o.Text
					if o.Operation != "*" {
						text = o.Operation + " " + text
					}
					r.Objectives = append(r.Objectives, text)
				}
				rows = append(rows, r)
			}
			if asJSON {
				return printJSON(d.stdout, rows)
			}
			w := table(d)
			for _, r := range rows {
				fmt.Fprintf(w, "%s\t%s\t%s\n", r.Name, r.Pace, r.Summary)
			}
			fmt.Fprintf(w, "\n%d scenarios; a file of your own is played by its path\n", len(rows))
			return w.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func listFaults(d door) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "faults", Short: "Every way in which the reference server can break promises on purpose", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return printJSON(d.stdout, reference.Faults())
			}
			w := table(d)
			for _, f := range reference.Faults() {
				fmt.Fprintf(w, "%s\t%s\t%s\n", f.Name, f.Summary, strings.Join(f.Breaks, " "))
			}
			fmt.Fprintf(w, "\n%d faults\n", len(reference.Faults()))
			return w.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func listVariants(d door) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "variants", Short: "Every way in which the reference server can be another that conforms", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return printJSON(d.stdout, reference.Variants())
			}
			w := table(d)
			for _, v := range reference.Variants() {
				fmt.Fprintf(w, "%s\t%s\t%s\n", v.Name, v.Summary, strings.Join(v.Departs, " "))
			}
			fmt.Fprintf(w, "\n%d variants\n", len(reference.Variants()))
			return w.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func listHostile(d door) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "hostile", Short: "Every way in which harness serve can misbehave", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return printJSON(d.stdout, hostile.Kinds())
			}
			w := table(d)
			for _, k := range hostile.Kinds() {
				fmt.Fprintf(w, "%s\t%s\t%s\n", k.Name, k.Group, k.Summary)
			}
			fmt.Fprintf(w, "\n%d kinds of hostile server\n", len(hostile.Kinds()))
			return w.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func listFormats(d door) *cobra.Command {
	return &cobra.Command{
		Use: "formats", Short: "Every format a report can be drawn in", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			w := table(d)
			for _, f := range report.Formats {
				fmt.Fprintf(w, "%s\t%s\n", f.Name, f.Summary)
			}
			return w.Flush()
		},
	}
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
