// Package js_test has node run the tests of the reader in JavaScript.
package js_test

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"testing"

	"bonafide.example/internal/need"
	"github.com/stretchr/testify/require"
)

func TestReader(t *testing.T) {
	need.Program(t, "node")
	if testing.Short() {
		t.Skip("nothing in it is Go")
	}
	// Go keeps a result until what the test itself looked at has changed.
	for _, folder := range []string{".", "../spec/v1", "../testdata/v1"} {
		require.NoError(t, filepath.WalkDir(folder, func(_ string, _ fs.DirEntry, err error) error { return err }))
	}
	said, err := exec.Command("node", "--test").CombinedOutput()
	require.NoError(t, err, string(said))
}
