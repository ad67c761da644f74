// Package planted lets tests build the program with a bug planted, to show that some other test notices it.
package planted

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Overlay returns the path of an overlay (go help build) in which the source file has is in the place of was,
// which must occur in it once.
func Overlay(t *testing.T, file, was, is string) string {
	t.Helper()
	original, err := filepath.Abs(file)
	require.NoError(t, err)
	source, err := os.ReadFile(original)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(source), was), "%s must have %q once", file, was)
	folder := t.TempDir()
	changed := filepath.Join(folder, filepath.Base(file))
	require.NoError(t, os.WriteFile(changed, []byte(strings.Replace(string(source), was, is, 1)), 0o600))
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
	require.NoError(t, err)
	path := filepath.Join(folder, "overlay.json")
	require.NoError(t, os.WriteFile(path, overlay, 0o600))
	return path
}
