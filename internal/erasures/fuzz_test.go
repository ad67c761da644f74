package erasures_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bonafide.example/internal/erasures"
	"github.com/stretchr/testify/require"
)

// Whatever file is taken, what it has can be entered: then nothing of it is missing, and the journal is read as before.
func FuzzFile(f *testing.F) {
	const until = `{"format":1,"until":"2026-11-22T12:00:00Z","entries":`
	hash := strings.Repeat("A", 43)
	for _, entries := range []string{
		`[]`, `null`, `[{"at":1795348800,"hash":"` + hash + `"}]`, `[{"at":-5,"hash":"` + hash + `"}]`, `[{"at":1000000000000,"hash":"` + hash + `"},{"at":999999999999,"hash":"` + hash + `"}]`,
		`[{"at":7,"hash":"` + hash + `"},{"at":5,"hash":"` + hash + `"}]`,
		`[{"at":1,"hash":""}]`, `[{"at":1,"hash":"a\u0000b"}]`, `[{"at":1,"hash":"` + strings.Repeat("A", 5000) + `"}]`,
	} {
		f.Add([]byte(until + entries + "}"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := filepath.Join(t.TempDir(), "erasures.json")
		require.NoError(t, os.WriteFile(file, data, 0o600))
		w := newWorld(t, file)
		missing, err := w.Missing(t.Context())
		if err != nil {
			require.ErrorContains(t, err, file)
			return
		}
		require.NoError(t, w.Enter(t.Context(), missing))
		require.Empty(t, w.missing())
		require.NoError(t, w.Copy(t.Context()))
		ahead, err := erasures.Compare(t.Context(), w.Store, file)
		require.NoError(t, err)
		require.Empty(t, ahead.Entries)
	})
}
