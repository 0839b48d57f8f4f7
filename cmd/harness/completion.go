// harness completion: the script that makes a shell complete harness.

package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"harness/internal/nearest"
)

// shells are those that are known, with what writes the script of each.
var shells = []struct {
	name   string
	script func(*cobra.Command, io.Writer) error
}{
	{"bash", func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
	{"zsh", func(root *cobra.Command, w io.Writer) error { return root.GenZshCompletion(w) }},
	{"fish", func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }},
	{"powershell", func(root *cobra.Command, w io.Writer) error { return root.GenPowerShellCompletionWithDesc(w) }},
}

func shellNames() []string {
	var names []string
	for _, s := range shells {
		names = append(names, s.name)
	}
	return names
}

func newCompletion(d door) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the script that makes a shell complete harness",
		Long: `completion prints the script with which a shell completes the commands of harness, their flags, and the names that
these take: requirements, operations, scenarios, faults, formats, target files. SHELL is bash, zsh, fish or
powershell. Bash wants its package bash-completion; zsh wants compinit, as most set-ups have it.`,
		Example: `source <(harness completion bash)                            # this bash; for every one, add it to ~/.bashrc
harness completion zsh > "${fpath[1]}/_harness"              # every zsh from now on
harness completion fish > ~/.config/fish/completions/harness.fish
harness completion powershell | Out-String | Invoke-Expression`,
		Args: arguments(1, "one shell: bash, zsh, fish or powershell", "harness completion bash"),
		RunE: func(c *cobra.Command, args []string) error {
			i := slices.Index(shellNames(), args[0])
			if i < 0 {
				return nearest.Error("shell", args[0], shellNames(), "")
			}
			if err := shells[i].script(c.Root(), d.stdout); err != nil {
				return fmt.Errorf("the script for %s: %w", args[0], err)
			}
			return nil
		},
	}
}
