// Command harness tests and loads two licence APIs and tells their owners the truth about them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"harness/internal/fixture"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], door{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.LookupEnv}))
}

// Exit codes, one meaning each; when several apply, 6 wins over 3, then 1, 5 and 4.
const (
	exitGreen     = 0
	exitViolated  = 1 // the contract is violated
	exitUsage     = 2 // usage or configuration
	exitNotJudged = 3 // out of reach, refused, or too little to judge
	exitStale     = 4 // the list of known failures holds what is no longer so, or is past its day
	exitBreaking  = 5 // a document changed so that callers break
	exitHarness   = 6 // a fault of the harness itself
)

// door is everything that comes in from outside beside the arguments; nothing further in reads the environment.
type door struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) (string, bool)
}

// exit carries an exit code out of a command that has said already what there was to say.
type exit struct{ code int }

func (e exit) Error() string { return fmt.Sprintf("exit %d", e.code) }

// fault is an error of the harness itself, not of its user.
type fault struct{ err error }

func (f fault) Error() string { return f.err.Error() }
func (f fault) Unwrap() error { return f.err }

// run runs one command line and returns its exit code.
func run(ctx context.Context, args []string, d door) (status int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(d.stderr, "harness: a defect of harness itself: %s\n%s", defect(p), debug.Stack())
			status = exitHarness
		}
	}()
	log.SetOutput(io.Discard) // net/http tells there what it thinks of a server, in the server's words
	root := newRoot(d)
	root.SetArgs(args)
	return code(root.ExecuteContext(ctx), d.stderr)
}

// defect describes a panic. What the runtime says is about the program; any other text may be about what a server said,
// and that about a secret, so only its type is told. The stack holds no texts.
func defect(p any) string {
	if said, ok := p.(runtime.Error); ok {
		return said.Error()
	}
	return fmt.Sprintf("a panic of type %T", p)
}

// code tells an error, if it has not been told, and turns it into an exit code.
func code(err error, stderr io.Writer) int {
	var done exit
	var unreachable *fixture.Unreachable
	var own fault
	switch {
	case err == nil:
		return exitGreen
	case errors.As(err, &done):
		return done.code
	case errors.As(err, &unreachable):
		tell(stderr, err)
		return exitNotJudged
	case errors.As(err, &own):
		tell(stderr, err)
		return exitHarness
	}
	tell(stderr, err)
	return exitUsage
}

// tell writes an error, its hints on lines of their own.
func tell(w io.Writer, err error) {
	fmt.Fprintln(w, "harness: "+strings.TrimSpace(err.Error()))
}

func newRoot(d door) *cobra.Command {
	root := family(&cobra.Command{
		Use:   "harness",
		Short: "Test and load two licence APIs against what their documents promise",
		Long: `harness tests and loads two licence APIs against what their documents promise, and says what it found: the Genesys
Cloud LicenseApi and the licence endpoints of the GoTo Account Service. Without a target it tests the reference
server that it carries.

  Exit codes: 0 green · 1 contract violated · 2 usage or configuration
  3 not judged · 4 known failures stale or expired
  5 breaking change of a document · 6 fault of the harness`,
		Example: `harness contract                                # the embedded reference server
harness init                                    # files for a system of yours
harness contract --target staging.yaml --out reports/latest
harness load scan-walk --target staging.yaml`,
		PersistentPreRunE: checkValues,
		SilenceErrors:     true,
		SilenceUsage:      true,
	})
	root.SetIn(d.stdin)
	root.SetOut(d.stdout)
	root.SetErr(d.stderr)
	root.SetHelpFunc(showHelp(d))
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.DisableDefaultCmd = true // ours is newCompletion
	cobra.EnableCommandSorting = false              // they stand in the order in which they are wanted
	root.AddGroup(groups...)
	help := newHelp()
	root.SetHelpCommand(help)
	grouped(root, "begin", newInit(d), newTarget(d))
	grouped(root, "test", newContract(d), newLoad(d), newReplay(d))
	grouped(root, "tell", newReport(d), newCompare(d), newStore(d), newCanDeploy(d), newAccept(d))
	grouped(root, "look", newList(d), newExplain(d), newSpec(d), newSchema(d))
	grouped(root, "prove", newServe(d), newMutants(d))
	grouped(root, "program", newCompletion(d), help, newVersion(d))
	settle(root)
	complete(root)
	return root
}
