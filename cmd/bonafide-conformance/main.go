// Command bonafide-conformance judges implementations of the Bonafide trust-badge protocol, in whatever language they are
// written. It knows the protocol by the spec and the test vectors alone and shares no code with the implementation
// beside it, which it judges as any other.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"bonafide.example/conformance"
	"github.com/spf13/cobra"
)

// Exit codes, the same for every command.
const (
	exitConforms    = 0
	exitDoesNot     = 1
	exitCouldNotRun = 2
)

// errDoesNot ends the program after a report of failures: everything was printed already.
var errDoesNot = errors.New("the implementation doesn't conform")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Stdout, os.Stderr, os.Args[1:]))
}

// run runs the program and returns its exit code.
func run(ctx context.Context, stdout, stderr io.Writer, args []string) int {
	root := &cobra.Command{
		Use:           "bonafide-conformance",
		Short:         "Judge an implementation of the Bonafide protocol",
		SilenceErrors: true, SilenceUsage: true,
	}
	root.AddCommand(newVectorsCommand(stdout), newIssuerCommand(stdout, stderr), newVerifierCommand(stdout, stderr), newEvilCommand(stdout, stderr, args))
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitConforms
	case errors.Is(err, errDoesNot):
		return exitDoesNot
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		err = errors.New("interrupted")
	}
	fmt.Fprintln(stderr, "bonafide-conformance:", conformance.Plain(err.Error()))
	return exitCouldNotRun
}
