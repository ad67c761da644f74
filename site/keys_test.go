package site_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bonafide.example/internal/keyfolder"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

func TestKeys(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "keys")
	made, err := site.OpenKeys(folder)
	require.NoError(t, err)
	info, err := os.Stat(folder)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	for _, name := range []string{"credential.jwk", "client.jwk", "federation.jwk"} {
		info, err := os.Stat(filepath.Join(folder, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
	prints, err := made.Thumbprints()
	require.NoError(t, err)
	require.Len(t, prints, 3)
	require.NotEqual(t, prints["credential"], prints["client"])
	require.NotEqual(t, prints["client"], prints["federation"])

	again, err := site.OpenKeys(folder)
	require.NoError(t, err)
	samePrints, err := again.Thumbprints()
	require.NoError(t, err)
	require.Equal(t, prints, samePrints)

	empty := t.TempDir() // such as a volume
	_, err = site.OpenKeys(empty)
	require.NoError(t, err)
}

func TestKeysRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(path string) error
		says  string
	}{
		"one is missing":  {os.Remove, "client.jwk"},
		"others may read": {func(path string) error { return os.Chmod(path, 0o640) }, "chmod 600"},
		"not a key":       {func(path string) error { return os.WriteFile(path, []byte(`{"d":"secret"}`), 0o600) }, "client.jwk"},
		"cut off":         {func(path string) error { return os.Truncate(path, 20) }, "client.jwk"},
		"empty":           {func(path string) error { return os.Truncate(path, 0) }, "client.jwk"},
		"a folder":        {func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) }, "client.jwk"},
	} {
		folder := t.TempDir()
		_, err := site.OpenKeys(folder)
		require.NoError(t, err)
		path := filepath.Join(folder, "client.jwk")
		require.NoError(t, c.spoil(path))
		_, err = site.OpenKeys(folder)
		require.ErrorContains(t, err, c.says, name)
		require.NotContains(t, err.Error(), "secret", name)
		_, err = keyfolder.Create(keyfolder.Config{Path: folder}, false)
		require.ErrorIs(t, err, os.ErrExist, "%s: keys are never made anew", name)
	}
}
