package judged

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

// Root returns the module's root: the folder above that has go.mod.
func Root(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(".")
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		require.NotEqual(t, filepath.Dir(folder), folder, "there is no go.mod above")
		folder = filepath.Dir(folder)
	}
}

// Build builds a program of this module, named by its folder from the root, and returns its path. Without Go the test is
// skipped.
func Build(t *testing.T, program string, flags ...string) string {
	t.Helper()
	need.Program(t, "go")
	root := Root(t)
	need.Seen(t, root)
	binary := filepath.Join(t.TempDir(), filepath.Base(program))
	command := exec.Command("go", append(append([]string{"build", "-ldflags=-s -w", "-o", binary}, flags...), "./"+program)...)
	command.Dir = root
	said, err := command.CombinedOutput()
	require.NoError(t, err, "%s", said)
	return binary
}

// Verdict is as much as is read of what bonafide-conformance reports of a case.
type Verdict struct {
	Case         string   `json:"case"`
	Requirements []string `json:"requirements"`
	Outcome      string   `json:"outcome"`
	Reason       string   `json:"reason"`
}

// Report is as much as is read of a report.
type Report struct {
	Conforms     bool      `json:"conforms"`
	Cases        []Verdict `json:"cases"`
	Requirements []struct {
		ID     string `json:"id"`
		Failed int    `json:"failed"`
	} `json:"requirements"`
	Measured struct {
		Milliseconds int64 `json:"milliseconds"`
		Kibibytes    int64 `json:"kibibytes"`
	} `json:"measured"`
}

// Judge runs a suite of bonafide-conformance and returns its report. The program must end with that exit code.
func Judge(t *testing.T, program string, exit int, args ...string) *Report {
	t.Helper()
	var errs strings.Builder
	command := exec.Command(program, append([]string{args[0], "--json"}, args[1:]...)...)
	command.Stderr = &errs
	said, err := command.Output()
	var ended *exec.ExitError
	require.True(t, err == nil || errors.As(err, &ended), "%v", err)
	var r Report
	require.NoError(t, json.Unmarshal(said, &r), "%s", &errs)
	require.Equal(t, exit, command.ProcessState.ExitCode(), "%v", r.NotPassed())
	return &r
}

// NotPassed returns the names of the cases that aren't passed, with why.
func (r *Report) NotPassed() map[string]string {
	found := map[string]string{}
	for _, v := range r.Cases {
		if v.Outcome != "passed" {
			found[v.Case] = v.Outcome + ": " + v.Reason
		}
	}
	return found
}

// Failed returns the names of the cases that failed. One that couldn't be put has found nothing.
func (r *Report) Failed() (cases []string) {
	for _, v := range r.Cases {
		if v.Outcome == "failed" {
			cases = append(cases, v.Case)
		}
	}
	return cases
}

// Broken returns the requirements that a case shows which isn't passed.
func (r *Report) Broken() (requirements []string) {
	for _, q := range r.Requirements {
		if q.Failed > 0 {
			requirements = append(requirements, q.ID)
		}
	}
	return requirements
}
