package seal_test

import (
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/seal"
	"github.com/stretchr/testify/require"
)

func TestPackedTokensAreTheSameAgain(t *testing.T) {
	key, err := seal.GenerateKey()
	require.NoError(t, err)
	sealer, err := seal.ForOrigin("https://bazar.example", key)
	require.NoError(t, err)
	var packer seal.Packer
	for range 3 { // with what was used before
		for _, words := range []string{"", strings.Repeat("said again and again; ", 200)} {
			token, err := sealer.Seal(t.Context(), bonafide.TypeStatus, map[string]string{"words": words})
			require.NoError(t, err)
			packed := packer.Pack(token)
			require.Equal(t, token, packer.Unpack(packed))
			require.Equal(t, token, packer.Unpack(seal.Packed(token)), "kept by an older program")
			require.NotContains(t, packed, ".")
			require.True(t, sealer.Holds(string(packed)))
			if words != "" {
				require.Less(t, len(packed), len(token)/5)
			}
		}
	}
}

func TestDamagedPackedTokensAreNone(t *testing.T) {
	var packer seal.Packer
	for _, kept := range []seal.Packed{"", "~", "~~", "a~b", "a~!~c", "a~AAAA~c", "a~b~c~d"} {
		_, err := seal.Parse(packer.Unpack(kept), bonafide.TypeCredential)
		require.Equal(t, bonafide.BadToken, bonafide.CodeOf(err), kept)
	}
	require.Equal(t, seal.Packed("no token"), packer.Pack("no token"))
	require.Equal(t, seal.Packed("a.!.c"), packer.Pack("a.!.c"))
}
