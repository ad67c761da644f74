package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bonafide.example/conformance"
	"bonafide.example/spec"
	"github.com/spf13/cobra"
)

// output is which cases are put and how the report is wanted: the flags that every suite has.
type output struct {
	out           io.Writer
	suite         string
	only, earlier string
	name, version string
	date, page    string
	list          bool
	json, junit   bool
}

// addOutput gives a suite's command these flags. The suite is called as its command.
func addOutput(cmd *cobra.Command, out io.Writer) *output {
	o := &output{out: out, suite: cmd.Name()}
	flags := cmd.Flags()
	flags.StringVar(&o.only, "only", "", "put only the cases of this topic, of this name TOPIC/CASE (* and ? match), or that show this requirement")
	flags.BoolVar(&o.list, "list", false, "print the cases, and judge nothing")
	flags.BoolVar(&o.json, "json", false, "print the report as JSON")
	flags.BoolVar(&o.junit, "junit", false, "print the report as JUnit's XML")
	flags.StringVar(&o.name, "name", "", "what the implementation is called")
	flags.StringVar(&o.version, "version", "", "the implementation's version")
	flags.StringVar(&o.date, "date", "", "the day to write into the report, as YYYY-MM-DD")
	flags.StringVar(&o.page, "page", "", "write the report to this file too, as a page of HTML")
	flags.StringVar(&o.earlier, "compare", "", "file with an earlier report in JSON: tell what got better or worse")
	cmd.MarkFlagsMutuallyExclusive("json", "junit")
	cmd.MarkFlagsMutuallyExclusive("list", "junit")
	cmd.MarkFlagsMutuallyExclusive("list", "page")
	return o
}

// before returns the report to compare with, if one is named, and notices mistakes before anything is judged.
func (o *output) before() (*conformance.Report, error) {
	if err := conformance.CheckOnly(o.only); err != nil {
		return nil, err
	}
	if _, err := time.Parse(time.DateOnly, o.date); o.date != "" && err != nil {
		return nil, fmt.Errorf("--date %s: a day is written as YYYY-MM-DD", o.date)
	}
	if o.page != "" {
		if _, err := os.Stat(filepath.Dir(o.page)); err != nil {
			return nil, fmt.Errorf("--page: %w", err)
		}
	}
	if o.earlier == "" {
		return nil, nil
	}
	return conformance.ReadReport(o.earlier, o.suite)
}

// judged is what a suite found.
type judged struct {
	of       conformance.Implementation
	classes  []conformance.Class
	verdicts []conformance.Verdict
	troubles []string
}

// say prints the report. It fails with errDoesNot if the implementation doesn't conform.
func (o *output) say(j judged, earlier *conformance.Report) error {
	said, err := conformance.Requirements(spec.FS)
	if err != nil {
		return err
	}
	if o.name != "" {
		j.of.Name = o.name
	}
	if o.version != "" {
		j.of.Version = o.version
	}
	r := conformance.NewReport(o.suite, j.of, j.classes, j.verdicts, j.troubles, said)
	r.Only, r.Date = o.only, o.date
	if earlier != nil {
		r.Compared = r.Since(earlier)
	}
	if o.page != "" {
		if err := o.writePage(r, said); err != nil {
			return err
		}
	}
	switch {
	case o.json:
		err = conformance.WriteJSON(o.out, r)
	case o.junit:
		err = r.WriteJUnit(o.out, said)
	default:
		r.WriteText(o.out, said)
	}
	if err == nil && !r.Conforms {
		err = errDoesNot
	}
	return err
}

func (o *output) writePage(r *conformance.Report, said map[string]string) (err error) {
	file, err := os.Create(o.page)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return r.WritePage(file, said)
}

// sayList prints the cases.
func (o *output) sayList(cases []conformance.Case) error {
	if o.json {
		return conformance.WriteJSON(o.out, cases)
	}
	for _, c := range cases {
		line := fmt.Sprintf("%s (%s; %s): %s", c.Name, c.Class, strings.Join(c.Requirements, ", "), c.Description)
		if _, err := fmt.Fprintln(o.out, conformance.Plain(line)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(o.out, "%d cases\n", len(cases))
	return err
}
