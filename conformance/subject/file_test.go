package subject

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// example is the subject file that the program's README shows.
func example(t *testing.T) string {
	text, err := os.ReadFile("../../cmd/bonafide-conformance/README.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(text), "```json\n")
	require.True(t, ok)
	block, _, _ := strings.Cut(rest, "```")
	return block
}

func read(t *testing.T, text string) (*File, error) {
	path := filepath.Join(t.TempDir(), "subject.json")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return readFile(path)
}

func TestExampleIsASubjectFile(t *testing.T) {
	f, err := read(t, example(t))
	require.NoError(t, err)
	require.Equal(t, "Bearer a-token", f.Admin.Headers["Authorization"])
	require.Equal(t, "{id}", f.Accounts.SignIn.Form["user"])
	require.Equal(t, map[string]string{"decision": "decline"}, f.Issuer.Consent.Decline)
	require.Nil(t, f.Verifier)
}

func TestBadSubjectFiles(t *testing.T) {
	for name, c := range map[string]struct{ old, now, says string }{
		"an origin with a path": {`:8401",`, `:8401/",`, "origin"},
		"neither role":          {`"issuer":`, `"nobody":`, "nobody"},
		"no sign-in":            {`"sign_in":`, `"ids":["a","b","c","d"], "headers":{}, "other":`, "other"},
		"too few accounts":      {`"accounts": {`, `"accounts": {"ids": ["a", "b", "c"], `, "at least 4"},
		"no mechanism":          {`"mechanism": "http`, `"mechanism": "", "x": "http`, `"x"`},
		"no way to decline":     {`"decline": {"decision": "decline"}`, `"decline": {}`, "decline"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(example(t), c.old, c.now, 1)
			require.NotEqual(t, example(t), text)
			_, err := read(t, text)
			require.ErrorContains(t, err, c.says)
		})
	}
}
