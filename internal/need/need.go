// Package need lets a test say what it needs beyond Go: it skips with a reason where that is missing,
// unless the environment variable BONAFIDE_REQUIRE, a comma-separated list, insists on it.
package need

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
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

// Namespaces skips the test unless a program can be started in a network and a mount namespace of its own, and ip is
// installed, which changes what is there. They are required as netns.
func Namespaces(t testing.TB) {
	t.Helper()
	said, err := exec.Command("unshare", "--net", "--mount", "ip", "link", "set", "lo", "up").CombinedOutput()
	if err != nil {
		missing(t, "netns", "namespaces can't be had: "+err.Error()+" "+string(said))
	}
}

// NPM copies the folder of an npm package, with its lock file, to a temporary one and installs there what
// the lock names. It returns the copy's path, or skips the test where node, npm or the registry is
// missing; node requires them all.
func NPM(t testing.TB, folder string) string {
	t.Helper()
	Program(t, "node")
	if _, err := exec.LookPath("npm"); err != nil {
		missing(t, "node", "npm is not installed")
	}
	installed := filepath.Join(t.TempDir(), filepath.Base(folder))
	if err := os.CopyFS(installed, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	install := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=5")
	install.Dir = installed
	if said, err := install.CombinedOutput(); err != nil {
		missing(t, "node", "npm ci: "+err.Error()+"\n"+string(said))
	}
	return installed
}

// Seen has the test look at all that stands in these folders, hidden folders aside. Go keeps a test's result until what the
// test itself looked at has changed, and of a program that it builds or runs it doesn't look at the sources.
func Seen(t testing.TB, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && path != folder && strings.HasPrefix(entry.Name(), ".") {
				return filepath.SkipDir
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func missing(t testing.TB, name, why string) {
	t.Helper()
	if Required(name) {
		t.Fatalf("%s, and BONAFIDE_REQUIRE names %s", why, name)
	}
	t.Skip(why)
}

// Required tells whether BONAFIDE_REQUIRE names something: a test may do all of what takes many minutes for whoever asks for it,
// and part of it otherwise.
func Required(name string) bool {
	return slices.Contains(strings.Split(os.Getenv("BONAFIDE_REQUIRE"), ","), name)
}

// Third skips the nth of a test's mutants unless it is one of every three, or all are asked for as mutants: to build the
// program or its tests takes a while for each.
func Third(t testing.TB, n int) {
	t.Helper()
	if n%3 != 0 && !Required("mutants") {
		t.Skip("one mutant of three is built; BONAFIDE_REQUIRE=mutants has them all built")
	}
}
