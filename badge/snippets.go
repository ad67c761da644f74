package badge

import (
	"fmt"
	"html"
	"strings"
	"unicode"

	"bonafide.example"
	"bonafide.example/js"
)

// Copies are the texts that a holder pastes to show a badge elsewhere: its picture, linked to its page.
type Copies struct {
	Markdown string // with a light and a dark picture
	HTML     string // with a light and a dark picture
	Email    string // HTML with a PNG, since mail programs show no SVG
	Element  string // HTML within <trust-badge>, with its script: the browser of whoever visits checks the badge
}

// Snippets returns the copies of the badge at address, which the site at host issued to name.
func Snippets(address, host, name string, lang bonafide.Lang) Copies {
	picture := func(dark bool, format Format) string {
		return html.EscapeString(address + Suffix(Picture{Lang: lang, Dark: dark}, format))
	}
	link, alt := html.EscapeString(address), html.EscapeString(Alt(host, name, lang))
	both := fmt.Sprintf(`<picture><source media="(prefers-color-scheme: dark)" srcset="%s"><img src="%s" alt="%s" height="20"></picture>`,
		picture(true, FormatSVG), picture(false, FormatSVG), alt)
	tag := fmt.Sprintf(`<a href="%s">%s</a>`, link, both)
	origin, _, _ := strings.Cut(address, "/b/")
	return Copies{
		Markdown: "[" + plain(both) + "](<" + destination(address) + ">)",
		HTML:     tag,
		Email:    fmt.Sprintf(`<a href="%s"><img src="%s" alt="%s" height="20" border="0"></a>`, link, picture(false, FormatPNG), alt),
		Element:  Script(html.EscapeString(origin)+js.Address(js.Element)) + "<trust-badge>" + tag + "</trust-badge>",
	}
}

// Script returns the HTML that loads the script of <trust-badge> from src, an address as it stands in HTML, and no other
// script in its place.
func Script(src string) string {
	return fmt.Sprintf(`<script type="module" src="%s" integrity="%s" crossorigin="anonymous"></script>`, src, js.ElementIntegrity)
}

// Alt returns the alternative text for the picture of a badge that host issued to name, who may be
// "". It tells no status, since pasted text doesn't change with the picture.
func Alt(host, name string, lang bonafide.Lang) string {
	in := func(en, fr string) string { return bonafide.Text{EN: en, FR: fr}.In(lang) }
	alt := in("Trust badge from ", "Badge de confiance de ") + oneLine(host)
	if name != "" {
		alt += in(" for ", " pour ") + oneLine(name)
	}
	return alt + in(" (open for current status)", " (ouvrir pour l’état actuel)")
}

// oneLine drops what would end the line or turn the text around it.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// plain returns HTML, whose tags it leaves, without the characters that mean something in Markdown,
// for renderers that look for them within tags too.
func plain(tags string) string {
	return strings.NewReplacer("[", "&#91;", "]", "&#93;", "`", "&#96;", "*", "&#42;", "_", "&#95;", "|", "&#124;", `\`, "&#92;", "~", "&#126;").Replace(tags)
}

// destination returns the address as it stands between < and > in Markdown (CommonMark, 6.3).
func destination(address string) string {
	return strings.NewReplacer("<", "%3C", ">", "%3E", `\`, "%5C", "\n", "%0A", "\r", "%0D").Replace(address)
}
