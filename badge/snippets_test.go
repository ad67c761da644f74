package badge

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"bonafide.example"
	"bonafide.example/js"
	"github.com/stretchr/testify/require"
)

const address = "https://bazar.example/b/K7QXM2VTP4WN9RFA"

func TestSnippets(t *testing.T) {
	c := Snippets(address, "bazar.example", "alice", bonafide.English)
	picture := `<picture><source media="(prefers-color-scheme: dark)" srcset="` + address + `.dark.svg">` +
		`<img src="` + address + `.svg" alt="Trust badge from bazar.example for alice (open for current status)" height="20"></picture>`
	require.Equal(t, "["+picture+"](<"+address+">)", c.Markdown)
	require.Equal(t, `<a href="`+address+`">`+picture+`</a>`, c.HTML)
	require.Equal(t, `<a href="`+address+`"><img src="`+address+`.png" alt="Trust badge from bazar.example for alice (open for current status)" height="20" border="0"></a>`, c.Email)

	require.Equal(t, `<script type="module" src="https://bazar.example/js/v1/`+js.Edition+`/trust-badge.js" integrity="`+js.ElementIntegrity+`" crossorigin="anonymous"></script>`+
		`<trust-badge>`+c.HTML+`</trust-badge>`, c.Element)

	c = Snippets(address, "bazar.example", "alice", bonafide.French)
	require.Contains(t, c.HTML, address+".dark.fr.svg")
	require.Contains(t, c.Email, address+".fr.png")
	require.Contains(t, c.Email, "Badge de confiance de bazar.example pour alice (ouvrir pour l’état actuel)")
}

func TestAltWithoutName(t *testing.T) {
	require.Equal(t, "Trust badge from bazar.example (open for current status)", Alt("bazar.example", "", bonafide.English))
}

func TestHostileNames(t *testing.T) {
	for name, want := range map[string]string{
		`"><script>alert(1)</script>`:   `"><script>alert(1)</script>`,
		`" onload="alert(1)`:            `" onload="alert(1)`,
		"](https://evil.example) [*`_~": "](https://evil.example) [*`_~",
		"a\n\n# b\r\n":                  "a  # b  ",
		"\u202eecila\u2069":             "ecila",
		"\x1b[31m\x00":                  " [31m ",
		"&quot;\u2028|\\":               "&quot; |\\",
		"Ελένη Ćirić 李":                 "Ελένη Ćirić 李",
		"\xff":                          "\ufffd",
	} {
		c := Snippets(address, "bazar.example", name, bonafide.English)
		inner, ok := strings.CutPrefix(c.Markdown, "[")
		require.True(t, ok)
		inner, ok = strings.CutSuffix(inner, "](<"+address+">)")
		require.True(t, ok)
		require.NotContains(t, strings.TrimPrefix(inner, "["), "]")
		alt := "Trust badge from bazar.example for " + want + " (open for current status)"
		require.Equal(t, alt, readAlt(t, inner, "picture", "source", "img"))
		require.Equal(t, alt, readAlt(t, c.HTML, "a", "picture", "source", "img"))
		require.Equal(t, alt, readAlt(t, c.Email, "a", "img"))
		require.Equal(t, alt, readAlt(t, c.Element, "script", "trust-badge", "a", "picture", "source", "img"))
		for _, text := range []string{c.Markdown, c.HTML, c.Email, c.Element} {
			require.NotContains(t, text, "\n")
		}
	}
}

// readAlt returns the alternative text of the image in HTML that holds exactly those elements.
func readAlt(t *testing.T, text string, elements ...string) (alt string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.Strict, decoder.AutoClose = false, xml.HTMLAutoClose
	var seen []string
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			require.Equal(t, elements, seen)
			return alt
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			seen = append(seen, token.Name.Local)
			for _, attr := range token.Attr {
				require.NotContains(t, attr.Name.Local, "on")
				if attr.Name.Local == "alt" {
					alt = attr.Value
				}
			}
		case xml.CharData:
			require.Fail(t, "text outside the tags", "%q", token)
		}
	}
}

func TestSuffix(t *testing.T) {
	for _, p := range pictures() {
		want := Picture{Lang: p.Lang, Dark: p.Dark, Size: p.Size}
		for _, format := range []Format{FormatSVG, FormatPNG} {
			got, gotFormat, ok := ParseSuffix(Suffix(p, format))
			require.True(t, ok)
			require.Equal(t, want, got)
			require.Equal(t, format, gotFormat)
		}
	}
	for _, s := range []string{"", ".", ".jpg", ".fr.dark.svg", ".dark.dark.svg", ".en.svg", "dark.svg", ".svg.svg", ".svg.png", ".SVG", ".card", ".svg "} {
		_, _, ok := ParseSuffix(s)
		require.False(t, ok, "%q", s)
	}
}
