package badge

import (
	"strings"
	"testing"
	"unicode/utf8"

	"bonafide.example"
	"github.com/stretchr/testify/require"
)

// card is a card for somebody of that name.
func card(name string) Picture {
	return Picture{"bazar.example", "Seller", name, 3, 5, bonafide.Earned, Current, "2026-11-22", bonafide.English, false, Card}
}

func TestLegible(t *testing.T) {
	for given, want := range map[string]string{
		"Camille Martin":         "Camille Martin",
		"  Jean-Luc\tO’Neill \n": "Jean-Luc O’Neill",
		"Zoe\u0308":              "Zoë",
		"bazar.example 5 of 5 ●●●●● ✔\u200b": "bazar.example 5 of 5",
		"★ ann ★":                         "ann",
		"\u202eecila\u2066 x":             "ecila x",
		"a\x1b[31m\x00b":                  "a [31m b",
		"\xffa":                           "a",
		"\u0301\u200da\u200d":             "a",
		"می\u200cخواهم":                   "می\u200cخواهم",
		"क\u094d\u200dष":                  "क\u094d\u200dष",
		"e\u0316\u0317\u0318\u0319\u031a": "e\u0316\u0317\u0318\u0319",
		"٣ סס 李":                          "٣ סס 李",
		"🌸":                               "",
	} {
		require.Equal(t, want, legible(given), "%q", given)
	}
	require.Equal(t, maxLetters, strings.Count(legible(strings.Repeat("a ", 1000)), "a"))
}

// A name has its own line after the site's word, whatever it says, and is told apart from the rest in the title.
func TestNameStandsApart(t *testing.T) {
	plain := layOut(card("").readable())
	for script, name := range names {
		p := card(name).readable()
		s := layOut(p)
		title := "bazar.example: 3 of 5 · Nov 2026 · \u2068Seller\u2069 · for \u2068" + p.Name + "\u2069"
		require.Equal(t, title, s.title, script)
		// What isn't the foot is the same for everybody.
		for i, shape := range s.shapes[:len(plain.shapes)-1] {
			require.Equal(t, plain.shapes[i], shape, script)
		}
		for _, shape := range s.shapes[len(plain.shapes)-1:] {
			for _, step := range shape.path {
				for _, at := range step.points() {
					require.Greater(t, at.y, 131*px, script)
				}
			}
		}
		for _, w := range s.writings {
			require.Greater(t, w.baseline-w.size*5/4, 131*px, script)
			require.LessOrEqual(t, w.x+w.width, s.width-18*px, script)
		}
	}
}

func TestNoNameOfNobody(t *testing.T) {
	for _, state := range []State{Withdrawn, Unknown} {
		for _, size := range []Size{Chip, Card, Preview, Baked} {
			p := card("Ελένη")
			p.State, p.Size = state, size
			svg := string(SVG(p))
			require.NotContains(t, svg, "Ελένη")
			p.Name = ""
			require.Equal(t, string(SVG(p)), svg)
		}
	}
	p := card("Ελένη")
	p.Size = Chip
	require.NotContains(t, string(SVG(p)), "Ελένη", "there is no room")
}

// Latin, Greek and Cyrillic are outlines; what the font lacks is text, and not in the PNG.
func TestScripts(t *testing.T) {
	for script, drawn := range map[string]bool{
		"latin": true, "decomposed": true, "greek": true, "cyrillic": true, "pretender": true, "marked-up": true, "long": true,
		"vietnamese": false, "arabic": false, "hebrew": false, "han": false, "devanagari": false, "thai": false, "mixed": false,
	} {
		p := card(names[script])
		svg := string(SVG(p))
		require.Equal(t, drawn, !strings.Contains(svg, "<text"), script)
		p.Name = ""
		with, err := PNG(card(names[script]))
		require.NoError(t, err)
		without, err := PNG(p)
		require.NoError(t, err)
		require.Equal(t, drawn, string(with) != string(without), script)
	}
}

func TestDirection(t *testing.T) {
	for script, want := range map[string]string{
		"arabic": "rtl", "hebrew": "rtl", "mixed-rtl": "rtl", "mixed": "ltr", "han": "ltr", "devanagari": "ltr",
	} {
		svg := string(SVG(card(names[script])))
		require.Contains(t, svg, ` direction="`+want+`" unicode-bidi="isolate" text-anchor="`+map[string]string{"rtl": "end", "ltr": "start"}[want]+`"`, script)
	}
	require.False(t, fromRight("123"))
}

func TestShorten(t *testing.T) {
	upTo := func(limit int) func(string) bool {
		return func(text string) bool { return utf8.RuneCountInString(text) <= limit }
	}
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"Camille", 7, "Camille"},
		{"Camille", 6, "Camil…"},
		{"Jean Luc", 6, "Jean…"},
		{"ab\u0316\u0317cd", 4, "a…"},           // the letter goes with its marks
		{"अक्\u200dषकख", 5, "अ…"},               // so does what a virama joins
		{"می\u200cخواهم", 4, "می…"},             // a joiner doesn't end a name
		{"मनोहर", 4, "मनो…"},                    // a vowel sign is a mark
		{strings.Repeat("x", 200), 0, "…"},      // nothing fits
		{"e\u0316\u0317e\u0316\u0317e", 1, "…"}, // not even one letter
	} {
		require.Equal(t, c.want, shorten(c.text, upTo(c.limit)), "%q", c.text)
	}
}
