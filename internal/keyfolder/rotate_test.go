package keyfolder_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/keyfolder"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

const bazar = bonafide.Origin("https://bazar.example")

// watch is a clock that tests move.
type watch struct{ at time.Time }

func (w *watch) now() time.Time { return w.at }

func newFolder(t *testing.T) (*keyfolder.Folder, keyfolder.Config, *watch) {
	w := &watch{start}
	c := keyfolder.Config{Path: t.TempDir(), Now: w.now}
	f, err := keyfolder.Create(c, false)
	require.NoError(t, err)
	return f, c, w
}

// states returns the states of the keys for a use, in the order in which they were made.
func states(f *keyfolder.Folder, use bonafide.KeyUse, at time.Time) (all []keyfolder.State) {
	keys := f.Keys()
	for i := range keys {
		if keys[i].Use == use {
			all = append(all, keyfolder.StateOf(keys, i, at))
		}
	}
	return all
}

// history returns what the folder publishes, opened as readers open it.
func history(t *testing.T, f *keyfolder.Folder, at time.Time) *seal.History {
	sealer, err := seal.ForKeySet(f.Signer(bonafide.UseFederation))
	require.NoError(t, err)
	token, err := sealer.Seal(t.Context(), bonafide.TypeKeyHistory, bonafide.KeyHistory{
		Issuer: bazar, IssuedAt: bonafide.SecondsOf(at), Expires: bonafide.SecondsOf(at.Add(time.Hour)), Keys: f.History(),
	})
	require.NoError(t, err)
	opened, err := seal.OpenKeyHistory(token, bazar, at)
	require.NoError(t, err)
	return opened
}

func TestRotate(t *testing.T) {
	f, c, w := newFolder(t)
	other, err := keyfolder.Open(c) // another server with the same folder
	require.NoError(t, err)
	first := f.Keys()[0]
	made, err := f.Rotate(t.Context(), bonafide.UseCredential)
	require.NoError(t, err)
	_, err = f.Rotate(t.Context(), bonafide.UseCredential)
	require.ErrorContains(t, err, "is on its way already: it signs from 2026-11-22T14:00:00Z on")
	changed, err := other.Refresh()
	require.NoError(t, err)
	require.True(t, changed)

	signed := func(f *keyfolder.Folder) string {
		print, err := seal.Thumbprint(f.Signer(bonafide.UseCredential).Public())
		require.NoError(t, err)
		_, err = f.Signer(bonafide.UseCredential).Sign(t.Context(), []byte("message"))
		require.NoError(t, err)
		return print
	}
	for _, step := range []struct {
		after     time.Duration
		signs     string
		states    []keyfolder.State
		published int
	}{
		{0, first.Thumbprint(), []keyfolder.State{keyfolder.Present, keyfolder.Next}, 2},
		{2*time.Hour - time.Second, first.Thumbprint(), []keyfolder.State{keyfolder.Present, keyfolder.Next}, 2},
		{2 * time.Hour, made.Thumbprint(), []keyfolder.State{keyfolder.Former, keyfolder.Present}, 2},
		{91*24*time.Hour + 2*time.Hour - time.Second, made.Thumbprint(), []keyfolder.State{keyfolder.Former, keyfolder.Present}, 2},
		{91*24*time.Hour + 2*time.Hour, made.Thumbprint(), []keyfolder.State{keyfolder.Past, keyfolder.Present}, 1},
	} {
		w.at = start.Add(step.after)
		for _, f := range []*keyfolder.Folder{f, other} {
			require.Equal(t, step.signs, signed(f), step.after)
			require.Equal(t, step.states, states(f, bonafide.UseCredential, w.at), step.after)
			require.Len(t, seal.Publics(f.Signer(bonafide.UseCredential)), step.published, step.after)
		}
	}
	require.Equal(t, []keyfolder.State{keyfolder.Present}, states(f, bonafide.UseClient, w.at), "each use by itself")
	trusted, _ := history(t, f, w.at).Follow(map[string]bool{first.Thumbprint(): true})
	require.True(t, trusted[made.Thumbprint()], "the new key has the word of the old one")

	// The next rotation destroys what signs no more.
	require.FileExists(t, filepath.Join(c.Path, "credential.jwk"))
	_, err = f.Rotate(t.Context(), bonafide.UseCredential)
	require.NoError(t, err)
	require.NoFileExists(t, filepath.Join(c.Path, "credential.jwk"))
	again, err := keyfolder.Open(c)
	require.NoError(t, err)
	require.Equal(t, made.Thumbprint(), signed(again))
	_, err = again.Recast(true)
	require.ErrorContains(t, err, "without a passphrase")
}

