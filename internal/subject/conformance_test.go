package main

import (
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"testing"

	"bonafide.example/internal/mutants"
	"bonafide.example/internal/need"
	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// build builds a program of this module and returns its path.
func build(t *testing.T, program string, flags ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	said, err := exec.Command("go", append(append([]string{"build", "-o", path}, flags...), program)...).CombinedOutput()
	require.NoError(t, err, "%s", said)
	return path
}

// report is as much as is read of what bonafide-conformance reports.
type report struct {
	Conforms     bool `json:"conforms"`
	Requirements []struct {
		ID       string `json:"id"`
		Sentence string `json:"sentence"`
		Failed   int    `json:"failed"`
	} `json:"requirements"`
	Troubles []string `json:"troubles"`
	Cases    []struct {
		Case    string `json:"case"`
		Outcome string `json:"outcome"`
	} `json:"cases"`
}

// failed returns the cases that failed and the requirements that they show.
func (r *report) failed() (cases, requirements []string) {
	for _, c := range r.Cases {
		if c.Outcome != "passed" {
			cases = append(cases, c.Case)
		}
	}
	for _, q := range r.Requirements {
		if q.Failed > 0 {
			requirements = append(requirements, q.ID)
		}
	}
	return cases, requirements
}

// judge judges a subject by all vectors. The judge must end with that exit code.
func judge(t *testing.T, judge, subject string, exit int) *report {
	t.Helper()
	said, err := exec.Command(judge, "vectors", "--json", "--", subject).Output()
	var ended *exec.ExitError
	if exit == 0 {
		require.NoError(t, err, "%s", said)
	} else {
		require.True(t, errors.As(err, &ended), "it isn't noticed")
		require.Equal(t, exit, ended.ExitCode(), "%s", ended.Stderr)
	}
	var r report
	require.NoError(t, json.Unmarshal(said, &r))
	return &r
}

// BF-CONF-1: this implementation conforms to every class.
func TestConforms(t *testing.T) {
	need.Program(t, "go")
	r := judge(t, build(t, "../../cmd/bonafide-conformance"), build(t, "."), 0)
	require.True(t, r.Conforms)
	cases, _ := r.failed()
	require.Empty(t, cases)
	require.NotEmpty(t, r.Cases)
}

// TestMutants shows that a planted bug is found, and held against the requirement that it breaks.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the subject once for each mutant")
	}
	need.Program(t, "go")
	program := build(t, "../../cmd/bonafide-conformance")
	turns := make(chan struct{}, 2) // builds at once
	for _, m := range mutants.Vectors() {
		t.Run(m.Wrong, func(t *testing.T) {
			t.Parallel()
			turns <- struct{}{}
			defer func() { <-turns }()
			r := judge(t, program, build(t, ".", "-overlay="+planted.Overlay(t, filepath.Join("../..", m.File), m.Was, m.Is)), 1)
			require.False(t, r.Conforms)
			cases, requirements := r.failed()
			require.Contains(t, cases, m.Case)
			require.Contains(t, requirements, m.Requirement)
			require.Less(t, len(cases), len(r.Cases)/4, "the judge noticed more than the bug")
		})
	}
}
