package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"bonafide.example/conformance"
	"bonafide.example/conformance/evil"
	"github.com/spf13/cobra"
)

func newEvilCommand(out, errs io.Writer, args []string) *cobra.Command {
	s := &evilSuite{errs: errs, args: args}
	cmd := &cobra.Command{
		Use:   "evil [flags] [-- COMMAND [ARG...]]",
		Short: "Judge a program that reads badges by an issuer that misbehaves",
		Long: `Serves bad behaviour, each at an origin of its own, NAME.localhost, with a badge to read.

With a program, starts it anew for each behaviour and asks it whether the badge may be relied on, by the
command protocol of testdata/v1/README.md, topic read; its answer must be right, in time, with little
memory, and nothing may be asked of addresses that nobody has any reason to visit.

Without, prints what there is and serves it until interrupted, for driving a verifier by hand or script.

Exit codes: 0 conforms · 1 does not · 2 could not be judged.`,
		Example: "  bonafide-conformance evil -- ./subject\n" +
			"  bonafide-conformance evil --only 'evil/redirect-*' -- ./subject\n" +
			"  bonafide-conformance evil --listen 127.0.0.1:8500",
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args) },
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false) // what follows the program's name is the program's
	flags.StringVar(&s.listen, "listen", "127.0.0.1:0", "address on which the issuers listen")
	flags.Int64Var(&s.memory, "memory", evil.MaxMemory>>20, "MiB that the program may have resident; more than the default is for what its language takes by itself")
	flags.BoolVar(&s.tls, "tls", false, "put behaviours over https too, in namespaces where public addresses are this machine's (Linux, as root, with ip)")
	flags.IntVar(&s.atOnce, "at-once", 4, "how many behaviours are put at once, each to a program of its own")
	s.output = addOutput(cmd, out)
	return cmd
}

// evilSuite is one run of the evil command.
type evilSuite struct {
	*output
	errs   io.Writer
	args   []string // the program's own, to start it anew
	tls    bool
	listen string
	memory int64 // MiB
	atOnce int
}

func (s *evilSuite) run(ctx context.Context, command []string) error {
	earlier, err := s.before()
	if err != nil {
		return err
	}
	if s.memory <= 0 || s.atOnce <= 0 {
		return errors.New("--memory and --at-once must be more than 0")
	}
	all := evil.Behaviours()
	if s.tls {
		all = append(all, evil.Secure()...)
	}
	chosen, err := evil.Choose(all, s.only)
	switch {
	case err != nil:
		return err
	case s.list:
		return s.sayList(casesOf(chosen))
	case s.tls && !evil.Isolated():
		return s.isolate(ctx)
	}
	w, err := evil.Open(s.listen, chosen)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- w.Serve(ctx) }()
	if len(command) == 0 {
		return errors.Join(s.sayManifest(w.Manifest()), <-served, w.Close())
	}
	verdicts, err := w.Judge(ctx, evil.Judgement{Command: command, MaxMemory: s.memory << 20, AtOnce: s.atOnce, Again: s.again(command)})
	stop()
	if err := errors.Join(err, <-served, w.Close()); err != nil {
		return err
	}
	of := conformance.Implementation{Name: filepath.Base(command[0]), Command: command}
	return s.say(judged{of: of, classes: []conformance.Class{evil.Class()}, verdicts: verdicts}, earlier)
}

// isolate has all done by this program started anew.
func (s *evilSuite) isolate(ctx context.Context) error {
	exit, err := evil.Isolate(ctx, s.args, s.out, s.errs)
	switch {
	case err != nil:
		return err
	case exit == exitConforms:
		return nil
	case exit == exitDoesNot:
		return errDoesNot
	default:
		return errors.New("in namespaces of its own it could not be judged")
	}
}

func casesOf(behaviours []evil.Behaviour) []conformance.Case {
	var cases []conformance.Case
	for _, b := range behaviours {
		cases = append(cases, b.Case)
	}
	return cases
}

// again returns the command that puts one behaviour alone.
func (s *evilSuite) again(command []string) func(string) string {
	return func(name string) string {
		words := []string{"bonafide-conformance", "evil", "--only", name}
		if s.tls {
			words = append(words, "--tls")
		}
		if s.memory != evil.MaxMemory>>20 {
			words = append(words, "--memory", fmt.Sprint(s.memory))
		}
		return conformance.Command(append(append(words, "--"), command...)...)
	}
}

// sayManifest prints what is served.
func (s *evilSuite) sayManifest(all []evil.Entry) error {
	if s.json {
		return conformance.WriteJSON(s.out, all)
	}
	for _, e := range all {
		var due []string
		for _, codes := range e.Due {
			due = append(due, strings.Join(codes, " or "))
		}
		_, err := fmt.Fprintf(s.out, "%s\n  %s\n  %s: %s, within %d s and %d MiB (%s)\n", e.Address, e.Description,
			e.Verdict, strings.Join(due, ", then "), e.Seconds, e.Mebibytes, strings.Join(e.Requirements, ", "))
		if err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(s.out, "Served until interrupted: %d\n", len(all))
	return err
}
