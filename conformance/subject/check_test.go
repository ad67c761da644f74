package subject

import (
	"context"
	"testing"

	"bonafide.example/conformance"
	"github.com/stretchr/testify/require"
)

// A site whose answer no case thought of fails the case that stumbles over it, and the run goes on.
func TestJudgeGoesOn(t *testing.T) {
	var nothing []string
	named := func(name string, run func(context.Context) error) Check {
		return Check{Case: conformance.Case{Name: name}, Run: run}
	}
	verdicts, err := Judge(t.Context(), []Check{
		named("a/stumbles", func(context.Context) error { return Wrong("none", "%s", nothing[0]) }),
		named("a/passes", func(context.Context) error { return nil }),
		named("a/lacks", func(context.Context) error { return ErrNoClock }),
	}, func(name string) string { return name }, nil)
	require.NoError(t, err)
	require.Len(t, verdicts, 3)
	require.Equal(t, conformance.Failed, verdicts[0].Outcome)
	require.Contains(t, verdicts[0].Reason, "index out of range")
	require.Equal(t, conformance.Passed, verdicts[1].Outcome)
	require.Equal(t, conformance.Skipped, verdicts[2].Outcome)
}
