package main

import (
	"path/filepath"
	"testing"

	"bonafide.example/internal/judged"
	"bonafide.example/internal/mutants"
	"bonafide.example/internal/need"
	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// meets has a program read the badges of the evil issuer. The suite must end with that exit code.
func meets(t *testing.T, suite string, exit int, flags ...string) *judged.Report {
	t.Helper()
	return judged.Judge(t, suite, exit, append([]string{"evil", "--at-once", "8"}, flags...)...)
}

// BF-FETCH-1, BF-FETCH-2, BF-FETCH-3, BF-FETCH-4, BF-FETCH-5, BF-FETCH-6, BF-FETCH-7, BF-FETCH-10, BF-CONF-1: this
// implementation takes what is honest, refuses the rest, and goes nowhere else.
func TestEvil(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes its time to answer late")
	}
	suite, program := judged.Build(t, "cmd/bonafide-conformance"), judged.Build(t, "internal/subject")
	for name, flags := range map[string][]string{"http": nil, "https": {"--tls", "--only", "evil/[tn][la][sm]*"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if flags != nil {
				need.Namespaces(t)
			}
			m := meets(t, suite, 0, append(flags, "--", program)...)
			require.NotEmpty(t, m.Cases)
			require.LessOrEqual(t, m.Measured.Kibibytes, int64(64<<10))
			t.Logf("%d behaviours: at most %d ms and %d KiB", len(m.Cases), m.Measured.Milliseconds, m.Measured.Kibibytes)
		})
	}
}

// TestCareless shows that a planted bug in how badges are fetched and read is found by the behaviour that is about it.
func TestCareless(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the subject once for each mutant")
	}
	suite := judged.Build(t, "cmd/bonafide-conformance")
	turns := make(chan struct{}, 2) // builds at once
	for _, m := range mutants.Evil() {
		t.Run(m.Wrong, func(t *testing.T) {
			t.Parallel()
			flags := []string{"--only", m.Case}
			if m.Requirement == "BF-FETCH-2" {
				need.Namespaces(t)
				flags = append(flags, "--tls")
			}
			turns <- struct{}{}
			program := judged.Build(t, "internal/subject", "-overlay="+planted.Overlay(t, filepath.Join("../..", m.File), m.Was, m.Is))
			<-turns
			r := meets(t, suite, 1, append(flags, "--", program)...)
			require.Equal(t, []string{m.Case}, r.Failed())
			require.Contains(t, r.Broken(), m.Requirement)
		})
	}
}
