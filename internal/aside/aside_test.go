package aside_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"bonafide.example/internal/aside"
	"github.com/stretchr/testify/require"
)

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, text := range []string{"first", "second, and longer", ""} {
		require.NoError(t, aside.Write(path, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		}))
		failed := errors.New("failed")
		require.ErrorIs(t, aside.Write(path, func(w io.Writer) error {
			_, err := io.WriteString(w, "half")
			return errors.Join(err, failed)
		}), failed)
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text, string(data))
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		files, err := os.ReadDir(filepath.Dir(path))
		require.NoError(t, err)
		require.Len(t, files, 1, "nothing is left beside it")
	}
	require.Error(t, aside.Write(filepath.Join(path, "in no folder"), nil))
}
