package fetch_test

import (
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/internal/fetch"
	"github.com/stretchr/testify/require"
)

// FuzzBadgeAddress looks for a form of a badge's address from which another badge, or another site's, is read.
func FuzzBadgeAddress(f *testing.F) {
	for _, seed := range []string{"https://bazar.example/b/K7QX", " https://bazar.example/b/K7QX.card.dark.fr.svg?x#y\n", "https://bazar.example/b/K7QX.jwt", "https://bazar.example/b/K7QX #c", "bazar.example", ".", "/", "#?"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		address := fetch.BadgeAddress(given)
		require.Equal(t, address, fetch.BadgeAddress(address))
		require.True(t, strings.HasPrefix(strings.TrimSpace(given), address))
		for _, suffix := range []string{".jwt", ".card.svg", "?a=b", "#c", ".png?a#b"} {
			if origin, err := bonafide.OriginOf(address); err == nil && strings.HasPrefix(address, string(origin)+"/") {
				require.Equal(t, address, fetch.BadgeAddress(address+suffix))
			}
		}
	})
}
