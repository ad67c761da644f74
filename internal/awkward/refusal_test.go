package awkward

import (
	"testing"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// One request in about twenty is refused, and none for the same path soon after.
func TestAskingAgainSuffices(t *testing.T) {
	for _, paths := range [][]string{{"/a"}, {"/a", "/b"}, {"/a", "/b", "/c", "/d", "/e"}} {
		var r refusals
		refused, since := 0, map[string]int{}
		codes, pauses := map[bonafide.Code]bool{}, map[string]bool{}
		for n := range 2000 {
			path := paths[n%len(paths)]
			made, due := r.due(path)
			since[path]++
			if !due {
				continue
			}
			require.True(t, refused == 0 || since[path] > 1, "%s is refused twice in a row", path)
			refused, since[path] = refused+1, 0
			codes[made.code], pauses[made.after] = true, true
		}
		require.Greater(t, refused, 2000/oneIn/4)
		require.Len(t, codes, 2)
		require.Len(t, pauses, 2)
	}
}
