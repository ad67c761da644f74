package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestOldBackups: every version of the program opens, checks and restores what the earlier ones backed up, and goes on from it. A
// backup of each version of the records is kept; none of them may ever change.
func TestOldBackups(t *testing.T) {
	all, err := filepath.Glob("testdata/backups/*.backup")
	require.NoError(t, err)
	require.NotEmpty(t, all)
	for _, path := range all {
		t.Run(filepath.Base(path), func(t *testing.T) {
			dir := t.TempDir()
			says := func(args ...string) string {
				var out bytes.Buffer
				e := &env{strings.NewReader(""), &out, &out, func(string) string { return "" }, time.Now}
				require.Equal(t, exitGood, run(t.Context(), e, args), "%s", &out)
				return out.String()
			}
			site := []string{"--origin", "https://bazar.example", "--roles", "issuer", "--keys", filepath.Join(dir, "keys"),
				"--store", filepath.Join(dir, "store"), "--mechanisms", "../../examples/vouching/neighbour.json"}
			require.Regexp(t, `(?m)^i badge +4$`, says("restore", "--check", path))
			require.Contains(t, says(append([]string{"restore", "--from", path}, site...)...), " are restored.")
			says("keys", "new", filepath.Join(dir, "keys"))
			again := says(append([]string{"events", "import", "../../examples/vouching/helped.csv", "--publish", "--mechanism", "neighbour"}, site...)...)
			require.Contains(t, again, "0 new events")
			require.Contains(t, again, "4 badges published, 0 of them new")
			require.Contains(t, says("restore", "--check", filepath.Join(dir, "store")), "records are sound.")
		})
	}
}
