package main

import (
	"bytes"
	"compress/gzip"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// stale returns which of the files made differ from those in the folder, and which are there that aren't made.
func stale(t *testing.T, made map[string][]byte, folder string) []string {
	var found []string
	for name, text := range made {
		if there, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !bytes.Equal(there, text) {
			found = append(found, name)
		}
	}
	there, err := filepath.Glob(filepath.Join(folder, "dist/*"))
	require.NoError(t, err)
	for _, path := range there {
		if name := "dist/" + filepath.Base(path); made[name] == nil {
			found = append(found, name)
		}
	}
	return slices.Sorted(slices.Values(found))
}

func TestScriptsAreThoseOfTheModules(t *testing.T) {
	made, err := bundle("..")
	require.NoError(t, err)
	require.Empty(t, stale(t, made, ".."), "run: go run ./js/bundle")

	changed := maps.Clone(made)
	changed[elementFile] = append([]byte("// "), changed[elementFile]...)
	delete(changed, pageFile)
	require.Equal(t, []string{pageFile, elementFile}, stale(t, changed, ".."))
}

// The element is on every page that shows a badge; what checks is loaded where it is needed.
func TestElementIsSmall(t *testing.T) {
	made, err := bundle("..")
	require.NoError(t, err)
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(made[elementFile])
	require.NoError(t, err)
	require.NoError(t, w.Close())
	t.Logf("%d bytes, %d packed; the reader %d", len(made[elementFile]), packed.Len(), len(made[readerFile]))
	require.LessOrEqual(t, packed.Len(), 2048)
}

func TestElementNamesItsReader(t *testing.T) {
	made, err := bundle("..")
	require.NoError(t, err)
	require.Contains(t, string(made[elementFile]), `"`+integrity(made[readerFile])+`"`)
	require.Contains(t, string(made[hashesFile]), `"`+integrity(made[elementFile])+`"`)
	require.NotContains(t, string(made[elementFile]), "checkInWords(") // it isn't within
	for name, text := range made {
		if !strings.HasSuffix(name, ".js") {
			continue
		}
		for _, forbidden := range []string{"innerHTML", "eval(", "new Function", "document.write", ".style.", "insertAdjacentHTML"} {
			require.NotContains(t, string(text), forbidden, name)
		}
	}
}
