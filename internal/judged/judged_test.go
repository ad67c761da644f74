package judged

import (
	"encoding/json"
	"os/exec"
	"testing"

	"bonafide.example/internal/mutants"
	"github.com/stretchr/testify/require"
)

// TestCases shows that the case that must find a mutant is one of its suite, and shows the requirement: which is quicker
// than to build the mutant.
func TestCases(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the suite")
	}
	program := Build(t, "cmd/bonafide-conformance")
	for _, s := range mutants.Suites() {
		args := []string{s.Name, "--list", "--json"}
		if s.Name == "evil" {
			args = append(args, "--tls") // those too that it lists with it alone
		}
		said, err := exec.Command(program, args...).Output()
		require.NoError(t, err)
		var cases []Verdict
		require.NoError(t, json.Unmarshal(said, &cases))
		shows := map[string][]string{}
		for _, c := range cases {
			shows[c.Case] = c.Requirements
		}
		for _, m := range s.Mutants {
			require.Contains(t, shows[m.Case], m.Requirement, "%s %s, of %q", s.Name, m.Case, m.Wrong)
		}
	}
}
