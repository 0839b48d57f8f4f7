// harness spec: look at the documents.

package main

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"harness/internal/nearest"
	"harness/internal/requirement"
	"harness/specs"
)

func newSpec(d door) *cobra.Command {
	return family(&cobra.Command{
		Use: "spec", Short: "Check, show and compare the documents",
		Long: "spec looks at the OpenAPI documents that APIs are held against: the embedded ones, or files of yours.",
	}, specLint(d), specShow(d), specDiff(d))
}

func specLint(d door) *cobra.Command {
	return &cobra.Command{
		Use:   "lint [API=FILE]...",
		Short: "Check that documents load, are valid OpenAPI, and say what the suites need",
		Long: `lint loads each document, validates it with its examples, reads its extensions, and loads the catalogue of
requirements beside it. Without a file it checks the embedded documents.`,
		Example: "harness spec lint\nharness spec lint gotoaccount=api/openapi.yaml",
		RunE: func(_ *cobra.Command, args []string) error {
			files, err := documentFiles(args)
			if err != nil {
				return err
			}
			for _, name := range specs.Names {
				if len(args) > 0 && files[name] == "" {
					continue
				}
				api, err := loadDocument(name, files[name])
				if err != nil {
					return err
				}
				c, err := requirement.Load(api)
				if err != nil {
					return err
				}
				fmt.Fprintf(d.stdout, "%s: %s %s, %d operations, %d requirements: valid\n", name, api.Title, api.Version, len(api.Operations), len(c.All))
			}
			return nil
		},
	}
}

func specShow(d door) *cobra.Command {
	return &cobra.Command{
		Use:     "show API",
		Short:   "Print the document of an API as the program carries it",
		Example: "harness spec show gotoaccount > openapi.yaml",
		Args:    arguments(1, "one API: "+strings.Join(specs.Names, " or "), "harness spec show "+specs.Names[0]),
		RunE: func(_ *cobra.Command, args []string) error {
			data, err := fs.ReadFile(specs.Files, args[0]+"/openapi.yaml")
			if err != nil {
				return nearest.Error("API", args[0], specs.Names, "")
			}
			_, err = d.stdout.Write(data)
			return err
		},
	}
}
