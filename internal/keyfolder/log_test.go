package keyfolder_test

import (
	"os"
	"path/filepath"
	"testing"

	"bonafide.example/internal/keyfolder"
	"github.com/stretchr/testify/require"
)

// The key of the public log is made once, stays the same, and is encrypted with the others.
func TestLogKey(t *testing.T) {
	path := t.TempDir()
	right, _ := asking("correct horse")
	c := keyfolder.Config{Path: path, Passphrase: right, Work: cheap}
	for _, encrypted := range []bool{false, true} {
		folder, err := keyfolder.Create(c, encrypted)
		require.NoError(t, err)
		made, err := folder.LogKey()
		require.NoError(t, err)
		for _, to := range []bool{true, true, false, true} {
			_, err = folder.Recast(to)
			require.NoError(t, err)
			again, err := keyfolder.Open(c)
			require.NoError(t, err)
			key, err := again.LogKey()
			require.NoError(t, err)
			require.Equal(t, made.Public(), key.Public())
			seen, err := keyfolder.LogPublic(c)
			require.NoError(t, err)
			require.EqualValues(t, made.Public(), seen)
			files, err := filepath.Glob(filepath.Join(path, "log.jwk*"))
			require.NoError(t, err)
			require.Equal(t, []string{filepath.Join(path, map[bool]string{true: "log.jwk.age", false: "log.jwk"}[to])}, files)
		}
		unseen, err := keyfolder.LogPublic(keyfolder.Config{Path: path})
		require.NoError(t, err)
		require.Nil(t, unseen, "it is encrypted")
		require.NoError(t, os.Remove(filepath.Join(path, "log.jwk.age")))
		_, err = keyfolder.LogPublic(c)
		require.ErrorIs(t, err, os.ErrNotExist)
		other, err := folder.LogKey()
		require.NoError(t, err)
		require.NotEqual(t, made.Public(), other.Public(), "it is replaced by removing it")
		require.FileExists(t, filepath.Join(path, "log.jwk.age"))
		path = t.TempDir()
		c.Path = path
	}
}

// A key that can't be opened isn't made anew, not even where it is a file of the passphrase that is missing.
func TestLogKeyUnopened(t *testing.T) {
	path := t.TempDir()
	_, err := keyfolder.Create(keyfolder.Config{Path: path}, false)
	require.NoError(t, err)
	require.NoError(t, os.Rename(filepath.Join(path, "log.jwk"), filepath.Join(path, "log.jwk.age")))
	folder, err := keyfolder.Open(keyfolder.Config{Path: path, Passphrase: func() (string, error) { return "", os.ErrNotExist }})
	require.NoError(t, err)
	_, err = folder.LogKey()
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoFileExists(t, filepath.Join(path, "log.jwk"))
}
