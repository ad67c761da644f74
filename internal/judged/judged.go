// Package judged shows that bonafide-conformance passes this implementation as it is, and finds the bugs that are planted in
// it. It shares no code with either: it builds both programs and runs them, as anybody would. The folders below have a
// suite each, since both take minutes.
package judged

import (
	"bufio"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example/internal/mutants"
	"bonafide.example/internal/need"
	"bonafide.example/internal/planted"
	"github.com/stretchr/testify/require"
)

// subjects maps each suite to the subject file of the site that it judges.
var subjects = map[string]string{"issuer": "bazar.json", "verifier": "outils.json"}

// start runs the demonstration's sites until the test ends, and returns the folder with their subject files.
func start(t *testing.T, program string, flags ...string) string {
	t.Helper()
	folder := t.TempDir()
	command := exec.Command(program, append([]string{"demo", "--port", "0", "--judge", folder}, flags...)...)
	var errs strings.Builder
	command.Stderr = &errs
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		command.Process.Signal(os.Interrupt)
		command.Wait()
		if t.Failed() {
			t.Log(errs.String())
		}
	})
	_, err = bufio.NewReader(out).ReadString('\n') // said once the files are there
	require.NoError(t, err, "%s", &errs)
	return folder
}

// judge judges a site of the folder and returns the report. The program must end with that exit code.
func judge(t *testing.T, program, suite, folder string, exit int, flags ...string) *Report {
	t.Helper()
	return Judge(t, program, exit, append(append([]string{suite}, flags...), filepath.Join(folder, subjects[suite]))...)
}

// Conforms shows that the site that a suite judges passes every case, none skipped, plain and awkward.
func Conforms(t *testing.T, suite string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds both programs")
	}
	judging, judged := Build(t, "cmd/bonafide-conformance"), Build(t, "cmd/bonafide")
	for name, flags := range map[string][]string{"plain": nil, "awkward": {"--awkward"}} {
		t.Run(name, func(t *testing.T) {
			r := judge(t, judging, suite, start(t, judged, flags...), 0)
			require.True(t, r.Conforms)
			require.NotEmpty(t, r.Cases)
			require.Empty(t, r.NotPassed())
		})
	}
}

// Finds shows that each bug planted in that site fails the case that is about it, and not the whole topic. All take many minutes,
// and are planted where BONAFIDE_REQUIRE names mutants; otherwise one for each topic of cases is.
func Finds(t *testing.T, suite string, bugs []mutants.Mutant) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the program once for each mutant")
	}
	if !need.Required("mutants") {
		bugs = oneOfEachTopic(bugs)
	}
	program := Build(t, "cmd/bonafide-conformance")
	for _, m := range bugs {
		t.Run(m.Wrong, func(t *testing.T) {
			judged := Build(t, "cmd/bonafide", "-overlay="+planted.Overlay(t, filepath.Join(Root(t), m.File), m.Was, m.Is))
			defer os.Remove(judged) // dozens of them would fill a small disk
			r := judge(t, program, suite, start(t, judged), 1, "--only", path.Dir(m.Case))
			failed := r.Failed()
			require.Contains(t, failed, m.Case)
			require.Less(t, len(failed), len(r.Cases), "the suite noticed more than the bug")
		})
	}
}

func oneOfEachTopic(bugs []mutants.Mutant) (some []mutants.Mutant) {
	seen := map[string]bool{}
	for _, m := range bugs {
		if topic := path.Dir(m.Case); !seen[topic] {
			seen[topic] = true
			some = append(some, m)
		}
	}
	return some
}
