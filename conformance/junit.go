package conformance

import (
	"encoding/xml"
	"io"
	"strings"
)

// The shape of a report in JUnit's XML, as far as programs that show test results agree on it.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit prints the report as JUnit's XML: a suite for each class, and one for troubles if there are any.
func (r *Report) WriteJUnit(out io.Writer, said map[string]string) error {
	sum := r.Total()
	all := junitSuites{
		Name: r.Implementation.String(), Tests: sum.Passed + sum.Failed + len(r.Troubles), Failures: sum.Failed + len(r.Troubles),
	}
	for _, c := range r.Classes {
		suite := junitSuite{Name: c.Class, Tests: c.Passed + c.Failed, Failures: c.Failed}
		for _, v := range r.Cases {
			if v.Class == c.Class {
				suite.Cases = append(suite.Cases, v.junit(said))
			}
		}
		all.Suites = append(all.Suites, suite)
	}
	if len(r.Troubles) > 0 {
		suite := junitSuite{Name: "whole", Tests: len(r.Troubles), Failures: len(r.Troubles)}
		for _, trouble := range r.Troubles {
			suite.Cases = append(suite.Cases, junitCase{"whole", "keeps to the protocol", &junitFailure{trouble, string(Failed), trouble}})
		}
		all.Suites = append(all.Suites, suite)
	}
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

func (v *Verdict) junit(said map[string]string) junitCase {
	c := junitCase{Class: v.Class, Name: v.Name}
	if v.Outcome != Passed {
		var text strings.Builder
		v.say(&text, said)
		c.Failure = &junitFailure{v.Reason, string(v.Outcome), text.String()}
	}
	return c
}
