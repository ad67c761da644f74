package conformance

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestRequirements(t *testing.T) {
	said, err := Requirements(fstest.MapFS{"v1/01.md": {Data: []byte(
		"**BF-KEY-1** MUST come first.\n\n**A site**, at both ends:\n\n**BF-KEY-2** MUST NOT\\* fail → `bad-value`\n\n# Next\n\n**BF-LIST-1** MAY end.\n",
	)}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"BF-KEY-1": "MUST come first.", "BF-KEY-2": "A site, at both ends: MUST NOT* fail → `bad-value`", "BF-LIST-1": "MAY end.",
	}, said)
}