// A folder that is encrypted gets encrypted keys, and its passphrase is asked once.
func TestRotateEncrypted(t *testing.T) {
	right, asked := asking("correct horse")
	c := keyfolder.Config{Path: t.TempDir(), Passphrase: right, Work: cheap}
	_, err := keyfolder.Create(c, true)
	require.NoError(t, err)
	f, err := keyfolder.Open(c)
	require.NoError(t, err)
	made, err := f.Rotate(t.Context(), bonafide.UseClient)
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(c.Path, made.File+".age"))
	require.NoFileExists(t, filepath.Join(c.Path, made.File))
	require.Equal(t, 2, *asked, "by Create and Open")
}

// A folder older than records can be rotated: its keys are of unknown age.
func TestRotateLegacy(t *testing.T) {
	_, c, w := newFolder(t)
	require.NoError(t, os.Remove(filepath.Join(c.Path, "keys.json")))
	f, err := keyfolder.Open(c)
	require.NoError(t, err)
	require.Empty(t, f.History())
	first := f.Keys()[0]
	made, err := f.Rotate(t.Context(), bonafide.UseCredential)
	require.NoError(t, err)
	trusted, _ := history(t, f, w.at).Follow(map[string]bool{first.Thumbprint(): true})
	require.True(t, trusted[made.Thumbprint()])
}

func TestCompromise(t *testing.T) {
	credential, federation := bonafide.UseCredential, bonafide.UseFederation
	for name, c := range map[string]struct {
		rotated  []bonafide.KeyUse // before, each signing by now unless it is the last
		settled  bool              // the last signs too
		use      bonafide.KeyUse
		which    int // of the use
		states   []keyfolder.State
		pins     bonafide.KeyUse // a reader trusts the first key of this use
		followed bool            // and gets to the one that signs
	}{
		"the only one":            {nil, false, credential, 0, []keyfolder.State{keyfolder.Compromised, keyfolder.Present}, federation, true},
		"its own word is nothing": {nil, false, credential, 0, []keyfolder.State{keyfolder.Compromised, keyfolder.Present}, credential, false},
		"the federation key":      {nil, false, federation, 0, []keyfolder.State{keyfolder.Compromised, keyfolder.Present}, credential, true},
		"while one is on its way": {[]bonafide.KeyUse{credential}, false, credential, 0, []keyfolder.State{keyfolder.Compromised, keyfolder.Present}, federation, true},
		"the one on its way":      {[]bonafide.KeyUse{credential}, false, credential, 1, []keyfolder.State{keyfolder.Present, keyfolder.Compromised}, credential, true},
		"one that was replaced":   {[]bonafide.KeyUse{credential}, true, credential, 0, []keyfolder.State{keyfolder.Compromised, keyfolder.Present}, federation, true},
		"one that replaced":       {[]bonafide.KeyUse{credential}, true, credential, 1, []keyfolder.State{keyfolder.Former, keyfolder.Compromised, keyfolder.Present}, federation, true},
	} {
		t.Run(name, func(t *testing.T) {
			f, config, w := newFolder(t)
			for _, use := range c.rotated {
				_, err := f.Rotate(t.Context(), use)
				require.NoError(t, err)
			}
			if c.settled {
				w.at = w.at.Add(keyfolder.Overlap)
			}
			var stolen keyfolder.Key
			n := 0
			for _, key := range f.Keys() {
				if key.Use == c.use {
					if n == c.which {
						stolen = key
					}
					n++
				}
			}
			first := map[bonafide.KeyUse]string{credential: f.Keys()[0].Thumbprint(), federation: f.Keys()[2].Thumbprint()}
			signs, err := f.Compromise(t.Context(), stolen.Thumbprint())
			require.NoError(t, err)
			require.Equal(t, c.states, states(f, c.use, w.at))
			require.NoFileExists(t, filepath.Join(config.Path, stolen.File))
			signer := f.Signer(c.use)
			_, err = signer.Sign(t.Context(), []byte("message"))
			require.NoError(t, err)
			print, err := seal.Thumbprint(signer.Public())
			require.NoError(t, err)
			require.Equal(t, print, signs.Thumbprint())
			for _, pub := range seal.Publics(signer) {
				print, err := seal.Thumbprint(pub)
				require.NoError(t, err)
				require.NotEqual(t, stolen.Thumbprint(), print, "it is out of the published set")
			}
			h := history(t, f, w.at)
			require.Equal(t, bonafide.Compromised, h.Reason(stolen.Thumbprint()))
			trusted, compromised := h.Follow(map[string]bool{first[c.pins]: true})
			require.Equal(t, c.followed, trusted[signs.Thumbprint()])
			require.Equal(t, trusted[h.Signer], compromised[stolen.Thumbprint()], "whoever signs the history is trusted, or not believed")
			_, err = f.Compromise(t.Context(), stolen.Thumbprint())
			require.ErrorContains(t, err, "is compromised since 2026-11-22")
		})
	}
}

