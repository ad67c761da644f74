// Command bonafide runs and examines sites that speak the Bonafide trust-badge protocol.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"bonafide.example"
	"github.com/spf13/cobra"
)

// Exit codes, the same for every command.
const (
	exitGood          = 0
	exitCouldNotRun   = 1
	exitNotAuthentic  = 2
	exitNotCurrent    = 3 // authentic, but expired, withdrawn or suspended
	exitUndecided     = 4
	exitNotRecognised = 5 // by these tables
	exitNothing       = 6 // nothing to verify
)

// env is what a command sees of the world, so that a test can run the same program.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &env{os.Stdin, os.Stdout, os.Stderr, os.Getenv, time.Now}
	os.Exit(run(ctx, e, os.Args[1:]))
}

// exitError ends the program with a code of its own; its message, if any, was printed.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// run runs the program and returns its exit code. What went wrong is on stderr: what, and how to mend it.
func run(ctx context.Context, e *env, args []string) int {
	root := &cobra.Command{
		Use:           "bonafide",
		Short:         "Trust badges that travel from site to site",
		Long:          "bonafide runs and examines sites that speak the Bonafide trust-badge protocol.\nTo see it at work: bonafide demo",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetArgs(args)
	root.SetIn(e.stdin)
	root.SetOut(e.stdout)
	root.SetErr(e.stderr)
	root.AddCommand(newDemoCommand(e), newServeCommand(e), newVerifyCommand(e), newConvertCommand(e),
		newConversionCommand(e), newEventsCommand(e), newKeysCommand(e))
	err := root.ExecuteContext(ctx)
	var exit exitError
	var own *bonafide.Error
	switch {
	case err == nil:
		return exitGood
	case errors.As(err, &exit):
		return int(exit)
	case errors.As(err, &own):
		fmt.Fprintf(e.stderr, "bonafide: %v\n%s\n", err, own.Code.Meaning().Mend.EN)
		return exitCodeOf(own.Code)
	default:
		fmt.Fprintf(e.stderr, "bonafide: %v\n", err)
		return exitCouldNotRun
	}
}

// exitCodeOf returns the exit code for what is wrong with an object that was looked at.
func exitCodeOf(code bonafide.Code) int {
	switch code {
	case bonafide.BadToken, bonafide.BadHeader, bonafide.WrongType, bonafide.BadKeySet, bonafide.UnknownKey,
		bonafide.BadSignature, bonafide.WrongIssuer, bonafide.BadCredential, bonafide.StatusListOther, bonafide.IndexOutOfRange:
		return exitNotAuthentic
	case bonafide.Expired, bonafide.NotYetValid, bonafide.Revoked, bonafide.NotCurrent:
		return exitNotCurrent
	case bonafide.Unreachable, bonafide.BadAnswer, bonafide.BadRedirect, bonafide.StatusUnknown, bonafide.BadStatusList,
		bonafide.StatusListShort, bonafide.AddressRefused, bonafide.FetchBudget, bonafide.RateLimited:
		return exitUndecided
	case bonafide.NotRecognised:
		return exitNotRecognised
	case bonafide.NotFound:
		return exitNothing
	default:
		return exitCouldNotRun
	}
}
