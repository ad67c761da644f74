package main

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

var toType = regexp.MustCompile(`\S+ (verify --local http://\S+)`)

// TestDemoSays types what the demo tells people to type: a badge is verified by its address, over the
// network, and then, with the demo gone, it can't be.
func TestDemoSays(t *testing.T) {
	for _, flags := range [][]string{nil, {"--awkward"}} {
		t.Run(strings.Join(flags, ""), func(t *testing.T) { demoSays(t, flags) })
	}
}

func demoSays(t *testing.T, flags []string) {
	port := strconv.Itoa(need.Ports(t, 3)) // where nobody else listens once the demo is gone
	demo := exec.Command("bonafide", append([]string{"demo", "--port", port}, flags...)...)
	out, err := demo.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, demo.Start())
	defer demo.Process.Kill() // it has ended, unless the test failed
	var args []string
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Ctrl-C") {
		if found := toType.FindStringSubmatch(lines.Text()); found != nil {
			args = strings.Fields(found[1])
		}
	}
	require.NotEmpty(t, args)
	require.True(t, strings.HasPrefix(output(t, exec.Command("bonafide", args...)), "Good now: "))
	args[2] += ".en.svg" // as copied from the picture
	require.True(t, strings.HasPrefix(output(t, exec.Command("bonafide", args...)), "Good now: "))

	examined := output(t, exec.Command("bonafide", "doctor", "--local", args[2]))
	require.Contains(t, examined, ": faults 0, well ")
	require.Contains(t, examined, "\nwell: badge: signed, ")

	require.NoError(t, demo.Process.Signal(syscall.SIGTERM))
	for lines.Scan() {
	}
	require.NoError(t, demo.Wait())
	examination := exec.Command("bonafide", "doctor", "--local", "--json", args[2])
	found, err := examination.Output()
	require.Error(t, err)
	require.Equal(t, exitFaults, examination.ProcessState.ExitCode())
	require.Contains(t, string(found), `"check":"reach","result":"fault"`)
	gone := exec.Command("bonafide", args...)
	said, err := gone.Output()
	require.Error(t, err)
	require.Equal(t, exitUndecided, gone.ProcessState.ExitCode())
	require.True(t, strings.HasPrefix(string(said), "Undecided: The other site couldn't be reached."), "%s", said)
}

// TestDemoIsJudged: the files that the demo names are there once it says so, and are gone with it.
func TestDemoIsJudged(t *testing.T) {
	folder := t.TempDir()
	demo := exec.Command("bonafide", "demo", "--port", "0", "--judge", folder)
	out, err := demo.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, demo.Start())
	defer demo.Process.Kill() // it has ended, unless the test failed
	var files []string
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Ctrl-C") {
		if words := strings.Fields(lines.Text()); len(words) == 3 && words[0] == "bonafide-conformance" {
			files = append(files, words[2])
			require.FileExists(t, words[2])
		}
	}
	require.Equal(t, []string{filepath.Join(folder, "bazar.json"), filepath.Join(folder, "outils.json")}, files)

	require.NoError(t, demo.Process.Signal(syscall.SIGTERM))
	for lines.Scan() {
	}
	require.NoError(t, demo.Wait())
	for _, file := range files {
		require.NoFileExists(t, file)
	}
}
