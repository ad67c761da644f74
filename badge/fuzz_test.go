package badge

import (
	"strings"
	"testing"
	"unicode"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// FuzzPicture looks for a host, a day or a name that breaks out of the picture or of what a holder pastes, and for a
// suffix that is read as another one.
func FuzzPicture(f *testing.F) {
	for _, p := range pictures() {
		f.Add(p.Host, p.Level, p.Levels, string(p.Kind), string(p.State), string(p.AsOf), string(p.Lang), p.Dark, p.Size == Card, "Camille", ".card.dark.fr.svg")
	}
	f.Add("\u202e\"><script>\x00\xff", 11, 12, "earned", "current", "0000-01-01", "fr", true, true, "[x](javascript:alert(1))\n`<b>", ".fr.card.png")
	f.Fuzz(func(t *testing.T, host string, level, levels int, kind, state, asOf, lang string, dark, card bool, name, suffix string) {
		p := Picture{host, name, name, level, levels % 100, bonafide.Kind(kind), State(state), bonafide.Date(asOf), bonafide.Lang(lang), dark, Chip}
		if card {
			p.Size = Card
		}
		svg := SVG(p)
		root, in := texts(t, svg)
		require.Equal(t, in["title"], root["aria-label"])
		require.Equal(t, string(svg), string(SVG(p)))
		require.False(t, strings.ContainsFunc(in["text"], func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r > '~' && unicode.IsSymbol(r)
		}), "%q", in["text"])
		require.Equal(t, strings.Count(in["title"], "\u2068"), strings.Count(in["title"], "\u2069"))

		address := "https://bazar.example/b/K7QXM2VTP4WN9RFA"
		copies, plainly := Snippets(address, host, name, p.Lang), Snippets(address, "bazar.example", "Camille", p.Lang)
		require.Equal(t, marks(plainly.Markdown, "[]`\\*_|~"), marks(copies.Markdown, "[]`\\*_|~"), "%q", copies.Markdown)
		require.Equal(t, marks(plainly.HTML, ""), marks(copies.HTML, ""), "%q", copies.HTML)
		require.Equal(t, marks(plainly.Email, ""), marks(copies.Email, ""), "%q", copies.Email)

		if read, format, ok := ParseSuffix(suffix); ok {
			require.Equal(t, suffix, Suffix(read, format))
		}
		for _, format := range []Format{FormatSVG, FormatPNG} {
			read, found, ok := ParseSuffix(Suffix(p, format))
			require.True(t, ok)
			require.Equal(t, format, found)
			require.Equal(t, [3]any{p.Size, p.Dark, p.Lang == bonafide.French}, [3]any{read.Size, read.Dark, read.Lang == bonafide.French})
		}
	})
}

// marks returns what of a snippet means something in HTML or a Markdown line, and those more: what a name must neither
// add to nor take away from.
func marks(snippet, more string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("<>\"'\n\r"+more, r) {
			return r
		}
		return -1
	}, snippet)
}
