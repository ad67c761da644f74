package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"bonafide.example/spec"
	v1 "bonafide.example/testdata/v1"
	"github.com/spf13/cobra"
)

const (
	defaultTimeout = 10 * time.Second
	maxLine        = 16 << 20 // bytes of an answer
	maxStarts      = 6
)

func newVectorsCommand(out io.Writer) *cobra.Command {
	s := &vectorsSuite{out: out}
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
	flags.StringSliceVar(&s.classes, "classes", nil, "judge these conformance classes only (default all): "+classNames())
	flags.StringVar(&s.only, "only", "", "put only the cases of this topic, of this name TOPIC/CASE (* and ? match), or that show this requirement")
	flags.BoolVar(&s.list, "list", false, "print the cases, and judge nothing")
	flags.BoolVar(&s.json, "json", false, "print the report as JSON")
	flags.BoolVar(&s.junit, "junit", false, "print the report as JUnit's XML")
	flags.StringVar(&s.name, "name", "", "what the implementation is called (default the program's name)")
	flags.StringVar(&s.version, "version", "", "the implementation's version")
	flags.StringVar(&s.earlier, "compare", "", "file with an earlier report in JSON: tell what got better or worse")
	flags.DurationVar(&s.timeout, "timeout", defaultTimeout, "the longest that the program may take for an answer")
	cmd.MarkFlagsMutuallyExclusive("json", "junit")
	cmd.MarkFlagsMutuallyExclusive("list", "junit")
	return cmd
}

func classNames() string {
	var names []string
	for _, c := range classes() {
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

// vectorsSuite is one run of the vectors command.
type vectorsSuite struct {
	out                          io.Writer
	classes                      []string
	only, name, version, earlier string
	list, json, junit            bool
	timeout                      time.Duration
}

func (s *vectorsSuite) run(ctx context.Context, command []string) error {
	chosen, earlier, err := s.check(command)
	if err != nil {
		return err
	}
	all, err := readVectors(v1.FS)
	if err != nil {
		return err
	}
	cases, err := choose(all, chosen, s.only)
	if err != nil {
		return err
	}
	if s.list {
		return s.sayList(cases)
	}
	said, err := readRequirements(spec.FS)
	if err != nil {
		return err
	}
	r, err := s.judge(ctx, command, chosen, cases, said)
	if err != nil {
		return err
	}
	if earlier != nil {
		r.Compared = r.since(earlier)
	}
	if err := s.say(r, said); err != nil {
		return err
	}
	if !r.Conforms {
		return errDoesNot
	}
	return nil
}

// check looks at what was given. It returns the classes, and the report to compare with if there is one.
func (s *vectorsSuite) check(command []string) (chosen []class, earlier *report, err error) {
	switch {
	case len(command) == 0 && !s.list:
		return nil, nil, errors.New("no program is named; see: bonafide-conformance vectors --help")
	case s.timeout <= 0:
		return nil, nil, errors.New("--timeout must be more than 0")
	}
	if s.earlier != "" {
		if earlier, err = readReport(s.earlier); err != nil {
			return nil, nil, err
		}
	}
	chosen, err = chosenClasses(s.classes)
	return chosen, earlier, err
}

// judge puts the cases to the program.
func (s *vectorsSuite) judge(ctx context.Context, command []string, chosen []class, cases []*vector, said map[string]string) (*report, error) {
	h := &hearing{command: command, timeout: s.timeout, limit: maxLine, starts: maxStarts}
	if err := h.hold(ctx, cases); err != nil {
		return nil, err
	}
	var verdicts []verdict
	for _, c := range cases {
		verdicts = append(verdicts, judge(c, h.heard[c.name], reproduction(c.name, command, s.timeout)))
	}
	of := implementation{s.name, s.version, command}
	if of.Name == "" {
		of.Name = filepath.Base(command[0])
	}
	r := newReport(of, chosen, verdicts, h.troubles, said)
	r.Only = s.only
	return r, nil
}

func (s *vectorsSuite) say(r *report, said map[string]string) error {
	switch {
	case s.json:
		return sayJSON(s.out, r)
	case s.junit:
		return r.sayJUnit(s.out, said)
	default:
		r.say(s.out, said)
		return nil
	}
}

// listed is one case as --list prints it.
type listed struct {
	Case         string   `json:"case"`
	Class        string   `json:"class"`
	Requirements []string `json:"requirements"`
	Description  string   `json:"description"`
}

func (s *vectorsSuite) sayList(cases []*vector) error {
	list := []listed{}
	for _, c := range cases {
		list = append(list, listed{c.name, c.class, c.requirements, c.description})
	}
	if s.json {
		return sayJSON(s.out, list)
	}
	for _, l := range list {
		say(s.out, "%s (%s; %s): %s", l.Case, l.Class, strings.Join(l.Requirements, ", "), l.Description)
	}
	_, err := fmt.Fprintf(s.out, "%d cases\n", len(list))
	return err
}
