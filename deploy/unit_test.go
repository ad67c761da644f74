package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

// verified returns what systemd says of a unit: nothing if it is good.
func verified(t *testing.T, unit string) string {
	folder := t.TempDir()
	program := filepath.Join(folder, "bonafide") // the unit's has to be there
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755))
	path := filepath.Join(folder, "bonafide.service")
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(unit, "/usr/local/bin/bonafide", program)), 0o644))
	said, err := exec.Command("systemd-analyze", "verify", "--man=no", path).CombinedOutput()
	var lines []string
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "bonafide") { // what it says of the machine's own units is none of ours
			lines = append(lines, line)
		}
	}
	if err != nil && lines == nil {
		t.Logf("systemd-analyze: %v: %s", err, said)
	}
	return strings.Join(lines, "")
}

func TestUnit(t *testing.T) {
	need.Program(t, "systemd-analyze")
	unit, err := os.ReadFile("bonafide.service")
	require.NoError(t, err)
	require.Empty(t, verified(t, string(unit)))
	for name, broken := range map[string]string{
		"a setting that there isn't": strings.Replace(string(unit), "ProtectHome=", "ProtectHouse=", 1),
		"a value that there isn't":   strings.Replace(string(unit), "ProtectSystem=strict", "ProtectSystem=hard", 1),
		"no such program":            strings.Replace(string(unit), "ExecStart=/usr/local/bin/bonafide", "ExecStart=/nowhere/bonafide", 1),
	} {
		require.NotEmpty(t, verified(t, broken), name)
	}
}

var exposure = regexp.MustCompile(`Overall exposure level for \S+: ([0-9]+)\.([0-9])`)

// exposed returns systemd's measure of what a unit may do beyond its task, in tenths: 0 is nothing, 100 is anything.
func exposed(t *testing.T, unit string) int {
	path := filepath.Join(t.TempDir(), "bonafide.service")
	require.NoError(t, os.WriteFile(path, []byte(unit), 0o644))
	said, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", path).CombinedOutput()
	found := exposure.FindStringSubmatch(string(said))
	require.NotNil(t, found, "%v: %s", err, said)
	tenths, err := strconv.Atoi(found[1] + found[2])
	require.NoError(t, err)
	return tenths
}

func TestUnitIsHardened(t *testing.T) {
	need.Program(t, "systemd-analyze")
	unit, err := os.ReadFile("bonafide.service")
	require.NoError(t, err)
	require.LessOrEqual(t, exposed(t, string(unit)), 15)
	require.Greater(t, exposed(t, "[Service]\nExecStart=/bin/true\n"), 80)
}
