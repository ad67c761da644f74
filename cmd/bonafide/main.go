// Command bonafide runs and examines sites that speak the Bonafide trust-badge protocol.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"strings"
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
	context.AfterFunc(ctx, stop) // so that a second signal ends the program on the spot
	e := &env{os.Stdin, os.Stdout, os.Stderr, os.Getenv, time.Now}
	room := heapRoom(e.getenv)
	code := run(ctx, e, os.Args[1:])
	runtime.KeepAlive(room)
	os.Exit(code)
}

// exitError ends the program with a code of its own. Without a cause everything was printed already.
type exitError struct {
	code  int
	cause error
}

func (e *exitError) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.cause.Error()
}

func (e *exitError) Unwrap() error { return e.cause }

// judged gives what is wrong with an object that was looked at its own exit code.
func judged(err error) error {
	var own *bonafide.Error
	if !errors.As(err, &own) {
		return err
	}
	return &exitError{exitCodeOf(own.Code), err}
}

// newRoot returns the program's commands.
func newRoot(e *env) *cobra.Command {
	root := group("bonafide", "Trust badges that travel from site to site", newManCommand(e), newBenchCommand(e))
	for _, about := range []struct {
		title    string
		commands []*cobra.Command
	}{
		{"Look at badges and sites:", []*cobra.Command{newDemoCommand(e), newVerifyCommand(e), newConvertCommand(e), newCVCommand(e),
			newDoctorCommand(e), newLogCommand(e), newConversionCommand(e), newSimulateCommand(e)}},
		{"Run a site:", []*cobra.Command{newKeysCommand(e), newConfigCommand(e), newServeCommand(e), newHealthCommand(e), newAdminCommand(e),
			newBackupCommand(e), newRestoreCommand(e), newStoreCommand(e), newVerifierCommand(e)}},
		{"Look after a site's members:", []*cobra.Command{newEventsCommand(e), newExportCommand(e), newVouchCommand(e), newFaultCommand(e),
			newAppealCommand(e), newComplaintCommand(e)}},
	} {
		root.AddGroup(&cobra.Group{ID: about.title, Title: about.title})
		for _, cmd := range about.commands {
			cmd.GroupID = about.title
		}
		root.AddCommand(about.commands...)
	}
	root.Long = `bonafide runs and examines sites that speak the Bonafide trust-badge protocol. An issuer is a site that publishes badges,
which say what it knows of its members. A verifier is one that counts the badges of other sites, as its conversion tables say.

To see it at work: bonafide demo
To run a site: bonafide keys new, then bonafide serve`
	root.SilenceErrors, root.SilenceUsage = true, true
	sayUse(root)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see: %s --help", err, cmd.CommandPath())
	})
	return root
}

// run runs the program and returns its exit code. What went wrong is on stderr: what, and how to mend it.
func run(ctx context.Context, e *env, args []string) int {
	root := newRoot(e)
	root.SetArgs(thumbprintsLast(args))
	root.SetIn(e.stdin)
	root.SetOut(e.stdout)
	root.SetErr(e.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitGood
	}
	code := exitCouldNotRun
	var exit *exitError
	if errors.As(err, &exit) {
		code = exit.code
		if exit.cause == nil {
			return code
		}
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	say(e.stderr, "bonafide: %s", oneLine.Replace(err.Error()))
	var own *bonafide.Error
	if errors.As(err, &own) {
		say(e.stderr, "%s", own.Code.Meaning().Mend.EN)
	}
	return code
}

// dashed is a key's thumbprint that begins with a hyphen, as one of 64 does, and would be taken for flags.
var dashed = regexp.MustCompile(`^-[A-Za-z0-9_-]{42}$`)

// thumbprintsLast moves those to the end, behind the mark after which there are no flags.
func thumbprintsLast(args []string) []string {
	var flags, thumbprints []string
	for n, arg := range args {
		switch {
		case arg == "--":
			return append(append(append(flags, "--"), thumbprints...), args[n+1:]...)
		case dashed.MatchString(arg):
			thumbprints = append(thumbprints, arg)
		default:
			flags = append(flags, arg)
		}
	}
	if thumbprints == nil {
		return args
	}
	return append(append(flags, "--"), thumbprints...)
}

// oneLine makes one line of an error that others wrote in several.
var oneLine = strings.NewReplacer(":\n\t", ": ", "\n\t", "; ", "\n", "; ")

// sayUse has each command that refuses its arguments, or lacks a flag, say what it takes.
func sayUse(cmd *cobra.Command) {
	if refuse := cmd.Args; refuse != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := cmp.Or(refuse(cmd, args), cmd.ValidateRequiredFlags(), cmd.ValidateFlagGroups()); err != nil {
				return fmt.Errorf("%w; give it as: %s", err, cmd.UseLine())
			}
			return nil
		}
	}
	for _, each := range cmd.Commands() {
		sayUse(each)
	}
}

// group is a command that only holds others.
func group(name, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: name, Short: short, Args: cobra.ArbitraryArgs, SuggestionsMinimumDistance: 2}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		err := fmt.Errorf("%q is no command; see: %s --help", args[0], cmd.CommandPath())
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			err = fmt.Errorf("%q is no command; did you mean: %s %s", args[0], cmd.CommandPath(), near[0])
		}
		return err
	}
	cmd.AddCommand(commands...)
	return cmd
}

// exitCodeOf returns the exit code for what is wrong with an object that was looked at.
func exitCodeOf(code bonafide.Code) int {
	switch code {
	case bonafide.BadToken, bonafide.BadHeader, bonafide.WrongType, bonafide.UnknownKey, bonafide.KeyCompromised, bonafide.BadSignature,
		bonafide.WrongIssuer, bonafide.BadCredential, bonafide.StatusListOther, bonafide.IndexOutOfRange,
		bonafide.BadJSON, bonafide.DoubledField, bonafide.BadValue,
		bonafide.BadLog, bonafide.LogRolledBack, bonafide.LogForked, bonafide.NotInLog:
		return exitNotAuthentic
	case bonafide.Expired, bonafide.NotYetValid, bonafide.Revoked, bonafide.NotCurrent:
		return exitNotCurrent
	case bonafide.Unreachable, bonafide.BadAnswer, bonafide.BadRedirect, bonafide.StatusUnknown, bonafide.BadStatusList,
		bonafide.StatusListShort, bonafide.BadKeySet, bonafide.AddressRefused, bonafide.FetchBudget, bonafide.RateLimited:
		return exitUndecided
	case bonafide.NotRecognised:
		return exitNotRecognised
	case bonafide.NotFound:
		return exitNothing
	default:
		return exitCouldNotRun
	}
}
