package wire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHash(t *testing.T) {
	// Names go by UTF-16: U+FB33 comes after U+1F600, whose first unit is U+D83D (RFC 8785, section 3.2.3).
	value, err := DecodeObject([]byte("{\"\ufb33\":1, \"\U0001F600\":[true, null, -5], \"a\":\"\u2028\\u0007<\\\"\\\\/\"}"))
	require.NoError(t, err)
	hash, err := Hash(value)
	require.NoError(t, err)
	canonical, err := Hash(Object{"z": 1.5})
	require.Error(t, err, canonical)
	require.Equal(t, "sha-256:"+Challenge("{\"a\":\"\u2028\\u0007<\\\"\\\\/\",\"\U0001F600\":[true,null,-5],\"\ufb33\":1}"), hash)
}
