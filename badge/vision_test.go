package badge

import (
	"bytes"
	"image/color"
	"image/png"
	"testing"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// shapes returns a picture as whoever sees no colour sees it at worst: what is lighter than the middle, and what is darker.
func shapes(t *testing.T, p Picture) (dark []bool) {
	data, err := PNG(p)
	require.NoError(t, err)
	drawn, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	for y := range drawn.Bounds().Dy() {
		for x := range drawn.Bounds().Dx() {
			dark = append(dark, color.GrayModel.Convert(drawn.At(x, y)).(color.Gray).Y < 128)
		}
	}
	return dark
}

// The state is told by words and shapes: without any colour, which is less than any colour vision deficiency leaves, no two
// states look alike.
func TestStatesWithoutColour(t *testing.T) {
	for _, mode := range []bool{false, true} {
		seen := map[State][]bool{}
		for _, state := range []State{Current, Old, Suspended, Withdrawn, Unknown} {
			seen[state] = shapes(t, Picture{Host: "bazar.example", Level: 3, Levels: 5, Kind: bonafide.Earned, State: state, AsOf: "2026-11-22", Lang: bonafide.English, Dark: mode})
		}
		for one, a := range seen {
			for other, b := range seen {
				if one != other && len(a) == len(b) {
					require.Greater(t, apart(a, b), 50, "%s and %s", one, other)
				}
			}
		}
	}
}

// apart counts the points that differ.
func apart(a, b []bool) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
