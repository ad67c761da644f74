// Package vectors judges a program, in whatever language it is written, by the test vectors: the program is started,
// reads one line of JSON for each case, and answers each with a line. testdata/v1/README.md says what the lines hold.
package vectors

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bonafide.example/conformance"
)

// Limits of a judgement.
const (
	DefaultTimeout = 10 * time.Second // for an answer
	maxLine        = 16 << 20         // bytes of an answer
	maxStarts      = 6                // of the program
)

// Judge puts the cases to the program. It returns the verdicts, and in words what can't be held against one case; an
// error means that the program couldn't be judged.
func Judge(ctx context.Context, command []string, cases []*Vector, timeout time.Duration) (verdicts []conformance.Verdict, troubles []string, err error) {
	h := &hearing{command: command, timeout: timeout, limit: maxLine, starts: maxStarts}
	if err := h.hold(ctx, cases); err != nil {
		return nil, nil, err
	}
	for _, v := range cases {
		verdicts = append(verdicts, v.judge(h.heard[v.Name], reproduction(v.Name, command, timeout)))
	}
	return verdicts, h.troubles, nil
}

// judge compares what came for a case with what is due. again is the command that puts the case alone.
func (v *Vector) judge(came *heard, again string) conformance.Verdict {
	said := conformance.Verdict{Case: v.Case}
	said.Outcome, said.Reason = v.compare(came)
	if said.Outcome == conformance.Passed {
		return said
	}
	said.Due, said.Reproduce = answered{v.expect, v.rawResult}, again
	if came != nil {
		said.Came = conformance.Cut(came.line, conformance.MaxCame)
	}
	return said
}

// answered is what is compared of an answer.
type answered struct {
	Expect string          `json:"expect"`
	Result json.RawMessage `json:"result,omitempty"`
}

// compare tells how the case went and, if it isn't passed, why.
func (v *Vector) compare(came *heard) (conformance.Outcome, string) {
	switch {
	case came == nil:
		return conformance.Skipped, "the program had ended or hung too often to be asked"
	case came.fault != "":
		return conformance.Failed, fmt.Sprintf("%q was due, but %s", v.expect, came.fault)
	case came.answer.Unsupported:
		return conformance.Unsupported, "the program says that it doesn't support it; with --classes it is judged without a class"
	case came.answer.Expect != v.expect:
		return conformance.Failed, fmt.Sprintf("%q was due, %q came", v.expect, conformance.Cut(came.answer.Expect, 200))
	case v.rawResult == nil:
		return conformance.Passed, ""
	case !came.answer.HasResult:
		return conformance.Failed, "no result came"
	}
	if where := conformance.Difference("result", v.result, came.answer.Result); where != "" {
		return conformance.Failed, where
	}
	return conformance.Passed, ""
}

// reproduction returns the shell command that puts one case alone.
func reproduction(name string, command []string, timeout time.Duration) string {
	words := []string{"bonafide-conformance", "vectors", "--only", name}
	if timeout != DefaultTimeout {
		words = append(words, "--timeout", timeout.String())
	}
	return conformance.Command(append(append(words, "--"), command...)...)
}
