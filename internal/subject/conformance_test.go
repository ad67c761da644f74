package main

import (
	"path/filepath"
	"testing"

	"bonafide.example/internal/judged"
	"bonafide.example/internal/mutants"
	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// BF-CONF-1: this implementation conforms to every class.
func TestConforms(t *testing.T) {
	r := judged.Judge(t, judged.Build(t, "cmd/bonafide-conformance"), 0, "vectors", "--", judged.Build(t, "internal/subject"))
	require.True(t, r.Conforms)
	require.Empty(t, r.NotPassed())
	require.NotEmpty(t, r.Cases)
}

// TestMutants shows that a planted bug is found, and held against the requirement that it breaks.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the subject once for each mutant")
	}
	program := judged.Build(t, "cmd/bonafide-conformance")
	turns := make(chan struct{}, 2) // builds at once
	for _, m := range mutants.Vectors() {
		t.Run(m.Wrong, func(t *testing.T) {
			t.Parallel()
			turns <- struct{}{}
			defer func() { <-turns }()
			subject := judged.Build(t, "internal/subject", "-overlay="+planted.Overlay(t, filepath.Join("../..", m.File), m.Was, m.Is))
			r := judged.Judge(t, program, 1, "vectors", "--", subject)
			require.False(t, r.Conforms)
			cases := r.Failed()
			require.Contains(t, cases, m.Case)
			require.Contains(t, r.Broken(), m.Requirement)
			require.Less(t, len(cases), len(r.Cases)/4, "the judge noticed more than the bug")
		})
	}
}
