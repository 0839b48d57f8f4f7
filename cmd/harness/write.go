// --write FORMAT=FILE: one report in several formats at once, each in a file of its own.

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"harness/internal/report"
)

// written is a report that goes to a file beside the one that is printed.
type written struct {
	format report.Format
	file   string
}

func writeFlag(c *cobra.Command, values *[]string) {
	c.Flags().StringArrayVar(values, "write", nil, "write the report to a file as well, as often as wanted: `FORMAT=FILE`, such as junit=junit.xml")
}

// writes reads --write, and makes the folders, so that a run of an hour does not end at a wrong name.
func writes(values []string) ([]written, error) {
	var all []written
	taken := map[string]bool{}
	for _, value := range values {
		name, file, ok := strings.Cut(value, "=")
		if !ok || file == "" {
			return nil, fmt.Errorf("--write %q is not FORMAT=FILE, such as junit=junit.xml", value)
		}
		format, err := report.FormatNamed(name)
		if err != nil {
			return nil, fmt.Errorf("--write: %w", err)
		}
		file = filepath.Clean(file)
		if taken[file] {
			return nil, fmt.Errorf("--write: %s is named twice", file)
		}
		taken[file] = true
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			return nil, fmt.Errorf("--write: %s is a folder; a file is meant", file)
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return nil, fmt.Errorf("--write %s cannot be written: %w", file, err)
		}
		all = append(all, written{format, file})
	}
	return all, nil
}

// write draws the report into every file. A file is there whole or not at all.
func write(all []written, r report.Report, stored string) error {
	for _, w := range all {
		var b bytes.Buffer
		if err := w.format.Write(&b, r, report.Options{Run: stored}); err != nil {
			return fault{fmt.Errorf("%s: %w", w.file, err)}
		}
		if err := writeWhole(w.file, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
