package verifier

import (
	"testing"

	"bonafide.example/conformance"
	"bonafide.example/conformance/subject"
	"bonafide.example/spec"
	"github.com/stretchr/testify/require"
)

// Every case has a name of its own, says what it is about, and cites requirements that the spec has.
func TestChecks(t *testing.T) {
	said, err := conformance.Requirements(spec.FS)
	require.NoError(t, err)
	names := map[string]bool{}
	for _, c := range Checks(nil) {
		require.False(t, names[c.Name], "%s stands twice", c.Name)
		names[c.Name] = true
		require.Regexp(t, `^[a-z]+/[a-z0-9-]+$`, c.Name)
		require.NotEmpty(t, c.Description, c.Name)
		require.NotEmpty(t, c.Requirements, c.Name)
		for _, id := range c.Requirements {
			require.Contains(t, said, id, c.Name)
		}
	}
	require.Greater(t, len(names), 200)
}

// Every code that is due is one of the closed list, and every lie that is told again is one.
func TestLies(t *testing.T) {
	lies := map[string]bool{}
	for _, l := range Lies() {
		lies[l.Name] = true
		for _, code := range l.Codes {
			require.NotZero(t, subject.StatusOf(code), "%s: %s", l.Name, code)
		}
	}
	for _, l := range ReferralLies() {
		for _, code := range l.Codes {
			require.NotZero(t, subject.StatusOf(code), "%s: %s", l.Name, code)
		}
	}
	for _, name := range liesAgain {
		require.True(t, lies[name], name)
	}
}
