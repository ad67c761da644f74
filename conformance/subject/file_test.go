package subject

import (
	"encoding/json"
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
	set := func(value any, path ...string) func(map[string]any) {
		return func(in map[string]any) {
			last := len(path) - 1
			for _, name := range path[:last] {
				in = in[name].(map[string]any)
			}
			in[path[last]] = value
		}
	}
	imports := func(erase any) map[string]any {
		return map[string]any{"mechanism": "http://bazar.localhost/mechanisms/member", "start": "/import/start", "erase": erase}
	}
	for name, c := range map[string]struct {
		change func(map[string]any)
		says   string
	}{
		"an origin with a path": {set("http://bazar.localhost:8401/", "origin"), "origin"},
		"fewer than none":       {set(-1, "servers"), "servers: -1"},
		"neither role":          {set(nil, "issuer"), "neither issuer nor verifier"},
		"no sign-in":            {set(nil, "accounts", "sign_in"), "neither headers nor sign_in"},
		"too few accounts":      {set([]string{"a", "b", "c"}, "accounts", "ids"), "at least 4"},
		"no mechanism":          {set("", "issuer", "mechanism"), "issuer.mechanism: is missing"},
		"no way to decline":     {set(map[string]any{}, "issuer", "consent", "decline"), "issuer.consent"},
		"no start":              {set(map[string]any{"mechanism": "x"}, "verifier"), "mechanism or start"},
		"no address":            {set(imports(map[string]any{"form": map[string]any{}}), "verifier"), "verifier.erase"},
		"an unknown field":      {set("x", "nobody"), "nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			var file map[string]any
			require.NoError(t, json.Unmarshal([]byte(example(t)), &file))
			c.change(file)
			text, err := json.Marshal(file)
			require.NoError(t, err)
			_, err = read(t, string(text))
			require.ErrorContains(t, err, c.says)
		})
	}
}
