package mutants

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	repository = "../.."
	document   = repository + "/cmd/bonafide-conformance/CAUGHT.md"
)

var update = flag.Bool("update", false, "write the document anew")

// TestMutantsFit shows that each mutant is still one change of the source, which is quicker than to build it.
func TestMutantsFit(t *testing.T) {
	sum := 0
	for _, s := range Suites() {
		seen := map[string]bool{}
		for _, m := range s.Mutants {
			source, err := os.ReadFile(filepath.Join(repository, m.File))
			require.NoError(t, err)
			require.Equal(t, 1, strings.Count(string(source), m.Was), "%s must have %q once", m.File, m.Was)
			require.NotEqual(t, m.Was, m.Is)
			require.False(t, seen[m.Wrong], "%s: %q stands twice", s.Name, m.Wrong)
			seen[m.Wrong] = true
			sum++
		}
	}
	require.GreaterOrEqual(t, sum, 119)
}

// TestDocument shows that the document is what this package says.
func TestDocument(t *testing.T) {
	due := written()
	if *update {
		require.NoError(t, os.WriteFile(document, []byte(due), 0o644))
	}
	stands, err := os.ReadFile(document)
	require.NoError(t, err)
	require.Equal(t, due, string(stands), "run: go test ./internal/mutants -update")
}

// written is the document.
func written() string {
	var b strings.Builder
	b.WriteString("# What the suite finds\n\n<!-- Written by: go test ./internal/mutants -update -->\n\n" +
		"A suite that passes everybody is worth nothing. So bugs are planted in this implementation, one at a time, by replacing a piece of\n" +
		"its source as it is built, and each must fail the case that is about it. These are all of them, with the case and the requirement that it shows.\n")
	for _, s := range Suites() {
		fmt.Fprintf(&b, "\n## `%s`: %d\n\n%s\n\n| what is wrong | in | case | requirement |\n|---|---|---|---|\n", s.Name, len(s.Mutants), s.About)
		sorted := slices.SortedStableFunc(slices.Values(s.Mutants), func(x, y Mutant) int { return cmp.Compare(x.Case, y.Case) })
		for _, m := range sorted {
			fmt.Fprintf(&b, "| %s | `%s` | `%s` | %s |\n", m.Wrong, m.File, m.Case, m.Requirement)
		}
	}
	return b.String()
}
