// harness version: what this program is, what it was built from, and what it holds APIs against.

package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"harness/internal/evidence"
	"harness/specs"
)

// tool describes this program in evidence and reports.
func tool() evidence.Tool {
	return evidence.Tool{Name: "harness", Version: buildOf(debug.ReadBuildInfo()).version, Go: runtime.Version()}
}

// A build says what this program was made from. Go writes it into every program; nothing has to be handed to the linker,
// so nothing else can be claimed.
type build struct {
	version  string // a tag, or what stands for one between tags; "(devel)" where Go looked at no version control
	revision string // the commit, whole; "" where Go looked at no version control
	time     string // of the commit, RFC 3339; "" as with revision
	modified bool   // files differed from the commit
}

// buildOf reads what debug.ReadBuildInfo returned.
func buildOf(info *debug.BuildInfo, ok bool) build {
	b := build{version: "(devel)"}
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.revision = s.Value
		case "vcs.time":
			b.time = s.Value
		case "vcs.modified":
			b.modified = s.Value == "true"
		}
	}
	switch {
	case info.Main.Version != "" && info.Main.Version != "(devel)":
		b.version = info.Main.Version
	case b.revision != "":
		b.version = b.revision[:min(12, len(b.revision))]
		if b.modified {
			b.version += "+dirty" // as Go itself marks a version
		}
	}
	return b
}

// commit tells the commit on one line, and whether the files were as they are there.
func (b build) commit() string {
	switch {
	case b.revision == "":
		return "unknown: built without a look at version control"
	case b.modified:
		return b.revision + " of " + b.time + ", modified"
	}
	return b.revision + " of " + b.time
}

func newVersion(d door) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version, the commit, and the documents' digests", Args: noArguments,
		Long: `version prints what this program was built from and the documents that APIs are held against.

A digest is that of the document's bytes, so sha256sum of an openapi.yaml tells whether it is the one in here.
"modified" behind the commit means that files differed from it when the program was built.`,
		RunE: func(*cobra.Command, []string) error {
			return printVersion(d, buildOf(debug.ReadBuildInfo()))
		},
	}
}

func printVersion(d door, b build) error {
	w := table(d)
	fmt.Fprintf(w, "harness\t%s\n", b.version)
	fmt.Fprintf(w, "commit\t%s\n", b.commit())
	fmt.Fprintf(w, "built with\t%s for %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, name := range specs.Names {
		api, err := specs.Embedded(name)
		if err != nil {
			return fault{err}
		}
		fmt.Fprintf(w, "%s\t%s %s, SHA-256 %s\n", name, api.Title, api.Version, api.Digest)
	}
	return w.Flush()
}
