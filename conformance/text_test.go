package conformance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Cases that weren't put for different reasons are counted by reason.
func TestTextOfTheUnanswered(t *testing.T) {
	skipped := func(name, reason string) Verdict {
		return Verdict{Case: Case{Name: name, Class: "issuer", Requirements: []string{"BF-KEY-1"}}, Outcome: Skipped, Reason: reason}
	}
	r := NewReport("issuer", Implementation{Name: "Shop"}, []Class{{"issuer", "publish"}}, []Verdict{
		skipped("a/one", "no clock"), skipped("b/two", "no administration"), skipped("c/three", "no clock"),
	}, nil, nil)
	var out strings.Builder
	r.WriteText(&out, nil)
	require.Contains(t, out.String(), "Failed in issuer as skipped: 2, from a/one on, since no clock.\n")
	require.Contains(t, out.String(), "Failed in issuer as skipped: 1, from b/two on, since no administration.\n")
}
