package seal_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"bonafide.example/internal/seal"
)

func TestEncrypt(t *testing.T) {
	mine, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	other, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		recipients []string
		passphrase string // with which it is encrypted
		identity   string
		opening    string // the passphrase with which it is opened
		refused    string
	}{
		"recipient":          {recipients: []string{mine.Recipient().String()}, identity: mine.String()},
		"second recipient":   {recipients: []string{other.Recipient().String(), mine.Recipient().String()}, identity: mine.String()},
		"passphrase":         {passphrase: "correct horse", opening: "correct horse"},
		"other identity":     {recipients: []string{mine.Recipient().String()}, identity: other.String(), refused: "isn't opened by what is given"},
		"nothing given":      {recipients: []string{mine.Recipient().String()}, refused: "neither an identity nor a passphrase"},
		"no identities file": {recipients: []string{mine.Recipient().String()}, identity: "AGE-SECRET-KEY-1hush", refused: "isn't one that age-keygen writes"},
	} {
		t.Run(name, func(t *testing.T) {
			var sealed bytes.Buffer
			w, err := seal.Encrypt(&sealed, c.recipients, c.passphrase, 4)
			require.NoError(t, err)
			_, err = io.WriteString(w, "what is kept")
			require.NoError(t, err)
			require.NoError(t, w.Close())
			require.True(t, strings.HasPrefix(sealed.String(), seal.EncryptedMark))
			require.NotContains(t, sealed.String(), "kept")
			var identities io.Reader
			if c.identity != "" {
				identities = strings.NewReader("# of a test\n" + c.identity + "\n")
			}
			r, err := seal.Decrypt(&sealed, identities, c.opening)
			if c.refused != "" {
				require.ErrorContains(t, err, c.refused)
				require.NotContains(t, err.Error(), "hush")
				return
			}
			require.NoError(t, err)
			got, err := io.ReadAll(r)
			require.NoError(t, err)
			require.Equal(t, "what is kept", string(got))
		})
	}
	_, err = seal.Encrypt(io.Discard, []string{"bob"}, "", 4)
	require.ErrorContains(t, err, `"bob" is no recipient`)
}
