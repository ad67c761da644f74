package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"time"

	"bonafide.example/conformance"
	"bonafide.example/conformance/vectors"
	v1 "bonafide.example/testdata/v1"
	"github.com/spf13/cobra"
)

func newVectorsCommand(out io.Writer) *cobra.Command {
	s := &vectorsSuite{}
	cmd := &cobra.Command{
		Use:   "vectors [flags] -- COMMAND [ARG...]",
		Short: "Judge a program by the test vectors",
		Long: `Starts the program, puts each case to it as one line of JSON on its standard input, and compares the
lines that it answers on its standard output with what the protocol requires. testdata/v1/README.md
says what the lines hold, and the spec's introduction what the conformance classes are.

Exit codes: 0 conforms · 1 does not · 2 could not be judged.`,
		Example: "  bonafide-conformance vectors -- go run ./internal/subject\n" +
			"  bonafide-conformance vectors --classes reader,conversion --json -- python3 subject.py\n" +
			"  bonafide-conformance vectors --only BF-TOKEN-5 -- ./subject",
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args) },
	}
	flags := cmd.Flags()
	flags.SetInterspersed(false) // what follows the program's name is the program's
	flags.StringSliceVar(&s.classes, "classes", nil, "judge these conformance classes only (default all): "+classNames(vectors.Classes()))
	flags.DurationVar(&s.timeout, "timeout", vectors.DefaultTimeout, "the longest that the program may take for an answer")
	s.output = addOutput(cmd, out)
	return cmd
}

func classNames(classes []conformance.Class) string {
	var names []string
	for _, c := range classes {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// vectorsSuite is one run of the vectors command.
type vectorsSuite struct {
	*output
	classes []string
	timeout time.Duration
}

func (s *vectorsSuite) run(ctx context.Context, command []string) error {
	chosen, err := s.check(command)
	if err != nil {
		return err
	}
	earlier, err := s.before()
	if err != nil {
		return err
	}
	all, err := vectors.Read(v1.FS)
	if err != nil {
		return err
	}
	cases, err := vectors.Choose(all, chosen, s.only)
	if err != nil {
		return err
	}
	if s.list {
		var list []conformance.Case
		for _, v := range cases {
			list = append(list, v.Case)
		}
		return s.sayList(list)
	}
	verdicts, troubles, err := vectors.Judge(ctx, command, cases, s.timeout)
	if err != nil {
		return err
	}
	of := conformance.Implementation{Name: filepath.Base(command[0]), Command: command}
	return s.say(judged{of, chosen, verdicts, troubles}, earlier)
}

// check looks at what was given, and returns the classes.
func (s *vectorsSuite) check(command []string) ([]conformance.Class, error) {
	switch {
	case len(command) == 0 && !s.list:
		return nil, errors.New("no program is named; see: bonafide-conformance vectors --help")
	case s.timeout <= 0:
		return nil, errors.New("--timeout must be more than 0")
	}
	return vectors.ChooseClasses(s.classes)
}
