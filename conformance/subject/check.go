package subject

import (
	"context"
	"errors"
	"fmt"
	"io"

	"bonafide.example/conformance"
)

// Check is a case with what shows it.
type Check struct {
	conformance.Case
	Run func(context.Context) error // nil: as it should be; a [Fault]: not so; other errors: it couldn't be shown
}

// Fault is what a site does wrong.
type Fault struct{ Due, Came string }

// Wrong returns a [Fault]; came is a format.
func Wrong(due, came string, args ...any) error {
	return &Fault{Due: due, Came: fmt.Sprintf(came, args...)}
}

func (f *Fault) Error() string { return fmt.Sprintf("%s was due, %s came", f.Due, f.Came) }

// Judge runs the checks one after another, since they move the site's clock and look at what follows. again returns the
// command that runs one alone. What passed between suite and site is written to trace after each, if it isn't nil.
func Judge(ctx context.Context, checks []Check, again func(name string) string, trace io.Writer) ([]conformance.Verdict, error) {
	var verdicts []conformance.Verdict
	for _, c := range checks {
		logged, log := Logged(ctx)
		err := c.run(logged)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		verdicts = append(verdicts, c.verdict(err, log, again(c.Name)))
		if trace != nil {
			for _, x := range log.All() {
				fmt.Fprintf(trace, "%s\n%s\n%s\n\n", c.Name, x.Curl(), conformance.Plain(x.String()))
			}
		}
	}
	return verdicts, nil
}

// run runs the check. A site may answer what no case thought of: where one stumbles over that, it wasn't shown.
func (c *Check) run(ctx context.Context) (err error) {
	defer func() {
		if fell := recover(); fell != nil {
			err = fmt.Errorf("the case can't go on from what came: %v", fell)
		}
	}()
	return c.Run(ctx)
}

func (c *Check) verdict(err error, log *Log, again string) conformance.Verdict {
	v := conformance.Verdict{Case: c.Case, Outcome: conformance.Passed}
	if err == nil {
		return v
	}
	v.Outcome, v.Reason, v.Reproduce = conformance.Failed, err.Error(), again
	if x := log.Last(); x != nil {
		v.Came = conformance.Cut(x.String(), conformance.MaxCame)
	}
	var fault *Fault
	switch {
	case errors.As(err, &fault):
		v.Due = fault.Due
	case errors.Is(err, ErrNoClock), errors.Is(err, ErrNoAdmin), errors.Is(err, ErrNoErase):
		v.Outcome = conformance.Skipped
	}
	return v
}
