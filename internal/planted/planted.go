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
	return write(t, map[string]string{original: changed})
}

// Add returns the path of an overlay with one more source file.
func Add(t *testing.T, file, source string) string {
	t.Helper()
	added, err := filepath.Abs(file)
	require.NoError(t, err)
	require.NoFileExists(t, added)
	path := filepath.Join(t.TempDir(), filepath.Base(file))
	require.NoError(t, os.WriteFile(path, []byte(source), 0o600))
	return write(t, map[string]string{added: path})
}

// Join returns the path of an overlay that changes what all of these change, none of them the same file.
func Join(t *testing.T, overlays ...string) string {
	t.Helper()
	all := map[string]string{}
	for _, path := range overlays {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		var one overlay
		require.NoError(t, json.Unmarshal(text, &one))
		for original, changed := range one.Replace {
			require.NotContains(t, all, original)
			all[original] = changed
		}
	}
	return write(t, all)
}

// overlay is what go build reads.
type overlay struct{ Replace map[string]string }

// write writes an overlay and returns its path.
func write(t *testing.T, replace map[string]string) string {
	t.Helper()
	text, err := json.Marshal(overlay{replace})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "overlay.json")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return path
}
