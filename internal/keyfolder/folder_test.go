package keyfolder_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/keyfolder"
	"github.com/stretchr/testify/require"
)

var start = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// cheap is what encrypting costs in tests.
const cheap = 4

// asking returns what gives the passphrase, and how often it was asked.
func asking(passphrase string) (func() (string, error), *int) {
	asked := 0
	return func() (string, error) { asked++; return passphrase, nil }, &asked
}

func thumbprints(f *keyfolder.Folder) (prints []string) {
	for _, key := range f.Keys() {
		prints = append(prints, key.Thumbprint())
	}
	return prints
}

// A folder that can't take all three keys is left without any.
func TestCreateHalfway(t *testing.T) {
	path := t.TempDir()
	require.NoError(t, os.Symlink("nowhere/at/all", filepath.Join(path, "federation.jwk")))
	_, err := keyfolder.Create(keyfolder.Config{Path: path}, false)
	require.Error(t, err)
	require.NoFileExists(t, filepath.Join(path, "credential.jwk"))
	require.NoFileExists(t, filepath.Join(path, "client.jwk"))
}

func TestEncrypted(t *testing.T) {
	path := t.TempDir()
	right, asked := asking("correct horse")
	made, err := keyfolder.Create(keyfolder.Config{Path: path, Passphrase: right, Work: cheap}, true)
	require.NoError(t, err)
	require.Equal(t, 1, *asked, "once for all the keys")
	for _, name := range []string{"credential.jwk.age", "client.jwk.age", "federation.jwk.age", "log.jwk.age"} {
		data, err := os.ReadFile(filepath.Join(path, name))
		require.NoError(t, err)
		require.Contains(t, string(data), "age-encryption.org/v1\n-> scrypt ", name)
		require.NotContains(t, string(data), `"d"`, name)
	}

	again, err := keyfolder.Open(keyfolder.Config{Path: path, Passphrase: right, Work: cheap})
	require.NoError(t, err)
	require.Equal(t, thumbprints(made), thumbprints(again))
	_, err = again.Signer(bonafide.UseCredential).Sign(t.Context(), []byte("message"))
	require.NoError(t, err)

	for passphrase, says := range map[string]string{"wrong": "isn't opened by this passphrase", "": "no passphrase is given"} {
		wrong, _ := asking(passphrase)
		_, err = keyfolder.Open(keyfolder.Config{Path: path, Passphrase: wrong})
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, "credential.jwk.age")
	}

	seen, err := keyfolder.Look(keyfolder.Config{Path: path})
	require.NoError(t, err)
	require.Equal(t, thumbprints(made), thumbprints(seen), "what isn't secret needs no passphrase")
	_, err = seen.Signer(bonafide.UseCredential).Sign(t.Context(), []byte("message"))
	require.ErrorContains(t, err, "isn't at hand")

	damaged := filepath.Join(path, "client.jwk.age")
	require.NoError(t, os.Truncate(damaged, 150))
	_, err = keyfolder.Open(keyfolder.Config{Path: path, Passphrase: right, Work: cheap})
	require.ErrorContains(t, err, "damaged")
}

func TestRecast(t *testing.T) {
	path := t.TempDir()
	right, _ := asking("correct horse")
	c := keyfolder.Config{Path: path, Passphrase: right, Work: cheap}
	made, err := keyfolder.Create(c, false)
	require.NoError(t, err)
	prints := thumbprints(made)

	for _, step := range []struct {
		encrypted bool
		changed   int
		leftover  string // of an interruption
	}{{true, 4, "client.jwk.age"}, {true, 0, ""}, {false, 4, "client.jwk"}, {false, 0, ""}} {
		if step.leftover != "" {
			require.NoError(t, os.WriteFile(filepath.Join(path, step.leftover), []byte("half"), 0o600))
		}
		if step.encrypted && step.leftover != "" { // it would be read in place of the whole one
			_, err = keyfolder.Open(c)
			require.Error(t, err)
		}
		changed, err := made.Recast(step.encrypted)
		require.NoError(t, err)
		require.Equal(t, step.changed, changed)
		encrypted, err := made.Encrypted()
		require.NoError(t, err)
		require.Equal(t, step.encrypted, encrypted)
		files, err := filepath.Glob(filepath.Join(path, "*.jwk*"))
		require.NoError(t, err)
		require.Len(t, files, 4, "no other copy stays")
		again, err := keyfolder.Open(c)
		require.NoError(t, err)
		require.Equal(t, prints, thumbprints(again))
	}
}

// What was rotated while a passphrase was asked for isn't undone.
func TestRecastBesideRotate(t *testing.T) {
	f, c, _ := newFolder(t)
	beside, err := keyfolder.Open(c)
	require.NoError(t, err)
	made, err := beside.Rotate(t.Context(), bonafide.UseClient)
	require.NoError(t, err)
	_, err = f.Recast(false)
	require.NoError(t, err)
	again, err := keyfolder.Open(c)
	require.NoError(t, err)
	require.Contains(t, thumbprints(again), made.Thumbprint())
}

// A folder from before there were records is read, and gets one with its first change.
func TestLegacy(t *testing.T) {
	path := t.TempDir()
	right, _ := asking("correct horse")
	c := keyfolder.Config{Path: path, Passphrase: right, Work: cheap, Now: func() time.Time { return start }}
	made, err := keyfolder.Create(c, false)
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(path, "keys.json")))
	_, err = keyfolder.Create(c, false)
	require.ErrorIs(t, err, fs.ErrExist)

	legacy, err := keyfolder.Open(c)
	require.NoError(t, err)
	require.Equal(t, thumbprints(made), thumbprints(legacy))
	require.Zero(t, legacy.Keys()[0].Published, "files don't tell their age")
	_, err = legacy.Recast(true)
	require.NoError(t, err)
	changed, err := legacy.Refresh()
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, thumbprints(made), thumbprints(legacy))
}

// What can't be read leaves the keys that are held.
func TestRefreshRefused(t *testing.T) {
	path := t.TempDir()
	f, err := keyfolder.Create(keyfolder.Config{Path: path}, false)
	require.NoError(t, err)
	changed, err := f.Refresh()
	require.NoError(t, err)
	require.False(t, changed)
	record := filepath.Join(path, "keys.json")
	for text, says := range map[string]string{
		`{"format":2,"keys":[]}`: "has format 2; this program knows 1",
		`{"format":1,`:           "is damaged",
		`{"format":1,"keys":[{"use":"credential","public":{"kty":"EC","crv":"P-256","x":"","y":""}}]}`: "bad-key-set",
	} {
		require.NoError(t, os.WriteFile(record+".new", []byte(text), 0o600)) // another inode, as of all that is written anew
		require.NoError(t, os.Rename(record+".new", record))
		_, err = f.Refresh()
		require.ErrorContains(t, err, says)
		_, err = f.Signer(bonafide.UseClient).Sign(t.Context(), nil)
		require.NoError(t, err)
	}
}

// A folder with some keys and no record says what to do: they are never made anew in silence.
func TestFolderThatIsCutShort(t *testing.T) {
	folder := t.TempDir()
	_, err := keyfolder.Create(keyfolder.Config{Path: folder}, false)
	require.NoError(t, err)
	for _, file := range []string{"client.jwk", "keys.json"} {
		require.NoError(t, os.Remove(filepath.Join(folder, file)))
	}
	_, err = keyfolder.Open(keyfolder.Config{Path: folder})
	require.ErrorContains(t, err, "no client.jwk and no keys.json: put them back")
}