func TestCompromiseNone(t *testing.T) {
	f, _, _ := newFolder(t)
	_, err := f.Compromise(t.Context(), "nothing")
	require.ErrorContains(t, err, `has the thumbprint "nothing"; bonafide keys list tells which there are`)
}

// A compromise that is interrupted when the stolen key is to be destroyed leaves a folder that opens and no longer signs by it,
// and is finished by doing it again.
func TestCompromiseInterrupted(t *testing.T) {
	f, c, _ := newFolder(t)
	stolen := f.Keys()[0]
	path := filepath.Join(c.Path, stolen.File)
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.MkdirAll(filepath.Join(path, "stays"), 0o700))
	_, err := f.Compromise(t.Context(), stolen.Thumbprint())
	require.ErrorContains(t, err, stolen.File)

	again, err := keyfolder.Open(c)
	require.NoError(t, err)
	require.Equal(t, []keyfolder.State{keyfolder.Compromised, keyfolder.Present}, states(again, stolen.Use, start))
	require.NoError(t, os.Remove(filepath.Join(path, "stays")))
	signs, err := again.Compromise(t.Context(), stolen.Thumbprint())
	require.NoError(t, err)
	require.Equal(t, again.Keys()[3].Thumbprint(), signs.Thumbprint())
	require.NoFileExists(t, path)
	_, err = again.Compromise(t.Context(), stolen.Thumbprint())
	require.ErrorContains(t, err, "is compromised since")
}

// Of two programs that change a folder at once one waits for the other, and loses nothing of what that did. A record that is
// gone isn't taken for a folder from before there were any.
func TestChangedAtOnce(t *testing.T) {
	beside, c, w := newFolder(t)
	var meanwhile func()
	c.Now = func() time.Time {
		if do := meanwhile; do != nil {
			meanwhile = nil
			do()
		}
		return w.at
	}
	f, err := keyfolder.Open(c)
	require.NoError(t, err)
	made := make(chan error, 1)
	meanwhile = func() {
		go func() {
			_, err := beside.Rotate(t.Context(), bonafide.UseClient)
			made <- err
		}()
		select {
		case err := <-made:
			made <- err // it didn't wait: what it made is lost below
		case <-time.After(50 * time.Millisecond):
		}
	}
	_, err = f.Rotate(t.Context(), bonafide.UseCredential)
	require.NoError(t, err)
	require.NoError(t, <-made)
	_, err = f.Refresh()
	require.NoError(t, err)
	require.Len(t, f.Keys(), 5)
	require.Equal(t, []bonafide.KeyUse{bonafide.UseCredential, bonafide.UseClient}, []bonafide.KeyUse{f.Keys()[3].Use, f.Keys()[4].Use})

	require.NoError(t, os.Remove(filepath.Join(c.Path, "keys.json")))
	_, err = f.Refresh()
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Len(t, f.Keys(), 5)
}

// What is done once a clock that ran ahead was put right leaves a history that readers take, and a key that signs.
func TestClockThatRanAhead(t *testing.T) {
	change := map[string]func(*keyfolder.Folder, keyfolder.Key) error{
		"compromise": func(f *keyfolder.Folder, key keyfolder.Key) error {
			_, err := f.Compromise(t.Context(), key.Thumbprint())
			return err
		},
		"rotate": func(f *keyfolder.Folder, _ keyfolder.Key) error {
			_, err := f.Rotate(t.Context(), bonafide.UseCredential)
			return err
		},
	}
	for name, do := range change {
		t.Run(name, func(t *testing.T) {
			f, _, w := newFolder(t)
			old := f.Keys()[0]
			w.at = start.Add(-30 * 24 * time.Hour)
			require.NoError(t, do(f, old))
			w.at = w.at.Add(keyfolder.Overlap)
			require.NotEmpty(t, history(t, f, w.at).Reason(old.Thumbprint()))
			_, err := f.Signer(bonafide.UseCredential).Sign(t.Context(), []byte("message"))
			require.NoError(t, err)
			require.NotEqual(t, keyfolder.Present, states(f, bonafide.UseCredential, start.Add(keyfolder.Overlap))[0])
		})
	}
}
