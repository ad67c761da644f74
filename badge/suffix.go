package badge

import (
	"strings"

	"bonafide.example"
)

// Format is an image format, by the suffix of its address.
type Format string

const (
	FormatSVG Format = ".svg"
	FormatPNG Format = ".png"
)

// Suffix returns what is appended to a badge's address for its picture in the size, theme and language
// of p: "" or "." and the size, then "", ".dark", then "", ".fr", then the format. Image proxies forward no header
// that tells them, so that each picture has an address of its own.
func Suffix(p Picture, format Format) string {
	var s strings.Builder
	if p.Size != Chip {
		s.WriteString("." + string(p.Size))
	}
	if p.Dark {
		s.WriteString(".dark")
	}
	if p.Lang == bonafide.French {
		s.WriteString(".fr")
	}
	return s.String() + string(format)
}

// ParseSuffix returns the picture, with only its size, theme and language set, and the format whose
// [Suffix] is s; false if s is none.
func ParseSuffix(s string) (p Picture, format Format, ok bool) {
	rest, format := strings.TrimSuffix(s, string(FormatSVG)), FormatSVG
	if rest == s {
		rest, format = strings.TrimSuffix(s, string(FormatPNG)), FormatPNG
	}
	if rest == s {
		return Picture{}, "", false
	}
	p.Lang = bonafide.English
	for _, size := range []Size{Card, Preview, Baked} {
		if after, cut := strings.CutPrefix(rest, "."+string(size)); cut {
			p.Size, rest = size, after
			break
		}
	}
	if after, cut := strings.CutPrefix(rest, ".dark"); cut {
		p.Dark, rest = true, after
	}
	if after, cut := strings.CutPrefix(rest, ".fr"); cut {
		p.Lang, rest = bonafide.French, after
	}
	if rest != "" {
		return Picture{}, "", false
	}
	return p, format, true
}
