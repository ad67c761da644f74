// Package need lets a test say what it needs beyond Go: it skips with a reason where that is missing,
// unless the environment variable BONAFIDE_REQUIRE, a comma-separated list, insists on it.
package need

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Program skips the test unless the program is installed.
func Program(t testing.TB, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		missing(t, name, name+" is not installed")
	}
}

// File skips the test unless the file exists. It is required under the given name.
func File(t testing.TB, name, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		missing(t, name, path+" is not there")
	}
}

func missing(t testing.TB, name, why string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("BONAFIDE_REQUIRE"), ","), name) {
		t.Fatalf("%s, and BONAFIDE_REQUIRE names %s", why, name)
	}
	t.Skip(why)
}
