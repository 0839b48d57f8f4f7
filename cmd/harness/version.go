// harness version: what this program is and what it holds APIs against.

package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"harness/internal/evidence"
	"harness/specs"
)

// tool describes this program in evidence and reports. The version is the module's, or the commit it was built from.
func tool() evidence.Tool {
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && version == "(devel)" {
				version = s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return evidence.Tool{Name: "harness", Version: version, Go: runtime.Version()}
}

func newVersion(d door) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version, and the documents that APIs are held against", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			t := tool()
			fmt.Fprintf(d.stdout, "harness %s %s %s/%s\n", t.Version, t.Go, runtime.GOOS, runtime.GOARCH)
			for _, name := range specs.Names {
				api, err := specs.Embedded(name)
				if err != nil {
					return fault{err}
				}
				fmt.Fprintf(d.stdout, "%-13s %s %s, SHA-256 %s\n", name, api.Title, api.Version, api.Digest[:12])
			}
			return nil
		},
	}
}
