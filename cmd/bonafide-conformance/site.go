package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"bonafide.example/conformance"
	"bonafide.example/conformance/issuer"
	"bonafide.example/conformance/peer"
	"bonafide.example/conformance/subject"
	"bonafide.example/conformance/verifier"
	"github.com/spf13/cobra"
)

// siteSuite judges a running site in one role.
type siteSuite struct {
	*output
	errs         io.Writer
	class        conformance.Class
	has          func(*subject.File) bool // whether the subject file describes the role
	all          []subject.Check          // without what they need to run
	open         func(context.Context, *subject.Site, *peer.Network) ([]subject.Check, error)
	listen, base string
	trace        bool
}

func newIssuerCommand(out, errs io.Writer) *cobra.Command {
	return newSiteCommand(out, "issuer", &siteSuite{
		errs:  errs,
		class: issuer.Class(), has: func(f *subject.File) bool { return f.Issuer != nil }, all: issuer.Checks(nil),
		open: func(ctx context.Context, site *subject.Site, network *peer.Network) ([]subject.Check, error) {
			w, err := issuer.Open(ctx, site, network)
			return issuer.Checks(w), err
		},
	})
}

func newVerifierCommand(out, errs io.Writer) *cobra.Command {
	return newSiteCommand(out, "verifier", &siteSuite{
		errs:  errs,
		class: verifier.Class(), has: func(f *subject.File) bool { return f.Verifier != nil }, all: verifier.Checks(nil),
		open: func(ctx context.Context, site *subject.Site, network *peer.Network) ([]subject.Check, error) {
			w, err := verifier.Open(ctx, site, network)
			return verifier.Checks(w), err
		},
	})
}

func newSiteCommand(out io.Writer, role string, s *siteSuite) *cobra.Command {
	cmd := &cobra.Command{
		Use:   role + " [flags] SUBJECT",
		Short: fmt.Sprintf("Judge a running %s", role),
		Long: fmt.Sprintf(`Judges the %s that the subject file describes, by what it answers. The suite plays the other sites,
which must be reachable for it: on this machine that is so by itself; elsewhere give --listen, and --base
with how the suite's own origins are written, of which each case may take another.

Exit codes: 0 conforms · 1 does not · 2 could not be judged.`, role),
		Example: fmt.Sprintf("  bonafide demo --judge subjects\n  bonafide-conformance %s subjects/SITE.json", role),
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args) },
	}
	s.output = addOutput(cmd, out)
	flags := cmd.Flags()
	flags.StringVar(&s.listen, "listen", anyPort, "address on which the suite's own sites listen")
	flags.StringVar(&s.base, "base", peer.Base, "how the origin of one of them is written")
	flags.BoolVar(&s.trace, "trace", false, "print each request and answer, to standard error")
	return cmd
}

func (s *siteSuite) run(ctx context.Context, args []string) error {
	earlier, err := s.before()
	switch {
	case err != nil:
		return err
	case s.list:
		return s.sayCases()
	case len(args) == 0:
		return errors.New("no subject file is named; see --help")
	}
	site, err := subject.Open(ctx, args[0])
	if err != nil {
		return err
	}
	if !s.has(site.File) {
		return fmt.Errorf("%s has no %q, so the site isn't one", args[0], s.suite)
	}
	network, err := peer.Listen(s.listen, s.base, site.Now)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- network.Serve(ctx) }()
	verdicts, err := s.judge(ctx, site, network, args[0])
	stop()
	if err := errors.Join(err, <-served); err != nil {
		return err
	}
	of := conformance.Implementation{Name: site.Name, Version: site.Version, Origin: site.Origin}
	return s.say(judged{of: of, classes: []conformance.Class{s.class}, verdicts: verdicts}, earlier)
}

func (s *siteSuite) judge(ctx context.Context, site *subject.Site, network *peer.Network, file string) ([]conformance.Verdict, error) {
	all, err := s.open(ctx, site, network)
	if err != nil {
		return nil, err
	}
	chosen, err := s.choose(all)
	if err != nil {
		return nil, err
	}
	var trace io.Writer
	if s.trace {
		trace = s.errs
	}
	return subject.Judge(ctx, chosen, func(name string) string { return s.again(name, file) }, trace)
}

const anyPort = "127.0.0.1:0"

// again returns the command that puts one case alone.
func (s *siteSuite) again(name, file string) string {
	words := []string{"bonafide-conformance", s.suite, "--trace", "--only", name}
	if s.listen != anyPort {
		words = append(words, "--listen", s.listen)
	}
	if s.base != peer.Base {
		words = append(words, "--base", s.base)
	}
	return conformance.Command(append(words, file)...)
}

func (s *siteSuite) choose(all []subject.Check) ([]subject.Check, error) {
	var chosen []subject.Check
	for _, c := range all {
		if c.Choose(s.only) {
			chosen = append(chosen, c)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no case matches %q; --list shows what there is", s.only)
	}
	return chosen, nil
}

func (s *siteSuite) sayCases() error {
	chosen, err := s.choose(s.all)
	if err != nil {
		return err
	}
	var cases []conformance.Case
	for _, c := range chosen {
		cases = append(cases, c.Case)
	}
	return s.sayList(cases)
}
