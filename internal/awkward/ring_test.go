package awkward

import (
	"crypto"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"bonafide.example/site"
	"github.com/stretchr/testify/require"
)

const bazar bonafide.Origin = "https://bazar.example"

// started is the ring of credential keys after another start, with a clock that the test moves.
type started struct {
	*testing.T
	ring   *ring
	sealer *seal.Sealer
	now    time.Time
}

func start(t *testing.T, folder string) *started {
	keys, err := site.OpenKeys(folder)
	require.NoError(t, err)
	s := &started{T: t, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	config, err := Config(site.Config{Keys: keys, Now: func() time.Time { return s.now }}, folder)
	require.NoError(t, err)
	require.Greater(t, config.OpenLists, 1)
	s.ring = config.Keys.Credential.(*ring)
	s.sealer, err = seal.ForOrigin(bazar, s.ring)
	require.NoError(t, err)
	return s
}

// kids seals some objects, each of which the published keys open, and returns the kids of the keys that signed them.
func (s *started) kids() map[string]string {
	document, err := seal.DIDDocument(bazar, seal.Publics(s.ring)...)
	require.NoError(s, err)
	data, err := bonafide.MarshalJSON(document)
	require.NoError(s, err)
	keys, err := seal.ParseDIDDocument(data, bazar)
	require.NoError(s, err)
	used := map[string]string{}
	for range 2 * maxKeys {
		text, err := s.sealer.Seal(s.Context(), bonafide.TypeTable, map[string]string{"iss": string(bazar)})
		require.NoError(s, err)
		token, err := seal.Parse(text, bonafide.TypeTable)
		require.NoError(s, err)
		_, err = token.Open(keys)
		require.NoError(s, err)
		used[token.KeyID()] = text
	}
	return used
}

// One key signs after the other. One that is new is published before it signs, by more than the minute within which
// nobody asks again (BF-FETCH-8).
func TestKeysRotate(t *testing.T) {
	s := start(t, filepath.Join(t.TempDir(), "keys"))
	edwards := 0
	for _, pub := range s.ring.Publics() {
		if _, ok := pub.(ed25519.PublicKey); ok {
			edwards++
		}
	}
	require.Equal(t, 1, edwards)
	for _, c := range []struct {
		after              time.Duration
		published, signing int
	}{{0, 3, 3}, {59 * time.Second, 3, 3}, {time.Minute, 4, 3}, {3*time.Minute - 1, 4, 3}, {3 * time.Minute, 4, 4}} {
		s.now = s.ring.start.Add(c.after)
		require.Len(t, s.ring.Publics(), c.published, c.after)
		require.Len(t, s.kids(), c.signing, c.after)
	}
	require.Greater(t, signsAfter-publishedAfter, time.Minute)
}

// What was signed is still opened after every further start, and no key file is touched.
func TestKeysStayAcrossStarts(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keys")
	var signed []string
	files := map[string][]byte{}
	for range maxKeys + 2 {
		s := start(t, folder)
		keys, err := s.sealer.Keys()
		require.NoError(t, err)
		for _, text := range signed {
			token, err := seal.Parse(text, bonafide.TypeTable)
			require.NoError(t, err)
			_, err = token.Open(keys)
			require.NoError(t, err)
		}
		s.now = s.now.Add(time.Hour)
		for _, text := range s.kids() {
			signed = append(signed, text)
		}
		found, err := os.ReadDir(folder)
		require.NoError(t, err)
		for _, entry := range found {
			text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
			require.NoError(t, err)
			if before, ok := files[entry.Name()]; ok {
				require.Equal(t, before, text, entry.Name())
			}
			files[entry.Name()] = text
		}
	}
	require.Len(t, files, maxKeys+2+2+1+1, "credential, client and federation keys, the key of the log, and the record of the plain ones")
	plain, err := site.LoadKeys(site.KeyFolder{Path: folder})
	require.NoError(t, err, "the folder serves a plain site, too")
	own, ok := plain.Credential.Public().(interface{ Equal(crypto.PublicKey) bool })
	require.True(t, ok)
	require.True(t, own.Equal(start(t, folder).ring.Public()))
}
